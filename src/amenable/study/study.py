"""`Study`: trials in a file that grows, survives whatever ends a run, and answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from amenable.answers.trial_table import TrialTable
from amenable.datasets import Dataset, RepeatedSplits
from amenable.description import boolean, choice, quote
from amenable.engine import Recording, check_threads
from amenable.errors import DataError, DescriptionError
from amenable.population.checks import as_dataset
from amenable.population.questions import Questions
from amenable.population.source import DataSummary
from amenable.progress import Progress, check_progress
from amenable.space import Space
from amenable.study.arguments import candidates_of, executor_of, policy_for
from amenable.study.identity import agree, identity
from amenable.study.status import Run, Status, status_of
from amenable.study.store import RULES, Keeper, Writer, reading, writing
from amenable.training import Training

if TYPE_CHECKING:
    import polars as pl

    from amenable.answers import Summary
    from amenable.population import Population, TrainedNetwork
    from amenable.study.executors.base import Executor

MOST_SUMMARIZED = 2_000  # configurations, each of which takes some 0.3 ms to sum up


class Study(Questions):
    """Trials over a space of networks and trainings, kept in one file.

    Whatever ends a run (Ctrl-C, a full disk, a lost power supply), what was finished is in the
    file, and the same call goes on where it ended; the end result is the same to the bit. A larger
    space or more seeds extend a study. One process may write, any number may read meanwhile. The
    file is an SQLite database on a local disk; docs/studies.md explains its tables.

    Parameters
    ----------
    path : str or path
        The file; `run` makes it where there is none.

    Raises
    ------
    DescriptionError
        If that is no name of a file.
    FileError
        By what reads or writes: if there is no such file, it is no study, damaged, of a newer
        version, or being written by another process.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from amenable import Training, mlp
    >>> folder = tempfile.TemporaryDirectory()
    >>> study = Study(pathlib.Path(folder.name, "xor.study"))
    >>> networks = [mlp(2, units, 1) for units in (2, 3, 4)]
    >>> training = Training(steps=500, goal="accuracy >= 1")
    >>> study.run(networks, "xor", training, seeds=100)
    300 trials finished.
    >>> study.run(networks, "xor", training, seeds=200)
    300 trials finished.
    >>> study.status.trials
    600
    >>> study.summary("hidden").to_frame()["trials"].to_list()
    [200, 200, 200]
    >>> study.best.network.hidden in [(2,), (3,), (4,)]
    True
    >>> folder.cleanup()
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            raise DescriptionError(where="path", expected="the name of a file", got=quote(path))
        self.path = Path(path)

    def run(
        self,
        space: Any,
        data: Dataset | RepeatedSplits | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike],
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
        command: str = "",
        notes: Mapping[str, Any] | None = None,
    ) -> Run:
        """Train what is missing, and write it down block by block.

        Parameters
        ----------
        space : Space, Network, or several networks or candidates
            What to train.
        data : Dataset, RepeatedSplits, str, path or tuple
            As for `train`. A study is about one data set.
        trainings : Training, or several
            How to train networks; beside a space one, whose fields the settings replace.
        seeds : int, or several
            Of each configuration, 32 by default; in a study they end at 2**63 - 1.
        policy : Policy, optional
            Instead of seeds: which trials are wanted, given those that are finished.
        method : str
            How the space is drawn: "grid", "random", "latin" or "sobol".
        n : int, optional
            How many settings to draw.
        draw_seed : int
            Of the draw.
        on : str or Executor, optional
            Where to train: this process by default, "ray" or "ray://HOST:PORT" for a cluster
            (docs/clusters.md).
        keep : str
            Whose weights to keep: of "none", of the "best" trial of each configuration, of "all".
        curves : bool
            Whether to keep losses and metrics at the probes too, of the same trials.
        threads : int or None
            None for all cores that the process may use. On a cluster, cores of one block; None for
            one.
        progress : bool or callable, optional
            As for `train`.
        description, command : str
            A line about the study, and the command that goes on with it, for who opens it later.
        notes : mapping of str to JSON value, optional
            What else to keep in the table `study`, as `note` does.

        Returns
        -------
        Run
            How many trials it finished. After Ctrl-C `is_interrupted`: call it again to go on.

        Raises
        ------
        DescriptionError
            If an argument is wrong, or the file was begun with another `keep` or `curves`.
        DataError
            If the data cannot be used, or is not what the file's trials were trained on.
        FileError
            If another process writes to the file, it cannot be written, or its trials were
            trained by a version of another series (0.1.x, 0.2.x), which may differ in bits.
        """
        from amenable.study.block_size import BlockSize
        from amenable.study.runner import Runner

        splits = data if isinstance(data, RepeatedSplits) else as_dataset(data)
        dataset = splits[0] if isinstance(splits, RepeatedSplits) else splits
        record = _record(keep, curves)
        check_threads(threads)
        check_progress(progress)
        wanted = policy_for(seeds, policy)
        candidates = candidates_of(space, dataset, trainings, method, n, draw_seed)
        summary = DataSummary.of(splits)
        entries = identity(summary, keep, curves, description)
        asked = {"space": _json(space), "policy": _json(wanted)}
        asked |= {name: entries[name] for name in ("data", "preparations")}
        if isinstance(space, Space):
            asked["draw"] = json.dumps({"method": method, "n": n, "seed": draw_seed})
        asked |= {name: json.dumps(it) for name, it in (notes or {}).items()}
        asked |= {"command": command} if command else {}
        with executor_of(on) as executor, writing(self.path, entries) as writer:
            agree(self.path, writer.about(), entries)
            writer.say(**asked)
            executor.open(splits, record, threads, keep)
            block_size = BlockSize(len(dataset.training), record, _block_threads(executor, threads))
            runner = Runner(writer, executor, Keeper(keep, summary), block_size, progress)
            try:
                runner.run(wanted, candidates)
                is_interrupted = False
            except KeyboardInterrupt:
                is_interrupted = True
            _summarize(writer, runner.results)
        return Run(runner.n_trials, runner.n_blocks, runner.seconds, is_interrupted)

    def results(self, sql: str | None = None) -> TrialTable:
        """Finished trials as arrays.

        Parameters
        ----------
        sql : str, optional
            A condition in SQL on the columns of `to_frame`, such as
            ``"activation = 'tanh' AND lr < 0.1"``.

        Raises
        ------
        DescriptionError
            If the condition is none; lists the columns.
        """
        with reading(self.path) as store:
            return store.results("" if sql is None else store.check_condition(sql))

    def table(self) -> TrialTable:
        """All finished trials as a table: `results` without a condition."""
        return self.results()

    def summary(
        self, by: str | Sequence[str] | None = None, level: float = 0.95, *, sql: str | None = None
    ) -> Summary:
        """A row for each configuration, or each group by settings; best first.

        Parameters
        ----------
        by : str, or several, optional
            Settings that tell groups apart, as in `amenable.answers.summary`.
        level : float
            Coverage of the intervals.
        sql : str, optional
            Which trials, as for `results`.

        Raises
        ------
        DescriptionError
            If the condition is none, or there is no setting of that name.
        """
        from amenable import answers

        with reading(self.path) as store:
            condition = "" if sql is None else store.check_condition(sql)
            results = store.results(condition, is_brief=True)
        return answers.summary(results, by, level)

    def to_frame(self, sql: str | None = None) -> pl.DataFrame:
        """A row for each finished trial, by configuration and seed.

        Parameters
        ----------
        sql : str, optional
            Which trials, as for `results`.

        Returns
        -------
        polars.DataFrame
            The columns of the view `results` in the file, but for the block: configuration (its
            number), structure, activation, parameters, optimizer, lr, batch, init, budget, goal,
            metric, the space's other settings (lists as JSON: "[8,8]"), seed, status, solved,
            steps, loss and metric on training and validation split.
        """
        from amenable.study.frames import trials_frame

        return trials_frame(self.results(sql))

    def population(self, sql: str | None = None) -> Population:
        """The finished trials as a `Population`, to be drawn, compared and picked from.

        Parameters
        ----------
        sql : str, optional
            Which trials, as for `results`.

        Returns
        -------
        Population
            With weights and curves of the trials of which they were kept; those of others are NaN
            in its arrays, and their networks cannot be picked out.

        Raises
        ------
        DataError
            If no trial is finished, or none meets the condition.
        """
        from amenable.study.to_population import population_of

        with reading(self.path) as store:
            results = store.results("" if sql is None else store.check_condition(sql))
            if not len(results):
                raise DataError(
                    f"sql: no finished trial of {self.path} meets {quote(sql)}"
                    if sql
                    else f"{self.path}: no trial is finished yet"
                )
            return population_of(store, results)

    @property
    def best(self) -> TrainedNetwork:
        """The network that did best of all, by the metric, then the loss, as `Population.best`.

        Raises
        ------
        DescriptionError
            If no weights were kept, or trials are measured by different metrics.
        """
        population = self.population()
        if "weights" not in population.records.arrays:
            raise DescriptionError(
                f"{self.path} keeps no weights", where="best", hint="begin a study with keep='best'"
            )
        return population.best

    @property
    def status(self) -> Status:
        """How far the study is."""
        with reading(self.path) as store:
            return status_of(store)

    def leader(self, sql: str | None = None) -> dict[str, Any] | None:
        """The trial that did best, as a row of the view `results`, without its weights.

        Parameters
        ----------
        sql : str, optional
            Among which trials, as for `results`.

        Returns
        -------
        dict or None
            None without trials, or where they are measured by different metrics.
        """
        with reading(self.path) as store:
            return store.best("" if sql is None else store.check_condition(sql))

    def note(self, **entries: Any) -> None:
        """Keep entries in the table `study`, as JSON, in the place of those of the same names.

        Raises
        ------
        FileError
            If there is no such file, or another process writes to it.
        """
        with writing(self.path, {}) as writer:
            writer.say(**{name: json.dumps(it) for name, it in entries.items()})

    def notes(self, *names: str) -> dict[str, Any]:
        """Entries of the table `study` that are kept as JSON; None for those that are not there."""
        with reading(self.path) as store:
            return {name: store.about_json(name) for name in names}

    @property
    def is_begun(self) -> bool:
        """Whether there is something in the file: where it is empty, `run` begins a study in it."""
        return self.path.exists() and (not self.path.is_file() or self.path.stat().st_size > 0)

    def __repr__(self) -> str:
        state = str(self.status) if self.is_begun else "not begun"
        return f"Study({str(self.path)!r}): {state}"


def _record(keep: str, curves: bool) -> Recording:
    """What trials are to leave behind."""
    choice("keep", keep, RULES)
    if boolean("curves", curves) and keep == "none":
        raise DescriptionError(
            'they are kept of the same trials as weights, and keep="none" is of no trial',
            where="curves",
            hint='use keep="all" or "best"',
        )
    return Recording(curves=curves, weights=keep != "none")


def _block_threads(executor: Executor, threads: int | None) -> int:
    """Threads that train one block: here all, elsewhere blocks run side by side."""
    from amenable.study.executors.local import LocalExecutor

    return check_threads(threads) if isinstance(executor, LocalExecutor) else threads or 1


def _json(asked: Any) -> str:
    """A space or a policy as it is kept, for who wants to know; nothing of lists of networks."""
    return json.dumps(asked.to_dict()) if hasattr(asked, "to_dict") else ""


def _summarize(writer: Writer, results: TrialTable) -> None:
    """Leave the table behind for who asks next."""
    from amenable import answers

    if len(results) and len(results.ids) <= MOST_SUMMARIZED:
        writer.summarize(answers.summary(results).to_frame(), len(results))
