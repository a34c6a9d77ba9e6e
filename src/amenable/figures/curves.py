"""Loss or metric of every trial over steps, as a bundle with quantiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from amenable.description import choice
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, plain_logarithmic
from amenable.formatting import plural, shorten
from amenable.population import Population
from amenable.population.source import WATCHED
from amenable.statistics import quantiles
from amenable.training.goal import METRICS, parse_goal

RANGE = (0.1, 0.5, 0.9)  # quantiles over trials: low, middle, high
WORST_R2 = -1.0  # lower ones are cut off: far below 0 they only say that nothing was learned
MANY = 200  # trials from which lines are drawn as pixels also in SVG and PDF
TITLES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "auc": "Area under the ROC curve",
    "log_loss": "Log loss",
    "brier": "Brier score",
    "r2": "R²",
    "rmse": "Root mean squared error",
    "mae": "Mean absolute error",
    "max_error": "Largest error",
}


@dataclass(frozen=True, slots=True, eq=False)
class MeasureCurves:
    """A measure of T trials at their probes, and its quantiles over trials.

    Parameters
    ----------
    steps, values : array (T, K)
        Steps at which trials were measured, and what was measured; NaN after a trial has ended.
    grid : array (G,)
        All steps at which any trial was probed.
    low, median, high : array (G,)
        The 10 %, 50 % and 90 % quantiles. A trial that has ended keeps its last value; one that
        diverged counts as worse than all others, which makes a quantile that falls on it infinite.
    status : array of str (T,)
        "solved", "exhausted", "diverged", "stopped" or "cancelled".
    measure, split : str
        What was measured, such as "loss" or "accuracy", and on which samples.
    goal : float or None
        The value that solves the problem, if all trials are judged by this measure on this split.
    has_goals : bool
        Whether the trials had a goal at all.
    """

    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    grid: NDArray[np.float64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    status: NDArray[np.str_]
    measure: str
    split: str
    goal: float | None
    has_goals: bool

    @property
    def is_logarithmic(self) -> bool:
        """Whether the axis is logarithmic: for all measures of error that have positive values."""
        return METRICS[self.measure][0] == "<=" and bool((self.values > 0).any())

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        n, what = len(self.values), f"{self.split} {self.measure}"
        counts = [f"{int(np.sum(self.status == it))} {it}" for it in ("solved", "diverged")]
        became = ", ".join(counts if self.has_goals else counts[1:])
        said = [
            f"{what.capitalize()} of {plural(n, 'trial')}, each time it was measured ({became})."
        ]
        last = [_spoken(it[-1]) for it in (self.low, self.median, self.high)]
        if n > 1:
            said.append(
                f"At step {self.grid[-1]:,.0f} the median is {last[1]}, and 8 of 10 trials lie "
                f"between {last[0]} and {last[2]}. A trial that has ended keeps its last value; "
                "one that diverged counts as worse than all others."
            )
        else:
            said.append(f"The last value is {last[1]}.")
        low, high = self.visible
        with np.errstate(invalid="ignore"):
            if ((self.values < low) | (self.values > high)).any():
                said.append("Extreme values are cut off.")
        return " ".join([*said, "Between two measurements nothing is known."])

    @property
    def visible(self) -> tuple[float, float]:
        """Lowest and highest value drawn, so that trials that diverge do not hide the others."""
        first = self.values[:, 0]
        others = np.concatenate([first, self.values[self.status != "diverged"].ravel()])
        others = others[np.isfinite(others)]
        if METRICS[self.measure][0] == ">=":
            return (WORST_R2 if self.measure == "r2" else 0.0), 1.0
        return 0.0, 10 * float(others.max(initial=0.0)) or 1.0


def curves_data(
    population: Population, measure: str = "loss", split: str | None = None
) -> MeasureCurves:
    """A measure of every trial at its probes.

    Parameters
    ----------
    population : Population
        Trained with ``curves=True``.
    measure : str
        "loss", or "metric": the metric that the goal names, otherwise accuracy or r2.
    split : str, optional
        "training" or "validation"; by default validation where the data has it.

    Returns
    -------
    MeasureCurves

    Raises
    ------
    DescriptionError
        If curves were not recorded, an argument is invalid, or the metrics differ.
    DataError
        If the split is empty, or no trial was measured.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(
    ...     am.mlp(2, 4, 1), "moons", am.Training(epochs=5), seeds=8, curves=True, progress=False
    ... )
    >>> found = curves_data(population)
    >>> found.values.shape, found.median.shape
    ((8, 6), (6,))
    """
    population = as_population("population", population)
    name = choice("measure", measure, ("loss", "metric"))
    name = population.metric_name if name == "metric" else name
    if name == "mixed":
        raise DescriptionError(
            "measure: the trials' goals differ, and with them the metrics; take "
            'one of the groups of by("metric")'
        )
    split = choice("split", population.judged_on if split is None else split, WATCHED)
    if split == "validation" and not population.data.n_validation:
        raise DataError(
            f"split: '{population.data.name}' has no validation samples; use \"training\""
        )
    recorded = population.curves
    values = (recorded.loss if measure == "loss" else recorded.metric)[split]
    if np.isnan(values).all():
        raise DataError("population: expected at least one trial that has started, got none")
    has_run = ~np.isnan(values).all(axis=1)
    steps, values, status = recorded.steps[has_run], values[has_run], population.status[has_run]
    grid = np.asarray(np.unique(steps[~np.isnan(values)]), dtype=np.float64)
    worst = np.inf if METRICS[name][0] == "<=" else -np.inf
    held = _held(steps, values, grid, status == "diverged", worst)
    sign = np.sign(worst)  # quantiles() takes only inf for what is worse than any
    spread = sign * np.array([quantiles(sign * held[:, k], RANGE) for k in range(len(grid))]).T
    goals = {(it.goal, population.data.goal_split(it)) for it in population.trainings}
    return MeasureCurves(
        steps=steps,
        values=values,
        grid=grid,
        low=np.minimum(spread[0], spread[2]),
        median=spread[1],
        high=np.maximum(spread[0], spread[2]),
        status=status,
        measure=name,
        split=split,
        goal=_goal(goals, name, split),
        has_goals=any(goal is not None for goal, _ in goals),
    )


def draw_curves(found: MeasureCurves, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw each trial as a line, with median and quantiles; crosses mark where trials diverged.

    Parameters
    ----------
    found : MeasureCurves
        What `curves_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(
    ...     am.mlp(2, 4, 1), "moons", am.Training(epochs=5), seeds=8, curves=True, progress=False
    ... )
    >>> figure = draw_curves(curves_data(population, "metric", "training"))
    """
    ax = axes_for(ax, theme, (6.0, 4.2))
    colours = find_theme(theme)
    solved = found.status == "solved"
    if found.has_goals:
        _draw_bundle(found, ~solved, ax, colours.bad, "not solved")
        _draw_bundle(found, solved, ax, colours.good, "solved", marks_ends=True)
    else:
        _draw_bundle(found, np.ones(len(solved), dtype=np.bool_), ax, colours.colours[0], "trials")
    _draw_diverged(found, ax, colours.ink)
    if len(found.values) > 1:
        for values, style, width, label in (
            (found.median, "-", 2.2, "median"),
            (found.low, "--", 1.2, "10 % and 90 %"),
            (found.high, "--", 1.2, None),
        ):
            shown = np.where(np.isfinite(values), values, np.nan)
            ax.plot(found.grid, shown, color=colours.ink, ls=style, lw=width, label=label)
    if found.goal is not None:
        ax.axhline(found.goal, color=colours.ink, lw=0.9, ls=":", label="goal")
    low, high = found.visible
    if found.is_logarithmic:
        ax.set_yscale("log", nonpositive="clip")
        positive = found.values[found.values > 0]
        ax.set_ylim(0.7 * positive.min(), min(1.5 * positive[np.isfinite(positive)].max(), high))
        plain_logarithmic(ax.yaxis)
    elif METRICS[found.measure][0] == ">=":
        ax.set_ylim(max(low, float(np.nanmin(found.values))) - 0.03, high + 0.03)
    ax.set_xlim(0, max(float(found.grid[-1]), 1.0) * 1.01)
    ax.set_xlabel("Step", color=colours.ink)
    ax.set_ylabel(f"{TITLES.get(found.measure, found.measure)} ({found.split})", color=colours.ink)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))
    legend_above(ax, theme, 3)
    return finish(ax)


