"""Baselines: what they score on known problems, and data that is small, lopsided or strange."""

import sys
from dataclasses import FrozenInstanceError, replace
from math import isnan

import numpy as np
import pytest

from amenable import baselines as module
from amenable.baselines import Baseline, baselines
from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.errors import DescriptionError

CLASSIFIERS = [
    "majority",
    "logistic regression",
    "k nearest neighbours",
    "boosted stumps",
    "gradient boosting",
    "kernel machine",
]
REGRESSORS = ["mean", "linear regression", *CLASSIFIERS[2:]]


def scores(data: Dataset | RepeatedSplits) -> dict[str, Baseline]:
    return {baseline.name: baseline for baseline in baselines(data)}


def clouds(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds, six standard deviations apart."""
    y = np.arange(n) % 2
    x = np.random.default_rng(seed).normal(size=(n, 2)) + 6 * y[:, None]
    return x, y


def test_digits_reach_what_is_known_of_them() -> None:
    found = scores(load("digits"))
    assert list(found) == CLASSIFIERS
    assert all(b.metric == "accuracy" and b.split == "validation" for b in found.values())
    assert found["majority"].score == pytest.approx(0.1, abs=0.02)
    least = {"logistic regression": 0.94, "k nearest neighbours": 0.97, "kernel machine": 0.98}
    for name, score in least.items():
        assert found[name].score >= score
    assert 0.7 < found["boosted stumps"].score < 0.95
    assert all(b.fit_s >= 0 for b in found.values())
    assert found["boosted stumps"].notes[0].startswith("fitted to 781 of 1,")


def test_diabetes_reaches_what_is_known_of_it() -> None:
    found = scores(load("diabetes", test=0))
    assert list(found) == REGRESSORS
    assert all(b.metric == "r2" for b in found.values())
    assert found["mean"].score == pytest.approx(0, abs=0.05)
    for name in REGRESSORS[1:]:
        assert 0.3 < found[name].score < 0.6


def test_xor_is_beyond_a_line_and_beyond_stumps() -> None:
    found = scores(load("xor"))
    assert all(b.split == "training" for b in found.values())
    assert found["majority"].score == found["logistic regression"].score == 0.5
    assert found["boosted stumps"].score == 0.5
    assert found["boosted stumps"].notes == (
        "no stump is better than chance; the score is the majority's",
    )
    assert found["kernel machine"].score == 1.0


def test_a_line_is_found_and_scaling_the_target_changes_nothing() -> None:
    x = np.linspace(-1, 1, 50)[:, None]
    noise = np.random.default_rng(0).normal(size=(50, 1))
    small = scores(Dataset.from_arrays(x, 3 * x + 0.1 * noise))
    large = scores(Dataset.from_arrays(x, 1e6 * (3 * x + 0.1 * noise) + 1e9))
    assert small["linear regression"].score > 0.99
    for name in REGRESSORS:
        assert large[name].score == pytest.approx(small[name].score, abs=1e-4)


def test_r2_is_the_mean_over_targets_and_a_goal_is_held_against_the_least() -> None:
    x = np.linspace(0, 1, 40)[:, None]
    noise = np.random.default_rng(0).normal(size=40)
    data = Dataset.from_arrays(x, np.column_stack([x[:, 0], 10 * noise]), validation=0, test=0)
    found = scores(data)
    slope, intercept = np.polyfit(x[:, 0], data.y[:, 1], 1)
    rest = np.sum((data.y[:, 1] - slope * x[:, 0] - intercept) ** 2)
    least = 1 - rest / np.sum((data.y[:, 1] - data.y[:, 1].mean()) ** 2)
    line = found["linear regression"]
    assert line.score == pytest.approx((1 + least) / 2, abs=1e-9)
    assert line.least == line.on("training") == pytest.approx(least, abs=1e-9)
    assert found["mean"].score == pytest.approx(0, abs=1e-12)
    assert all(np.isfinite(b.score) for b in found.values())


@pytest.mark.parametrize(
    "metric", ["accuracy", "balanced_accuracy", "f1", "auc", "log_loss", "brier"]
)
def test_every_metric_of_classes(metric: str) -> None:
    x, y = clouds(200)
    rare = np.flatnonzero((y == 0) | (np.arange(200) % 10 == 1))
    data = Dataset.from_arrays(x[rare], y[rare], test=0.2)
    found = {it.name: it for it in baselines(data, metric=metric)}
    floor, line, kernel = (
        found[it] for it in ("majority", "logistic regression", "kernel machine")
    )
    sign = -1 if metric in ("log_loss", "brier") else 1
    assert sign * line.score > sign * floor.score
    assert sign * line.test_score > sign * floor.test_score
    assert line.p_value < 0.05 < floor.p_value
    if metric in ("log_loss", "brier"):
        assert kernel.notes == ("gives no probabilities",)
        assert isnan(kernel.score)
    else:
        assert kernel.score == 1.0


@pytest.mark.parametrize("metric", ["r2", "rmse", "mae", "max_error"])
def test_every_metric_of_numbers(metric: str) -> None:
    found = {it.name: it for it in baselines(load("diabetes"), metric=metric)}
    sign = 1 if metric == "r2" else -1
    assert sign * found["linear regression"].score > sign * found["mean"].score
    assert all(it.metric == metric for it in found.values())


def test_a_metric_of_another_task_is_refused() -> None:
    with pytest.raises(DescriptionError, match=r"^metric: expected one of accuracy, .*got 'r2'$"):
        baselines(load("iris"), metric="r2")


def test_scores_of_several_splits_are_means() -> None:
    x, y = clouds(60)
    x += np.random.default_rng(1).normal(size=x.shape) * 3
    data = Dataset.from_arrays(x, y)
    splits = RepeatedSplits(tuple(data.with_split(test=0.2, seed=seed) for seed in range(3)))
    found, each = scores(splits), [scores(it) for it in splits]
    for name, it in found.items():
        assert it.score == pytest.approx(np.mean([one[name].score for one in each]))
        assert it.test_score == pytest.approx(np.mean([one[name].test_score for one in each]))
    again = {it.name: it for it in baselines([data] * 3)}
    assert again["kernel machine"].p_value >= scores(data)["kernel machine"].p_value / 2  # once


def test_validation_rows_are_not_seen() -> None:
    """Labels of noise: only a model that saw the rows could guess them."""
    rng = np.random.default_rng(0)
    data = Dataset.from_arrays(rng.normal(size=(400, 3)), rng.integers(0, 2, 400), validation=0.5)
    assert all(b.score < 0.65 for b in baselines(data))


def test_same_seed_same_scores() -> None:
    data = load("iris")
    assert [b.score for b in baselines(data, seed=3)] == [b.score for b in baselines(data, seed=3)]
    assert all(b.notes == () for b in baselines(data, seed=2**63))  # more than scikit-learn takes


def test_few_rows() -> None:
    x = np.array([[0.0], [1.0], [2.0]])
    found = scores(Dataset.from_arrays(x, ["a", "b", "b"], validation=0, test=0))
    assert found["majority"].score == found["k nearest neighbours"].score == pytest.approx(2 / 3)
    assert found["kernel machine"].score == 1.0
    two = scores(Dataset.from_arrays(x[:2], [0.5, 2.5], validation=0, test=0, task="regression"))
    assert two["linear regression"].score == pytest.approx(1)


def test_one_class_in_training_only() -> None:
    whole = Dataset.from_arrays(*clouds(20), validation=0, test=0)
    data = replace(
        whole, training=np.flatnonzero(whole.y == 0), validation=np.flatnonzero(whole.y == 1)
    )
    found = scores(data)
    assert list(found) == CLASSIFIERS
    assert all(b.score == 0.0 for b in found.values())
    assert "one class" in found["kernel machine"].notes[0]


def test_r2_of_targets_that_do_not_vary_is_not_defined() -> None:
    x = np.arange(10.0)[:, None]
    whole = Dataset.from_arrays(x, np.where(x < 8, x, 2.5), task="regression", validation=0, test=0)
    for held_out in ([8, 9], [9]):
        data = replace(whole, training=np.arange(8), validation=np.array(held_out))
        assert all(isnan(b.score) and b.split == "validation" for b in baselines(data))


def test_a_training_target_that_does_not_vary() -> None:
    x = np.arange(10.0)[:, None]
    whole = Dataset.from_arrays(x, np.where(x < 8, 2.5, x), task="regression", validation=0, test=0)
    data = replace(whole, training=np.arange(8), validation=np.array([8, 9]))
    assert len({round(b.score, 9) for b in baselines(data)}) == 1  # all say 2.5


def test_constant_inputs_are_no_trouble() -> None:
    data = Dataset.from_arrays(np.zeros((20, 3)), np.arange(20) % 2)
    assert all(b.score == 0.5 for b in baselines(data))


def test_huge_inputs_are_no_trouble() -> None:
    x, y = clouds()
    x[::7] *= 1e37
    found = baselines(Dataset.from_arrays(x, y))
    assert [b.name for b in found] == CLASSIFIERS
    targets = x[:, 0] + 0.5
    assert [b.name for b in baselines(Dataset.from_arrays(x, targets))] == REGRESSORS


def test_what_did_not_converge_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ITERATIONS", 2)
    found = scores(load("iris"))
    assert found["logistic regression"].notes == (
        "did not converge in 2 iterations; try scaled inputs",
    )
    assert found["boosted stumps"].notes == ()


def test_weights_count_in_fitting_and_not_in_scoring() -> None:
    x, y = clouds(40)
    x[y == 1] -= 6  # one cloud: only the weights tell
    favoured = np.where(y == 1, 10.0, 1.0)
    data = Dataset.from_arrays(x, y, validation=0, test=0, weights=favoured)
    found = scores(data)
    assert found["majority"].score == 0.5
    assert abs(found["logistic regression"].score - 0.5) < 0.1  # it says class 1 almost always
    assert found["k nearest neighbours"].notes == ("does not use the sample weights",)
    assert found["kernel machine"].notes == ()


def test_rows_of_weight_zero_are_left_out() -> None:
    x, y = clouds(40)
    wrong = np.arange(40) < 20
    weights = np.where(wrong, 0.0, 1.0)
    data = Dataset.from_arrays(
        x, np.where(wrong, 1 - y, y), validation=0, test=0, weights=weights, task="classification"
    )
    found = scores(data)
    for name in CLASSIFIERS[1:]:
        assert found[name].score == 0.5  # right on the half with weight


def test_too_many_rows_for_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.MOST_ROWS, "kernel machine", 120)
    monkeypatch.setitem(module.MOST_NUMBERS, "boosted stumps", 300)
    x, y = clouds(400)
    found = scores(Dataset.from_arrays(x, y, validation=0.5, test=0, weights=np.ones(400)))
    assert found["kernel machine"].notes == ("fitted to 120 of 200 training rows",)
    assert found["boosted stumps"].notes == ("fitted to 150 of 200 training rows",)
    assert found["logistic regression"].notes == ()
    assert all(b.score > 0.95 for name, b in found.items() if name != "majority")


def test_a_model_that_fails_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.svm import SVC

    def fail(*_: object, **__: object) -> None:
        raise ValueError("this data\nis not for me")

    monkeypatch.setattr(SVC, "fit", fail)
    failed = baselines(load("iris"))[-1]
    assert isnan(failed.score)
    assert failed.notes == ("could not be fitted: this data is not for me",)


@pytest.mark.parametrize("seed", [-1, 0.5, None, "0", True, float("nan")])
def test_wrong_seed(seed: object) -> None:
    with pytest.raises(DescriptionError, match=r"^seed: expected an integer >= 0, got "):
        baselines(load("xor"), seed=seed)  # type: ignore[arg-type]


def test_a_baseline_is_a_value() -> None:
    one = Baseline("mean", "r2", 0.0, "validation", 0.1)
    assert one == Baseline("mean", "r2", 0.0, "validation", 0.1)
    assert hash(one) == hash(Baseline("mean", "r2", 0.0, "validation", 0.1, ()))
    with pytest.raises(FrozenInstanceError):
        one.score = 1.0  # type: ignore[misc]


def test_importing_is_light() -> None:
    import subprocess

    code = (
        "import sys, amenable.baselines, amenable.statistics; "
        "print([m for m in ('sklearn', 'scipy', 'polars', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
