"""The points of the 1-layer examples, and what the experiments on them share.

One way of training and counting, and of putting counts into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

import amenable as am
from amenable.figures import Gallery, Panel, draw_gallery, new_figure, spaghetti_data
from amenable.formatting import limits
from amenable.lecture.finding import Number
from amenable.lecture.runs import train
from amenable.statistics import Interval, wilson

GOAL = "training accuracy >= 0.98"  # at most 4 of the 200 points on the wrong side
EPOCHS = 500  # of 7 steps each: 3,500 steps
WORKS = 0.5  # a lecture shows one run of each; a run works as a rule if more than half do
RELIABLE = 0.95
SEARCH_FROM = 10_000  # seeds from here choose settings; those that measure start at 0
RESOLUTION = 81  # points along the side of a panel
WIDTH, LEGEND = 6.4, 0.7  # inches, of a gallery and of its legend
LEVEL = 0.05  # below it, a difference is beyond chance

NAMES = {1: "one island", 2: "two islands"}


def points(islands: int) -> am.Dataset:
    """200 points in a square, some on islands; all are for training."""
    return am.load("islands", count=islands, validation=0.0, test=0.0)


@dataclass(frozen=True, slots=True)
class Count:
    """Solved out of run."""

    solved: int
    trials: int

    @property
    def fraction(self) -> float:
        """One divided by the other."""
        return self.solved / self.trials

    @property
    def interval(self) -> Interval:
        """Wilson's, of 95 %."""
        return wilson(self.solved, self.trials)

    @property
    def record(self) -> dict[str, Number]:
        """For the numbers of a finding."""
        low, high = self.interval
        return {"solved": self.solved, "trials": self.trials, "low": low, "high": high}

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.solved} of {self.trials} ({limits(low, high, self.trials)})"


def count_of(population: am.Population) -> Count:
    """What `Population.fraction` says, without the interval."""
    found = population.fraction()
    return Count(found.successes, found.trials)


def best_trainings(
    networks: Sequence[am.Network],
    trainings: Sequence[am.Training],
    data: am.Dataset,
    seeds: Sequence[int],
) -> dict[am.Network, am.Training]:
    """For each network the training that solves most; of equals, the more accurate, then first."""
    tried = train(networks, data, trainings, seeds=seeds, keep_weights=False)
    each = ((it.network, it.training) for it in tried.configurations)
    scores = dict(zip(each, scores_of(tried, len(seeds)), strict=True))
    return {network: max(trainings, key=lambda it: scores[network, it]) for network in networks}


def scores_of(tried: am.Population, n_seeds: int) -> list[tuple[int, float]]:
    """For each configuration how many were solved, and the mean accuracy (none if diverged)."""
    solved = tried.solved.reshape(-1, n_seeds).sum(axis=1)
    accuracy = np.nan_to_num(tried.metric["training"]).reshape(-1, n_seeds).mean(axis=1)
    return list(zip(solved.tolist(), accuracy.tolist(), strict=True))


def search_seeds(n: int, start: int = SEARCH_FROM) -> range:
    """Seeds that are for choosing only, so that what is measured later is not chosen for luck."""
    return range(start, start + n)


def measure(
    network: am.Network, training: am.Training, data: am.Dataset, n_seeds: int
) -> am.Population:
    """Trials of one configuration from seed 0 on, with their weights."""
    return train(network, data, training, seeds=n_seeds)


def typical(population: am.Population, is_solved: bool) -> am.TrainedNetwork | None:
    """The median trial, by ranking, among the solved or among the others; None if there is none."""
    mask = population.solved == is_solved
    return population.where(mask).median if np.any(mask) else None


def spell(hidden: Sequence[int]) -> str:
    """Hidden layers as "10", "10-10"."""
    return "-".join(map(str, hidden))


def gallery(shown: Sequence[tuple[str, am.TrainedNetwork, int]], columns: int) -> Figure:
    """Networks side by side, each with its title and the number of islands it was trained on."""
    data = {islands: points(islands) for _, _, islands in shown}
    panels = tuple(
        Panel(
            title=title,
            trial=0,
            is_solved=trained.status == "solved",
            found=spaghetti_data(trained, data[islands], resolution=RESOLUTION),
        )
        for title, trained, islands in shown
    )
    found = Gallery(
        panels=panels,
        each="configuration",
        pick="median",
        n_all=len(panels),
        data="islands",
        measure="training accuracy",
        goals=(GOAL,),
    )
    rows = -(-len(shown) // columns)
    lines = max(title.count("\n") + 1 for title, _, _ in shown)
    height = rows * (WIDTH / columns + 0.18 * lines + 0.05) + LEGEND
    return draw_gallery(found, new_figure(size=(WIDTH, height)), columns=columns)
