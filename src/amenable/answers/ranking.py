"""`ranking` and `best`: which trial did best, in one order for populations, studies and files.

By the metric on the split that networks are chosen by, then by the loss there, then by seed; trials
that were cancelled come after the others, and those that diverged last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable import encoding
from amenable.engine import STATUSES
from amenable.errors import DataError, DescriptionError
from amenable.population.source import SPLITS
from amenable.training import METRICS

if TYPE_CHECKING:
    from amenable.answers.trial_table import TrialTable
    from amenable.population import Population

SortKeys = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]

LATE = {"cancelled": 1.0, "diverged": 2.0}
"""Statuses that come after all others, whatever their metric."""


def ranking(trials: TrialTable | Population) -> NDArray[np.int64]:
    """Numbers of the trials (T,), best first.

    Parameters
    ----------
    trials : TrialTable or Population
        Measured by one metric.

    Raises
    ------
    DescriptionError
        If the trials are measured by different metrics.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(am.mlp(2, 4, 1), "moons", am.Training(epochs=5), seeds=4)
    >>> sorted(ranking(population).tolist())
    [0, 1, 2, 3]
    """
    metrics = {encoding.metric(it.training, trials.data.task) for it in trials.configurations}
    if len(metrics) > 1:
        raise DescriptionError(
            "the trials are measured by different metrics, as their goals differ",
            where="ranking",
            hint='rank each group of by("metric")',
        )
    if not len(trials.status):
        return np.empty(0, dtype=np.int64)
    keys = sort_keys(trials.status, trials.final, trials.seed, metrics.pop(), trials.data.chosen_on)
    return in_order(keys)


def best(trials: TrialTable | Population) -> int:
    """Number of the first trial of `ranking`.

    Raises
    ------
    DataError
        If there is no trial.
    """
    if not len(trials.status):
        raise DataError(where="best", expected="at least one trial", got="none")
    return int(ranking(trials)[0])


def sort_keys(
    status: NDArray[np.int8] | NDArray[np.str_],
    final: NDArray[np.float64],
    seed: ArrayLike,
    metric: str,
    split: str,
) -> SortKeys:
    """What trials are ordered by, each (T,); the first counts most, and less is better.

    Statuses are names, or numbers into `engine.STATUSES`.
    """
    names = status if status.dtype.kind == "U" else np.array(STATUSES)[status]
    late = sum(rank * (names == name) for name, rank in LATE.items())
    measured = final[:, SPLITS.index(split)]
    loss = np.nan_to_num(measured[:, 0], nan=np.inf, posinf=np.inf)
    return np.asarray(late), costs(measured[:, 1], metric), loss, np.asarray(seed)


def in_order(keys: SortKeys) -> NDArray[np.int64]:
    """Numbers of the trials that have these keys, best first; equal ones in their order."""
    return np.lexsort(keys[::-1]).astype(np.int64)


def costs(values: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Values of a metric turned so that less is better; inf for NaN, which is worse than any."""
    sign = -1.0 if METRICS[metric][0] == ">=" else 1.0
    return np.where(np.isnan(values), np.inf, sign * values)
