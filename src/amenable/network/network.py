"""A network described: inputs and layers. What is here is checked, counted and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amenable.description import (
    BELOW_ONE,
    MAX_WIDTH,
    Record,
    boolean,
    check_keys,
    fail,
    integer,
    items,
    number,
    open_envelope,
    read_json,
    settle,
    within,
    write_json,
)
from amenable.network.activations import NAMES
from amenable.network.layers import Dense

VERSION = 1  # of the record that to_dict writes; a change that an older reader misreads adds one


@dataclass(frozen=True, slots=True)
class Network:
    """A structure: how many inputs, and the layers. It has no weights.

    Parameters
    ----------
    inputs : int
        How many numbers a sample has, at least 1.
    layers : tuple of Dense
        In order; the last is the output layer.

    Raises
    ------
    DescriptionError
        If a field is out of range or a shortcut leads from nowhere earlier.

    See Also
    --------
    mlp : the short way to write most networks.

    Examples
    --------
    >>> network = Network(2, [Dense(8, "relu"), Dense(1, "identity", shortcuts=[0])])
    >>> network.structure, network.fan_in(2), network.n_parameters
    ('2-8-1', 10, 35)
    """

    inputs: int
    layers: tuple[Dense, ...]

    def __post_init__(self) -> None:
        settle(
            self,
            inputs=integer("Network.inputs", self.inputs, 1, MAX_WIDTH),
            layers=_check_layers(self.layers),
        )

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.layers[-1].units

    @property
    def output_activation(self) -> str:
        """Activation of the last layer."""
        return self.layers[-1].activation

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of the layers before the last."""
        return tuple(layer.units for layer in self.layers[:-1])

    @property
    def activation(self) -> str:
        """Activation of the hidden layers: "mixed" where they differ, "none" without any.

        Examples
        --------
        >>> mlp(2, 10, 10, 1).activation, mlp(2, 1).activation
        ('tanh', 'none')
        """
        names = {layer.activation for layer in self.layers[:-1]}
        return names.pop() if len(names) == 1 else "mixed" if names else "none"

    @property
    def structure(self) -> str:
        """The widths, such as "2-10-10-1"."""
        return "-".join(map(str, (self.inputs, *self.hidden, self.outputs)))

    @property
    def parameter_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Name and shape of each array of parameters, in their order among all parameters.

        For each layer k, from 1, the weights (O, I) and then the biases (O,). The inputs of a
        layer are the outputs of the layer before, then its shortcuts in the order given.

        Examples
        --------
        >>> mlp(2, 3, 1).parameter_shapes
        [('1.weight', (3, 2)), ('1.bias', (3,)), ('2.weight', (1, 3)), ('2.bias', (1,))]
        """
        shapes: list[tuple[str, tuple[int, ...]]] = []
        for k, layer in enumerate(self.layers, start=1):
            shapes.append((f"{k}.weight", (layer.units, self.fan_in(k))))
            if layer.bias:
                shapes.append((f"{k}.bias", (layer.units,)))
        return shapes

    @property
    def n_parameters(self) -> int:
        """P, weights and biases together."""
        return sum(
            layer.units * (self.fan_in(k) + layer.bias) for k, layer in enumerate(self.layers, 1)
        )

    def fan_in(self, k: int) -> int:
        """How many inputs each unit of layer k, counted from 1, has, shortcuts included.

        Examples
        --------
        >>> mlp(2, 10, 1).fan_in(1)
        2
        """
        k = integer("fan_in.k", k, 1, len(self.layers), "layers are counted from 1")
        widths = (self.inputs, *(layer.units for layer in self.layers))
        return widths[k - 1] + sum(widths[one] for one in self.layers[k - 1].shortcuts)

    @property
    def is_trainable(self) -> bool:
        """Whether every activation has a gradient."""
        return all(layer.is_trainable for layer in self.layers)

    def check_trainable(self) -> None:
        """Refuse a network that has no gradient.

        Raises
        ------
        DescriptionError
            Names the first layer in the way.

        Examples
        --------
        >>> mlp(2, 2, 1, activation="step").check_trainable()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        amenable.errors.DescriptionError: Network.layers[0]: expected an activation with a ...
        """
        for i, layer in enumerate(self.layers):
            if not layer.is_trainable:
                expected = f"an activation with a gradient in layer {i + 1}"
                hint = 'use "sigmoid", or give the weights instead of training them'
                fail(f"Network.layers[{i}]", expected, layer.activation, hint)

    def to_dict(self) -> Record:
        """The description as JSON knows it, with the version of its form.

        Examples
        --------
        >>> mlp(2, 1).to_dict()["inputs"]
        2
        """
        layers = [layer.to_dict() for layer in self.layers]
        return {"version": VERSION, "inputs": self.inputs, "layers": layers}

    @classmethod
    def from_dict(cls, record: object) -> Network:
        """The network that `to_dict` recorded.

        Raises
        ------
        DescriptionError
            If a field is missing, unknown or out of range, or the version is newer.

        Examples
        --------
        >>> Network.from_dict(mlp(2, 10, 1).to_dict()) == mlp(2, 10, 1)
        True
        """
        entries = check_keys(cls, open_envelope("Network", record, VERSION))
        layers = items("Network.layers", entries["layers"], "a list of layers")
        return cls(entries["inputs"], tuple(_read_layer(i, it) for i, it in enumerate(layers)))

    def to_json(self) -> str:
        """The description as one line of JSON.

        Examples
        --------
        >>> Network.from_json(mlp(2, 10, 1).to_json()).structure
        '2-10-1'
        """
        return write_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Network:
        """The network that `to_json` wrote; refuses what `from_dict` refuses.

        Examples
        --------
        >>> text = '{"version": 1, "inputs": 4, "layers": [{"units": 3}]}'
        >>> Network.from_json(text).layers[0].activation
        'tanh'
        """
        return cls.from_dict(read_json("Network", text))


def mlp(
    *widths: int,
    activation: str = "tanh",
    output: str = "identity",
    bias: bool = True,
    dropout: float = 0.0,
) -> Network:
    """A network of dense layers, each fed by the one before.

    Parameters
    ----------
    *widths : int
        Inputs, units of each hidden layer, outputs: at least two numbers.
    activation, output : str
        Activations of the hidden layers and of the last one.
    bias : bool
        Whether the layers have biases.
    dropout : float
        Probability that the output of a hidden unit is dropped while training.

    Raises
    ------
    DescriptionError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> mlp(2, 10, 10, 1).structure
    '2-10-10-1'
    >>> mlp(4, 1, output="sigmoid").n_parameters
    5
    """
    if len(widths) == 1 and isinstance(widths[0], Sequence):
        fail("mlp.widths", "separate numbers", widths[0], "write mlp(*widths)")
    if len(widths) < 2:
        fail("mlp.widths", "at least inputs and outputs", widths, "write mlp(2, 10, 1)")
    checked = [integer(f"mlp.widths[{i}]", it, 1, MAX_WIDTH) for i, it in enumerate(widths)]
    inner = NAMES.canonical("mlp.activation", activation)
    outer = NAMES.canonical("mlp.output", output)
    bias = boolean("mlp.bias", bias)
    dropout = number("mlp.dropout", dropout, BELOW_ONE)
    hidden = (Dense(units, inner, bias, dropout) for units in checked[1:-1])
    return Network(checked[0], (*hidden, Dense(checked[-1], outer, bias)))


def _read_layer(i: int, record: object) -> Dense:
    with within(f"Network.layers[{i}]"):
        return Dense.from_dict(record)


def _check_layers(value: object) -> tuple[Dense, ...]:
    layers = items("Network.layers", value, "a tuple of layers", "write (Dense(1),) for one")
    if not layers:
        fail("Network.layers", "at least the output layer", value, "write (Dense(1),)")
    return tuple(_check_layer(i, layer) for i, layer in enumerate(layers))


def _check_layer(i: int, layer: object) -> Dense:
    """Layer i, from 0, which is layer i + 1 where shortcuts count."""
    if not isinstance(layer, Dense):
        fail(f"Network.layers[{i}]", "a layer such as Dense(10)", layer)
    earlier = f"numbers below {i}, as layer {i} feeds layer {i + 1} already" if i else "none"
    for source in layer.shortcuts:
        if source >= i:
            hint = "" if i else "layer 1 has the network's input already"
            fail(f"Network.layers[{i}].shortcuts", earlier, source, hint)
    return layer
