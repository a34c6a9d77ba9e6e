"""What became of trials, in numbers: the fraction solved, when trials end, which is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DescriptionError
from amenable.statistics import Interval, KaplanMeier, kaplan_meier, wilson
from amenable.training import METRICS, Training

if TYPE_CHECKING:
    from amenable.population.trials import Trials


@dataclass(frozen=True, slots=True)
class Fraction:
    """How many trials were solved, and how far the fraction may be off.

    Parameters
    ----------
    successes, trials : int
        Solved out of run.
    fraction : float
        One divided by the other.
    interval : Interval
        Wilson's; ``interval.low``, ``interval.high``.

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

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.successes} of {self.trials} solved, {self.fraction:.3f} [{low:.3f}, {high:.3f}]"
        )


def fraction_of(solved: NDArray[np.bool_], level: float) -> Fraction:
    """The fraction of True."""
    successes, trials = int(np.count_nonzero(solved)), len(solved)
    interval = wilson(successes, trials, level)
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


def ends(trials: Trials) -> NDArray[np.int64]:
    """Steps (T,) at which trials were solved or are censored; those that never will be, at the end.

    A trial that diverged or stopped would else count as if it might have been solved just after.
    """
    never = (trials.status == "diverged") | (trials.status == "stopped")
    return np.where(never, trials.budget.max(initial=0), trials.steps)


def steps_to_solve(trials: Trials, level: float) -> KaplanMeier:
    """Kaplan and Meier's curve of the trials that were begun."""
    begun = trials.has_begun
    return kaplan_meier(ends(trials)[begun], trials.solved[begun], level)


def ranking(trials: Trials) -> NDArray[np.int64]:
    """Numbers of trials, best first."""
    if trials.metric_name == "mixed":
        raise DescriptionError(
            "ranking: the trials are measured by different metrics, as their goals differ; "
            'rank each group of by("metric")'
        )
    split = trials.judged_on
    values = trials.metric[split] if len(trials) else np.empty(0)
    cost = costs(values, trials.metric_name)
    loss = np.nan_to_num(trials.loss[split], nan=np.inf, posinf=np.inf)
    is_late = 2 * (trials.status == "diverged") + (trials.status == "cancelled")
    return np.lexsort((loss, cost, is_late)).astype(np.int64)


def costs(values: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Values of a metric turned so that less is better; inf for NaN, which is worse than any."""
    sign = -1.0 if METRICS[metric][0] == ">=" else 1.0
    return np.where(np.isnan(values), np.inf, sign * values)
