"""Cost against fraction solved: all configurations, and those that none beats in both."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from amenable.answers import Frontier, frontier
from amenable.answers.frontier import MOST_NAMED
from amenable.answers.trial_table import TrialTable
from amenable.description import fail
from amenable.figures.arguments import as_results
from amenable.figures.canvas import axes_for, find_theme, finish, mix
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above
from amenable.formatting import amount
from amenable.population import Population

MOST_BARS = 60  # configurations beside the frontier whose intervals are drawn: more are a blur


def frontier_data(
    trials: Population | TrialTable, cost: str = "training", level: float = 0.95
) -> Frontier:
    """Cost and fraction solved of each configuration.

    Parameters
    ----------
    trials : Population or TrialTable
        Trained with a goal.
    cost : str
        "training" (multiply-adds of one training) or "parameters".
    level : float
        Coverage of the intervals.

    Examples
    --------
    >>> import amenable as am
    >>> networks = [am.mlp(2, width, 1) for width in (1, 2, 4, 8)]
    >>> training = am.Training(epochs=100, goal="accuracy >= 1")
    >>> found = frontier_data(am.train(networks, "xor", training, seeds=16, progress=False))
    >>> found.cost.shape, bool(found.is_on.any())
    ((4,), True)
    """
    return frontier(as_results("trials", trials), cost, level)


def draw_frontier(found: Frontier, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw the fraction solved over cost, with the frontier as a stepped line.

    Points on the frontier are numbered from the cheapest; the caption names them.

    Parameters
    ----------
    found : Frontier
        What `frontier_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> networks = [am.mlp(2, width, 1) for width in (1, 4)]
    >>> training = am.Training(epochs=100, goal="accuracy >= 1")
    >>> population = am.train(networks, "xor", training, seeds=16, progress=False)
    >>> figure = draw_frontier(frontier_data(population))
    """
    if not isinstance(found, Frontier):
        fail("found", "a Frontier", found, "make one with frontier_data(...)")
    ax = axes_for(ax, theme, (6.0, 4.2))
    colours = find_theme(theme)
    grey = mix(colours.ink, colours.faint, 0.55)
    others = ~found.is_on & ~found.may_be
    unsure = found.may_be & ~found.is_on
    has_bars = int(np.count_nonzero(~found.is_on)) <= MOST_BARS
    _points(
        ax, found, others, grey, "v", "another is cheaper and solves it more often", has_bars, "."
    )
    _points(
        ax, found, unsure, colours.colours[1], "s", "undecided within the intervals", has_bars, ""
    )
    _points(ax, found, found.is_on, colours.colours[0], "o", "frontier", True, "o")
    _steps(ax, found, colours.colours[0])
    if np.all(found.cost > 0) and found.cost[-1] > 3 * found.cost[0]:
        ax.set_xscale("log")
        ax.margins(x=0.08)
        is_short = found.cost[-1] < 30 * found.cost[0]  # few decades need more ticks
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if is_short else (1,)))
        ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    ax.set_ylim(-0.03, 1.09)
    ax.set_yticks(np.linspace(0, 1, 6))
    unit = found.unit[0].upper() + found.unit[1:]
    ax.set_xlabel(f"{unit}, average" if "training" in unit else unit, color=colours.ink)
    ax.set_ylabel("Fraction solved", color=colours.ink)
    legend_above(ax, theme)
    return finish(ax)


def _points(
    ax: Axes,
    found: Frontier,
    mask: NDArray[np.bool_],
    colour: str,
    marker: str,
    label: str,
    has_bars: bool,
    fill: str,
) -> None:
    if not mask.any():
        return
    x, y = found.cost[mask], found.fraction[mask]
    bars = np.stack([y - found.low[mask], found.high[mask] - y]) if has_bars else None
    is_main = fill == "o"
    ax.errorbar(
        x,
        y,
        yerr=bars,
        fmt=marker,
        color=colour,
        mfc=colour if fill else "none",
        ms=6 if is_main else 4,
        lw=1.4 if is_main else 0.7,
        zorder=3 if is_main else 2,
        label=f"{label} ({int(mask.sum()):,})",
    )


def _steps(ax: Axes, found: Frontier, colour: str) -> None:
    """The frontier as steps, up to the highest cost, with numbered points."""
    x, y = found.cost[found.is_on], found.fraction[found.is_on]
    ax.step(
        np.append(x, found.cost[-1]), np.append(y, y[-1]), where="post", color=colour, lw=1.2,
        alpha=0.6, zorder=1,
    )  # fmt: skip
    for number, (at, value) in enumerate(zip(x[:MOST_NAMED], y, strict=False), 1):
        ax.annotate(
            str(number), (at, value), (5, 5), textcoords="offset points", color=colour, fontsize=9,
            fontweight="bold",
        )  # fmt: skip


figure(
    "frontier",
    "the fraction solved against cost, and which configurations are best in both",
    frontier_data,
    draw_frontier,
    takes=("trials",),
    recipe=Recipe("spirals", ("2", "4", "8", "4,4", "8,8"), "effects", has_goal=True),
)
