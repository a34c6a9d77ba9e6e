"""`Block`, the unit of work, and `BlockResult`, what became of it. Plain data: they travel.

How requests are cut into blocks is block_size.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amenable.population.keys import Configuration


@dataclass(frozen=True, slots=True)
class Block:
    """Some configurations times some seeds: about a second of work.

    Parameters
    ----------
    number : int
        Unique in one run of a study; results are told apart by it.
    ids : tuple of C int
        The store's numbers of the configurations.
    configurations : tuple of C Configuration
        What to train.
    seeds : tuple of S int
        With which seeds, each of them, in ascending order.
    """

    number: int
    ids: tuple[int, ...]
    configurations: tuple[Configuration, ...]
    seeds: tuple[int, ...]

    @property
    def n_trials(self) -> int:
        """How many trials it is."""
        return len(self.ids) * len(self.seeds)


@dataclass(frozen=True, slots=True, eq=False)
class BlockResult:
    """What became of a block's trials, configuration by configuration and in each seed by seed.

    Parameters
    ----------
    block : Block
        As it was given.
    status : array of int8 (T,)
        Into `engine.STATUSES`; none is "cancelled".
    steps : array of int64 (T,)
        Steps taken.
    goal_step : array of int64 (T,)
        What counts as steps to solve; -1 for trials that are not solved.
    final : array of float64 (T, 3, 2)
        Training, validation and test; loss and metric.
    arrays : mapping of str to tuple of C arrays
        Those of "weights" (S, P), "curves" (S, K, 2, 2) and "probes" (K,) that were asked for.
        Where only the best is kept, S may be 1: the best trial of each configuration in the block.
    seconds : float
        What it took where it ran.
    """

    block: Block
    status: NDArray[np.int8]
    steps: NDArray[np.int64]
    goal_step: NDArray[np.int64]
    final: NDArray[np.float64]
    arrays: Mapping[str, tuple[NDArray[np.float64], ...]] = field(default_factory=dict)
    seconds: float = 0.0
