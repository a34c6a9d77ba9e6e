"""What is recorded at probes: curves, snapshots and the signals of each layer."""

import math
from typing import Any

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray
from torch_twin import ACTIVATIONS as TORCH_ACTIVATIONS
from torch_twin import Twin

from amenable import engine
from amenable.network import ACTIVATIONS, Dense, Network, mlp
from amenable.training import SGD, Adam, AdamW, Training

torch = pytest.importorskip("torch")

GRADIENT, WEIGHT, UPDATE, SATURATED, DEAD = range(5)
DATA = problems.numbers(30, validation=0.3)
NETWORK = Network(3, (Dense(5), Dense(4, "gelu", bias=False), Dense(2, "identity", shortcuts=(1,))))
P = NETWORK.n_parameters


def test_the_order_of_the_signals() -> None:
    expected = ("gradient_norm", "weight_norm", "update_ratio", "saturated", "dead")
    assert expected == engine.SIGNALS


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_curves_are_what_measuring_the_snapshots_gives(dtype: str) -> None:
    training = Training(Adam(0.02), batch=8, epochs=10, probe_every=2, dtype=dtype)
    outcomes = trials.run(NETWORK, training, DATA, range(3), curves=True, snapshots=True)
    curves, snapshots = outcomes.curves[0], outcomes.snapshots[0]
    assert curves is not None and snapshots is not None
    assert outcomes.probes[0].tolist() == list(range(0, 31, 2))
    assert curves.shape == (3, 16, 2, 2)
    for i, split in enumerate(("training", "validation")):
        flat = snapshots.reshape(-1, P)
        expected = engine.measure(NETWORK, training, flat, DATA, split)[0].reshape(3, 16, 2)
        assert np.array_equal(curves[:, :, i], expected)
    assert np.array_equal(outcomes.final[:, :2], curves[:, -1])
    assert outcomes.weights[0] is not None
    assert np.array_equal(outcomes.weights[0], snapshots[:, -1])
    assert np.array_equal(
        snapshots[:, 0], engine.initial_weights(NETWORK, training, DATA, range(3)).astype(dtype)
    )


def test_without_a_validation_split_its_curve_is_not_a_number() -> None:
    outcomes = trials.run(mlp(3, 2), Training(epochs=2), problems.numbers(), curves=True)
    assert outcomes.curves[0] is not None
    assert np.all(np.isnan(outcomes.curves[0][:, :, 1]))
    assert np.all(np.isfinite(outcomes.curves[0][:, :, 0]))


def by_layer(flat: NDArray[Any]) -> list[NDArray[Any]]:
    """Parameters (..., P) as (..., n) of each layer."""
    sizes = [
        layer.units * (NETWORK.fan_in(k) + layer.bias) for k, layer in enumerate(NETWORK.layers, 1)
    ]
    return np.split(flat, np.cumsum(sizes)[:-1], axis=-1)


def norms(flat: NDArray[Any]) -> NDArray[np.float64]:
    """Euclidean norms (..., L) of each layer's parameters, biases among them."""
    return np.stack([np.linalg.norm(part, axis=-1) for part in by_layer(flat)], axis=-1)


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), AdamW(0.02, weight_decay=0.5)])
@pytest.mark.parametrize("probe_every", [1, 4])
def test_norms_of_gradient_weights_and_last_update(optimizer: Any, probe_every: int) -> None:
    """The gradient is that of the whole training split, by autograd; the update the last step's."""
    options: dict[str, Any] = {"batch": 8, "steps": 20, "dtype": "float64"}
    often = Training(optimizer, probe_every=1, **options)
    path = trials.weights_at_probes(NETWORK, often, DATA, range(3))
    training = Training(optimizer, probe_every=probe_every, **options)
    outcomes = trials.run(NETWORK, training, DATA, range(3), signals=True, curves=True)
    signals, probes = outcomes.signals[0], outcomes.probes[0]
    assert signals is not None and signals.shape == (3, len(probes), 3, 5)
    at_probes = path[:, probes]
    twin = Twin(NETWORK, training, DATA)
    gradients = twin.measure(at_probes.reshape(-1, P))[1].reshape(3, len(probes), P)
    np.testing.assert_allclose(signals[..., GRADIENT], norms(gradients), rtol=1e-9)
    np.testing.assert_allclose(signals[..., WEIGHT], norms(at_probes), rtol=1e-12)
    assert np.all(np.isnan(signals[:, 0, :, UPDATE])), "no update yet"
    updates = path[:, probes[1:]] - path[:, probes[1:] - 1]
    ratios = norms(updates) / norms(at_probes[:, 1:])
    np.testing.assert_allclose(signals[:, 1:, :, UPDATE], ratios, rtol=1e-9)
    assert np.all(signals[..., [SATURATED, DEAD]] == 0)


