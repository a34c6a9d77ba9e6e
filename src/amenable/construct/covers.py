"""Intervals on which sampled functions are nearly constant or nearly straight, as few as can be.

Values are (N, K): K functions at N evenly spaced places. Intervals are taken greedily, each as
long as it goes, which for constants is optimal but for the overlaps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OVERLAP = 2  # places that neighbouring intervals share, less one; a step lies on the middle one
AT_LEAST = 2 * OVERLAP  # steps that an interval must be long, so that steps keep OVERLAP apart


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """M constants (M, K), and the M - 1 places where one gives way to the next.

    Each constant is near the functions up to one place beyond its own ends.
    """

    places: NDArray[np.intp]
    values: Floats


class TooManyError(Exception):
    """More intervals than asked for; says about how many there would be."""

    def __init__(self, n: int, reached: int, places: int) -> None:
        super().__init__()
        self.about = math.ceil(n * places / reached)


def levels(values: Floats, allowed: float, most: int) -> Levels | None:
    """Two levels or more within `allowed` of the values; None where these change too fast."""
    n = len(values)
    start, found, places = 0, [], []
    while True:
        end = _reach(values, start, _flat(values, allowed))
        part = values[start : end + 1]
        found.append((part.max(axis=0) + part.min(axis=0)) / 2)
        if end == n - 1:
            break
        if end < start + AT_LEAST:
            return None
        places.append(end - OVERLAP // 2)
        if len(places) > most:
            raise TooManyError(len(places), end, n)
        start = end - OVERLAP
    if not places:  # a network needs a unit
        places, found = [n // 2], found * 2
    return Levels(np.array(places, dtype=np.intp), np.array(found))


def chords(values: Floats, allowed: float, most: int) -> NDArray[np.intp]:
    """Places, from 0 to N - 1, between which straight lines are within `allowed` of the values."""
    places = [0]
    while places[-1] < len(values) - 1:
        places.append(_reach(values, places[-1], _straight(values, places[-1], allowed)))
        if len(places) > most:
            raise TooManyError(len(places), places[-1], len(values))
    return np.array(places, dtype=np.intp)


def _reach(
    values: Floats, start: int, judge: Callable[[int, int], tuple[NDArray[np.intp], bool]]
) -> int:
    """The last place that an interval from `start` may end at; asks about longer and longer parts.

    `judge(first, last)` gives the places from first to last - 1 that it may end at, and whether it
    is of use to go on.
    """
    end, first, length, goes_on = start, start + 1, 32, True
    while goes_on and first < len(values):
        last = min(first + length, len(values))
        good, goes_on = judge(first, last)
        if len(good):
            end = int(good[-1])
        first, length = last, 2 * length
    return end


def _flat(values: Floats, allowed: float) -> Callable[[int, int], tuple[NDArray[np.intp], bool]]:
    """Judges whether the values so far lie within twice what is allowed."""
    bounds: list[Floats] = []

    def judge(first: int, last: int) -> tuple[NDArray[np.intp], bool]:
        part = values[first - 1 : last]
        high, low = bounds or (part[0], part[0])
        highs = np.maximum(np.maximum.accumulate(part, axis=0), high)
        lows = np.minimum(np.minimum.accumulate(part, axis=0), low)
        bounds[:] = highs[-1], lows[-1]
        spread = (highs - lows)[1:].max(axis=1)  # which only grows
        good = np.flatnonzero(spread <= 2 * allowed)
        return first + good, len(good) == len(spread)

    return judge


def _straight(
    values: Floats, start: int, allowed: float
) -> Callable[[int, int], tuple[NDArray[np.intp], bool]]:
    """Judges whether a line from the start to a place passes all values between closely enough.

    Such lines have slopes in a cone that only narrows (Williams 1978, Computer Graphics and Image
    Processing 8:286-293).
    """
    k = values.shape[1]
    cone = [np.full(k, -np.inf), np.full(k, np.inf)]

    def judge(first: int, last: int) -> tuple[NDArray[np.intp], bool]:
        steps = np.arange(first - start, last - start)[:, None]
        rise = values[first:last] - values[start]
        lows = np.maximum.accumulate(np.vstack([cone[0], (rise - allowed) / steps]), axis=0)
        highs = np.minimum.accumulate(np.vstack([cone[1], (rise + allowed) / steps]), axis=0)
        slope = rise / steps
        is_good = np.all((slope >= lows[:-1]) & (slope <= highs[:-1]), axis=1)
        is_good |= steps[:, 0] == 1  # a line to the next place has nothing between
        cone[:] = lows[-1], highs[-1]
        return first + np.flatnonzero(is_good), bool((cone[0] <= cone[1]).all())

    return judge
