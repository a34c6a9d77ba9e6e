"""What is done to one column before a network sees it: a step for each kind of column.

A step holds the numbers that were fitted, and its arithmetic needs no fitting. `preparation.py`
fits steps and puts their inputs side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.columns import Column
from amenable.description import Record, boolean, check_keys, fail, items, record_of, settle

Values = NDArray[Any]  # the cells (N,) of a column
Inputs = NDArray[np.float64]  # (N, K), a view of the samples that a step fills

DAY = np.timedelta64(86_400_000_000, "us")
MOST_SHOWN = 3  # categories that a remark names


def _days_since(values: Values, first: np.datetime64) -> NDArray[np.float64]:
    return np.asarray((values - first) / DAY, dtype=np.float64)


def _day_of_the_year(values: Values, _: np.datetime64) -> NDArray[np.float64]:
    days = values.astype("datetime64[D]") - values.astype("datetime64[Y]")  # NaT where NaT
    return _filled(values, days.astype(np.int64) + 1)


def _day_of_the_week(values: Values, _: np.datetime64) -> NDArray[np.float64]:
    days = values.astype("datetime64[D]").astype(np.int64)
    return _filled(values, (days + 3) % 7 + 1)  # 1970 began on a Thursday


def _hour_of_the_day(values: Values, _: np.datetime64) -> NDArray[np.float64]:
    return _filled(values, (values - values.astype("datetime64[D]")) / DAY * 24)


def _filled(values: Values, numbers: Values) -> NDArray[np.float64]:
    """The numbers, NaN where there is no date."""
    return np.where(np.isnat(values), np.nan, numbers.astype(np.float64))


PARTS: Mapping[str, Callable[[Values, np.datetime64], NDArray[np.float64]]] = MappingProxyType(
    {
        "days": _days_since,
        "day of the year": _day_of_the_year,
        "day of the week": _day_of_the_week,
        "hour of the day": _hour_of_the_day,
    }
)
"""Numbers that a date becomes; Monday is day 1 of the week."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: missing ones become the median, then mean 0 and deviation 1.

    Parameters
    ----------
    name : str
        Of the column.
    median : float or None
        Of the training rows; None where gaps are not filled.
    mean, deviation : float
        Of the training rows after the median has filled the gaps.
    least, most : float
        In the training rows.
    says_missing : bool
        Whether a second input is 1 where the number is missing and 0 elsewhere.
    """

    name: str
    median: float | None
    mean: float
    deviation: float
    least: float
    most: float
    says_missing: bool = False

    def __post_init__(self) -> None:
        numbers = (self.median or 0.0, self.mean, self.deviation, self.least, self.most)
        if not _are_finite(numbers) or self.deviation <= 0 or self.least > self.most:
            fail("Number", "finite numbers, a deviation above 0 and least <= most", numbers)
        boolean("Number.says_missing", self.says_missing)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it makes of the column."""
        return _inputs([self.name], self)

    def encode(self, values: Values, out: Inputs) -> None:
        """Fill `out` with what the network sees of the cells."""
        is_missing = np.isnan(values)
        if self.says_missing:
            out[:, 1] = is_missing
        out[:, 0] = values if self.median is None else np.where(is_missing, self.median, values)
        out[:, 0] -= self.mean  # two steps, as scikit-learn's scaler takes
        out[:, 0] /= self.deviation

    def far(self, values: Values) -> NDArray[np.bool_]:
        """Which values lie outside what was learned by more than its whole width."""
        width = self.most - self.least
        return np.asarray((values < self.least - width) | (values > self.most + width))

    def remarks(self, values: Values) -> list[str]:
        """What a reader of predictions should know of these cells."""
        count = int(np.count_nonzero(self.far(values)))
        if not count:
            return []
        rows = "1 row is" if count == 1 else f"{count:,} rows are"
        return [
            f"column {self.name!r}: {rows} far outside what was learned, "
            f"{self.least:g} to {self.most:g}"
        ]


