"""The compiled module itself: what does not fit is refused before anything is read or written."""

import os
import subprocess
import sys

import numpy as np
import pytest

from amenable import Training, _core, load, mlp
from amenable.engine import Recording, Setup, available_cores, run

WINDOW = {
    "kind": "conv",
    "inputs": (1, 4, 4),
    "outputs": (2, 2, 2),
    "kernel": (3, 3),
    "stride": (1, 1),
    "pad": (0, 0),
    "padding": "value",
    "has_weights": True,
    "has_unit_biases": False,
    "connections": [[0], [0]],
}


def after(code):
    """What a process that ran the code has left: its status and what it printed."""
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def group(monkeypatch):
    """Makes the group that the engine makes for two trials, or one with other arguments."""
    make, arguments = _core.GroupFloat, {}

    def kept(**given):
        arguments.update(given)
        return make(**given)

    with monkeypatch.context() as patch:
        patch.setattr(_core, "GroupFloat", kept)
        record = Recording(curves=True, signals=True, snapshots=True)
        it = Setup(mlp(2, 3, 1), Training(steps=2, probe_every=1))
        run([it], load("xor"), (0, 1), record=record, threads=1)
    return lambda **changed: make(**arguments | changed)


def train(*groups):
    _core.train_float(list(groups), 1, _core.Progress())


def test_what_fits_is_trained(group):
    steps = np.zeros(2, dtype=np.int64)
    train(group(steps=steps))
    assert steps.tolist() == [2, 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("curves", np.zeros((2, 2, 2, 2))),
        ("curves", np.zeros((2, 3, 2, 1))),
        ("signals", np.zeros((2, 2, 2, 5))),
        ("signals", np.zeros((2, 3, 2, 4))),
        ("snapshots", np.zeros((2, 2, 13))),
        ("probes", np.array([0, 2, 1])),
        ("probes", np.array([0, 2, 2])),
        ("probes", np.array([-1, 1, 2])),
        ("probe_count", np.array([4])),
        ("probe_start", np.array([2**63 - 1])),
        ("settings", np.zeros((1, 3))),
    ],
)
def test_an_array_that_does_not_fit(group, name, value):
    with pytest.raises(ValueError, match=name):
        train(group(**{name: value}))


def test_signals_that_nobody_measures(group):
    plan = plan_with_layers((3, 1))
    with pytest.raises(ValueError, match="signals"):
        train(group(plan=plan))


def test_a_group_that_is_none(group):
    with pytest.raises(TypeError, match="group"):
        train(group(), None)


def test_an_argument_of_another_kind(group):
    with pytest.raises(TypeError, match="GroupFloat: status must be an array of int8 with 1 axes"):
        group(status=np.zeros(2, dtype=np.int64))  # a copy would be filled, and lost
    with pytest.raises(TypeError, match="GroupFloat: plan must be a plan, got NoneType"):
        group(plan=None)
    with pytest.raises(TypeError, match="Plan: batch must be an integer, got str"):
        _core.Plan(n_inputs=2, batch="all")
    with pytest.raises(ValueError, match="unknown Loss 'hing'"):
        _core.Plan(n_inputs=2, loss="hing")


def test_arguments_that_are_missing_or_unknown():
    with pytest.raises(TypeError, match="Plan: n_inputs is missing"):
        _core.Plan()
    with pytest.raises(TypeError, match="Plan: colour is unknown"):
        _core.Plan(n_inputs=2, colour="red")


def plan_with_layers(units, inputs=2):
    plan = _core.Plan(n_inputs=inputs)
    for n in units:
        plan.add_layer(
            units=n,
            activation="tanh",
            has_bias=True,
            has_dropout=False,
            shortcuts=[],
            weight_init="constant",
            bias_init="constant",
        )
    return plan


def test_a_plan_without_layers(group):
    plan, progress = plan_with_layers(()), _core.Progress()
    with pytest.raises(ValueError, match="no layers"):
        train(group(plan=plan))
    inputs, weights, settings = np.ones((1, 2)), np.zeros((1, 0)), np.zeros((1, 0, 5))
    with pytest.raises(ValueError, match="no layers"):
        _core.predict_double(plan, 0, weights, settings, inputs, inputs[None], 1, progress)


@pytest.mark.parametrize("units", [(0,), (-1, 3)])
def test_a_layer_without_units(units):
    with pytest.raises(ValueError, match="units"):
        plan_with_layers(units)


def image_plan(**changed):
    plan = plan_with_layers((8,), inputs=16)
    plan.set_window(**WINDOW | changed)
    return plan


def test_a_window_that_fits():
    assert image_plan().n_parameters == 20


HUGE = 2**31 - 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stride", (HUGE, HUGE)),
        ("stride", (4, 4)),
        ("kernel", (HUGE, HUGE)),
        ("kernel", (5, 3)),
        ("pad", (HUGE, HUGE)),
        ("pad", (-1, 0)),
        ("inputs", (2**16, 2**16, 2**16)),
        ("outputs", (2**29, 2**3, 2**3)),
        ("connections", [[0], [1]]),
        ("connections", [[0]]),
    ],
)
def test_a_window_that_does_not_fit(name, value):
    with pytest.raises(ValueError, match=name):
        image_plan(**{name: value})


def test_exit_while_a_daemon_thread_trains():
    """A notebook's kernel, a server that stops: no report of leaks that are none."""
    code = """
import threading, time
import amenable as am
started = threading.Event()
training = am.Training(epochs=10**9, goal=None)
def train():
    am.train(am.mlp(2, 3, 1), am.load("xor"), training, seeds=2, progress=lambda *_: started.set())
threading.Thread(target=train, daemon=True).start()
started.wait(20)
"""
    assert after(code) == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")
def test_cores_are_those_of_the_process():
    code = """
import os
from amenable.engine import available_cores
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print(available_cores())
"""
    assert after(code) == (0, "1\n", "")
    assert 1 <= available_cores() <= len(os.sched_getaffinity(0))
