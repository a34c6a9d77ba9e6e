"""Two values of a setting, all else equal and on the same seeds; and all pairs of all settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from amenable.answers.factors import (
    ABSENT,
    MOST_LEVELS,
    Factor,
    by_depth_and_width,
    factor_named,
    factors,
)
from amenable.answers.pairing import same_seeds
from amenable.answers.selection import finished
from amenable.answers.trial_table import TrialTable
from amenable.errors import DataError
from amenable.formatting import plural, probability
from amenable.population.outcome import check_goals
from amenable.statistics import Interval, clustered_difference, holm
from amenable.statistics.clusters import ClusteredDifference

LEVEL = 0.05  # below it a difference is called more than chance


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values of a setting; the one that solved more is the first.

    Parameters
    ----------
    setting, first, second : str
        The setting and its two values, in words.
    found : ClusteredDifference
        Pairs of trials with one seed, in configurations that differ in this setting only.
    strata : int
        Pairs of such configurations.
    p_value : float
        Corrected for `n_compared` comparisons (Holm).
    n_compared : int
        How many were made.
    """

    setting: str
    first: str
    second: str
    found: ClusteredDifference
    strata: int
    p_value: float
    n_compared: int = 1

    @property
    def is_beyond_chance(self) -> bool:
        """Whether chance alone would seldom make such a difference."""
        return self.p_value < LEVEL

    @property
    def sentence(self) -> str:
        """By how much they differ, with interval, in how many pairs, and p."""
        found = self.found
        among = f"in {plural(found.pairs, 'pair')} of {plural(found.clusters, 'seed')}"
        if self.strata > 1:
            among += f" and {plural(self.strata, 'pair')} of configurations"
        corrected = f", corrected for {self.n_compared} comparisons" if self.n_compared > 1 else ""
        p = f"{probability(self.p_value)}{corrected}"
        low, high = points(found.interval.low), points(found.interval.high)
        names = _names(self)
        if found.difference == 0:
            return (
                f"Networks with {names[0]} and with {names[1]} solve the problem equally often "
                f"({low} to {high} points), {among}; {p}."
            )
        size = in_points(found.difference)
        said = (
            f"Networks with {names[0]} solve the problem {size} more often than those with "
            f"{names[1]} ({low} to {high})"
        )
        doubt = "" if self.is_beyond_chance else ", which may be chance"
        return f"{said}, {among}; {p}{doubt}."


@dataclass(frozen=True, slots=True)
class Comparisons:
    """All pairs of values of all settings, and the settings that could not be compared.

    Parameters
    ----------
    all : tuple of Comparison
        Corrected for their number; by setting, the largest difference first.
    skipped : mapping of str to str
        Setting to the reason.
    """

    all: tuple[Comparison, ...]
    skipped: Mapping[str, str]

    @property
    def beyond_chance(self) -> tuple[Comparison, ...]:
        """Those that chance does not explain."""
        return tuple(it for it in self.all if it.is_beyond_chance)


def points(difference: float) -> str:
    """A difference of fractions in percentage points: from 8 to 12.3 per cent it is 4.3."""
    return f"{100 * difference:.1f}".replace("-0.0", "0.0")


def in_points(difference: float) -> str:
    """A difference with its unit: "4.3 points", "1.0 point"."""
    size = points(difference)
    return f"{size} point" if size == "1.0" else f"{size} points"


def signed(difference: float) -> str:
    """A difference in points with its sign: "+12.3", "−4.0"."""
    text = points(difference)
    return text.replace("-", "−") if text.startswith("-") else f"+{text}"


def compare(
    results: TrialTable, setting: str, first: object, second: object, level: float = 0.95
) -> Comparison:
    """Two values of a setting, holding all else equal, on the same seeds.

    Each configuration with one value is matched with the one that differs from it in this setting
    only, and each of its trials with the other's of the same seed. The test swaps whole seeds, as
    pairs of one seed are not independent of each other in other configurations (see
    `amenable.statistics.clustered_difference`; with one pair of configurations it is McNemar's).
    Settings that only one of the two values has, as momentum with one optimizer, are not held
    equal: each of their values is matched with the same partner.

    Parameters
    ----------
    results : TrialTable
        Of trainings with a goal.
    setting : str
        Its name.
    first, second : value
        As in the settings, or in words as tables have them.
    level : float
        Coverage of the interval.

    Returns
    -------
    Comparison
        Not corrected, as it is the only one.

    Raises
    ------
    DescriptionError
        If the setting does not vary, has no such value, or a training has no goal.
    DataError
        If no two configurations differ in this setting only, or share no seed.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 8)]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> results = table_of(am.train(networks, "moons", training, seeds=16))
    >>> found = compare(results, "structure", "2-1-1", "2-8-1")
    >>> found.first, found.found.pairs
    ('2-8-1', 16)
    """
    results = finished(results)
    check_goals("compare", [it.training for it in results.configurations])
    known = factors(results)
    if setting in ("depth", "width") and setting not in {it.name for it in known}:
        known = by_depth_and_width(results, known)
    factor = factor_named(known, setting)
    pair = factor.code(first), factor.code(second)
    matched = _matched(known, factor, pair)
    found = _compared(results, factor, pair, matched, level)
    if found is None:
        raise DataError(
            f"no configuration with {factor.labels[pair[0]]} has a partner with "
            f"{factor.labels[pair[1]]} that differs in nothing else and shares a seed",
            where=setting,
            hint="ask for main effects, which need no partners",
        )
    return found


