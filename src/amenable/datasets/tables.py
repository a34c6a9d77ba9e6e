"""Turns columns of numbers and text into a `Dataset`: fills gaps, standardizes, encodes.

Everything is fitted by scikit-learn on the training split, so that held-out rows do not leak.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.dataset import Dataset
from amenable.datasets.source import listed
from amenable.datasets.splits import Split
from amenable.datasets.target import Target
from amenable.errors import DataError

MOST_CATEGORIES = 50
"""The most inputs for a text column; rarer categories share the last. Keeps networks small."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Feature columns: numbers (N, A), NaN if missing, and text (N, B), None if missing."""

    numbers: NDArray[np.float64]
    number_names: tuple[str, ...]
    texts: NDArray[np.object_]
    text_names: tuple[str, ...]

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.float64], names: Sequence[str]) -> "Columns":
        """Columns without text."""
        return cls(numbers, tuple(names), np.empty((len(numbers), 0), dtype=object), ())


def to_dataset(
    name: str, columns: Columns, target: Target, rows: Split, notes: Sequence[str] = ()
) -> Dataset:
    """Encode `columns` and a real-valued target, fitted on the training rows."""
    said = list(notes)
    columns = _without_constants(name, columns, rows.training, said)
    blocks, names = [], []
    for encode in (_encode_numbers, _encode_texts):
        block, titles = encode(columns, rows, said)
        blocks.append(block)
        names += titles
    target = standardized(target, rows.training, said)
    return Dataset.of_target(name, np.hstack(blocks), target, names, rows, notes=said)


def standardized(target: Target, training: NDArray[np.int64], said: list[str]) -> Target:
    """Real targets with mean 0 and standard deviation 1 in training; classes unchanged."""
    if target.task == "classification":
        return target
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(target.values[training])
    centre, scale = (", ".join(f"{v:.6g}" for v in part) for part in (scaler.mean_, scaler.scale_))
    said.append(
        f"target standardized: minus {centre}, divided by {scale} (training split); errors are in "
        "these units"
    )
    return replace(target, values=scaler.transform(target.values))


def _without_constants(
    name: str, columns: Columns, training: NDArray[np.int64], said: list[str]
) -> Columns:
    """Leave out columns with a single value, or none, in the training split."""
    numbers, texts = columns.numbers[training], columns.texts[training]
    varies = np.array([_varies(column[~np.isnan(column)]) for column in numbers.T], dtype=bool)
    differs = np.array([_varies(c[~_is_missing(c)]) for c in texts.T], dtype=bool)
    same = [n for n, keep in zip(columns.number_names, varies, strict=True) if not keep]
    same += [n for n, keep in zip(columns.text_names, differs, strict=True) if not keep]
    if len(same) == len(columns.number_names) + len(columns.text_names):
        raise DataError(
            f"{name}: no feature varies in the training split ({listed(same)} constant); "
            "expected at least one column that varies"
        )
    left_out = set(same)
    if same:
        plural = "s" if len(same) > 1 else ""
        said.append(f"column{plural} {listed(same)} left out: constant in the training split")
    return Columns(
        columns.numbers[:, varies],
        tuple(n for n in columns.number_names if n not in left_out),
        columns.texts[:, differs],
        tuple(n for n in columns.text_names if n not in left_out),
    )


def _is_missing(texts: NDArray[np.object_]) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = np.vectorize(lambda text: text is None, otypes=[bool])(texts)
    return missing


def _varies(present: NDArray[Any]) -> bool:
    return bool(present.size and (present != present[0]).any())


def _encode_numbers(
    columns: Columns, rows: Split, said: list[str]
) -> tuple[NDArray[np.float64], list[str]]:
    """Numbers with mean 0 and standard deviation 1 in training; medians replace missing ones."""
    if not columns.number_names:
        return columns.numbers, []
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    _say_imputed(np.isnan(columns.numbers), columns.number_names, "the median", said)
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    values = pipeline.fit(columns.numbers[rows.training]).transform(columns.numbers)
    said.append("numbers standardized: mean 0, standard deviation 1 in the training split")
    return np.asarray(values), list(columns.number_names)


def _encode_texts(
    columns: Columns, rows: Split, said: list[str]
) -> tuple[NDArray[np.float64], list[str]]:
    """One input per category, or one for two; the most common replaces missing ones."""
    if not columns.text_names:
        return np.empty((len(columns.texts), 0)), []
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    _say_imputed(_is_missing(columns.texts), columns.text_names, "the most common value", said)
    encoder = OneHotEncoder(
        drop="if_binary",
        handle_unknown="infrequent_if_exist",
        max_categories=MOST_CATEGORIES,
        sparse_output=False,
        feature_name_combiner=lambda column, category: f"{column}={category}",
    )
    imputer = SimpleImputer(strategy="most_frequent", missing_values=None)
    pipeline = make_pipeline(imputer, encoder).fit(columns.texts[rows.training])
    with warnings.catch_warnings():  # categories unseen in training become zeros: said below
        warnings.filterwarnings("ignore", "Found unknown categories", UserWarning)
        values = pipeline.transform(columns.texts)
    for i, title in enumerate(columns.text_names):
        known = set(encoder.categories_[i])
        if any(text is not None and text not in known for text in columns.texts[:, i]):
            said.append(
                f"column {title!r} has categories that the training split lacks: encoded as none "
                "of the others"
            )
        if len(known) > MOST_CATEGORIES:
            said.append(f"column {title!r} has {len(known)} categories: the rarest share one input")
    said.append(f"text one-hot encoded: {listed(columns.text_names)}")
    return np.asarray(values), [str(n) for n in encoder.get_feature_names_out(columns.text_names)]


def _say_imputed(
    missing: NDArray[np.bool_], names: Sequence[str], value: str, said: list[str]
) -> None:
    """Note how many values of which columns are missing."""
    counts = missing.sum(axis=0)
    for i in np.flatnonzero(counts).tolist():
        said.append(
            f"column {names[i]!r}: {counts[i]} missing, replaced with {value} of the training split"
        )
