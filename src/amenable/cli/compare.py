"""`amenable compare`: compare two studies that tried the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from amenable.answers import Between

HELP = (
    "Compare two studies: what both of them tried, trial by trial with the same seed.\n\n"
    "If they share no configuration, those that agree in their settings are paired. So you can "
    "compare the same space on other data, or with another training."
)
MOST_ROWS = 15  # configurations that are listed, those that differ most


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A study's file.", show_default=False)],
    second: Annotated[
        Path, typer.Argument(metavar="B", help="Another study's file.", show_default=False)
    ],
) -> int:
    """Compare two studies: what both of them tried, trial by trial with the same seed."""
    from amenable.answers import between
    from amenable.cli import screen
    from amenable.study.study import Study

    out = screen.results()
    a, b = (Study(path).results() for path in (first, second))
    found = between(a, b, _names(first, second))
    for sentence in found.sentences:
        screen.say(out, sentence)
    differing = [it for it in found.each if it.found.difference != 0]
    if len(found.each) > 1 and differing:
        screen.show(out)
        screen.show(out, _table(found))
        if len(differing) > MOST_ROWS:
            screen.say(out, f"… and {len(differing) - MOST_ROWS:,} more that differ by less.")
    return 0


def _names(first: Path, second: Path) -> tuple[str, str]:
    """Names of the files, or their paths if the names are the same."""
    if first.name != second.name:
        return first.name, second.name
    return str(first), str(second)


def _table(found: Between) -> Table:
    """The configurations that differ most."""
    from amenable.answers.comparing import signed
    from amenable.cli.table import plain_table
    from amenable.formatting import percent, probability

    table = plain_table()
    table.add_column("\nconfiguration of both")
    for name in found.names:
        table.add_column(f"solved, %\n{name}", justify="right")
    table.add_column("difference\n[95 % interval]", no_wrap=True)
    table.add_column("\nseeds", justify="right")
    table.add_column("p\ncorrected", justify="right", no_wrap=True)
    for it in found.each[:MOST_ROWS]:
        if it.found.difference == 0:
            continue
        one, other = it.found.fractions
        low, high = it.found.interval
        table.add_row(
            it.settings,
            percent(one, it.found.pairs),
            percent(other, it.found.pairs),
            f"{signed(it.found.difference)} [{signed(low)}, {signed(high)}]",
            f"{it.found.clusters:,}",
            probability(it.p_value).removeprefix("p = ").removeprefix("p "),
        )
    return table
