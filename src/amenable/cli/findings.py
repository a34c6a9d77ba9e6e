"""A population in the numbers that the table and the sentences are made of. No text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.network import Network
from amenable.population import Fraction, Population
from amenable.statistics import Interval, holm, quantiles
from amenable.training import METRICS, Training

RELIABLE = 0.95  # of the seeds, in which a structure must learn to be called reliable
LEVEL = 0.05  # of a difference beyond chance

SETTINGS: Mapping[str, Callable[[Training], Any]] = {
    "optimizer": lambda it: it.optimizer.name,
    "lr": lambda it: it.optimizer.lr,
    "batch": lambda it: it.batch,
    "init": lambda it: it.init,
    "l2": lambda it: it.l2,
}
"""The options that may vary besides structure and activation, as `Population.by` calls them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A network and a training, and what became of the seeds that count.

    Parameters
    ----------
    network, training
        The configuration.
    trials : int
        Seeds that count: all, or after Ctrl-C those before the first that had not ended.
    found : Fraction or None
        How many were solved; None without a goal.
    median_steps : float
        Kaplan and Meier's median of the steps to solve; inf where half were not solved.
    steps_interval : Interval
        Of that median.
    median, best : float
        Of the metric at the end, over seeds; nan where there is none.
    diverged : int
        Seeds that ended so.
    """

    network: Network
    training: Training
    trials: int
    found: Fraction | None
    median_steps: float
    steps_interval: Interval
    median: float
    best: float
    diverged: int

    @property
    def fraction(self) -> float:
        """Solved out of those that count; nan without a goal."""
        return self.found.fraction if self.found else math.nan

    @property
    def is_reliable(self) -> bool:
        """Whether enough seeds were solved."""
        return self.found is not None and self.found.fraction >= RELIABLE

    @property
    def is_never(self) -> bool:
        """Whether no seed was solved."""
        return self.found is not None and self.found.successes == 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of one option, over all else that they were tried with; seeds pair the trials.

    Parameters
    ----------
    option : str
        "activation", or a name of `SETTINGS`.
    better, worse : object
        Its values, the one that solved more first.
    fractions : tuple of float
        Solved with either.
    pairs : int
        Trials of each.
    p_value : float
        McNemar's, exact, times what Holm asks for all comparisons of the option.
    """

    option: str
    better: Any
    worse: Any
    fractions: tuple[float, float]
    pairs: int
    p_value: float

    @property
    def is_beyond_chance(self) -> bool:
        """Whether chance alone would seldom make such a difference."""
        return self.p_value < LEVEL


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is said of a population.

    Parameters
    ----------
    rows : tuple of Row
        Best first: the reliable from the smallest, then by fraction, then by the metric.
    n_counted, n_networks : int
        Networks that count, and all that were wanted.
    unfinished : int
        Configurations of which no seed counts.
    comparisons : tuple of Comparison
        Pairs of values of every option that varies.
    varying : tuple of str
        Names of `SETTINGS` that vary.
    metric, split : str
        What networks are measured by, and on which samples.
    goal : str or None
        When they are solved.
    is_cancelled : bool
        Whether Ctrl-C came first.
    """

    rows: tuple[Row, ...]
    n_counted: int
    n_networks: int
    unfinished: int
    comparisons: tuple[Comparison, ...]
    varying: tuple[str, ...]
    metric: str
    split: str
    goal: str | None
    is_cancelled: bool

    @property
    def smallest_reliable(self) -> Row | None:
        """The reliable row with the fewest parameters."""
        return self.rows[0] if self.rows and self.rows[0].is_reliable else None


def find(population: Population) -> Findings:
    """Count, sort and compare."""
    groups = [group.take(_counted(group)) for group in population.by("configuration").values()]
    rows = [_row(group) for group in groups if len(group)]
    trainings = population.trainings
    goal = trainings[0].goal
    varying = tuple(
        name for name, value in SETTINGS.items() if len({value(it) for it in trainings}) > 1
    )
    comparisons: list[Comparison] = []
    if goal is not None:
        for option in ("activation", *varying):
            if option == "activation" or _is_crossed(trainings, option):
                comparisons += _compared(population, option)
    metric = population.metric_name
    return Findings(
        rows=tuple(sorted(rows, key=lambda row: _merit(row, metric))),
        n_counted=sum(row.trials for row in rows),
        n_networks=len(population),
        unfinished=len(groups) - len(rows),
        comparisons=tuple(comparisons),
        varying=varying,
        metric=metric,
        split=population.judged_on,
        goal=goal,
        is_cancelled=population.is_cancelled,
    )


def _counted(trials: Population) -> NDArray[np.int64]:
    """Numbers of the trials that count, in their order.

    After Ctrl-C these are each configuration's seeds up to the first that had not ended. Those
    that ended later are left out: of seeds that run at the same time the solved ones end first, so
    that counting whatever has ended would flatter every structure.
    """
    is_cut = trials.status == "cancelled"
    before = np.cumsum(is_cut)  # cancelled so far, itself included
    first = np.searchsorted(trials.configuration, trials.configuration)  # of the configuration
    return np.flatnonzero(before == before[first] - is_cut[first])


def _row(group: Population) -> Row:
    it = group.configurations[0]
    has_goal = it.training.goal is not None
    curve = group.steps_to_solve() if has_goal else None
    median, best = _middle_and_best(group)
    return Row(
        network=it.network,
        training=it.training,
        trials=len(group),
        found=group.fraction() if has_goal else None,
        median_steps=curve.median if curve else math.inf,
        steps_interval=curve.median_interval if curve else Interval(0.0, math.inf),
        median=median,
        best=best,
        diverged=int(np.count_nonzero(group.status == "diverged")),
    )


def _middle_and_best(group: Population) -> tuple[float, float]:
    """Median and best of the metric; a trial without one counts as the worst."""
    sign = -1.0 if METRICS[group.metric_name][0] == ">=" else 1.0
    values = sign * group.metric[group.judged_on]
    best, median = quantiles(np.where(np.isnan(values), math.inf, values), (0.0, 0.5)).tolist()
    return (
        sign * median if math.isfinite(median) else math.nan,
        sign * best if math.isfinite(best) else math.nan,
    )


def _merit(row: Row, metric: str) -> tuple[float, ...]:
    """What rows are sorted by; less is better."""
    sign = -1.0 if METRICS[metric][0] == ">=" else 1.0
    median = sign * row.median if math.isfinite(row.median) else math.inf
    if row.is_reliable:
        return 0.0, row.network.n_parameters, -row.fraction, row.median_steps, median
    fraction = row.fraction if row.found else 0.0
    return 1.0, -fraction, median, row.network.n_parameters


def _is_crossed(trainings: tuple[Training, ...], option: str) -> bool:
    """Whether each value of an option was tried with the same values of the others.

    Learning rate and batch size may be chosen to suit the optimizer; then they belong to it.
    """
    own = ("lr", "batch") if option == "optimizer" else ()
    others = [name for name in SETTINGS if name != option and name not in own]
    tried: dict[Any, list[Any]] = {}
    for it in trainings:
        rest = tuple(SETTINGS[name](it) for name in others)
        tried.setdefault(SETTINGS[option](it), []).append(rest)
    first, *more = tried.values()
    return all(rest == first for rest in more)


def _compared(population: Population, option: str) -> list[Comparison]:
    """All pairs of values of an option, corrected for their number; the strongest first."""
    groups = population.by(option)
    if option == "activation":
        groups.pop("none", None)  # without hidden layers there is nothing to compare it with
    pairs = []
    for first, second in combinations(groups, 2):
        common = np.intersect1d(_counted(groups[first]), _counted(groups[second]))
        if len(common):
            found = groups[first].take(common).paired(groups[second].take(common))
            pairs.append((first, second, found))
    corrected = holm([found.p_value for _, _, found in pairs])
    comparisons = []
    for (first, second, found), p_value in zip(pairs, corrected.tolist(), strict=True):
        n = found.both + found.only_first + found.only_second + found.neither
        fractions = ((found.both + found.only_first) / n, (found.both + found.only_second) / n)
        is_first = fractions[0] >= fractions[1]
        better, worse = (first, second) if is_first else (second, first)
        high, low = fractions if is_first else fractions[::-1]
        comparisons.append(Comparison(option, better, worse, (high, low), n, p_value))
    return sorted(comparisons, key=lambda it: it.p_value)
