"""Sigmoids made by hand in tables and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import amenable as am
from amenable.construct import detector, passthrough
from amenable.figures import find_theme
from amenable.formatting import join, shorten
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import THEME, legend, panels, set_titles, style
from amenable.lecture.sigmoids.measures import (
    AT,
    PROGRAM,
    SCALE,
    SHARPNESS,
    SLIDE,
    WHOLE,
    Errors,
    Floats,
    General,
    Reach,
)


def program_table(program: am.Model) -> ResultTable:
    """The 40 lines that the lecture's program prints, its layers in two columns."""
    hidden, second, outputs = program.layers(WHOLE[:, None])
    rows = [
        (
            f"{x:g}",
            _pair(one),
            _pair(two),
            f"{out[0]:.4f}",
            f"{max(x, 0.0):g}",
        )
        for x, one, two, out in zip(WHOLE, hidden, second, outputs, strict=True)
    ]
    return ResultTable(
        "The lecture’s program, layer by layer, in float32.",
        ("x", "after the first sigmoids", "after the second", "output", "ReLU"),
        tuple(rows),
    )


def _pair(values: Floats) -> str:
    return ", ".join(f"{value:.7g}" for value in values)


def passed_table() -> ResultTable:
    """x through the passthrough with both factors, as the lecture's comment has it."""
    x = np.array([0.0, 1.0, 2.0, 10.0, 100.0, 1000.0, 10_000.0])
    exact = passthrough(SCALE, "float64").decision(x[:, None])[:, 0]
    single = passthrough(SCALE, "float32").decision(x[:, None])[:, 0]
    rows = zip(x, exact * SLIDE / PROGRAM, exact, single, strict=True)
    return ResultTable(
        "x passed through a sigmoid: factor · (sigmoid(0.0001 x) − 0.5).",
        ("x", "factor 4,000", "factor 40,000", "40,000 in float32"),
        tuple((f"{a:g}", *(f"{value:.6g}" for value in rest)) for a, *rest in rows),
    )


def general_table(made: Sequence[General]) -> ResultTable:
    """What the general form takes and gives."""
    return ResultTable(
        "ReLUs made of sigmoids, within a given error everywhere on [-20, 20], with the smallest "
        "weights (the lecture’s largest is 1e8).",
        ("error asked for", "measured", "largest weight"),
        tuple((f"{it.asked:g}", shorten(it.error), shorten(it.largest_weight)) for it in made),
    )


def draw_relu(program: am.Model, found: Reach) -> Illustration:
    """The program on its inputs, about zero, and far out."""
    figure, axes = panels(1, 3, (9.0, 3.4))
    ink = find_theme(THEME).ink
    grids = (np.linspace(-20, 20, 2001), np.linspace(-1e-6, 1e-6, 2001), np.geomspace(1, 1e6, 801))
    for ax, x in zip(axes, grids, strict=True):
        ax.plot(x, np.maximum(x, 0), color=ink, lw=4, alpha=0.3, label="ReLU")
        looks = style(1, marker=False) | {"ls": "-"}
        ax.plot(x, program.decision(x[:, None])[:, 0], label="lecture’s program", **looks)
    axes[2].set_xscale("log")
    axes[2].set_yscale("log")
    for ax, title in zip(axes, ("-20 to 20", "about zero", "far out"), strict=True):
        set_titles(ax, "", f"x, {title}", "Output" if ax is axes[0] else "")
    axes[1].ticklabel_format(axis="x", style="sci", scilimits=(0, 0))
    legend(axes[0])
    return Illustration(
        "A ReLU made of sigmoids, and its limits",
        figure,
        "The lecture’s exact weights in float32. Left: on the lecture’s inputs the largest error "
        "is "
        f"{float(found.whole.max()):.3f}. Middle: within a millionth of zero the detector is "
        f"neither on nor off, and the output is wrong by up to {shorten(found.near[0])}. Right: "
        "the "
        f"linear part of the sigmoid ends, and no output exceeds {shorten(found.limit)}. Other "
        "weights avoid the dip, but the linear part of a sigmoid always ends.",
    )


def draw_passed(passed: Mapping[tuple[float, str], Errors]) -> Illustration:
    """Errors of the passthrough beside bounds, and over x."""
    figure, (left, right) = panels(1, 2, (7.5, 3.6))
    for i, dtype in enumerate(("float32", "float64")):
        it = passed[PROGRAM, dtype]
        positive = it.x > 0
        kept = it.x[positive]
        left.plot(kept, np.maximum(it.error[positive], 1e-16), label=dtype, **_thin(i))
        left.plot(kept, it.bound[positive], label=f"bound, {dtype}", **style(i + 2, marker=False))
    x = np.geomspace(1e-3, 1e6, 800)
    for i, dtype in enumerate(("float32", "float64")):
        value = passthrough(SCALE, dtype).decision(x[:, None])[:, 0]
        right.plot(x, np.abs(value - x) / x, label=dtype, **_thin(i))
    right.axhline(1 - SLIDE / PROGRAM, color=find_theme(THEME).ink, ls=":", label="factor 4,000")
    for ax in (left, right):
        ax.set_yscale("log")
        legend(ax, 2)
    right.set_xscale("log")
    set_titles(left, "", "x", "Error of x passed through, 40,000")
    set_titles(right, "", "x", "Error over x")
    it = passed[PROGRAM, "float32"]
    return Illustration(
        "Preserving x, and the effect of rounding",
        figure,
        f"x through 40,000 (sigmoid(0.0001 x) − 0.5). Left: errors and bounds on (0, 20]; in "
        f"float32 up to {shorten(it.largest)}, as a sigmoid about one half has only so many "
        "digits. Right: over x; small x drown in rounding, large x leave the linear part. With the "
        f"slide’s 4,000 the error is at least {1 - SLIDE / PROGRAM:.0%} of x, large or small.",
    )


def _thin(i: int) -> dict[str, Any]:
    return style(i, marker=False) | {"lw": 0.9, "ls": "-"}


def draw_detector() -> Illustration:
    """The detector about its threshold."""
    figure, (left, right) = panels(1, 2, (7.5, 3.4))
    near = np.linspace(AT - 0.001, AT + 0.001, 1001)
    far = AT + np.geomspace(1e-4, 0.02, 801)
    said = []
    for i, dtype in enumerate(("float64", "float32")):
        model = detector(AT, SHARPNESS, dtype)
        left.plot(near - AT, model.decision(near[:, None])[:, 0], label=dtype, **_over(i))
        values = model.decision(far[:, None])[:, 0]
        there = values > 0
        right.plot(far[there] - AT, values[there], label=dtype, **_over(i))
        if not there.all():
            said.append(f"{shorten(float(far[~there][0] - AT))} above the threshold in {dtype}")
    set_titles(left, "", f"x - {AT:g}", "Output")
    set_titles(right, "", f"x - {AT:g}", "Output above the threshold")
    right.set_yscale("log")
    legend(left, 2)
    legend(right, 2)
    ends = f" It is exactly zero from {join(said)}." if said else ""
    return Illustration(
        "Detecting values below a threshold",
        figure,
        f"sigmoid(-10,000 (x − {AT:g})) close to its threshold, where it is neither 0 nor 1. "
        f"Right: above it the output falls as exp(-10,000 distance).{ends}",
    )


def _over(i: int) -> dict[str, Any]:
    """The second line is drawn on the first, which is wider."""
    return style(i, marker=False) | {"lw": 4.0 - 2.4 * i, "alpha": 0.5 + 0.5 * i}
