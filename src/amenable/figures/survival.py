"""Fraction solved over steps: the Kaplan-Meier curve of all trials or of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from amenable.answers.comparing import LEVEL
from amenable.description import items, short
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import LINES, axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, verbatim
from amenable.formatting import join, plural, shorten
from amenable.network import Network
from amenable.population import Configuration, Fraction, Population
from amenable.statistics import KaplanMeier, holm, log_rank
from amenable.training import Training

MOST_GROUPS = 28  # colours times line styles: more could not be told apart
MOST_BANDS = 6
MOST_SAID = 3  # medians that a caption names one by one


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """The fraction solved over steps in G groups of trials.

    Parameters
    ----------
    names : tuple of G str
        Values of the keys; "all" for one group of all trials.
    curves : tuple of G KaplanMeier
        Steps, fraction with its band, and trials at risk.
    fractions : tuple of G Fraction
        Fractions solved within the budget, with Wilson's interval.
    p_values : array (G, G) or None
        Log-rank test of each pair, corrected for the number of pairs (Holm); 1 on the diagonal.
        None if a group has several configurations, whose trials are not independent.
    keys : tuple of str
        The keys in which the groups differ.
    """

    names: tuple[str, ...]
    curves: tuple[KaplanMeier, ...]
    fractions: tuple[Fraction, ...]
    p_values: NDArray[np.float64] | None
    keys: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        n = sum(curve.n_trials for curve in self.curves)
        level = round(100 * self.curves[0].level)
        by = f" by {join(self.keys)}" if self.keys else ""
        band = f", with a {level} % band" if self.has_bands else ""
        first = f"Fraction solved over steps{by}, of {plural(n, 'trial')}{band} (Kaplan-Meier)."
        limits = (BAND_LIMITS if self.has_bands else "") + LIMITS
        return " ".join(filter(None, [first, self._medians, self._test, limits]))

    @property
    def has_bands(self) -> bool:
        """Whether bands are drawn: many of them would cover one another."""
        return len(self.names) <= MOST_BANDS

    @property
    def _medians(self) -> str:
        if len(self.names) > MOST_SAID:
            return ""
        said = []
        for name, curve in zip(self.names, self.curves, strict=True):
            of = f"{name}: " if self.keys else ""
            if np.isinf(curve.median):
                said.append(f"{of}fewer than half of the trials solved the problem")
            else:
                low, high = curve.median_interval
                until = "no upper limit" if np.isinf(high) else f"{high:,.0f}"
                said.append(
                    f"{of}half of the trials solved the problem by step {curve.median:,.0f} "
                    f"[{low:,.0f}, {until}]"
                )
        text = "; ".join(said)
        return f"{text[0].upper() if not self.keys else text[0]}{text[1:]}."

    @property
    def _test(self) -> str:
        pairs = list(combinations(range(len(self.names)), 2))
        if not pairs or self.p_values is None:
            return ""
        p = np.array([self.p_values[pair] for pair in pairs])
        if len(pairs) == 1:
            said = "differ beyond chance" if p[0] < LEVEL else "do not differ beyond chance"
            return f"The curves {said} (log-rank test, p = {shorten(p[0])})."
        return (
            f"{int(np.sum(p < LEVEL))} of {len(pairs)} pairs of curves differ beyond chance "
            f"(log-rank test with Holm's correction, {LEVEL:g}; smallest p = {shorten(p.min())})."
        )


BAND_LIMITS = "The band is valid for each step by itself. "
LIMITS = "Beyond the budget nothing was tried."


def survival_data(
    population: Population, by: str | Sequence[str] | None = None, level: float = 0.95
) -> Survival:
    """Curves of the fraction solved, for all trials or for groups.

    Parameters
    ----------
    population : Population
        Trained with a goal.
    by : str, or several, optional
        Keys of `Population.by` that define the groups, such as "activation".
    level : float
        Coverage of the bands and intervals.

    Returns
    -------
    Survival
        Groups without a finished trial are left out.

    Raises
    ------
    DescriptionError
        If there is no such key, a training has no goal, or there are too many groups to tell apart.
    DataError
        If no trial is finished.

    Examples
    --------
    >>> import amenable as am
    >>> networks = [am.mlp(2, 4, 1, activation=name) for name in ("tanh", "sigmoid")]
    >>> training = am.Training(epochs=30, goal="accuracy >= 0.9")
    >>> population = am.train(networks, "moons", training, seeds=8, progress=False)
    >>> found = survival_data(population, by="activation")
    >>> found.names, found.curves[0].n_trials
    (('tanh', 'sigmoid'), 8)
    """
    population = as_population("population", population)
    keys = _as_keys(by)
    groups = {"all": population} if not keys else population.by(*keys)
    begun = {_name(keys, value): it for value, it in groups.items() if it.is_counted.any()}
    if not begun:
        raise DataError("population: expected a finished trial, got none")
    if len(begun) > MOST_GROUPS:
        raise DescriptionError(
            f"by: expected at most {MOST_GROUPS} groups, got {len(begun)}; choose a key with "
            "fewer values, or take some of the trials with where(...)"
        )
    curves = tuple(it.steps_to_solve(level) for it in begun.values())
    fractions = tuple(it.fraction(level) for it in begun.values())
    # Trials of several configurations share seeds, of which the log-rank test knows nothing.
    is_apart = all(len(it.configurations) == 1 for it in begun.values())
    return Survival(tuple(begun), curves, fractions, _p_values(curves) if is_apart else None, keys)


def draw_survival(
    found: Survival, ax: Axes | None = None, *, theme: str = "light", at_risk: bool = False
) -> Figure:
    """Draw the fraction solved over steps.

    Parameters
    ----------
    found : Survival
        What `survival_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".
    at_risk : bool
        Whether to write the number of trials still running below the axis.

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=5, goal="accuracy >= 0.9")
    >>> population = am.train(am.mlp(2, 4, 1), "moons", training, seeds=4, progress=False)
    >>> figure = draw_survival(survival_data(population))
    """
    n = len(found.names)
    ax = axes_for(ax, theme, (6.0, 3.6 + 0.16 * n * (1 + at_risk)))
    colours = find_theme(theme)
    end = max(float(curve.times[-1]) for curve in found.curves)
    for i, curve in enumerate(found.curves):
        label = f"{verbatim(found.names[i])}: {_short(found.fractions[i])}"
        colour = colours.colours[i % len(colours.colours)]
        steps, fraction, low, high = _stairs(curve, end)
        if found.has_bands:
            ax.fill_between(steps, low, high, step="post", color=colour, alpha=0.15, lw=0)
        style = LINES[i % len(LINES)]
        ax.step(steps, fraction, where="post", color=colour, ls=style, lw=1.8, label=label)
    ax.set_xlim(0, end or 1)
    ax.set_ylim(-0.02, 1.02)
    ax.set_ylabel("Fraction solved", color=colours.ink)
    ax.set_xlabel("Step", color=colours.ink)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))
    if at_risk:
        _write_at_risk(found, ax, theme, end)
    legend_above(ax, theme)
    return finish(ax)


def _stairs(curve: KaplanMeier, end: float) -> NDArray[np.float64]:
    """Steps, fraction, low and high (4, K + 2), from step 0 on, and to the end once all are 1."""
    last = end if curve.fraction[-1] == 1 else curve.times[-1]
    first = np.array([[0.0], [0.0], [0.0], [curve.high[0] if curve.solved[0] == 0 else 0.0]])
    inner = np.stack([curve.times, curve.fraction, curve.low, curve.high])
    final = inner[:, -1:].copy()
    final[0] = last
    return np.concatenate([first, inner, final], axis=1)


def _write_at_risk(found: Survival, ax: Axes, theme: str, end: float) -> None:
    """Rows of counts below the axis, one count at each tick."""
    colours = find_theme(theme)
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= end]
    ax.set_xticks(ticks)
    place: dict[str, Any] = {
        "xycoords": ax.get_xaxis_transform(),
        "textcoords": "offset points",
        "fontsize": 8,
    }
    ax.annotate("still running", (0, 0), (0, -38), color=colours.ink, ha="left", **place)
    for i, curve in enumerate(found.curves):
        below = -50 - 11 * i
        colour = colours.colours[i % len(colours.colours)]
        ax.annotate(
            verbatim(found.names[i]), (0, 0), (-16, below), color=colour, ha="right", **place
        )
        for tick in ticks:
            later = np.searchsorted(curve.times, tick)
            n = int(curve.at_risk[later]) if later < len(curve.times) else 0
            ax.annotate(f"{n:,}", (tick, 0), (0, below), color=colour, ha="center", **place)


def _p_values(curves: Sequence[KaplanMeier]) -> NDArray[np.float64]:
    pairs = list(combinations(range(len(curves)), 2))
    p = holm([log_rank(*_trials(curves[i]), *_trials(curves[j])) for i, j in pairs])
    result = np.ones((len(curves), len(curves)))
    for (i, j), value in zip(pairs, p, strict=True):
        result[i, j] = result[j, i] = value
    return result


def _trials(curve: KaplanMeier) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Steps and whether solved (T,): the trials that the curve was made from."""
    times = np.concatenate(
        [np.repeat(curve.times, curve.solved), np.repeat(curve.times, curve.censored)]
    )
    return times, np.arange(len(times)) < curve.solved.sum()


def _as_keys(by: object) -> tuple[str, ...]:
    if by is None:
        return ()
    found = (
        (by,)
        if isinstance(by, str)
        else items("by", by, "a key or several", 'write by="activation"')
    )
    return tuple(str(key) for key in found)


def _name(keys: tuple[str, ...], value: Any) -> str:
    """The value of a key, or the values of several, in words; numbers get the name of their key."""
    if not keys:
        return "all"
    values = value if len(keys) > 1 else (value,)
    return ", ".join(_words(*pair) for pair in zip(keys, values, strict=True))


def _words(key: str, value: Any) -> str:
    if isinstance(value, Network):
        return f"{value.structure} {value.activation}"
    if isinstance(value, Configuration):
        return f"{_words(key, value.network)}, {value.training.describe()}"
    if isinstance(value, Training):
        return value.describe()
    if isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{key} {short(value) if number else value}"


def _short(fraction: Fraction) -> str:
    low, high = fraction.interval
    return f"{fraction.successes} of {fraction.trials} solved [{low:.2f}, {high:.2f}]"


figure(
    "survival",
    "the fraction solved over steps, for groups to compare (Kaplan-Meier)",
    survival_data,
    draw_survival,
    takes=("population",),
    recipe=Recipe("spirals", ("4", "8", "4,4", "8,8"), "trainability", has_goal=True),
)
