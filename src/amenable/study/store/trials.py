"""Trials as rows of the store, and rows as arrays, without a Python object for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.study.blocks import BlockResult

KEYS = {"configuration": np.int64, "seed": np.int64, "status": np.int8, "steps": np.int64}
MEASURES = ("training_loss", "training_metric", "validation_loss", "validation_metric")
UNKNOWN = len(engine.STATUSES)
CODES = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(engine.STATUSES))
STATUS = f"CASE status {CODES} ELSE {UNKNOWN} END"
N_COLUMNS = len(KEYS) + len(MEASURES) + 1
AT_ONCE = 100  # rows of a statement: a third less time than one by one; SQLite allows 999 values


def insert(connection: sqlite3.Connection, result: BlockResult, block: int) -> None:
    """A row of the table `trials` for each of a block's. SQLite takes NaN for NULL."""
    values = chain.from_iterable(_rows(result, block))
    n_whole, n_rest = divmod(result.block.n_trials, AT_ONCE)
    for n_rows, times in ((AT_ONCE, n_whole), (n_rest, 1)):
        if n_rows and times:
            one = f"({', '.join('?' * N_COLUMNS)})"
            statement = f"INSERT INTO trials VALUES {', '.join([one] * n_rows)}"
            rows = (tuple(islice(values, n_rows * N_COLUMNS)) for _ in range(times))
            connection.executemany(statement, rows)


def _rows(result: BlockResult, block: int) -> Iterator[tuple[Any, ...]]:
    ids, seeds = result.block.ids, result.block.seeds
    names = np.array(engine.STATUSES, dtype=object)
    return zip(
        np.repeat(np.array(ids, dtype=np.int64), len(seeds)).tolist(),
        list(seeds) * len(ids),
        names[result.status].tolist(),
        result.steps.tolist(),
        *result.final.reshape(-1, 4).T.tolist(),
        [block] * result.block.n_trials,
        strict=True,
    )


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
    columns = [STATUS if name == "status" else name for name in (*KEYS, *measures)]
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
