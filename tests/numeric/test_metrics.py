"""Metrics at the end against scikit-learn's, and the losses' values at far-off outputs."""

import numpy as np
import problems
import pytest
from sklearn import metrics

from amenable import engine
from amenable.network import mlp
from amenable.training import Training

NUMBER_METRICS = {
    "r2": lambda y, z: 1 - ((y - z) ** 2).sum() / ((y - y.mean(axis=0)) ** 2).sum(),
    "rmse": lambda y, z: np.sqrt(metrics.mean_squared_error(y, z)),
    "mae": metrics.mean_absolute_error,
    "max_error": lambda y, z: np.abs(y - z).max(),
}


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("name", NUMBER_METRICS)
def test_metrics_of_numbers(name: str, outputs: int) -> None:
    data = problems.numbers(45, 3, outputs, validation=0.3)
    network = mlp(3, 4, outputs)
    weights = np.random.default_rng(0).normal(size=(3, network.n_parameters))
    goal = f"{name} {'>=' if name == 'r2' else '<='} 0.5"
    training = Training(dtype="float64", goal=goal)
    for split in ("training", "validation"):
        x, y = data.split(split)
        found = engine.measure(network, training, weights, data, split)[0][:, 1]
        outputs_of = engine.predict(network, weights, x, dtype="float64")
        expected = [NUMBER_METRICS[name](y, z) for z in outputs_of]
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    if name == "r2" and outputs == 1:
        assert found[0] == pytest.approx(metrics.r2_score(y, outputs_of[0]), rel=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("loss", ["auto", "softmax", "hinge", "squared", "exponential"])
def test_accuracy(loss: str, n_classes: int) -> None:
    data = problems.classes(60, 3, n_classes)
    network = mlp(3, 4, data.n_outputs(loss))
    weights = np.random.default_rng(1).normal(size=(5, network.n_parameters))
    for targets in [None, (-1.0, 1.0)] if loss == "squared" else [None]:
        training = Training(loss=loss, dtype="float64", targets=targets)
        found = engine.measure(network, training, weights, data)[0][:, 1]
        z = engine.predict(network, weights, data.x, dtype="float64")
        middle = 0.5 if loss == "squared" and targets is None else 0.0
        guesses = z[..., 0] > middle if network.outputs == 1 else z.argmax(axis=-1)
        expected = [metrics.accuracy_score(data.y, guess) for guess in guesses]
        assert found.tolist() == expected
        assert len(set(expected)) > 1


@pytest.mark.parametrize(("dtype", "error"), [("float32", 2e-7), ("float64", 1e-15)])
def test_logistic_and_softmax_do_not_overflow(dtype: str, error: float) -> None:
    """Logits of hundreds: the loss is the logit itself on the wrong side, nothing on the right."""
    x = np.array([[-800.0], [800.0]])
    data = problems.dataset(x, np.array([0, 1]), task="classification")
    training = Training(dtype=dtype, loss="logistic")
    right, wrong = np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])
    assert engine.measure(mlp(1, 1), training, right, data)[0][0, 0] <= error
    assert engine.measure(mlp(1, 1), training, wrong, data)[0][0, 0] == pytest.approx(800)
    softmax = Training(dtype=dtype, loss="softmax")
    right, wrong = np.array([[-1.0, 1.0, 0, 0]]), np.array([[1.0, -1.0, 0, 0]])
    assert engine.measure(mlp(1, 2), softmax, right, data)[0][0, 0] <= error
    losses, gradients = engine.measure(mlp(1, 2), softmax, wrong, data, gradients=True)
    assert losses[0, 0] == pytest.approx(1600)
    assert np.all(np.isfinite(gradients))
