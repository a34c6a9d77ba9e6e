"""The options of `amenable digits` that other commands have not, or explain otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amenable.cli import options

FOLDER = Path("digits")
SEEDS, PASSES, RATE = 32, 23, 0.03  # passes of the paper, whose rates were other ones
ACTIVATION = "scaled_tanh"

WHAT, HOW, RESULT = options.WHAT, options.HOW, options.RESULT

Data = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        rich_help_panel=WHAT,
        show_default=False,
        help="digits, usps, mnist or a file of images; they are resized to the network's input. "
        "[dim]Default: digits.[/dim]",
    ),
]
NetworkName = Annotated[
    str,
    typer.Option(
        "--network",
        metavar="NAME",
        rich_help_panel=WHAT,
        show_default=False,
        help="lenet1989, lenet1 or lenet5. [dim]Default: lenet1989.[/dim]",
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        rich_help_panel=WHAT,
        show_default=False,
        help="How many are trained. [dim]Default: 32.[/dim]",
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        rich_help_panel=HOW,
        show_default=False,
        help="Passes over the training samples. [dim]Default: 23.[/dim]",
    ),
]
Activation = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        rich_help_panel=WHAT,
        show_default=False,
        help="Of all layers; of the output only where its values reach -1 and 1. "
        "[dim]Default: scaled_tanh, 1.7159 tanh(2x / 3).[/dim]",
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        "--lr",
        parser=options.read_number,
        metavar="RATE",
        rich_help_panel=HOW,
        show_default=False,
        help="Learning rate. [dim]Default: 0.03.[/dim]",
    ),
]
Init = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=HOW,
        show_default=False,
        help="Initial weights. [dim]Default: lecun1989, uniform within 2.4 / fan-in; for lenet5 "
        "lecun_uniform.[/dim]",
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="FOLDER",
        rich_help_panel=RESULT,
        show_default=False,
        help="Where pictures go. [dim]Default: digits.[/dim]",
    ),
]
Figures = Annotated[
    bool,
    typer.Option(
        "--figures/--no-figures", rich_help_panel=RESULT, help="Whether to draw pictures."
    ),
]
Compare = Annotated[
    bool,
    typer.Option(
        "--compare/--no-compare",
        rich_help_panel=RESULT,
        help="Whether to train other networks and models for comparison.",
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        rich_help_panel=RESULT,
        show_default=False,
        help="The test sample whose feature maps are drawn, from 0. [dim]Default: 0.[/dim]",
    ),
]
Save = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        rich_help_panel=RESULT,
        help="Keep the best network by training error, for amenable predict.",
    ),
]
