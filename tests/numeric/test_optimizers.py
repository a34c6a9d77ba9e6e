"""Optimizers, schedules, clipping and penalties, step by step against PyTorch's."""

from typing import Any

import numpy as np
import problems
import pytest
import trials
from torch_training import train
from torch_twin import Twin

from amenable.network import mlp
from amenable.training import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    InverseTime,
    Nesterov,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
)

DATA = problems.numbers()
NETWORK = mlp(3, 5, 2)
CASES: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": SGD(0.05)},
    "momentum": {"optimizer": SGD(0.02, momentum=0.9)},
    "dampening": {"optimizer": SGD(0.05, momentum=0.8, dampening=0.5)},
    "nesterov": {"optimizer": Nesterov(0.02)},
    "rmsprop": {"optimizer": RMSprop(0.003)},
    "rmsprop momentum": {"optimizer": RMSprop(0.001, alpha=0.9, momentum=0.7)},
    "rmsprop centered": {"optimizer": RMSprop(0.003, centered=True)},
    "rmsprop both": {"optimizer": RMSprop(0.001, eps=1e-4, momentum=0.7, centered=True)},
    "adam": {"optimizer": Adam(0.01)},
    "adam settings": {"optimizer": Adam(0.02, beta1=0.7, beta2=0.95, eps=1e-3)},
    "adamw": {"optimizer": AdamW(0.01, weight_decay=0.2)},
    "rprop": {"optimizer": Rprop()},
    "rprop warm-up": {"optimizer": Rprop(), "warmup": 5},
    "rprop settings": {
        "optimizer": Rprop(0.02, eta_minus=0.4, eta_plus=1.3, step_min=1e-3, step_max=0.05)
    },
    "step decay": {"optimizer": SGD(0.1), "schedule": StepDecay(30, gamma=0.5)},
    "cosine": {"optimizer": SGD(0.1), "schedule": Cosine()},
    "cosine to a floor": {"optimizer": Adam(0.02), "schedule": Cosine(floor=0.1)},
    "inverse time": {"optimizer": Nesterov(0.05), "schedule": InverseTime(40.0)},
    "warm-up": {"optimizer": Adam(0.02), "warmup": 25},
    "warm-up and cosine": {"optimizer": SGD(0.1), "warmup": 10, "schedule": Cosine()},
    "warm-up and decay": {"optimizer": SGD(0.1), "warmup": 9, "schedule": StepDecay(50)},
    "l2 sgd": {"optimizer": SGD(0.05, momentum=0.5), "l2": 0.03},
    "l2 adam": {"optimizer": Adam(0.01), "l2": 0.03},
    "l2 rmsprop": {"optimizer": RMSprop(0.003), "l2": 0.03},
    "l2 of biases too": {"optimizer": SGD(0.05), "l2": 0.03, "penalize_biases": True},
    "l2 adamw": {"optimizer": AdamW(0.01), "l2": 0.03, "weight_decay": 0.1},
    "l2 rprop": {"optimizer": Rprop(0.005), "l2": 0.1},
    "decay": {"optimizer": SGD(0.05), "weight_decay": 0.1},
    "decay of biases too": {
        "optimizer": AdamW(0.01, weight_decay=0.5),
        "penalize_biases": True,
    },
    "decay by schedule": {
        "optimizer": AdamW(0.02, weight_decay=0.5),
        "schedule": Cosine(),
        "warmup": 5,
    },
    "clip": {"optimizer": SGD(0.1, momentum=0.9), "clip_norm": 0.3},
    "clip and l2": {"optimizer": Adam(0.01), "clip_norm": 0.1, "l2": 0.05},
    "l1": {"optimizer": SGD(0.05), "l1": 0.02},
    "l1 by schedule": {"optimizer": SGD(0.1), "l1": 0.02, "schedule": InverseTime(30.0)},
    "l1 adam": {"optimizer": Adam(0.01), "l1": 0.05, "penalize_biases": True},
}


OPTIMIZERS = list(CASES)[: list(CASES).index("step decay")]
MINI_AND_FULL = [(name, 8) for name in CASES] + [(n, "full") for n in ("adam", "rprop", "clip")]


@pytest.mark.parametrize(("name", "batch"), MINI_AND_FULL)
def test_200_steps_in_float64_are_pytorchs(name: str, batch: int | str) -> None:
    training = Training(**CASES[name], batch=batch, steps=200, probe_every=1, dtype="float64")
    found = trials.weights_at_probes(NETWORK, training, DATA)
    expected = train(Twin(NETWORK, training, DATA), found[:, 0], [5], 200)
    assert found.shape == (1, 201, NETWORK.n_parameters)
    assert np.abs(expected[:, -1] - expected[:, 0]).max() > 0.05, "nothing was learned"
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("reference", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_100_steps_in_float32_are_pytorchs(name: str, reference: str) -> None:
    training = Training(**CASES[name], batch=8, steps=100, probe_every=1, dtype="float32")
    found = trials.weights_at_probes(NETWORK, training, DATA)
    twin = Twin(NETWORK, training, DATA, dtype=reference)
    expected = train(twin, found[:, 0], [5], 100)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
