"""Which rows train, validate and test: seeded, and stratified if there are classes."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.source import listed
from amenable.errors import DataError

Rows = NDArray[np.int64]
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)
SPLIT_STREAM, CONTROL_STREAM = 1, 3  # the seed's streams; toy problems make points from 0 and 2

VALIDATION = TEST = 0.2
"""Shares of the samples for validation and test; three fifths are left for training.

The two are equal, so that a goal set on the validation rows can be judged as finely on the test
rows. A fifth of 150 rows is 30, on which a fraction is known to about 0.1; to hold out more would
cost training rows, which matter more if there are few.
"""

SHARES = "validation and test"  # what an error is about where it is about both
MOST_SHOWN = 8  # rows that a note names
LEAST_HELD_OUT = 2  # rows that a share is at least: r2 is not defined on one


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
    test: float | None,
    seed: int,
    name: str,
    kept: Rows = NO_ROWS,
) -> Split:
    """Draw the splits of `n_samples` rows.

    With `labels` (N,), every class keeps its share in every split as closely as whole rows allow,
    and at least one row in training: a class with a single sample is never held out. Rows that are
    `kept` are the test split; the others are split.
    """
    check_shares(validation, test)
    if len(kept):
        check_own_test(name, test)
    rest = np.setdiff1d(np.arange(n_samples), kept)
    groups = np.zeros(len(rest), dtype=np.int64) if labels is None else labels[rest]
    counts = np.bincount(groups)
    n_validation = rows_of(validation, len(rest))
    n_test = 0 if len(kept) else rows_of(TEST if test is None else test, len(rest))
    least = max(2, int(np.count_nonzero(counts)))
    if len(rest) - n_test - n_validation < least:
        each = " (one for each class)" if least > 2 else ""
        raise DataError(
            f"{len(rest)} samples are too few for {n_validation} validation, {n_test} test and "
            f"at least {least} training samples{each}",
            where=SHARES,
            hint="add samples, or set validation=0 and test=0",
            places=(name,),
        )
    of_test = apportion(counts, n_test)
    of_validation = apportion(counts - of_test, n_validation)
    order = np.random.default_rng([check_seed(seed), SPLIT_STREAM]).permutation(len(rest))
    parts: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])
    for group in np.flatnonzero(counts):
        rows = order[groups[order] == group]
        cuts = [of_test[group], of_test[group] + of_validation[group]]
        for part, chosen in zip(parts, np.split(rows, cuts), strict=True):
            part.append(rest[chosen])
    held_test, held_validation, training = (np.sort(np.concatenate(part)) for part in parts)
    return Split(training, held_validation, np.sort(kept) if len(kept) else held_test)


def apportion(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Divide `total` among groups in proportion to `counts`, leaving one in each group.

    Whole parts first, then the largest remainders (Hamilton's method).
    """
    quota = counts * (total / max(int(counts.sum()), 1))
    most = np.maximum(counts - 1, 0)
    given: NDArray[np.int64] = np.minimum(np.floor(quota).astype(np.int64), most)
    for _ in range(total - int(given.sum())):
        given[int(np.argmax(np.where(given < most, quota - given, -np.inf)))] += 1
    return given


def held_out_notes(split: Split) -> list[str]:
    """Say which rows are held out; all of them if they are few."""
    parts: list[str] = []
    for rows, purpose in ((split.validation, "validation"), (split.test, "test")):
        shown = ", ".join(str(row) for row in rows[:MOST_SHOWN])
        what = "" if parts else " row" if len(rows) == 1 else " rows"
        more = ", …" if len(rows) > MOST_SHOWN else ""
        parts += [f"{len(rows):,}{what} for {purpose} ({shown}{more})"] if len(rows) else []
    return [f"held out: {' and '.join(parts)}"] if parts else []


def split_notes(split: Split, labels: NDArray[np.int64], classes: tuple[str, ...]) -> list[str]:
    """Say which classes a split lacks; otherwise only a strange metric would show it."""
    notes = []
    for part in ("training", "validation", "test"):
        rows = getattr(split, part)
        present = np.bincount(labels[rows], minlength=len(classes))
        absent = [classes[k] for k in np.flatnonzero(present == 0)]
        if absent and rows.size:
            what = "class" if len(absent) == 1 else "classes"
            notes.append(f"the {part} split has no samples of {what} {listed(absent)}")
    return notes


def check_shares(validation: float, test: float | None) -> None:
    """Raise DataError unless both are shares or numbers of samples; `test` may be None."""
    for title, value in (("validation", validation), ("test", 0 if test is None else test)):
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        is_whole = is_number and isinstance(value, int | np.integer)
        if not (is_number and value >= 0 and (is_whole or value < 1)):
            raise DataError(
                where=title,
                expected="a fraction of the samples below 1, or a whole number of samples",
                got=repr(value),
                hint=f"use {title}=0.2 for a fifth or {title}=0 for none",
            )
    if validation < 1 and test is not None and test < 1 and validation + test >= 1:
        raise DataError(
            f"{validation} and {test} leave nothing to train on",
            where=SHARES,
            hint="their sum must be below 1",
        )


def check_own_test(name: str, test: float | None) -> None:
    """Raise DataError if a test split is requested of data that has its own."""
    if test is not None:
        raise DataError(
            f"{name} has its own test split, got {test}", where="test", hint="leave it out"
        )


def rows_of(share: float, n_samples: int) -> int:
    """How many rows a share means: a fraction is rounded, to at least two; whole numbers stay."""
    if share >= 1 or share == 0:
        return int(share)
    return max(LEAST_HELD_OUT, math.floor(n_samples * share + 0.5))


def check_seed(seed: int) -> int:
    """`seed` as an int >= 0, or DataError."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise DataError(where="seed", expected="an integer >= 0", got=repr(seed))
    return int(seed)
