"""Losses and gradients of random networks against PyTorch's autograd in float64.

The error is measured network by network in the Euclidean norm over all parameters:
|g - g'| <= 1e-9 |g'|. (Single elements may cancel to almost nothing, so they have no such bound.)
"""

from dataclasses import replace
from typing import Any

import numpy as np
import problems
import pytest
import trials
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch_training import train
from torch_twin import Twin

from amenable import engine
from amenable.network import ACTIVATIONS, Dense, Network
from amenable.training import SGD, Training

torch = pytest.importorskip("torch")

RELATIVE_ERROR = 1e-9
# Of a gradient that vanishes: some hundred roundings of the terms that ought to cancel
NOTHING = 1e-14
REGRESSION = ("squared", "absolute", "huber(0.7)", "huber(3.0)")
CLASSES = ("logistic", "softmax", "hinge(1.0)", "hinge(0.3)", "squared_hinge(1.5)", "exponential")
PARAMETERS = {"leaky_relu": st.floats(-0.5, 1.5), "elu": st.floats(0.0, 2.0)}

# Widths around the tiles of the core (3 to 6 rows and columns) and its blocks of 96 steps.
widths = st.integers(1, 9) | st.sampled_from([17, 33])


@st.composite
def activations(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(set(ACTIVATIONS) - {"step"})))
    return f"{name}({draw(PARAMETERS[name])!r})" if name in PARAMETERS else name


@st.composite
def networks(draw: st.DrawFn, inputs: int, outputs: int, output: str, dropout: bool) -> Network:
    layers = []
    depth = draw(st.integers(1, 4))
    for k in range(depth):
        is_last = k == depth - 1
        earlier = draw(st.lists(st.integers(0, k - 1), unique=True)) if k else []
        layers.append(
            Dense(
                outputs if is_last else draw(widths),
                output if is_last else draw(activations()),
                bias=draw(st.booleans()),
                dropout=draw(st.sampled_from([0.0, 0.3])) if dropout else 0.0,
                shortcuts=tuple(earlier),
            )
        )
    return Network(inputs, tuple(layers))


@st.composite
def cases(draw: st.DrawFn, *, dropout: bool = False, **training: Any) -> tuple[Any, ...]:
    """A network, a training, data, and a generator for whatever else is random."""
    inputs, n = draw(st.integers(1, 5)), draw(st.integers(3, 40) | st.just(71))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    weights = rng.uniform(0.0, 3.0, n) if draw(st.booleans()) else None
    is_regression = draw(st.booleans())
    class_weights: Any = None
    if is_regression:
        loss, outputs = draw(st.sampled_from(REGRESSION)), draw(st.integers(1, 3))
        data = problems.numbers(n, inputs, outputs, seed=draw(st.integers(0, 99)), weights=weights)
        output = draw(st.just("identity") | activations())
    else:
        loss, n_classes = draw(st.sampled_from(CLASSES + REGRESSION)), draw(st.integers(2, 3))
        data = problems.classes(
            n, inputs, n_classes, seed=draw(st.integers(0, 99)), weights=weights
        )
        outputs, output = data.n_outputs(loss.partition("(")[0]), "identity"
        some = st.tuples(*[st.floats(0.1, 4.0)] * n_classes)
        class_weights = draw(st.none() | st.just("balanced") | some)
    network = draw(networks(inputs, outputs, output, dropout))
    made = Training(loss=loss, class_weights=class_weights, dtype="float64", **training)
    return network, made, data, rng


def random_weights(network: Network, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights (n, P) that neither vanish nor saturate: normal, narrower where there are many."""
    parts = []
    for k, layer in enumerate(network.layers, start=1):
        n_in = network.fan_in(k)
        parts.append(rng.normal(0, 1.2 / np.sqrt(n_in), (n, layer.units * n_in)))
        if layer.bias:
            parts.append(rng.normal(0, 0.5, (n, layer.units)))
    return np.concatenate(parts, axis=1)


def assert_close(found: NDArray[Any], expected: NDArray[Any]) -> None:
    """Rows agree in the Euclidean norm."""
    error = np.linalg.norm(found - expected, axis=-1)
    assert np.all(error <= RELATIVE_ERROR * np.linalg.norm(expected, axis=-1) + NOTHING)


@settings(max_examples=200, deadline=None)
@given(cases(), st.sampled_from([1, 3, 9]))
def test_loss_and_gradient_are_autograds(case: tuple[Any, ...], n: int) -> None:
    network, training, data, rng = case
    weights = random_weights(network, n, rng)
    losses, gradients = engine.measure(network, training, weights, data, gradients=True)
    expected_losses, expected_gradients = Twin(network, training, data).measure(weights)
    np.testing.assert_allclose(losses[:, 0], expected_losses, rtol=RELATIVE_ERROR, atol=NOTHING)
    assert gradients is not None
    assert_close(gradients, expected_gradients)


@settings(max_examples=100, deadline=None)
@given(
    cases(
        dropout=True,
        optimizer=SGD(0.125),
        steps=3,
        probe_every=1,
    ),
    st.sampled_from([1, 4, 7, "full"]),
    st.sampled_from(["shuffled", "sequential", "replacement"]),
    st.sampled_from([0.0, 0.4]),
)
def test_steps_follow_autograd_with_batches_dropout_and_masks(
    case: tuple[Any, ...], batch: int | str, order: str, frozen_share: float
) -> None:
    """Three steps of plain gradient descent: a step is the gradient of its batch."""
    network, training, data, rng = case
    order = "shuffled" if batch == "full" else order
    training = replace(training, batch=batch, order=order)
    start = random_weights(network, 3, rng)
    frozen = rng.random(network.n_parameters) < frozen_share
    seeds = [int(s) for s in rng.integers(0, 2**63, 3)]
    expected = train(Twin(network, training, data), start, seeds, 3, frozen)
    assume(np.abs(expected).max() < 1e3)  # divergence, which magnifies roundings, is not at issue
    found = trials.weights_at_probes(
        network, training, data, seeds, start=start, frozen=frozen if frozen.any() else None
    )
    assert np.array_equal(found[..., frozen], np.repeat(start[:, None, frozen], 4, axis=1))
    scale = np.abs(expected).max()
    assert_close(np.diff(found, axis=1) / scale, np.diff(expected, axis=1) / scale)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("widths", [(97,), (130, 1, 200), (5, 193, 6)])
def test_wide_layers(widths: tuple[int, ...], dtype: str) -> None:
    """Sums of more terms than the core takes at a time; float32 has an error of its own."""
    data, rng = problems.numbers(45, 101, 3), np.random.default_rng(0)
    layers = [Dense(units, shortcuts=(0,) if k else ()) for k, units in enumerate(widths)]
    network = Network(101, (*layers, Dense(3, "identity")))
    training = Training(dtype=dtype)
    weights = random_weights(network, 2, rng).astype(dtype).astype(np.float64)
    losses, gradients = engine.measure(network, training, weights, data, gradients=True)
    twin = Twin(network, training, data, dtype="float64")
    twin.x, twin.y = (it.to(getattr(torch, dtype)).double() for it in (twin.x, twin.y))
    expected_losses, expected = twin.measure(weights)
    assert gradients is not None
    error = np.linalg.norm(gradients - expected, axis=1) / np.linalg.norm(expected, axis=1)
    bound = {"float32": 1e-5, "float64": RELATIVE_ERROR}[dtype]
    assert error.max() <= bound
    np.testing.assert_allclose(losses[:, 0], expected_losses, rtol=bound)
