"""Metrics at the end against scikit-learn's, and the losses' values at far-off outputs."""

import numpy as np
import problems
import pytest
from sklearn import metrics

from amenable import engine
from amenable.network import mlp
from amenable.population import train
from amenable.training import METRICS, Training

NUMBER_METRICS = {
    "r2": metrics.r2_score,
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


def brier(y: np.ndarray, p: np.ndarray) -> float:
    """scikit-learn's, which knows more than two classes only since 1.7."""
    if p.shape[1] == 2:
        return float(metrics.brier_score_loss(y, p[:, 1]))
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))


def auc(y: np.ndarray, p: np.ndarray) -> float:
    if p.shape[1] == 2:
        return float(metrics.roc_auc_score(y, p[:, 1]))
    return float(metrics.roc_auc_score(y, p, multi_class="ovr"))


CLASS_METRICS = {  # of classes named and of their probabilities
    "balanced_accuracy": lambda y, guess, p: metrics.balanced_accuracy_score(y, guess),
    "f1": lambda y, guess, p: metrics.f1_score(
        y, guess, average="binary" if p.shape[1] == 2 else "macro"
    ),
    "auc": lambda y, guess, p: auc(y, p),
    "log_loss": lambda y, guess, p: metrics.log_loss(y, p),
    "brier": lambda y, guess, p: brier(y, p),
}


def measured(name: str, loss: str, dtype: str, data, weights: np.ndarray) -> np.ndarray:
    """The metric (T,) of networks on the training split."""
    training = Training(loss=loss, dtype=dtype, goal=f"{name} {METRICS[name][0]} 0.5")
    network = mlp(data.n_inputs, 4, data.n_outputs(loss))
    training.check(network, data.task, data.n_classes)
    return engine.measure(network, training, weights, data)[0][:, 1]


