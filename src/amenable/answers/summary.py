"""`summary`: how many trials solved the problem, how fast, how well; by configuration or group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.answers.cost import multiply_adds
from amenable.answers.factors import NOTHING, Factor, factors, in_words, is_drawn, key_factor
from amenable.answers.judging import fraction_in
from amenable.answers.ranking import costs
from amenable.answers.selection import finished
from amenable.answers.trial_table import TrialTable
from amenable.engine import STATUSES
from amenable.network import Network
from amenable.population.keys import Configuration
from amenable.population.outcome import Fraction
from amenable.population.source import SPLITS
from amenable.statistics import Interval, KaplanMeier, kaplan_meier, quantiles
from amenable.training import METRICS

if TYPE_CHECKING:
    import polars as pl

DIVERGED, STOPPED = (STATUSES.index(it) for it in ("diverged", "stopped"))


@dataclass(frozen=True, slots=True, eq=False)
class SummaryRow:
    """A configuration, or several that agree in what was asked, and what became of its trials.

    Parameters
    ----------
    settings : tuple of str
        In words, in the order of `Summary.names`.
    values : tuple
        The same as they are; None where there is no such setting.
    configurations : tuple of int
        The store's numbers of those it counts.
    network : Network
        The largest of them.
    trials : int
        How many.
    found : Fraction or None
        Solved out of run, with its interval; None without a goal.
    curve : KaplanMeier or None
        Steps to solve, with trials that were not solved censored; None without a goal.
    multiply_adds : float
        Of training one network, on average over all trials, solved or not.
    median, best : float
        Of the metric at the end; nan where there is none.
    diverged : int
        Trials that ended so.
    metric, split : str
        What `median` and `best` measure, and on which samples; "mixed" where goals differ in it.
    """

    settings: tuple[str, ...]
    values: tuple[Any, ...]
    configurations: tuple[int, ...]
    network: Network
    trials: int
    found: Fraction | None
    curve: KaplanMeier | None
    multiply_adds: float
    median: float
    best: float
    diverged: int
    metric: str
    split: str

    @property
    def parameters(self) -> int:
        """Of the network."""
        return self.network.n_parameters

    @property
    def fraction(self) -> float:
        """Solved out of run; nan without a goal."""
        return self.found.fraction if self.found else math.nan

    @property
    def median_steps(self) -> float:
        """Steps until half were solved; inf where fewer were."""
        return self.curve.median if self.curve else math.inf

    @property
    def steps_interval(self) -> Interval:
        """Of the median."""
        return self.curve.median_interval if self.curve else Interval(0.0, math.inf)

    @property
    def per_solved(self) -> float:
        """Multiply-adds for one solved network, trained again and again until one is; inf if none.

        The mean of one training over the fraction solved.
        """
        return self.multiply_adds / self.fraction if self.fraction > 0 else math.inf


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """Rows, best first: by fraction solved, then steps, then the metric, then size.

    Parameters
    ----------
    names : tuple of str
        The settings that tell rows apart.
    rows : tuple of SummaryRow
        Of configurations with finished trials.
    metric, split : str
        What `SummaryRow.median` and `SummaryRow.best` measure, and on which samples.
    goal : str or None
        When a trial solves the problem; None without one, "several" where goals differ.
    is_drawn : bool
        Whether the configurations count as drawn from a larger space.
    """

    names: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    metric: str
    split: str
    goal: str | None
    is_drawn: bool = False

    @property
    def note(self) -> str:
        """What the intervals of rows with several configurations speak of; else nothing."""
        if self.goal is None or all(len(row.configurations) == 1 for row in self.rows):
            return ""
        if self.is_drawn:
            return (
                "The configurations were drawn, so an interval over several of them holds for all "
                "that might have been drawn: trials of one configuration, and of one seed, count "
                "together."
            )
        return (
            "An interval over several configurations holds for these, with other seeds: trials of "
            "one seed count together."
        )

    @property
    def n_trials(self) -> int:
        """Of all rows."""
        return sum(row.trials for row in self.rows)

    def to_frame(self) -> pl.DataFrame:
        """The rows as a polars frame; null where there is none.

        Settings come first: as they are where all are numbers or texts, else in words.
        For pandas without pyarrow: ``pandas.DataFrame(frame.to_dict(as_series=False))``.
        """
        import polars as pl

        columns: dict[str, Any] = {
            name: _cells([row.values[i] for row in self.rows]) for i, name in enumerate(self.names)
        }
        for name, of in NUMBERS.items():
            values = [of(row) for row in self.rows]
            kind = pl.Int64 if name in COUNTS else pl.Float64
            columns.setdefault(name, pl.Series(map(_finite, values), dtype=kind))
        for name, of in TEXTS.items():
            columns.setdefault(name, pl.Series([of(row) for row in self.rows], dtype=pl.String))
        return pl.DataFrame(columns)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return str(self.to_frame())

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()


def in_a_sentence(names: Sequence[str], row: SummaryRow) -> str:
    """A row's settings: "hidden 4, lr 0.1"; its structure where it has none."""
    pairs = zip(names, row.settings, strict=True)
    said = [f"{name} {value}" for name, value in pairs if value != NOTHING]
    return ", ".join(said) or row.network.structure


