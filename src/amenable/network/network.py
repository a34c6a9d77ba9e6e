"""The description of a network: inputs and layers, checked and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from math import prod
from typing import TYPE_CHECKING, Any

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
    quote,
    read_json,
    settle,
    write_json,
)
from amenable.errors import DescriptionError
from amenable.network.activations import NAMES
from amenable.network.checks import check_inputs, check_layers
from amenable.network.convolution import unshared
from amenable.network.dense import Dense
from amenable.network.kinds import layer_record, read_layer
from amenable.network.layer import Layer, Shape, Window, describe_shape

if TYPE_CHECKING:
    from amenable.network.summary import NetworkSummary, Settings

VERSION = 1  # of the record that to_dict writes; a change that an older reader misreads adds one


@dataclass(frozen=True, slots=True)
class Network:
    """A structure: how many inputs, and the layers. It has no weights.

    Parameters
    ----------
    inputs : int, or tuple of three
        How many numbers a sample has, at least 1; or (channels, height, width) if layers for images
        come first. Samples of images are rows of numbers too, row by row of the image. The field
        keeps the number.
    layers : tuple of Layer
        The layers in order; the last one is the output layer. Images are flattened before a dense
        layer.
    input_shape : tuple of three or None
        Taken from `inputs` if these are images, so you need not give it.

    Attributes
    ----------
    shapes : tuple of tuple
        Of the input and of each layer's output: (units,), or (maps, height, width).
    widths : tuple of int
        How many numbers the input and each layer's output have.
    windows : tuple of Window or None
        For each layer, the windows of its units; None if they see all inputs.

    Raises
    ------
    DescriptionError
        If a field is out of range, a shortcut does not come from an earlier output, or a layer
        cannot take the output of the layer before.

    See Also
    --------
    mlp : a short way to write networks of dense layers. amenable.network.presets : LeNets.

    Examples
    --------
    >>> network = Network(2, [Dense(8, "relu"), Dense(1, "identity", shortcuts=[0])])
    >>> network.structure, network.fan_in(2), network.n_parameters
    ('2-8-1', 10, 35)
    >>> from amenable.network import Conv2d
    >>> network = Network((1, 16, 16), [Conv2d(12, kernel=5, stride=2, padding=2), Dense(10)])
    >>> network.structure, network.inputs, network.shapes
    ('16x16-12@8x8-10', 256, ((1, 16, 16), (12, 8, 8), (10,)))
    """

    inputs: int
    layers: tuple[Layer, ...]
    input_shape: Shape | None = None
    # Derived values are computed once: populations ask for them again and again.
    shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    widths: tuple[int, ...] = field(init=False, repr=False, compare=False)
    windows: tuple[Window | None, ...] = field(init=False, repr=False, compare=False)
    _arrays: tuple[tuple[str, Shape], ...] = field(init=False, repr=False, compare=False)
    n_parameters: int = field(init=False, repr=False, compare=False)
    """P, the number of weights and biases."""

    if TYPE_CHECKING:  # what may be given, which is more than what is kept

        def __init__(
            self,
            inputs: int | Sequence[int],
            layers: Sequence[Layer],
            input_shape: Sequence[int] | None = None,
        ) -> None: ...

    def __repr__(self) -> str:
        return _as_mlp(self) or f"Network({self.input_shape or self.inputs}, {list(self.layers)})"

    def __post_init__(self) -> None:
        inputs, shape = check_inputs(self.inputs, self.input_shape)
        settle(self, inputs=inputs, input_shape=shape, layers=check_layers(self.layers))
        _work_out(self)

    def seen_shape(self, k: int) -> Shape:
        """Shape of what layer k, counted from 1, sees: the outputs before it, and its shortcuts.

        Examples
        --------
        >>> Network(2, [Dense(8), Dense(1, shortcuts=[0])]).seen_shape(2)
        (10,)
        """
        k = integer("seen_shape.k", k, 1, len(self.layers), "layers are counted from 1")
        return _seen(self.shapes, self.layers[k - 1], k)

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return self.widths[-1]

    @property
    def output_activation(self) -> str:
        """Activation of the last layer."""
        return self.layers[-1].activation

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of the layers before the last."""
        return self.widths[1:-1]

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
        """The widths, such as "2-10-10-1"; with images "16x16-12@8x8-10", for 12 maps of 8 x 8."""
        return "-".join(
            describe_shape(shape, is_input=not i) for i, shape in enumerate(self.shapes)
        )

    @property
    def parameter_shapes(self) -> list[tuple[str, Shape]]:
        """Name and shape of each array of parameters, in the order of all parameters.

        Each layer k, from 1, has its weights, with shape (O, I) if it is dense, and then its
        biases. Its inputs are the outputs of the layer before, then its shortcuts in order.

        Examples
        --------
        >>> mlp(2, 3, 1).parameter_shapes
        [('1.weight', (3, 2)), ('1.bias', (3,)), ('2.weight', (1, 3)), ('2.bias', (1,))]
        """
        return list(self._arrays)

    def fan_in(self, k: int) -> int:
        """How many inputs a unit of layer k, counted from 1, has, shortcuts included.

        If the maps of a convolution see different numbers of maps, this is the largest.

        Examples
        --------
        >>> mlp(2, 10, 1).fan_in(1)
        2
        """
        k = integer("fan_in.k", k, 1, len(self.layers), "layers are counted from 1")
        return self.layers[k - 1].fan_in(self.seen_shape(k))

    @property
    def is_trainable(self) -> bool:
        """Whether every activation has a gradient."""
        return all(layer.is_trainable for layer in self.layers)

    def check_dense(self, caller: str) -> tuple[Dense, ...]:
        """The layers if all of them are dense; for code that looks at single weights.

        Raises
        ------
        DescriptionError
            If a layer is not dense; the message names the caller and the layer.
        """
        for i, layer in enumerate(self.layers):
            if not isinstance(layer, Dense):
                raise DescriptionError(
                    f"expected dense layers, but layer {i + 1} of {self.structure} is "
                    f"{layer.describe()}",
                    where=caller,
                    hint="give a network without layers of images",
                )
        return tuple(layer for layer in self.layers if isinstance(layer, Dense))

    def unshared(self) -> Network:
        """The same windows, but each unit of a convolution has weights and a bias of its own.

        Examples
        --------
        >>> from amenable import Conv2d
        >>> network = Network((1, 8, 8), [Conv2d(2, kernel=3), Dense(10)])
        >>> network.n_parameters, network.unshared().n_parameters
        (750, 1450)
        """
        return replace(self, layers=tuple(unshared(it) for it in self.layers))

    def check_trainable(self) -> None:
        """Refuse a network that has no gradient or nothing to learn.

        Raises
        ------
        DescriptionError
            The message names the first layer that has no gradient.

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
        if not self.n_parameters:
            fail("Network.layers", "some with weights or biases", self.structure, "add Dense(1)")

    def summary(self, training: Settings | None = None) -> NetworkSummary:
        """Shapes, parameters, connections, work and memory, layer by layer.

        Parameters
        ----------
        training : Training or None
            If given, the memory of its optimizer is counted too, in its dtype.

        Examples
        --------
        >>> print(mlp(2, 3, 1).summary())
        layer  kind   outputs  units  parameters  connections  multiply-adds  shared
        input               2      2
        1      dense        3      3           9            9              6  no
        2      dense        1      1           4            4              3  no
        all                        6          13           13              9
        bytes: parameters 52, gradients 52, outputs 24 a sample
        """
        from amenable.network.summary import summarize

        return summarize(self, training)

    def to_dict(self) -> Record:
        """The description as a record for JSON, with the version of its format.

        Examples
        --------
        >>> mlp(2, 1).to_dict()["inputs"]
        2
        """
        layers = [layer_record(layer) for layer in self.layers]
        inputs = self.inputs if self.input_shape is None else list(self.input_shape)
        return {"version": VERSION, "inputs": inputs, "layers": layers}

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
        entries = check_keys(cls, open_envelope("Network", record, VERSION)[1])
        records = items("Network.layers", entries.pop("layers"), "a list of layers")
        layers = (read_layer(f"Network.layers[{i}]", it) for i, it in enumerate(records))
        return cls(layers=tuple(layers), **entries)

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
    *widths: int | Sequence[int],
    hidden: int | Sequence[int] | None = None,
    activation: str = "tanh",
    output: str = "identity",
    bias: bool = True,
    dropout: float = 0.0,
) -> Network:
    """A network of dense layers, each of which sees the outputs of the layer before.

    Parameters
    ----------
    *widths : int
        Numbers of inputs, of units in each hidden layer, and of outputs: at least two, or a list.
    hidden : int, or sequence of int
        Widths of the hidden layers: 10, or 10,10, or none. Only if `widths` are inputs and outputs.
    activation : str
        Activation of the hidden layers, such as tanh, relu, sigmoid or leaky_relu(0.1).
    output : str
        Activation of the last layer.
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
    >>> mlp([2, 10, 10, 1]) == mlp(2, 1, hidden=(10, 10)) == mlp(2, 10, 10, 1)
    True
    >>> mlp(4, 1, output="sigmoid").n_parameters
    5
    """
    given = widths[0] if len(widths) == 1 and isinstance(widths[0], Sequence) else widths
    if len(given) < 2:
        fail("mlp.widths", "at least inputs and outputs", given, "write mlp(2, 10, 1)")
    checked = [integer(f"mlp.widths[{i}]", it, 1, MAX_WIDTH) for i, it in enumerate(given)]
    if hidden is not None:
        if len(checked) > 2:
            hint = "leave the others out, or hidden"
            fail("mlp.widths", "only inputs and outputs if hidden is given", given, hint)
        between = (hidden,) if isinstance(hidden, int) else items("mlp.hidden", hidden, "widths")
        inside = [integer(f"mlp.hidden[{i}]", it, 1, MAX_WIDTH) for i, it in enumerate(between)]
        checked[1:1] = inside
    inner = NAMES.canonical("mlp.activation", activation)
    outer = NAMES.canonical("mlp.output", output)
    bias = boolean("mlp.bias", bias)
    dropout = number("mlp.dropout", dropout, BELOW_ONE)
    layers = (Dense(units, inner, bias, dropout) for units in checked[1:-1])
    return Network(checked[0], (*layers, Dense(checked[-1], outer, bias)))


def _as_mlp(network: Network) -> str:
    """The call of `mlp` that makes the network; empty where none does."""
    *hidden, last = network.layers
    first = hidden[0] if hidden else last
    if not isinstance(first, Dense):
        return ""
    options: dict[str, Any] = {"output": last.activation, "bias": last.bias}
    if hidden:
        options |= {"activation": first.activation, "dropout": first.dropout}
    if mlp(*network.widths, **options) != network:
        return ""
    said = [f"{key}={it!r}" for key, it in options.items() if it != DEFAULTS[key]]
    return f"mlp({', '.join([*map(str, network.widths), *said])})"


DEFAULTS = {name: it.default for name, it in signature(mlp).parameters.items()}


def _seen(shapes: Sequence[Shape], layer: Layer, k: int) -> Shape:
    """Shape of what layer k sees, given those of the outputs before it."""
    if not layer.shortcuts:
        return shapes[k - 1]
    return (sum(prod(shapes[one]) for one in (k - 1, *layer.shortcuts)),)


def _work_out(network: Network) -> None:
    """All shapes; refuse a layer that cannot take what the one before it gives."""
    shapes: list[Shape] = [network.input_shape or (network.inputs,)]
    windows, arrays = [], []
    for k, layer in enumerate(network.layers, start=1):
        seen = _seen(shapes, layer, k)
        try:
            window = layer.window(seen)
            shape = layer.output_shape(seen) if window is None else window.outputs
            if prod(shape) > MAX_WIDTH:
                raise DescriptionError(f"{quote(shape)} are too many units", hint="take fewer maps")
        except DescriptionError as error:
            raise error.within(f"Network.layers[{k - 1}]") from error
        for name, of_layer in (("weight", layer.weight_shape), ("bias", layer.bias_shape)):
            if (array := of_layer(seen)) is not None:
                arrays.append((f"{k}.{name}", array))
        shapes.append(shape)
        windows.append(window)
    settle(
        network,
        shapes=tuple(shapes),
        widths=tuple(map(prod, shapes)),
        windows=tuple(windows),
        _arrays=tuple(arrays),
        n_parameters=sum(prod(shape) for _, shape in arrays),
    )
