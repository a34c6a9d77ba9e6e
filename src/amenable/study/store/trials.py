"""Trials as rows of the store, and rows as arrays, without a Python object for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.population.source import SPLITS
from amenable.study.blocks import BlockResult

KEYS = {
    "configuration": np.int64,
    "seed": np.int64,
    "status": np.int8,
    "steps": np.int64,
    "goal_step": np.int64,
}
MEASURES = tuple(f"{split}_{name}" for split in SPLITS for name in ("loss", "metric"))
COLUMNS = ("configuration", "seed", "status", "steps", "goal_step", *MEASURES, "block")
UNKNOWN = len(engine.STATUSES)
CODES = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(engine.STATUSES))
STATUS = f"CASE status {CODES} ELSE {UNKNOWN} END"
MOST_VALUES = 999  # of a statement, in any SQLite: rows by the hundred take a third less time


def insert(connection: sqlite3.Connection, result: BlockResult, block: int) -> None:
    """A row of the table `trials` for each of a block's."""
    fields = _fields(result, block)
    one = f"({', '.join(it if isinstance(it, str) else '?' for it in fields)})"
    bound = [it for it in fields if not isinstance(it, str)]
    values = chain.from_iterable(zip(*bound, strict=True))
    at_once = MOST_VALUES // len(bound)
    n_whole, n_rest = divmod(result.block.n_trials, at_once)
    for n_rows, times in ((at_once, n_whole), (n_rest, 1)):
        if n_rows and times:
            statement = (
                f"INSERT INTO trials ({', '.join(COLUMNS)}) VALUES {', '.join([one] * n_rows)}"
            )
            rows = (tuple(islice(values, n_rows * len(bound))) for _ in range(times))
            connection.executemany(statement, rows)


def _fields(result: BlockResult, block: int) -> list[str | list[Any]]:
    """The values of COLUMNS of a block's rows; as text of SQL where all rows have the same."""
    ids, seeds = result.block.ids, result.block.seeds
    names = np.array(engine.STATUSES, dtype=object)
    numbers = np.repeat(np.array(ids, dtype=np.int64), len(seeds)).tolist()
    measures = result.final.reshape(-1, len(MEASURES)).T
    return [
        str(ids[0]) if len(ids) == 1 else numbers,
        list(seeds) * len(ids),
        names[result.status].tolist(),
        result.steps.tolist(),
        [None if it < 0 else it for it in result.goal_step.tolist()],
        # SQLite takes NaN for NULL; whole columns of it are of data without validation samples.
        *("NULL" if np.isnan(it).all() else it.tolist() for it in measures),
        str(block),
    ]


def fetch(
    connection: sqlite3.Connection,
    source: str = "trials",
    condition: str = "",
    measures: Sequence[str] = MEASURES,
) -> NDArray[Any]:
    """Trials (T,) by configuration and seed.

    Parameters
    ----------
    connection : sqlite3.Connection
        To the store.
    source : str
        The table `trials`, or the view `results`.
    condition : str
        What follows WHERE.
    measures : sequence of str
        Which losses and metrics; each takes a tenth of the time.

    Returns
    -------
    array of records
        With the fields of KEYS, and those of the measures.
    """
    special = {"status": STATUS, "goal_step": "coalesce(goal_step, -1)"}
    columns = [special.get(name, name) for name in (*KEYS, *measures)]
    where = f"WHERE ({condition}\n)" if condition else ""  # a comment ends with its line
    rows = np.fromiter(
        connection.execute(
            f"SELECT {', '.join(columns)} FROM {source} {where} ORDER BY configuration, seed"
        ),
        dtype=np.dtype([*KEYS.items(), *((name, np.float64) for name in measures)]),
    )
    if np.any(rows["status"] == UNKNOWN):
        raise ValueError("the table 'trials' holds an unknown status")
    return rows
