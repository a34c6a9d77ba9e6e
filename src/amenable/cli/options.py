"""The options of `amenable sweep`: names, help, and how what was typed is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

WHAT, HOW, RESULT = "What to train", "How to train it", "What to do with the result"
STUDY = "Studies: kept in a file, drawn from ranges, as many seeds as it takes"


def read_number(text: str) -> float:
    """A number."""
    return _read(text, "a number")


def read_whole(text: str) -> int:
    """A whole number, also as 1e5."""
    what = "a whole number"
    number = _read(text, what)
    if not number.is_integer():
        raise typer.BadParameter(f"expected {what}, got {text!r}")
    is_plain = text.strip().lstrip("+-").isdecimal()
    return int(text) if is_plain else int(number)


def read_share(text: str) -> float:
    """A share, or how many where it is a whole number."""
    return int(text) if text.strip().isdecimal() else read_number(text)


def _read(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"expected {what}, got {text!r}") from None


def option(panel: str, metavar: str, text: str, *names: str, parser: Any = None) -> Any:
    """An option whose help says its default; called as its variable, unless names are given."""
    return typer.Option(
        *names,
        parser=parser,
        metavar=metavar,
        rich_help_panel=panel,
        help=text,
        show_default=False,
    )


Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A built-in name ([cyan]amenable datasets[/cyan] lists them) or a file.",
        show_default=False,
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        rich_help_panel=WHAT,
        help="Column to learn. [dim]Default: the last.[/dim]",
    ),
]
Task = Annotated[
    str | None,
    typer.Option(
        metavar="TASK",
        rich_help_panel=WHAT,
        help="classification or regression. [dim]Default: as the target looks.[/dim]",
    ),
]
Validation = Annotated[
    float | None,
    typer.Option(
        parser=read_share,
        metavar="SHARE",
        rich_help_panel=WHAT,
        show_default=False,
        help="Held out to stop training and to choose by: a fraction, or how many; 0 for none. "
        "[dim]Default: a fifth.[/dim]",
    ),
]
Test = Annotated[
    float | None,
    typer.Option(
        parser=read_share,
        metavar="SHARE",
        rich_help_panel=WHAT,
        show_default=False,
        help="Held out to judge by, and for nothing else; 0 for none. "
        "[dim]Default: a fifth; 2,000 fresh points of toy problems.[/dim]",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=WHAT,
        help="How often each is trained. [dim]Default: 32.[/dim]",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=HOW,
        help="How many cores to use, at most. [dim]Default: all.[/dim]",
    ),
]
NoControl = Annotated[
    bool,
    typer.Option(
        "--no-control",
        rich_help_panel=HOW,
        help="Train no networks on shuffled targets, which say how often luck reaches the goal.",
    ),
]
AllRows = Annotated[
    bool, typer.Option("--all", rich_help_panel=RESULT, help="Show every row of the table.")
]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json",
        metavar="FILE",
        rich_help_panel=RESULT,
        help="Write all that was found, for programs.",
    ),
]
CsvFile = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        rich_help_panel=RESULT,
        help="Write the whole table, a line for each configuration.",
    ),
]
StudyPath = Annotated[
    Path | None,
    typer.Option(
        "--study",
        metavar="FILE",
        rich_help_panel=STUDY,
        help="Keep every trial in this file. The same command goes on where it stopped, other "
        "options add to it; [cyan]amenable study FILE[/cyan] shows it.",
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=STUDY,
        help="Try so many settings, drawn from lists and ranges (1e-4..1, 2..32). "
        "[dim]Default: all combinations.[/dim]",
    ),
]
Method = Annotated[
    str | None,
    typer.Option(
        metavar="METHOD",
        rich_help_panel=STUDY,
        help="How they are drawn: sobol, latin, random, or grid for all. "
        "[dim]Default: sobol with --draws.[/dim]",
    ),
]
UntilDecided = Annotated[
    float | None,
    typer.Option(
        parser=read_number,
        metavar="WIDTH",
        rich_help_panel=STUDY,
        help="Seeds until the interval of a fraction is so narrow (0.1), or clearly below the "
        "best; --seeds at most. [dim]Default: at most 1,024.[/dim]",
    ),
]
Halving = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="RUNGS",
        rich_help_panel=STUDY,
        help="A search: all settings with a fraction of the budget, the best third with three "
        "times that, and so on: 4 rungs begin with 1/27. [dim]--seeds each, default 3.[/dim]",
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        rich_help_panel=STUDY,
        help="Whose weights to keep: none, the best of each, all. [dim]Default: best.[/dim]",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        metavar="WHERE",
        rich_help_panel=STUDY,
        help="Train on a cluster: ray, or ray://HOST:PORT. [dim]Default: here.[/dim]",
    ),
]
