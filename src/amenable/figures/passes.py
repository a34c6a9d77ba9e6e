"""Errors of each network against passes over the data, on the samples of each split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.encoding import steps_per_epoch
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import LINES, MARKERS, axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, plain_logarithmic
from amenable.formatting import plural, shorten
from amenable.population import Population

LEAST = 0.5  # samples: what is drawn where none is misclassified, as zero has no logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """Misclassified shares of T networks after each pass.

    Parameters
    ----------
    passes : array (K,)
        Passes made, from 0.
    errors : mapping of str to array (T, K)
        The share of samples misclassified, by split; NaN once a network has diverged.
    counts : mapping of str to int
        The number of samples in each split.
    name : str
        Name of the data.
    """

    passes: NDArray[np.float64]
    errors: Mapping[str, NDArray[np.float64]]
    counts: Mapping[str, int]
    name: str

    def medians(self, split: str) -> NDArray[np.float64]:
        """Medians (K,) over networks that have not diverged; NaN if there are none."""
        errors = self.errors[split]
        going = ~np.isnan(errors)
        kept = [errors[going[:, k], k] for k in range(errors.shape[1])]
        return np.array([np.median(it) if len(it) else np.nan for it in kept])

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        n = len(next(iter(self.errors.values())))
        lost = int(np.isnan(next(iter(self.errors.values()))[:, -1]).sum())
        said = [
            f"Misclassified samples of '{self.name}' against passes over the training samples: "
            f"{plural(n, 'network')} with medians."
        ]
        for split in self.errors:
            medians = self.medians(split)
            if np.isnan(medians).all():
                continue
            best = int(np.nanargmin(medians))
            said.append(
                f"On {self.counts[split]:,} {split} samples the median ends at "
                f"{shorten(100 * float(medians[-1]))} %; its lowest value, "
                f"{shorten(100 * float(medians[best]))} %, came after {self.passes[best]:g} passes."
            )
        if lost:
            said.append(f"{plural(lost, 'network')} diverged.")
        return " ".join([*said, "Between passes nothing was measured."])


def passes_data(population: Population, data: Dataset) -> Passes:
    """Errors of each network on each split, whenever it was recorded.

    Parameters
    ----------
    population : Population
        Networks of one configuration that classify, trained with ``snapshots=True``.
    data : Dataset
        With the same inputs and classes.

    Raises
    ------
    DescriptionError
        If snapshots were not recorded, or there are several configurations.
    DataError
        If the data has no classes.

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=3)
    >>> population = am.train(
    ...     am.mlp(2, 4, 1), "moons", training, seeds=4, snapshots=True, progress=False
    ... )
    >>> found = passes_data(population, am.load("moons"))
    >>> found.passes.tolist(), found.errors["training"].shape
    ([0.0, 1.0, 2.0, 3.0], (4, 4))
    """
    population = as_population("population", population)
    if len(population.configurations) != 1:
        raise DescriptionError(
            f"population: expected one configuration, got {len(population.configurations)}; take "
            'one of the groups of by("configuration")'
        )
    if not isinstance(data, Dataset) or data.task != "classification":
        raise DataError("data: expected a Dataset for classification; use load(...)")
    population.data.check_like(data)
    ((network, training),) = population.configurations
    snapshots, probes = population.snapshots, population.probes[0]
    splits = [it for it in ("training", "validation", "test") if len(data.split(it)[0])]
    errors = {split: np.full(snapshots.shape[:2], np.nan) for split in splits}
    for k in range(snapshots.shape[1]):
        going = np.isfinite(snapshots[:, k]).all(axis=1)
        for split in splits:
            if going.any():
                found, _ = engine.measure(network, training, snapshots[going, k], data, split)
                errors[split][going, k] = 1 - found[:, 1]
    each = steps_per_epoch(training, len(data.training))
    counts = {split: len(getattr(data, split)) for split in splits}
    return Passes(probes / each, errors, counts, data.name)


def draw_passes(found: Passes, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw a line for each network and a thick one for the median, split by split.

    Parameters
    ----------
    found : Passes
        What `passes_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import numpy as np
    >>> found = Passes(np.arange(3.0), {"training": np.ones((2, 3))}, {"training": 9}, "made")
    >>> figure = draw_passes(found)
    """
    ax = axes_for(ax, theme, (6.0, 4.2))
    colours = find_theme(theme)
    for i, (split, errors) in enumerate(found.errors.items()):
        least = LEAST / found.counts[split]
        colour, style = colours.colours[i], LINES[i]
        shown = 100 * np.maximum(errors, least)
        lines = [np.stack([found.passes, one], axis=1)[~np.isnan(one)] for one in shown]
        alpha = float(np.clip(2 / np.sqrt(len(lines)), 0.06, 0.6))
        bundle = LineCollection(lines, colors=colour, alpha=alpha, lw=0.8, linestyles=style)
        ax.add_collection(bundle)
        medians = 100 * np.maximum(found.medians(split), least)
        ax.plot(
            found.passes,
            medians,
            color=colour,
            ls=style,
            lw=2.2,
            marker=MARKERS[i],
            ms=4,
            label=f"{split}, {found.counts[split]:,} samples",
        )
    ax.autoscale_view()
    ax.set_yscale("log")
    ax.set_ylim(top=100.0)
    plain_logarithmic(ax.yaxis)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlim(0, max(float(found.passes[-1]), 1.0) * 1.01)
    ax.set_xlabel("Passes over the training samples", color=colours.ink)
    ax.set_ylabel("Misclassified (%)", color=colours.ink)
    legend_above(ax, theme, 3)
    return finish(ax)


figure(
    "passes",
    "the errors of each network against passes over the data",
    passes_data,
    draw_passes,
    takes=("population", "data"),
    records=("weights", "snapshots"),
    task="classification",
    recipe=Recipe("digits", ("16",), "hardest", has_images=True),
)
