"""Intervals for a fraction, and for the difference of two: separate trials or pairs."""

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from amenable.statistics.arguments import check_counts, check_flags, check_same_length, deviate
from amenable.statistics.significance import mcnemar


class Interval(NamedTuple):
    """Two limits, each part of the interval; `inf` where there is none."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """First fraction minus second, with its interval."""

    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Two fractions of the same trials: the four kinds of pairs, and what they say.

    Parameters
    ----------
    both, only_first, only_second, neither : int
        Pairs in which both, one or none succeeded.
    difference : float
        First fraction minus second.
    interval : Interval
        Interval of the difference.
    p_value : float
        Exact two-sided p-value of the hypothesis that the fractions do not differ.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    difference: float
    interval: Interval
    p_value: float


def wilson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Interval for a fraction, which also works at 0 and 1.

    Parameters
    ----------
    successes, trials : int
        0 <= successes <= trials, trials >= 1.
    level : float
        Coverage, between 0 and 1. It holds on average over fractions; for a single fraction the
        coverage varies around it, as for every interval from counts.

    Returns
    -------
    Interval
        Within [0, 1], and around ``successes / trials``.

    Raises
    ------
    DataError
        If the counts are impossible.
    DescriptionError
        If `level` is not between 0 and 1.

    References
    ----------
    Wilson 1927, JASA 22:209-212.

    Examples
    --------
    >>> low, high = wilson(941, 1000)
    >>> print(f"{low:.4f} to {high:.4f}")
    0.9246 to 0.9540
    >>> wilson(0, 32).low
    0.0
    """
    n_successes, n_trials = check_counts(successes, trials)
    return _wilson(n_successes, n_trials, deviate(level))


def newcombe(s1: int, n1: int, s2: int, n2: int, level: float = 0.95) -> Difference:
    """Difference of two fractions of separate trials, with its interval.

    This combines the two Wilson intervals (Newcombe's method 10). If seeds pair the trials,
    `paired_difference` tells more from the same trials.

    Parameters
    ----------
    s1, n1 : int
        Successes and trials of the first.
    s2, n2 : int
        Successes and trials of the second.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    Difference
        ``s1 / n1 - s2 / n2`` and an interval around it within [-1, 1].

    Raises
    ------
    DataError
        If the counts are impossible.
    DescriptionError
        If `level` is not between 0 and 1.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17:873-890.

    Examples
    --------
    >>> low, high = newcombe(56, 70, 48, 80).interval
    >>> print(f"{low:.4f} to {high:.4f}")
    0.0524 to 0.3339
    """
    z = deviate(level)
    s1, n1 = check_counts(s1, n1, ("s1", "n1"))
    s2, n2 = check_counts(s2, n2, ("s2", "n2"))
    difference = (s1 * n2 - s2 * n1) / (n1 * n2)
    return Difference(difference, _hybrid(difference, (s1, n1), (s2, n2), z))


def paired_difference(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> PairedDifference:
    """Difference of two fractions, if each trial of one has its pair in the other.

    Two networks that were trained with the same seed saw the same samples in the same order, so
    their outcomes are related. Pairing removes this from the comparison.

    Parameters
    ----------
    first, second : array of bool, (T,)
        Whether each trial succeeded; entry t of one is the pair of entry t of the other.
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    PairedDifference
        Counts of pairs, first fraction minus second, its interval (Newcombe's method 10 for paired
        data: Wilson intervals joined by a continuity-corrected correlation) and McNemar's exact
        p-value.

    Raises
    ------
    DataError
        If the arrays are empty, not boolean or of unequal length.
    DescriptionError
        If `level` is not between 0 and 1.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17:2635-2650.
    McNemar 1947, Psychometrika 12:153-157.

    Examples
    --------
    >>> tanh = [True, True, True, True, True, True, False, False]
    >>> relu = [True, True, False, False, False, False, False, False]
    >>> result = paired_difference(tanh, relu)
    >>> result.only_first, result.only_second, result.difference, result.p_value
    (4, 0, 0.5, 0.125)
    """
    z = deviate(level)
    in_first, in_second = check_flags("first", first), check_flags("second", second)
    check_same_length("first", in_first.size, "second", in_second.size)
    n = in_first.size
    both = int(np.count_nonzero(in_first & in_second))
    only_first = int(np.count_nonzero(in_first)) - both
    only_second = int(np.count_nonzero(in_second)) - both
    neither = n - both - only_first - only_second
    difference = (only_first - only_second) / n
    correlation = _correlation(both, only_first, only_second, neither)
    interval = _hybrid(difference, (both + only_first, n), (both + only_second, n), z, correlation)
    p_value = mcnemar(only_first, only_second)
    return PairedDifference(both, only_first, only_second, neither, difference, interval, p_value)


def wilson_of(p: float, trials: float, z: float) -> Interval:
    """Wilson's interval of a fraction of so many trials, which need not be a whole number."""
    low, high = _lower_root(p, trials, z), 1 - _lower_root(1 - p, trials, z)
    return Interval(min(low, p), max(high, p))  # the limits may cross p by rounding when z is tiny


def _wilson(successes: int, trials: int, z: float) -> Interval:
    return wilson_of(successes / trials, trials, z)


def _lower_root(p: float, trials: float, z: float) -> float:
    """Smaller root of ``(p - x)^2 = z^2 x (1 - x) / n``, without cancellation near 0.

    From the larger root and the product of both, p^2 / (1 + z^2 / n).
    """
    if p <= 0:
        return 0.0
    a = z * z / trials
    larger = (p + a / 2 + sqrt(a * (p * (1 - p) + a / 4))) / (1 + a)
    return p * p / ((1 + a) * larger)


def _hybrid(
    difference: float,
    first: tuple[int, int],
    second: tuple[int, int],
    z: float,
    correlation: float = 0.0,
) -> Interval:
    """Newcombe's square-and-add: distances to the Wilson limits, added like errors."""
    p1, p2 = first[0] / first[1], second[0] / second[1]
    low1, high1 = _wilson(*first, z)
    low2, high2 = _wilson(*second, z)
    below = _added(p1 - low1, high2 - p2, correlation)
    above = _added(high1 - p1, p2 - low2, correlation)
    return Interval(max(-1.0, difference - below), min(1.0, difference + above))


def _added(x: float, y: float, correlation: float) -> float:
    return sqrt(max(0.0, x * x - 2 * correlation * x * y + y * y))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Phi of the table of pairs, drawn towards 0 when positive (Newcombe's method 10)."""
    n = both + only_first + only_second + neither
    margins = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    if margins == 0:
        return 0.0
    cross = both * neither - only_first * only_second
    return (max(cross - n / 2, 0.0) if cross > 0 else cross) / sqrt(margins)
