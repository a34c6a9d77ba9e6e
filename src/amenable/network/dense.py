"""Dense layers."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from amenable.description import (
    BELOW_ONE,
    MAX_WIDTH,
    boolean,
    brief,
    fail,
    integer,
    items,
    number,
    settle,
)
from amenable.network.activations import NAMES
from amenable.network.layer import Layer, Shape, Window


@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """A layer in which every unit sees every input.

    Parameters
    ----------
    units : int
        Number of outputs, at least 1.
    activation : str
        A name from `ACTIVATIONS`, or "name(parameter)". The parameter is always kept: "leaky_relu"
        becomes "leaky_relu(0.01)".
    bias : bool
        Whether each unit has a bias.
    dropout : float
        Probability, in [0, 1), that the output of a unit is dropped while training.
    shortcuts : tuple of int
        Earlier outputs that the layer also sees, after the outputs of the layer before, in this
        order. 0 is the network's input, and k the output of layer k, counted from 1.

    Raises
    ------
    DescriptionError
        If a field is out of range; the message names it.

    Examples
    --------
    >>> Dense(10, "leaky_relu")
    Dense(units=10, activation='leaky_relu(0.01)')
    >>> Dense.from_dict({"units": 3, "activation": "relu"}).to_dict()["activation"]
    'relu'
    """

    kind: ClassVar[str] = "dense"
    units: int
    activation: str = "tanh"
    bias: bool = True
    dropout: float = 0.0
    shortcuts: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        settle(
            self,
            units=integer("Dense.units", self.units, 1, MAX_WIDTH),
            activation=NAMES.canonical("Dense.activation", self.activation),
            bias=boolean("Dense.bias", self.bias),
            dropout=number("Dense.dropout", self.dropout, BELOW_ONE),
            shortcuts=_check_shortcuts(self.shortcuts),
        )

    def output_shape(self, inputs: Shape) -> Shape:
        """(U,), whatever the inputs."""
        return (self.units,)

    def weight_shape(self, inputs: Shape) -> Shape:
        """(O, I)."""
        return (self.units, prod(inputs))

    def bias_shape(self, inputs: Shape) -> Shape | None:
        """(O,)."""
        return (self.units,) if self.bias else None

    def window(self, inputs: Shape) -> Window | None:
        """None: every unit sees every input."""
        return None

    def fan_in(self, inputs: Shape) -> int:
        """How many inputs there are."""
        return prod(inputs)

    def n_connections(self, inputs: Shape) -> int:
        """One for each weight and bias."""
        return self.units * (prod(inputs) + self.bias)

    def describe(self) -> str:
        """Its kind."""
        return "dense"


def _check_shortcuts(value: object) -> tuple[int, ...]:
    field = "Dense.shortcuts"
    found = items(field, value, "a tuple of layer numbers", "write (0,) for the network's input")
    numbers = tuple(integer(f"{field}[{i}]", one, 0, MAX_WIDTH) for i, one in enumerate(found))
    if len(set(numbers)) < len(numbers):
        fail(field, "each layer at most once", value)
    return numbers
