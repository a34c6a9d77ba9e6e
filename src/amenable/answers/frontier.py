"""What a fraction solved costs: the smallest structure that reaches it, the frontier of both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amenable.answers.reliability import RELIABLE, reliability
from amenable.answers.selection import finished
from amenable.answers.summary import Summary, SummaryRow, in_a_sentence, summary
from amenable.answers.trial_table import TrialTable
from amenable.description import choice, number
from amenable.description.fields import FRACTION
from amenable.errors import DataError
from amenable.formatting import amount, limits, percent, plural
from amenable.population.outcome import Fraction, check_goals

COSTS = {
    "training": ("multiply_adds", "multiply-adds of one training"),
    "parameters": ("parameters", "parameters"),
}

MOST_NAMED = 9  # points of a frontier that are numbered in a picture and named below it


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest networks with at least some fraction solved.

    Parameters
    ----------
    fraction : float
        What was asked for.
    sure : SummaryRow or None
        The smallest network that is shown to be reliable; see `amenable.answers.reliability`.
    likely : SummaryRow or None
        The smallest that may be: of which the measured fraction reaches what was asked for.
    names : tuple of str
        Of the rows' settings.
    """

    fraction: float
    sure: SummaryRow | None
    likely: SummaryRow | None
    names: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Which it is, how sure that is, and of which smaller ones it may be so too."""
        asked = f"at least {100 * self.fraction:g} % of its seeds"
        if self.likely is None:
            return f"No structure solves the problem with {asked}."
        if self.sure is None:
            found = self.likely.found
            assert found is not None  # rows without a goal are not asked
            said = reliability(found, self.fraction).sentence(self._name(self.likely))
            return f"The smallest structure that may solve the problem with {asked}: {said}."
        said = f"The smallest structure that reliably solves the problem with {asked} is "
        said += self._named(self.sure)
        if self.likely.parameters < self.sure.parameters:
            return f"{said}. Smaller but less certain is {self._named(self.likely)}."
        return f"{said}."

    def _name(self, row: SummaryRow) -> str:
        settings = in_a_sentence(self.names, row)
        structure = row.network.structure
        return structure if settings == structure else f"{structure} ({settings})"

    def _named(self, row: SummaryRow) -> str:
        found = row.found
        assert found is not None  # rows without a goal are not asked
        settings = in_a_sentence(self.names, row)
        size = f"{row.network.structure} with {plural(row.parameters, 'parameter')}"
        share = f"{found.successes:,} of {plural(found.trials, 'seed')}"
        interval = limits(*found.interval, found.trials)
        return f"{size} ({settings}, {share}; {interval})"


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Cost and fraction of every configuration; on the frontier none is cheaper and better.

    Parameters
    ----------
    summary : Summary
        The configurations, cheapest first.
    cost, fraction, low, high : array (C,)
        Of each, with Wilson's interval of the fraction.
    is_on : array of bool (C,)
        Whether every other that costs as much or less was solved less often.
    may_be : array of bool (C,)
        Whether it could be on it as far as the intervals tell: none that costs as much or less has
        an interval that lies above its own.
    unit : str
        What cost is, in words.
    level : float
        Coverage of the intervals.
    """

    summary: Summary
    cost: NDArray[np.float64]
    fraction: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    is_on: NDArray[np.bool_]
    may_be: NDArray[np.bool_]
    unit: str
    level: float

    @property
    def sentence(self) -> str:
        """From where to where it goes, and how sure that is."""
        places = np.flatnonzero(self.is_on)
        first, last = int(places[0]), int(places[-1])
        n = len(places)
        start = f"{self._at(first)} for {amount(self.cost[first])} {self.unit}"
        if n == 1:
            said = f"No configuration solves the problem more often than the cheapest: {start}."
        else:
            said = (
                f"{n} of {plural(len(self.cost), 'configuration')} are on the frontier, from "
                f"{start} to {self._at(last)} for {amount(self.cost[last])}."
            )
        others = int(np.count_nonzero(self.may_be & ~self.is_on))
        doubt = f" The intervals do not rule out {plural(others, 'other')}." if others else ""
        return said + doubt

    @property
    def caption(self) -> str:
        """What a picture of it shows and what it cannot show; numbers as in the picture."""
        places = np.flatnonzero(self.is_on)
        named = [f"{number}: {self.name(int(i))}" for number, i in enumerate(places, 1)]
        verb = "is" if len(named) == 1 else "are"
        more = f"; {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        return (
            f"Fraction solved over {self.unit}, with {100 * self.level:.0f} % intervals. "
            f"{self.sentence} On it {verb} {'; '.join(named[:MOST_NAMED])}{more}. The largest of "
            "many fractions is partly luck: train the one you choose again, with fresh seeds."
        )

    def name(self, i: int) -> str:
        """A configuration's settings in words, and its fraction."""
        row = self.summary.rows[i]
        share = percent(float(self.fraction[i]), row.trials)
        return f"{in_a_sentence(self.summary.names, row)} ({share} %)"

    def _at(self, i: int) -> str:
        row = self.summary.rows[i]
        return f"{percent(float(self.fraction[i]), row.trials)} % of networks"


