"""Ranges of numbers: how a place between 0 and 1 becomes a value, and which values a grid takes.

Values are rounded so that they can be read and typed again, and so that no machine's last bit of a
power or a logarithm gets into a study.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from amenable.description import POSITIVE, boolean, fail, integer, number, quote, settle
from amenable.errors import DescriptionError

DIGITS = 4  # significant: what a setting is chosen to, and far finer than what training can tell
FEWEST = 2  # values of a range in a grid: its ends
LARGEST = 2**53  # whole numbers are exact as doubles up to here
MOST_LISTED = 10_000  # whole numbers that a grid takes of a range without being told how many


class _Numbers(ABC):
    """What ranges of any numbers share."""

    __slots__ = ()
    n: int | None

    @abstractmethod
    def at(self, place: float) -> float:
        """The value at a place from 0 to 1."""

    def grid(self) -> tuple[float, ...]:
        """Values at even places with both ends; empty where it was not said how many."""
        return tuple(dict.fromkeys(self.at(place) for place in _places(self.n)))

    def different(self) -> range | None:
        """None: there is no end of values."""
        return None


@dataclass(frozen=True, slots=True)
class LinearRange(_Numbers):
    """Numbers between two ends, all equally likely; see `linear_range`."""

    kind: ClassVar[str] = "linear_range"
    low: float
    high: float
    n: int | None = None

    def __post_init__(self) -> None:
        low, high = number("linear_range.low", self.low), number("linear_range.high", self.high)
        _check_order(self.kind, low, high)
        if not math.isfinite(high - low):
            fail("linear_range.high", "ends whose difference is a number", high)
        settle(self, low=low, high=high, n=_check_n(self.kind, self.n))

    def at(self, place: float) -> float:
        """The value at a place from 0 to 1."""
        decimals = DIGITS - math.floor(math.log10(self.high - self.low)) - 1
        value = round(self.low + place * (self.high - self.low), decimals)
        return min(max(value, self.low), self.high) + 0.0


@dataclass(frozen=True, slots=True)
class LogRange(_Numbers):
    """Numbers between two ends, all ratios equally likely; see `log_range`."""

    kind: ClassVar[str] = "log_range"
    low: float
    high: float
    n: int | None = None

    def __post_init__(self) -> None:
        hint = "a logarithm needs ends above 0; use linear_range, or a list that has 0 too"
        low = number("log_range.low", self.low, POSITIVE, hint)
        high = number("log_range.high", self.high, POSITIVE, hint)
        _check_order(self.kind, low, high)
        settle(self, low=low, high=high, n=_check_n(self.kind, self.n))

    def at(self, place: float) -> float:
        """The value at a place from 0 to 1."""
        width = math.log10(self.high) - math.log10(self.low)
        finer = max(0, -math.floor(math.log10(width))) if width < 1 else 0
        value = 10.0 ** (math.log10(self.low) + place * width)
        return min(max(float(f"{value:.{DIGITS + finer}g}"), self.low), self.high)


@dataclass(frozen=True, slots=True)
class IntegerRange:
    """Whole numbers from one to another; see `integer_range`."""

    kind: ClassVar[str] = "integer_range"
    low: int
    high: int
    n: int | None = None
    log: bool = False

    def __post_init__(self) -> None:
        log = boolean("integer_range.log", self.log)
        hint = "a logarithm needs ends above 0" if log else ""
        least = 1 if log else -LARGEST
        low = integer("integer_range.low", self.low, least, LARGEST, hint)
        high = integer("integer_range.high", self.high, least, LARGEST, hint)
        _check_order(self.kind, low, high)
        settle(self, low=low, high=high, n=_check_n(self.kind, self.n), log=log)

    def at(self, place: float) -> int:
        """The value at a place from 0 to 1: each number has its share of the places."""
        if self.log:
            value = self.low * math.pow(self.high / self.low + 1 / self.low, place)
        else:
            value = self.low + place * (self.high - self.low + 1)
        return min(max(math.floor(value), self.low), self.high)

    def grid(self) -> tuple[int, ...]:
        """As many values as was said, with both ends; all of them where nothing was said."""
        if self.n is None:
            few = not self.log and self.high - self.low < MOST_LISTED
            return tuple(range(self.low, self.high + 1)) if few else ()
        width = self.high - self.low
        ratio = self.high / self.low if self.log else 1.0
        values = (
            self.low * ratio**place if self.log else self.low + place * width
            for place in _places(self.n)
        )
        return tuple(dict.fromkeys(min(max(round(it), self.low), self.high) for it in values))

    def different(self) -> range | None:
        """All of them."""
        return range(self.low, self.high + 1)


Range: TypeAlias = LinearRange | LogRange | IntegerRange
KINDS: dict[str, type[LinearRange] | type[LogRange] | type[IntegerRange]] = {
    kind.kind: kind for kind in (LinearRange, LogRange, IntegerRange)
}


def linear_range(low: float, high: float, n: int | None = None) -> LinearRange:
    """Numbers from `low` to `high`, for a setting of a `Space`.

    Parameters
    ----------
    low, high : float
        Ends, both of them included; low < high.
    n : int, optional
        How many values a grid takes, at least 2; the other draws take any.

    Raises
    ------
    DescriptionError
        If the ends are not numbers that rise.

    Notes
    -----
    Values that are drawn are rounded to a ten-thousandth of the range.

    Examples
    --------
    >>> linear_range(0.8, 1.0, n=3).grid()
    (0.8, 0.9, 1.0)
    """
    return LinearRange(low, high, n)


def log_range(low: float, high: float, n: int | None = None) -> LogRange:
    """Numbers from `low` to `high` by their logarithm, as for a learning rate.

    Parameters
    ----------
    low, high : float
        Ends, both of them included; 0 < low < high.
    n : int, optional
        How many values a grid takes, at least 2; the other draws take any.

    Raises
    ------
    DescriptionError
        If the ends are not numbers above 0 that rise.

    Notes
    -----
    Values are rounded to four significant digits.

    Examples
    --------
    >>> log_range(1e-4, 1, n=5).grid()
    (0.0001, 0.001, 0.01, 0.1, 1.0)
    """
    return LogRange(low, high, n)


def integer_range(low: int, high: int, n: int | None = None, log: bool = False) -> IntegerRange:
    """Whole numbers from `low` to `high`, as for a width or a batch.

    Parameters
    ----------
    low, high : int
        Ends, both of them included; low < high.
    n : int, optional
        How many values a grid takes, at least 2; by default all. The other draws take any.
    log : bool
        Whether ratios count, not differences; then low must be above 0, and a grid needs n.

    Raises
    ------
    DescriptionError
        If the ends are not whole numbers that rise.

    Examples
    --------
    >>> integer_range(1, 4).grid(), integer_range(1, 64, n=4, log=True).grid()
    ((1, 2, 3, 4), (1, 4, 16, 64))
    """
    return IntegerRange(low, high, n, log)


def _check_order(kind: str, low: float, high: float) -> None:
    if not low < high:
        raise DescriptionError(
            where=kind,
            expected="low < high",
            got=f"{quote(low)} and {quote(high)}",
            hint="give the smaller end first, or a single value for a fixed setting",
        )


def _check_n(kind: str, n: object) -> int | None:
    if n is None:
        return None
    return integer(f"{kind}.n", n, FEWEST, MOST_LISTED, "how many values a grid takes")


def _places(n: int | None) -> list[float]:
    """So many places from 0 to 1, both included."""
    return [] if n is None else [i / (n - 1) for i in range(n)]
