"""Sample weights and class weights: shares of the mean, as scikit-learn weighs."""

import numpy as np
import problems
import pytest
import trials
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from amenable import encoding, engine
from amenable.network import mlp
from amenable.training import SGD, Adam, Training


def test_weight_two_is_a_row_twice() -> None:
    data = problems.numbers()
    weights = np.where(np.arange(21) % 3 == 0, 2.0, 1.0)
    weighted = problems.dataset(data.x, data.y, task="regression", weights=weights)
    rows = np.repeat(np.arange(21), weights.astype(int))
    repeated = problems.dataset(data.x[rows], data.y[rows], task="regression")
    training = Training(Adam(0.01), batch="full", steps=100, dtype="float64")
    network = mlp(3, 5, 2)
    ends = [trials.end_weights(network, training, it, range(3)) for it in (weighted, repeated)]
    np.testing.assert_allclose(*ends, rtol=1e-10, atol=1e-12)
    losses = [
        engine.measure(network, training, ends[0], it)[0][:, 0] for it in (weighted, repeated)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-13)


def test_weight_zero_is_no_row_and_scale_does_not_matter() -> None:
    data = problems.numbers()
    weights = np.where(np.arange(21) < 6, 0.0, 1.0)
    network, training = mlp(3, 5, 2), Training(SGD(0.1), batch="full", steps=50, dtype="float64")
    ends = [
        trials.end_weights(network, training, problems.dataset(*it, task="regression", weights=w))
        for *it, w in [
            (data.x, data.y, weights),
            (data.x, data.y, 8.0 * weights),
            (data.x[6:], data.y[6:], None),
        ]
    ]
    np.testing.assert_allclose(ends[0], ends[2], rtol=1e-11)
    np.testing.assert_allclose(ends[1], ends[2], rtol=1e-11)


def test_batches_of_weight_zero_move_nothing() -> None:
    """A mean over no weight at all is nothing, not NaN."""
    data = problems.numbers(weights=np.where(np.arange(21) < 15, 0.0, 1.0))
    training = Training(SGD(0.1), batch=5, order="sequential", steps=5, probe_every=1)
    path = trials.weights_at_probes(mlp(3, 4, 2), training, data)[0]
    moves = np.abs(np.diff(path, axis=0)).max(axis=1)
    assert np.all(moves[:3] == 0)
    assert np.all(moves[3:] > 0)


def test_loss_is_scikit_learns_weighted_log_loss() -> None:
    weights = np.random.default_rng(0).uniform(0.0, 4.0, 50)
    data = problems.classes(50, weights=weights)
    network = mlp(3, 1)
    w = np.array([[1.0, -0.5, 0.3, 0.2]])
    logits = engine.predict(network, w, data.x, dtype="float64")[0, :, 0]
    found = engine.measure(network, Training(dtype="float64"), w, data)[0][0, 0]
    expected = log_loss(data.y, 1 / (1 + np.exp(-logits)), sample_weight=weights)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_balanced_class_weights_are_scikit_learns(n_classes: int) -> None:
    y = np.repeat(np.arange(n_classes), [5, 12, 4][:n_classes])
    x = np.random.default_rng(0).normal(size=(len(y), 3))
    data = problems.dataset(x, y, task="classification")
    expected = compute_class_weight("balanced", classes=np.arange(n_classes), y=y)
    np.testing.assert_allclose(encoding.class_weights(data, "balanced"), expected, rtol=1e-15)
    network = mlp(3, data.n_outputs())
    by_sample = problems.dataset(
        x, y, task="classification", weights=compute_sample_weight("balanced", y)
    )
    for batch in ("full", 6):
        plain = Training(Adam(0.02), batch=batch, steps=60, dtype="float64")
        balanced = Training(
            Adam(0.02), batch=batch, steps=60, dtype="float64", class_weights="balanced"
        )
        given = Training(
            Adam(0.02), batch=batch, steps=60, dtype="float64", class_weights=tuple(expected)
        )
        ends = [
            trials.end_weights(network, *it)
            for it in [(balanced, data), (given, data), (plain, by_sample), (plain, data)]
        ]
        np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)
        np.testing.assert_allclose(ends[0], ends[2], rtol=1e-12)
        assert np.abs(ends[0] - ends[3]).max() > 1e-3, "balancing should matter here"


def test_balance_is_that_of_the_training_split() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)), np.arange(60) % 4 // 3
    data = problems.dataset(x, y, task="classification", validation=0.3, stratify=False)
    both = np.arange(2)
    expected = compute_class_weight("balanced", classes=both, y=data.y[data.training])
    assert not np.allclose(expected, compute_class_weight("balanced", classes=both, y=y))
    np.testing.assert_allclose(encoding.class_weights(data, "balanced"), expected, rtol=1e-15)
    network, w = mlp(3, 1), np.array([[1.0, -0.5, 0.3, 0.2]])
    training = Training(dtype="float64", class_weights="balanced")
    found = engine.measure(network, training, w, data, "validation")[0][0, 0]
    x, y = data.split("validation")
    p = 1 / (1 + np.exp(-engine.predict(network, w, x, dtype="float64")[0, :, 0]))
    assert found == pytest.approx(log_loss(y, p, sample_weight=expected[y]), rel=1e-12)
