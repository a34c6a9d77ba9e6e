"""The options of `amenable sweep` that make a study of it, and how ranges are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amenable.cli import options
from amenable.errors import DescriptionError
from amenable.space.ranges import IntegerRange, LogRange

STUDY = "Studies: kept in a file, drawn from ranges, as many seeds as it takes"
BETWEEN = ".."  # of a range: 1e-4..1


def read_rate(text: str) -> float | LogRange:
    """A number, or a range of them by their logarithm."""
    if BETWEEN not in text:
        return options.read_number(text)
    low, high = (options.read_number(it) for it in _ends(text))
    try:
        return LogRange(low, high)
    except DescriptionError as error:
        raise typer.BadParameter(str(error.at(""))) from None


def read_width_range(option: str, text: str, log: bool) -> IntegerRange | None:
    """A range of whole numbers; None where the text is none.

    Raises
    ------
    DescriptionError
        Names the option.
    """
    if BETWEEN not in text:
        return None
    hint = "a range is typed as 2..32"
    try:
        low, high = (options.read_whole(it) for it in _ends(text))
        return IntegerRange(low, high, log=log)
    except typer.BadParameter as error:
        raise DescriptionError(error.message, where=option, hint=hint) from None
    except DescriptionError as error:
        raise error.at(option, hint=error.hint or hint) from None


def _ends(text: str) -> tuple[str, str]:
    low, _, high = text.partition(BETWEEN)
    if not low.strip() or not high.strip() or high.startswith("."):  # 1e-4...1 is 1e-4 to .1, or 1?
        raise typer.BadParameter(f"expected a range such as 1e-4..1 or 2..32, got {text!r}")
    return low, high


LearningRate = Annotated[
    list[float] | None,
    typer.Option(
        "--lr",
        parser=read_rate,
        metavar="RATE",
        rich_help_panel=options.HOW,
        help="Learning rate (repeatable), or a range such as 1e-4..1 with --draws. "
        "[dim]Default: what suits the optimizer.[/dim]",
    ),
]
L2 = Annotated[
    list[float] | None,
    typer.Option(
        "--l2",
        parser=read_rate,
        metavar="SIZE",
        rich_help_panel=options.HOW,
        help="L2 penalty (repeatable), or a range. [dim]Default: 0.[/dim]",
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
        parser=options.read_whole,
        metavar="N",
        rich_help_panel=STUDY,
        help="Try so many settings, drawn from lists and ranges (1e-4..1, 2..32). "
        "[dim]Default: all combinations.[/dim]",
    ),
]
Sample = Annotated[
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
        parser=options.read_number,
        metavar="WIDTH",
        rich_help_panel=STUDY,
        help="Seeds until the interval of a fraction is so narrow (0.1), or clearly below the "
        "best; --seeds at most. [dim]Default: at most 1,024.[/dim]",
    ),
]
Halving = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
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
