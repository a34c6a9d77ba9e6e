"""Checks of a dataset's arrays: each returns the array or raises."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from amenable.datasets.source import (
    FLOAT32_MAX,
    Source,
    check_number,
    check_numbers,
    listed,
)
from amenable.errors import DataError


def as_array(values: ArrayLike, place: str) -> NDArray[Any]:
    """The values as an array; refuses rows of different lengths, and masked values."""
    try:
        array = np.asanyarray(values)
    except ValueError as error:
        raise DataError(f"{place} is not an array: rows must have equal lengths; {error}") from None
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        first = np.argwhere(np.ma.getmaskarray(array))[0]
        raise DataError(
            f"{place}[{', '.join(map(str, first))}] is masked; fill it in or drop the row"
        )
    return np.asarray(array)


def frozen(values: ArrayLike, dtype: DTypeLike, place: str, ndim: int) -> NDArray[Any]:
    """A read-only, contiguous copy; refuses values of a kind that `dtype` cannot hold.

    Arrays that are read-only already, and not a view of another array, are not copied: splits of
    one table share their samples.
    """
    try:
        given = as_array(values, place)
        if given.size and not np.can_cast(given.dtype, dtype, "same_kind"):
            raise TypeError(f"dtype {given.dtype}")
        is_settled = given.flags.owndata and not given.flags.writeable
        array = (np.asarray if is_settled else np.array)(given, dtype=dtype, order="C")
    except (TypeError, ValueError) as error:
        raise DataError(f"{place}: expected an array of {np.dtype(dtype)}, got {error}") from None
    if array.ndim != ndim:
        raise DataError(f"{place} has shape {array.shape}; expected {ndim} axes")
    array.setflags(write=False)
    return array


def as_inputs(x: ArrayLike, source: Source) -> tuple[NDArray[np.float64], list[str]]:
    """`x` as float64 (N, I), with a note if further axes were flattened."""
    given = as_array(x, f"{source.name}: x")
    if given.ndim < 2:
        raise DataError(
            f"{source.name}: x has shape {given.shape}; expected (N, I), samples by inputs: "
            "use x.reshape(1, -1) for one sample, x.reshape(-1, 1) for one input"
        )
    if 0 in given.shape:
        raise DataError(
            f"{source.name}: x has shape {given.shape}; expected at least one sample and one input"
        )
    notes = []
    if given.ndim > 2:
        width = int(np.prod(given.shape[1:]))
        notes.append(f"samples of shape {given.shape[1:]} flattened to {width} inputs")
        given = given.reshape(len(given), width)
    return _as_floats(given, source), notes


def _as_floats(given: NDArray[Any], source: Source) -> NDArray[np.float64]:
    if given.dtype.kind in "OUS":
        for (row, column), value in np.ndenumerate(given):
            hint = (
                "encode text as numbers, or load it from a CSV file, where categories are encoded"
            )
            check_number(value, source.cell("x", row, column, None), hint)
    elif given.dtype.kind not in "biuf":
        raise DataError(f"{source.name}: x has dtype {given.dtype}; expected real numbers")
    return given.astype(np.float64)


def check_features(features: Sequence[str], n_inputs: int, name: str) -> None:
    """Raise DataError unless there are `n_inputs` unique names."""
    if len(features) != n_inputs:
        raise DataError(
            f"{name}: {len(features)} feature names for {n_inputs} inputs; give {n_inputs}"
        )
    repeated = sorted(feature for feature, count in Counter(features).items() if count > 1)
    if repeated:
        raise DataError(
            f"{name}: feature names must be unique, got {listed(repeated)} more than once"
        )


def check_labels(y: NDArray[np.int64], classes: Sequence[str], name: str) -> None:
    """Raise DataError unless there are two or more classes and every label is a class number."""
    n_classes = len(classes)
    if len(set(classes)) < n_classes:
        raise DataError(f"{name}: class names must be unique, got {listed(classes)}")
    if n_classes < 2:
        raise DataError(f"{name}: expected at least two classes, got {n_classes}")
    outside = np.flatnonzero((y < 0) | (y >= n_classes))
    if outside.size:
        raise DataError(
            f"{name}: y[{outside[0]}] is {y[outside[0]]}; expected a class number "
            f"from 0 to {n_classes - 1}"
        )


def check_splits(splits: Mapping[str, NDArray[np.int64]], n_samples: int, name: str) -> None:
    """Raise DataError unless the splits hold existing rows, each at most once."""
    for split, rows in splits.items():
        outside = rows[(rows < 0) | (rows >= n_samples)]
        if outside.size:
            raise DataError(
                f"{name}: {split} holds row {outside[0]}; expected 0 to {n_samples - 1}"
            )
    uses = np.bincount(np.concatenate(list(splits.values())), minlength=n_samples)
    if uses.max(initial=0) > 1:
        row = int(uses.argmax())
        where = [split for split, rows in splits.items() if row in rows]
        raise DataError(
            f"{name}: row {row} is used {uses[row]} times, in {listed(where)}; expected once"
        )
    if splits["training"].size < 2:
        raise DataError(
            f"{name}: training holds {splits['training'].size} samples; expected at least 2"
        )


def check_weights(
    weights: NDArray[np.float64],
    n_samples: int,
    splits: Mapping[str, NDArray[np.int64]],
    name: str,
) -> None:
    """Raise DataError unless the sample weights are finite, >= 0 and not all zero in a split."""
    if len(weights) != n_samples:
        raise DataError(
            f"{name}: {len(weights)} weights for {n_samples} samples; give one for each"
        )
    bad = np.flatnonzero(~((weights >= 0) & (weights <= FLOAT32_MAX)))
    if bad.size:
        raise DataError(
            f"{name}: weights[{bad[0]}] is {weights[bad[0]]:g}; expected a finite number >= 0, "
            "with 0 to leave a sample out"
        )
    for split, rows in splits.items():
        if len(rows) and not weights[rows].any():
            raise DataError(
                f"{name}: all weights of the {split} split are 0; at least one must be above 0"
            )


def check_inputs(x: NDArray[np.float64], features: Sequence[str], name: str) -> None:
    """Raise DataError at the first input that training cannot represent."""
    if 0 in x.shape:
        raise DataError(
            f"{name}: x has shape {x.shape}; expected at least one sample and one input"
        )
    check_numbers(x, Source(name), "x", list(features))


def constant_notes(x: NDArray[np.float64], features: Sequence[str]) -> list[str]:
    """Say which inputs are the same in all training samples `x` (N, I)."""
    same = [features[i] for i in np.flatnonzero(x.min(axis=0) == x.max(axis=0)).tolist()]
    if not same:
        return []
    what = "input is" if len(same) == 1 else "inputs are"
    return [
        f"{len(same)} {what} constant in the training split, so nothing can be learned there: "
        f"{listed(same)}"
    ]


UNLIKE = 100.0
"""Inputs that differ in size by more than this many times get a note: one step of training then
moves some weights far too much, or others hardly at all."""


def scale_notes(x: NDArray[np.float64], features: Sequence[str]) -> list[str]:
    """Say that inputs of the training samples `x` (N, I) differ too much in size."""
    size = np.maximum(np.abs(x.min(axis=0)), np.abs(x.max(axis=0)))
    each = np.flatnonzero(size)
    if not len(each) or size[each].max() <= UNLIKE * size[each].min():
        return []
    least, most = each[size[each].argmin()], each[size[each].argmax()]
    return [
        f"inputs differ in size: {features[most]!r} goes up to {size[most]:.4g}, "
        f"{features[least]!r} to {size[least]:.4g}; networks learn such inputs badly: scale them, "
        "by scale=True of from_arrays"
    ]