@pytest.mark.parametrize(("dtype", "error"), [("float32", 1e-6), ("float64", 1e-12)])
@pytest.mark.parametrize(("loss", "n_classes"), [("logistic", 2), ("softmax", 2), ("softmax", 4)])
@pytest.mark.parametrize("name", CLASS_METRICS)
def test_metrics_of_classes(name: str, loss: str, n_classes: int, dtype: str, error: float) -> None:
    data = problems.classes(200, 3, n_classes)
    network = mlp(3, 4, data.n_outputs(loss))
    weights = np.random.default_rng(1).normal(size=(20, network.n_parameters))
    found = measured(name, loss, dtype, data, weights)
    x, y = data.split("training")
    z = engine.predict(network, weights, x, dtype=dtype)
    z = np.concatenate([0 * z, z], axis=2) if network.outputs == 1 else z
    p = np.exp(z - z.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    expected = [CLASS_METRICS[name](y, it.argmax(axis=1), it) for it in p]
    np.testing.assert_allclose(found, expected, rtol=error)
    assert len(set(expected)) > 10


@pytest.mark.parametrize("loss", ["hinge", "squared", "exponential", "logistic"])
def test_auc_is_of_outputs_where_these_are_no_probabilities(loss: str) -> None:
    data = problems.classes(100, 3, 3)
    weights = np.random.default_rng(1).normal(size=(5, mlp(3, 4, 3).n_parameters))
    found = measured("auc", loss, "float64", data, weights)
    x, y = data.split("training")
    for value, z in zip(
        found, engine.predict(mlp(3, 4, 3), weights, x, dtype="float64"), strict=True
    ):
        each = [metrics.roc_auc_score(y == c, z[:, c]) for c in range(3)]
        assert value == pytest.approx(np.mean(each), rel=1e-12)


def small(x: list[float], y: list[int], n_classes: int = 2):
    data = problems.dataset(np.array(x)[:, None], np.array(y), task="classification")
    assert data.n_classes == n_classes
    return data


def test_ties_count_half() -> None:
    data = small([0.0, 0.0, 0.0, 1.0, 1.0, -0.0], [0, 1, 1, 0, 1, 0])
    expected = metrics.roc_auc_score(data.y, data.x[:, 0])
    network, training = mlp(1, 1), Training(goal="auc >= 0.5")
    found = engine.measure(network, training, np.array([[1.0, 0.0], [0.0, 3.0]]), data)[0][:, 1]
    assert found.tolist() == [expected, 0.5]


def test_a_class_that_is_absent() -> None:
    """Of three classes one is held out: the others count; of two, nothing is left to rank."""
    three = small([0.0, 1.0, 2.0, 3.0, 9.0], [0, 1, 0, 1, 2], 3)
    held = problems.split(three, training=[0, 1, 2, 3], validation=[4])
    w = np.zeros((1, 6))
    w[0, :3] = [-1.0, 1.0, 0.0]  # scores -x, x, 0
    auc = engine.measure(mlp(1, 3), Training(loss="squared", goal="auc >= 0.5"), w, held)[0][0, 1]
    assert auc == 0.75
    balanced = Training(loss="squared", goal="balanced_accuracy >= 0.5")
    assert engine.measure(mlp(1, 3), balanced, w, held)[0][0, 1] == pytest.approx(
        metrics.balanced_accuracy_score([0, 1, 0, 1], [0, 1, 1, 1])
    )
    two = problems.split(small([0.0, 1.0, 2.0], [0, 0, 1]), training=[0, 1], validation=[2])
    goal = Training(goal="auc >= 0.5")
    assert np.isnan(engine.measure(mlp(1, 1), goal, np.array([[1.0, 0.0]]), two)[0][0, 1])


def test_f1_without_positives_is_zero() -> None:
    held = problems.split(small([0.0, 1.0, 2.0], [0, 0, 1]), training=[0, 1], validation=[2])
    never = np.array([[0.0, -1.0], [0.0, 1.0]])
    found = engine.measure(mlp(1, 1), Training(goal="f1 >= 0.5"), never, held)[0][:, 1]
    assert found.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", ["accuracy", *CLASS_METRICS])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_network_that_gives_nan_reaches_no_goal(name: str, n_classes: int) -> None:
    data = problems.classes(30, 2, n_classes)
    loss = "logistic" if n_classes == 2 else "softmax"
    weights = np.full((1, mlp(2, 4, data.n_outputs(loss)).n_parameters), np.nan)
    value = measured(name, loss, "float32", data, weights)[0]
    assert np.isnan(value) or value == 0


@pytest.mark.parametrize("name", ["accuracy", *CLASS_METRICS])
def test_weights_of_classes_and_samples_count_in_no_metric(name: str) -> None:
    data = problems.classes(60, 3, 2)
    sizes = np.random.default_rng(3).uniform(0.1, 9, data.n_samples)
    weighted = problems.dataset(data.x, data.y, task="classification", weights=sizes)
    network, goal = mlp(3, 4, 1), f"{name} {METRICS[name][0]} 0.5"
    w = np.random.default_rng(1).normal(size=(3, network.n_parameters))
    plain = engine.measure(network, Training(goal=goal), w, data)[0]
    for training, it in (
        (Training(goal=goal, class_weights=(1.0, 3.0)), data),
        (Training(goal=goal), weighted),
    ):
        found = engine.measure(network, training, w, it)[0]
        assert found[:, 1].tolist() == plain[:, 1].tolist()
        assert np.all(found[:, 0] != plain[:, 0])


@pytest.mark.parametrize("name", CLASS_METRICS)
def test_training_ends_at_a_goal_of_every_metric(name: str) -> None:
    """Also with balanced class weights."""
    goal = {"log_loss": "<= 0.2", "brier": "<= 0.05"}.get(name, ">= 0.97")
    training = Training(goal=f"training {name} {goal}", epochs=300, class_weights="balanced")
    found = train(mlp(2, 8, 1), "moons", training, seeds=4)
    assert found.solved.sum() >= 3
    assert found.metric_name == name
    ends = found.metric["training"]
    assert np.array_equal(found.solved, ends >= 0.97 if goal[0] == ">" else ends <= float(goal[3:]))


def test_a_goal_on_r2_is_that_of_the_target_predicted_least_well() -> None:
    x = np.linspace(-1, 1, 40)[:, None]
    noise = np.random.default_rng(0).normal(size=40)
    data = problems.dataset(x, np.column_stack([1000 * x[:, 0], noise]))
    training = Training(goal="training r2 >= 0.4", batch="full", epochs=2000)
    found = train(mlp(1, 2), data, training, seeds=2)
    assert not found.solved.any()
    both = problems.dataset(x, np.column_stack([x[:, 0], 0.1 * noise + x[:, 0]]))
    assert train(mlp(1, 2), both, training, seeds=2).solved.all()


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
