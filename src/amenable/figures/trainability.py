"""Trainability map: the fraction solved, as colour, over two numeric settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from amenable.answers.factors import is_drawn
from amenable.answers.judging import fraction_in
from amenable.answers.summary import clusters
from amenable.answers.trial_table import TrialTable
from amenable.description import quote, short
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_population
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar, verbatim
from amenable.formatting import join, plural, shorten
from amenable.population import Configuration, Population
from amenable.population.keys import check_key, value_of

Key = str | Callable[[Configuration], float]

DERIVED: dict[str, Callable[[Configuration], float]] = {
    "width": lambda it: max(it.network.hidden, default=0)
}
TITLES = {
    "lr": "Learning rate",
    "batch": "Samples in a step",
    "width": "Units in the widest hidden layer",
    "depth": "Hidden layers",
    "parameters": "Parameters",
}
FAR_APART = 10.0  # ratio of largest to smallest from which values go on a logarithmic scale
MOST_WRITTEN = (8, 12)  # columns and rows in which counts can still be read
MOST_TICKS = 12
LONGEST = 40  # characters of a name beside an axis


@dataclass(frozen=True, slots=True, eq=False)
class Trainability:
    """Trials that solved the problem, for X values of one numeric setting by Y of another.

    Parameters
    ----------
    x, y : array (X,), (Y,)
        Values of the settings, ascending.
    solved, trials : array of int (Y, X)
        Counts in each cell; zero trials if the cell was never run.
    low, high : array (Y, X)
        Limits of each cell's fraction, as in `answers.summary`; NaN if the cell was never run.
    names : tuple of two str
        Names of x and y.
    pooled : int
        The largest number of configurations that share a cell.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    solved: NDArray[np.int64]
    trials: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    names: tuple[str, str]
    pooled: int

    @property
    def fraction(self) -> NDArray[np.float64]:
        """Solved over trials (Y, X); NaN if a cell was never run."""
        return np.where(self.trials > 0, self.solved / np.maximum(self.trials, 1), np.nan)

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        fraction, n_run = self.fraction, int(np.sum(self.trials > 0))
        row, column = np.unravel_index(np.nanargmax(fraction), fraction.shape)
        low, high = self.low[row, column], self.high[row, column]
        widest = float(np.nanmax(self.high - self.low)) / 2
        n_largest = int(np.sum(fraction == fraction[row, column]))
        first = f"in {n_largest} cells, the first " if n_largest > 1 else ""
        pooled = f" Cells pool up to {self.pooled} configurations." if self.pooled > 1 else ""
        missing = fraction.size - n_run
        blank = f" {plural(missing, 'cell was', 'cells were')} never run." if missing else ""
        return (
            f"Fraction solved over {self.names[0]} and {self.names[1]}, of "
            f"{plural(int(self.trials.sum()), 'trial')}. The largest is "
            f"{shorten(fraction[row, column])} [{low:.2f}, "
            f"{high:.2f}], {first}at {self.names[0]} {short(float(self.x[column]))} "
            f"and {self.names[1]} {short(float(self.y[row]))}.{pooled}{blank} "
            f"Each cell's fraction is known to within {widest:.2f} either way (95 % intervals). "
            "Between the cells nothing was measured."
        )


