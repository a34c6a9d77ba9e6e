"""Main effects of settings on the fraction solved, with an interval for each level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from amenable.answers import Effects, effects
from amenable.answers.comparing import LEVEL
from amenable.answers.effects import share_text
from amenable.answers.trial_table import TrialTable
from amenable.description import fail
from amenable.figures.arguments import as_results
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, verbatim
from amenable.population import Population
from amenable.statistics import Term

MOST_OF_ONE = 12  # levels of a setting that are drawn: those that do the most, either way
MOST_ROWS = 48  # of all settings together; more could not be read
LONGEST = 26  # characters of a label


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A row of the picture: a level of a setting, or a setting's name above its levels."""

    label: str
    effect: float = np.nan
    low: float = np.nan
    high: float = np.nan
    is_beyond: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether it names a setting."""
        return bool(np.isnan(self.effect))


def effects_data(
    trials: Population | TrialTable, bins: int | None = None, level: float = 0.95
) -> Effects:
    """What each setting does to the fraction solved.

    Parameters
    ----------
    trials : Population or TrialTable
        Trained with a goal, with settings that vary.
    bins, level
        As in `amenable.answers.effects`.

    Returns
    -------
    Effects
        `amenable.answers.effects` explains the model and the errors.

    Examples
    --------
    >>> import amenable as am
    >>> trainings = am.grid(am.Training(epochs=20, goal="accuracy >= 0.8"), lr=[0.001, 0.01])
    >>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1)]
    >>> population = am.train(networks, "moons", trainings, seeds=8, progress=False)
    >>> effects_data(population).found.main[0].names
    ('lr',)
    """
    return effects(as_results("trials", trials), bins, level)


def draw_effects(found: Effects, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw main effects in percentage points, with the setting that matters most on top.

    Parameters
    ----------
    found : Effects
        What `effects_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=20, goal="accuracy >= 0.8")
    >>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1)]
    >>> population = am.train(networks, "moons", training, seeds=8, progress=False)
    >>> figure = draw_effects(effects_data(population))
    """
    if not isinstance(found, Effects):
        fail("found", "Effects", found, "make them with effects_data(...)")
    lines = lines_of(found)
    ax = axes_for(ax, theme, (6.0, 1.3 + 0.235 * len(lines)))
    colours = find_theme(theme)
    places = -np.arange(len(lines), dtype=np.float64)
    ax.axvline(0, color=colours.faint, lw=1, zorder=0)
    for is_beyond, colour, marker, label in (
        (True, colours.colours[0], "o", "beyond chance"),
        (False, colours.colours[1], "s", "not beyond chance"),
    ):
        chosen = [
            i for i, it in enumerate(lines) if it.is_beyond == is_beyond and not it.is_heading
        ]
        if not chosen:
            continue
        effect, low, high = _columns(lines, chosen)
        face = colour if is_beyond else colours.paper
        ax.errorbar(
            effect,
            places[chosen],
            xerr=np.stack([effect - low, high - effect]),
            fmt=marker,
            ms=5,
            color=colour,
            mfc=face,
            lw=1.4,
            label=label,
        )
    _name_lines(ax, lines, places, colours.ink)
    mean = 100 * found.found.mean
    ax.set_xlabel(f"Percentage points above or below the mean, {mean:.1f} %", color=colours.ink)
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    ax.set_ylim(places[-1] - 0.8, 0.8)
    legend_above(ax, theme)
    return finish(ax)


def lines_of(found: Effects) -> list[Line]:
    """The rows from top to bottom; the last one counts those that do not fit."""
    lines: list[Line] = []
    for term in found.found.main:
        labels, is_beyond = found.labels(term), term.p_value < LEVEL
        shown = _shown(term)
        cut = f", {len(shown)} of {len(labels)}" if len(shown) < len(labels) else ""
        own = [Line(f"{verbatim(term.names[0], LONGEST)} ({share_text(term.share)}){cut}")]
        effect, low, high = 100 * term.effect, 100 * term.low, 100 * term.high
        own += [
            Line(
                verbatim(labels[i], LONGEST),
                float(effect[i]),
                float(low[i]),
                float(high[i]),
                is_beyond,
            )
            for i in shown
        ]
        if lines and len(lines) + len(own) > MOST_ROWS:
            n_more = len(found.found.main) - sum(line.is_heading for line in lines)
            return [*lines, Line(f"… {n_more} more")]
        lines += own
    return lines


def _shown(term: Term) -> list[int]:
    """Which levels are drawn, in order."""
    n = len(term.effect)
    if n <= MOST_OF_ONE:
        return list(range(n))
    order = np.argsort(-term.effect, kind="stable")
    half = MOST_OF_ONE // 2
    return [int(i) for i in (*order[:half], *order[-half:])]


def _columns(lines: list[Line], chosen: list[int]) -> NDArray[np.float64]:
    return np.array([[it.effect, it.low, it.high] for it in (lines[i] for i in chosen)]).T


def _name_lines(ax: Axes, lines: list[Line], places: NDArray[np.float64], ink: str) -> None:
    """Names of settings in bold, and of levels in plain type."""
    ax.set_yticks(places, [line.label for line in lines])
    ax.tick_params(axis="y", length=0)
    for text, line in zip(ax.get_yticklabels(), lines, strict=True):
        text.set_color(ink)
        text.set_fontweight("bold" if line.is_heading else "normal")


figure(
    "effects",
    "what each setting does to the fraction solved, averaged over all else",
    effects_data,
    draw_effects,
    takes=("trials",),
    recipe=Recipe(
        "spirals", ("4", "8", "8,8"), "interactions", activation=("tanh", "relu"), has_goal=True
    ),
)
