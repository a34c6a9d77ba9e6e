"""How trials end: solved, exhausted, diverged, stopped, cancelled; when, and with what kept."""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset, load
from amenable.engine import Outcomes, Recording, Setup
from amenable.errors import DescriptionError
from amenable.network import mlp
from amenable.training import SGD, Adam, Training, parse_goal

DATA = load("moons", n=80, noise=0.25, test=0)
NETWORK = mlp(2, 6, 1)
SPLITS, VALUES = ("training", "validation"), ("loss", "metric")
SEEDS = range(40)


def curves_of(training: Training, data: Dataset = DATA) -> tuple[NDArray[np.float64], list[int]]:
    """Curves (S, K, 2, 2) of the whole budget, and the steps (K,) of its probes."""
    endless = replace(training, goal=None, patience=None, judge="auto", restore="auto")
    outcomes = trials.run(NETWORK, endless, data, SEEDS, curves=True)
    assert outcomes.curves[0] is not None
    return outcomes.curves[0], outcomes.probes[0].tolist()


@pytest.mark.parametrize("keeps_curves", [False, True])
@pytest.mark.parametrize(
    "goal",
    ["accuracy >= 0.87", "training accuracy >= 0.85", "loss <= 0.38", "training loss <= 0.36"],
)
def test_solved_at_the_first_probe_that_meets_the_goal(goal: str, keeps_curves: bool) -> None:
    training = Training(Adam(0.01), batch=16, epochs=12, goal=goal, judge="first_touch")
    curves, probes = curves_of(training)
    wanted = parse_goal(goal)
    column = "loss" if wanted.metric == "loss" else "metric"
    values = curves[:, 1:, SPLITS.index(wanted.split or "validation"), VALUES.index(column)]
    is_met = values >= wanted.value if wanted.comparison == ">=" else values <= wanted.value
    outcomes = trials.run(NETWORK, training, DATA, SEEDS, curves=keeps_curves)
    expected = ["solved" if any(row) else "exhausted" for row in is_met]
    assert trials.statuses(outcomes) == expected
    assert set(expected) == {"solved", "exhausted"}, "a goal that some reach"
    ends = [1 + int(np.argmax(row)) if any(row) else len(probes) - 1 for row in is_met]
    assert outcomes.steps.tolist() == [probes[end] for end in ends]
    assert len(set(ends)) > 3, "some sooner than others"
    at_end = np.stack([curves[s, end] for s, end in enumerate(ends)])
    assert np.array_equal(outcomes.final[:, :2], at_end)
    is_solved = is_met.any(axis=1)
    assert np.array_equal(outcomes.goal_step, np.where(is_solved, outcomes.steps, -1))


def test_goals_are_looked_at_as_often_as_asked() -> None:
    """Every third step, and at the end of the budget, which is no multiple of three."""
    training = Training(
        Adam(0.02), batch=16, steps=40, goal="loss <= 0.36", judge="first_touch", probe_every=3
    )
    outcomes = trials.run(NETWORK, training, DATA, SEEDS, curves=True)
    assert outcomes.probes[0].tolist() == [*range(0, 40, 3), 40]
    is_solved = np.array(trials.statuses(outcomes)) == "solved"
    assert set(outcomes.steps[is_solved] % 3) == {0}
    assert set(outcomes.steps[~is_solved]) == {40}


def test_a_goal_met_before_the_first_step_is_solved_at_the_first_probe() -> None:
    """So it does not depend on whether the start is recorded."""
    for record in ({}, {"curves": True}):
        training = Training(SGD(0.0), epochs=3, goal="accuracy >= 0", judge="first_touch")
        outcomes = trials.run(NETWORK, training, DATA, [0], **record)
        assert trials.statuses(outcomes) == ["solved"]
        assert outcomes.steps.tolist() == [2]


@pytest.mark.parametrize("keeps_curves", [False, True])
@pytest.mark.parametrize("patience", [1, 3])
def test_stopped_after_so_many_probes_without_a_better_validation_loss(
    patience: int, keeps_curves: bool
) -> None:
    training = Training(Adam(0.05), batch=16, epochs=60, patience=patience, restore="last")
    curves, probes = curves_of(training)
    outcomes = trials.run(NETWORK, training, DATA, SEEDS, curves=keeps_curves)
    for s, losses in enumerate(curves[:, 1:, 1, 0]):
        best, since, end, status = math.inf, 0, len(probes) - 1, "exhausted"
        for k, loss in enumerate(losses[:-1], start=1):
            best, since = (loss, 0) if loss < best else (best, since + 1)
            if since == patience:
                end, status = k, "stopped"
                break
        assert (engine.STATUSES[outcomes.status[s]], outcomes.steps[s]) == (status, probes[end])
        assert np.array_equal(outcomes.final[s, :2], curves[s, end])
    assert "stopped" in trials.statuses(outcomes)


