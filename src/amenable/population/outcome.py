"""The fraction of trials that solved a problem, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DescriptionError
from amenable.statistics import Interval, clustered_fraction, wilson
from amenable.training import Training


@dataclass(frozen=True, slots=True)
class Fraction:
    """The fraction of trials that solved the problem, with its interval.

    Parameters
    ----------
    successes, trials : int
        How many trials solved the problem, of how many.
    fraction : float
        Successes divided by trials.
    interval : Interval
        Of the fraction that would be seen with other seeds and, where the goal is on unseen rows,
        with other rows; ``interval.low``, ``interval.high``. Wilson's, of trials in clusters
        `amenable.statistics.clustered_fraction`'s, on unseen rows
        `amenable.statistics.threshold_fraction`'s.
    by_seeds : Interval, optional
        The same for other seeds on the same rows; None where `interval` is that.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> population = train(mlp(2, 1), "moons", Training(epochs=1, goal="accuracy >= 1"), seeds=32)
    >>> print(population.fraction())
    0 of 32 solved, 0.000 [0.000, 0.107]
    """

    successes: int
    trials: int
    fraction: float
    interval: Interval
    by_seeds: Interval | None = None

    @property
    def low_by_rows(self) -> float:
        """The lower limit that these rows allow, however many seeds: how others may judge."""
        if self.by_seeds is None:
            return self.fraction
        both, seeds = self.fraction - self.interval.low, self.fraction - self.by_seeds.low
        return self.fraction - math.sqrt(max(0.0, both**2 - seeds**2))

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.successes} of {self.trials} solved, {self.fraction:.3f} [{low:.3f}, {high:.3f}]"
        )


def fraction_of(
    solved: NDArray[np.bool_], level: float, cluster: NDArray[np.int64] | None = None
) -> Fraction:
    """The fraction of True, of independent trials or of trials in clusters, on the same rows."""
    successes, trials = int(np.count_nonzero(solved)), len(solved)
    if cluster is None:
        interval = wilson(successes, trials, level)
    else:
        interval = clustered_fraction(solved, cluster, level)
    return Fraction(successes, trials, successes / trials, interval)


def check_goals(caller: str, trainings: Sequence[Training]) -> None:
    """Refuse to count what was solved where a training does not say what that is."""
    without = [it for it in trainings if it.goal is None]
    if without:
        which = "no training" if len(without) == len(trainings) else f"'{without[0].describe()}'"
        verb = "has a goal" if len(without) == len(trainings) else "has no goal"
        raise DescriptionError(
            f"{caller}: {which} {verb}, so nothing can be solved; "
            'train with Training(goal="accuracy >= 0.95")'
        )
