"""The options of `amenable sweep`: their names, their help, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

WHAT, HOW, RESULT = "What to train", "How to train it", "What to do with the result"
STUDY = "Studies: keep trials in a file, draw settings from ranges, add seeds until it is clear"


def read_number(text: str) -> float:
    """A number."""
    return _read(text, "a number")


def read_whole(text: str) -> int:
    """A whole number, which may be written as 1e5."""
    what = "a whole number"
    number = _read(text, what)
    if not number.is_integer():
        raise typer.BadParameter(f"expected {what}, got {text!r}")
    is_plain = text.strip().lstrip("+-").isdecimal()
    return int(text) if is_plain else int(number)


def read_share(text: str) -> float:
    """A share, or a count if it is a whole number."""
    return int(text) if text.strip().isdecimal() else read_number(text)


def _read(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"expected {what}, got {text!r}") from None


def option(panel: str, metavar: str, text: str, *names: str, parser: Any = None) -> Any:
    """An option whose help says its default; its name is that of its variable unless given."""
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
        help="Column to learn. [dim]Default: the last one.[/dim]",
    ),
]
Task = Annotated[
    str | None,
    typer.Option(
        metavar="TASK",
        rich_help_panel=WHAT,
        help="classification or regression. [dim]Default: what the target looks like.[/dim]",
    ),
]
Validation = Annotated[
    float | None,
    typer.Option(
        parser=read_share,
        metavar="SHARE",
        rich_help_panel=WHAT,
        show_default=False,
        help="Rows that may stop training and choose among networks: a fraction, a count, or 0 for "
        "none. [dim]Default: a fifth.[/dim]",
    ),
]
Test = Annotated[
    float | None,
    typer.Option(
        parser=read_share,
        metavar="SHARE",
        rich_help_panel=WHAT,
        show_default=False,
        help="Rows that only judge the trained networks: a fraction, a count, or 0 for none. "
        "[dim]Default: a fifth, or 2,000 fresh points for toy problems.[/dim]",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=WHAT,
        help="How many networks of each kind to train. [dim]Default: 32.[/dim]",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=HOW,
        help="Use at most this many cores. [dim]Default: all.[/dim]",
    ),
]
NoControl = Annotated[
    bool,
    typer.Option(
        "--no-control",
        rich_help_panel=HOW,
        help="Skip the networks on shuffled targets, which show how often luck reaches the goal.",
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
        help="Write all results, for programs.",
    ),
]
CsvFile = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        metavar="FILE",
        rich_help_panel=RESULT,
        help="Write the whole table as CSV, a line for each configuration.",
    ),
]
Save = Annotated[
    Path | None,
    typer.Option(
        "--save",
        metavar="FILE",
        rich_help_panel=RESULT,
        help="Keep the best network of the recommended structure, for "
        "[cyan]amenable predict[/cyan].",
    ),
]
Together = Annotated[
    bool,
    typer.Option(
        "--ensemble",
        rich_help_panel=RESULT,
        help="With --save: keep all networks of that structure that solved the problem; they "
        "predict together.",
    ),
]
StudyPath = Annotated[
    Path | None,
    typer.Option(
        "--study",
        metavar="FILE",
        rich_help_panel=STUDY,
        help="Keep every trial in this file. The same command goes on where it stopped; other "
        "options add trials. [cyan]amenable study FILE[/cyan] shows the file.",
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=STUDY,
        help="Try this many combinations of settings, drawn from lists and ranges (1e-4..1, "
        "2..32). [dim]Default: all combinations.[/dim]",
    ),
]
Method = Annotated[
    str | None,
    typer.Option(
        metavar="METHOD",
        rich_help_panel=STUDY,
        help="How combinations are drawn: sobol, latin or random; or grid for all of them. "
        "[dim]Default: sobol with --draws.[/dim]",
    ),
]
UntilDecided = Annotated[
    float | None,
    typer.Option(
        parser=read_number,
        metavar="WIDTH",
        rich_help_panel=STUDY,
        help="Add seeds until the interval of a fraction is this narrow (such as 0.1), or clearly "
        "below the best, up to --seeds. [dim]Default: up to 1,024 seeds.[/dim]",
    ),
]
Halving = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="RUNGS",
        rich_help_panel=STUDY,
        help="Search: train all settings with a fraction of the budget, the best third of them "
        "with three times as much, and so on; 4 rungs begin with 1/27. [dim]Default of --seeds: "
        "3.[/dim]",
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        rich_help_panel=STUDY,
        help="Which weights to keep: none, best (of each configuration) or all. "
        "[dim]Default: best.[/dim]",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        metavar="WHERE",
        rich_help_panel=STUDY,
        help="Train on a Ray cluster: ray, or ray://HOST:PORT. [dim]Default: this machine.[/dim]",
    ),
]
