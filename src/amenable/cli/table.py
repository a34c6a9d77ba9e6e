"""What a sweep found on the screen: tables as wide as that allows, sentences, the next command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from amenable.answers import SummaryRow
from amenable.cli import screen
from amenable.sweep import Sweep, layout, words

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS = 25  # of a table that is not asked for whole


def show_found(out: Console, found: Sweep, is_whole: bool) -> None:
    """Table, models of scikit-learn, sentences."""
    rows = found.table.rows if is_whole else found.table.rows[:MOST_ROWS]
    if rows:
        columns, left_out = layout.fitting(layout.columns(found), rows, out.width)
        screen.show(out, rich_table(columns, rows, [_style(found, row) for row in rows]))
        screen.say_all(out, words.below_table(found, len(rows), left_out))
        screen.show(out)
    if found.baselines:
        models = layout.sorted_baselines(found)
        screen.show(out, rich_table(layout.baseline_columns(found), models))
        screen.show(out)
    screen.say_all(out, found.sentences)


def show_next(out: Console, purpose: str, command: str) -> None:
    """A command that can be pasted."""
    screen.show(out)
    screen.say(out, f"Next, {purpose}:")
    screen.paste(out, command)


def rich_table(
    columns: Sequence[layout.ScreenColumn], rows: Sequence[Any], styles: Sequence[str] = ()
) -> Table:
    """Columns as a table."""
    table = plain_table()
    for column in columns:
        justify = "left" if column.is_text else "right"
        is_last = column is columns[-1] and not column.title  # of notes, which may be long
        table.add_column(column.title, justify=justify, no_wrap=not is_last)  # type: ignore[arg-type]
    for i, row in enumerate(rows):
        cells = (Text(column.cell(row)) for column in columns)
        table.add_row(*cells, style=styles[i] if styles else "")
    return table


def plain_table() -> Table:
    """Without lines between its cells."""
    return Table(box=None, padding=(0, layout.GAP, 0, 0), pad_edge=False, header_style="bold")


def _style(found: Sweep, row: SummaryRow) -> str:
    if row.found is None:
        return ""
    return "green" if words.is_reliable(found, row) else "dim" if row.fraction == 0 else ""
