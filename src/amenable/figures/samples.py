"""Accuracy and training time of several models against the number of samples."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from amenable.datasets import Dataset
from amenable.description import fail, integer, items
from amenable.errors import DataError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import LINES, MARKERS, figure_of, find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import plain_logarithmic
from amenable.formatting import join, shorten
from amenable.population import Configuration, Population, train
from amenable.population.checks import as_seeds
from amenable.statistics import quantiles

Floats = NDArray[np.float64]

RANGE = (0.1, 0.5, 0.9)  # quantiles over repetitions: low, middle, high
MOST_TICKS = 7
SIZES = 6  # numbers of samples, each half of the next
FEWEST = 8
MOST_CONFIGURATIONS = 6  # lines that can be told apart


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The quality and cost of M models trained on S different numbers of samples.

    Parameters
    ----------
    sizes : array (S,)
        Numbers of samples, ascending.
    names : tuple of M str
        Names of the models.
    accuracy, cost : array (M, 3, S)
        The 10 %, 50 % and 90 % quantiles over repetitions; NaN if there are none.
    repetitions : tuple of M int
        The largest number of repetitions of each model.
    measure, unit : str
        What `accuracy` and `cost` measure.
    """

    sizes: Floats
    names: tuple[str, ...]
    accuracy: Floats
    cost: Floats
    repetitions: tuple[int, ...]
    measure: str
    unit: str

    @property
    def slopes(self) -> Floats:
        """The exponent (M,) with which the median cost grows with the samples, by least squares.

        NaN if fewer than two sizes have a cost above zero.
        """
        found = np.full(len(self.names), np.nan)
        for m, cost in enumerate(self.cost[:, 1]):
            kept = np.isfinite(cost) & (cost > 0)
            if kept.sum() > 1:
                x = np.log(self.sizes[kept])
                x -= x.mean()
                found[m] = np.sum(x * np.log(cost[kept])) / np.sum(x**2)
        return found

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show; without costs, which vary."""
        said = []
        for name, (_, median, _) in zip(self.names, self.accuracy, strict=True):
            kept = np.flatnonzero(np.isfinite(median))
            if kept.size:
                first, last = kept[[0, -1]]
                said.append(
                    f"{name} from {shorten(median[first])} with {self.sizes[first]:,.0f} to "
                    f"{shorten(median[last])} with {self.sizes[last]:,.0f}"
                )
        n = max(self.repetitions)
        spread = f": medians of up to {n} repetitions, with the middle 80 %" if n > 1 else ""
        return (
            f"{self.measure.capitalize()} and {self.unit} against the number of samples{spread}. "
            f"{self.measure.capitalize()}: {join(said)}. On the right both "
            "scales are logarithmic: a straight line is a power of the number of samples. Other "
            "sizes and settings were not tried."
        )


def samples_data(
    sizes: ArrayLike,
    accuracy: Mapping[str, ArrayLike],
    cost: Mapping[str, ArrayLike],
    measure: str = "accuracy",
    unit: str = "seconds",
) -> Samples:
    """Quality and cost against the number of samples, from arrays measured before.

    Parameters
    ----------
    sizes : array (S,)
        Numbers of samples, ascending.
    accuracy, cost : mapping of name to array (S,) or (S, R)
        One number for each size, or one for each of R repetitions; NaN where a model was not run.
    measure, unit : str
        What `accuracy` and `cost` measure, for axes and caption.

    Returns
    -------
    Samples

    Raises
    ------
    DescriptionError
        If the names differ, or there are none.
    DataError
        If an array has the wrong shape or does not hold numbers.

    Examples
    --------
    >>> accuracy = {"2-8-1": [[0.7, 0.8, 0.75], [0.9, 0.95, 0.85]]}
    >>> found = samples_data([100, 200], accuracy, {"2-8-1": [0.1, 0.2]})
    >>> found.accuracy[0, 1].tolist(), found.slopes.round(6).tolist()
    ([0.75, 0.9], [1.0])
    """
    counts = _numbers("sizes", sizes)
    if counts.ndim != 1 or not counts.size or (np.diff(counts) <= 0).any() or counts[0] <= 0:
        raise DataError("sizes: expected numbers of samples above 0, in ascending order")
    for field, given in (("accuracy", accuracy), ("cost", cost)):
        if not isinstance(given, Mapping) or not given:
            fail(field, "a mapping of names to arrays", given, 'write {"2-8-1": [...]}')
    if set(accuracy) != set(cost):
        fail("cost", f"the names of accuracy, {', '.join(map(str, accuracy))}", sorted(cost))
    values = {name: _repeated(f"accuracy['{name}']", it, counts) for name, it in accuracy.items()}
    costs = {name: _repeated(f"cost['{name}']", cost[name], counts) for name in accuracy}
    return Samples(
        sizes=counts,
        names=tuple(str(name) for name in accuracy),
        accuracy=np.stack([_spread(it) for it in values.values()]),
        cost=np.stack([_spread(it) for it in costs.values()]),
        repetitions=tuple(it.shape[1] for it in values.values()),
        measure=measure,
        unit=unit,
    )


def draw_samples(
    found: Samples, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw accuracy on the left and cost on the right, with the range over repetitions.

    Parameters
    ----------
    found : Samples
        What `samples_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> found = samples_data([100, 200], {"a": [0.7, 0.9]}, {"a": [0.1, 0.2]})
    >>> len(draw_samples(found).axes)
    2
    """
    place = figure or new_figure(theme, (7.0, 3.3 + 0.11 * len(found.names)))
    colours = find_theme(theme)
    place.set_facecolor(colours.paper)
    left, right = (style_axes(ax, theme) for ax in place.subplots(1, 2))
    _draw_panel(found, found.accuracy, left, theme)
    _draw_panel(found, found.cost, right, theme)
    if (found.cost > 0).any():
        right.set_yscale("log")
        plain_logarithmic(right.yaxis)
    for ax, title in ((left, found.measure), (right, found.unit)):
        ax.set_title(title.capitalize(), fontsize=10, color=colours.ink, loc="left")
        ax.set_xlabel("Samples", color=colours.ink)
        _number_sizes(ax, found.sizes)
    lines, labels = left.get_legend_handles_labels()
    columns = min(len(labels), 3 if max(map(len, labels)) < 20 else 2)
    place.legend(
        lines,
        labels,
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        labelcolor=colours.ink,
    )
    return figure_of(left)


