"""Checks of one field: each returns the plain Python value, or raises a DescriptionError.

Its one line reads "Owner.field: expected this, got that; do this".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral, Real
from typing import NoReturn

import numpy as np

from amenable.errors import DescriptionError

MAX_WIDTH = 2**31 - 1  # the core counts units, inputs and samples of a batch in int32
MAX_COUNT = 2**53  # the largest count that stays exact as a double, which is how counts travel
MAX_SHOWN = 60  # characters of a bad value in a message


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of finite numbers, and the words for it."""

    low: float = -math.inf
    high: float = math.inf
    is_low_open: bool = False
    is_high_open: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.is_low_open else value >= self.low
        below = value < self.high if self.is_high_open else value <= self.high
        return above and below and math.isfinite(value)

    def __str__(self) -> str:
        if math.isfinite(self.low) and math.isfinite(self.high):
            brackets = "(" if self.is_low_open else "[", ")" if self.is_high_open else "]"
            return f"a number in {brackets[0]}{short(self.low)}, {short(self.high)}{brackets[1]}"
        if math.isfinite(self.low):
            return f"a finite number {'>' if self.is_low_open else '>='} {short(self.low)}"
        if math.isfinite(self.high):
            return f"a finite number {'<' if self.is_high_open else '<='} {short(self.high)}"
        return "a finite number"


ANY = Range()
NON_NEGATIVE = Range(0.0)
POSITIVE = Range(0.0, is_low_open=True)
FRACTION = Range(0.0, 1.0)
BELOW_ONE = Range(0.0, 1.0, is_high_open=True)


def short(value: object) -> str:
    """The shortest digits that give the number back, without a trailing ".0"."""
    return repr(value).removesuffix(".0")


def quote(value: object) -> str:
    """A bad value for a message: one line, not long, whatever it is."""
    try:
        text = " ".join(repr(value).split())
    except (ValueError, RecursionError):  # very long integers, very deep lists
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def fail(field: str, expected: str, value: object, hint: str = "") -> NoReturn:
    """Raise the error that names the field, what was expected, what came and what to do."""
    raise DescriptionError(where=field, expected=expected, got=quote(value), hint=hint)


def integer(
    field: str, value: object, minimum: int, maximum: int = MAX_COUNT, hint: str = ""
) -> int:
    """An integer in range; bools and floats are refused, also those that are whole."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        if minimum <= int(value) <= maximum:
            return int(value)
        if int(value) > maximum:
            fail(field, f"an integer from {minimum} to {maximum}", value, hint)
    fail(field, f"an integer >= {minimum}", value, hint)


def number(field: str, value: object, allowed: Range = ANY, hint: str = "") -> float:
    """A finite number in range, as a float; minus zero becomes zero, so that equal means equal."""
    if isinstance(value, Real) and not isinstance(value, bool):
        try:
            result = float(value) + 0.0
        except OverflowError:  # an integer beyond the largest double
            result = math.inf
        if result in allowed:
            return result
    fail(field, str(allowed), value, hint)


def boolean(field: str, value: object) -> bool:
    """True or False, numpy's too."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    fail(field, "True or False", value)


def choice(field: str, value: object, options: Sequence[str], hint: str = "") -> str:
    """One of a few strings."""
    if isinstance(value, str) and value in options:
        return str.__str__(value)
    fail(field, " or ".join(f'"{option}"' for option in options), value, hint)


def items(field: str, value: object, expected: str, hint: str = "") -> tuple[object, ...]:
    """The elements of a list, tuple, range or array of one dimension, not yet checked."""
    if isinstance(value, list | tuple | range) or (
        isinstance(value, np.ndarray) and value.ndim == 1
    ):
        return tuple(value)
    fail(field, expected, value, hint)


def settle(description: object, **values: object) -> None:
    """Set fields of a frozen description that is being constructed to their checked values."""
    for name, value in values.items():
        object.__setattr__(description, name, value)


@contextmanager
def within(where: str) -> Iterator[None]:
    """Put the place in front of errors about a part: "Network.layers[1]: Dense.units: ..."."""
    try:
        yield
    except DescriptionError as error:
        raise error.within(where) from error
