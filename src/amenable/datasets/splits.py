"""Which rows train, validate and test: seeded, and stratified where there are classes."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.source import listed
from amenable.errors import DataError

Rows = NDArray[np.int64]
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)
SPLIT_STREAM = 1  # the seed's stream for splits; toy problems draw their points from stream 0


@dataclass(frozen=True, slots=True)
class Split:
    """Ascending row numbers of the three splits, which share no row."""

    training: Rows
    validation: Rows
    test: Rows


def split_rows(
    n_samples: int,
    labels: NDArray[np.int64] | None,
    *,
    validation: float,
    test: float,
    seed: int,
    name: str,
) -> Split:
    """Draw the splits of `n_samples` rows.

    With `labels` (N,), every class keeps its share in every split as nearly as whole rows allow,
    and at least one row in training: a class of one sample is trained on, never held out.
    """
    check_fractions(validation, test)
    groups = np.zeros(n_samples, dtype=np.int64) if labels is None else labels
    counts = np.bincount(groups)
    n_test, n_validation = _held_out(n_samples, test), _held_out(n_samples, validation)
    least = max(2, int(np.count_nonzero(counts)))
    if n_samples - n_test - n_validation < least:
        each = " (one of each class)" if least > 2 else ""
        raise DataError(
            f"{name}: {n_samples} samples are too few for {n_validation} validation and {n_test} "
            f"test samples beside at least {least} to train on{each}; add samples, or set "
            "validation=0 and test=0"
        )
    of_test = apportion(counts, n_test)
    of_validation = apportion(counts - of_test, n_validation)
    order = np.random.default_rng([check_seed(seed), SPLIT_STREAM]).permutation(n_samples)
    parts: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])
    for group in np.flatnonzero(counts):
        rows = order[groups[order] == group]
        cuts = [of_test[group], of_test[group] + of_validation[group]]
        for part, chosen in zip(parts, np.split(rows, cuts), strict=True):
            part.append(chosen)
    held_test, held_validation, training = (np.sort(np.concatenate(part)) for part in parts)
    return Split(training, held_validation, held_test)


def apportion(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Share `total` among groups in proportion to `counts`, leaving each non-empty group one.

    Whole parts first, then the largest remainders (Hamilton's method).
    """
    quota = counts * (total / max(int(counts.sum()), 1))
    most = np.maximum(counts - 1, 0)
    given: NDArray[np.int64] = np.minimum(np.floor(quota).astype(np.int64), most)
    for _ in range(total - int(given.sum())):
        given[int(np.argmax(np.where(given < most, quota - given, -np.inf)))] += 1
    return given


def split_notes(split: Split, labels: NDArray[np.int64], classes: tuple[str, ...]) -> list[str]:
    """Say which classes a split lacks; the reader would otherwise find out by a strange metric."""
    notes = []
    for part, rows in (("training", split.training), ("validation", split.validation)):
        present = np.bincount(labels[rows], minlength=len(classes))
        absent = [classes[k] for k in np.flatnonzero(present == 0)]
        if absent and rows.size:
            what = "class" if len(absent) == 1 else "classes"
            notes.append(f"the {part} split has no sample of {what} {listed(absent)}")
    return notes


def check_fractions(validation: float, test: float) -> None:
    """Raise DataError unless both are fractions that leave something to train on."""
    for title, value in (("validation", validation), ("test", test)):
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (is_number and 0 <= value < 1):
            raise DataError(
                f"{title}: expected a fraction of the samples, 0 <= {title} < 1, got {value!r}; "
                f"use {title}=0.2 for a fifth or {title}=0 for none"
            )
    if validation + test >= 1:
        raise DataError(
            f"validation={validation} and test={test} leave nothing to train on; "
            "their sum must be below 1"
        )


def check_seed(seed: int) -> int:
    """`seed` as an int >= 0, or DataError."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise DataError(where="seed", expected="an integer >= 0", got=repr(seed))
    return int(seed)


def _held_out(n_samples: int, fraction: float) -> int:
    """How many rows a fraction is: rounded, and at least one where any were asked for."""
    return max(1, math.floor(n_samples * fraction + 0.5)) if fraction > 0 else 0
