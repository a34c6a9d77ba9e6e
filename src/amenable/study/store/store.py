"""`Store`: what is in a study's file, read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.answers.ranking import best
from amenable.answers.selection import finished
from amenable.answers.trial_table import TrialTable
from amenable.datasets.preparation import Preparation
from amenable.description import quote
from amenable.errors import DescriptionError
from amenable.population.keys import Configuration
from amenable.population.source import DataSummary
from amenable.study.store import trials
from amenable.study.store.blobs import Blob, unpack
from amenable.study.store.opening import connect, reading_errors
from amenable.study.store.rows import configuration_of, settings_of


class Kept(NamedTuple):
    """Arrays of some trials of one configuration: rows (R, …) and whose they are."""

    configuration: int
    seeds: NDArray[np.int64]
    rows: NDArray[np.float64]


class Store:
    """What is in a study's file; `reading` opens one.

    Readers never wait for the process that writes, nor it for them: each question is answered from
    the blocks that were finished when it was asked.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    def about(self) -> dict[str, str]:
        """The table `study`."""
        about = dict(self.connection.execute("SELECT key, value FROM study"))
        with reading_errors(self.path):
            for key, value in about.items():
                if not isinstance(value, str):
                    raise TypeError(f"its {key} is no text")
            return about

    def about_json(self, key: str) -> Any:
        """An entry of the table `study` that has parts; None where there is none."""
        found = self.connection.execute("SELECT value FROM study WHERE key = ?", (key,)).fetchone()
        with reading_errors(self.path):
            return None if found is None else json.loads(found[0])

    @property
    def data(self) -> DataSummary:
        """What the study trains on, without `preparations`."""
        record = self.about_json("data")
        with reading_errors(self.path):
            if record is None:
                raise ValueError("the table 'study' says nothing of the data")
            return DataSummary.from_dict(record)

    @property
    def preparations(self) -> tuple[Preparation, ...]:
        """What was done to the columns, for each split; none in files of before it was kept."""
        records = self.about_json("preparations")
        with reading_errors(self.path):
            return tuple(Preparation.from_dict(it) for it in records or ())

    def results(self, condition: str = "", is_brief: bool = False) -> TrialTable:
        """Trials, all or those that meet a condition of SQL on the view `results`.

        All configurations are there without a condition, also those without trials; with one, those
        of which a trial is left. Brief results have NaN for losses: all that a table needs.
        """
        data = self.data
        metrics = [name for name in trials.MEASURES if name.endswith("_metric")]
        measures = metrics if is_brief else trials.MEASURES
        source = "results" if condition else "trials"
        with reading_errors(self.path):
            rows = trials.fetch(self.connection, source, condition, measures)
            chosen = np.unique(rows["configuration"])
            described = self._described(set(chosen.tolist()) if condition else None)
            ids = np.array([id_ for id_, _, _ in described], dtype=np.int64)
            if not np.isin(chosen, ids).all():
                raise ValueError("trials of a configuration that is not there")
            if len({it for _, _, it in described}) < len(described):
                raise ValueError("a configuration is there twice")
        final = np.full((len(rows), len(trials.MEASURES)), np.nan)
        for name in measures:
            final[:, trials.MEASURES.index(name)] = rows[name]
        return TrialTable(
            data=data,
            ids=tuple(ids.tolist()),
            settings=tuple(settings for _, settings, _ in described),
            configurations=tuple(it for _, _, it in described),
            configuration=np.searchsorted(ids, rows["configuration"]).astype(np.int64),
            seed=np.ascontiguousarray(rows["seed"]),
            status=np.ascontiguousarray(rows["status"]),
            steps=np.ascontiguousarray(rows["steps"]),
            goal_step=np.ascontiguousarray(rows["goal_step"]),
            final=final.reshape(-1, 3, 2),
            is_drawn=self._is_drawn(),
            n_splits=data.n_splits,
        )

    def _is_drawn(self) -> bool | None:
        """Whether configurations were drawn at random; None where the file does not say."""
        draw = self.about_json("draw")
        with reading_errors(self.path):
            return None if not draw else draw["method"] != "grid"

    def _described(
        self, chosen: set[int] | None
    ) -> list[tuple[int, dict[str, Any], Configuration]]:
        """Numbers, settings and descriptions of configurations: all, or those chosen."""
        return [
            (id_, settings_of(settings), configuration_of(network, training))
            for id_, settings, network, training in self.connection.execute(
                "SELECT id, settings, network, training FROM configurations ORDER BY id"
            )
            if chosen is None or id_ in chosen
        ]

    def best(self, condition: str = "") -> dict[str, Any] | None:
        """The row of `results` that `answers.best` names; None of none, or of several metrics."""
        found = finished(self.results(condition))
        metrics = {encoding.metric(it.training, found.data.task) for it in found.configurations}
        if len(metrics) != 1:
            return None
        trial = best(found)
        which = found.ids[found.configuration[trial]], int(found.seed[trial])
        rows = self.connection.execute(
            "SELECT * FROM results WHERE configuration = ? AND seed = ?", which
        )
        names = [it[0] for it in rows.description]
        return dict(zip(names, rows.fetchone(), strict=True))

    def columns(self) -> list[str]:
        """What a condition may speak of: the columns of the view `results`."""
        return [row[1] for row in self.connection.execute("PRAGMA table_info(results)")]

    def check_condition(self, condition: object) -> str:
        """A condition that can be asked; what it reads is kept to the view."""
        if not isinstance(condition, str) or not condition.strip():
            raise DescriptionError(
                where="sql",
                expected="a condition such as \"activation = 'tanh'\"",
                got=quote(condition),
            )
        # As an expression, which no clause of another kind can be smuggled into.
        question = f"SELECT CASE WHEN ({condition}\n) THEN 1 END FROM results LIMIT 0"
        columns = ", ".join(self.columns())
        self.connection.set_authorizer(_read_only)
        try:
            self.connection.execute(question).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise DescriptionError(
                f"{_sql_reason(error)} in {quote(condition)}",
                where="sql",
                hint=f"columns are {columns}",
            ) from error
        finally:
            self.connection.set_authorizer(None)
        return condition

    def arrays(self, name: str, ids: Mapping[int, object]) -> Iterator[Kept]:
        """Arrays "weights" or "curves" of these configurations, as they were kept."""
        question = (
            "SELECT configuration, block, seed, dtype, shape, encoding, data FROM arrays "
            "WHERE name = ? ORDER BY configuration, block"
        )
        for id_, block, seed, *columns in self.connection.execute(question, (name,)):
            if id_ in ids:
                with reading_errors(self.path):
                    rows = unpack(Blob(*columns))
                    seeds = self._seeds(id_, block, seed)
                    if len(rows) != len(seeds):
                        raise ValueError(f"{name} of {len(rows)} trials, where {len(seeds)} are")
                yield Kept(id_, seeds, rows)

    def _seeds(self, id_: int, block: int, seed: int | None) -> NDArray[np.int64]:
        if seed is not None:
            return np.array([seed], dtype=np.int64)
        rows = self.connection.execute(
            "SELECT seed FROM trials WHERE configuration = ? AND block = ? ORDER BY seed",
            (id_, block),
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _read_only(action: int, _: object, name: object, *__: object) -> int:
    """What a condition may do: look, and compute."""
    allowed = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
    is_allowed = action in allowed and name != "load_extension"
    return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY


def _sql_reason(error: Exception) -> str:
    said = str(error)
    if said == "not authorized":
        return "only conditions are possible"
    if said.startswith("no such column"):  # what a word without quotes is taken for
        return f"{said} (texts stand in quotes, 'tanh', lists too, '[8,8]')"
    return said


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """The store in a study's file, to be read.

    Raises
    ------
    FileError
        If there is no such file, it is no study, damaged, or of a newer version.
    """
    with connect(path, is_writing=False) as connection:
        yield Store(path, connection)
