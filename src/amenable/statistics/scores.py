"""Metrics of predictions that are no network's, also for many orders of the targets at once.

The definitions are those of the core (`training.METRICS`), which are scikit-learn's.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_NUMBERS = 2_000_000  # worked on at once

LOSS_DEVIATION = 3.0
"""Deviation of the log loss, or the Brier score, of a row over its mean.

Measured with scikit-learn's logistic regression and MLPClassifier (16 units) on the test rows of
iris, wine, breast-cancer, digits, moons and spirals: 0.6 to 5.6, most below 3.2.
"""

LEAST_R2 = 0.1  # below, the formula would promise too much


@dataclass(frozen=True, slots=True)
class ClassAnswers:
    """What a model says of N samples of C classes.

    Parameters
    ----------
    named : array (N,) of int64
        The class.
    scores : array (N, C) of float64
        The larger, the more likely.
    has_probabilities : bool
        Whether the scores are probabilities.
    """

    named: NDArray[np.int64]
    scores: NDArray[np.float64]
    has_probabilities: bool


def class_scores(
    metric: str, answers: ClassAnswers, y: NDArray[np.int64], orders: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The metric (B,) for the classes y (N,) of the samples in each of B orders (B, N).

    NaN where it is not defined. How many samples a class has is the same in every order, so each
    metric is a sum over samples of what one adds by its class, and a constant.
    """
    adds, constant = _by_class(metric, answers, np.bincount(y, minlength=answers.scores.shape[1]))
    rows = np.arange(len(y))
    result = np.empty(len(orders))
    height = max(1, MOST_NUMBERS // max(1, len(y)))
    for first in range(0, len(orders), height):
        part = orders[first : first + height]
        result[first : first + height] = adds[rows, y[part]].sum(axis=1) + constant
    return result


def _by_class(
    metric: str, answers: ClassAnswers, counts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """What each sample adds if it is of each class (N, C), and the constant."""
    n, n_classes = answers.scores.shape
    is_named = answers.named[:, None] == np.arange(n_classes)
    if metric == "accuracy":
        return is_named / n, 0.0
    if metric == "balanced_accuracy":
        return is_named / np.maximum(counts, 1) / np.count_nonzero(counts), 0.0
    if metric == "f1":
        either = counts + is_named.sum(axis=0)
        share = 2 * is_named / np.maximum(either, 1)
        if n_classes == 2:
            return share * [0, 1], 0.0
        return share / np.count_nonzero(either), 0.0
    if metric == "auc":
        return _ranks(answers.scores, counts)
    if not answers.has_probabilities:
        return np.full((n, n_classes), np.nan), 0.0
    p = answers.scores
    if metric == "log_loss":
        least = np.finfo(np.float64).eps  # as scikit-learn: a vote of five may be zero
        return -np.log(np.clip(p, least, 1 - least)) / n, 0.0
    off = ((p[:, None, :] - np.eye(n_classes)) ** 2).sum(axis=2)
    return off / n / (2 if n_classes == 2 else 1), 0.0


def _ranks(
    scores: NDArray[np.float64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """The area under the ROC curve, of several classes the mean of each against the rest."""
    from scipy.stats import rankdata

    n, n_classes = scores.shape
    adds, constant = np.zeros((n, n_classes)), 0.0
    taken = [c for c in ([1] if n_classes == 2 else range(n_classes)) if 0 < counts[c] < n]
    for c in taken:
        pairs = counts[c] * (n - counts[c]) * len(taken)
        adds[:, c] = rankdata(scores[:, c]) / pairs
        constant -= counts[c] * (counts[c] + 1) / 2 / pairs
    return (adds, constant) if taken else (adds, np.nan)


def number_scores(
    metric: str, answers: NDArray[np.float64], y: NDArray[np.float64], orders: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The metric for the targets y (N, O) of the samples in each of B orders (B, N).

    (B, O) for r2, one for each target; (B, 1) for the others, over all. NaN where a target does
    not vary.
    """
    height = max(1, MOST_NUMBERS // max(1, y.size))
    parts = [
        _number_scores(metric, answers, y[orders[first : first + height]])
        for first in range(0, len(orders), height)
    ]
    return np.concatenate(parts)


def _number_scores(
    metric: str, answers: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    error = np.abs(answers - y)  # (B, N, O)
    if metric == "r2":
        variation = np.sum((y[0] - y[0].mean(axis=0)) ** 2, axis=0)
        share = np.sum(error**2, axis=1) / np.where(variation > 0, variation, np.nan)
        return np.asarray(1 - share)
    if metric == "rmse":
        return np.asarray(np.sqrt(np.mean(error**2, axis=(1, 2)))[:, None])
    if metric == "mae":
        return np.asarray(np.mean(error, axis=(1, 2))[:, None])
    return np.asarray(np.max(error, axis=(1, 2))[:, None])


def score_error(metric: str, value: float, n: int, rarest: int, *, is_class: bool) -> float:
    """Standard error of a model's score over draws of the rows that judge, where it is `value`.

    That of a share for accuracy, and for the measures that look at each class, as on the rows of
    the rarest alone. Errors of a regression are taken for normal. Losses of classes deviate from
    row to row by `LOSS_DEVIATION` times their mean. 0 for `max_error`, of which nothing is known.

    Parameters
    ----------
    metric, value : str, float
        A name of `training.METRICS`, and the score.
    n, rarest : int
        Rows that judge, and those of them that are of the rarest class.
    is_class : bool
        Whether classes are learned.

    Examples
    --------
    >>> print(f"{score_error('accuracy', 0.9, 100, 50, is_class=True):.3f}")
    0.031
    """
    if metric in ("accuracy", "balanced_accuracy", "f1", "auc"):
        rows = n if metric == "accuracy" else max(1, rarest)
        share = (value * rows + 1) / (rows + 2)  # all of 30 is not all for ever
        return math.sqrt(share * (1 - share) / rows)
    if metric == "r2":  # of a correlation that is the root of it
        return 2 * (1 - value) * math.sqrt(max(value, LEAST_R2) / n)
    times = {"rmse": math.sqrt(0.5), "mae": math.sqrt(math.pi / 2 - 1), "max_error": 0.0}
    loss = LOSS_DEVIATION if is_class else math.sqrt(2)
    return abs(value) * times.get(metric, loss) / math.sqrt(n)
