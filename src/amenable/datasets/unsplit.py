"""`Unsplit`: samples that were read once, and how each split of them becomes a `Dataset`."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.dataset import Dataset
from amenable.datasets.splits import NO_ROWS, Split, split_rows


@dataclass(frozen=True, slots=True)
class Unsplit:
    """What a reader gives: `prepare` scales and encodes by what the training rows say."""

    name: str
    n_samples: int
    labels: NDArray[np.int64] | None  # (N,), to keep every class's share; None for regression
    prepare: Callable[[Split], Dataset]
    n_own_test: int = 0  # of the last rows, which came as test samples and stay those
    is_truth_table: bool = False  # all rows are for training

    def dataset(self, *, validation: float, test: float | None, seed: int) -> Dataset:
        """The samples, split with that seed and prepared."""
        if self.is_truth_table:
            return self.prepare(Split(np.arange(self.n_samples), NO_ROWS, NO_ROWS))
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
