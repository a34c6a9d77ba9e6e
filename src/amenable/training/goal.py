"""Goals: the value that a metric must reach on a split for a network to solve its problem."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from amenable.description import Range, choice, did_you_mean, fail, number, quote, settle, short
from amenable.errors import DescriptionError

AT_LEAST, AT_MOST = ">=", "<="
SPLITS = ("training", "validation", "test")

METRICS: Mapping[str, tuple[str, Range]] = MappingProxyType(
    {
        "accuracy": (AT_LEAST, Range(0.0, 1.0)),
        "balanced_accuracy": (AT_LEAST, Range(0.0, 1.0)),
        "f1": (AT_LEAST, Range(0.0, 1.0)),
        "auc": (AT_LEAST, Range(0.0, 1.0)),
        "log_loss": (AT_MOST, Range(0.0)),
        "brier": (AT_MOST, Range(0.0, 2.0)),
        "r2": (AT_LEAST, Range(-math.inf, 1.0)),
        "rmse": (AT_MOST, Range(0.0)),
        "mae": (AT_MOST, Range(0.0)),
        "max_error": (AT_MOST, Range(0.0)),
        "loss": (AT_MOST, Range(0.0)),
    }
)
"""Each metric, with the direction in which it gets better and the values it can have.

Definitions and names are scikit-learn's. Weights of samples and classes enter the loss, but no
metric.

accuracy
    Share of the samples whose class is predicted correctly.
balanced_accuracy
    The mean, over the classes that occur, of the share of their samples that is predicted
    correctly.
f1
    2 c / (n + m), where n samples belong to a class, m are predicted to belong to it, and c are
    both. With two classes, that of the second; with more, the mean over the classes that occur or
    are predicted.
auc
    The area under the ROC curve: how often a sample of the second class scores higher than one of
    the first, where ties count half. With more classes, the mean of each class against the rest,
    by probability with softmax loss and by the class's output with others; classes that do not
    occur are left out. NaN if fewer than two classes occur.
log_loss
    The mean of -log(probability of the true class).
brier
    The mean of (p - y)², where p is the probability of the second of two classes; with more
    classes, summed over them (``scale_by_half=False``).
r2
    1 - squared errors / squared deviations from the mean. With several targets, the mean over
    them; a goal on r2 must be reached by every target.
rmse, mae, max_error
    Root mean squared, mean absolute and largest error, over all samples and targets.
loss
    The loss that training minimizes, without penalties.
"""

CLASS_METRICS = ("accuracy", "balanced_accuracy", "f1", "auc", "log_loss", "brier", "loss")
PROBABILITY_METRICS = ("log_loss", "brier")  # need a loss that gives probabilities
NUMBER_METRICS = ("r2", "rmse", "mae", "max_error", "loss")

GOAL = re.compile(
    r"\s*(?:(?P<split>[A-Za-z]\w*)\s+)?(?P<metric>[A-Za-z]\w*)\s*(?P<comparison>[<>=!]+)\s*(?P<value>\S+)\s*"
)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a network must reach to solve its problem.

    Parameters
    ----------
    metric : str
        A name of `METRICS`.
    comparison : str
        ">=" or "<=": the direction in which the metric is better.
    value : float
        The bound, among the values that the metric can have.
    split : str or None
        "training", "validation", "test", or None: the test rows if the data has any, else the
        validation rows, else the training rows.

    Examples
    --------
    >>> str(Goal("accuracy", ">=", 0.95))
    'accuracy >= 0.95'
    """

    metric: str
    comparison: str
    value: float
    split: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.metric, str) or self.metric not in METRICS:
            hint = did_you_mean(self.metric, METRICS) if isinstance(self.metric, str) else ""
            fail("Goal.metric", f"one of {', '.join(METRICS)}", self.metric, hint)
        comparison, allowed = METRICS[self.metric]
        if self.comparison != comparison:
            hint = f"{self.metric} is better when {'higher' if comparison == AT_LEAST else 'lower'}"
            fail("Goal.comparison", f'"{comparison}" for {self.metric}', self.comparison, hint)
        if self.split is not None:
            settle(self, split=choice("Goal.split", self.split, SPLITS))
        settle(self, value=number("Goal.value", self.value, allowed))

    def __str__(self) -> str:
        words = f"{self.metric} {self.comparison} {self.value!r}"
        return f"{self.split} {words}" if self.split else words


def parse_goal(text: str, field: str = "goal") -> Goal:
    """A goal written as text.

    Parameters
    ----------
    text : str
        "[split] metric >= value" or "<=".
    field : str
        What to call it in an error.

    Raises
    ------
    DescriptionError
        If the text has another form, or the goal could never or always be reached.

    Examples
    --------
    >>> parse_goal("validation loss <= 0.01")
    Goal(metric='loss', comparison='<=', value=0.01, split='validation')
    """
    if not isinstance(text, str):
        fail(field, 'a string like "accuracy >= 0.95"', text)
    match = GOAL.fullmatch(text)
    if match is None:
        fail(
            field, '"metric >= value" or "split metric >= value"', text, 'write "accuracy >= 0.95"'
        )
    split, metric, comparison, written = match.groups()
    try:
        value = float(written)
    except ValueError:
        hint = "write 0.95 for 95 %" if "%" in written else 'write "accuracy >= 0.95"'
        raise DescriptionError(
            where=field, expected=f"a number after {comparison}", got=quote(text), hint=hint
        ) from None
    try:
        return Goal(metric, comparison, value, split)
    except DescriptionError as error:
        raise error.at(field) from error


def describe_goal(text: str) -> str:
    """A goal as one would type it.

    Examples
    --------
    >>> describe_goal("training accuracy >= 1.0")
    'training accuracy >= 1'
    """
    it = parse_goal(text)
    words = f"{it.metric} {it.comparison} {short(it.value)}"
    return f"{it.split} {words}" if it.split else words
