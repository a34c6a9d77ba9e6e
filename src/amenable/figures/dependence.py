"""Partial dependence: what networks answer on average, where one column has one value."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amenable.figures.canvas import LINES, Theme, find_theme, finish, new_figure, style_axes
from amenable.figures.legends import verbatim
from amenable.inspection import Dependence

ACROSS = 3  # panels side by side
MOST_LINES = 6  # classes that are drawn: more could not be told apart


def draw_dependence(
    found: Sequence[Dependence], outputs: Sequence[str], label: str, *, theme: str = "light"
) -> Figure:
    """Draw a panel for each column: a faint line for each network, and their mean.

    Parameters
    ----------
    found : sequence of Dependence
        Of the columns to show.
    outputs : sequence of str
        What each of the K answers is: classes, or targets. Of two classes the second is drawn.
    label : str
        What the answers are, such as "probability".
    theme : str
        "light" or "dark".
    """
    across = min(ACROSS, len(found))
    down = ceil(len(found) / across)
    picture = new_figure(theme, (3.4 * across, 2.8 * down))
    panels = picture.subplots(down, across, squeeze=False).ravel()
    for ax in panels[len(found) :]:
        ax.set_visible(False)
    shown = [1] if len(outputs) == 2 and label != "value" else [*range(len(outputs))][:MOST_LINES]
    for ax, one in zip(panels, found, strict=False):
        _draw_panel(style_axes(ax, theme), one, [(k, outputs[k]) for k in shown], theme)
    joint = "predicted" if label == "value" else f"{label} of"
    what = f"{joint} {outputs[shown[0]]}".strip() if len(shown) == 1 else label
    for ax in panels[::across]:
        ax.set_ylabel(verbatim(what), color=find_theme(theme).ink)
    if len(shown) > 1:
        lines, names = panels[0].get_legend_handles_labels()
        picture.legend(
            lines, names, loc="outside upper center", ncols=len(names), frameon=False,
            labelcolor=find_theme(theme).ink,
        )  # fmt: skip
    for ax in panels[: len(found)]:
        finish(ax)
    return picture


def _draw_panel(ax: Axes, one: Dependence, shown: Sequence[tuple[int, str]], theme: str) -> None:
    colours: Theme = find_theme(theme)
    for i, (k, name) in enumerate(shown):
        colour = colours.colours[i % len(colours.colours)]
        each, mean = one.answers[:, k], one.answers[:, k].mean(axis=0)
        if one.names:
            step = 0.8 / len(shown)
            at = one.values + (i - (len(shown) - 1) / 2) * step
            ax.plot(np.tile(at, (len(each), 1)).T, each.T, ".", color=colour, alpha=0.3, ms=4)
            ax.plot(at, mean, "_", color=colour, ms=14, mew=2, label=verbatim(name))
            continue
        if len(each) > 1:
            ax.plot(one.values, each.T, color=colour, alpha=0.2, lw=0.7)
        style = LINES[i % len(LINES)]
        ax.plot(one.values, mean, color=colour, lw=2, ls=style, label=verbatim(name))
    if one.names:
        ax.set_xticks(one.values, [verbatim(it) for it in one.names])
    ax.tick_params(axis="x", rotation=30 if one.names or one.values.dtype.kind == "M" else 0)
    ax.set_xlabel(verbatim(one.column), color=colours.ink)