COUNTS = ("parameters", "trials", "solved", "diverged")
NUMBERS: dict[str, Any] = {
    "parameters": lambda row: row.parameters,
    "trials": lambda row: row.trials,
    "solved": lambda row: row.found.successes if row.found else None,
    "fraction": lambda row: row.fraction,
    "low": lambda row: row.found.interval.low if row.found else None,
    "high": lambda row: row.found.interval.high if row.found else None,
    "median_steps": lambda row: row.median_steps,
    "median_steps_low": lambda row: row.steps_interval.low if row.curve else None,
    "median_steps_high": lambda row: row.steps_interval.high,
    "multiply_adds": lambda row: row.multiply_adds,
    "multiply_adds_per_solved": lambda row: row.per_solved,
    "median": lambda row: row.median,
    "best": lambda row: row.best,
    "diverged": lambda row: row.diverged,
}
TEXTS: dict[str, Any] = {"metric": lambda row: row.metric, "split": lambda row: row.split}


def summary(
    results: TrialTable, by: str | Sequence[str] | None = None, level: float = 0.95
) -> Summary:
    """What became of the trials of each configuration, or of each group by settings.

    Parameters
    ----------
    results : TrialTable
        Finished trials; configurations without any have no row.
    by : str, or several, optional
        Settings that tell groups apart, or other keys of `Population.by` that are known of a
        configuration, such as "depth"; by default a row for each configuration.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Summary
        Trials that were not solved within their budget are censored there; those that diverged or
        stopped early never will be, and are censored where the last of their group ends.

    Raises
    ------
    DescriptionError
        If there is no setting of that name.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 8)]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> found = summary(table_of(am.train(networks, "moons", training, seeds=16)))
    >>> found.names, found.rows[0].settings, found.rows[0].found.trials
    (('structure',), ('2-8-1',), 16)
    """
    results = finished(results)
    known = factors(results)
    asked = (by,) if isinstance(by, str) else by
    chosen = known if asked is None else tuple(key_factor(results, known, it) for it in asked)
    groups = groups_of(chosen, len(results.ids), is_each=by is None)
    n = int(groups.max(initial=-1)) + 1
    members = parted(groups, n)
    trials = parted(groups[results.configuration], n)
    work, budgets, drawn = multiply_adds(results), _budgets(results), is_drawn(results)
    metric = _metric(results.configurations, results.data.task)
    goals = {it.training.goal for it in results.configurations}
    rows = [
        _row(results, chosen, *pair, work, budgets, drawn, level)
        for pair in zip(members, trials, strict=True)
    ]
    rows.sort(key=_sort_key)
    goal = next(iter(goals)) if len(goals) == 1 else None if None in goals else "several"
    names = tuple(it.name for it in chosen)
    return Summary(names, tuple(rows), metric, results.judged_on, goal, drawn)


def clusters(results: TrialTable, trials: NDArray[np.int64], drawn: bool) -> NDArray[np.int64]:
    """In which clusters some trials are, (T,) or (T, 2), for the interval of their fraction.

    Trials of several configurations share seeds; where the configurations were drawn, trials of one
    of them count together too.
    """
    of, units = results.configuration[trials], results.units[trials]
    if drawn and len(np.unique(of)) > 1:
        return np.stack([of, units], axis=1)
    return units


