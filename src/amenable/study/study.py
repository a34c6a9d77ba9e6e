"""`Study`: a file of trials that grows, survives, and answers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from amenable.datasets import Dataset
from amenable.description import boolean, choice, shown
from amenable.engine import Record, check_threads
from amenable.errors import DescriptionError
from amenable.population.checks import as_dataset
from amenable.population.progress import check_progress
from amenable.population.source import DataSummary
from amenable.study.identity import agree, identity
from amenable.study.pace import Pace
from amenable.study.results import StudyResults
from amenable.study.runner import Progress, Runner
from amenable.study.status import Run, Status, status_of
from amenable.study.store import RULES, Keeper, Writer, reading, writing
from amenable.study.wanted import candidates_of, executor_of, policy_for
from amenable.training import Training

if TYPE_CHECKING:
    from amenable.study.executors.base import Executor


class Study:
    """Trials over a space of networks and trainings, kept in one file.

    Parameters
    ----------
    path : str or path
        The file, in SQLite's format; `run` makes it where there is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            raise DescriptionError(f"path: expected the name of a file, got {shown(path)}")
        self.path = Path(path)

    def run(
        self,
        space: Any,
        data: Dataset | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike],
        trainings: Training | Iterable[Training] | None = None,
        *,
        seeds: int | Iterable[int] | None = None,
        policy: Any = None,
        method: str = "grid",
        n: int | None = None,
        draw_seed: int = 0,
        on: Executor | str | None = None,
        keep: str = "best",
        curves: bool = False,
        threads: int | None = None,
        progress: Progress = None,
        description: str = "",
    ) -> Run:
        """Train what is missing."""
        dataset = as_dataset(data)
        choice("keep", keep, RULES)
        if boolean("curves", curves) and keep == "none":
            raise DescriptionError(
                'curves: nothing is kept with keep="none"; use keep="all", or "best"'
            )
        check_threads(threads)
        check_progress(progress)
        wanted = policy_for(seeds, policy)
        candidates = candidates_of(space, dataset, trainings, method, n, draw_seed)
        summary = DataSummary.of(dataset)
        record = Record(curves=curves, weights=keep != "none")
        with writing(self.path) as writer:
            self._begin(writer, identity(summary, keep, curves, description))
            with executor_of(on) as executor:
                executor.open(dataset, record, threads)
                pace = Pace(len(dataset.training), record)
                runner = Runner(writer, executor, Keeper(keep, summary), pace, progress)
                is_interrupted = False
                try:
                    runner.run(wanted, candidates)
                except KeyboardInterrupt:
                    is_interrupted = True
        return Run(runner.n_trials, runner.n_blocks, runner.seconds, is_interrupted)

    def _begin(self, writer: Writer, wanted: dict[str, str]) -> None:
        about = writer.about()
        if about:
            agree(self.path, about, wanted)
        else:
            writer.start(wanted)

    def results(self, where: str | None = None) -> StudyResults:
        """Trials as arrays."""
        with reading(self.path) as store:
            condition = "" if where is None else store.check_condition(where)
            return store.results(condition)

    @property
    def status(self) -> Status:
        """How far the study is."""
        with reading(self.path) as store:
            return status_of(store)

    def __repr__(self) -> str:
        return f"Study({str(self.path)!r})"
