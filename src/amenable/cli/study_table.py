"""The table of a study, as wide as the screen allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.table import Table

from amenable.cli.findings import RELIABLE
from amenable.cli.study_words import setting
from amenable.cli.table import MOST_ROWS, Column, fitting, plain_table
from amenable.phrases import amount, measured, percent, whole

Row = Mapping[str, Any]  # of `Study.summary`


def study_table(
    rows: Sequence[Row], names: Sequence[str], metric: str, split: str, width: int, is_whole: bool
) -> tuple[Table, list[str]]:
    """The table, best first, and what must be said below it.

    `names` are the settings that tell rows apart.
    """
    shown = rows if is_whole else rows[:MOST_ROWS]
    columns, left_out = fitting(_columns(rows, names, metric, split), shown, width)
    table = plain_table()
    for column in columns:
        justify = "left" if column.is_text else "right"
        table.add_column(column.title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in shown:
        table.add_row(*(column.cell(row) for column in columns), style=_style(row))
    return table, _below(rows, len(shown), left_out, metric)


def _columns(rows: Sequence[Row], names: Sequence[str], metric: str, split: str) -> list[Column]:
    columns = [Column(f"\n{name}", _of(name, setting), is_text=True) for name in names]
    columns.append(Column("\nparameters", _of("parameters", "{:,}".format), weight=4))
    columns.append(Column("\ntrials", _of("trials", "{:,}".format), weight=2))
    if any(row["fraction"] is not None for row in rows):
        most = max(row["trials"] for row in rows)
        columns.append(
            Column("solved, %\n[95 % interval]", lambda it: _solved(it, most), is_text=True)
        )
        columns.append(Column("median\nsteps", _of("median_steps", whole), weight=3))
    columns.append(
        Column("multiply-adds\nper solved", _of("multiply_adds_per_solved", amount), weight=6)
    )
    columns.append(Column(f"{split}\n{metric}", _of("median", measured), weight=1))
    columns.append(Column("\nbest", _of("best", measured), weight=5))
    columns.append(Column("\ndiverged", _of("diverged", "{:,}".format), weight=7))
    return columns


def _of(name: str, text: Callable[[Any], str]) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else text(row[name])


def _solved(row: Row, n_trials: int) -> str:
    """ "97 [84, 99]", with as many digits as `n_trials`, the most of any row, can tell."""
    if row["fraction"] is None:
        return "-"
    width = len(percent(1.0, n_trials))
    low, high = percent(row["low"], n_trials), percent(row["high"], n_trials)
    return f"{percent(row['fraction'], n_trials):>{width}} [{low}, {high}]"


def _below(rows: Sequence[Row], n_shown: int, left_out: Sequence[Column], metric: str) -> list[str]:
    said = []
    if len(rows) > n_shown:
        said.append(f"… and {len(rows) - n_shown:,} more; --all shows them")
    if not any(row["diverged"] for row in rows):
        left_out = [it for it in left_out if it.title.strip() != "diverged"]
        said.append("None diverged.")
    if left_out:
        titles = ", ".join(" ".join(column.title.split()) for column in left_out)
        said.append(f"No room for: {titles}. A wider screen, --csv or --json has them.")
    if any(row["fraction"] is not None for row in rows):
        said.append(
            "Best first, by fraction solved. Steps: until half were solved (Kaplan-Meier); - where "
            f"fewer were. The {metric} is the median over trials when training ended."
        )
    else:
        said.append(f"Best first, by the median of the {metric} over trials.")
    return said


def _style(row: Row) -> str:
    fraction = math.nan if row["fraction"] is None else row["fraction"]
    return "green" if fraction >= RELIABLE else "dim" if fraction == 0 else ""
