"""What was recorded of trials, an array for each configuration, since their shapes differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DescriptionError

HOW = {  # to have it recorded, what to pass to train()
    "curves": "curves=True",
    "signals": "signals=True",
    "snapshots": "snapshots=True",
    "weights": "keep_weights=True",
}


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Arrays of T trials of C configurations; a trial finds its own by configuration and row.

    Parameters
    ----------
    configuration, row : array of int64, (T,)
        Where a trial is: which configuration, and which row of its arrays. Row -1 is of trials of
        which a study kept none: arrays end with a row of NaN then.
    probes : tuple of C arrays of int64, (K,)
        Steps of the probes.
    arrays : mapping of str to tuple of C arrays
        Those of "weights" (R, P), "curves" (R, K, 2, 2), "signals" (R, K, L, 5) and "snapshots"
        (R, K, P) that were recorded. Shared with the populations that this one is part of.
    """

    configuration: NDArray[np.int64]
    row: NDArray[np.int64]
    probes: tuple[NDArray[np.int64], ...]
    arrays: Mapping[str, tuple[NDArray[np.float64], ...]]

    def get(self, name: str) -> tuple[NDArray[np.float64], ...]:
        """The arrays of that name, or the error that says how to have them recorded."""
        if name not in self.arrays:
            raise DescriptionError(f"{name}: not recorded; train with {HOW[name]}")
        return self.arrays[name]

    def of_trial(self, name: str, trial: int) -> NDArray[np.float64]:
        """One trial's array, without padding."""
        arrays = self.get(name)
        if self.row[trial] < 0:
            raise DescriptionError(
                f"{name}: not kept of trial {trial}; its study keeps those of the best trial of "
                'each configuration: take trial="best", or begin a study with keep="all"'
            )
        array: NDArray[np.float64] = arrays[self.configuration[trial]][self.row[trial]]
        return array

    def of_configuration(self, name: str, c: int) -> NDArray[np.float64]:
        """The array of one configuration, with its trials in their order."""
        array: NDArray[np.float64] = self.get(name)[c][self.row[self.configuration == c]]
        return array

    def padded(self, name: str) -> NDArray[np.float64]:
        """All trials in one array (T, ...), filled up with NaN."""
        arrays = self.get(name)
        sizes = [array.shape[1:] for array in arrays]
        shape = np.max(sizes, axis=0) if sizes else ()
        result = np.full((len(self.row), *shape), np.nan)
        for c, array in enumerate(arrays):
            trials = np.flatnonzero(self.configuration == c)
            place: tuple[Any, ...] = (trials, *(slice(size) for size in array.shape[1:]))
            result[place] = array[self.row[trials]]
        return result

    def padded_probes(self) -> NDArray[np.float64]:
        """Steps of the probes (T, K), filled up with NaN."""
        longest = max((len(steps) for steps in self.probes), default=0)
        result = np.full((len(self.probes), longest), np.nan)
        for c, steps in enumerate(self.probes):
            result[c, : len(steps)] = steps
        return result[self.configuration]

    def budgets(self) -> NDArray[np.int64]:
        """Steps (T,) after which a trial is exhausted: those of its last probe."""
        return np.array([steps[-1] for steps in self.probes], dtype=np.int64)[self.configuration]

    def select(self, trials: NDArray[np.int64], configurations: NDArray[np.int64]) -> Records:
        """Some trials; `configurations` are those they are of, ascending. Copies no array."""
        return replace(
            self,
            configuration=np.searchsorted(configurations, self.configuration[trials]),
            row=self.row[trials],
            probes=tuple(self.probes[c] for c in configurations),
            arrays={
                name: tuple(arrays[c] for c in configurations)
                for name, arrays in self.arrays.items()
            },
        )