def frontier(results: TrialTable, cost: str = "training", level: float = 0.95) -> Frontier:
    """The frontier of cost against fraction solved.

    Parameters
    ----------
    results : TrialTable
        Of trainings with a goal.
    cost : str
        "training", multiply-adds of training one network, on average over all trials; or
        "parameters".
    level : float
        Coverage of the intervals.

    Raises
    ------
    DescriptionError
        If a training has no goal, or there is no such cost.
    DataError
        If no trial is finished.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 2, 8)]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> found = frontier(table_of(am.train(networks, "moons", training, seeds=16)), "parameters")
    >>> found.cost.tolist(), bool(found.is_on[0])
    ([5.0, 9.0, 33.0], True)
    """
    choice("cost", cost, tuple(COSTS))
    return frontier_of(_counted("frontier", results, level), cost, level)


def frontier_of(counts: Summary, cost: str = "training", level: float = 0.95) -> Frontier:
    """The frontier of the rows of a table, which has a goal."""
    field, unit = COSTS[cost]
    rows = sorted(counts.rows, key=lambda row: (getattr(row, field), -row.fraction))
    price = np.array([float(getattr(row, field)) for row in rows])
    fraction = np.array([row.fraction for row in rows])
    low, high = np.array([row.found.interval for row in rows if row.found]).T
    best = np.maximum.accumulate(fraction)
    is_on = fraction > np.concatenate([[-1.0], best[:-1]])
    surest = np.maximum.accumulate(low)[np.searchsorted(price, price, side="right") - 1]
    may_be = is_on | (high >= surest)
    ordered = replace(counts, rows=tuple(rows))
    return Frontier(ordered, price, fraction, low, high, is_on, may_be, unit, level)


def smallest(
    results: TrialTable,
    fraction: float = RELIABLE,
    level: float = 0.95,
    control: Fraction | None = None,
) -> Smallest:
    """The smallest structure that solves the problem with at least some fraction of its seeds.

    Small is few parameters; of equal ones the first is the one solved more often. The fraction is
    that of a configuration, so the structure with the best of the settings it was tried with.

    Parameters
    ----------
    results : TrialTable
        Of trainings with a goal.
    fraction : float
        What is asked for, from 0 to 1.
    level : float
        Coverage of the intervals.
    control : Fraction, optional
        What is solved on permuted targets: nothing that is not above its interval counts.

    Raises
    ------
    DescriptionError
        If a training has no goal, or the fraction is none.
    DataError
        If no trial is finished.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 8)]
    >>> training = am.Training(epochs=500, goal="accuracy >= 1")
    >>> found = smallest(table_of(am.train(networks, "xor", training, seeds=16)), 0.75)
    >>> found.likely.network.structure
    '2-8-1'
    """
    asked = number("fraction", fraction, FRACTION, "write 0.95 for 95 %")
    return smallest_of(_counted("smallest", results, level), asked, control)


def smallest_of(
    counts: Summary, fraction: float = RELIABLE, control: Fraction | None = None
) -> Smallest:
    """The smallest of the rows of a table, which has a goal."""
    rows = sorted(counts.rows, key=lambda row: (row.parameters, -row.fraction))
    above = control.interval.high if control else -1.0
    reached = (row for row in rows if row.fraction >= fraction and row.fraction > above)
    certain = (
        row
        for row in rows
        if row.found and reliability(row.found, fraction, control=control).is_reliable
    )
    return Smallest(fraction, next(certain, None), next(reached, None), counts.names)


def _counted(caller: str, results: TrialTable, level: float) -> Summary:
    """Rows of all configurations, which have fractions."""
    results = finished(results)
    check_goals(caller, [it.training for it in results.configurations])
    if not len(results.seed):
        raise DataError(
            where=caller, expected="a finished trial", got="none", hint="run the study first"
        )
    return summary(results, level=level)
