"""Frozen parameters stay, whatever pulls at them; training starts from the weights it is given."""

from typing import Any

import numpy as np
import problems
import pytest
import trials
from torch_training import train
from torch_twin import Twin

from amenable import engine
from amenable.engine import Recording, Setup
from amenable.network import mlp
from amenable.training import SGD, Adam, AdamW, Nesterov, RMSprop, Rprop, Training

DATA = problems.numbers()
NETWORK = mlp(3, 5, 2)
P = NETWORK.n_parameters
PULLS: dict[str, dict[str, Any]] = {
    "decay": {"optimizer": SGD(0.1), "weight_decay": 0.5, "penalize_biases": True},
    "l2": {"optimizer": SGD(0.1), "l2": 0.5, "penalize_biases": True},
    "l1": {"optimizer": SGD(0.1), "l1": 0.5, "penalize_biases": True},
    "momentum": {"optimizer": SGD(0.1, momentum=0.9), "l2": 0.1},
    "nesterov": {"optimizer": Nesterov(0.05)},
    "adam": {"optimizer": Adam(0.1)},
    "adamw": {"optimizer": AdamW(0.1, weight_decay=0.5), "penalize_biases": True},
    "rmsprop": {"optimizer": RMSprop(0.01, momentum=0.9, centered=True), "l2": 0.1},
    "rprop": {"optimizer": Rprop(), "l1": 0.1},
    "backtracking": {"optimizer": Rprop(backtracking=True), "weight_decay": 0.1},
    "clip": {"optimizer": SGD(0.1), "clip_norm": 0.2, "l2": 0.1},
    "eps of zero": {"optimizer": Adam(0.01, eps=0.0)},
    "rmsprop, eps of zero": {"optimizer": RMSprop(0.01, eps=0.0)},
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", PULLS)
def test_frozen_parameters_do_not_move_by_a_bit(name: str, dtype: str) -> None:
    rng = np.random.default_rng(0)
    start = rng.normal(size=(3, P)).astype(dtype).astype(np.float64)
    frozen = rng.random(P) < 0.5
    training = Training(**PULLS[name], batch=8, steps=40, dtype=dtype)
    end = trials.end_weights(NETWORK, training, DATA, range(3), start=start, frozen=frozen)
    assert end[:, frozen].tobytes() == start[:, frozen].tobytes()
    assert np.all(end[:, ~frozen] != start[:, ~frozen])


@pytest.mark.parametrize("name", ["clip", "l1", "adamw", "momentum"])
def test_the_others_move_as_if_the_frozen_were_constants(name: str) -> None:
    """As in PyTorch, a frozen parameter has no gradient: it does not count in the clip either."""
    frozen = np.random.default_rng(1).random(P) < 0.4
    training = Training(**PULLS[name], batch=8, steps=60, probe_every=1, dtype="float64")
    found = trials.weights_at_probes(NETWORK, training, DATA, frozen=frozen)
    expected = train(Twin(NETWORK, training, DATA), found[:, 0], [5], 60, frozen)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-10)


def test_masks_differ_between_networks_of_a_group() -> None:
    masks = np.random.default_rng(2).random((5, P)) < 0.5
    training = Training(SGD(0.1), batch=8, steps=20)
    configurations = [Setup(NETWORK, training, frozen=mask) for mask in masks]
    outcomes = engine.run(configurations, DATA, range(7), record=Recording())
    start = engine.initial_weights(NETWORK, training, DATA, range(7)).astype(np.float32)
    for mask, end in zip(masks, outcomes.weights, strict=True):
        assert end is not None
        assert np.array_equal(end[:, mask], start[:, mask])
        assert np.all(end[:, ~mask] != start[:, ~mask])


def test_a_mask_of_nothing_changes_no_bit() -> None:
    training = Training(Adam(0.05), batch=8, steps=50, l2=0.1, weight_decay=0.1, l1=0.01)
    free = trials.end_weights(NETWORK, training, DATA, range(4))
    nothing = np.zeros(P, dtype=bool)
    masked = trials.end_weights(NETWORK, training, DATA, range(4), frozen=nothing)
    assert free.tobytes() == masked.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_starts_from_the_weights_given(dtype: str) -> None:
    """One row for all seeds, or a row for each."""
    rows = np.random.default_rng(3).normal(size=(4, P))
    training = Training(SGD(0.1), batch=8, steps=10, probe_every=1, dtype=dtype)
    each = trials.weights_at_probes(NETWORK, training, DATA, range(4), start=rows)
    assert np.array_equal(each[:, 0], rows.astype(dtype))
    same = trials.weights_at_probes(NETWORK, training, DATA, range(4), start=rows[0])
    assert np.array_equal(same[:, 0], np.tile(rows[0].astype(dtype), (4, 1)))
    assert np.array_equal(same[0], each[0])


def test_weights_of_its_own_start_as_if_given_by_the_caller() -> None:
    training = Training(Adam(0.01), batch=8, steps=30, dtype="float64")
    start = engine.initial_weights(NETWORK, training, DATA, range(6))
    given = trials.end_weights(NETWORK, training, DATA, range(6), start=start)
    own = trials.end_weights(NETWORK, training, DATA, range(6))
    assert given.tobytes() == own.tobytes()
    # Some of a group with weights given, some without
    both = [Setup(NETWORK, training, start=start), Setup(NETWORK, training)]
    outcomes = engine.run(both, DATA, range(6), record=Recording())
    for end in outcomes.weights:
        assert end is not None
        assert end.tobytes() == own.tobytes()