@dataclass(frozen=True, slots=True)
class Category:
    """A category: an input for each, 1 where the cell holds it; of two categories, one input.

    Parameters
    ----------
    name : str
        Of the column.
    categories : tuple of str
        Those of the training rows, the most frequent first; it fills the gaps.
    has_other : bool
        Whether all that is not among them shares one more input. Without it, a category that the
        training rows lack is 0 in all inputs.
    says_missing : bool
        Whether a last input is 1 where the cell is empty.
    """

    name: str
    categories: tuple[str, ...]
    has_other: bool = False
    says_missing: bool = False

    def __post_init__(self) -> None:
        found = items("Category.categories", self.categories, "texts")
        is_text = all(isinstance(it, str) for it in found)
        if not is_text or len(set(found)) < len(found) or len(found) + self.has_other < 2:
            fail("Category.categories", "two or more different texts", found)
        settle(self, categories=found)
        boolean("Category.says_missing", self.says_missing)

    @property
    def encoded(self) -> tuple[str, ...]:
        """The categories that have an input, by name: all, or of two the last."""
        ordered = tuple(sorted(self.categories))
        return ordered if self.has_other or len(ordered) > 2 else ordered[1:]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it makes of the column."""
        other = ["any other"] if self.has_other else []
        return _inputs([f"{self.name}={it}" for it in (*self.encoded, *other)], self)

    def encode(self, values: Values, out: Inputs) -> None:
        """Fill `out` with what the network sees of the cells."""
        places = {it: place for place, it in enumerate(self.encoded)}
        nowhere = len(places)  # the place of all others, where they have one
        known: dict[str | None, int] = {it: places.get(it, -1) for it in self.categories}
        known[None] = known[self.categories[0]]
        place = np.fromiter((known.get(it, nowhere) for it in values), np.int64, len(values))
        out[:] = 0
        has_input = (place >= 0) & (place < nowhere + self.has_other)
        out[np.flatnonzero(has_input), place[has_input]] = 1
        if self.says_missing:
            out[:, -1] = _is_empty(values)

    def remarks(self, values: Values) -> list[str]:
        """What a reader of predictions should know of these cells."""
        unseen = {it for it in values if it is not None} - set(self.categories)
        if not unseen or self.has_other:
            return []
        count = sum(it in unseen for it in values)
        names = ", ".join(repr(it) for it in sorted(unseen)[:MOST_SHOWN])
        more = ", …" if len(unseen) > MOST_SHOWN else ""
        rows = "1 row holds" if count == 1 else f"{count:,} rows hold"
        return [
            f"column {self.name!r}: {rows} a category that the training rows lack ({names}{more}): "
            "encoded as none of the others"
        ]


@dataclass(frozen=True, slots=True)
class Date:
    """A date: days since the first of the training rows, and the parts of it that vary.

    Parameters
    ----------
    name : str
        Of the column.
    first : str
        The earliest date in the training rows, as ISO 8601.
    numbers : tuple of Number
        What is done to each part, in the order of `PARTS`: the first is of the days and has the
        column's name, the others are called "NAME (day of the year)" and alike.
    says_missing : bool
        Whether a last input is 1 where the date is missing.
    """

    name: str
    first: str
    numbers: tuple[Number, ...]
    says_missing: bool = False

    def __post_init__(self) -> None:
        found = tuple(
            it if isinstance(it, Number) else Number(**check_keys(Number, it, "Date.numbers"))
            for it in items("Date.numbers", self.numbers, "what is done to each part")
        )
        settle(self, numbers=found)
        try:
            is_date = not np.isnat(self.origin)
        except (TypeError, ValueError):
            is_date = False
        if not is_date:
            fail("Date.first", "a date such as 2024-01-31", self.first)
        if not found or not all(self._part(it) in PARTS for it in found):
            names = [it.name for it in found]
            fail("Date.numbers", f"names of {self.name!r} and its parts", names)
        boolean("Date.says_missing", self.says_missing)

    @property
    def origin(self) -> np.datetime64:
        """The day that days are counted from."""
        return np.datetime64(self.first, "us")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it makes of the column."""
        return _inputs([it.name for it in self.numbers], self)

    def encode(self, values: Values, out: Inputs) -> None:
        """Fill `out` with what the network sees of the cells."""
        for i, number in enumerate(self.numbers):
            number.encode(PARTS[self._part(number)](values, self.origin), out[:, i : i + 1])
        if self.says_missing:
            out[:, -1] = np.isnat(values)

    def remarks(self, values: Values) -> list[str]:
        """What a reader of predictions should know of these cells."""
        days = self.numbers[0]
        is_far = days.far(_days_since(values, self.origin))
        if not is_far.any():
            return []
        row = values[np.flatnonzero(is_far)[0]].astype("datetime64[D]")
        count = int(np.count_nonzero(is_far))
        rows = "1 row is" if count == 1 else f"{count:,} rows are"
        return [f"column {self.name!r}: {rows} far outside the dates that were learned ({row})"]

    def _part(self, number: Number) -> str:
        own = number.name.removeprefix(self.name)
        return own.removeprefix(" (").removesuffix(")") or "days"


@dataclass(frozen=True, slots=True)
class Presence:
    """A column of which only whether a cell is filled tells anything: 1 where it is, else 0.

    Parameters
    ----------
    name : str
        Of the column.
    """

    name: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it makes of the column."""
        return (f"{self.name} is there",)

    def encode(self, values: Values, out: Inputs) -> None:
        """Fill `out` with what the network sees of the cells."""
        out[:, 0] = ~_is_empty(values)

    def remarks(self, values: Values) -> list[str]:
        """Nothing: cells are filled, or they are not."""
        return []


Step = Number | Category | Date | Presence
STEPS: Mapping[str, type[Step]] = MappingProxyType(
    {"number": Number, "category": Category, "date": Date, "presence": Presence}
)


def step_record(step: Step) -> Record:
    """A step with the name of its kind, as JSON knows it."""
    kind = next(name for name, owner in STEPS.items() if type(step) is owner)
    record = {"kind": kind, **record_of(step)}
    if isinstance(step, Date):
        record["numbers"] = [record_of(it) for it in step.numbers]
    return record


def kind_of(step: Step) -> str | None:
    """How new cells of the column are read: "number", "category", "date"; None for any."""
    kind = next(name for name, owner in STEPS.items() if type(step) is owner)
    return None if kind == "presence" else kind


def part_name(name: str, part: str) -> str:
    """What a part of a date is called."""
    return name if part == "days" else f"{name} ({part})"


def _are_finite(numbers: Iterable[Any]) -> bool:
    try:
        return all(map(isfinite, numbers))
    except TypeError:
        return False


def _inputs(names: Iterable[str], step: Number | Category | Date) -> tuple[str, ...]:
    return (*names, f"{step.name} is missing") if step.says_missing else tuple(names)


def _is_empty(values: Values) -> NDArray[np.bool_]:
    kinds = {"f": "number", "M": "date"}
    return Column("", kinds.get(values.dtype.kind, "category"), values).missing
