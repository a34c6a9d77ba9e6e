"""The results of `amenable digits` as a table, and as a record for programs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from amenable.cli.digits_results import DigitsRow

SPLITS = ("training", "test")
GAP = 2  # columns of the screen between columns of the table
NOTE = (
    "Over the seeds: the median, and below it the least and the largest. Squared: the error's "
    "square, its mean over samples and outputs, times 1000."
)


@dataclass(frozen=True, slots=True)
class DigitsColumn:
    """A column: its title in two lines, a row's text, the text of its range, and its weight.

    Where the screen is too narrow the column of the greatest weight goes first; 0 never goes.
    """

    title: str
    cell: Callable[[DigitsRow], str]
    spread: Callable[[DigitsRow], str] = lambda _: ""
    weight: int = 0

    def width(self, rows: Sequence[DigitsRow]) -> int:
        """Of the widest text."""
        texts = [*self.title.split("\n"), *map(self.cell, rows)]
        return max(map(len, (*texts, *(self.spread(row) for row in rows if len(row.test) > 1))))


def results_table(rows: Sequence[DigitsRow], n_main: int, width: int) -> tuple[Table, list[str]]:
    """The table, and the titles for which there is no room.

    Each row has its range in a line below; the first `n_main` stand apart from the rest.
    """
    columns, left_out = _columns(), []
    while _width(columns, rows) > width and any(it.weight for it in columns):
        out = max(columns, key=lambda it: it.weight)
        left_out.append(" ".join(out.title.split()))
        columns.remove(out)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column.title, justify="right" if i else "left", no_wrap=True)
    for i, row in enumerate(rows):
        style = "" if i < n_main else "dim"
        table.add_row(*(it.cell(row) for it in columns), style="bold" if i == 0 else style)
        if len(row.test) > 1:
            table.add_row(*(it.spread(row) for it in columns), style=style)
    return table, left_out


def _width(columns: Sequence[DigitsColumn], rows: Sequence[DigitsRow]) -> int:
    return sum(it.width(rows) + GAP for it in columns) - GAP


def _columns() -> list[DigitsColumn]:
    """All of them; the weights say which can be missed."""
    found = [
        DigitsColumn("\nnetwork", lambda row: row.name),
        DigitsColumn("\nseeds", lambda row: f"{len(row.test)}" if row.passes else "-", weight=5),
        DigitsColumn(
            "\nweights", lambda row: f"{row.parameters:,}" if row.parameters else "-", weight=4
        ),
    ]
    for split, weight in (("training", 3), ("test", 2)):
        found += _of_split(split, weight)
    return found


def _of_split(split: str, weight: int) -> list[DigitsColumn]:
    """Error, mistakes and squared error on the training or test samples."""

    def error(row: DigitsRow) -> str:
        if row.printed:
            return row.printed[SPLITS.index(split)]
        return _percent(row.spread(split, 1)[0], row.count(split))

    def mistakes(row: DigitsRow) -> str:
        return _count(row.spread(split, 1)[0])

    def squared(row: DigitsRow) -> str:
        return _loss(row.spread(split, 0)[0])

    def between(column: int, text: Callable[[float], str]) -> Callable[[DigitsRow], str]:
        def of_row(row: DigitsRow) -> str:
            _, low, high = row.spread(split, column)
            return f"{text(low)}-{text(high)}" if math.isfinite(low) else ""

        return of_row

    return [
        DigitsColumn(f"{split}\nerror %", error, weight=weight if split == "training" else 0),
        DigitsColumn("\nmistakes", mistakes, between(1, _count)),
        DigitsColumn("squared\nx 1000", squared, between(0, _loss), weight),
    ]


def _percent(mistakes: float, n: int) -> str:
    return f"{100 * mistakes / n:.2f}" if math.isfinite(mistakes) else "-"


def _count(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else "-"


def _loss(value: float) -> str:
    return f"{1000 * value:.1f}" if math.isfinite(value) else "-"


def record_of(row: DigitsRow) -> dict[str, Any]:
    """A row for programs: every network's numbers, not only the median; times are apart."""
    found: dict[str, Any] = {
        "name": row.name,
        "parameters": row.parameters,
        "connections": row.connections,
        "passes": row.passes,
    }
    for split in SPLITS:
        values = row.training if split == "training" else row.test
        middle, low, high = row.spread(split, 1)
        n = row.count(split)
        found[split] = {
            "samples": n,
            "mistakes": _plain(values[:, 1]),
            "squared_error": _plain(values[:, 0]),
            "median_mistakes": middle,
            "median_error": middle / n,
            "least_mistakes": low,
            "most_mistakes": high,
            "median_squared_error": row.spread(split, 0)[0],
        }
    return found


def _plain(values: Any) -> list[float]:
    return [float(it) for it in np.asarray(values)]