def test_exhausted_after_the_whole_budget() -> None:
    for training, steps in [(Training(steps=7), 7), (Training(epochs=5, batch=30), 15)]:
        outcomes = trials.run(NETWORK, training, DATA, SEEDS)
        assert set(trials.statuses(outcomes)) == {"exhausted"}
        assert set(outcomes.steps) == {steps}
        assert np.all(np.isfinite(outcomes.final[:, :2]))
        assert np.all(np.isnan(outcomes.final[:, 2])), "there are no test rows"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_that_diverges_does_its_neighbours_no_harm(dtype: str) -> None:
    network = mlp(2, 4, 1, activation="relu")
    fine = [
        Training(SGD(lr), loss="squared", batch=16, epochs=30, goal="accuracy >= 0.95", dtype=dtype)
        for lr in (0.01, 0.1)
    ]
    wild = replace(fine[0], optimizer=SGD(1e10))
    alone = engine.run([Setup(network, it) for it in fine], DATA, SEEDS, record=Recording())
    both = [fine[0], wild, fine[1]]
    among = engine.run([Setup(network, it) for it in both], DATA, SEEDS, record=Recording())
    n = len(SEEDS)
    kept = np.r_[0:n, 2 * n : 3 * n]
    for name in ("status", "steps", "final"):
        assert getattr(among, name)[kept].tobytes() == getattr(alone, name).tobytes()
    for ours, theirs in [(0, 0), (2, 1)]:
        assert np.array_equal(among.weights[ours], alone.weights[theirs])
    wild_status = np.array(trials.statuses(among))[n : 2 * n]
    # A network whose units are all dead from the start stands still instead
    assert np.mean(wild_status == "diverged") > 0.9
    assert np.all(among.steps[n : 2 * n][wild_status == "diverged"] < 20)


def test_divergence_is_noticed_at_the_step() -> None:
    """A parabola whose weight grows by 1e20 a step: float32 ends after the first, float64 later."""
    data = problems.dataset(np.array([[1.0], [-1.0]]), np.array([[0.0], [1e-9]]), task="regression")
    start = np.array([1.0])
    for dtype, last in [("float32", 1), ("float64", 15)]:
        training = Training(SGD(0.5e20), batch="full", steps=90, dtype=dtype)
        outcomes = trials.run(mlp(1, 1, bias=False), training, data, start=start)
        assert trials.statuses(outcomes) == ["diverged"]
        # Weights are 1, 1e20, 1e40, ...; the step that meets an infinite one is not made
        assert outcomes.steps.tolist() == [last + 1]
        assert np.all(np.isnan(outcomes.final))


def test_infinite_losses_on_the_way_are_no_divergence_where_weights_come_back() -> None:
    """Of squares beyond float32: as long as the gradient is finite, the network may recover."""
    data = problems.dataset(np.array([[1.0], [-1.0]]), np.array([[0.0], [1e-9]]), task="regression")
    training = Training(SGD(0.4), batch="full", steps=60)
    for record in ({}, {"curves": True}):
        outcomes = trials.run(
            mlp(1, 1, bias=False), training, data, start=np.array([1e30]), **record
        )
        assert trials.statuses(outcomes) == ["exhausted"]
    assert outcomes.curves[0] is not None
    assert not np.isfinite(outcomes.curves[0][0, 0, 0, 0])
    assert outcomes.final[0, 0, 0] < 1e-9


@contextmanager
def ctrl_c(after_s: float) -> Iterator[list[float]]:
    """The process's own Ctrl-C, so long from now; the list tells when."""
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after_s, press)
    timer.start()
    try:
        yield pressed
    finally:
        timer.cancel()
        timer.join()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot press its own Ctrl-C there")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ctrl_c_keeps_what_is_finished(dtype: str) -> None:
    quick = Training(Adam(0.02), batch=16, steps=50, dtype=dtype)
    endless = replace(quick, steps=10**12)  # of the same group: these come after the quick ones
    alone = trials.run(NETWORK, quick, DATA, SEEDS)
    pair = [Setup(NETWORK, quick), Setup(NETWORK, endless)]
    with ctrl_c(0.4) as pressed:
        outcomes = engine.run(pair, DATA, SEEDS, record=Recording(), threads=2)
        took_s = time.monotonic() - pressed[0]
    assert outcomes.is_cancelled
    assert took_s < 1.5, "0.2 s, and some patience with a machine that is busy"
    assert not any("guarded" in thread.name for thread in threading.enumerate())
    check_cancelled(outcomes, alone)


def check_cancelled(outcomes: Outcomes, alone: Outcomes) -> None:
    """The first half is finished as if alone, of the second some had begun."""
    n = len(SEEDS)
    for name in ("status", "steps", "final"):
        assert getattr(outcomes, name)[:n].tobytes() == getattr(alone, name).tobytes()
    assert np.array_equal(outcomes.weights[0], alone.weights[0])
    assert set(trials.statuses(outcomes)[n:]) == {"cancelled"}
    steps, weights = outcomes.steps[n:], outcomes.weights[1]
    assert weights is not None
    has_begun = steps > 0
    assert has_begun.any()
    assert np.all(np.isfinite(weights[has_begun])), "where they had got to"
    assert np.all(np.isnan(outcomes.final[n:]))
    later = steps.copy()
    time.sleep(0.1)
    assert np.array_equal(steps, later), "nothing goes on behind the caller's back"


def test_a_network_that_has_no_gradient_is_refused() -> None:
    network = mlp(2, 4, 1, activation="step")
    with pytest.raises(DescriptionError, match=r"layers\[0\].*an activation with a gradient.*step"):
        network.check_trainable()
    # Its outputs and losses can be had all the same
    weights = np.random.default_rng(0).normal(size=(3, network.n_parameters))
    losses, _ = engine.measure(network, Training(), weights, DATA)
    assert np.all(np.isfinite(losses))
