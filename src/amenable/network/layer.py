"""What every layer is: a description with shapes that follow from those of its inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from amenable.description import Record, check_keys, record_of
from amenable.network.activations import parse_activation

Shape = tuple[int, ...]
"""Of what a layer takes or gives: (units,), or (maps, height, width)."""


def describe_shape(shape: Shape, *, is_input: bool = False) -> str:
    """ "10", "16x16", "3@32x32", "12@8x8"; the one map of an input is not said."""
    if len(shape) == 1:
        return str(shape[0])
    size = f"{shape[1]}x{shape[2]}"
    return size if is_input and shape[0] == 1 else f"{shape[0]}@{size}"


@dataclass(frozen=True, slots=True)
class Window:
    """Where the units of a layer of images look, in the engine's words.

    Parameters
    ----------
    kind : str
        "conv", "local", "avg_pool" or "max_pool".
    inputs, outputs : tuple of int
        (maps, height, width).
    kernel, stride, pad : tuple of int
        (height, width); `pad` on either side.
    padding : str
        "value" or "circular".
    has_weights, has_unit_biases : bool
        Whether pooling has coefficients; whether each unit has a bias, and not each map.
    connections : tuple of tuple of int
        The input maps that each map sees; empty for pooling.

    Examples
    --------
    >>> from amenable.network import Conv2d
    >>> window = Conv2d(2, kernel=3, connections=[[0], [0, 1]]).window((2, 5, 5))
    >>> window.outputs, window.connections
    ((2, 3, 3), ((0,), (0, 1)))
    """

    kind: str
    inputs: tuple[int, int, int]
    outputs: tuple[int, int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    pad: tuple[int, int] = (0, 0)
    padding: str = "value"
    has_weights: bool = True
    has_unit_biases: bool = False
    connections: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Layer(ABC):
    """Base of all layers: frozen, hashable descriptions.

    What a layer promises: everything else follows from its fields and the shape of its inputs, and
    where it cannot take those it raises a DescriptionError.

    Examples
    --------
    >>> from amenable.network import AvgPool2d, Dense
    >>> [isinstance(it, Layer) for it in (Dense(3), AvgPool2d(2))]
    [True, True]
    >>> Dense(3, "tanh").with_activation("relu").activation
    'relu'
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def activation(self) -> str:
        """Name of its activation, with the parameter where it takes one."""

    @property
    @abstractmethod
    def dropout(self) -> float:
        """Probability that the output of a unit is dropped while training."""

    @property
    def bias(self) -> bool:
        """Whether it has biases."""
        return False

    @property
    def shortcuts(self) -> tuple[int, ...]:
        """Earlier outputs that it sees, besides those of the layer before."""
        return ()

    @property
    def is_trainable(self) -> bool:
        """Whether the activation has a gradient."""
        return parse_activation(self.activation)[0] != "step"

    @abstractmethod
    def output_shape(self, inputs: Shape) -> Shape:
        """Shape of the outputs."""

    @abstractmethod
    def weight_shape(self, inputs: Shape) -> Shape | None:
        """Shape of the weights, None where there are none."""

    @abstractmethod
    def bias_shape(self, inputs: Shape) -> Shape | None:
        """Shape of the biases, None where there are none."""

    @abstractmethod
    def window(self, inputs: Shape) -> Window | None:
        """Where units look; None where they see all inputs."""

    @abstractmethod
    def fan_in(self, inputs: Shape) -> int:
        """How many inputs a unit has, at most."""

    @abstractmethod
    def n_connections(self, inputs: Shape) -> int:
        """Connections of all units, biases among them."""

    @abstractmethod
    def describe(self) -> str:
        """What it is and has besides its outputs, in a word or two."""

    def with_activation(self, activation: str) -> Self:
        """The same layer with another activation."""
        return self._with(activation=activation)

    def without_dropout(self) -> Self:
        """The same layer, which drops nothing."""
        return self._with(dropout=0.0)

    def _with(self, **changed: Any) -> Self:
        return replace(self, **changed)

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them."""
        return record_of(self)

    @classmethod
    def from_dict(cls, record: object) -> Self:
        """The layer that `to_dict` recorded; fields left out have their defaults."""
        return cls(**check_keys(cls, record))