def _draw_panel(found: Samples, values: Floats, ax: Axes, theme: str) -> None:
    colours = find_theme(theme).colours
    for m, (low, median, high) in enumerate(values):
        colour, kept = colours[m % len(colours)], np.isfinite(median)
        ax.fill_between(
            found.sizes, low, high, where=kept & (high > low), color=colour, alpha=0.15, lw=0
        )
        mark, line = MARKERS[m % len(MARKERS)], LINES[m % len(LINES)]
        ax.plot(
            found.sizes[kept],
            median[kept],
            color=colour,
            marker=mark,
            ms=4.5,
            ls=line,
            label=found.names[m],
        )


def _number_sizes(ax: Axes, sizes: Floats) -> None:
    """A logarithmic axis with a tick for each size, or for some."""
    ax.set_xscale("log")
    every = -(-len(sizes) // MOST_TICKS)
    ax.xaxis.set_major_locator(FixedLocator(sizes[::every].tolist()))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="x", labelrotation=45 if len(sizes) > 4 else 0)


def _numbers(field: str, given: ArrayLike) -> Floats:
    try:
        array = np.asarray(given)
    except ValueError as error:  # rows of unequal length
        raise DataError(f"{field}: expected an array; {error}") from None
    if array.dtype.kind not in "iuf":
        raise DataError(f"{field}: expected numbers, got {array.dtype}")
    return array.astype(np.float64)


def _repeated(field: str, given: ArrayLike, sizes: Floats) -> Floats:
    """Numbers (S, R)."""
    array = _numbers(field, given)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or len(array) != len(sizes) or not array.shape[1]:
        raise DataError(
            f"{field}: expected shape ({len(sizes)},) or ({len(sizes)}, R), as there are "
            f"{len(sizes)} sizes, got {np.shape(given)}"
        )
    return array


