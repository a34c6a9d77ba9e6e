"""The table `summary`: what the table of a study shows, for any SQLite tool, and at once.

It is worked out when a run ends. A run that was killed, or goes on, leaves it behind: it says of
how many trials it is, and who finds another number in the study works it out anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amenable.study.store.schema import quoted

if TYPE_CHECKING:
    import polars as pl

NAME = "summary"
"""Of the table, and of the entry of the table `study` that says of how many trials it is."""

KINDS = {"Int64": "INTEGER", "Float64": "REAL", "String": "TEXT", "Boolean": "BOOLEAN"}


def write_summary(connection: sqlite3.Connection, frame: pl.DataFrame, n_trials: int) -> None:
    """Put the frame in the place of the table; inside the caller's transaction."""
    names = _distinct(frame.columns)
    kinds = [KINDS[str(dtype)] for dtype in frame.dtypes]
    columns = ", ".join(f"{quoted(n)} {kind}" for n, kind in zip(names, kinds, strict=True))
    connection.execute(f"DROP TABLE IF EXISTS {NAME}")
    connection.execute(f"CREATE TABLE {NAME} ({columns})")
    places = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {NAME} VALUES ({places})", frame.iter_rows())
    entry = json.dumps({"trials": n_trials, "columns": frame.columns})
    connection.execute("INSERT OR REPLACE INTO study VALUES (?, ?)", (NAME, entry))


def read_summary(connection: sqlite3.Connection) -> pl.DataFrame | None:
    """The frame that was written; None where there is none, or trials have come since."""
    import polars as pl

    found = connection.execute("SELECT value FROM study WHERE key = ?", (NAME,)).fetchone()
    if found is None:
        return None
    entry = json.loads(found[0])
    (n_trials,) = connection.execute("SELECT coalesce(sum(trials), 0) FROM blocks").fetchone()
    if entry["trials"] != n_trials:
        return None
    kinds = {kind: getattr(pl, name) for name, kind in KINDS.items()}
    types = [row[2] for row in connection.execute(f"PRAGMA table_info({NAME})")]
    schema = {name: kinds[it] for name, it in zip(entry["columns"], types, strict=True)}
    rows = connection.execute(f"SELECT * FROM {NAME} ORDER BY rowid").fetchall()
    flags = [name for name, kind in schema.items() if kind == pl.Boolean]
    stored = schema | dict.fromkeys(flags, pl.Int64)  # SQLite has 0 and 1
    return pl.DataFrame(rows, schema=stored, orient="row").cast(dict.fromkeys(flags, pl.Boolean))


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns: SQLite takes "LR" and "lr" for one."""
    taken: set[str] = set()
    distinct = []
    for name in names:
        column = name
        while column.casefold() in taken:
            column = f"{column}_"
        taken.add(column.casefold())
        distinct.append(column)
    return distinct
