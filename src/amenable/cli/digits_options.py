"""The options of `amenable digits` that other commands have not, or explain otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amenable.cli.options import HOW, RESULT, WHAT, option, read_number, read_whole

FOLDER = Path("digits")
SEEDS, PASSES, RATE = 32, 23, 0.03  # passes of the paper, whose rates were other ones
ACTIVATION = "scaled_tanh"

Data = Annotated[
    str,
    option(
        WHAT,
        "NAME",
        "digits, usps, mnist or a file of images; they are resized to the network's input. "
        "[dim]Default: digits.[/dim]",
    ),
]
NetworkName = Annotated[
    str,
    option(
        WHAT, "NAME", "lenet1989, lenet1 or lenet5. [dim]Default: lenet1989.[/dim]", "--network"
    ),
]
Seeds = Annotated[
    int | None,
    option(WHAT, "N", "How many are trained. [dim]Default: 32.[/dim]", parser=read_whole),
]
Epochs = Annotated[
    int | None,
    option(
        HOW, "N", "Passes over the training samples. [dim]Default: 23.[/dim]", parser=read_whole
    ),
]
Activation = Annotated[
    str,
    option(
        WHAT,
        "NAME",
        "Of all layers; of the output only where its values reach -1 and 1. "
        "[dim]Default: scaled_tanh, 1.7159 tanh(2x / 3).[/dim]",
    ),
]
LearningRate = Annotated[
    float | None,
    option(HOW, "RATE", "Learning rate. [dim]Default: 0.03.[/dim]", "--lr", parser=read_number),
]
Init = Annotated[
    str | None,
    option(
        HOW,
        "NAME",
        "Initial weights. [dim]Default: lecun1989, uniform within 2.4 / fan-in; for lenet5 "
        "lecun_uniform.[/dim]",
    ),
]
Out = Annotated[
    Path,
    option(RESULT, "FOLDER", "Where pictures go. [dim]Default: digits.[/dim]", "--out", "-o"),
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
    option(
        RESULT,
        "N",
        "The test sample whose feature maps are drawn, from 0. [dim]Default: 0.[/dim]",
        parser=read_whole,
    ),
]
Save = Annotated[
    Path | None,
    option(RESULT, "FILE", "Keep the best network by training error, for amenable predict."),
]