def _draw_bundle(
    found: MeasureCurves,
    chosen: NDArray[np.bool_],
    ax: Axes,
    colour: str,
    label: str,
    marks_ends: bool = False,
) -> None:
    """Lines of some trials, fainter the more there are; dots where those that solved it end."""
    n = int(chosen.sum())
    if not n:
        return
    lines, ends = [], []
    for steps, values in zip(found.steps[chosen], found.values[chosen], strict=True):
        kept = np.isfinite(values)
        lines.append(np.stack([steps[kept], values[kept]], axis=1))
        ends.append(lines[-1][-1:])
    bundle = LineCollection(
        lines, colors=colour, alpha=_alpha(len(found.values)), lw=1.0, rasterized=n > MANY
    )
    ax.add_collection(bundle)
    ax.autoscale_view()
    mark = "o" if marks_ends else ""
    ax.plot([], [], color=colour, lw=1.5, marker=mark, ms=3.5, label=f"{label} ({n:,})")
    if marks_ends:
        last = np.concatenate(ends)
        alpha = min(1.0, 2 * _alpha(len(found.values)))
        ax.plot(last[:, 0], last[:, 1], "o", color=colour, ms=3, alpha=alpha, rasterized=n > MANY)


def _draw_diverged(found: MeasureCurves, ax: Axes, ink: str) -> None:
    """A cross at the last finite value of each trial that diverged."""
    ends = []
    for t in np.flatnonzero(found.status == "diverged"):
        kept = np.flatnonzero(np.isfinite(found.values[t]))
        ends += [(found.steps[t, k], found.values[t, k]) for k in kept[-1:]]
    if ends:
        x, y = np.array(ends).T
        y = np.clip(y, *found.visible)
        label = f"diverged ({len(ends):,})"
        ax.plot(
            x, y, "x", color=ink, ms=6, mew=1.5, ls="none", label=label, zorder=4, clip_on=False
        )


