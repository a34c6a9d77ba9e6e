"""Which trials are pairs: alike in all but what is compared, and with the same seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amenable.answers.factors import in_words, key_of
from amenable.answers.trial_table import TrialTable
from amenable.errors import DataError
from amenable.formatting import join
from amenable.population.keys import ALWAYS, Configuration, value_of, varying_keys
from amenable.population.outcome import check_goals
from amenable.statistics import ClusteredDifference, clustered_difference


def paired(first: TrialTable, second: TrialTable, level: float = 0.95) -> ClusteredDifference:
    """Difference of the fractions solved of two sets of trials, like with like.

    What the two sets differ in is what is compared; each configuration of one is paired with that
    of the other that agrees with it in everything else, and trials by seed. The test swaps whole
    seeds (`amenable.statistics.clustered_difference`).

    Parameters
    ----------
    first, second : TrialTable
        Of trainings with a goal, on the same data.
    level : float
        Coverage of the interval.

    Returns
    -------
    ClusteredDifference
        The first fraction minus the second.

    Raises
    ------
    DataError
        If the data differs, a configuration has no single partner, or no seed is shared.
    DescriptionError
        If a training has no goal.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, 3, 1, activation=name) for name in ("tanh", "relu")]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> groups = am.train(networks, "moons", training, seeds=16).by("activation")
    >>> paired(table_of(groups["tanh"]), table_of(groups["relu"])).pairs
    16
    """
    check_goals("paired", [it.training for one in (first, second) for it in one.configurations])
    if first.data.fingerprint != second.data.fingerprint:
        raise DataError(
            where="paired",
            expected="trials on the same data",
            got=f"'{first.data.name}' and '{second.data.name}', which differ",
        )
    places = _alike(first.configurations, second.configurations, first.data.task)
    in_first, in_second, _ = same_seeds(first, second, *places)
    if not len(in_first):
        raise DataError(
            where="paired",
            expected="common seeds",
            got="none",
            hint="train both with the same seeds=",
        )
    return clustered_difference(
        first.solved[in_first], second.solved[in_second], first.units[in_first], level
    )


def _alike(
    first: Sequence[Configuration], second: Sequence[Configuration], task: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of configurations that are alike but for what the two sets differ in."""
    keys = dict.fromkeys((*ALWAYS, *varying_keys((*first, *second), task)))
    sides = [
        {key: [key_of(in_words(value_of(it, key, task))) for it in side] for key in keys}
        for side in (first, second)
    ]
    shared = [key for key in keys if Counter(sides[0][key]) == Counter(sides[1][key])]
    rest = [
        [tuple(side[key][c] for key in shared) for c in range(len(configurations))]
        for side, configurations in zip(sides, (first, second), strict=True)
    ]
    partner = {it: c for c, it in enumerate(rest[1])}
    if len(partner) < len(second) or Counter(rest[0]) != Counter(rest[1]):
        differing = join([key for key in keys if key not in shared])
        raise DataError(
            f"the {len(first)} and {len(second)} configurations differ in {differing}, "
            "so that some have no single partner that is like them in all else",
            where="paired",
            hint=(
                'pair groups that differ in one thing, as those of by("activation") do, or '
                "ask for comparisons()"
            ),
        )
    return np.arange(len(first)), np.array([partner[it] for it in rest[0]], dtype=np.int64)


def same_seeds(
    a: TrialTable, b: TrialTable, in_a: NDArray[np.int64], in_b: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Trials of either that are a pair: of the n-th configurations, with one seed.

    Returns numbers of trials in `a` and in `b`, and how many configurations share a seed.
    """
    (trials_a, of_a), (trials_b, of_b) = _trials_of(a, in_a), _trials_of(b, in_b)
    seeds, place = np.unique(
        np.concatenate([a.seed[trials_a], b.seed[trials_b]]), return_inverse=True
    )
    n = max(len(seeds), 1)
    keys_a = of_a * n + place[: len(trials_a)]
    keys_b = of_b * n + place[len(trials_a) :]
    common, first, second = np.intersect1d(keys_a, keys_b, True, return_indices=True)
    return trials_a[first], trials_b[second], len(np.unique(common // n))


def _trials_of(
    results: TrialTable, configurations: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Trials of configurations, one after the other, and the place of each's configuration."""
    starts = np.searchsorted(results.configuration, configurations)
    ends = np.searchsorted(results.configuration, configurations, side="right")
    counts = ends - starts
    of = np.repeat(np.arange(len(configurations)), counts)
    within = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + within, of
