"""The options of `amenable draw` that `amenable sweep` has not, or explains otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amenable.cli.options import WHAT, option, read_whole

PICTURE = "What to draw"
SUITS = "[dim]Default: what suits the picture.[/dim]"

KindName = Annotated[
    str | None,
    typer.Argument(
        metavar="KIND", help="What to draw; without it, all kinds are listed.", show_default=False
    ),
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
    option(
        PICTURE,
        "NAME",
        "The data that saved networks learned. [dim]Default: found by its name.[/dim]",
        "--data",
    ),
]
Trial = Annotated[
    str | None,
    option(
        PICTURE,
        "WHICH",
        "Which network to draw: best, median, worst or a number. [dim]Default: median.[/dim]",
    ),
]
By = Annotated[
    list[str] | None,
    option(
        PICTURE,
        "KEY",
        "Setting to compare (survival), or an axis of the map (trainability), such as lr, "
        "activation or width (repeatable). [dim]Default: what varies.[/dim]",
    ),
]
Inputs = Annotated[
    str | None,
    option(
        PICTURE,
        "A,B",
        "Of data with more inputs than the picture shows: those that vary, by name or number from "
        "0; the others are held at their median.",
        "--inputs",
    ),
]
Set = Annotated[
    list[str] | None,
    option(
        PICTURE,
        "NAME=VALUE",
        "Set another option of the figure, such as measure=metric (repeatable).",
        "--set",
    ),
]
Theme = Annotated[
    str,
    typer.Option(metavar="NAME", rich_help_panel=PICTURE, help="light or dark."),
]
Out = Annotated[
    Path | None,
    option(
        PICTURE,
        "FILE",
        "Where to write it: PNG, SVG or PDF; frames also GIF, or MP4 if ffmpeg is installed. "
        "[dim]Default: KIND.png, frames.gif.[/dim]",
        "--out",
        "-o",
    ),
]
Seeds = Annotated[
    int | None,
    option(WHAT, "N", f"How many networks of each kind to train. {SUITS}", parser=read_whole),
]
