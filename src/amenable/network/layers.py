"""Descriptions of layers."""

from __future__ import annotations

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
    record_of,
    settle,
)
from amenable.network.activations import NAMES, parse_activation


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer in which every unit sees every input.

    Parameters
    ----------
    units : int
        How many outputs, at least 1.
    activation : str
        A name of `ACTIVATIONS`, or "name(parameter)". Kept with its parameter: "leaky_relu"
        becomes "leaky_relu(0.01)".
    bias : bool
        Whether each unit adds a parameter of its own.
    dropout : float
        Probability, in [0, 1), that the output of a unit is dropped while training.
    shortcuts : tuple of int
        Earlier outputs that are inputs too, after those of the layer before, in this order:
        0 is the network's input, k the output of layer k, counted from 1.

    Raises
    ------
    DescriptionError
        If a field is out of range; the message names it.

    Examples
    --------
    >>> Dense(10, "leaky_relu")
    Dense(units=10, activation='leaky_relu(0.01)', bias=True, dropout=0.0, shortcuts=())
    """

    units: int
    activation: str = "tanh"
    bias: bool = True
    dropout: float = 0.0
    shortcuts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        settle(
            self,
            units=integer("Dense.units", self.units, 1, MAX_WIDTH),
            activation=NAMES.canonical("Dense.activation", self.activation),
            bias=boolean("Dense.bias", self.bias),
            dropout=number("Dense.dropout", self.dropout, BELOW_ONE),
            shortcuts=_check_shortcuts(self.shortcuts),
        )

    @property
    def is_trainable(self) -> bool:
        """Whether the activation has a gradient."""
        return parse_activation(self.activation)[0] != "step"

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them.

        Examples
        --------
        >>> Dense(1, "identity").to_dict()
        {'units': 1, 'activation': 'identity', 'bias': True, 'dropout': 0.0, 'shortcuts': []}
        """
        return record_of(self)

    @classmethod
    def from_dict(cls, record: object) -> Dense:
        """The layer that `to_dict` recorded; fields left out have their defaults.

        Examples
        --------
        >>> Dense.from_dict({"units": 3, "activation": "relu"}).units
        3
        """
        return cls(**check_keys(cls, record))


def _check_shortcuts(value: object) -> tuple[int, ...]:
    field = "Dense.shortcuts"
    found = items(field, value, "a tuple of layer numbers", "write (0,) for the network's input")
    numbers = tuple(integer(f"{field}[{i}]", one, 0, MAX_WIDTH) for i, one in enumerate(found))
    if len(set(numbers)) < len(numbers):
        fail(field, "every layer at most once", value)
    return numbers