def trainability_data(population: Population, x: Key, y: Key) -> Trainability:
    """The trials that solved the problem, for each pair of values of two numeric settings.

    Parameters
    ----------
    population : Population
        Trained with a goal.
    x, y : str or callable
        A key of `Population.by` with numbers, such as "lr", "batch", "l2", "depth" or
        "parameters"; "width" of the widest hidden layer; "init", "bias_init" or "activation" if
        only their number varies, as in "normal(0.1)"; or a function that takes a `Configuration`
        (with `network` and `training`) and returns a number.

    Returns
    -------
    Trainability
        Configurations with the same two values share a cell.

    Raises
    ------
    DescriptionError
        If there is no such key, its values are not numbers, or a training has no goal.
    DataError
        If no trial is finished.

    Examples
    --------
    >>> import amenable as am
    >>> trainings = am.grid(am.Training(epochs=5, goal="accuracy >= 0.8"), lr=[0.01, 0.1])
    >>> networks = [am.mlp(2, width, 1) for width in (2, 8)]
    >>> population = am.train(networks, "moons", trainings, seeds=4, progress=False)
    >>> found = trainability_data(population, "lr", "width")
    >>> found.trials
    array([[4, 4],
           [4, 4]])
    """
    population = as_population("population", population)
    begun = population.take(np.flatnonzero(population.is_counted))
    if not len(begun):
        raise DataError("population: expected a finished trial, got none")
    begun.fraction()  # which refuses trainings without a goal
    (across, called_x), (up, called_y) = _numbers("x", x, begun), _numbers("y", y, begun)
    xs, columns = np.unique(across, return_inverse=True)
    ys, rows = np.unique(up, return_inverse=True)
    return cells_of(begun.table(), (xs, columns), (ys, rows), (called_x, called_y))


def cells_of(
    results: TrialTable,
    x: tuple[NDArray[np.float64], NDArray[np.int64]],
    y: tuple[NDArray[np.float64], NDArray[np.int64]],
    names: tuple[str, str],
) -> Trainability:
    """The values along each axis, and the cell of each configuration (C,).

    A place of -1 means that the configuration does not have the setting.
    """
    (xs, columns), (ys, rows) = x, y
    shape, drawn = (len(ys), len(xs)), is_drawn(results)
    is_there = (columns >= 0) & (rows >= 0)
    cells = np.where(is_there, rows * len(xs) + columns, -1)
    each = cells[results.configuration]
    trials, solved = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    for cell in np.unique(each[each >= 0]):
        inside = np.flatnonzero(each == cell)
        place = divmod(int(cell), len(xs))
        cluster = clusters(results, inside, drawn)
        found = fraction_in(results, inside, cluster, 0.95)
        low[place], high[place] = found.interval
        trials[place], solved[place] = found.trials, found.successes
    pooled = int(np.unique(cells[is_there], return_counts=True)[1].max(initial=0))
    return Trainability(xs, ys, solved, trials, low, high, names, pooled)


