"""`Unsplit`: samples read once, and how each split of them becomes a `Dataset`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.dataset import Dataset
from amenable.datasets.repeated import (
    MOST_NUMBERS,
    MOST_ROWS,
    REPEATS,
    WIDE_REPEATS,
    RepeatedSplits,
    seeds_of,
)
from amenable.datasets.splits import NO_ROWS, Split, split_rows


@dataclass(frozen=True, slots=True)
class Unsplit:
    """What a reader returns; `prepare` scales and encodes, fitted on the training rows."""

    name: str
    n_samples: int
    labels: NDArray[np.int64] | None  # (N,), to keep every class's share; None for regression
    prepare: Callable[[Split], Dataset]
    n_own_test: int = 0  # of the last rows, which came as test samples and stay those
    is_toy: bool = False  # its test samples are made, not taken from the others
    is_truth_table: bool = False  # all rows are for training

    def dataset(self, *, validation: float, test: float | None, seed: int) -> Dataset:
        """The samples, split with this seed and prepared."""
        if self.is_truth_table:
            return self.prepare(Split(np.arange(self.n_samples), NO_ROWS, NO_ROWS))
        if self.is_toy:
            test = None if self.n_own_test else 0
        rows = split_rows(
            self.n_samples,
            self.labels,
            validation=validation,
            test=test,
            seed=seed,
            name=self.name,
            kept=np.arange(self.n_samples - self.n_own_test, self.n_samples),
        )
        prepared = self.prepare(rows)
        return replace(prepared, has_own_test=True) if self.n_own_test else prepared

    def repeated(
        self, splits: int | None, *, validation: float, test: float | None, seed: int
    ) -> RepeatedSplits:
        """`splits` splits, each prepared by its own training rows; by default as many as suit."""
        first = self.dataset(validation=validation, test=test, seed=seed)
        if splits is None:
            splits = REPEATS if REPEATS * first.x.size <= MOST_NUMBERS else WIDE_REPEATS
        others = [
            self.dataset(validation=validation, test=test, seed=it)
            for it in seeds_of(first, splits, seed)[1:]
        ]
        return RepeatedSplits.aligned([first, *others])

    def is_small(self, validation: float, test: float | None) -> bool:
        """Whether one split would leave too much to chance: few rows, and no separate test rows."""
        is_split = validation > 0 or test is None or test > 0
        is_table = not self.is_toy and not self.n_own_test
        return is_table and is_split and self.n_samples <= MOST_ROWS
