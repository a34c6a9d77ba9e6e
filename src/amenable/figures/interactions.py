"""Two settings together: where their effect differs from the sum of their effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from amenable.answers import Effects, effects
from amenable.answers.comparing import LEVEL, signed
from amenable.answers.effects import share_text
from amenable.answers.trial_table import TrialTable
from amenable.description import fail, integer
from amenable.errors import DataError
from amenable.figures.arguments import as_results
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar, verbatim
from amenable.formatting import plural
from amenable.population import Population

MOST_WRITTEN = (9, 14)  # columns and rows in which numbers can still be read
ROOM = 52  # characters that labels of columns have side by side
LEAST = 0.1  # at either end of the colours at least: little should look like little
LONGEST = 20  # characters of a label


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """What two settings do together beyond the sum of their effects.

    Parameters
    ----------
    names : tuple of two str
        The settings in the rows and in the columns.
    rows, columns : tuple of str
        Their levels in words.
    effect, low, high : array (R, C)
        As fractions, with an interval for each cell alone; NaN where no configuration has both
        levels.
    share : float
        The share of the variance between configurations that it explains.
    p_value : float
        Corrected for the number of interactions (Holm).
    rank, n : int
        Its rank by share, from 1, and the number of interactions.
    """

    names: tuple[str, str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    effect: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    share: float
    p_value: float
    rank: int
    n: int

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        row, column = np.unravel_index(np.nanargmax(np.abs(self.effect)), self.effect.shape)
        at = f"{self.names[0]} {self.rows[row]} with {self.names[1]} {self.columns[column]}"
        value, low, high = (float(it[row, column]) for it in (self.effect, self.low, self.high))
        verdict = "is" if self.p_value < LEVEL else "is not"
        empty = int(np.isnan(self.effect).sum())
        blank = f" {plural(empty, 'cell was', 'cells were')} never run." if empty else ""
        return (
            f"By how many percentage points {self.names[0]} and {self.names[1]} together differ "
            f"from the sum of their effects. The largest difference is {signed(value)} "
            f"({signed(low)} to {signed(high)}), at {at}. The interaction explains "
            f"{share_text(self.share)} of the variance between configurations and {verdict} beyond "
            f"chance.{blank} The numbers are differences, not fractions solved."
        )


def interactions_data(
    trials: Population | TrialTable,
    rank: int = 1,
    bins: int | None = None,
    level: float = 0.95,
) -> Interaction:
    """An interaction of two settings, by default the strongest.

    Parameters
    ----------
    trials : Population or TrialTable
        Trained with a goal, with at least two settings that vary.
    rank : int
        1 for the strongest interaction, 2 for the next.
    bins, level
        As in `amenable.answers.effects`.

    Raises
    ------
    DataError
        If there are fewer interactions than `rank`.

    Examples
    --------
    >>> import amenable as am
    >>> trainings = am.grid(am.Training(epochs=20, goal="accuracy >= 0.8"), lr=[0.001, 0.01])
    >>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1)]
    >>> population = am.train(networks, "moons", trainings, seeds=8, progress=False)
    >>> interactions_data(population).effect.shape
    (2, 2)
    """
    return interaction_of(effects(as_results("trials", trials), bins, level), rank)


def interaction_of(found: Effects, rank: int = 1) -> Interaction:
    """The interaction of that rank."""
    terms, place = found.found.interactions, integer("rank", rank, 1)
    if place > len(terms):
        raise DataError(
            f"rank: expected at most {len(terms)}, the number of interactions that could be "
            f"estimated, got {place}; vary more settings together"
        )
    term = terms[place - 1]
    # Long labels are easier to read beside rows than below columns.
    first, second = sorted((0, 1), key=lambda i: -_length(found.factors[term.names[i]].labels))
    rows, columns = (found.factors[term.names[i]].labels for i in (first, second))
    arrays = np.full((3, len(rows), len(columns)), np.nan)
    arrays[:, term.levels[:, first], term.levels[:, second]] = term.effect, term.low, term.high
    return Interaction(
        names=(term.names[first], term.names[second]),
        rows=rows,
        columns=columns,
        effect=arrays[0],
        low=arrays[1],
        high=arrays[2],
        share=term.share,
        p_value=term.p_value,
        rank=place,
        n=len(terms),
    )


def _length(labels: Sequence[str]) -> int:
    """The total number of characters."""
    return sum(min(len(it), LONGEST) for it in labels)


def draw_interactions(
    found: Interaction, ax: Axes | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the cells of two settings, coloured by their deviation from the sum of effects.

    Parameters
    ----------
    found : Interaction
        What `interactions_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> trainings = am.grid(am.Training(epochs=20, goal="accuracy >= 0.8"), lr=[0.001, 0.01])
    >>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1)]
    >>> population = am.train(networks, "moons", trainings, seeds=8, progress=False)
    >>> figure = draw_interactions(interactions_data(population))
    """
    if not isinstance(found, Interaction):
        fail("found", "an Interaction", found, "make one with interactions_data(...)")
    n_rows, n_columns = found.effect.shape
    is_long = _length(found.columns) > ROOM
    height = 1.6 + 0.36 * max(n_rows, 3) + 0.8 * is_long
    ax = axes_for(ax, theme, (6.0, min(height, 9.0)))
    colours = find_theme(theme)
    most = max(float(np.nanmax(np.abs(found.effect))), LEAST)
    image = ax.imshow(
        np.ma.masked_invalid(100 * found.effect),
        cmap=colours.diverging,
        norm=Normalize(-100 * most, 100 * most),
        aspect="auto",
    )
    if n_columns <= MOST_WRITTEN[0] and n_rows <= MOST_WRITTEN[1]:
        for row, column in np.argwhere(np.isfinite(found.effect)):
            value = float(found.effect[row, column])
            ink = _ink(image.to_rgba(np.array([100 * value]))[0])
            ax.text(column, row, signed(value), color=ink, ha="center", va="center", fontsize=8.5)
    _label(ax, found, colours.ink)
    colour_bar(image, ax, theme, "Points")
    return finish(ax)


def _label(ax: Axes, found: Interaction, ink: str) -> None:
    columns = [verbatim(text, LONGEST) for text in found.columns]
    is_long = _length(found.columns) > ROOM
    ax.set_xticks(range(len(columns)), columns, rotation=40 if is_long else 0,
                  ha="right" if is_long else "center", rotation_mode="anchor")  # fmt: skip
    ax.set_yticks(range(len(found.rows)), [verbatim(text, LONGEST) for text in found.rows])
    ax.set_xlabel(verbatim(found.names[1], LONGEST), color=ink)
    ax.set_ylabel(verbatim(found.names[0], LONGEST), color=ink)


def _ink(colour: NDArray[np.float64]) -> str:
    """Black or white, whichever contrasts more (WCAG's relative luminance; they tie at 0.18)."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return "#000000" if linear[:3] @ np.array((0.2126, 0.7152, 0.0722)) > 0.18 else "#FFFFFF"


figure(
    "interactions",
    "where two settings together do more or less than the sum of their effects",
    interactions_data,
    draw_interactions,
    takes=("trials",),
    recipe=Recipe(
        "spirals", ("4", "8", "8,8"), "frontier", activation=("tanh", "relu"), has_goal=True
    ),
)
