"""The test of models against guessing: its level on noise, its power on data to learn from."""

import numpy as np
import pytest
from sklearn import metrics

from amenable.baselines import baselines
from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.space import defaults
from amenable.statistics.permutation import best_of_permuted, permutations
from amenable.statistics.scores import ClassAnswers, class_scores, number_scores


def answers_of(y: np.ndarray, n_classes: int, seed: int) -> ClassAnswers:
    """Probabilities that know a little."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(len(y), n_classes)) + np.eye(n_classes)[y]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return ClassAnswers(p.argmax(axis=1), p, has_probabilities=True)


def of_classes(metric: str, y: np.ndarray, it: ClassAnswers) -> float:
    """The metric by scikit-learn."""
    n_classes = it.scores.shape[1]
    if metric == "accuracy":
        return float(metrics.accuracy_score(y, it.named))
    if metric == "balanced_accuracy":
        return float(metrics.balanced_accuracy_score(y, it.named))
    if metric == "f1":
        average = "binary" if n_classes == 2 else "macro"
        return float(metrics.f1_score(y, it.named, average=average))
    if metric == "auc":
        scores = it.scores[:, 1] if n_classes == 2 else it.scores
        return float(metrics.roc_auc_score(y, scores, multi_class="ovr"))
    if metric == "log_loss":
        return float(metrics.log_loss(y, it.scores))
    off = np.mean(np.sum((it.scores - np.eye(n_classes)[y]) ** 2, axis=1))
    return float(off / (2 if n_classes == 2 else 1))


def of_numbers(metric: str, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    if metric == "r2":
        return np.asarray(metrics.r2_score(y, z, multioutput="raw_values"))
    if metric == "rmse":
        return np.array([np.sqrt(metrics.mean_squared_error(y, z))])
    return np.array([metrics.mean_absolute_error(y, z) if metric == "mae" else abs(y - z).max()])


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize(
    "metric", ["accuracy", "balanced_accuracy", "f1", "auc", "log_loss", "brier"]
)
def test_scores_in_every_order_are_those_of_scikit_learn(metric: str, n_classes: int) -> None:
    y = np.random.default_rng(0).permutation(np.minimum(np.arange(60) % 7, n_classes - 1))
    it = answers_of(y, n_classes, 1)
    orders = permutations(60, seed=2, count=20)
    found = class_scores(metric, it, y, orders)
    expected = [of_classes(metric, y[order], it) for order in orders]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("metric", ["r2", "rmse", "mae", "max_error"])
def test_scores_of_numbers_in_every_order(metric: str) -> None:
    rng = np.random.default_rng(0)
    y, z, orders = rng.normal(size=(30, 2)), rng.normal(size=(30, 2)), permutations(30, count=5)
    expected = [of_numbers(metric, y[order], z) for order in orders]
    np.testing.assert_allclose(number_scores(metric, z, y, orders), expected, rtol=1e-12)


def test_the_level_of_the_best_of_several() -> None:
    """Six models that guess at numbers: at 5 % one in twenty draws is called better than chance."""
    rng = np.random.default_rng(0)
    n_found = 0
    for seed in range(1000):
        y, z = rng.normal(size=(20, 1)), rng.normal(size=(6, 20))
        orders = np.concatenate([np.arange(20)[None], permutations(20, seed, count=199)])
        scores = np.concatenate([z @ y, (y[orders[1:], 0] @ z.T).T], axis=1).T
        n_found += bool(best_of_permuted(scores[0], scores[1:]).min() <= 0.05)
    assert 0.035 <= n_found / 1000 <= 0.065  # two standard errors of 0.007


def noise(kind: int, seed: int) -> Dataset:
    """A table in which nothing says anything of the target."""
    rng = np.random.default_rng([kind, seed])
    n = int(rng.integers(50, 301))
    x = rng.normal(size=(n, 5))
    if kind == 0:
        return Dataset.from_arrays(x, rng.normal(size=n), seed=seed)
    shares = ([0.5, 0.5], [0.8, 0.2], [0.4, 0.3, 0.3], [0.25] * 4)[kind - 1]
    y = np.concatenate([np.arange(len(shares)), rng.choice(len(shares), n - len(shares), p=shares)])
    return Dataset.from_arrays(x, y, task="classification", seed=seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", range(5))
def test_noise_has_a_default_goal_in_at_most_one_table_of_twenty(kind: int) -> None:
    """Fewer where few rows make scores tie."""
    n = 40
    with_goal = sum(
        defaults.goal(data, baselines(data))[0] is not None
        for data in (noise(kind, seed) for seed in range(n))
    )
    assert with_goal / n <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / n)


@pytest.mark.slow
def test_noise_has_no_default_goal_over_repeated_splits() -> None:
    n = 20
    with_goal = 0
    for seed in range(n):
        data = noise(seed % 2, seed)
        splits = RepeatedSplits(tuple(data.with_split(seed=i) for i in range(5)))
        with_goal += defaults.goal(splits, baselines(splits))[0] is not None
    assert with_goal / n <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / n)


@pytest.mark.parametrize("name", ["iris", "wine", "breast-cancer", "digits", "diabetes"])
def test_bundled_tables_have_something_to_learn(name: str) -> None:
    data = load(name)
    assert defaults.goal(data, baselines(data))[0] is not None
