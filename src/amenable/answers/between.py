"""Two studies: what they share, and whether it came out differently."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.answers.comparing import LEVEL, in_points, points, turned
from amenable.answers.factors import in_words, key_of
from amenable.answers.pairing import same_seeds
from amenable.answers.selection import finished
from amenable.answers.summary import SummaryRow, in_a_sentence, summary
from amenable.answers.trial_table import TrialTable
from amenable.formatting import join, limits, percent, plural, probability
from amenable.population.keys import ALWAYS, value_of, varying_keys
from amenable.statistics import clustered_difference, holm
from amenable.statistics.clusters import ClusteredDifference


@dataclass(frozen=True, slots=True)
class Shared:
    """A configuration of both studies, and its trials with the seeds of both.

    Parameters
    ----------
    settings : str
        In words.
    found : ClusteredDifference
        First study minus second.
    p_value : float
        Corrected for the number of configurations (Holm).
    """

    settings: str
    found: ClusteredDifference
    p_value: float


@dataclass(frozen=True, slots=True)
class Between:
    """What two studies share and how they differ.

    Parameters
    ----------
    names : tuple of two str
        Of the studies.
    is_same_data : bool
        Whether both were trained on the same samples.
    n_shared : int
        Pairs of configurations, one of either.
    n_only : tuple of two int
        Configurations of one study alone.
    differing : tuple of str
        Where no configuration is in both, pairs agree in their settings and differ in these, with
        both values; empty where pairs are the same configuration.
    pairs : int
        Trials that both have, by configuration and seed.
    alike : int
        Of them, those that ended the same: status, steps, losses and metrics to the bit.
    overall : ClusteredDifference or None
        In the fraction solved, over all pairs; None where there are none, or no goals.
    each : tuple of Shared
        Of each configuration, the largest difference first.
    best : tuple of two (Row or None)
        The first row of either table.
    rows : tuple of two tuple of str
        What the settings of `best` are called.
    """

    names: tuple[str, str]
    is_same_data: bool
    n_shared: int
    n_only: tuple[int, int]
    differing: tuple[str, ...]
    pairs: int
    alike: int
    overall: ClusteredDifference | None
    each: tuple[Shared, ...]
    best: tuple[SummaryRow | None, SummaryRow | None]
    rows: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it said."""
        return tuple(filter(None, (self._shares(), self._ended(), self._differs(), *self._bests())))

    def _shares(self) -> str:
        a, b = self.names
        data = "on the same data" if self.is_same_data else "on different data"
        if not self.n_shared:
            return f"{a} and {b}, {data}, have no configuration in common."
        only = [
            f"{n:,} only in {name}" for n, name in zip(self.n_only, self.names, strict=True) if n
        ]
        rest = f"; {join(only)}" if only else ""
        if self.differing:
            pairs = plural(self.n_shared, "pair")
            said = (
                f"{a} and {b}, {data}, have {pairs} of configurations with the same settings{rest}"
            )
            apart = f". They differ in {join(self.differing)}"
        else:
            said = f"{a} and {b}, {data}, share {plural(self.n_shared, 'configuration')}{rest}"
            apart = ""
        have = "has" if self.pairs == 1 else "have"
        by_seed = f"By seed, {plural(self.pairs, 'trial')} of one {have} a pair in the other."
        return f"{said}{apart}. {by_seed if self.pairs else 'They share no seed.'}"

    def _ended(self) -> str:
        if not self.pairs or self.differing or not self.is_same_data:
            return ""
        if self.alike == self.pairs:
            return "All pairs ended the same, to the bit."
        return (
            f"{self.pairs - self.alike:,} of {self.pairs:,} pairs ended differently, though data, "
            "configuration and seed are the same: the versions that made them compute differently."
        )

    def _differs(self) -> str:
        if self.overall is None or (self.alike == self.pairs and not self.differing):
            return ""
        found, (first, second) = self.overall, self.names
        p = probability(found.p_value)
        among = f"in {plural(found.pairs, 'pair')} of {plural(found.clusters, 'seed')}"
        n = sum(it.p_value < LEVEL for it in self.each)
        each = (
            f" One by one, {n} of {plural(len(self.each), 'configuration')} differ beyond "
            "chance (Holm's correction)."
            if len(self.each) > 1
            else ""
        )
        if found.difference < 0:
            found, first, second = turned(found), second, first
        low, high = points(found.interval.low), points(found.interval.high)
        if found.difference == 0:
            return (
                f"Their networks solve the problem equally often ({low} to {high} points), "
                f"{among}; {p}.{each}"
            )
        chance = "" if found.p_value < LEVEL else ", which may be chance"
        return (
            f"In what they share, networks of {first} solve the problem "
            f"{in_points(found.difference)} more often than those of {second} ({low} to {high}), "
            f"{among}; {p}{chance}.{each}"
        )

    def _bests(self) -> Iterator[str]:
        for name, row, called in zip(self.names, self.best, self.rows, strict=True):
            if row is None or row.found is None:
                continue
            said = in_a_sentence(called, row)
            share = f"{percent(row.fraction, row.trials)} % of {plural(row.trials, 'trial')}"
            interval = limits(*row.found.interval, row.trials)
            yield f"In {name}, {said} solves the problem most often: {share} ({interval})."


