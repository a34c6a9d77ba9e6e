"""Layers of images against PyTorch in float64: outputs, losses, gradients, steps."""

from typing import Any

import image_twin
import numpy as np
import philox
import problems
import pytest
import trials
from hypothesis import given, settings
from hypothesis import strategies as st
from image_networks import NAMES, image_networks, random_weights

from amenable import engine
from amenable.network import (
    AvgPool2d,
    Conv2d,
    Dense,
    LocallyConnected2d,
    MaxPool2d,
    Network,
    lenet1,
    lenet5,
    lenet1989,
)
from amenable.training import SGD, Training

torch = pytest.importorskip("torch")

RELATIVE_ERROR = 1e-9
NOTHING = 1e-14  # of a gradient that vanishes: some hundred roundings of terms that cancel


def assert_close(found: Any, expected: Any) -> None:
    """Agreement in the Euclidean norm."""
    error = np.linalg.norm(np.subtract(found, expected))
    assert error <= RELATIVE_ERROR * np.linalg.norm(expected) + NOTHING


def check(network: Network, *, n: int = 7, n_networks: int = 2, seed: int = 0) -> None:
    """Outputs of all layers, loss and gradient."""
    rng = np.random.default_rng(seed)
    data = problems.numbers(n, network.inputs, network.outputs, seed=seed)
    weights = random_weights(network, rng, n_networks)
    training = Training(dtype="float64")
    losses, gradients = engine.measure(network, training, weights, data, gradients=True)
    assert gradients is not None
    x, y = (image_twin.tensor(it) for it in data.split("training"))
    for i, flat in enumerate(weights):
        outputs = image_twin.layer_outputs(network, image_twin.tensor(flat), x)
        for k in range(1, len(outputs)):
            found = engine.predict(network, flat[None], data.x, upto=k, dtype="float64")[0]
            assert_close(found, outputs[k].numpy())
        loss, gradient = image_twin.gradient(network, flat, x, y, "squared")
        assert losses[i, 0] == pytest.approx(loss, rel=RELATIVE_ERROR, abs=NOTHING)
        assert_close(gradients[i], gradient)


@settings(max_examples=60, deadline=None)
@given(image_networks(), st.integers(2, 40), st.sampled_from([1, 3, 9]), st.integers(0, 2**20))
def test_random_networks(network: Network, n: int, n_networks: int, seed: int) -> None:
    check(network, n=n, n_networks=n_networks, seed=seed)


@pytest.mark.parametrize("activation", NAMES)
def test_every_activation_behind_every_layer(activation: str) -> None:
    layers = [
        Conv2d(3, 2, padding=1, border=0.5, activation=activation),
        LocallyConnected2d(2, 2, activation=activation),
        AvgPool2d(2, 1, coefficient=True, bias=True, activation=activation),
        MaxPool2d(2, 1, activation=activation),
    ]
    check(Network((2, 5, 6), [*layers, Dense(2, "identity")]))


@pytest.mark.parametrize(
    "network", [lenet1989(), lenet1(), lenet5(), lenet5((1, 28, 28))], ids=lambda it: it.structure
)
def test_lenets(network: Network) -> None:
    check(network, n=3, n_networks=1)


def test_borders_of_all_widths_up_to_the_image() -> None:
    for border in (0.0, -1.0, "circular"):
        for pad in range(4):
            check(Network((2, 3, 4), [Conv2d(2, 3, padding=(pad, pad), border=border), Dense(1)]))
    wide = Conv2d(2, 2, padding=9, border=0.25, stride=3)  # windows that see nothing but border
    check(Network((1, 2, 2), [wide, Dense(1)]))


def test_a_kernel_of_1_on_1_by_1_is_a_dense_layer() -> None:
    rng = np.random.default_rng(0)
    images = Network((4, 1, 1), [Conv2d(3, 1), LocallyConnected2d(2, 1), Dense(2)])
    flat = Network(4, [Dense(3), Dense(2), Dense(2)])
    weights, x = rng.normal(size=(3, flat.n_parameters)), rng.normal(size=(5, 4))
    found = engine.predict(images, weights, x, dtype="float64")
    np.testing.assert_allclose(found, engine.predict(flat, weights, x, dtype="float64"), rtol=1e-14)


def test_of_equal_largest_the_first_learns() -> None:
    """As in PyTorch: all inputs of a window are equal."""
    network = Network((1, 2, 2), [Conv2d(1, 1, activation="identity"), MaxPool2d(2), Dense(1)])
    data = problems.dataset(np.ones((3, 4)), np.arange(3.0)[:, None], task="regression")
    weights = np.array([[0.5, 0.1, 2.0, -0.3]])
    x, y = (image_twin.tensor(it) for it in data.split("training"))
    expected = image_twin.gradient(network, weights[0], x, y, "squared")[1]
    _, found = engine.measure(network, Training(dtype="float64"), weights, data, gradients=True)
    assert found is not None
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    image_networks(dropout=True),
    st.sampled_from([1, 4, "full"]),
    st.sampled_from([0.0, 0.4]),
    st.integers(0, 2**20),
)
def test_steps_with_batches_dropout_and_masks(
    network: Network, batch: int | str, frozen_share: float, seed: int
) -> None:
    """Three steps of plain gradient descent: a step is the gradient of its batch."""
    rng, n = np.random.default_rng(seed), 9
    data = problems.numbers(n, network.inputs, network.outputs, seed=seed)
    training = Training(
        SGD(0.05), batch=batch, order="sequential", steps=3, probe_every=1, dtype="float64"
    )
    start = random_weights(network, rng)
    frozen = rng.random(network.n_parameters) < frozen_share
    mask = frozen if frozen.any() else None
    found = trials.weights_at_probes(network, training, data, [seed], start=start, frozen=mask)[0]
    x, y = (image_twin.tensor(it) for it in data.split("training"))
    weights = start.copy()
    for step in range(3):
        rows = philox.batch_rows(seed, step, n, batch, "sequential")
        keep = [
            image_twin.tensor(philox.kept(seed, step, k, len(rows), width, layer.dropout))
            if layer.dropout
            else None
            for k, (layer, width) in enumerate(zip(network.layers, network.widths[1:], strict=True))
        ]
        _, slope = image_twin.gradient(network, weights, x[rows], y[rows], "squared", keep=keep)
        weights = np.where(frozen, weights, weights - 0.05 * slope)
        assert_close(found[step + 1] - start, weights - start)
    assert np.array_equal(found[-1][frozen], start[frozen])


@pytest.mark.parametrize("network", [lenet1989(), lenet1()], ids=lambda it: it.structure)
def test_float32_has_the_error_of_float32(network: Network) -> None:
    rng = np.random.default_rng(0)
    data = problems.numbers(20, network.inputs, network.outputs)
    weights = random_weights(network, rng, 2).astype(np.float32).astype(np.float64)
    both = [
        engine.measure(network, Training(dtype=it), weights, data, gradients=True)[1]
        for it in ("float32", "float64")
    ]
    error = np.linalg.norm(np.subtract(*both), axis=1) / np.linalg.norm(both[1], axis=1)
    assert error.max() < 1e-5