def test_signals_do_not_depend_on_when_neighbours_end() -> None:
    """Lanes with other budgets come to other probes in between."""
    training = Training(Adam(0.02), batch=8, steps=20, probe_every=5)
    alone = trials.run(NETWORK, training, DATA, signals=True).signals[0]
    others = [Training(Adam(0.02), batch=8, steps=n, probe_every=5) for n in (3, 7, 11)]
    configurations = [engine.Setup(NETWORK, it) for it in (*others, training)]
    record = engine.Recording(signals=True)
    together = engine.run(configurations, DATA, [5], record=record).signals[3]
    assert np.array_equal(alone, together, equal_nan=True)


def signals_of(
    network: Network, weights: NDArray[Any], x: NDArray[Any], parameter: float = 0
) -> NDArray[np.float64]:
    """Signals (S, L, 5) of networks with weights (S, P), before any training."""
    y = np.random.default_rng(0).normal(size=(len(x), network.outputs))
    data = problems.dataset(x, y, task="regression")
    training = Training(SGD(0.0), batch="full", steps=1, dtype="float64")
    found = trials.run(network, training, data, range(len(weights)), start=weights, signals=True)
    assert found.signals[0] is not None
    return found.signals[0][:, 0]


def test_dead_and_saturated_units_made_by_hand() -> None:
    """Biases alone decide: hidden units see no input."""
    biases = np.array([-100.0, -1.0, 1.0, 100.0])
    weights = np.concatenate([np.zeros(4), biases, np.ones(4), np.zeros(1)])[None]
    x = np.linspace(-1, 1, 20)[:, None]
    expected = {  # share of four units that is saturated, and dead
        "relu": (0.5, 0.5),  # a slope of zero is a small one too
        "leaky_relu(0.01)": (0.5, 0.0),
        "leaky_relu(0.1)": (0.0, 0.0),
        "tanh": (0.5, 0.5),  # in float64, 1 - tanh(100)^2 is zero
        "identity": (0.0, 0.0),
        "softplus": (0.25, 0.0),  # exp(-100) is small, not zero
        "sigmoid": (0.5, 0.25),
    }
    for activation, shares in expected.items():
        network = Network(1, (Dense(4, activation), Dense(1, "identity")))
        found = signals_of(network, weights, x)[0]
        assert tuple(found[0, [SATURATED, DEAD]]) == shares, activation
        assert tuple(found[1, [SATURATED, DEAD]]) == (0.0, 0.0)


def test_saturated_means_on_95_of_100_samples_and_dead_on_all() -> None:
    """A ReLU that is off for x < 0: of 20 samples, that many are."""
    network = Network(1, (Dense(1, "relu"), Dense(1, "identity")))
    weights = np.array([[1.0, 0.0, 1.0, 0.0]])
    for n_off, shares in [(18, (0, 0)), (19, (1, 0)), (20, (1, 1))]:
        x = np.where(np.arange(20) < n_off, -1.0, 1.0)[:, None] * np.linspace(1, 2, 20)[:, None]
        found = signals_of(network, weights, x)[0, 0]
        assert tuple(found[[SATURATED, DEAD]]) == shares


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"step"}))
def test_saturation_begins_at_a_twentieth_of_the_largest_slope(name: str) -> None:
    """Every activation, over many inputs, with slopes by autograd."""
    parameter = ACTIVATIONS[name]
    z = torch.linspace(-12, 12, 1201, dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(TORCH_ACTIVATIONS[name](z, parameter).sum(), z)
    share = (slopes.abs() / slopes.abs().max()).numpy()
    is_clear = np.abs(share - 0.05) > 0.001
    network = Network(1, (Dense(1, name), Dense(1, "identity")))
    weights = np.zeros((len(z), 4))
    weights[:, 1] = z.detach().numpy()
    found = signals_of(network, weights, np.array([[-1.0], [1.0]]))[:, 0]
    assert np.array_equal(found[is_clear, SATURATED] == 1, share[is_clear] < 0.05)
    assert np.all(found[share > 1e-6, DEAD] == 0)


def test_dropout_plays_no_part_in_signals() -> None:
    plain, dropping = mlp(3, 5, 2), mlp(3, 5, 2, dropout=0.5)
    weights = np.random.default_rng(0).normal(size=(2, plain.n_parameters))
    found = [signals_of(it, weights, DATA.x) for it in (plain, dropping)]
    assert np.array_equal(*found, equal_nan=True)
    assert not math.isnan(found[0][0, 0, GRADIENT])