def between(
    a: TrialTable,
    b: TrialTable,
    names: tuple[str, str] = ("the first", "the second"),
    level: float = 0.95,
) -> Between:
    """Compare two studies in the configurations and seeds that both have.

    Configurations are the same where network and training are. Where none is, those are a pair that
    agree in all their settings: so the same space, tried with another optimizer or on other data,
    is compared point by point.

    Parameters
    ----------
    a, b : TrialTable
        Of the two studies.
    names : tuple of two str
        What to call them.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Between

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> training = am.Training(epochs=20, goal="accuracy >= 0.8")
    >>> networks = [am.mlp(2, width, 1) for width in (1, 2, 3)]
    >>> both = [
    ...     table_of(am.train(some, "moons", training, seeds=8, progress=False))
    ...     for some in (networks[:2], networks[1:])
    ... ]
    >>> found = between(*both)
    >>> found.n_shared, found.n_only, found.pairs, found.alike
    (1, (1, 1), 8, 8)
    """
    a, b = finished(a), finished(b)
    in_a, in_b = _partners(a.configurations, b.configurations)
    differing: tuple[str, ...] = ()
    if not len(in_a):
        of_a, of_b = ([key_of(dict(it)) for it in one.settings if it] for one in (a, b))
        if len(of_a) == len(a.ids) and len(of_b) == len(b.ids):
            in_a, in_b = _partners(of_a, of_b)
        differing = _differing(a, b, in_a, in_b)
    first, second, _ = same_seeds(a, b, in_a, in_b)
    has_goals = all(
        one.configurations[c].training.goal is not None
        for one, places in ((a, in_a), (b, in_b))
        for c in places
    )
    each = _each(a, b, first, second, level) if has_goals and len(first) else ()
    both = [summary(one, level=level) for one in (a, b)]
    return Between(
        names=names,
        is_same_data=a.data.fingerprint == b.data.fingerprint,
        n_shared=len(in_a),
        n_only=(len(a.ids) - len(set(in_a.tolist())), len(b.ids) - len(set(in_b.tolist()))),
        differing=differing,
        pairs=len(first),
        alike=_alike(a, b, first, second),
        overall=_difference(a, b, first, second, level) if each else None,
        each=each,
        best=(_first(both[0].rows), _first(both[1].rows)),
        rows=(both[0].names, both[1].names),
    )


def _partners(
    of_a: Sequence[Hashable], of_b: Sequence[Hashable]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of what is in both lists, once in each."""
    known = {it: place for place, it in reversed(list(enumerate(of_b)))}
    pairs = {known[it]: place for place, it in reversed(list(enumerate(of_a))) if it in known}
    places = sorted((place, other) for other, place in pairs.items())
    first, second = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return first, second


def _differing(
    a: TrialTable, b: TrialTable, in_a: NDArray[np.int64], in_b: NDArray[np.int64]
) -> tuple[str, ...]:
    """What configurations with the same settings differ in, with both values of the first pair."""
    found: dict[str, str] = {}
    for i, j in zip(in_a.tolist(), in_b.tolist(), strict=True):
        pair = a.configurations[i], b.configurations[j]
        for key in (*ALWAYS, *varying_keys(pair, a.data.task)):
            values = [value_of(it, key, a.data.task) for it in pair]
            if values[0] != values[1]:
                found.setdefault(key, f"{key} ({in_words(values[0])}, {in_words(values[1])})")
    return tuple(found.values())


def _alike(
    a: TrialTable, b: TrialTable, first: NDArray[np.int64], second: NDArray[np.int64]
) -> int:
    """How many pairs ended the same."""
    same = (a.status[first] == b.status[second]) & (a.steps[first] == b.steps[second])
    one, other = a.final[first], b.final[second]
    same &= np.all((one == other) | (np.isnan(one) & np.isnan(other)), axis=(1, 2))
    return int(np.count_nonzero(same))


def _difference(
    a: TrialTable,
    b: TrialTable,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    level: float,
) -> ClusteredDifference:
    solved = a.solved[first], b.solved[second]
    return clustered_difference(*solved, a.units[first], level)


def _each(
    a: TrialTable,
    b: TrialTable,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    level: float,
) -> tuple[Shared, ...]:
    """The difference of each pair of configurations."""
    of = a.configuration[first]
    order = np.argsort(of, kind="stable")
    places = np.split(order, np.flatnonzero(np.diff(of[order])) + 1)
    found = [_difference(a, b, first[it], second[it], level) for it in places]
    corrected = holm([it.p_value for it in found])
    shared = [
        Shared(_said(a, int(of[it[0]])), one, float(p))
        for it, one, p in zip(places, found, corrected, strict=True)
    ]
    return tuple(sorted(shared, key=lambda it: -abs(it.found.difference)))


def _said(results: TrialTable, c: int) -> str:
    settings = [f"{name} {in_words(value)}" for name, value in results.settings[c].items()]
    it = results.configurations[c].network
    return ", ".join(settings) or f"{it.structure} {it.activation}"


def _first(rows: tuple[SummaryRow, ...]) -> SummaryRow | None:
    return rows[0] if rows else None
