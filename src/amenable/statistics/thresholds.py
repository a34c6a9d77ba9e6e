"""How many of some scores reach a goal, where rows that were drawn at random judged them.

With other rows, scores would be higher or lower, and others would reach the goal.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError
from amenable.statistics.arguments import check_same_length, deviate
from amenable.statistics.clusters import clustered_fraction
from amenable.statistics.fractions import Interval

NEAR = 4.0
"""Standard errors from the goal within which a score might be on its other side."""


def threshold_fraction(
    scores: ArrayLike,
    goal: float,
    cluster: ArrayLike,
    *,
    error: float,
    shift: float,
    level: float = 0.95,
) -> Interval:
    """Interval for the fraction of networks that would reach a goal on all rows there could be.

    Three things keep the fraction that is seen from that one. The networks are a draw, as in
    `clustered_fraction`. The rows are one too: other rows move the scores of all networks
    together, as if the goal were another. And each score is blurred by the few rows that judge it,
    so that of networks that are equally good some reach the goal and some do not: where scores near
    the goal differ by no more than that, they are taken for as good as their mean. The distances to
    the limits that each of these allows are added as errors are, by their squares.

    Parameters
    ----------
    scores : array (T,)
        More is better; nan counts as the worst.
    goal : float
        What a score must reach.
    cluster : array, (T,) or (T, M)
        As in `clustered_fraction`.
    error : float
        Standard error of one score near the goal, over draws of the rows that judge it.
    shift : float
        Standard error of the mean of such scores. It is that of one score where all were judged on
        the same rows, and less where each was judged on rows of its own.
    level : float
        Coverage, between 0 and 1. In simulations it is at least as high: fractions of few steps
        allow no exact interval.

    Returns
    -------
    Interval
        Within [0, 1], and around the fraction of scores that reach the goal.

    Raises
    ------
    DataError
        If the arrays are empty or of unequal length, or an error is negative.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17:873-890, adds distances by their squares.
    Louis 1984, JASA 79:393-398, draws scores together until they vary as much as what they measure.

    Examples
    --------
    >>> scores = [0.90, 0.92, 0.94, 0.96, 0.98, 0.98, 1.0, 1.0]
    >>> low, high = threshold_fraction(scores, 0.95, range(8), error=0.0, shift=0.0)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.31 to 0.86
    >>> low, high = threshold_fraction(scores, 0.95, range(8), error=0.04, shift=0.02)
    >>> print(f"{low:.2f} to {high:.2f}")
    0.00 to 1.00
    """
    values = np.asarray(scores, dtype=np.float64)
    if error < 0 or shift < 0:
        raise DataError(where="error, shift", expected="at least 0", got=f"{error:g} and {shift:g}")
    check_same_length("scores", values.size, "cluster", len(np.asarray(cluster)))
    values = np.where(np.isnan(values), -np.inf, values)
    seen = values >= goal
    limits = clustered_fraction(seen, cluster, level)
    if error == shift == 0:
        return limits
    fraction, z = float(np.mean(seen)), deviate(level)
    others = [
        float(np.mean(each >= goal + side * z * shift))
        for each in (values, drawn_together(values, goal, error))
        for side in (-1, 0, 1)
    ]
    below = sqrt((fraction - limits.low) ** 2 + (fraction - min(others)) ** 2)
    above = sqrt((limits.high - fraction) ** 2 + (max(others) - fraction) ** 2)
    return Interval(max(0.0, fraction - below), min(1.0, fraction + above))


def drawn_together(scores: NDArray[np.float64], goal: float, error: float) -> NDArray[np.float64]:
    """Scores near the goal moved towards their mean, until they vary less by the error's square."""
    near = np.abs(scores - goal) <= NEAR * error
    if np.count_nonzero(near) < 2:
        return scores
    mean, variance = float(scores[near].mean()), float(scores[near].var(ddof=1))
    kept = sqrt(max(0.0, variance - error**2) / variance) if variance > 0 else 0.0
    together = scores.copy()
    together[near] = mean + kept * (scores[near] - mean)
    return together
