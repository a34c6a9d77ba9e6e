"""`StudyResults`: trials of a study as arrays, for whoever counts, compares or decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.population.keys import Configuration
from amenable.population.source import DataSummary


@dataclass(frozen=True, slots=True, eq=False)
class StudyResults:
    """T finished trials of C configurations, ordered by configuration, then by seed.

    Parameters
    ----------
    data : DataSummary
        What the study trains on.
    ids : tuple of C int
        The store's numbers of the configurations, ascending.
    settings : tuple of C mappings
        Settings of the space, by name.
    configurations : tuple of C Configuration
        Network and training of each.
    configuration : array of int64 (T,)
        Which entry of the tuples above a trial belongs to.
    seed : array of int64 (T,)
        Its seed.
    status : array of int8 (T,)
        Into `engine.STATUSES`.
    steps : array of int64 (T,)
        Steps taken.
    final : array of float64 (T, 2, 2)
        Training and validation; loss and metric; NaN where not measured.
    """

    data: DataSummary
    ids: tuple[int, ...]
    settings: tuple[Mapping[str, Any], ...]
    configurations: tuple[Configuration, ...]
    configuration: NDArray[np.int64]
    seed: NDArray[np.int64]
    status: NDArray[np.int8]
    steps: NDArray[np.int64]
    final: NDArray[np.float64]
