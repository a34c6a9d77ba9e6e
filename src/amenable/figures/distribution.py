"""The distribution of a loss or a metric: the share of trials at or below each value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amenable.answers import Distribution, distribution
from amenable.answers.trial_table import TrialTable
from amenable.description import fail
from amenable.errors import DescriptionError
from amenable.figures.arguments import as_results
from amenable.figures.canvas import LINES, axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, verbatim
from amenable.population import Population

MOST_GROUPS = 28  # colours times line styles: more could not be told apart
MOST_BANDS = 6  # more would cover one another


def distribution_data(
    trials: Population | TrialTable,
    by: str | Sequence[str] = (),
    of: str = "metric",
    split: str | None = None,
    level: float = 0.95,
) -> Distribution:
    """The distribution of a loss or a metric, over all trials or in groups.

    Parameters
    ----------
    trials : Population or TrialTable
        All measured by the same metric.
    by : str, or several
        The settings that define the groups, such as "activation".
    of : str
        "metric" or "loss".
    split : str, optional
        Which samples; by default those on which networks are judged.
    level : float
        Coverage of the bands.

    Examples
    --------
    >>> import amenable as am
    >>> networks = [am.mlp(2, 4, 1, activation=name) for name in ("tanh", "relu")]
    >>> population = am.train(networks, "moons", am.Training(epochs=5), seeds=8, progress=False)
    >>> found = distribution_data(population, "activation", of="loss")
    >>> [it.settings for it in found.groups], found.measure
    ([('tanh',), ('relu',)], 'loss')
    """
    found = distribution(as_results("trials", trials), by, of, split, level)
    if len(found.groups) > MOST_GROUPS:
        raise DescriptionError(
            f"by: expected at most {MOST_GROUPS} groups, got {len(found.groups)}; choose a setting "
            "with fewer values"
        )
    return found


def draw_distribution(
    found: Distribution, ax: Axes | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the share of trials at or below each value, with a line for each group.

    Parameters
    ----------
    found : Distribution
        What `distribution_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(am.mlp(2, 4, 1), "moons", am.Training(epochs=5), seeds=8)
    >>> figure = draw_distribution(distribution_data(population))
    """
    if not isinstance(found, Distribution):
        fail("found", "a Distribution", found, "make one with distribution_data(...)")
    ax = axes_for(ax, theme, (6.0, 3.8 + 0.16 * len(found.groups)))
    colours = find_theme(theme)
    for i, group in enumerate(found.groups):
        values, share, low, high = group.curve()
        colour = colours.colours[i % len(colours.colours)]
        label = f"{verbatim(found.name(group))} ({group.trials:,})"
        if len(found.groups) <= MOST_BANDS:
            ax.fill_between(values, low, high, step="post", color=colour, alpha=0.15, lw=0)
        ax.step(
            np.append(values[:1], values), np.append(0.0, share), where="post", color=colour,
            ls=LINES[i % len(LINES)], lw=1.8, label=label,
        )  # fmt: skip
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel(f"{found.split.capitalize()} {found.measure}", color=colours.ink)
    ax.set_ylabel("Share of trials at or below", color=colours.ink)
    legend_above(ax, theme)
    return finish(ax)


figure(
    "distribution",
    "the distribution of final losses or metrics over trials",
    distribution_data,
    draw_distribution,
    takes=("trials",),
    recipe=Recipe("moons", ("2", "3", "8"), "curves", options={"by": "structure"}),
)
