"""The options of `amenable sweep`: names, help, and how what was typed is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from amenable.cli.request import SPLIT

WHAT, HOW, RESULT = "What to train", "How to train it", "What to do with the result"


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
Held = Annotated[
    float,
    typer.Option(
        "--split",
        parser=read_number,
        metavar="FRACTION",
        rich_help_panel=WHAT,
        show_default=False,
        help=f"Held out for validation. [dim]Default: {SPLIT:g}.[/dim]",
    ),
]
Hidden = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WIDTHS",
        rich_help_panel=WHAT,
        help="Hidden layers: 10, or 10,10, or none (repeatable). "
        "[dim]Default: a dozen, from none to two layers.[/dim]",
    ),
]
Activation = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=WHAT,
        help="Of the hidden layers (repeatable). [dim]Default: tanh, relu, sigmoid.[/dim]",
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
Optimizer = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=HOW,
        help="sgd, momentum, nesterov, rmsprop, adam, adamw, rprop or levenberg_marquardt "
        "(repeatable). [dim]Default: adam.[/dim]",
    ),
]
LearningRate = Annotated[
    list[float] | None,
    typer.Option(
        "--lr",
        parser=read_number,
        metavar="RATE",
        rich_help_panel=HOW,
        help="Learning rate (repeatable). [dim]Default: what suits the optimizer.[/dim]",
    ),
]
Batch = Annotated[
    list[str] | None,
    typer.Option(
        metavar="N",
        rich_help_panel=HOW,
        help="Samples in a step, or full (repeatable). [dim]Default: 32.[/dim]",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=HOW,
        help="Passes over the data, at most. [dim]Default: what suits its size.[/dim]",
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        parser=read_whole, metavar="N", rich_help_panel=HOW, help="Updates, instead of epochs."
    ),
]
Init = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=HOW,
        help="Initial weights, such as he_normal (repeatable). "
        "[dim]Default: what suits the activation.[/dim]",
    ),
]
L2 = Annotated[
    list[float] | None,
    typer.Option(
        "--l2",
        parser=read_number,
        metavar="SIZE",
        rich_help_panel=HOW,
        help="L2 penalty (repeatable). [dim]Default: 0.[/dim]",
    ),
]
Solved = Annotated[
    str | None,
    typer.Option(
        metavar="GOAL",
        rich_help_panel=HOW,
        help='When a network has learned it: "accuracy >= 0.95", "r2 >= 0.8", '
        '"training loss <= 0.01"; none trains to the end. '
        "[dim]Default: nearly as good as scikit-learn's best.[/dim]",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=HOW,
        help="At most. [dim]Default: all cores.[/dim]",
    ),
]
Control = Annotated[
    bool,
    typer.Option(
        "--control/--no-control",
        rich_help_panel=HOW,
        help="Train a few networks on shuffled targets too: how often luck reaches the goal.",
        show_default=False,
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
