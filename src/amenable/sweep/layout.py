"""What a sweep found as columns of text, for a screen, a notebook or a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from amenable.answers import SummaryRow
from amenable.baselines import Baseline
from amenable.formatting import format_metric, percent, whole
from amenable.training import METRICS, parse_goal

if TYPE_CHECKING:
    from amenable.sweep.sweep import Sweep

GAP = 2  # characters between columns
LAST = 0  # the weight of a column that is never left out
OF_STRUCTURE = ("hidden", "structure", "activation")  # settings that have columns of their own


@dataclass(frozen=True, slots=True)
class ScreenColumn:
    """A column of a table.

    Parameters
    ----------
    title : str
        In one line or two.
    cell : callable
        A row's text.
    weight : int
        Where there is too little room the column of the greatest weight goes first.
    is_text : bool
        Whether it is set from the left, as numbers are not.
    """

    title: str
    cell: Callable[[Any], str]
    weight: int = LAST
    is_text: bool = False

    def width(self, rows: Sequence[Any]) -> int:
        """Of the widest cell or line of the title."""
        return max(map(len, (*self.title.split("\n"), *map(self.cell, rows))))


def columns(found: Sweep) -> list[ScreenColumn]:
    """Of the table of configurations, or of groups of them."""
    table = found.table
    has_diverged = any(row.diverged for row in table.rows)
    shown = [*_of_settings(found), ScreenColumn("\nparameters", lambda it: f"{it.parameters:,}", 4)]
    shown.append(
        ScreenColumn("\nseeds" if found.by is None else "\ntrials", lambda it: f"{it.trials:,}")
    )
    if table.goal is not None:
        most = max((row.trials for row in table.rows), default=1)
        shown.append(
            ScreenColumn("solved, %\n[95 % interval]", lambda it: _solved(it, most), is_text=True)
        )
        shown.append(ScreenColumn("steps,\nmedian", lambda it: whole(it.median_steps), 3))
    metric = f"{table.split}\n{table.metric}"
    shown.append(ScreenColumn(metric, lambda it: format_metric(it.median), 1))
    shown.append(ScreenColumn("\nbest", lambda it: format_metric(it.best), 5))
    shown.append(
        ScreenColumn("\ndiverged", lambda it: f"{it.diverged:,}", 2 if has_diverged else 6)
    )
    return shown


def baseline_columns(found: Sweep) -> list[ScreenColumn]:
    """Of the table of scikit-learn's models."""
    first = found.baselines[0]
    shown = [
        ScreenColumn("\nscikit-learn", lambda it: it.name, is_text=True),
        ScreenColumn(f"{first.split}\n{first.metric}", lambda it: format_metric(it.score)),
    ]
    if any(math.isfinite(it.test_score) for it in found.baselines):
        shown.append(ScreenColumn(f"test\n{first.metric}", lambda it: format_metric(it.test_score)))
    if is_judged_alike(first, found.goal):
        shown.append(
            ScreenColumn(
                "reaches\nthe goal",
                lambda it: _reached(it, str(found.goal)),
                is_text=True,
            )
        )
    return [*shown, ScreenColumn("", lambda it: "; ".join(it.notes), is_text=True)]


def sorted_baselines(found: Sweep) -> list[Baseline]:
    """Best first."""
    first = found.baselines[0]
    sign = -1.0 if METRICS[first.metric][0] == ">=" else 1.0
    return sorted(
        found.baselines, key=lambda it: sign * it.score if math.isfinite(it.score) else math.inf
    )


def is_judged_alike(baseline: Baseline, goal: str | None) -> bool:
    """Whether the goal asks of networks what the models were measured by."""
    if goal is None or goal == "several":
        return False
    wanted = parse_goal(goal)
    return wanted.metric == baseline.metric and math.isfinite(baseline.on(str(wanted.split)))


def reaches(baseline: Baseline, goal: str | None) -> bool:
    """Whether a model that is measured by it meets the goal."""
    if goal is None or not is_judged_alike(baseline, goal):
        return False
    wanted = parse_goal(goal)
    is_high = wanted.comparison == ">="
    value = baseline.on(str(wanted.split))
    return value >= wanted.value if is_high else value <= wanted.value


def _reached(baseline: Baseline, goal: str) -> str:
    """Whether it meets the goal; of several splits, on how many, as each network has one."""
    wanted = parse_goal(goal)
    each = baseline.each_on(str(wanted.split))
    if len(each) < 2:
        return "yes" if reaches(baseline, goal) else "no"
    sign = 1.0 if wanted.comparison == ">=" else -1.0
    n = sum(sign * it >= sign * wanted.value for it in each)
    return f"{n} of {len(each)} splits"


def fitting(
    shown: list[ScreenColumn], rows: Sequence[Any], width: float
) -> tuple[list[ScreenColumn], list[ScreenColumn]]:
    """The columns that there is room for, and the others."""
    left_out: list[ScreenColumn] = []
    while sum(it.width(rows) + GAP for it in shown) - GAP > width:
        heaviest = max(shown, key=lambda it: it.weight)
        if heaviest.weight == LAST:
            break
        shown = [it for it in shown if it is not heaviest]
        left_out.append(heaviest)
    return shown, left_out


def as_text(shown: Sequence[ScreenColumn], rows: Sequence[Any]) -> str:
    """A table as plain lines."""
    widths = [it.width(rows) for it in shown]
    titles = [it.title.split("\n") for it in shown]
    depth = max(map(len, titles))
    cells = [[title[i] if i < len(title) else "" for title in titles] for i in range(depth)]
    cells += [[it.cell(row) for it in shown] for row in rows]
    lines = (
        (" " * GAP).join(
            text.ljust(n) if it.is_text else text.rjust(n)
            for text, n, it in zip(line, widths, shown, strict=True)
        )
        for line in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def as_html(shown: Sequence[ScreenColumn], rows: Sequence[Any]) -> str:
    """A table for a notebook."""
    head = "".join(f"<th>{escape(' '.join(it.title.split()))}</th>" for it in shown)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(it.cell(row))}</td>' for it in shown)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _of_settings(found: Sweep) -> list[ScreenColumn]:
    """Structure and activation, and what else tells rows apart; of groups what they share."""
    names = found.table.names
    if found.by is not None:
        return [_setting(name, i) for i, name in enumerate(names)]
    own = "network" in names  # whose words say what a structure does not
    columns = (
        [] if own else [ScreenColumn("\nstructure", lambda it: it.network.structure, is_text=True)]
    )
    if not own:
        columns.append(ScreenColumn("\nactivation", _activation, is_text=True))
    return columns + [_setting(it, i) for i, it in enumerate(names) if it not in OF_STRUCTURE]


def _setting(name: str, i: int) -> ScreenColumn:
    return ScreenColumn(f"\n{name}", lambda row: row.settings[i], is_text=True)


def _activation(row: SummaryRow) -> str:
    """Without a needless ".0"."""
    return row.network.activation.replace(".0)", ")")


def _solved(row: SummaryRow, n_trials: int) -> str:
    """ "97 [84, 99]", with as many digits as `n_trials`, the most of any row, can tell."""
    if row.found is None:
        return "-"
    low, high = (percent(limit, n_trials) for limit in row.found.interval)
    width = len(percent(1.0, n_trials))
    return f"{percent(row.fraction, n_trials):>{width}} [{low}, {high}]"
