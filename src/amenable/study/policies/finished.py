"""What is finished, looked up by candidate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amenable.answers.trial_table import TrialTable
from amenable.space.candidate import Candidate

NONE = slice(0, 0)


class Finished:
    """The finished trials of a study, by configuration."""

    def __init__(self, results: TrialTable) -> None:
        self.results = results
        self._solved = results.solved
        described = map(results.data.meaning, results.configurations)
        self._slices = dict(zip(described, results.slices(), strict=True))

    def trials(self, candidate: Candidate) -> slice:
        """Where a candidate's trials are, seeds ascending."""
        return self._slices.get(self.results.data.meaning(candidate.configuration), NONE)

    def missing(self, candidate: Candidate, seeds: Sequence[int]) -> Sequence[int]:
        """Those of the seeds, ascending, that are not finished; as a range where they are."""
        present = self.results.seed[self.trials(candidate)]
        n = len(present)
        if not n:
            return seeds
        if n <= len(seeds) and (present == seeds[:n]).all():
            return seeds[n:]
        wanted = np.array(seeds, dtype=np.int64)
        return tuple(np.setdiff1d(wanted, present, assume_unique=True).tolist())

    def solved(self, candidate: Candidate, n: int) -> int | None:
        """How many of the seeds 0 to n - 1 were solved; None where one is not finished."""
        trials = self.trials(candidate)
        if np.searchsorted(self.results.seed[trials], n) < n:
            return None
        return int(np.count_nonzero(self._solved[trials][:n]))

    def of_seeds(self, candidate: Candidate, seeds: Sequence[int]) -> NDArray[np.int64]:
        """Places of the trials with the seeds, ascending, all of which are finished."""
        trials = self.trials(candidate)
        places = np.searchsorted(self.results.seed[trials], np.array(seeds, dtype=np.int64))
        return np.asarray(places + trials.start, dtype=np.int64)
