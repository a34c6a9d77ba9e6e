"""Networks without a hidden layer must end at what least squares and scikit-learn find at once."""

from itertools import pairwise

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from amenable import engine
from amenable.network import Dense, Network, mlp
from amenable.training import Nesterov, Training


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_neuron_with_squared_error_is_least_squares(outputs: int) -> None:
    data = problems.numbers(50, 4, outputs)
    x, y = data.split("training")
    training = Training(Nesterov(0.05), batch="full", steps=3000, dtype="float64")
    weights = trials.end_weights(mlp(4, outputs), training, data)[0]
    solution = np.linalg.lstsq(np.column_stack([x, np.ones(50)]), y, rcond=None)[0]
    expected = [*solution[:-1].T.flat, *solution[-1]]
    np.testing.assert_allclose(weights, expected, rtol=1e-9, atol=1e-12)


def test_weighted_least_squares() -> None:
    weights = np.random.default_rng(0).uniform(0.1, 5.0, 50)
    data = problems.numbers(50, 4, 1, weights=weights)
    x, y = data.split("training")
    training = Training(Nesterov(0.05), batch="full", steps=3000, dtype="float64")
    found = trials.end_weights(mlp(4, 1), training, data)[0]
    root = np.sqrt(weights)[:, None]
    expected = np.linalg.lstsq(root * np.column_stack([x, np.ones(50)]), root * y, rcond=None)[0]
    np.testing.assert_allclose(found, expected[:, 0], rtol=1e-9, atol=1e-12)


def test_a_neuron_with_logistic_loss_is_logistic_regression() -> None:
    data = problems.classes(80, 3)
    x, y = data.split("training")
    training = Training(Nesterov(0.5), loss="logistic", batch="full", steps=6000, dtype="float64")
    weights = trials.end_weights(mlp(3, 1), training, data)[0]
    model = LogisticRegression(C=np.inf, tol=1e-12, solver="newton-cholesky").fit(x, y)
    assert model.score(x, y) < 1, "separable classes have no finite solution"
    np.testing.assert_allclose(weights, [*model.coef_[0], *model.intercept_], rtol=1e-7)


def test_softmax_is_multinomial_regression() -> None:
    """Softmax does not change when all logits move together: compare them about their mean."""
    data = problems.classes(90, 2, 3, seed=4)
    x, y = data.split("training")
    training = Training(Nesterov(0.5), loss="softmax", batch="full", steps=6000, dtype="float64")
    network = mlp(2, 3)
    weights = trials.end_weights(network, training, data)
    model = LogisticRegression(C=np.inf, tol=1e-12, solver="newton-cholesky").fit(x, y)
    assert model.score(x, y) < 1
    found = engine.predict(network, weights, x, dtype="float64")[0]
    np.testing.assert_allclose(centred(found), centred(model.decision_function(x)), atol=1e-6)


def centred(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return logits - logits.mean(axis=1, keepdims=True)


@pytest.mark.parametrize(("dtype", "error"), [("float32", 1e-5), ("float64", 1e-13)])
def test_a_stack_of_identity_layers_is_one_linear_map(dtype: str, error: float) -> None:
    rng = np.random.default_rng(1)
    sizes = (5, 7, 4, 3)
    stack = Network(5, tuple(Dense(units, "identity") for units in sizes[1:]))
    weights = rng.normal(size=(6, stack.n_parameters))
    x = rng.normal(size=(40, 5))
    outputs = engine.predict(stack, weights, x, dtype=dtype)
    for flat, output in zip(weights, outputs, strict=True):
        expected, at = x, 0
        for n_in, n_out in pairwise(sizes):
            w = flat[at : at + n_in * n_out].reshape(n_out, n_in)
            b = flat[at + n_in * n_out : at + n_in * n_out + n_out]
            expected, at = expected @ w.T + b, at + n_in * n_out + n_out
        np.testing.assert_allclose(output, expected, rtol=error, atol=20 * error)


def test_predict_gives_every_layers_outputs() -> None:
    rng = np.random.default_rng(2)
    network = Network(2, (Dense(3, "tanh"), Dense(2, "sine", shortcuts=(0,)), Dense(1, "identity")))
    weights, x = rng.normal(size=(1, network.n_parameters)), rng.normal(size=(9, 2))
    w = weights[0]
    first = np.tanh(x @ w[:6].reshape(3, 2).T + w[6:9])
    second = np.sin(np.hstack([first, x]) @ w[9:19].reshape(2, 5).T + w[19:21])
    third = second @ w[21:23].reshape(1, 2).T + w[23]
    for upto, expected in enumerate([x, first, second, third]):
        found = engine.predict(network, weights, x, upto=upto, dtype="float64")[0]
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)
