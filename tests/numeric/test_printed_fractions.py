"""A printed fraction holds on rows that nobody looked at, and noise is not called reliable.

All through `amenable.sweep`, as users call it. Its networks are then measured on rows that the
sweep never had: the same weights, so that only rows can make a difference.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

import amenable as am
from amenable import engine
from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.population import Population
from amenable.statistics import Interval
from amenable.sweep import Sweep
from amenable.sweep.plan import make_plan
from amenable.training import parse_goal

KINDS = ([0.5, 0.5], [0.8, 0.2], [0.4, 0.3, 0.3], [0.25] * 4, None)  # shares; None: regression
SIZES = (60, 200)
SEEDS = 80  # with fewer than 73, nothing could be called reliable
RELIABLE = "structure that is reliable"
LUCK = ("Luck reaches the goal too", "Guessing", "does no better than luck")


def noise(shares: list[float] | None, n: int, seed: int) -> Dataset:
    """A table in which nothing says anything of the target."""
    rng = np.random.default_rng([n, seed, len(shares or ())])
    x = rng.normal(size=(n, 5))
    if shares is None:
        return Dataset.from_arrays(x, rng.normal(size=n), seed=seed)
    y = rng.permutation(
        np.repeat(np.arange(len(shares)), np.rint(n * np.array(shares)).astype(int))
    )
    return Dataset.from_arrays(x, y, task="classification", seed=seed)


def sweep_of_noise(data: Dataset, goal: str = "auto") -> Sweep:
    return am.sweep(
        data, hidden=[2, 8], activation="tanh", epochs=10, seeds=SEEDS, goal=goal, progress=False
    )


def is_called_reliable(found: Sweep) -> bool:
    return any(RELIABLE in it for it in found.sentences)


@pytest.mark.parametrize("shares", KINDS)
def test_a_table_of_noise_has_nothing_reliable(shares: list[float] | None) -> None:
    assert not is_called_reliable(sweep_of_noise(noise(shares, 60, 0)))


@pytest.mark.slow
def test_of_fifty_sweeps_of_noise_at_most_one_finds_something_reliable() -> None:
    """Ten tables, five draws each."""
    tables = [noise(shares, n, seed) for shares in KINDS for n in SIZES for seed in range(5)]
    assert sum(is_called_reliable(sweep_of_noise(it)) for it in tables) <= 1


@pytest.mark.parametrize("shares", KINDS[:4])
def test_a_goal_that_guessing_reaches_is_said_to_be_luck(shares: list[float]) -> None:
    found = sweep_of_noise(noise(shares, 60, 0), f"accuracy >= {max(shares)}")
    assert found.control is not None
    assert any(it in said for said in found.sentences for it in LUCK)


class Row(NamedTuple):
    """What is printed of a configuration, and how often its networks reach the goal elsewhere."""

    fraction: float
    interval: Interval
    elsewhere: float

    @property
    def is_inside(self) -> bool:
        return self.interval.low <= self.elsewhere <= self.interval.high


def scores_of(population: Population, c: int, data: Dataset) -> NDArray[np.float64]:
    """The metric (T,) of the networks of a configuration, on the rows for training."""
    it = population.configurations[c]
    trials = np.flatnonzero(population.configuration == c)
    weights = np.stack([population[int(t)].flat for t in trials])
    return engine.measure(it.network, it.training, weights, data, "training")[0][:, 1]


def rows_of(found: Sweep, parts: list[Dataset]) -> list[Row]:
    """Each row of the table, and its networks on the rows for training of each of the parts."""
    population = found.population
    assert population is not None and found.goal is not None
    goal = parse_goal(found.goal)
    sign = 1 if goal.comparison == ">=" else -1
    rows = []
    for row in found.table.rows:
        (id_,) = row.configurations
        it = found.trials.configurations[found.trials.ids.index(id_)]
        c = population.configurations.index(it)
        scores = np.array([scores_of(population, c, part) for part in parts])
        reached = sign * scores >= sign * goal.value
        assert row.found is not None
        rows.append(Row(row.fraction, row.found.interval, float(np.mean(reached))))
    return rows


def for_training(data: Dataset, rows: NDArray[np.int64]) -> Dataset:
    """Some rows, to be measured on."""
    none = np.array([], dtype=np.int64)
    return replace(
        data,
        x=data.x[rows],
        y=data.y[rows],
        training=np.arange(len(rows)),
        validation=none,
        test=none,
        weights=None,
    )


def report(name: str, found: Sweep, rows: list[Row]) -> str:
    """How many rows are inside, for whoever reads the output of the test."""
    said = ", ".join(
        f"{it.fraction:.2f} [{it.interval.low:.2f}, {it.interval.high:.2f}] {it.elsewhere:.2f}"
        for it in rows
    )
    return f"{name}, {found.goal}: {sum(it.is_inside for it in rows)} of {len(rows)} inside: {said}"


def most_outside(n: int) -> int:
    """Rows of n that may lie outside, each in 5 % of cases, but for one case in a thousand."""
    return int(binom.ppf(0.999, n, 0.05))


@pytest.mark.parametrize("name", ["moons", "spirals"])
def test_fractions_on_fresh_points(name: str) -> None:
    """The same networks on 20,000 fresh points."""
    found = am.sweep(
        name,
        hidden=[2, 3, 4, 8, (4, 4)],
        activation=["tanh", "relu"],
        seeds=32,
        keep="all",
        control=False,
        progress=False,
    )
    fresh = load(name, test=20_000, seed=77)
    rows = rows_of(found, [for_training(fresh, fresh.test)])
    print(report(name, found, rows))
    assert any(0 < it.fraction < 1 for it in rows)
    assert sum(not it.is_inside for it in rows) <= most_outside(len(rows))


def halves(name: str, seed: int) -> tuple[RepeatedSplits, Dataset]:
    """Half of a table to sweep, split as sweeps do, and the half that is held back."""
    whole = load(name)
    rows = np.random.default_rng(seed).permutation(whole.n_samples)
    mine, back = np.array_split(rows, 2)
    x, y = whole.x[mine], whole.y[mine]
    splits = RepeatedSplits.from_arrays(x, y, name=name, task=whole.task)
    return splits, for_training(whole, back)


@pytest.mark.slow
def test_fractions_on_a_half_that_was_held_back() -> None:
    """The same networks on the other half of their table: rows that nobody looked at."""
    rows = []
    for name, hidden in (
        ("wine", [2, 8]),
        ("breast-cancer", [2, 8]),
        ("diabetes", 8),
        ("digits", 16),
    ):
        for seed in range(3):
            data, back = halves(name, seed)
            found = am.sweep(
                data,
                hidden=hidden,
                activation="tanh",
                seeds=32,
                keep="all",
                control=False,
                progress=False,
            )
            each = rows_of(found, [back])
            print(report(name, found, each))
            rows += each
    assert any(it.fraction < 1 for it in rows)
    assert sum(not it.is_inside for it in rows) <= most_outside(len(rows))


@pytest.mark.parametrize("name", ["moons", "wine"])
def test_more_seeds_change_no_budget(name: str) -> None:
    few, many = (make_plan(name, seeds=n) for n in (20, 2_000))
    assert few.trainings == many.trainings
    assert few.networks == many.networks
