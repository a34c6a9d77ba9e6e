"""The models a network must beat to be worth it: scikit-learn's, on the same inputs and splits.

Settings are the usual ones and are not searched: this says whether a network was needed at all, not
which model is the best.
"""

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.errors import DescriptionError

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

N_STUMPS = 300  # accuracy on digits is 0.85 with 100, 0.87 with 300 and 0.88 with 500
MOST_NEIGHBOURS = 5  # scikit-learn's default
MOST_ITERATIONS = 1000  # of logistic regression; the bundled data sets need fewer than 100

# Limits of time, as sizes: about 3 s each on one core. A kernel machine's time grows with the
# square of the rows, that of stumps with the numbers to sort.
MOST_ROWS = {"kernel machine": 10_000}
MOST_NUMBERS = {"boosted stumps": 300_000}
LEAST_ROWS = 100  # whatever their width


@dataclass(frozen=True, slots=True)
class Baseline:
    """A model that is no network, and how well it did.

    Parameters
    ----------
    name : str
        "majority" or "mean", "logistic regression" or "linear regression",
        "k nearest neighbours", "boosted stumps", "kernel machine".
    metric : str
        "accuracy" or "r2", as for networks: sample weights do not count in it.
    score : float
        Its value; nan where it is not defined or the model could not be fitted.
    split : str
        The split it was scored on: "validation", or "training" where there is no other.
    fit_s : float
        Seconds to fit.
    notes : tuple of str
        What the reader of the score should know.
    """

    name: str
    metric: str
    score: float
    split: str
    fit_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Samples:
    """Rows to fit or to score, weights None where they are all alike."""

    x: NDArray[np.float64]  # (N, I)
    y: NDArray[Any]  # (N,) classes or (N, O) numbers
    weights: NDArray[np.float64] | None  # (N,)

    def __getitem__(self, rows: NDArray[np.int64]) -> "_Samples":
        weights = None if self.weights is None else self.weights[rows]
        return _Samples(self.x[rows], self.y[rows], weights)


def baselines(data: Dataset, seed: int = 0) -> list[Baseline]:
    """Fit the models a network must beat on the training split, score them on the validation split.

    The inputs are taken as they are, which is how networks get them: on columns of very different
    size, scale them first.

    Parameters
    ----------
    data : Dataset
        Without validation rows, the scores are of the training split and say so.
    seed : int
        Fixes ties between stumps, and which rows are drawn where there are too many for a model.

    Returns
    -------
    list of Baseline
        First the floor, which looks at no input; then logistic regression (L2, C = 1), 5 nearest
        neighbours, AdaBoost over 300 stumps and an RBF kernel machine (C = 10); for regression
        linear least squares, 5 nearest neighbours, gradient boosting over 300 stumps (rate 0.1) and
        support vector regression (C = 1, epsilon = 0.05 standard deviations).

    Raises
    ------
    DescriptionError
        If `seed` is not an integer >= 0.

    References
    ----------
    Freund and Schapire 1997, Journal of Computer and System Sciences 55:119-139 (AdaBoost).
    Friedman 2001, Annals of Statistics 29:1189-1232 (gradient boosting).
    Cortes and Vapnik 1995, Machine Learning 20:273-297 (support vectors).

    Examples
    --------
    >>> from amenable.datasets import load
    >>> for baseline in baselines(load("iris")):
    ...     print(f"{baseline.name:22} {baseline.score:.2f}")  # doctest: +ELLIPSIS
    majority               0.33
    logistic regression    ...
    k nearest neighbours   ...
    boosted stumps         ...
    kernel machine         ...
    """
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    random_state = _random_state(seed)
    split = "validation" if data.validation.size else "training"
    scored = _samples(data, getattr(data, split))
    training = _samples(data, data.training)
    if training.weights is not None:
        training = training[np.flatnonzero(training.weights > 0)]
    is_class = data.task == "classification"
    models = (_classifiers if is_class else _regressors)(len(training.x), random_state)
    metric = "accuracy" if is_class else "r2"
    result: list[Baseline] = []
    with threadpool_limits(1):  # on so little work, several threads wait for one another
        for name, model in models.items():
            floor = result[0].score if result else np.nan
            score, fit_s, notes = _measured(name, model, training, scored, floor, random_state)
            result.append(Baseline(name, metric, score, split, fit_s, tuple(notes)))
    return result


def _classifiers(n_rows: int, random_state: int) -> Mapping[str, "BaseEstimator"]:
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    stump = DecisionTreeClassifier(max_depth=1)
    return {
        "majority": DummyClassifier(strategy="most_frequent"),
        "logistic regression": LogisticRegression(max_iter=MOST_ITERATIONS),
        "k nearest neighbours": KNeighborsClassifier(min(MOST_NEIGHBOURS, n_rows), n_jobs=1),
        "boosted stumps": AdaBoostClassifier(
            stump, n_estimators=N_STUMPS, random_state=random_state
        ),
        "kernel machine": SVC(C=10.0),
    }


