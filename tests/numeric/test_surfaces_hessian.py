"""Hessians against those that PyTorch differentiates exactly."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from problems import classes, numbers
from torch_twin import Twin, split_parameters, torch

import amenable as am
from amenable.network import Dense, Network
from amenable.surfaces import curvature, hessian
from amenable.surfaces.hessian import objective_of

DEEP = Network(
    3, (Dense(4, "tanh"), Dense(3, "sigmoid", shortcuts=(0,)), Dense(2, "identity", bias=False))
)
CASES = {
    "tanh squared": (am.mlp(3, 4, 2), numbers(), {}),
    "sigmoid logistic": (am.mlp(3, 4, 3, 1, activation="sigmoid"), classes(), {}),
    "tanh softmax": (am.mlp(3, 5, 3), classes(n_classes=3), {"loss": "softmax"}),
    "balanced": (am.mlp(3, 2, 1), classes(n=20), {"class_weights": (1.0, 3.0)}),
    "shortcuts": (DEEP, numbers(), {}),
    "l2": (am.mlp(3, 4, 2), numbers(), {"l2": 0.3}),
    "l2 on biases": (am.mlp(3, 4, 2), numbers(), {"l2": 0.3, "penalize_biases": True}),
    "relu": (am.mlp(3, 6, 2, activation="relu"), numbers(), {}),
    "huber": (am.mlp(3, 4, 2, activation="gelu"), numbers(), {"loss": "huber(0.7)"}),
}


def exact(network, training, data, flat, split="training"):
    """Objective, gradient and Hessian by PyTorch, with the penalty written out."""
    twin = Twin(network, training, data, split=split, dtype="float64")
    rows = np.arange(len(twin.x))[None]
    penalties = [
        torch.full((int(np.prod(shape)),), training.l2, dtype=torch.float64)
        * float(training.penalize_biases or name.endswith("weight"))
        for name, shape in network.parameter_shapes
    ]
    scale = torch.cat(penalties) / 2

    def objective(v):
        return twin.losses(split_parameters(network, v[None]), rows)[0] + (scale * v**2).sum()

    at = torch.tensor(flat, requires_grad=True)
    (gradient,) = torch.autograd.grad(objective(at), at)
    second = torch.autograd.functional.hessian(objective, at.detach())
    return objective(at).item(), gradient.numpy(), second.numpy()


@pytest.mark.parametrize("name", CASES)
def test_hessian_is_that_of_pytorch(name):
    network, data, options = CASES[name]
    training = am.Training(**options)
    flat = np.random.default_rng(7).normal(size=network.n_parameters)
    model = am.Model(network, flat)
    value, gradient, second = exact(network, training, data, flat)
    found = hessian(model, data, training)
    # two orders above the 1e-12 or so that differences reach; a ReLU whose kink is within a step
    # of a sample would need more, and this one has none
    np.testing.assert_allclose(found, second, atol=1e-10 * np.abs(second).max())
    np.testing.assert_array_equal(found, found.T)
    told = curvature(model, data, training)
    assert told.objective == pytest.approx(value, rel=1e-13)
    assert told.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-12)
    off = np.abs(told.eigenvalues - np.linalg.eigvalsh(second)).max()
    assert off <= told.noise < 1e-8 * np.abs(told.eigenvalues).max()


def test_steep_detectors_need_smaller_steps_and_their_noise_is_told():
    network = am.mlp(1, 2, 1, activation="sigmoid")
    flat = np.array([-1e4, 3e3, 0.4, -0.2, 1.0, -1.0, 0.1])
    data = am.Dataset.from_arrays(
        [[-3e-4], [-1e-4], [1e-4], [2e-4]],
        [0.2, 0.9, -0.3, 0.4],
        validation=0,
        test=0,
        task="regression",
    )
    told = curvature(am.Model(network, flat), data, am.Training())
    second = exact(network, am.Training(), data, flat)[2]
    assert np.abs(told.eigenvalues - np.linalg.eigvalsh(second)).max() <= told.noise
    raw = am.Dataset.from_arrays(
        1e4 * data.x, data.y, validation=0, test=0
    )  # inputs that are not scaled
    flat = np.array([-1.0, 0.3, 0.4, -0.2, 1.0, -1.0, 0.1])
    told = curvature(am.Model(network, flat), raw, am.Training())
    second = exact(network, am.Training(), raw, flat)[2]
    assert np.abs(told.eigenvalues - np.linalg.eigvalsh(second)).max() <= told.noise


def test_it_is_of_the_split_and_in_double_whatever_the_training():
    data = classes(n=40, validation=0.5)
    network = am.mlp(3, 3, 1)
    flat = np.random.default_rng(2).normal(size=network.n_parameters)
    model = am.Model(network, flat)
    second = exact(network, am.Training(), data, flat, "validation")[2]
    for dtype in ("float32", "float64"):
        found = hessian(model, data, replace(am.Training(), dtype=dtype), "validation")
        np.testing.assert_allclose(found, second, atol=1e-10)


def test_blocks_of_columns_change_nothing(monkeypatch):
    network, data, _ = CASES["tanh squared"]
    model = am.Model(network, np.random.default_rng(1).normal(size=network.n_parameters))
    whole = hessian(model, data, am.Training())
    monkeypatch.setattr(sys.modules["amenable.surfaces.hessian"], "BLOCK", 4)
    np.testing.assert_array_equal(hessian(model, data, am.Training()), whole)


def test_gradients_of_the_objective_include_the_penalty():
    network, data, options = CASES["l2"]
    training = am.Training(**options)
    flat = np.random.default_rng(3).normal(size=network.n_parameters)
    found = objective_of(am.Model(network, flat), data, training, "training")
    _, gradient, _ = exact(network, training, data, flat)
    np.testing.assert_allclose(found.gradients(flat[None])[0], gradient, rtol=1e-11, atol=1e-13)


def test_on_a_kink_the_error_is_told():
    """A dead neuron with bias zero is on its kink at the sample (0, 0)."""
    network = am.mlp(2, 3, 1, activation="relu")
    corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    data = am.Dataset.from_arrays(corners, [0, 1, 1, 0], validation=0, test=0)
    flat = np.array([-1.0, -1.0, 1.0, 0.5, 0.7, 0.9, 0.0, 0.1, -0.2, 1.0, -0.8, 0.6, 0.1])
    on, off = flat, flat.copy()
    off[6] = -0.1
    for at in (on, off):
        told = curvature(am.Model(network, at), data, am.Training())
        second = exact(network, am.Training(), data, at)[2]
        assert np.abs(told.eigenvalues - np.linalg.eigvalsh(second)).max() <= told.noise
        assert (told.noise < 1e-8) == (at is off)
