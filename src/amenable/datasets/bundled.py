"""The data sets that come with scikit-learn: nothing is downloaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.arrays import frozen
from amenable.datasets.columns import Table
from amenable.datasets.dataset import Dataset
from amenable.datasets.splits import Split
from amenable.datasets.target import Target, check_task
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError


@dataclass(frozen=True, slots=True)
class Bundled:
    """A row of the table, with sizes, so that listing the data sets loads nothing."""

    loader: str  # function of sklearn.datasets
    description: str
    n_samples: int
    n_inputs: int
    n_classes: int  # 0 for regression


BUNDLED: Mapping[str, Bundled] = MappingProxyType(
    {
        "digits": Bundled("load_digits", "handwritten digits, 8 by 8 pixels", 1797, 64, 10),
        "iris": Bundled("load_iris", "species of iris flowers, from petals and sepals", 150, 4, 3),
        "wine": Bundled(
            "load_wine", "wines of three growers, from a chemical analysis", 178, 13, 3
        ),
        "breast-cancer": Bundled(
            "load_breast_cancer",
            "benign and malignant tumours, from their cell nuclei",
            569,
            30,
            2,
        ),
        "diabetes": Bundled("load_diabetes", "progression of diabetes after a year", 442, 10, 0),
    }
)

DIGITS_WHITE = 16.0  # the digits' pixels count 0 to 16 dots of a 4 by 4 block
DIGITS_IMAGE = (1, 8, 8)


def load_bundled(name: str, *, task: str | None = None) -> Unsplit:
    """The data set `name` of the table, standardized; digits are scaled to 0 … 1 instead."""
    row = BUNDLED[name]
    own = "classification" if row.n_classes else "regression"
    check_task(task)
    if task not in (None, own):
        raise DataError(
            f"{name} is a {own} problem, got {task!r}", where="task", hint="leave it out"
        )
    x, target, features = _read(row, own)
    pixels = frozen(x / DIGITS_WHITE, np.float64, f"{name}: x", 2)  # shared by all splits

    def prepare_digits(rows: Split) -> Dataset:
        notes = ["pixels divided by 16, to 0 … 1"]
        return Dataset.of_target(
            name, pixels, target, features, rows, notes=notes, image=DIGITS_IMAGE
        )

    def prepare(rows: Split) -> Dataset:
        return Dataset.prepared(Table.of_numbers(name, x, features), target, rows)

    return Unsplit(name, len(x), target.labels, prepare_digits if name == "digits" else prepare)


def _read(row: Bundled, task: str) -> tuple[NDArray[np.float64], Target, list[str]]:
    import sklearn.datasets

    load: Callable[..., Any] = getattr(sklearn.datasets, row.loader)
    bunch = load()
    if row.n_classes:
        classes = tuple(str(name) for name in bunch.target_names)
        note = f"target: {row.n_classes} classes"
        target = Target(bunch.target.astype(np.int64), task, classes, note)
    else:
        target = Target(bunch.target.astype(np.float64)[:, None], task, (), "target: one number")
    features = [str(feature) for feature in bunch.feature_names]
    return np.asarray(bunch.data, dtype=np.float64), target, features
