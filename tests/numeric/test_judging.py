"""What is judged, when, on which rows, with whose weights: the engine against plain loops.

The loops know only what the engine recorded of the same trainings without goal and patience: curves
and weights at every probe.
"""

import math
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
import trials
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset, load
from amenable.network import mlp
from amenable.training import Adam, Training, parse_goal

DATA = load("moons", n=100, noise=0.3, validation=0.4, test=40)
NETWORK = mlp(2, 6, 1)
SPLITS = ("training", "validation", "test")
SEEDS = range(30)
TRAINING = Training(Adam(0.03), batch=16, epochs=25)


class Recorded(NamedTuple):
    """Of one trial that nothing ends: probes (K,), curves (K, 2, 2), weights (K, P)."""

    steps: NDArray[np.int64]
    curves: NDArray[np.float64]
    weights: NDArray[np.float64]


class End(NamedTuple):
    """How a trial ends."""

    status: str
    steps: int
    goal_step: int
    weights: NDArray[np.float64]


def recorded(training: Training, data: Dataset) -> list[Recorded]:
    endless = replace(training, goal=None, patience=None, judge="auto", restore="last")
    found = trials.run(NETWORK, endless, data, SEEDS, curves=True, snapshots=True)
    curves, weights = found.curves[0], found.snapshots[0]
    assert curves is not None and weights is not None
    return [Recorded(found.probes[0], c, w) for c, w in zip(curves, weights, strict=True)]


def expected(it: Recorded, training: Training, data: Dataset) -> End:
    """A plain loop over the probes of a trial."""
    assert training.goal is not None
    goal = parse_goal(training.goal)
    has_validation, has_test = len(data.validation) > 0, len(data.test) > 0
    split = goal.split or (
        "test"
        if has_test and training.judge != "first_touch"
        else "validation"
        if has_validation
        else "training"
    )
    at_end = training.judge == "end" or (training.judge == "auto" and split != "training")
    restores = training.restore == "best" or (
        training.restore == "auto" and training.patience is not None
    )

    def meets(values: NDArray[np.float64]) -> bool:
        value = values[0 if goal.metric == "loss" else 1]
        return bool(value <= goal.value if goal.comparison == "<=" else value >= goal.value)

    watched = 1 if has_validation else 0
    best, best_at, since, held = math.inf, 0, 0, -1
    status, end = "exhausted", len(it.steps) - 1
    for k in range(1, len(it.steps)):
        since += 1
        if it.curves[k, 1, 0] < best:
            best, best_at, since = it.curves[k, 1, 0], k, 0
        is_held = meets(it.curves[k, watched])
        held = -1 if not is_held else int(it.steps[k]) if held < 0 else held
        if not at_end and meets(it.curves[k, SPLITS.index(split)]):
            return End("solved", int(it.steps[k]), int(it.steps[k]), it.weights[k])
        if training.patience and since >= training.patience and k < end:
            status, end = "stopped", k
            break
    weights = it.weights[best_at if restores else end]
    steps = int(it.steps[end])
    if at_end:
        measured, _ = engine.measure(NETWORK, training, weights[None], data, split)
        if meets(measured[0]):
            return End("solved", steps, held if held >= 0 else steps, weights)
    return End(status, steps, -1, weights)


GOALS = ("loss <= 0.5096", "validation loss <= 0.36", "training loss <= 0.21")
JUDGED = (("auto", "auto"), ("end", "last"), ("end", "best"), ("first_touch", "best"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_trials_end_as_a_plain_loop_says(dtype: str) -> None:
    plain = replace(TRAINING, dtype=dtype)
    known = recorded(plain, DATA)
    seen: Counter[str] = Counter()
    for goal, (judge, restore), patience in product(GOALS, JUDGED, (None, 3)):
        training = replace(plain, goal=goal, judge=judge, restore=restore, patience=patience)
        found = trials.run(NETWORK, training, DATA, SEEDS)
        loops = [expected(it, training, DATA) for it in known]
        assert trials.statuses(found) == [it.status for it in loops], training.describe()
        assert found.steps.tolist() == [it.steps for it in loops], training.describe()
        assert found.goal_step.tolist() == [it.goal_step for it in loops], training.describe()
        assert found.weights[0] is not None
        assert np.array_equal(found.weights[0], np.array([it.weights for it in loops]))
        seen.update(it.status for it in loops)
        seen.update("held before" for it in loops if 0 <= it.goal_step < it.steps)
    assert min(seen[name] for name in ("solved", "exhausted", "stopped", "held before")) > 30, seen


@pytest.mark.parametrize("patience", [None, 3])
def test_final_losses_are_those_of_the_weights_that_are_kept(patience: int | None) -> None:
    training = replace(TRAINING, patience=patience, dtype="float64")
    found = trials.run(NETWORK, training, DATA, SEEDS)
    assert found.weights[0] is not None
    for i, split in enumerate(SPLITS):
        measured, _ = engine.measure(NETWORK, training, found.weights[0], DATA, split)
        assert np.array_equal(found.final[:, i], measured)


def test_test_rows_change_nothing_but_what_is_said_of_them() -> None:
    """Other test rows, the same steps and weights, whatever the networks do there."""
    other = replace(DATA, test=DATA.test[:-7])
    training = replace(TRAINING, goal="loss <= 0.5096", patience=3)
    one, two = (trials.run(NETWORK, training, data, SEEDS, curves=True) for data in (DATA, other))
    assert np.array_equal(one.steps, two.steps)
    assert np.array_equal(one.final[:, :2], two.final[:, :2])
    assert not np.array_equal(one.final[:, 2], two.final[:, 2])
    for a, b in zip((one.weights[0], one.curves[0]), (two.weights[0], two.curves[0]), strict=True):
        assert a is not None and b is not None
        assert np.array_equal(a, b, equal_nan=True)


def test_steps_to_solve_begin_where_validation_stays_at_the_goal() -> None:
    training = replace(TRAINING, goal="validation loss <= 0.36")
    found = trials.run(NETWORK, training, DATA, SEEDS, curves=True)
    curves, steps = found.curves[0], found.probes[0]
    assert curves is not None
    is_met = curves[:, :, 1, 0] <= 0.36
    n_early = 0
    for s in np.flatnonzero(found.goal_step >= 0):
        k = int(np.flatnonzero(steps == found.goal_step[s])[0])
        assert is_met[s, k:].all() or found.goal_step[s] == found.steps[s]
        assert not is_met[s, k - 1 :].all() or k == 1
        n_early += found.goal_step[s] < found.steps[s]
    assert n_early > 3