def _regressors(n_rows: int, random_state: int) -> Mapping[str, "BaseEstimator"]:
    """For targets in standard deviations."""
    from sklearn.dummy import DummyRegressor
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.svm import SVR

    return {
        "mean": DummyRegressor(),
        "linear regression": LinearRegression(),
        "k nearest neighbours": KNeighborsRegressor(min(MOST_NEIGHBOURS, n_rows), n_jobs=1),
        "boosted stumps": GradientBoostingRegressor(
            max_depth=1, n_estimators=N_STUMPS, random_state=random_state
        ),
        "kernel machine": SVR(epsilon=0.05),
    }


def _measured(
    name: str,
    model: "BaseEstimator",
    training: _Samples,
    scored: _Samples,
    floor: float,
    random_state: int,
) -> tuple[float, float, list[str]]:
    """Score, seconds and notes of one model; what goes wrong is a note, never an exception."""
    training, notes = _within_limits(name, training, random_state)
    if training.y.ndim == 1 and np.isfinite(floor) and (training.y == training.y[0]).all():
        return floor, 0.0, [*notes, "the training rows are all of one class, so this guesses it"]
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            columns = _fitted(model, training)
            fit_s = time.perf_counter() - start
            score = _score(columns, scored, training)
        except ValueError as error:  # also numpy's LinAlgError
            fit_s = time.perf_counter() - start
            if "worse than random" in str(error):  # AdaBoost, when its first stump is
                return (
                    floor,
                    fit_s,
                    [*notes, "no stump is better than chance; the score is the majority's"],
                )
            reason = " ".join(str(error).split())
            return float("nan"), fit_s, [*notes, f"could not be fitted: {reason}"]
    return score, fit_s, [*notes, *_told(model, training, caught)]


def _fitted(model: "BaseEstimator", training: _Samples) -> list[Any]:
    """Fitted copies of `model`: one for classes, one for each target column of numbers."""
    from sklearn.base import clone

    weights = {"sample_weight": training.weights} if _takes_weights(model, training) else {}
    if training.y.ndim == 1:
        return [clone(model).fit(training.x, training.y, **weights)]
    centre, size = _scale(training)
    targets = (training.y - centre) / size
    return [clone(model).fit(training.x, target, **weights) for target in targets.T]


def _score(columns: list[Any], scored: _Samples, training: _Samples) -> float:
    """Accuracy, or the share of the variation of all target columns that is explained."""
    predicted = np.stack([column.predict(scored.x) for column in columns], axis=-1)
    if scored.y.ndim == 1:
        return float(np.mean(predicted[:, 0] == scored.y))
    centre, size = _scale(training)
    error = np.sum((predicted * size + centre - scored.y) ** 2)
    variation = np.sum((scored.y - scored.y.mean(axis=0)) ** 2)
    return float(1 - error / variation) if variation > 0 else float("nan")


def _scale(training: _Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (O,) of the targets, 1 for a target that does not vary."""
    deviation = training.y.std(axis=0)
    return training.y.mean(axis=0), np.where(deviation > 0, deviation, 1.0)


def _told(
    model: "BaseEstimator", training: _Samples, caught: list[warnings.WarningMessage]
) -> list[str]:
    from sklearn.exceptions import ConvergenceWarning

    notes = []
    if any(issubclass(warning.category, ConvergenceWarning) for warning in caught):
        notes.append(f"did not converge in {MOST_ITERATIONS} iterations; try scaled inputs")
    if training.weights is not None and not _takes_weights(model, training):
        notes.append("does not use the sample weights")
    return notes


def _takes_weights(model: "BaseEstimator", training: _Samples) -> bool:
    from sklearn.utils.validation import has_fit_parameter

    return training.weights is not None and bool(has_fit_parameter(model, "sample_weight"))


def _within_limits(name: str, training: _Samples, random_state: int) -> tuple[_Samples, list[str]]:
    """As many rows, drawn at random, as the model can be fitted to in seconds."""
    n_rows, n_inputs = training.x.shape
    by_size = MOST_NUMBERS.get(name, n_rows * n_inputs) // n_inputs
    most = max(LEAST_ROWS, min(MOST_ROWS.get(name, n_rows), by_size))
    if n_rows <= most:
        return training, []
    rows = np.random.default_rng(random_state).choice(n_rows, most, replace=False)
    return training[np.sort(rows)], [f"fitted to {most} of {n_rows} training rows"]


def _samples(data: Dataset, rows: NDArray[np.int64]) -> _Samples:
    return _Samples(data.x, data.y, data.weights)[rows]


def _random_state(seed: int) -> int:
    """The seed in the range that scikit-learn takes."""
    try:
        number = -1 if isinstance(seed, bool) else index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise DescriptionError(f"seed: expected an integer >= 0, got {seed!r}; use seed=0")
    return number % 2**32
