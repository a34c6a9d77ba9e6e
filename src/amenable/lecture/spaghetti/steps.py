"""The slides' steps: sigmoid under SGD, then Adam, then tanh, then ReLU; trained and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import amenable as am
from amenable.lecture.finding import Scale
from amenable.lecture.points import (
    EPOCHS,
    GOAL,
    LEVEL,
    NAMES,
    Count,
    count_of,
    points,
    scores_of,
    search_seeds,
)
from amenable.lecture.runs import train
from amenable.statistics import ClusteredDifference, holm

Hidden = tuple[int, ...]
Cell = tuple[int, str, Hidden]  # islands, step, hidden layers

WIDE: tuple[Hidden, ...] = ((10,), (10, 10), (10, 10, 10))  # the lecture's
NARROW: tuple[Hidden, ...] = ((5,), (5, 5), (5, 5, 5))
JUDGED = 2  # islands: on one, nearly all is solved and little is left to be seen

SGD = am.grid(am.Training(am.SGD(), epochs=EPOCHS, goal=GOAL), lr=[0.3, 1.0, 3.0, 10.0, 30.0])
ADAM = am.grid(am.Training(epochs=EPOCHS, goal=GOAL), lr=[0.001, 0.003, 0.01, 0.03, 0.1])
STEPS: Mapping[str, tuple[str, Sequence[am.Training]]] = {  # in the order of the slides
    "sigmoid, SGD": ("sigmoid", SGD),
    "sigmoid, Adam": ("sigmoid", ADAM),
    "tanh, Adam": ("tanh", ADAM),
    "ReLU, Adam": ("relu", ADAM),
}


@dataclass(frozen=True, slots=True)
class StepRuns:
    """All that was run.

    Parameters
    ----------
    rates : dict of (islands, step) to Training
        The one that was best over the structures of width 10.
    searched : dict of Cell to list of Count
        For every learning rate of the step's grid, on the search seeds.
    populations : dict of Cell to Population
        On the seeds that measure.
    """

    rates: dict[tuple[int, str], am.Training]
    searched: dict[Cell, list[Count]]
    populations: dict[Cell, am.Population]

    def counts(self, islands: int = JUDGED) -> dict[tuple[str, Hidden], Count]:
        """Solved out of run, by step and hidden layers."""
        return {
            (step, hidden): count_of(population)
            for (n, step, hidden), population in self.populations.items()
            if n == islands
        }


@dataclass(frozen=True, slots=True)
class StepChange:
    """One change, and what it does to the fraction solved on the same seeds."""

    before: tuple[str, Hidden]
    after: tuple[str, Hidden]
    found: ClusteredDifference
    p_value: float  # after Holm's correction over all comparisons

    @property
    def difference(self) -> float:
        """Fraction after the change minus fraction before."""
        return self.found.difference

    @property
    def matters(self) -> bool:
        """Whether it is beyond chance."""
        return self.p_value < LEVEL


def trials(scale: Scale) -> StepRuns:
    """Search for a learning rate of each step, then measure."""
    parts = [trials_on(n, scale) for n in scale.of(tuple(NAMES), (JUDGED,))]
    return StepRuns(
        {key: it for part in parts for key, it in part.rates.items()},
        {key: it for part in parts for key, it in part.searched.items()},
        {key: it for part in parts for key, it in part.populations.items()},
    )


@cache
def trials_on(islands: int, scale: Scale) -> StepRuns:
    """On so many islands; kept, as another experiment asks what failed here."""
    found = StepRuns({}, {}, {})
    data = points(islands)
    shown = scale.of(WIDE + NARROW, WIDE)
    seeds = search_seeds(scale.of(40, 6))
    for step, (activation, trainings) in STEPS.items():
        networks = [am.mlp(2, *it, 1, activation=activation) for it in shown]
        tried = train(networks, data, trainings, seeds=seeds, keep_weights=False)
        scores = iter(scores_of(tried, len(seeds)))
        rows = {it: [next(scores) for _ in trainings] for it in shown}
        for hidden, row in rows.items():
            found.searched[islands, step, hidden] = [Count(n, len(seeds)) for n, _ in row]
        best = trainings[_best_of([rows[it] for it in WIDE])]
        found.rates[islands, step] = best
        measured = train(networks, data, best, seeds=scale.of(300, 24))
        for hidden, population in measured.by("hidden").items():
            found.populations[islands, step, hidden] = population
    return found


def _best_of(rows: Sequence[Sequence[tuple[int, float]]]) -> int:
    """Place of the learning rate that solves most over the rows; of equals the more accurate."""
    totals = [
        [sum(numbers) for numbers in zip(*column, strict=True)]
        for column in zip(*rows, strict=True)
    ]
    return max(range(len(totals)), key=totals.__getitem__)


def compare(found: StepRuns) -> tuple[StepChange, ...]:
    """Each step of the slides for each structure, and depth within each step, on two islands."""
    steps = list(STEPS)
    shown = list(dict.fromkeys(hidden for n, _, hidden in found.populations if n == JUDGED))
    pairs = [
        ((before, hidden), (after, hidden)) for before, after in pairwise(steps) for hidden in shown
    ]
    pairs += [((step, (10,)), (step, hidden)) for step in steps for hidden in WIDE[1:]]
    tested = [
        found.populations[JUDGED, *after].paired(found.populations[JUDGED, *before])
        for before, after in pairs
    ]
    corrected = holm([it.p_value for it in tested])
    return tuple(
        StepChange(*pair, it, float(p))
        for pair, it, p in zip(pairs, tested, corrected, strict=True)
    )
