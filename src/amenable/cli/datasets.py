"""`amenable datasets`: list the built-in data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.datasets import Entry


def datasets() -> None:
    """List the built-in data: toy problems, and data sets that come with scikit-learn."""
    from amenable.cli import screen
    from amenable.datasets import catalogue

    out = screen.results()
    _print_table(out, catalogue())
    screen.show(out)
    screen.say(
        out, "To learn one of them: amenable sweep NAME. To learn a file: amenable sweep FILE."
    )
    screen.say(
        out,
        "Options of a data set are for Python: am.train(networks, am.load('parity', bits=3)).",
    )


def _print_table(out: Console, entries: Sequence[Entry]) -> None:
    from rich.table import Table

    from amenable.cli.screen import show

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True, style="cyan")
    table.add_column("samples", justify="right", no_wrap=True)
    table.add_column("inputs", justify="right", no_wrap=True)
    table.add_column("learned", no_wrap=True)
    table.add_column("what it is")
    for entry in entries:
        learned = f"{entry.n_classes} classes" if entry.n_classes else "a number"
        settings = ", ".join(f"{name}={value:g}" for name, value in entry.parameters.items())
        what = f"{entry.description} ({settings})" if settings else entry.description
        sizes = (f"{entry.n_samples:,}", f"{entry.n_inputs:,}")
        table.add_row(entry.name, *sizes, learned, what)
    show(out, table)