def _alpha(n: int) -> float:
    """How opaque lines are: fully for one, barely visible for a hundred."""
    return float(np.clip(3 / np.sqrt(n), 0.06, 0.9)) if n > 3 else 0.9


def _held(
    steps: NDArray[np.float64],
    values: NDArray[np.float64],
    grid: NDArray[np.float64],
    is_diverged: NDArray[np.bool_],
    worst: float,
) -> NDArray[np.float64]:
    """Values (T, G) at the steps of the grid: the last measured, or the worst once diverged."""
    held = np.full((len(values), len(grid)), worst)
    for t in range(len(values)):
        kept = np.flatnonzero(~np.isnan(values[t]))
        place = np.searchsorted(steps[t, kept], grid, side="right") - 1
        held[t] = np.where(place >= 0, values[t, kept[np.maximum(place, 0)]], worst)
        if is_diverged[t]:
            held[t, grid > steps[t, kept[-1]]] = worst
    return held


def _goal(goals: set[tuple[str | None, str]], measure: str, split: str) -> float | None:
    """The value of the only goal, if it is about this measure on this split."""
    goal, judged_on = next(iter(goals)) if len(goals) == 1 else (None, "")
    if goal is None:
        return None
    parsed = parse_goal(goal)
    return parsed.value if (parsed.metric, judged_on) == (measure, split) else None


def _spoken(value: float) -> str:
    return shorten(float(value)) if np.isfinite(value) else "not finite"


figure(
    "curves",
    "the loss or metric of each trial over steps, with quantiles",
    curves_data,
    draw_curves,
    takes=("population",),
    records=("curves",),
    recipe=Recipe("spirals", ("8,8",), "survival"),
)