def _spread(values: Floats) -> Floats:
    """Quantiles (3, S) over the repetitions."""
    found = np.full((3, len(values)), np.nan)
    for s, row in enumerate(values):
        kept = row[~np.isnan(row)]
        if kept.size:
            found[:, s] = quantiles(kept, RANGE)
    return found


def growth_data(
    population: Population,
    data: Dataset,
    sizes: Sequence[int] | None = None,
    seeds: int | Sequence[int] = 5,
) -> Samples:
    """Train each configuration again on more and more of the training samples, in random order.

    Training times differ between runs and machines; quality does not. The order is drawn with
    seed 0. Networks train to the end, without a goal.

    Parameters
    ----------
    population : Population
        With up to 6 configurations.
    data : Dataset
        The data they were trained on.
    sizes : sequence of int, optional
        Numbers of training samples, ascending; by default all, half of them, a quarter, and so on.
    seeds : int or sequence of int
        As for `train`.

    Raises
    ------
    DataError
        If there are too many configurations, or too few samples.

    Examples
    --------
    >>> from amenable import Training, load, mlp
    >>> data = load("moons")
    >>> population = train(mlp(2, 4, 1), data, Training(epochs=2), seeds=1)
    >>> growth_data(population, data, sizes=[40, 160], seeds=2).accuracy.shape
    (1, 3, 2)
    """
    configurations, numbers = _growing(population, data, sizes, seeds)
    order = np.random.default_rng([0]).permutation(data.training)
    quality: dict[str, list[list[float]]] = {}
    seconds: dict[str, list[list[float]]] = {}
    for it in configurations:
        training = replace(it.training, goal=None)
        name = f"{it.network.structure} {it.network.activation}".removesuffix(" none")
        if name in quality:
            name += f", {training.describe()}"
        for n in numbers:
            part = replace(data, training=np.sort(order[:n]))
            start_s = time.perf_counter()
            trained = train(it.network, part, training, seeds=seeds, progress=False)
            spent_s = (time.perf_counter() - start_s) / len(as_seeds(seeds))
            quality.setdefault(name, []).append(trained.metric[trained.judged_on].tolist())
            seconds.setdefault(name, []).append([spent_s])
    measure = f"{population.judged_on} {population.metric_name}"
    times = {name: np.ravel(values) for name, values in seconds.items()}
    return samples_data(numbers, quality, times, measure, "seconds per network")


def _growing(
    population: Population,
    data: Dataset,
    sizes: Sequence[int] | None = None,
    seeds: int | Sequence[int] = 5,
) -> tuple[tuple[Configuration, ...], list[int]]:
    """What to train and on how many samples; raises the errors of `growth_data`."""
    configurations = as_population("population", population).configurations
    if len(configurations) > MOST_CONFIGURATIONS:
        raise DataError(
            f"population: expected at most {MOST_CONFIGURATIONS} configurations, got "
            f"{len(configurations)}; choose some with where()"
        )
    as_seeds(seeds)
    return configurations, _sizes(data, sizes)


def _sizes(data: Dataset, given: Sequence[int] | None) -> list[int]:
    n = len(data.training)
    if given is None:
        halves = [n // 2**k for k in range(SIZES)]
        return sorted({it for it in halves if it >= FEWEST} or {n})
    numbers = [
        integer(f"sizes[{i}]", it, 2, n, f"'{data.name}' has {n} training samples")
        for i, it in enumerate(items("sizes", given, "numbers of samples", "write [50, 100]"))
    ]
    if not numbers or sorted(set(numbers)) != numbers:
        fail("sizes", "numbers of samples, ascending", given, "write [50, 100]")
    return numbers


figure(
    "samples",
    "quality and training time against the number of training samples",
    growth_data,
    draw_samples,
    takes=("population", "data"),
    check=_growing,
    recipe=Recipe("digits", ("16", "64"), "curves", seeds=1),
)
