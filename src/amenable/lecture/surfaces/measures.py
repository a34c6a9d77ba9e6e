"""Networks that solve and that fail, where they stand, and walks between: what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.formatting import shorten
from amenable.lecture.finding import Scale
from amenable.lecture.runs import train
from amenable.surfaces import Walk, curvature, walk

GOAL = "training accuracy >= 0.98"
VERDICTS = ("minimum", "saddle", "plateau", "descending")
ADAM = am.Adam(0.01)  # that is given to failed networks to get them out


@dataclass(frozen=True, slots=True)
class SurfaceCase:
    """A structure and how it is trained: by all points at once, so the surface alone decides."""

    name: str
    network: am.Network
    optimizer: am.SGD | am.Adam
    steps: int

    def training(self, times: int = 1) -> am.Training:
        """In float64; looked at ten times, so that what is solved on the way is noticed."""
        steps = self.steps * times
        return am.Training(
            self.optimizer,
            batch="full",
            steps=steps,
            goal=GOAL,
            probe_every=self.steps if times == 1 else max(1, self.steps // 10),
            dtype="float64",
        )

    @property
    def words(self) -> str:
        """Structure, activation and optimizer."""
        return (
            f"{self.network.structure} {self.network.activation}, "
            f"{self.optimizer.name.replace('sgd', 'gradient descent').replace('adam', 'Adam')} "
            f"{self.optimizer.lr:g}, {self.steps:,} steps"
        )


def settings(scale: Scale) -> tuple[SurfaceCase, SurfaceCase, SurfaceCase]:
    """One that solves; the lecture's first, of sigmoids; one that is narrow."""
    steps, long = scale.of((5000, 20000), (4000, 4000))
    return (
        SurfaceCase("tanh", am.mlp(2, 10, 10, 1), am.SGD(0.1), steps),
        SurfaceCase("sigmoid", am.mlp(2, 10, 10, 1, activation="sigmoid"), am.SGD(0.1), steps),
        SurfaceCase("narrow", am.mlp(2, 3, 3, 1), am.Adam(0.01), long),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a setting's networks, and where those that were looked at stand."""

    setting: SurfaceCase
    population: am.Population
    verdicts: tuple[str, ...]  # of failed networks
    gradients: tuple[float, ...]  # their gradient norms
    smallest: tuple[float, ...]  # their smallest eigenvalues
    solved_later: tuple[int, int]  # failed ones solved by going on as before, of how many
    solved_by_adam: tuple[int, int]  # failed ones solved by going on with Adam
    solved_verdicts: tuple[str, ...]  # of some that were solved

    @property
    def solved(self) -> tuple[int, int]:
        """Solved and run."""
        return int(self.population.solved.sum()), len(self.population)

    @property
    def at_minimum(self) -> tuple[int, int]:
        """Failed networks at a minimum, and failed networks looked at."""
        return self.verdicts.count("minimum"), len(self.verdicts)


@dataclass(frozen=True, slots=True)
class SolutionPaths:
    """Walks between pairs of solutions, neurons as they are and matched."""

    plain: tuple[Walk, ...]
    matched: tuple[Walk, ...]


def islands() -> am.Dataset:
    """The lecture's points, all for training."""
    return am.load("islands", validation=0.0, test=0.0)


def stand(setting: SurfaceCase, seeds: int, most: int, times: int, further: int) -> Standing:
    """Train, judge up to `most` failed networks, and train these on.

    For so many times as long as before, and with Adam for so many steps further.
    """
    data = islands()
    population = train(setting.network, data, setting.training(), seeds=seeds)
    failed = np.flatnonzero(~population.solved)[:most]
    solved = np.flatnonzero(population.solved)[:most]
    found = [curvature(population[int(i)], data) for i in failed]
    start = np.stack([population[int(i)].flat for i in failed]) if len(failed) else None
    adam = replace(setting.training(), optimizer=ADAM, steps=further, probe_every=further // 10)
    later, by_adam = (
        _solved_from(start, setting.network, training)
        for training in (setting.training(times), adam)
    )
    return Standing(
        setting,
        population,
        tuple(it.verdict for it in found),
        tuple(float(it.gradient_norm) for it in found),
        tuple(float(it.eigenvalues.min()) for it in found),
        later,
        by_adam,
        tuple(curvature(population[int(i)], data).verdict for i in solved),
    )


def _solved_from(
    start: NDArray[np.float64] | None, network: am.Network, training: am.Training
) -> tuple[int, int]:
    """How many of the weights (S, P) training solves, and S."""
    if start is None:
        return 0, 0
    found = train(network, islands(), training, seeds=len(start), start=start)
    return int(found.solved.sum()), len(found)


def between(population: am.Population, pairs: int) -> SolutionPaths:
    """Walks between neighbours among the networks solved: the first and second, and so on."""
    data = islands()
    solved = np.flatnonzero(population.solved)[: 2 * pairs]
    ends = [
        (population[int(a)], population[int(b)])
        for a, b in zip(solved[::2], solved[1::2], strict=False)
    ]
    return SolutionPaths(
        tuple(walk(a, b, data, points=51) for a, b in ends),
        tuple(walk(a, b, data, match=True, points=51) for a, b in ends),
    )


def left_on_the_way(walks: Sequence[Walk]) -> int:
    """Walks on which the goal is missed somewhere, though both ends meet it."""
    return sum(bool(it.metric.min() < 0.98) for it in walks)


def barriers(walks: Sequence[Walk]) -> NDArray[np.float64]:
    """Height (M,) of the barrier on each walk."""
    return np.array([it.barrier for it in walks])


def spread(heights: NDArray[np.float64]) -> str:
    """Median, smallest and largest, for texts."""
    return (
        f"{shorten(float(np.median(heights)))} (median; {shorten(float(heights.min()))} to "
        f"{shorten(float(heights.max()))})"
    )
