"""Trained together is trained alone, to the bit, for networks with layers of images."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from image_networks import image_networks
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.engine import Outcomes, Recording, Setup
from amenable.network import (
    AvgPool2d,
    Conv2d,
    Dense,
    LocallyConnected2d,
    MaxPool2d,
    Network,
)
from amenable.training import SGD, Adam, LevenbergMarquardt, Rprop, Training

EVERYTHING = Recording(curves=True, signals=True, snapshots=True)
SETS = engine.instruction_sets()
PER_TRIAL = ("curves", "signals", "snapshots", "weights")
OPTIMIZERS = [
    SGD(0.05),
    SGD(1e10),
    Adam(0.01),
    Rprop(0.01),
    LevenbergMarquardt(0.01, samples=7),
    LevenbergMarquardt(0.02, samples=100),
]


def data_for(inputs: int) -> Dataset:
    rng = np.random.default_rng(0)
    y = np.arange(40) % 3
    x = rng.normal(size=(40, inputs)) + 0.5 * rng.normal(size=(3, inputs))[y]
    return Dataset.from_arrays(x, y, task="classification", validation=0.25)


def trial(outcomes: Outcomes, c: int, s: int, n_seeds: int) -> dict[str, NDArray[Any]]:
    """Everything known of one trial."""
    t = c * n_seeds + s
    known = {name: getattr(outcomes, name)[t] for name in ("status", "steps", "final")}
    return known | {name: getattr(outcomes, name)[c][s] for name in PER_TRIAL}


def bits(array: NDArray[Any]) -> bytes:
    """The bits of numbers; all NaN are one."""
    values = np.array(array)
    if values.dtype.kind == "f":
        values[np.isnan(values)] = np.nan
    return values.tobytes()


def assert_same(found: dict[str, NDArray[Any]], expected: dict[str, NDArray[Any]]) -> None:
    for name, values in expected.items():
        assert bits(found[name]) == bits(values), name


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    image_networks(dropout=True, most=2),
    st.lists(st.sampled_from(OPTIMIZERS), min_size=1, max_size=3),
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=17, unique=True),
    st.sampled_from([1, 5, "full"]),
    st.sampled_from([0.0, 0.4]),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from([1, 2, 8]),
    st.sampled_from(SETS),
)
def test_together_is_alone(
    network: Network,
    optimizers: list[Any],
    seeds: list[int],
    batch: int | str,
    frozen_share: float,
    dtype: str,
    threads: int,
    instruction_set: str,
) -> None:
    data = data_for(network.inputs)
    frozen = np.random.default_rng(1).random(network.n_parameters) < frozen_share
    mask = frozen if frozen.any() else None
    configurations = [
        Setup(
            network,
            Training(it, batch=batch, steps=8 + 3 * i, probe_every=3, dtype=dtype),
            frozen=mask,
        )
        for i, it in enumerate(optimizers)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMENABLE_TARGET", instruction_set)
        together = engine.run(configurations, data, seeds, record=EVERYTHING, threads=threads)
    for c, configuration in enumerate(configurations):
        for s in {0, len(seeds) // 2, len(seeds) - 1}:
            alone = engine.run([configuration], data, [seeds[s]], record=EVERYTHING, threads=1)
            assert_same(trial(together, c, s, len(seeds)), trial(alone, 0, 0, 1))


NETWORK = Network(
    (1, 7, 6),
    [
        Conv2d(4, 3, padding=1, border=-1.0, activation="relu", unit_biases=True, dropout=0.2),
        AvgPool2d(2, coefficient=True, bias=True, activation="tanh"),
        LocallyConnected2d(3, 2, padding=1, border="circular", connections=[[0], [1, 2], [3]]),
        MaxPool2d(2, 1),
        Dense(3, "identity", shortcuts=[0, 2]),
    ],
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_threads_and_instruction_sets_change_no_bit(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, seeds = data_for(42), range(21)
    training = Training(loss="squared", batch=7, steps=25, probe_every=4, dtype=dtype)
    configurations = [
        Setup(NETWORK, replace(training, optimizer=it))
        for it in (Adam(0.02), LevenbergMarquardt(0.02, samples=11), SGD(1e10))
    ]
    runs = []
    for instruction_set in SETS:
        monkeypatch.setenv("AMENABLE_TARGET", instruction_set)
        for threads in (1, 8):
            runs.append(engine.run(configurations, data, seeds, record=EVERYTHING, threads=threads))
    assert {engine.STATUSES[code] for code in runs[0].status} == {"exhausted", "diverged"}
    for found in runs[1:]:
        for c in range(len(configurations)):
            for s in range(len(seeds)):
                assert_same(trial(found, c, s, 21), trial(runs[0], c, s, 21))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_measuring_and_predicting_change_no_bit(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, training = data_for(42), Training(dtype=dtype)
    monkeypatch.setenv("AMENABLE_TARGET", SETS[0])
    weights = engine.initial_weights(NETWORK, training, data, range(19))
    outputs = engine.predict(NETWORK, weights, data.x, dtype=dtype)
    losses, gradients = engine.measure(NETWORK, training, weights, data, gradients=True)
    assert gradients is not None
    for instruction_set in SETS:
        monkeypatch.setenv("AMENABLE_TARGET", instruction_set)
        for i in (0, 7, 18):
            one = engine.initial_weights(NETWORK, training, data, [i])
            assert bits(one[0]) == bits(weights[i])
            assert bits(engine.predict(NETWORK, one, data.x, dtype=dtype)[0]) == bits(outputs[i])
            loss, gradient = engine.measure(NETWORK, training, one, data, gradients=True)
            assert gradient is not None
            assert bits(loss[0]) == bits(losses[i])
            assert bits(gradient[0]) == bits(gradients[i])
