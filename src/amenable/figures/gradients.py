"""Gradient norms by layer and step: where and when gradients vanish or explode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator
from numpy.typing import NDArray

from amenable.description import integer, number
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import LINES, MARKERS, axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar, legend_above, plain_logarithmic
from amenable.formatting import join, plural, shorten
from amenable.population import Population
from amenable.statistics import quantiles

RANGE = (0.1, 0.5, 0.9)  # quantiles over trials: low, middle, high
MANY_DECADES = 1000.0  # span of colours that needs no ticks between powers of ten
MOST_TICKS = 12
SMALLEST_SPAN = 10.0  # of colours, so that equal norms do not look different


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The norm of the gradient of each layer's parameters over steps, as quantiles over trials.

    Parameters
    ----------
    steps : array (K,)
        Steps at which trials were measured.
    low, median, high : array (K, L)
        The 10 %, 50 % and 90 % quantiles over the trials that were still running; NaN if there
        were none.
    vanished : array (K, L)
        Share of those trials in which the norm is exactly zero.
    running : array of int (K,)
        How many trials were still running.
    trials : int
        How many trials there are.
    structure : str
        The networks' structure; "several structures" if they differ.
    """

    steps: NDArray[np.float64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    vanished: NDArray[np.float64]
    running: NDArray[np.int64]
    trials: int
    structure: str

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        kept = np.flatnonzero(self.running)
        over = f"median over {self.trials} trials" if self.trials > 1 else "one trial"
        n_zero = int(np.sum(self.median[kept] == 0))
        of = plural(self.median[kept].size, "cell")
        zero = f"In {n_zero} of {of} the norm is exactly zero." if n_zero else ""
        first = f"Norm of the gradient by layer and step ({self.structure}, {over})."
        said = [first, self._ratios, zero, self._ended, LIMITS]
        return " ".join(filter(None, said))

    @property
    def _ratios(self) -> str:
        """The first layer's norm over the last layer's, at the first and last steps with values."""
        kept = np.flatnonzero(self.running)
        if self.median.shape[1] == 1:
            return ""
        said = []
        for k in dict.fromkeys((kept[0], kept[-1])):
            with np.errstate(all="ignore"):
                ratio = self.median[k, 0] / self.median[k, -1]
            words = f"{shorten(ratio)} times" if np.isfinite(ratio) else "not comparable with"
            said.append(f"{words} the last layer's at step {self.steps[k]:,.0f}")
        return f"The first layer's norm is {join(said)}."

    @property
    def _ended(self) -> str:
        kept = np.flatnonzero(self.running)
        n_last = int(self.running[kept[-1]])
        if self.trials > 1 and n_last < self.running[kept[0]]:
            still = plural(n_last, "trial")
            return (
                f"Trials that have ended are left out: {still} remained at step "
                f"{self.steps[kept[-1]]:,.0f}."
            )
        if kept[-1] < len(self.steps) - 1:
            return f"After step {self.steps[kept[-1]]:,.0f} there was nothing left to measure."
        return ""


LIMITS = "Norms also grow with the number of parameters, which differs between layers."


def gradients_data(population: Population, trial: int | None = None) -> Gradients:
    """Gradient norms of each layer over steps.

    Parameters
    ----------
    population : Population
        Trained with ``signals=True``; networks of the same depth, measured at the same steps.
    trial : int, optional
        Number of a single trial; by default, quantiles over all trials.

    Returns
    -------
    Gradients

    Raises
    ------
    DescriptionError
        If signals were not recorded, or the depths or the steps differ.
    DataError
        If no trial was measured.

    Examples
    --------
    >>> import amenable as am
    >>> networks = am.mlp(2, 4, 4, 1, activation="sigmoid")
    >>> population = am.train(
    ...     networks, "moons", am.Training(epochs=5), seeds=8, signals=True, progress=False
    ... )
    >>> gradients_data(population).median.shape
    (6, 3)
    """
    population = as_population("population", population)
    if trial is not None:
        place = integer("trial", trial, -len(population), len(population) - 1)
        population = population.take([place % len(population)])
    population.records.get("signals")
    _check_alike(population)
    steps = population.probes[0]
    norms = population.signals["gradient_norm"]
    has_run = ~np.isnan(norms).all(axis=2)
    if not has_run.any():
        raise DataError("population: expected at least one trial that has started, got none")
    spread = np.full((3, *norms.shape[1:]), np.nan)
    vanished = np.full(norms.shape[1:], np.nan)
    for k, layer in np.ndindex(*norms.shape[1:]):
        found = norms[:, k, layer]
        found = found[~np.isnan(found)]
        if found.size:
            spread[:, k, layer] = quantiles(found, RANGE)
            vanished[k, layer] = np.mean(found == 0)
    structures = {it.structure for it in population.networks}
    structure = structures.pop() if len(structures) == 1 else "several structures"
    return Gradients(
        steps=steps,
        low=spread[0],
        median=spread[1],
        high=spread[2],
        vanished=vanished,
        running=has_run.sum(axis=0),
        trials=len(population),
        structure=structure,
    )


def draw_gradients(
    found: Gradients | Mapping[str, Gradients],
    ax: Axes | None = None,
    *,
    theme: str = "light",
    at: float | Sequence[float] | None = None,
) -> Figure:
    """Draw gradient norms, as a map of layers and steps or as lines over layers at some steps.

    A logarithmic scale has no place for norms that are exactly zero: the map hatches their cells,
    and lines show them as triangles on the axis.

    Parameters
    ----------
    found : Gradients, or a mapping of names to them
        What `gradients_data` found; several can only be drawn as lines.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".
    at : float, or several, optional
        Steps at which to draw lines, each moved to the nearest step with values; None for the map.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(
    ...     am.mlp(2, 4, 4, 1), "moons", am.Training(epochs=5), seeds=4, signals=True
    ... )
    >>> as_map = draw_gradients(gradients_data(population))
    >>> as_lines = draw_gradients(gradients_data(population), at=(0, 25))
    """
    ax = axes_for(ax, theme, (6.0, 3.8))
    if at is None:
        if not isinstance(found, Gradients):
            raise DescriptionError("at: expected steps for lines, got None; write at=0")
        _draw_map(found, ax, theme)
    else:
        several = {"": found} if isinstance(found, Gradients) else dict(found)
        steps = [number("at", it) for it in (at if isinstance(at, Sequence) else [at])]
        _draw_lines(several, steps, ax, theme)
    return finish(ax)


def _draw_map(found: Gradients, ax: Axes, theme: str) -> None:
    colours = find_theme(theme)
    median = found.median.T
    is_zero = median == 0
    sizes = median[np.isfinite(median) & ~is_zero]
    low, high = (sizes.min(), sizes.max()) if sizes.size else (1.0, 1.0)
    if high < SMALLEST_SPAN * low:
        middle = np.sqrt(low * high)
        low, high = middle / np.sqrt(SMALLEST_SPAN), middle * np.sqrt(SMALLEST_SPAN)
    columns, rows = _edges(found.steps), np.arange(len(median) + 1) + 0.5
    mesh = ax.pcolormesh(
        columns,
        rows,
        np.ma.masked_array(median, is_zero | ~np.isfinite(median)),
        cmap=colours.sequential,
        norm=LogNorm(low, high),
        rasterized=True,
    )
    handles = []
    for mask, hatch, name in (
        (is_zero, "xxxx", "exactly zero"),
        (np.isinf(median), "....", "not finite"),
    ):
        if mask.any():
            style: dict[str, Any] = {
                "hatch": hatch,
                "facecolor": "none",
                "edgecolor": colours.ink,
                "linewidth": 0,
            }
            ax.pcolor(columns, rows, np.ma.masked_array(np.ones(mask.shape), ~mask), **style)
            handles.append(Patch(**style, label=name))
    ax.set_xlabel("Step", color=colours.ink)
    ax.set_ylabel("Layer", color=colours.ink)
    ax.set_ylim(rows[0], rows[-1])
    _number_layers(ax.yaxis, len(median))
    if handles:
        legend_above(ax, theme, 2, handles=handles)
    which = "Gradient norm" if found.trials == 1 else "Gradient norm (median)"
    bar = colour_bar(mesh, ax, theme, which)
    if high < MANY_DECADES * low:
        bar.locator = LogLocator(subs=(1, 2, 5))
        bar.formatter = FuncFormatter(lambda norm, _: f"{norm:.3g}")
        bar.minorlocator = NullLocator()
        bar.update_ticks()


def _draw_lines(
    several: Mapping[str, Gradients], at: Sequence[float], ax: Axes, theme: str
) -> None:
    colours = find_theme(theme)
    drawn = [(name, found, _nearest(found, step)) for name, found in several.items() for step in at]
    for i, (name, found, k) in enumerate(drawn):
        layers = np.arange(found.median.shape[1]) + 1
        low, median, high = (
            np.where(np.isfinite(it[k]) & (it[k] > 0), it[k], np.nan)
            for it in (found.low, found.median, found.high)
        )
        colour = colours.colours[i % len(colours.colours)]
        mark, line = MARKERS[i % len(MARKERS)], LINES[i % len(LINES)]
        label = ", ".join(filter(None, [name, f"step {found.steps[k]:,.0f}"]))
        ax.plot(layers, median, color=colour, marker=mark, ms=4, ls=line, label=label)
        if found.trials > 1:
            below = np.where(np.isnan(low), median, low)
            ax.fill_between(layers, below, high, color=colour, alpha=0.15, lw=0)
        zeros = layers[found.median[k] == 0]
        place: dict[str, Any] = {
            "transform": ax.get_xaxis_transform(),
            "clip_on": False,
            "zorder": 5,
        }
        if zeros.size:  # an empty line that is not clipped would take room in the layout
            ax.plot(zeros, np.zeros(len(zeros)), "v", color=colour, ms=7, **place)
    ax.set_yscale("log")
    plain_logarithmic(ax.yaxis)
    ax.set_xlabel("Layer", color=colours.ink)
    ax.set_ylabel("Gradient norm", color=colours.ink)
    _number_layers(ax.xaxis, max(found.median.shape[1] for _, found, _ in drawn))
    if any((found.median[k] == 0).any() for _, found, k in drawn):
        ax.plot([], [], "v", color=colours.ink, ms=7, ls="none", label="exactly zero")
    legend_above(ax, theme, 2)


def _number_layers(axis: Axis, n: int) -> None:
    """A tick for each layer, or for some of them."""
    every = -(-n // MOST_TICKS)
    axis.set_major_locator(FixedLocator(list(range(1, n + 1, every))))


def _nearest(found: Gradients, step: float) -> int:
    """The probe nearest to a step, among those with values."""
    kept = np.flatnonzero(found.running)
    return int(kept[np.abs(found.steps[kept] - step).argmin()])


def _edges(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges (K + 1,) of cells: halfway between probes."""
    if len(steps) == 1:
        return np.array([steps[0] - 0.5, steps[0] + 0.5])
    middles = (steps[1:] + steps[:-1]) / 2
    return np.concatenate([steps[:1], middles, steps[-1:]])


def _check_alike(population: Population) -> None:
    depths = sorted({len(it.layers) for it in population.networks})
    if len(depths) > 1:
        raise DescriptionError(
            f"population: expected networks of the same depth, got {depths[0]} to {depths[-1]} "
            'layers; take one of the groups of by("depth")'
        )
    first = population.records.probes[0]
    if any(not np.array_equal(first, steps) for steps in population.records.probes):
        raise DescriptionError(
            "population: expected trials measured at the same steps, got different steps; take one "
            'of the groups of by("training"), or train with probe_every and steps'
        )


figure(
    "gradients",
    "gradient norm by layer and step",
    gradients_data,
    draw_gradients,
    takes=("population",),
    records=("signals",),
    # Deep enough that a gradient can vanish on its way.
    recipe=Recipe("moons", ("8,8,8,8,8,8,8,8",), "histograms", seeds=8, activation=("sigmoid",)),
)
