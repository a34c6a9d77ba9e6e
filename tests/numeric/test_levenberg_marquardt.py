"""Stochastic diagonal Levenberg-Marquardt against the rule of the paper, written in PyTorch."""

from dataclasses import replace
from typing import Any

import image_twin
import numpy as np
import philox
import problems
import pytest
import trials
from image_networks import random_weights
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.network import (
    AvgPool2d,
    Conv2d,
    Dense,
    LocallyConnected2d,
    MaxPool2d,
    Network,
    mlp,
)
from amenable.training import SGD, LevenbergMarquardt, Training, parse_loss

torch = pytest.importorskip("torch")

N = 23
NETWORKS = {
    "dense": mlp(5, 6, 4, 3, activation="scaled_tanh"),
    "shortcuts": Network(5, [Dense(4, "softplus"), Dense(3, "sine", shortcuts=[0]), Dense(3)]),
    "convolutions": Network(
        (2, 5, 5),
        [
            Conv2d(3, 3, padding=1, border=-0.7, activation="scaled_tanh", unit_biases=True),
            AvgPool2d(2, 1, coefficient=True, bias=True, activation="tanh"),
            Conv2d(2, 2, connections=[[0, 1], [2]], padding=1, border="circular"),
            Dense(3, "identity"),
        ],
    ),
    "local": Network((1, 5, 4), [LocallyConnected2d(3, 2, 1), MaxPool2d(2), Dense(3, "identity")]),
}
LOSSES = ("squared", "huber(0.8)", "softmax", "logistic", "squared_hinge(1.0)", "exponential")


def data_for(network: Network, loss: str, **options: Any) -> Dataset:
    if parse_loss(loss)[0] in ("squared", "huber"):
        return problems.numbers(N, network.inputs, 3, **options)
    return problems.classes(N, network.inputs, 3, **options)


def targets(data: Dataset, loss: str) -> Any:
    if data.task == "regression":
        return image_twin.tensor(data.y)
    no = 0.0 if parse_loss(loss)[0] in ("softmax", "logistic") else -1.0
    return image_twin.tensor(np.where(data.y[:, None] == np.arange(3), 1.0, no))


def steps_of_the_paper(
    network: Network, training: Training, data: Dataset, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights (steps + 1, P): the update as it is written down, from seed 5."""
    it = training.optimizer
    assert isinstance(it, LevenbergMarquardt)
    x, y = image_twin.tensor(data.x), targets(data, training.loss)
    count = min(N, it.samples)
    chosen = np.arange(count) * N // count
    per_epoch = 1 if training.batch == "full" else -(-N // int(training.batch))
    path, h = [start], np.zeros_like(start)
    for step in range(training.steps or 0):
        w = path[-1]
        if step % per_epoch == 0:
            h = image_twin.curvature(network, w, x[chosen], y[chosen], training.loss)
        rows = philox.batch_rows(5, step, N, training.batch, training.order)
        _, gradient = image_twin.gradient(network, w, x[rows], y[rows], training.loss)
        path.append(w - it.lr / (it.damping + h) * gradient)
    return np.array(path)


def check(network: Network, training: Training, data: Dataset) -> None:
    start = random_weights(network, np.random.default_rng(3))
    found = trials.weights_at_probes(network, training, data, start=start)[0]
    expected = steps_of_the_paper(network, training, data, start)
    assert np.abs(expected[-1] - start).max() > 0.05, "nothing was learned"
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", NETWORKS)
def test_steps_are_those_of_the_paper(name: str, loss: str) -> None:
    network = NETWORKS[name]
    training = Training(
        LevenbergMarquardt(0.02, 0.1, samples=9),
        loss=loss,
        batch=4,
        steps=30,
        probe_every=1,
        dtype="float64",
    )
    check(network, training, data_for(network, loss))


@pytest.mark.parametrize("batch", [1, 5, "full"])
@pytest.mark.parametrize("samples", [1, 22, 500])
def test_any_batch_and_any_number_of_samples(batch: int | str, samples: int) -> None:
    network = NETWORKS["convolutions"]
    optimizer = LevenbergMarquardt(0.01, 0.05, samples)
    training = Training(
        optimizer, loss="softmax", batch=batch, steps=24, probe_every=1, dtype="float64"
    )
    check(network, training, data_for(network, "softmax"))


@pytest.mark.parametrize("loss", ["squared", "logistic"])
def test_without_hidden_layer_it_is_the_diagonal_of_the_hessian(loss: str) -> None:
    """Gauss and Newton's approximation is then exact; the Hessian is PyTorch's."""
    network = mlp(4, 3)
    data = data_for(network, loss)
    x, y = image_twin.tensor(data.x), targets(data, loss)
    start = random_weights(network, np.random.default_rng(0))
    flat = image_twin.tensor(start)
    hessian = torch.autograd.functional.hessian(
        lambda it: image_twin.loss(network, it, x, y, loss), flat
    )
    _, gradient = image_twin.gradient(network, start, x, y, loss)
    optimizer = LevenbergMarquardt(0.1, damping=1e-3)
    training = Training(optimizer, loss=loss, batch="full", steps=1, dtype="float64")
    end = trials.end_weights(network, training, data, start=start)[0]
    expected = start - 0.1 / (1e-3 + torch.diagonal(hessian).numpy()) * gradient
    np.testing.assert_allclose(end, expected, rtol=1e-10)


def test_samples_count_by_their_weights() -> None:
    """Samples of weight zero might as well not be there."""
    network = NETWORKS["dense"]
    weights = np.ones(N)
    weights[::3] = 0
    data = data_for(network, "squared", weights=weights)
    rest = problems.dataset(data.x[weights > 0], data.y[weights > 0], task="regression")
    training = Training(LevenbergMarquardt(0.05), batch="full", steps=20, dtype="float64")
    start = random_weights(network, np.random.default_rng(3))
    both = [trials.end_weights(network, training, it, start=start) for it in (data, rest)]
    np.testing.assert_allclose(both[0], both[1], rtol=1e-10)


def test_a_straight_loss_has_no_curvature() -> None:
    network = NETWORKS["local"]
    data = data_for(network, "squared")
    training = Training(SGD(0.02), loss="absolute", batch=5, steps=20, dtype="float64")
    ends = [
        trials.end_weights(network, replace(training, optimizer=it), data)
        for it in (SGD(0.02), LevenbergMarquardt(0.02 * 0.25, damping=0.25))
    ]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_float32_is_near_float64(name: str) -> None:
    network = NETWORKS[name]
    data = data_for(network, "softmax")
    start = random_weights(network, np.random.default_rng(3))
    ends = [
        trials.end_weights(
            network,
            Training(LevenbergMarquardt(0.01), loss="softmax", batch=4, steps=30, dtype=dtype),
            data,
            start=start,
        )
        for dtype in ("float32", "float64")
    ]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-3, atol=1e-3)
