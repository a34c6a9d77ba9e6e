"""Functions of one input, the networks that approximate them, and their errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import fail, integer, number
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_models
from amenable.figures.canvas import LINES, figure_of, find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, plain_logarithmic
from amenable.formatting import join, plural, shorten
from amenable.model import Model

FAR_APART = 20.0  # ratio of largest errors from which a linear scale would show only the larger
MOST_SAID = 4  # approximations that a caption names one by one


@dataclass(frozen=True, slots=True, eq=False)
class Functions:
    """A function of one input and its approximations, on a grid.

    Parameters
    ----------
    x : array (N,)
        Inputs, ascending and evenly spaced.
    exact : array (N,) or None
        Values of the function, if there is one.
    names : tuple of M str
        Names of the approximations.
    values : array (M, N)
        Outputs of the networks.
    """

    x: NDArray[np.float64]
    exact: NDArray[np.float64] | None
    names: tuple[str, ...]
    values: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """Approximation minus function (M, N); NaN if there is no function."""
        exact = np.full(len(self.x), np.nan) if self.exact is None else self.exact
        return self.values - exact

    @property
    def largest_errors(self) -> NDArray[np.float64]:
        """Largest absolute error (M,) on the grid: infinite if an output is not finite."""
        errors = np.abs(self.errors).max(axis=1)
        return np.where(np.isfinite(self.values).all(axis=1), errors, np.inf)

    @property
    def visible(self) -> tuple[float, float]:
        """Range of outputs drawn: the function's, and as much again on either side."""
        if self.exact is None:
            return -np.inf, np.inf
        low, high = float(self.exact.min()), float(self.exact.max())
        span = high - low or max(abs(high), 1.0)
        return low - span, high + span

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        low, high = shorten(self.x[0]), shorten(self.x[-1])
        where = f"on [{low}, {high}], at {plural(len(self.x), 'evenly spaced point')}"
        n = plural(len(self.names), "network")
        if self.exact is None:
            return f"Output of {n} {where}. Between the points and outside nothing was evaluated."
        largest = self.largest_errors
        low_y, high_y = self.visible
        finite = np.where(np.isfinite(self.values), self.values, self.exact)
        is_cut = bool((finite < low_y).any() or (finite > high_y).any())
        cut = "Outputs far from the function are cut off. " if is_cut else ""
        if len(self.names) <= MOST_SAID:
            pairs = zip(self.names, largest, strict=True)
            said = join([f"{shorten(error)} for {name}" for name, error in pairs])
        else:
            said = f"from {shorten(largest.min())} to {shorten(largest.max())}"
        return (
            f"A function and its approximation by {n} {where}. Largest absolute error: {said}. "
            f"{cut}Between the points the error may be larger; outside the interval it is unknown."
        )


def functions_data(
    f: Callable[[NDArray[np.float64]], object] | None,
    models: Model | Sequence[Model] | Mapping[str, Model],
    lo: float,
    hi: float,
    points: int = 1001,
    names: Sequence[str] | None = None,
) -> Functions:
    """A function and networks with one input and one output, on a grid.

    Parameters
    ----------
    f : callable or None
        Takes an array (N,) and returns one; None to draw the networks alone.
    models : Model, or several, or a mapping of names to them
        Each with one input and one output.
    lo, hi : float
        First and last point of the grid.
    points : int
        Number of grid points, at least 2.
    names : sequence of str, optional
        Names of the models; by default, their own descriptions.

    Returns
    -------
    Functions

    Raises
    ------
    DescriptionError
        If an argument is invalid, or a network has more than one input or output.
    DataError
        If the function's values are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, mlp
    >>> relu = Model(mlp(1, 1, output="relu"), [1.0, 0.0])
    >>> found = functions_data(np.abs, {"one unit": relu}, -2, 1, points=7)
    >>> found.largest_errors
    array([2.])
    """
    by_name = as_models("models", models, names)
    for name, it in by_name.items():
        if (it.network.inputs, it.network.outputs) != (1, 1):
            raise DescriptionError(
                f"models: expected one input and one output, got {it.network.structure} for "
                f"'{name}'; choose other models"
            )
    lo, hi = number("lo", lo), number("hi", hi)
    if lo >= hi:
        fail("hi", f"a number above lo = {lo:g}", hi)
    x = np.linspace(lo, hi, integer("points", points, 2))
    values = np.stack([it.decision(x[:, None])[:, 0] for it in by_name.values()])
    return Functions(x, None if f is None else _values_of(f, x), tuple(by_name), values)


