"""`Writer`: a study's file, written by the one process that may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amenable.errors import FileError
from amenable.population.keys import Configuration
from amenable.population.source import DataSummary
from amenable.space.candidate import Candidate
from amenable.study.blocks import BlockResult
from amenable.study.store import schema, trials
from amenable.study.store.blobs import pack
from amenable.study.store.keeping import Keeper
from amenable.study.store.lock import utc_now, writing_alone
from amenable.study.store.opening import connect, create, sqlite_errors, storable, transaction
from amenable.study.store.rows import ConfigurationRow, row_of, settings_json
from amenable.study.store.store import Store
from amenable.study.store.summaries import write_summary

if TYPE_CHECKING:
    import polars as pl

ADD = f"INSERT INTO configurations VALUES (NULL, {', '.join('?' * len(ConfigurationRow._fields))})"


class Writer(Store):
    """A study's file with the right to write; `writing` opens one.

    What is written is whole or not there: each method is one transaction.
    """

    def say(self, **entries: str) -> None:
        """Change entries of the table `study`."""
        with sqlite_errors(self.path), transaction(self.connection):
            self._say(entries)

    def add(
        self,
        candidates: Sequence[Candidate],
        data: DataSummary,
        known: Mapping[Configuration, int],
    ) -> list[int]:
        """Numbers of the candidates' configurations, which are added where they are new.

        `known` are those of the store, by what they mean on the data: not as the text of some
        version, nor as they were put.
        One that is there already learns of settings that it was not yet called by.
        """
        if not candidates:
            return []
        numbers: list[int] = []
        added: dict[Configuration, int] = {}
        with sqlite_errors(self.path), transaction(self.connection):
            for it in candidates:
                meaning = data.meaning(it.configuration)
                number = known.get(meaning) or added.get(meaning)
                if number is None:
                    row = row_of(it, data)
                    number = int(self.connection.execute(ADD, row).lastrowid or 0)
                    added[meaning] = number
                else:
                    self._merge(number, it.settings)
                numbers.append(number)
            self._name_columns(candidates)
        return numbers

    def write(self, result: BlockResult, place: str, keeper: Keeper) -> None:
        """A block that is finished: its trials, and the arrays that are kept of them."""
        with sqlite_errors(self.path), transaction(self.connection, is_durable=True):
            row = (utc_now(), result.block.n_trials, result.seconds, place)
            block = self.connection.execute(
                "INSERT INTO blocks VALUES (NULL, ?, ?, ?, ?)", row
            ).lastrowid
            trials.insert(self.connection, result, int(block or 0))
            self._keep(result, int(block or 0), keeper)

    def summarize(self, frame: pl.DataFrame, n_trials: int) -> None:
        """The summary of so many trials, in the place of the one before."""
        with sqlite_errors(self.path), transaction(self.connection):
            write_summary(self.connection, frame, n_trials)

    def _keep(self, result: BlockResult, block: int, keeper: Keeper) -> None:
        for kept in keeper.choose(result):
            if kept.seed is not None:  # the best so far: the one before goes
                self.connection.execute(
                    "DELETE FROM arrays WHERE configuration = ?", (kept.configuration,)
                )
            for name, (rows, dtype) in kept.arrays.items():
                row = (kept.configuration, name, block, kept.seed, *pack(rows, dtype))
                self.connection.execute("INSERT INTO arrays VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _say(self, entries: Mapping[str, str]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO study VALUES (?, ?)", storable(entries).items()
        )

    def _merge(self, id_: int, settings: Mapping[str, Any]) -> None:
        stored, every = map(
            json.loads,
            self.connection.execute(
                "SELECT settings, every_setting FROM configurations WHERE id = ?", (id_,)
            ).fetchone(),
        )
        if settings.keys() - stored.keys():
            merged = {**settings, **stored}
            self.connection.execute(
                "UPDATE configurations SET settings = ?, every_setting = ? WHERE id = ?",
                (settings_json(merged), settings_json({**every, **merged}), id_),
            )

    def _name_columns(self, candidates: Sequence[Candidate]) -> None:
        """Give the view `results` a column for each setting."""
        before = self.about_json("settings") or []
        names = list(dict.fromkeys([*before, *(name for it in candidates for name in it.settings)]))
        if names != before:
            self._say({"settings": json.dumps(names)})
            self.connection.execute("DROP VIEW results")
            self.connection.execute(schema.results_view(names))


@contextmanager
def writing(path: Path, entries: Mapping[str, str] | None = None) -> Iterator[Writer]:
    """The store in a study's file, to be written by this process alone.

    Where there is no file, or an empty one, and `entries` of the table `study` are given, a study
    begins that has them.

    Raises
    ------
    FileError
        If another process writes to it, if it is no study, damaged, of a newer version, or cannot
        be written.
    """
    if not path.parent.is_dir():
        raise FileError(f"{path}: there is no folder {path.parent}; make it first")
    with writing_alone(path):
        is_there = path.exists() and (not path.is_file() or path.stat().st_size > 0)
        if entries is not None and not is_there:
            create(path, entries)
        with connect(path, is_writing=True) as connection:
            yield Writer(path, connection)
