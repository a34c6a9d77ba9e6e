"""The options of `amenable digits` that other commands lack, or explain differently."""

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
        "digits, usps, mnist or a file of images, which are resized to the network's input. "
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
    option(WHAT, "N", "How many networks to train. [dim]Default: 32.[/dim]", parser=read_whole),
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
        "Activation of all layers; of the output layer only if its values reach -1 and 1. "
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
    option(RESULT, "FOLDER", "Folder for the pictures. [dim]Default: digits.[/dim]", "--out", "-o"),
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
        "Which test sample to draw the feature maps of, counted from 0. [dim]Default: 0.[/dim]",
        parser=read_whole,
    ),
]
Save = Annotated[
    Path | None,
    option(
        RESULT, "FILE", "Save the network with the smallest training error, for amenable predict."
    ),
]
