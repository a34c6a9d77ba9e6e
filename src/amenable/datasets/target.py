"""What there is to learn: class numbers or real numbers, inferred and noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.source import (
    Source,
    check_number,
    check_numbers,
    did_you_mean,
    listed,
)
from amenable.errors import DataError

TASKS = ("classification", "regression")

MOST_CLASSES = 20
"""Whole numbers with more distinct values than this are treated as quantities.

Small tables rarely have more than 10 to 15 classes (digits, vowels); quality scores go to 20.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A target that has been read."""

    values: NDArray[Any]  # (N,) int64 class numbers, or (N, O) float64
    task: str
    classes: tuple[str, ...]
    note: str
    names: tuple[str, ...] = ()  # the columns; none of arrays

    @property
    def labels(self) -> NDArray[np.int64] | None:
        """Class numbers (N,), or None for regression."""
        return self.values if self.task == "classification" else None


def check_task(task: str | None) -> None:
    """Raise DataError unless `task` is None or a known task."""
    if task is not None and task not in TASKS:
        raise DataError(
            where="task",
            expected="'classification' or 'regression'",
            got=repr(task),
            hint=did_you_mean(str(task), TASKS).removeprefix("; ") or "leave it out to infer it",
        )


def read_target(
    y: NDArray[Any], task: str | None, source: Source, title: str | None = None
) -> Target:
    """Read `y` (N,) or (N, O): numbers, booleans or text.

    Text, booleans, one-hot rows, and whole numbers with few distinct values are classes; all other
    numbers are a regression. `task` overrides this. `title` is the column of a file.
    """
    check_task(task)
    subject = "target y" if title is None else f"target {title!r}"
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim not in (1, 2) or y.size == 0:
        raise DataError(
            f"{source.name}: {subject} has shape {y.shape}; expected (N,) or (N, O), N >= 1"
        )
    if y.dtype.kind not in "biufOUS":
        raise DataError(
            f"{source.name}: {subject} has dtype {y.dtype}; expected numbers, booleans or text"
        )
    if y.ndim == 2:
        return _several(_as_numbers(y, source, None), task, source, subject)
    _refuse_missing(y, source, title)
    if task != "regression" and y.dtype.kind in "bOUS" and not _holds_numbers(y):
        return _classes(_names(y, source, subject), task, source, subject)
    numbers = _as_numbers(y[:, None], source, title)[:, 0]
    if (task or infer_task(numbers)) == "classification":
        return _classes(y, task, source, subject)  # as they came: floats may not stay apart
    return _quantities(numbers, task, source, subject)


def infer_task(numbers: NDArray[np.float64]) -> str:
    """A few whole numbers that repeat are classes; two whole numbers always are."""
    distinct = np.unique(numbers)
    is_whole = bool(np.all(distinct == np.floor(distinct)))
    repeats = distinct.size <= 2 or distinct.size <= numbers.size / 2
    return TASKS[0] if is_whole and repeats and distinct.size <= MOST_CLASSES else TASKS[1]


def class_names(classes: Sequence[str], labels: NDArray[np.int64]) -> NDArray[Any]:
    """Names of classes (N,) by their numbers; as integers, where all names are integers."""
    names = np.array(classes)
    is_whole = all(it == str(_whole(it)) for it in classes)
    return np.asarray((names.astype(np.int64) if is_whole else names)[labels])


def _whole(name: str) -> int | None:
    """The integer that the name of a class is, if it is one that int64 holds."""
    try:
        value = int(name)
    except ValueError:
        return None
    return value if abs(value) < 2**63 else None


def _names(y: NDArray[Any], source: Source, subject: str) -> NDArray[np.str_]:
    """Class names (N,), or DataError if different values would get the same name."""
    known: dict[str, Any] = {}
    for value in y.tolist():
        other = known.setdefault(_text(value), value)
        if other != value:
            raise DataError(
                f"{source.name}: {subject}: the classes {other!r} and {value!r} would have the "
                "same name; rename one"
            )
    return np.array([_text(value) for value in y.tolist()])


def _classes(values: NDArray[Any], task: str | None, source: Source, subject: str) -> Target:
    distinct, labels = np.unique(values, return_inverse=True)
    classes = tuple(_text(value) for value in distinct)
    if len(classes) == 1:
        raise DataError(
            f"{source.name}: {subject} has only one class, {classes[0]!r}, in all "
            f"{values.size} samples; expected at least two: choose another target"
        )
    if len(classes) > max(MOST_CLASSES, values.size / 2):
        is_text = values.dtype.kind == "U"
        raise DataError(
            f"{source.name}: {subject} has {len(classes)} distinct values in "
            f"{values.size} samples, too many to be classes",
            hint="choose another target"
            + ("" if is_text else ", or task='regression' if they are quantities"),
        )
    note = (
        f"{subject}: {len(classes)} classes ({listed(classes, most=6)}), "
        f"{_taken(task)} classification"
    )
    return Target(labels.reshape(-1).astype(np.int64), TASKS[0], classes, note)


def _quantities(
    values: NDArray[np.float64], task: str | None, source: Source, subject: str
) -> Target:
    n_distinct = np.unique(values).size
    if n_distinct == 1:
        raise DataError(
            f"{source.name}: {subject} is {values[0]:g} in all {values.size} samples; "
            "expected it to vary: choose another target"
        )
    note = f"{subject}: {n_distinct} distinct numbers, {_taken(task)} regression"
    return Target(values[:, None], TASKS[1], (), note)


def _several(values: NDArray[np.float64], task: str | None, source: Source, subject: str) -> Target:
    """A target of O > 1 columns: one-hot rows are classes, anything else a regression."""
    width = values.shape[1]
    is_one_hot = bool(np.all((values == 0) | (values == 1)) and np.all(values.sum(axis=1) == 1))
    if is_one_hot and task != "regression":
        labels = values.argmax(axis=1).astype(np.int64)
        if np.unique(labels).size == 1:
            raise DataError(f"{source.name}: {subject} has only one class; expected at least two")
        note = f"target y: one-hot rows of {width}, {_taken(task)} classification"
        return Target(labels, TASKS[0], tuple(str(k) for k in range(width)), note)
    if task == "classification":
        raise DataError(
            f"{source.name}: {subject} has shape {values.shape} and is not one-hot; "
            "for classification expected one class per sample, shape (N,)"
        )
    constant = np.flatnonzero(values.min(axis=0) == values.max(axis=0))
    if constant.size:
        raise DataError(
            f"{source.name}: {subject}: column {constant[0]} is the same in all "
            f"{len(values)} samples; drop it"
        )
    return Target(values, TASKS[1], (), f"target y: {width} columns, {_taken(task)} regression")


def _refuse_missing(y: NDArray[Any], source: Source, title: str | None) -> None:
    if y.dtype.kind not in "fO":
        return
    missing = np.array(
        [v is None or (isinstance(v, float | np.floating) and np.isnan(v)) for v in y]
    )
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise DataError(
            f"{source.cell('y', row, None, title)} has no target value "
            f"({int(missing.sum())} missing of {y.size}); fill it in or drop the row"
        )


def _holds_numbers(y: NDArray[Any]) -> bool:
    """Whether an object array holds Python numbers only."""
    return y.dtype.kind == "O" and all(
        isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in y
    )


def _as_numbers(y: NDArray[Any], source: Source, title: str | None) -> NDArray[np.float64]:
    """`y` (N, O) as finite float64, or DataError at the first value that is not a number."""
    if y.dtype.kind in "OUS":
        for (row, column), value in np.ndenumerate(y):
            place = source.cell("y", row, column if y.shape[1] > 1 else None, title)
            hint = "regression needs numbers: correct it, or choose another target"
            check_number(value, place, hint)
    numbers = y.astype(np.float64)
    check_numbers(numbers, source, "y", [title] * numbers.shape[1])
    return numbers


def _text(value: Any) -> str:
    """A class name, exact, with no needless ``.0`` on numbers."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    text = str(value)
    return text.removesuffix(".0") if isinstance(value, float | np.floating) else text


def _taken(task: str | None) -> str:
    return "treated as" if task is None else "set to"
