"""The models a network must beat to be worth it: scikit-learn's, on the same inputs and splits.

Settings are the usual ones and are not searched: this says whether a network was needed at all, not
which model is the best.
"""

import math
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset, RepeatedSplits
from amenable.errors import DescriptionError
from amenable.statistics.permutation import best_of_permuted, permutations
from amenable.statistics.scores import ClassAnswers, class_scores, number_scores
from amenable.training import METRICS

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

N_STUMPS = 100  # accuracy on digits is 0.85 with 100, 0.87 with 300 and 0.88 with 500
MOST_NEIGHBOURS = 5  # scikit-learn's default
MOST_ITERATIONS = 1000  # of logistic regression; the bundled data sets need fewer than 100

# Limits of time, as sizes, so that the same rows are taken whatever the machine is busy with: all
# models together take some seconds on one core. The time of a kernel machine grows with the square
# of the rows to fit, and with their product with the rows to score; that of the others with the
# numbers (rows times inputs) to fit.
MOST_ROWS = {"kernel machine": 3_000}
MOST_NUMBERS = {
    "logistic regression": 1_000_000,
    "linear regression": 5_000_000,
    "k nearest neighbours": 5_000_000,
    "boosted stumps": 50_000,
    "gradient boosting": 200_000,
    "kernel machine": 500_000,
}
LEAST_ROWS = 100  # whatever their width
MOST_SCORED = 2_000  # rows of a split: a share of a half is known to 0.02
MOST_SPLITS = 8
MOST_WORK = 60_000  # numbers times classes of all the splits that are fitted


