"""The table `summary`: what `Study.summary` says, for any SQLite tool.

It is worked out when a run ends. A run that was killed, or goes on, leaves it behind: the entry
`summary` of the table `study` says of how many trials it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amenable.study.store.schema import quote_name

if TYPE_CHECKING:
    import polars as pl

NAME = "summary"
"""Of the table, and of the entry of the table `study` that says of how many trials it is."""

KINDS = {"Int64": "INTEGER", "Float64": "REAL", "String": "TEXT", "Boolean": "BOOLEAN"}


def write_summary(connection: sqlite3.Connection, frame: pl.DataFrame, n_trials: int) -> None:
    """Put the frame in the place of the table; inside the caller's transaction."""
    names = _distinct(frame.columns)
    kinds = [KINDS[str(dtype)] for dtype in frame.dtypes]
    columns = ", ".join(f"{quote_name(n)} {kind}" for n, kind in zip(names, kinds, strict=True))
    connection.execute(f"DROP TABLE IF EXISTS {NAME}")
    connection.execute(f"CREATE TABLE {NAME} ({columns})")
    places = ", ".join("?" * len(names))
    connection.executemany(f"INSERT INTO {NAME} VALUES ({places})", frame.iter_rows())
    entry = json.dumps({"trials": n_trials, "columns": frame.columns})
    connection.execute("INSERT OR REPLACE INTO study VALUES (?, ?)", (NAME, entry))


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
