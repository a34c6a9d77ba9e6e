"""`TrialTable`: trials of a population or a study as arrays, for whoever counts or compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.population.keys import Configuration
from amenable.population.questions import Questions
from amenable.population.source import DataSummary

OF_TRIALS = ("configuration", "seed", "status", "steps", "goal_step", "final")  # the arrays (T, …)


@dataclass(frozen=True, slots=True, eq=False)
class TrialTable(Questions):
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
        Network and training of each; some may have no trial yet.
    configuration : array of int64 (T,)
        Which entry of the tuples above a trial belongs to.
    seed : array of int64 (T,)
        Its seed.
    status : array of int8 (T,)
        Into `engine.STATUSES`.
    steps : array of int64 (T,)
        Steps taken.
    goal_step : array of int64 (T,)
        The step that counts as steps to solve; -1 for trials that are not solved.
    final : array of float64 (T, 3, 2)
        Training, validation and test; loss and metric; NaN where not measured.
    is_drawn : bool or None
        Whether the configurations were drawn at random from a larger space; None where that is not
        known, and numbers of more values than a list would have tell.
    n_splits : int
        How often the data was split anew: seed s was trained on split ``s % n_splits``.
    """

    data: DataSummary
    ids: tuple[int, ...]
    settings: tuple[Mapping[str, Any], ...]
    configurations: tuple[Configuration, ...]
    configuration: NDArray[np.int64]
    seed: NDArray[np.int64]
    status: NDArray[np.int8]
    steps: NDArray[np.int64]
    goal_step: NDArray[np.int64]
    final: NDArray[np.float64]
    is_drawn: bool | None = None
    n_splits: int = 1

    def __len__(self) -> int:
        return len(self.seed)

    def table(self) -> TrialTable:
        """Itself."""
        return self

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Whether the goal was met (T,)."""
        return np.asarray(self.status == engine.STATUSES.index("solved"))

    @property
    def judged_on(self) -> str:
        """The split that goals are judged on, where they agree; else the last that was held out."""
        asked = {it.training.goal: it.training for it in self.configurations if it.training.goal}
        splits = {self.data.goal_split(it) for it in asked.values()}
        if len(splits) == 1:
            return splits.pop()
        return "test" if self.data.n_test else self.data.judged_on

    @property
    def units(self) -> NDArray[np.int64]:
        """What trials (T,) have in common besides their configuration: split of the data, or seed.

        Trials of one number count together in intervals and tests.
        """
        if self.n_splits == 1:
            return self.seed
        return (self.seed.astype(np.uint64) % np.uint64(self.n_splits)).astype(np.int64)

    def slices(self) -> list[slice]:
        """Where the trials of each of the C configurations are."""
        edges = np.searchsorted(self.configuration, np.arange(len(self.ids) + 1)).tolist()
        return [slice(low, high) for low, high in pairwise(edges)]

    def with_configurations(
        self,
        ids: Sequence[int],
        settings: Sequence[Mapping[str, Any]],
        configurations: Sequence[Configuration],
    ) -> TrialTable:
        """With configurations that have no trial yet; their numbers are larger than those here."""
        return replace(
            self,
            ids=(*self.ids, *ids),
            settings=(*self.settings, *settings),
            configurations=(*self.configurations, *configurations),
        )

    def with_trials(
        self,
        configuration: NDArray[np.int64],
        seed: NDArray[np.int64],
        status: NDArray[np.int8],
        steps: NDArray[np.int64],
        goal_step: NDArray[np.int64],
        final: NDArray[np.float64],
    ) -> TrialTable:
        """With further trials (T, …), of configurations that are here, in any order."""
        joined = replace(
            self,
            configuration=np.concatenate([self.configuration, configuration]),
            seed=np.concatenate([self.seed, seed]),
            status=np.concatenate([self.status, status]),
            steps=np.concatenate([self.steps, steps]),
            goal_step=np.concatenate([self.goal_step, goal_step]),
            final=np.concatenate([self.final, final]),
        )
        of, which = np.diff(joined.configuration), np.diff(joined.seed)
        if ((of > 0) | ((of == 0) & (which > 0))).all():  # mostly they come in order
            return joined
        order = np.lexsort((joined.seed, joined.configuration))
        return replace(joined, **{name: getattr(joined, name)[order] for name in OF_TRIALS})
