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
    option(
        PICTURE,
        "NAME",
        "For saved networks, the data that they learned. [dim]Default: by its name.[/dim]",
        "--data",
    ),
]
Trial = Annotated[
    str | None,
    option(
        PICTURE,
        "WHICH",
        "best, median, worst or a number, for pictures of one network. [dim]Default: median.[/dim]",
    ),
]
By = Annotated[
    list[str] | None,
    option(
        PICTURE,
        "KEY",
        "What to compare (survival), or both axes of a map (trainability), such as lr, "
        "activation, width (repeatable). [dim]Default: what varies.[/dim]",
    ),
]
Set = Annotated[
    list[str] | None,
    option(
        PICTURE,
        "NAME=VALUE",
        "Another option of the figure, such as measure=metric (repeatable).",
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
        "PNG, SVG or PDF; for frames also GIF, and MP4 where ffmpeg is there. "
        "[dim]Default: KIND.png, frames.gif.[/dim]",
        "--out",
        "-o",
    ),
]
Seeds = Annotated[
    int | None,
    option(WHAT, "N", f"How often each is trained. {SUITS}", parser=read_whole),
]