def draw_trainability(
    found: Trainability, ax: Axes | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the fraction solved as the colour of cells, and hatch cells that were never run.

    Values that span more than a factor of ten get a logarithmic scale.

    Parameters
    ----------
    found : Trainability
        What `trainability_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> trainings = am.grid(
    ...     am.Training(epochs=5, goal="accuracy >= 0.8"), lr=[0.01, 0.1], l2=[0.0, 0.01, 0.1]
    ... )
    >>> population = am.train(am.mlp(2, 4, 1), "moons", trainings, seeds=4, progress=False)
    >>> figure = draw_trainability(trainability_data(population, "lr", "l2"))
    """
    ax = axes_for(ax, theme, (6.0, 4.4))
    colours = find_theme(theme)
    columns, rows = _edges(found.x), _edges(found.y)
    mesh = ax.pcolormesh(
        columns,
        rows,
        np.ma.masked_invalid(found.fraction),
        cmap=colours.sequential,
        norm=Normalize(0.0, 1.0),
        edgecolors=colours.paper,
        linewidth=0.5 if found.fraction.size <= 400 else 0.0,
    )
    for row, column in np.argwhere(found.trials == 0):
        place = columns[column], rows[row]
        size = columns[column + 1] - columns[column], rows[row + 1] - rows[row]
        ax.add_patch(
            Rectangle(place, *size, fill=False, hatch="////", edgecolor=colours.faint, lw=0.0)
        )
    if found.fraction.shape[1] <= MOST_WRITTEN[0] and found.fraction.shape[0] <= MOST_WRITTEN[1]:
        _write(found, ax, columns, rows)
    ax.set_xlim(columns[0], columns[-1])
    ax.set_ylim(rows[0], rows[-1])
    _label(ax.xaxis, found.x, found.names[0], colours.ink)
    _label(ax.yaxis, found.y, found.names[1], colours.ink)
    colour_bar(mesh, ax, theme, "Fraction solved")
    return finish(ax)


def _write(
    found: Trainability, ax: Axes, columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> None:
    """Write the counts in the cells, dark on light and light on dark."""
    fraction = found.fraction
    for row, column in np.argwhere(found.trials > 0):
        solved, trials = found.solved[row, column], found.trials[row, column]
        ax.text(
            (columns[column] + columns[column + 1]) / 2,
            (rows[row] + rows[row + 1]) / 2,
            f"{solved}/{trials}",
            color="#000000" if fraction[row, column] > 0.5 else "#FFFFFF",  # as in cividis
            ha="center",
            va="center",
            fontsize=8,
        )


def is_logarithmic(values: NDArray[np.float64]) -> bool:
    """Whether the values are all positive and span more than a factor of ten."""
    return bool(values[0] > 0 and values[-1] >= FAR_APART * values[0])


def _places(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where values stand: as logarithms if far apart, or evenly if one of them is zero."""
    if is_logarithmic(values):
        return np.asarray(np.log10(values))
    sizes = np.abs(values[values != 0])
    if len(values) < 3 or (sizes.size and sizes.max() >= FAR_APART * sizes.min()):
        return np.arange(len(values), dtype=np.float64)
    return values


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges (n + 1,) of the cells around the places of n values."""
    places = _places(values)
    if len(places) == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    middles = (places[1:] + places[:-1]) / 2
    return np.concatenate([[2 * places[0] - middles[0]], middles, [2 * places[-1] - middles[-1]]])


def _label(axis: Axis, values: NDArray[np.float64], name: str, ink: str) -> None:
    """A tick for each value or for some, and the name of the setting."""
    every = -(-len(values) // MOST_TICKS)
    axis.set_major_locator(FixedLocator(_places(values)[::every].tolist()))
    axis.set_minor_locator(NullLocator())
    axis.set_ticklabels([f"{value:.4g}" for value in values[::every]])
    axis.set_label_text(TITLES.get(name) or verbatim(name, LONGEST), color=ink)


def _numbers(argument: str, key: Key, population: Population) -> tuple[NDArray[np.float64], str]:
    """The key's number (C,) for each configuration, and what to call it."""
    found = [_value(argument, key, it, population) for it in population.configurations]
    numbers, names = zip(*(_number(argument, key, one) for one in found), strict=True)
    different = sorted(set(names))
    if len(different) > 1:
        raise DescriptionError(
            f"{argument}: expected one kind of {_called(key)}, got {join(different)}; choose the "
            f"trials of one kind with where(...)"
        )
    called = f"{_called(key)} {different[0]}".rstrip()
    return np.array(numbers, dtype=np.float64), called


def _value(argument: str, key: Key, it: Configuration, population: Population) -> object:
    if callable(key):
        return key(it)
    if key in DERIVED:
        return DERIVED[key](it)
    value = value_of(it, check_key(argument, key), population.data.task)
    if key == "batch" and value == "full":
        return population.data.n_training
    return value


def _number(argument: str, key: Key, value: object) -> tuple[float, str]:
    """The number in a value and the word before it: "normal(0.1)" gives (0.1, "normal")."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        if np.isfinite(value):
            return float(value), ""
    elif isinstance(value, str) and value.endswith(")"):
        name, _, inside = value[:-1].partition("(")
        return float(inside), name
    elif isinstance(value, tuple) and len(value) == 1:
        return _number(argument, key, value[0])
    hint = 'choose a key with numbers, such as "lr", "batch", "l2", "width", "depth" or "init"'
    raise DescriptionError(
        f"{argument}: expected numbers, got {quote(value)} for {_called(key)}; {hint}"
    )


def _called(key: Key) -> str:
    if isinstance(key, str):
        return key
    name = getattr(key, "__name__", "")
    return name if name.isidentifier() else "setting"


figure(
    "trainability",
    "the fraction solved, as colour, over two numeric settings",
    trainability_data,
    draw_trainability,
    takes=("population",),
    recipe=Recipe(
        "spirals",
        ("8,8",),
        "gradients",
        seeds=16,
        lr=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        init=tuple(f"normal({scale:g})" for scale in (0.01, 0.03, 0.1, 0.3, 1, 3, 10)),
        has_goal=True,
    ),
)
