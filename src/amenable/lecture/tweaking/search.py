"""A search for a setting that makes a structure work, on seeds of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

import amenable as am
from amenable.lecture.finding import Scale
from amenable.lecture.points import (
    GOAL,
    SEARCH_FROM,
    WORKS,
    Count,
    count_of,
    points,
    scores_of,
    search_seeds,
    spell,
)
from amenable.lecture.runs import train
from amenable.lecture.spaghetti.steps import JUDGED, STEPS, trials_on

Named = tuple[str, tuple[int, ...]]  # activation, hidden layers

SETTINGS_SEED = 19  # of the settings that are drawn
SECOND_ROUND = SEARCH_FROM + 1_000  # its seeds, apart from the first round's
FRESH = SEARCH_FROM + 10_000
PROBE = 7  # steps: as often as with batch 32 each epoch, whatever the batch
FINALISTS = (4, 2)  # settings that reach the second round, and of the quick search
BUDGETS = (3_500, 10_500)  # steps: that of the slides' experiment, and three times as many


@dataclass(frozen=True, slots=True)
class Tweaked:
    """A structure, where it failed, the setting that was found, and what this does on fresh seeds.

    Parameters
    ----------
    network : Network
        The structure.
    failed : mapping of str to Count
        Steps of the slides in which less than half of the seeds were solved.
    training : Training
        The setting that was best in the search.
    in_search : Count
        Its second round, which chose it: a little too good.
    population : Population
        On seeds that the search never saw.
    """

    network: am.Network
    failed: Mapping[str, Count]
    training: am.Training
    in_search: Count
    population: am.Population

    @property
    def count(self) -> Count:
        """Solved out of run, on fresh seeds."""
        return count_of(self.population)

    @property
    def name(self) -> str:
        """Such as "sigmoid 10-10"."""
        return f"{self.network.activation} {spell(self.network.hidden)}"


def failures(scale: Scale) -> dict[Named, dict[str, Count]]:
    """Structures that failed on two islands, and in which steps."""
    found: dict[Named, dict[str, Count]] = {}
    for (step, hidden), count in trials_on(JUDGED, scale).counts().items():
        if count.fraction < WORKS:
            found.setdefault((STEPS[step][0], hidden), {})[step] = count
    return found


def settings(n: int, budgets: Sequence[int] = BUDGETS) -> list[am.Training]:
    """Settings drawn at random, always the same ones, of which the first n are asked for."""
    return [_setting(np.random.default_rng([SETTINGS_SEED, i]), budgets) for i in range(n)]


def _setting(rng: Generator, budgets: Sequence[int]) -> am.Training:
    optimizer = (
        am.SGD(_between(rng, 0.3, 30)),
        am.Momentum(_between(rng, 0.03, 3)),
        am.Adam(_between(rng, 0.003, 0.3)),
        am.RMSprop(_between(rng, 0.001, 0.1)),
    )[rng.integers(4)]
    batch = (8, 32, 100)[rng.integers(3)]
    inits = ("auto", "pytorch", "orthogonal(2)", "orthogonal(4)", "normal(1)", "normal(3)")
    init = inits[rng.integers(len(inits))]
    schedule = (am.Constant(), am.Cosine())[rng.integers(2)]
    steps = budgets[int(rng.integers(len(budgets)))]
    return am.Training(
        optimizer,
        batch=batch,
        init=init,
        schedule=schedule,
        steps=steps,
        probe_every=PROBE,
        goal=GOAL,
    )


def _between(rng: Generator, low: float, high: float) -> float:
    """Log-uniform, to two digits, so that it can be written down."""
    return float(f"{np.exp(rng.uniform(np.log(low), np.log(high))):.2g}")


def seeds_of(scale: Scale) -> tuple[int, int, int]:
    """Of the first round, the second, and fresh ones."""
    return scale.of(6, 3), scale.of(30, 6), scale.of(200, 20)


def tweak(
    named: Named, failed: Mapping[str, Count], trainings: Sequence[am.Training], scale: Scale
) -> Tweaked:
    """Two rounds of search, then the fraction on fresh seeds."""
    activation, hidden = named
    network = am.mlp(2, *hidden, 1, activation=activation)
    first, second, fresh = seeds_of(scale)
    ranked = _ranked(network, trainings, search_seeds(first))
    kept = [training for training, _ in ranked[: FINALISTS[scale.is_quick]]]
    best, score = _ranked(network, kept, search_seeds(second, SECOND_ROUND))[0]
    population = train(network, points(JUDGED), best, seeds=search_seeds(fresh, FRESH))
    return Tweaked(network, failed, best, Count(score[0], second), population)


def _ranked(
    network: am.Network, trainings: Sequence[am.Training], seeds: Sequence[int]
) -> list[tuple[am.Training, tuple[int, float]]]:
    """Settings by how many seeds they solve; of equals the more accurate first."""
    tried = train(network, points(JUDGED), trainings, seeds=seeds, keep_weights=False)
    scored = zip(trainings, scores_of(tried, len(seeds)), strict=True)
    return sorted(scored, key=lambda it: it[1], reverse=True)