@dataclass(frozen=True, slots=True)
class Baseline:
    """A model that is no network, and how well it did.

    Parameters
    ----------
    name : str
        "majority" or "mean", "logistic regression" or "linear regression", "k nearest neighbours",
        "boosted stumps", "gradient boosting", "kernel machine".
    metric : str
        "accuracy", "r2" or what was asked for, as for networks: sample weights do not count in it.
    score : float
        Its value, of several splits their mean; NaN where it is not defined or the model could not
        be fitted.
    split : str
        The split it was scored on: "validation", or "training" where there is no other.
    fit_s : float
        Seconds to fit.
    notes : tuple of str
        What the reader of the score should know.
    test_score : float
        The same on the test split; NaN without one.
    least : float
        What a goal on the metric is held against: for r2 of several targets that of the target
        predicted least well, else the score.
    test_least : float
        The same on the test split.
    p_value : float
        Chance that the best of all the models has as high a `least` where the validation targets
        are permuted; NaN where the score is, and without validation rows.
    by_split, test_by_split : tuple of float
        `least` and `test_least` of each split that was fitted.
    """

    name: str
    metric: str
    score: float
    split: str
    fit_s: float
    notes: tuple[str, ...] = ()
    test_score: float = math.nan
    least: float = math.nan
    test_least: float = math.nan
    p_value: float = math.nan
    by_split: tuple[float, ...] = ()
    test_by_split: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in ("score", "test_score", "test_least", "p_value"):
            if getattr(self, name) is None:  # JSON has no NaN
                object.__setattr__(self, name, math.nan)
        if self.least is None or math.isnan(self.least):
            object.__setattr__(self, "least", self.score)
        if math.isnan(self.test_least):
            object.__setattr__(self, "test_least", self.test_score)
        for name in ("by_split", "test_by_split"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def on(self, split: str) -> float:
        """What a goal on that split is held against; NaN where that was not scored."""
        if split == self.split:
            return self.least
        return self.test_least if split == "test" else math.nan

    def each_on(self, split: str) -> tuple[float, ...]:
        """The same of each split of the data by itself."""
        if split == self.split:
            return self.by_split
        return self.test_by_split if split == "test" else ()


@dataclass(frozen=True, slots=True)
class _Samples:
    """Rows to fit or to score, weights None where they are all alike."""

    x: NDArray[np.float64]  # (N, I)
    y: NDArray[Any]  # (N,) classes or (N, O) numbers
    weights: NDArray[np.float64] | None  # (N,)

    def __getitem__(self, rows: NDArray[np.int64]) -> "_Samples":
        weights = None if self.weights is None else self.weights[rows]
        return _Samples(self.x[rows], self.y[rows], weights)


@dataclass(frozen=True, slots=True)
class _Split:
    """A split of the data: rows to fit and to score, and the targets' orders of the test."""

    training: _Samples
    scored: Mapping[str, _Samples]  # by name: validation or training, and test
    fresh: NDArray[np.bool_]  # (N,) of the first of them: rows that no earlier split scored
    orders: NDArray[np.int64]  # (B, fresh rows)
    n_classes: int


def baselines(
    data: Dataset | RepeatedSplits | Sequence[Dataset], seed: int = 0, metric: str | None = None
) -> list[Baseline]:
    """Fit the models a network must beat on the training split, score them on the others.

    The inputs are taken as they are, which is how networks get them: on columns of very different
    size, scale them first. All models together take some seconds: where there are many rows, they
    are fitted to some of them and scored on at most 2,000, and the notes say so.

    Parameters
    ----------
    data : Dataset, RepeatedSplits or sequence of Dataset
        Without validation rows, the scores are of the training split and say so. Of several splits
        up to 8 are fitted, fewer where the data is large, and scores are means.
    seed : int
        Fixes ties between stumps, which rows are drawn where there are too many, and permutations.
    metric : str, optional
        What to measure by; accuracy or r2 by default. Not "loss", which is the networks' own.

    Returns
    -------
    list of Baseline
        First the floor, which looks at no input; then logistic regression (L2, C = 1), 5 nearest
        neighbours, AdaBoost over 100 stumps, histogram gradient boosting (scikit-learn's settings)
        and an RBF kernel machine (C = 10); for regression linear least squares, 5 nearest
        neighbours, gradient boosting over 100 stumps (rate 0.1), histogram gradient boosting and
        support vector regression (C = 1, epsilon = 0.05 standard deviations).

    Raises
    ------
    DescriptionError
        If `seed` is not an integer >= 0, or the metric does not measure such data.

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
    gradient boosting      ...
    kernel machine         ...
    """
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    random_state = _random_state(seed)
    datasets = [data] if isinstance(data, Dataset) else list(data)
    task = datasets[0].task
    measured_by = _checked(metric, task)
    splits = _splits(datasets, random_state)
    split = next(iter(splits[0].scored))
    make = _classifiers if task == "classification" else _regressors
    found: list[_Trial] = []
    names = list(make(1, random_state))  # first, as only what is imported has its threads limited
    with threadpool_limits(1):  # on so little work, several threads wait for one another
        for name in names:
            floor = found[0] if found else None
            trials = [
                _fit(
                    name,
                    make(len(it.training.x), random_state)[name],
                    it,
                    measured_by,
                    None if floor is None else floor.parts[i],
                    random_state,
                )
                for i, it in enumerate(splits)
            ]
            found.append(_Trial(name, trials))
    p_values = _p_values(found, measured_by, is_held_out=split == "validation")
    return [it.baseline(measured_by, split, p) for it, p in zip(found, p_values, strict=True)]


def _checked(metric: str | None, task: str) -> str:
    from amenable.training.goal import CLASS_METRICS, NUMBER_METRICS

    if metric is None:
        return "accuracy" if task == "classification" else "r2"
    known = [
        it for it in (CLASS_METRICS if task == "classification" else NUMBER_METRICS) if it != "loss"
    ]
    if metric not in known:
        raise DescriptionError(
            f"metric: expected one of {', '.join(known)} for {task}, got {metric!r}"
        )
    return metric


def _splits(datasets: Sequence[Dataset], random_state: int) -> list[_Split]:
    """Those that there is time for, with the rows to fit and to score."""
    first = datasets[0]
    rng = np.random.default_rng(random_state)
    work = len(first.training) * first.n_inputs * max(1, first.n_classes)
    name = "validation" if first.validation.size else "training"
    seen: set[int] = set()
    result = []
    for data in datasets[: max(1, min(MOST_SPLITS, MOST_WORK // work))]:
        rows = {it: _drawn(getattr(data, it), rng) for it in (name, "test")}
        # A row that was held out before would count twice in the test against chance.
        fresh = np.array([int(row) not in seen for row in rows[name]], dtype=np.bool_)
        seen |= {int(row) for row in rows[name]}
        training = _samples(data, data.training)
        if training.weights is not None:
            training = training[np.flatnonzero(training.weights > 0)]
        result.append(
            _Split(
                training,
                {it: _samples(data, some) for it, some in rows.items() if some.size},
                fresh,
                permutations(int(fresh.sum()), int(rng.integers(2**32))),
                data.n_classes,
            )
        )
    return result


def _drawn(rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """At most as many as are scored."""
    if len(rows) <= MOST_SCORED:
        return rows
    return np.sort(rng.choice(rows, MOST_SCORED, replace=False))


@dataclass(frozen=True, slots=True)
class _Part:
    """What became of a model on one split: (O,) of r2, else (1,); NaN where it failed."""

    scores: NDArray[np.float64]
    test_scores: NDArray[np.float64]
    permuted: NDArray[np.float64]  # (B, O): of the fresh rows, the first in their own order
    n_fresh: int
    fit_s: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """What became of a model on all splits."""

    name: str
    parts: Sequence[_Part]

    def baseline(self, metric: str, split: str, p_value: float) -> Baseline:
        scores = np.mean([it.scores for it in self.parts], axis=0)
        test = np.mean([it.test_scores for it in self.parts], axis=0)
        return Baseline(
            name=self.name,
            metric=metric,
            score=float(scores.mean()),
            split=split,
            fit_s=sum(it.fit_s for it in self.parts),
            notes=tuple(dict.fromkeys(note for it in self.parts for note in it.notes)),
            test_score=float(test.mean()),
            least=float(scores.min()),
            test_least=float(test.min()),
            p_value=p_value,
            by_split=tuple(float(it.scores.min()) for it in self.parts),
            test_by_split=tuple(float(it.test_scores.min()) for it in self.parts),
        )

    def permuted(self) -> NDArray[np.float64]:
        """Mean over the splits, by their fresh rows, of the least target (B,)."""
        sizes = np.array([it.n_fresh for it in self.parts], dtype=np.float64)
        used = [(it.permuted, n) for it, n in zip(self.parts, sizes, strict=True) if n]
        total = sum(values * n for values, n in used) / sizes.sum()
        return np.asarray(np.min(total, axis=1))


def _p_values(found: Sequence[_Trial], metric: str, is_held_out: bool) -> list[float]:
    """How often the best model does as well on permuted targets."""
    if not is_held_out:
        return [math.nan] * len(found)
    sign = 1.0 if METRICS[metric][0] == ">=" else -1.0
    values = sign * np.stack([it.permuted() for it in found], axis=1)
    return [float(it) for it in best_of_permuted(values[0], values[1:])]


def _classifiers(n_rows: int, random_state: int) -> Mapping[str, "BaseEstimator"]:
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import AdaBoostClassifier, HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    stump = DecisionTreeClassifier(max_depth=1)
    return {
        "majority": DummyClassifier(strategy="prior"),
        "logistic regression": LogisticRegression(max_iter=MOST_ITERATIONS),
        "k nearest neighbours": KNeighborsClassifier(min(MOST_NEIGHBOURS, n_rows), n_jobs=1),
        "boosted stumps": AdaBoostClassifier(
            stump, n_estimators=N_STUMPS, random_state=random_state
        ),
        "gradient boosting": HistGradientBoostingClassifier(random_state=random_state),
        "kernel machine": SVC(C=10.0),
    }


def _regressors(n_rows: int, random_state: int) -> Mapping[str, "BaseEstimator"]:
    """For targets in standard deviations."""
    from sklearn.dummy import DummyRegressor
    from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
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
        "gradient boosting": HistGradientBoostingRegressor(random_state=random_state),
        "kernel machine": SVR(epsilon=0.05),
    }


def _fit(
    name: str,
    model: "BaseEstimator",
    split: _Split,
    metric: str,
    floor: _Part | None,
    random_state: int,
) -> _Part:
    """One model on one split; what goes wrong is a note, never an exception."""
    training, notes = _within_limits(name, split.training, random_state)
    if training.y.ndim == 1 and floor is not None and (training.y == training.y[0]).all():
        return _as(floor, [*notes, "the training rows are all of one class, so this guesses it"])
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            fitted = _fitted(model, training)
            fit_s = time.perf_counter() - start
            said = {
                it: _answers(fitted, rows.x, training, split.n_classes)
                for it, rows in split.scored.items()
            }
        except ValueError as error:  # also numpy's LinAlgError
            fit_s = time.perf_counter() - start
            if floor is not None and "worse than random" in str(error):  # AdaBoost's first stump
                guess = "no stump is better than chance; the score is the majority's"
                return _as(floor, [*notes, guess], fit_s)
            reason = " ".join(str(error).split())
            return _failed(split, fit_s, [*notes, f"could not be fitted: {reason}"])
        notes += _told(model, training, caught)
        part = _scored(said, split, metric)
    if metric in ("log_loss", "brier") and np.isnan(part.scores).all():
        notes.append("gives no probabilities")
    return _as(part, notes, fit_s)


def _as(part: _Part, notes: Iterable[str], fit_s: float = 0.0) -> _Part:
    return _Part(part.scores, part.test_scores, part.permuted, part.n_fresh, fit_s, tuple(notes))


def _failed(split: _Split, fit_s: float, notes: Iterable[str]) -> _Part:
    y = next(iter(split.scored.values())).y
    n_targets = 1 if y.ndim == 1 else y.shape[1]
    none = np.full(n_targets, np.nan)
    permuted = np.full((len(split.orders) + 1, n_targets), np.nan)
    return _Part(none, none, permuted, int(split.fresh.sum()), fit_s, tuple(notes))


def _fitted(model: "BaseEstimator", training: _Samples) -> list[Any]:
    """Fitted copies of `model`: one for classes, one for each target column of numbers."""
    from sklearn.base import clone

    weights = {"sample_weight": training.weights} if _takes_weights(model, training) else {}
    if training.y.ndim == 1:
        return [clone(model).fit(training.x, training.y, **weights)]
    centre, size = _scale(training)
    targets = (training.y - centre) / size
    return [clone(model).fit(training.x, target, **weights) for target in targets.T]


def _answers(
    fitted: list[Any], x: NDArray[np.float64], training: _Samples, n_classes: int
) -> ClassAnswers | NDArray[np.float64]:
    """What the model says: classes, or numbers (N, O) in the units of the targets."""
    if training.y.ndim > 1:
        centre, size = _scale(training)
        return np.asarray(np.stack([it.predict(x) for it in fitted], axis=-1) * size + centre)
    (model,) = fitted
    has_probabilities = hasattr(model, "predict_proba")
    given = model.predict_proba(x) if has_probabilities else model.decision_function(x)
    if given.ndim == 1:  # of two classes, the second's
        given = np.stack([-given, given], axis=1)
    scores = np.full((len(x), n_classes), 0.0 if has_probabilities else -np.inf)
    scores[:, model.classes_] = given  # some class may have no training row
    return ClassAnswers(model.predict(x), scores, has_probabilities)


def _scored(
    said: Mapping[str, ClassAnswers | NDArray[np.float64]], split: _Split, metric: str
) -> _Part:
    """Scores on the rows, and on those that count against chance in every order."""
    first, *others = said
    fresh, rows = split.fresh, split.scored[first]
    scores = _score(metric, said[first], rows.y)
    test = _score(metric, said["test"], split.scored["test"].y) if others else scores * np.nan
    n_fresh = int(fresh.sum())
    own = np.arange(n_fresh)[None]
    answers = _some(said[first], fresh)
    permuted = _score_orders(metric, answers, rows.y[fresh], np.concatenate([own, split.orders]))
    return _Part(scores, test, permuted, n_fresh, 0.0, ())


def _some(
    answers: ClassAnswers | NDArray[np.float64], rows: NDArray[np.bool_]
) -> ClassAnswers | NDArray[np.float64]:
    if isinstance(answers, ClassAnswers):
        return ClassAnswers(answers.named[rows], answers.scores[rows], answers.has_probabilities)
    return np.asarray(answers[rows])


def _score(
    metric: str, answers: ClassAnswers | NDArray[np.float64], y: NDArray[Any]
) -> NDArray[np.float64]:
    """(O,) of r2, one for each target, else (1,)."""
    return np.asarray(_score_orders(metric, answers, y, np.arange(len(y))[None])[0])


def _score_orders(
    metric: str,
    answers: ClassAnswers | NDArray[np.float64],
    y: NDArray[Any],
    orders: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The same (B, O) for targets in each of the orders."""
    if isinstance(answers, ClassAnswers):
        return class_scores(metric, answers, y, orders)[:, None]
    return number_scores(metric, answers, y, orders)


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
    return training[np.sort(rows)], [f"fitted to {most:,} of {n_rows:,} training rows"]


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
