"""Evaluates a user's function on grids, and checks what it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.construct.built import Floats, SampledFunction
from amenable.description import fail, items, number, quote
from amenable.errors import DataError

Function = Callable[..., Any]
AXES = ("x", "y")


@dataclass(frozen=True, slots=True)
class Box:
    """A function on an interval, or on a rectangle, where it takes two arrays."""

    f: Function
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, f: object, lo: object, hi: object) -> Box:
        """The arguments of `approximate`, checked."""
        if not callable(f):
            fail("approximate.f", "a function of an array, such as np.sin", f)
        low, high = _ends("lo", lo), _ends("hi", hi)
        if len(low) != len(high) or len(low) > len(AXES):
            fail("approximate.lo", "a number like hi, or pairs of numbers for both", (lo, hi))
        for one, other in zip(low, high, strict=True):
            if not one < other or not np.isfinite(other - one):
                fail("approximate.hi", "more than lo", hi, f"lo is {quote(lo)}")
        return cls(f, low, high)

    @property
    def sides(self) -> tuple[float, ...]:
        """Lengths along the axes."""
        return tuple(high - low for low, high in zip(self.low, self.high, strict=True))

    def grid(self, sizes: tuple[int, ...]) -> SampledFunction:
        """The function on an evenly spaced grid with that many places along each axis."""
        return SampledFunction(self._axes(sizes), self.asked(sizes)[1].reshape(sizes))

    def asked(self, sizes: tuple[int, ...]) -> tuple[Floats, Floats]:
        """The places (N, I) of a grid and the function there (N,)."""
        columns = np.meshgrid(*self._axes(sizes), indexing="ij")
        places = np.stack(columns, axis=-1).reshape(-1, len(sizes))
        return places, self.values(places)

    def _axes(self, sizes: tuple[int, ...]) -> tuple[Floats, ...]:
        ends = zip(self.low, self.high, sizes, strict=True)
        return tuple(np.linspace(low, high, size) for low, high, size in ends)

    def values(self, places: Floats) -> Floats:
        """The function at places (N, I); refuses what is not a finite number for each."""
        columns = [np.ascontiguousarray(column) for column in places.T]
        with np.errstate(all="ignore"):  # what comes of it is checked here
            given = self.f(*columns)
        try:
            found = np.asarray(given)
        except ValueError as error:  # rows of unequal length
            raise DataError(f"approximate.f: expected an array; {error}") from None
        n = len(places)
        if found.shape != (n,) or found.dtype.kind not in "biuf":
            names = ", ".join(AXES[: len(columns)])
            raise DataError(
                f"approximate.f: expected f({names}) to return {n} numbers for arrays of {n}, got "
                f"{found.dtype} of shape {found.shape}; write it with numpy, or use np.vectorize"
            )
        found = found.astype(np.float64)
        bad = np.flatnonzero(~np.isfinite(found))
        if len(bad):
            raise DataError(
                f"approximate.f: expected finite numbers, got {found[bad[0]]} at "
                f"{said(places[bad[0]])}"
            )
        return found


@dataclass(frozen=True, slots=True)
class Task:
    """What `approximate` is asked for."""

    box: Box
    error: float
    method: str
    lipschitz: float | None
    max_units: int

    @property
    def n_inputs(self) -> int:
        """One or two."""
        return len(self.box.low)


def steepest(samples: SampledFunction) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """The largest change from one place to the next, and the two places."""
    best, pair = -1.0, (np.zeros(0), np.zeros(0))
    for k in range(len(samples.axes)):
        change = np.abs(np.diff(samples.values, axis=k))
        if change.max() > best:
            best = float(change.max())
            index = np.unravel_index(int(change.argmax()), change.shape)
            place = [axis[i] for axis, i in zip(samples.axes, index, strict=True)]
            beyond = list(place)
            beyond[k] = samples.axes[k][index[k] + 1]
            pair = np.array(place), np.array(beyond)
    return best, *pair


def said(place: Floats) -> str:
    """A place for a message."""
    names = AXES[: len(place)]
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip(names, place, strict=True))


def _ends(name: str, given: object) -> tuple[float, ...]:
    if isinstance(given, list | tuple | np.ndarray):
        found = items(f"approximate.{name}", given, "a number or a pair of numbers")
        return tuple(number(f"approximate.{name}[{i}]", it) for i, it in enumerate(found))
    return (number(f"approximate.{name}", given),)