def draw_functions(
    found: Functions, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the function and its approximations, with the errors below.

    Errors of similar size are drawn with their sign; if one network is far better than another,
    absolute errors are drawn on a logarithmic scale.

    Parameters
    ----------
    found : Functions
        What `functions_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, mlp
    >>> relu = Model(mlp(1, 1, output="relu"), [1.0, 0.0])
    >>> figure = draw_functions(functions_data(np.abs, relu, -1, 1))
    >>> len(figure.axes)
    2
    """
    has_error = found.exact is not None
    place = figure or new_figure(theme, (6.0, 5.0 if has_error else 3.6))
    place.set_facecolor(find_theme(theme).paper)
    if not has_error:
        upper = style_axes(place.add_subplot(), theme)
        upper.set_xlabel("Input x", color=find_theme(theme).ink)
    else:
        upper, lower = place.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        _draw_errors(found, style_axes(lower, theme), theme)
    _draw_values(found, style_axes(upper, theme), theme)
    return figure_of(upper)


def _draw_values(found: Functions, ax: Axes, theme: str) -> None:
    colours = find_theme(theme)
    if found.exact is not None:
        ax.plot(found.x, found.exact, color=colours.ink, lw=4, alpha=0.35, label="exact")
    pairs = zip(found.names, found.values, found.largest_errors, strict=True)
    for i, (name, values, largest) in enumerate(pairs):
        said = "" if found.exact is None else f" (largest error {shorten(largest)})"
        shown = np.where(np.isfinite(values), values, np.nan)
        ax.plot(found.x, shown, label=name + said, **_line(i, theme))
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, found.visible[0]), min(high, found.visible[1]))
    ax.set_ylabel("Output", color=colours.ink)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.margins(x=0.01)
    legend_above(ax, theme)


def _draw_errors(found: Functions, ax: Axes, theme: str) -> None:
    colours = find_theme(theme)
    largest = found.largest_errors[np.isfinite(found.largest_errors) & (found.largest_errors > 0)]
    is_log = largest.size > 1 and largest.max() > FAR_APART * largest.min()
    if not is_log:
        ax.axhline(0.0, color=colours.faint, lw=0.8)
    for i, errors in enumerate(found.errors):
        shown = np.where(np.isfinite(errors), np.abs(errors) if is_log else errors, np.nan)
        if is_log:
            shown[shown == 0] = np.nan  # has no place on a logarithmic scale
        ax.plot(found.x, shown, **_line(i, theme))
    ax.set_yscale("log" if is_log else "linear")
    if is_log:
        ax.set_ylim(bottom=largest.min() * 1e-3)
        plain_logarithmic(ax.yaxis)
    ax.set_ylabel("Absolute error" if is_log else "Error", color=colours.ink)
    ax.set_xlabel("Input x", color=colours.ink)


def _line(i: int, theme: str) -> dict[str, Any]:
    colours = find_theme(theme).colours
    return {"color": colours[i % len(colours)], "ls": LINES[i % len(LINES)], "lw": 1.6}


def _values_of(
    f: Callable[[NDArray[np.float64]], object], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Values (N,) of f, which may also return a constant."""
    if not callable(f):
        fail("f", "a function of an array, or None", f, "write np.sin")
    values = np.asarray(f(x))
    if values.dtype.kind not in "biuf" or values.shape not in ((), x.shape):
        raise DataError(
            f"f: expected numbers of shape {x.shape}, like x, got {values.dtype} of shape "
            f"{values.shape}; write f for arrays, with numpy's functions"
        )
    values = np.broadcast_to(values, x.shape).astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise DataError(
            f"f: expected finite numbers on [lo, hi], got {values[bad[0]]} at x = {x[bad[0]]:g}"
        )
    return values


def _approximations(
    models: Mapping[str, Model],
    data: Dataset | None,
    f: Callable[..., object] | None = None,
    lo: float | None = None,
    hi: float | None = None,
    points: int = 1001,
) -> Functions:
    """The given function, or else straight lines between the samples."""
    if data is not None and data.n_inputs == 1:
        x, y = data.x[data.seen, 0], np.asarray(data.y[data.seen], dtype=np.float64)
        lo, hi = (x.min() if lo is None else lo), (x.max() if hi is None else hi)
        if f is None:
            places = np.argsort(x)
            xs, ys = x[places], y.reshape(len(x), -1)[places, 0]

            def f(at: Any) -> Any:
                return np.interp(at, xs, ys)

    return functions_data(f, models, -1.0 if lo is None else lo, 1.0 if hi is None else hi, points)


figure(
    "functions",
    "a function of one input, the networks that approximate it, and their errors",
    _approximations,
    draw_functions,
    takes=("models", "data"),
    records=("weights",),
    needs_data=False,
    inputs=1,
    recipe=Recipe("bumps", ("16",), "curves"),
)
