"""What the drawings of several experiments share: panels side by side, lines with bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from amenable.figures import (
    LINES,
    MARKERS,
    axes_for,
    find_theme,
    legend_above,
    new_figure,
    style_axes,
)
from amenable.statistics import wilson

THEME = "light"  # the page shows pictures on white in the dark too


def panels(
    rows: int, columns: int, size: tuple[float, float], **options: Any
) -> tuple[Figure, list[Axes]]:
    """A new figure of rows times columns axes, row by row."""
    figure = new_figure(THEME, size)
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, [style_axes(ax, THEME) for ax in axes.ravel()]


def single(size: tuple[float, float] = (6.0, 4.0)) -> Axes:
    """Axes of a figure of their own."""
    return axes_for(None, THEME, size)


def style(i: int, marker: bool = True) -> dict[str, Any]:
    """Colour, line and marker of the i-th group: told apart in print too."""
    colours = find_theme(THEME).colours
    found: dict[str, Any] = {
        "color": colours[i % len(colours)],
        "ls": LINES[i % len(LINES)],
        "lw": 1.6,
    }
    if marker:
        found |= {"marker": MARKERS[i % len(MARKERS)], "ms": 4}
    return found


def draw_band(
    ax: Axes, i: int, x: ArrayLike, values: ArrayLike, label: str, marker: bool = True
) -> None:
    """Median of values (K, T) over x (K,), and the band from the first to the third quartile."""
    low, middle, high = np.quantile(np.asarray(values), (0.25, 0.5, 0.75), axis=1)
    looks = style(i, marker)
    ax.plot(np.asarray(x), middle, label=label, **looks)
    ax.fill_between(np.asarray(x), low, high, color=looks["color"], alpha=0.18, lw=0)


def fractions(
    ax: Axes,
    i: int,
    x: Sequence[float],
    counts: Sequence[tuple[int, int]],
    label: str,
    shift: float = 0.0,
) -> None:
    """Fractions of (solved, trials) over x, with Wilson's intervals as bars, moved by `shift`."""
    shares = np.array([solved / trials for solved, trials in counts])
    ends = np.array([wilson(solved, trials) for solved, trials in counts])
    bars = np.clip([shares - ends[:, 0], ends[:, 1] - shares], 0, None)
    ax.errorbar(
        np.asarray(x) + shift, shares, yerr=bars, label=label, capsize=2, elinewidth=1.0, **style(i)
    )
    ax.set_ylim(-0.03, 1.03)


def set_titles(ax: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Title and labels in ink."""
    ink = find_theme(THEME).ink
    ax.set_title(title, color=ink, fontsize=10)
    ax.set_xlabel(x, color=ink)
    ax.set_ylabel(y, color=ink)


def legend(ax: Axes, columns: int = 1, **options: Any) -> None:
    """A legend above the axes."""
    legend_above(ax, THEME, columns, **options)


def legend_below(figure: Figure, ax: Axes, columns: int) -> None:
    """One legend for all panels, below them; groups are those of `ax`."""
    figure.legend(
        *ax.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        labelcolor=find_theme(THEME).ink,
    )


def ticks_at(ax: Axes, places: Sequence[float]) -> None:
    """Ticks of the x axis at these places only, as plain numbers."""
    ax.xaxis.set_major_locator(FixedLocator(list(places)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xticklabels([f"{place:g}" for place in places])


def slope(x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> tuple[float, float, float]:
    """Slope and intercept of the least-squares line through y over x, and its r2."""
    (rate, start), variance = np.polyfit(x, y, 1), float(np.var(y))
    left = float(np.var(y - rate * x - start))
    return float(rate), float(start), 1.0 - left / variance if variance else 1.0
