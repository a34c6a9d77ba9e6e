"""The options of `amenable draw` that `amenable sweep` has not, or explains otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amenable.cli.options import HOW, WHAT, read_whole

PICTURE = "What to draw"
SUITS = "[dim]Default: what suits the picture.[/dim]"

KindName = Annotated[
    str | None,
    typer.Argument(metavar="KIND", help="What to draw; lists all without.", show_default=False),
]
DataName = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        help="A built-in name, a file of data, or a file of networks that save() wrote. "
        "[dim]Default: a toy problem that suits the kind.[/dim]",
        show_default=False,
    ),
]
Samples = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="NAME",
        rich_help_panel=PICTURE,
        help="For saved networks, the data that they learned. [dim]Default: by its name.[/dim]",
    ),
]
Trial = Annotated[
    str | None,
    typer.Option(
        metavar="WHICH",
        rich_help_panel=PICTURE,
        help="best, median, worst or a number, for pictures of one network. "
        "[dim]Default: median.[/dim]",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY",
        rich_help_panel=PICTURE,
        help="What to compare (survival), or both axes of a map (trainability), such as lr, "
        "activation, width (repeatable). [dim]Default: what varies.[/dim]",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        rich_help_panel=PICTURE,
        help="Another option of the figure, such as measure=metric (repeatable).",
    ),
]
Theme = Annotated[
    str,
    typer.Option(metavar="NAME", rich_help_panel=PICTURE, help="light or dark."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        rich_help_panel=PICTURE,
        help="PNG, SVG or PDF; for frames also GIF, and MP4 where ffmpeg is there. "
        "[dim]Default: KIND.png, frames.gif.[/dim]",
        show_default=False,
    ),
]
Hidden = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WIDTHS",
        rich_help_panel=WHAT,
        help=f"Hidden layers: 10, or 10,10, or none (repeatable). {SUITS}",
    ),
]
Activation = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=WHAT,
        help="Of the hidden layers (repeatable). [dim]Default: tanh, mostly.[/dim]",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=read_whole,
        metavar="N",
        rich_help_panel=WHAT,
        help=f"How often each is trained. {SUITS}",
    ),
]
Solved = Annotated[
    str | None,
    typer.Option(
        metavar="GOAL",
        rich_help_panel=HOW,
        help='When a network has learned it: "accuracy >= 0.95", "training loss <= 0.01"; none '
        "trains to the end. [dim]Default: none, or where the picture counts solved networks, "
        "nearly as good as scikit-learn's best.[/dim]",
    ),
]