def groups_of(chosen: Sequence[Factor], n: int, is_each: bool) -> NDArray[np.int64]:
    """Which group (C,) a configuration is in."""
    if is_each or not n:
        return np.arange(n)
    if not chosen:
        return np.zeros(n, dtype=np.int64)
    codes = np.stack([it.codes for it in chosen])
    return np.unique(codes, axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)


def parted(groups: NDArray[np.int64], n: int) -> list[NDArray[np.int64]]:
    """Where in the array each of n groups is."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.searchsorted(groups[order], np.arange(1, n)))[:n]


def _budgets(results: TrialTable) -> NDArray[np.int64]:
    """Steps (C,) after which a trial that is not solved is exhausted."""
    n = results.data.n_training
    return np.array([encoding.budget(it.training, n) for it in results.configurations], np.int64)


def _row(
    results: TrialTable,
    chosen: Sequence[Factor],
    places: NDArray[np.int64],
    trials: NDArray[np.int64],
    work: NDArray[np.float64],
    budgets: NDArray[np.int64],
    drawn: bool,
    level: float,
) -> SummaryRow:
    status = results.status[trials]
    is_solved = results.solved[trials]
    members = [results.configurations[c] for c in places]
    metric = _metric(members, results.data.task)
    found = curve = None
    if all(it.training.goal is not None for it in members):
        cluster = clusters(results, trials, drawn)
        found = fraction_in(results, trials, cluster, level)
        never = (status == DIVERGED) | (status == STOPPED)
        censored = np.where(never, budgets[places].max(), results.steps[trials])
        ends = np.where(is_solved, results.goal_step[trials], censored)
        curve = kaplan_meier(ends, is_solved, level, cluster)
    median, best = _middle_and_best(results.final[trials], metric, results.judged_on)
    return SummaryRow(
        settings=tuple(it.text(int(places[0])) for it in chosen),
        values=tuple(it.value(int(places[0])) for it in chosen),
        configurations=tuple(results.ids[c] for c in places),
        network=max((it.network for it in members), key=lambda it: it.n_parameters),
        trials=len(trials),
        found=found,
        curve=curve,
        multiply_adds=float(work[trials].mean()),
        median=median,
        best=best,
        diverged=int(np.count_nonzero(status == DIVERGED)),
        metric=metric,
        split=results.judged_on,
    )


def _middle_and_best(final: NDArray[np.float64], metric: str, split: str) -> tuple[float, float]:
    """Median and best of the metric; a trial without one counts as the worst."""
    if metric not in METRICS:
        return math.nan, math.nan
    values = costs(final[:, SPLITS.index(split), 1], metric)
    best, median = quantiles(values, (0.0, 0.5)).tolist()
    sign = -1.0 if METRICS[metric][0] == ">=" else 1.0
    return tuple(sign * it if math.isfinite(it) else math.nan for it in (median, best))  # type: ignore[return-value]


def _metric(configurations: Sequence[Configuration], task: str) -> str:
    """What configurations are measured by."""
    metrics = {encoding.metric(it.training, task) for it in configurations}
    return metrics.pop() if len(metrics) == 1 else "mixed"


def _sort_key(row: SummaryRow) -> tuple[float, ...]:
    """What rows are sorted by; less is better, and what is unknown comes last."""
    sign = -1.0 if row.metric in METRICS and METRICS[row.metric][0] == ">=" else 1.0
    return (
        -row.fraction if row.found else 1.0,
        row.median_steps,
        sign * row.median if math.isfinite(row.median) else math.inf,
        row.parameters,
        row.configurations[0],
    )


def _cells(values: Sequence[Any]) -> list[Any]:
    """A column of settings."""
    present = {type(value) for value in values if value is not None}
    if present == {int, float}:
        return [None if value is None else float(value) for value in values]
    if len(present) == 1 and present <= {bool, int, float, str}:
        return list(values)
    return [None if value is None else in_words(value) for value in values]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
