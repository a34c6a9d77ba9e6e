"""The fraction of some trials, with an interval that knows what judged them.

Trials in clusters, as those of one seed or split; and rows that are a draw themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.answers.trial_table import TrialTable
from amenable.population.outcome import Fraction, fraction_of
from amenable.population.source import SPLITS, DataSummary
from amenable.statistics import threshold_fraction
from amenable.statistics.scores import score_error
from amenable.training import Training, parse_goal
from amenable.training.goal import AT_LEAST


@dataclass(frozen=True, slots=True)
class RowsError:
    """How far the draw of the rows that judge may move scores near a goal.

    Parameters
    ----------
    one : float
        Standard error of one network's score.
    mean : float
        Standard error of the mean over networks: less where each was judged on rows of its own.
    """

    one: float
    mean: float


NO_ERROR = RowsError(0.0, 0.0)


def fraction_in(
    results: TrialTable, trials: NDArray[np.int64], cluster: NDArray[np.int64], level: float
) -> Fraction:
    """The fraction solved of some trials (T,), in clusters (T,) or (T, M)."""
    solved = results.solved[trials]
    by_seeds = fraction_of(solved, level, cluster)
    scores, error = _scores(results, trials)
    if error == NO_ERROR:
        return by_seeds
    interval = threshold_fraction(
        scores, 0.0, cluster, error=error.one, shift=error.mean, level=level
    )
    return Fraction(
        by_seeds.successes, by_seeds.trials, by_seeds.fraction, interval, by_seeds.interval
    )


def rows_error(training: Training, data: DataSummary) -> RowsError:
    """Of the metric of the training's goal; none on training rows, which are all that count."""
    if training.goal is None:
        return NO_ERROR
    goal, split = parse_goal(training.goal), data.goal_split(training)
    n = {"training": 0, "validation": data.n_validation, "test": data.n_test}[split]
    if not n:
        return NO_ERROR
    rarest = round(data.rarest * n)
    one = score_error(goal.metric, goal.value, n, rarest, is_class=data.task == "classification")
    every = data.n_training + data.n_validation + data.n_test
    return RowsError(one, one * math.sqrt(n / every) if data.n_splits > 1 else one)


def _scores(
    results: TrialTable, trials: NDArray[np.int64]
) -> tuple[NDArray[np.float64], RowsError]:
    """How far each trial (T,) is beyond its goal, and how far rows may move that.

    What solved is never below zero, and what did not is never at it, whatever rounding says.
    """
    scores = np.empty(len(trials))
    errors = []
    of = results.configuration[trials]
    for c in np.unique(of):
        it = results.configurations[c].training
        goal, here = parse_goal(str(it.goal)), of == c
        metric = results.final[trials[here], SPLITS.index(results.data.goal_split(it)), 1]
        scores[here] = (metric - goal.value) * (1 if goal.comparison == AT_LEAST else -1)
        errors.append(rows_error(it, results.data))
    solved = results.solved[trials]
    unknown = np.isnan(scores)
    scores = np.where(solved, np.maximum(scores, 0.0), np.minimum(scores, -np.finfo(float).tiny))
    scores = np.where(unknown, np.where(solved, np.inf, -np.inf), scores)
    return scores, max(errors, key=lambda error: error.one)
