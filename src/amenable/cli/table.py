"""Findings and baselines as tables, as wide as the screen allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.table import Table
from rich.text import Text

from amenable.baselines import Baseline
from amenable.cli.findings import SETTINGS, Findings, Row
from amenable.phrases import measured, percent, whole
from amenable.training import parse_goal

MOST_ROWS = 25  # of a table that is not asked for whole
GAP = 2  # columns of the screen between columns of the table
KEPT = 0  # the weight of a column that is never left out


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Parameters
    ----------
    title : str
        In one line or two.
    cell : callable
        A row's text.
    weight : int
        Where the screen is too narrow the column of the greatest weight goes first.
    is_text : bool
        Whether it is set from the left, as numbers are not.
    """

    title: str
    cell: Callable[[Any], str]
    weight: int = KEPT
    is_text: bool = False

    def width(self, rows: Sequence[Any]) -> int:
        """Of the widest cell or line of the title."""
        return max(map(len, (*self.title.split("\n"), *map(self.cell, rows))))


def sweep_table(findings: Findings, width: int, is_whole: bool) -> tuple[Table, list[str]]:
    """The table, best first, and what must be said below it."""
    rows = findings.rows if is_whole else findings.rows[:MOST_ROWS]
    columns, left_out = fitting(_columns(findings), rows, width)
    table = plain_table()
    for column in columns:
        justify = "left" if column.is_text else "right"
        table.add_column(column.title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(column.cell(row) for column in columns), style=_style(row))
    return table, _below(findings, len(rows), left_out)


def baseline_table(baselines: Sequence[Baseline], findings: Findings) -> Table:
    """Scikit-learn's models, best first, and whether they reach the goal."""
    first = baselines[0]
    table = plain_table()
    table.add_column("\nscikit-learn", no_wrap=True)
    table.add_column(f"{first.split}\n{first.metric}", justify="right", no_wrap=True)
    is_judged = _is_judged_alike(findings, first)
    table.add_column("reaches\nthe goal" if is_judged else "")
    table.add_column("", style="dim")
    for it in sorted(baselines, key=lambda it: -it.score if math.isfinite(it.score) else math.inf):
        reaches = ("yes" if _reaches(it, findings) else "no") if is_judged else ""
        table.add_row(Text(it.name), measured(it.score), reaches, Text("; ".join(it.notes)))
    return table


def _columns(findings: Findings) -> list[Column]:
    metric = f"{findings.split}\n{findings.metric}"
    has_diverged = any(row.diverged for row in findings.rows)
    columns = [
        Column("\nstructure", lambda row: row.network.structure, is_text=True),
        Column("\nactivation", lambda row: _shortened(row.network.activation), is_text=True),
        *(_setting(name) for name in findings.varying),
        Column("\nparameters", lambda row: f"{row.network.n_parameters:,}", weight=4),
    ]
    if findings.goal is not None:
        n_trials = max((row.trials for row in findings.rows), default=1)
        if any(row.trials < n_trials for row in findings.rows):
            columns.append(Column("\nseeds", lambda row: f"{row.trials:,}"))
        share = partial(_solved, n_trials=n_trials)
        columns.append(Column("solved, %\n[95 % interval]", share, is_text=True))
        columns.append(Column("median\nsteps", lambda row: whole(row.median_steps), weight=3))
    columns.append(Column(f"{metric}", lambda row: measured(row.median), weight=1))
    columns.append(Column("\nbest", lambda row: measured(row.best), weight=5))
    weight = 2 if has_diverged else 6
    columns.append(Column("\ndiverged", lambda row: f"{row.diverged}", weight=weight))
    return columns


def _setting(name: str) -> Column:
    def cell(row: Row) -> str:
        value: Any = SETTINGS[name](row.training)
        return f"{value:g}" if isinstance(value, float) else str(value)

    return Column(f"\n{name}", cell, is_text=name in ("optimizer", "init"))


def _shortened(activation: str) -> str:
    """Without a needless ".0" or the parameter's digits of the default."""
    return activation.replace(".0)", ")")


def _solved(row: Row, n_trials: int) -> str:
    """ "97 [84, 99]", with as many digits as `n_trials`, the most of any row, can tell."""
    if row.found is None:
        return "-"
    low, high = (percent(limit, n_trials) for limit in row.found.interval)
    width = len(percent(1.0, n_trials))
    return f"{percent(row.fraction, n_trials):>{width}} [{low}, {high}]"


def fitting(
    columns: list[Column], rows: Sequence[Any], width: int
) -> tuple[list[Column], list[Column]]:
    """The columns that there is room for, and the others."""
    left_out: list[Column] = []
    while sum(column.width(rows) + GAP for column in columns) - GAP > width:
        heaviest = max(columns, key=lambda column: column.weight)
        if heaviest.weight == KEPT:
            break
        columns = [column for column in columns if column is not heaviest]
        left_out.append(heaviest)
    return columns, left_out


def _below(findings: Findings, n_shown: int, left_out: Sequence[Column]) -> list[str]:
    """Rows and columns that are missing, and how to read those that are there."""
    said = []
    n_more = len(findings.rows) - n_shown
    if n_more:
        fractions = [row.fraction for row in findings.rows[n_shown:]]
        most = max(fractions)  # nan without a goal
        n_trials = max(row.trials for row in findings.rows)
        solved = f", at most {percent(most, n_trials)} % solved" if most > 0 else ""
        solved = ", never solved" if most == 0 else solved
        said.append(f"… and {n_more} more{solved}; --all shows them")
    has_diverged = any(row.diverged for row in findings.rows)
    if not has_diverged and left_out and findings.rows:
        left_out = [column for column in left_out if column.title.strip() != "diverged"]
        said.append("None diverged.")
    if left_out:
        titles = ", ".join(" ".join(column.title.split()) for column in left_out)
        said.append(f"No room for: {titles}. A wider screen, --csv or --json has them.")
    if findings.goal is None and findings.rows:
        said.append(f"Best first, by the median of the {findings.metric} over seeds.")
    elif findings.rows:
        said.append(
            "Best first: what is reliable from the smallest, then by fraction solved. Steps: until "
            f"half were solved (Kaplan-Meier); - where fewer were. The {findings.metric} is the "
            "median over seeds when training ended; a solved network ends when it is solved."
        )
    if findings.is_cancelled:
        said.append(
            f"Interrupted: {findings.n_counted:,} of {findings.n_networks:,} networks count, of "
            "each row the seeds before the first that had not ended."
        )
    return said


def plain_table() -> Table:
    """Without lines between its cells."""
    return Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")


def _style(row: Row) -> str:
    if row.found is None:
        return ""
    return "green" if row.is_reliable else "dim" if row.is_never else ""


def _is_judged_alike(findings: Findings, baseline: Baseline) -> bool:
    """Whether the goal asks of networks what the baselines were measured by."""
    if findings.goal is None:
        return False
    goal = parse_goal(findings.goal)
    return goal.metric == baseline.metric and goal.split == baseline.split


def _reaches(baseline: Baseline, findings: Findings) -> bool:
    return findings.goal is not None and baseline.score >= parse_goal(findings.goal).value