def comparisons(results: TrialTable, level: float = 0.95) -> Comparisons:
    """All pairs of values of all settings; see `compare`.

    Structures are compared by depth and by width, not each with each.

    Parameters
    ----------
    results : TrialTable
        Of trainings with a goal.
    level : float
        Coverage of the intervals, each for itself.

    Returns
    -------
    Comparisons
        With p-values corrected for all that were made (Holm 1979).

    Raises
    ------
    DescriptionError
        If a training has no goal.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 2, 8)]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> results = table_of(am.train(networks, "moons", training, seeds=16))
    >>> len(comparisons(results).all)
    3
    """
    results = finished(results)
    check_goals("comparisons", [it.training for it in results.configurations])
    known = by_depth_and_width(results, factors(results))
    found: list[Comparison] = []
    skipped: dict[str, str] = {}
    for factor in known:
        if len(factor.values) > MOST_LEVELS:
            skipped[factor.name] = f"it has {len(factor.values)} values, too many to pair each"
            continue
        own = []
        for pair in combinations(_comparable(factor), 2):
            own.append(_compared(results, factor, pair, _matched(known, factor, pair), level))
        if not any(own):
            skipped[factor.name] = "no two configurations differ in it alone and share a seed"
        found += sorted(filter(None, own), key=lambda it: -it.found.difference)
    corrected = holm([it.p_value for it in found])
    return Comparisons(
        tuple(
            replace(it, p_value=float(p), n_compared=len(found))
            for it, p in zip(found, corrected, strict=True)
        ),
        skipped,
    )


def _comparable(factor: Factor) -> list[int]:
    """Levels that can be paired: networks without hidden layers lack a width, too."""
    return [
        code for code, value in enumerate(factor.values) if (factor.name, value) != ("depth", 0)
    ]


def _matched(
    known: Sequence[Factor], factor: Factor, pair: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Configurations with either value that differ in nothing else, as two arrays."""
    sides = [np.flatnonzero(factor.codes == code) for code in pair]
    rest = [it for it in known if it is not factor and not _belongs(it, sides)]
    keys = np.stack([it.codes for it in rest]) if rest else np.zeros((1, len(factor.codes)))
    groups = np.unique(keys, axis=1, return_inverse=True)[1].reshape(-1)
    partners: dict[int, list[int]] = {}
    for place in sides[1].tolist():
        partners.setdefault(int(groups[place]), []).append(place)
    pairs = [(a, b) for a in sides[0].tolist() for b in partners.get(int(groups[a]), ())]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return first, second


def _belongs(other: Factor, sides: Sequence[NDArray[np.int64]]) -> bool:
    """Whether only one of two values has the other setting at all."""
    has = [bool(np.any(other.codes[side] != ABSENT)) for side in sides]
    return has[0] != has[1]


def _compared(
    results: TrialTable,
    factor: Factor,
    pair: tuple[int, int],
    matched: tuple[NDArray[np.int64], NDArray[np.int64]],
    level: float,
) -> Comparison | None:
    first, second, strata = same_seeds(results, results, *matched)
    if not len(first):
        return None
    solved = results.solved
    found = clustered_difference(solved[first], solved[second], results.units[first], level)
    labels = factor.labels[pair[0]], factor.labels[pair[1]]
    if found.difference < 0:
        found, labels = turned(found), labels[::-1]
    return Comparison(factor.name, *labels, found, strata, found.p_value)


def turned(found: ClusteredDifference) -> ClusteredDifference:
    """The same with the sides exchanged."""
    return replace(
        found,
        only_first=found.only_second,
        only_second=found.only_first,
        difference=-found.difference,
        interval=Interval(-found.interval.high, -found.interval.low),
    )


def _names(it: Comparison) -> tuple[str, str]:
    """The values as a sentence has them: numbers with the name of the setting."""
    if any(value[:1].isdigit() or value[:1] == "-" for value in (it.first, it.second)):
        return f"{it.setting} {it.first}", f"{it.setting} {it.second}"
    return it.first, it.second
