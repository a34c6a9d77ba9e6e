"""Diagram of a network: units as circles, weights as lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.path import Path
from numpy.typing import NDArray

from amenable.description import fail, integer, items
from amenable.figures.arguments import as_model
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above
from amenable.formatting import join, plural, shorten
from amenable.model import Model

Floats = NDArray[np.float64]

MOST_UNITS = 12  # of a layer; more are abbreviated
MOST_WEIGHTS = 16  # that are written beside their lines
FAR_APART = 100.0  # largest over median weight from which widths go by their logarithm
THINNEST, THICKEST = 0.2, 3.6  # lines, in points; thinner where there are many
LONGEST = 14  # letters of an input's name
LABELS = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75)  # where on a line its weight may be written
GAP = -1  # stands for units that are not shown


class Link(NamedTuple):
    """Weights (O, I) from the shown units of one layer to those of another; 0 is the input."""

    source: int
    target: int
    weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """Units and weights of a network; large layers are shown in part.

    Parameters
    ----------
    widths : tuple of L + 1 int
        The number of inputs, then of units in each layer.
    shown : tuple of L + 1 arrays of int
        Which units are shown, counted from 0; -1 for a gap.
    links : tuple of Link
        Each layer's weights by source: the previous layer, and shortcuts.
    biases : tuple of L arrays
        The shown units' biases; NaN where a layer has none.
    activations : tuple of L str
        Their names.
    features : tuple of str
        Names of the inputs that are shown.
    n_parameters, n_zero : int
        The number of weights and biases, and of weights that are exactly zero.
    """

    widths: tuple[int, ...]
    shown: tuple[NDArray[np.int64], ...]
    links: tuple[Link, ...]
    biases: tuple[Floats, ...]
    activations: tuple[str, ...]
    features: tuple[str, ...]
    n_parameters: int
    n_zero: int

    @property
    def sizes(self) -> Floats:
        """Absolute values of the weights that are drawn: finite and not zero."""
        found = np.abs(np.concatenate([link.weights.ravel() for link in self.links]))
        return np.asarray(found[np.isfinite(found) & (found > 0)])

    @property
    def is_logarithmic(self) -> bool:
        """Whether line widths follow the logarithm of the weights."""
        sizes = self.sizes
        return bool(sizes.size) and bool(sizes.max() > FAR_APART * np.median(sizes))

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        said = [
            f"Network {'-'.join(map(str, self.widths))} with "
            f"{plural(self.n_parameters, 'parameter')}. The width of a line "
            f"shows the {'logarithm of the ' if self.is_logarithmic else ''}absolute weight, up to "
            f"{shorten(float(self.sizes.max(initial=0.0)))}; negative weights are dashed. Circles "
            "are filled by bias."
        ]
        short = [
            f"{np.sum(shown != GAP)} of {width} {'inputs' if k == 0 else f'units of layer {k}'}"
            for k, (shown, width) in enumerate(zip(self.shown, self.widths, strict=True))
            if GAP in shown
        ]
        if short:
            said.append(f"Only {join(short)} are shown.")
        if self.n_zero:
            said.append(
                f"{plural(self.n_zero, 'weight is', 'weights are')} exactly zero and not drawn."
            )
        if not all(np.isfinite(link.weights).all() for link in self.links):
            said.append("Weights that are not finite are not drawn.")
        arcs = [link for link in self.links if link.source < link.target - 1]
        if arcs:
            said.append("Arcs are shortcuts that skip a layer.")
        return " ".join(
            [*said, "A large weight need not have much influence: its input matters too."]
        )


def diagram_data(
    model: Model, features: Sequence[str] | None = None, most: int = MOST_UNITS
) -> Diagram:
    """Units and weights of a network.

    Parameters
    ----------
    model : Model
        A network with weights.
    features : sequence of str, optional
        Names of the inputs, such as ``data.features``; by default x0, x1, and so on.
    most : int
        The most units to show of a layer, at least 2; larger layers show the first and last ones.

    Returns
    -------
    Diagram

    Raises
    ------
    DescriptionError
        If an argument is invalid, or the number of names is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, mlp
    >>> found = diagram_data(Model(mlp(2, 20, 1), np.ones(81)))
    >>> found.widths, [len(it) for it in found.shown], found.links[0].weights.shape
    ((2, 20, 1), [2, 12, 1], (11, 2))
    """
    model = as_model("model", model)
    most = integer("most", most, 2, 100)
    network, parts = model.network, model.weights
    network.check_dense("diagram")
    widths = network.widths
    shown = tuple(_shown(width, most) for width in widths)
    links, biases = [], []
    for k, layer in enumerate(network.layers, 1):
        kept, column = shown[k][shown[k] != GAP], 0
        for source in (k - 1, *layer.shortcuts):
            columns = column + shown[source][shown[source] != GAP]
            links.append(Link(source, k, parts[f"{k}.weight"][np.ix_(kept, columns)]))
            column += widths[source]
        biases.append(parts[f"{k}.bias"][kept] if layer.bias else np.full(len(kept), np.nan))
    names = [f"x{i}" for i in range(network.inputs)]
    if features is not None:
        names = [str(it) for it in items("features", features, "names of the inputs")]
        if len(names) != network.inputs:
            fail("features", f"{network.inputs} names, one for each input", features)
    return Diagram(
        widths=widths,
        shown=shown,
        links=tuple(links),
        biases=tuple(biases),
        activations=tuple(layer.activation for layer in network.layers),
        features=tuple(names[i] for i in shown[0] if i != GAP),
        n_parameters=network.n_parameters,
        n_zero=sum(int(np.sum(parts[name] == 0)) for name in parts if name.endswith("weight")),
    )


def draw_diagram(found: Diagram, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw the network from left to right; if there are few weights, each is written on its line.

    Parameters
    ----------
    found : Diagram
        What `diagram_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> from amenable import Model, mlp
    >>> figure = draw_diagram(diagram_data(Model(mlp(2, 1), [1.0, -2.0, 0.5])))
    """
    tallest = max(map(len, found.shown))
    size = float(np.clip(1.7 * len(found.widths) + 0.6, 4.5, 12.0)), float(0.27 * tallest + 2.0)
    ax = axes_for(ax, theme, (size[0], max(size[1], 3.0)))
    places = [_places(shown, tallest) for shown in found.shown]
    _draw_links(found, places, ax, theme)
    _draw_units(found, places, ax, theme)
    _label(found, places, ax, theme)
    ax.set_xlim(-0.25, len(found.widths) - 0.75)
    has_arcs = any(link.source < link.target - 1 for link in found.links)
    heights = np.concatenate(places)
    ax.set_ylim(heights.min() - 0.5, heights.max() + (2.2 if has_arcs else 0.5))
    ax.set_axis_off()
    return finish(ax)


def _draw_links(found: Diagram, places: Sequence[Floats], ax: Axes, theme: str) -> None:
    """Lines, the thickest on top."""
    drawn: list[tuple[float, Path]] = []
    for link in found.links:
        for i, j in np.ndindex(link.weights.shape):
            weight = float(link.weights[i, j])
            if np.isfinite(weight) and weight:
                start = link.source, float(places[link.source][j])
                end = link.target, float(places[link.target][i])
                drawn.append((weight, _path(start, end, places)))
    drawn.sort(key=lambda it: abs(it[0]))
    alpha = float(np.clip(8 / np.sqrt(max(len(drawn), 1)), 0.35, 0.9))
    for sign, (colour, line, name) in _signs(theme).items():
        of_sign = [(weight, path) for weight, path in drawn if np.sign(weight) == sign]
        if not of_sign:
            continue
        collection = PathCollection(
            [path for _, path in of_sign],
            facecolors="none",
            edgecolors=colour,
            linewidths=_line_widths(found, np.array([abs(weight) for weight, _ in of_sign])),
            linestyles=line,
            alpha=alpha,
            zorder=1,
        )
        ax.add_collection(collection)
        ax.plot([], [], color=colour, ls=line, lw=2, label=name)
    if drawn:
        legend_above(ax, theme, 2)
    if len(drawn) <= MOST_WEIGHTS:
        _write_weights(drawn, ax, theme)


def _write_weights(drawn: Sequence[tuple[float, Path]], ax: Axes, theme: str) -> None:
    box = {"facecolor": find_theme(theme).paper, "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
    taken: list[tuple[float, float]] = []
    for weight, path in drawn:
        taken.append(_apart(path, taken))
        _write(ax, theme, shorten(weight), taken[-1], size=7.5, va="center", bbox=box)


def _draw_units(found: Diagram, places: Sequence[Floats], ax: Axes, theme: str) -> None:
    """Circles, coloured by bias; three dots for units that are not shown."""
    colours = find_theme(theme)
    finite = np.abs(np.concatenate(found.biases))
    largest = float(finite[np.isfinite(finite)].max(initial=0.0)) or 1.0
    norm, fills = TwoSlopeNorm(0.0, -largest, largest), colormaps[colours.diverging]
    diameter = float(np.clip(190 / max(map(len, found.shown)), 7, 20))
    for k, (shown, y) in enumerate(zip(found.shown, places, strict=True)):
        biases = np.full(len(y), np.nan) if k == 0 else found.biases[k - 1]
        fill = [
            colours.paper if np.isnan(it) else fills(norm(np.clip(it, -largest, largest)))
            for it in biases
        ]
        ax.scatter(
            np.full(len(y), k), y, s=diameter**2, c=fill, edgecolors=colours.ink, lw=1.2, zorder=3
        )
        for above in np.flatnonzero(shown == GAP) - 1:
            middle = (y[above] + y[above + 1]) / 2
            _write(ax, theme, "⋮", (k, middle), size=14, va="center")
        if found.sizes.size <= MOST_WEIGHTS:
            for bias, at in zip(biases, y, strict=True):
                if not np.isnan(bias):
                    below = (0, -diameter / 2 - 3)
                    _write(ax, theme, f"bias {shorten(float(bias))}", (k, at), below, size=7)


def _write(
    ax: Axes,
    theme: str,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float] = (0, 0),
    size: float = 8,
    **options: Any,
) -> None:
    """Text at an offset, in points, from a place."""
    style = {"ha": "center", "va": "top", "zorder": 4, **options}
    ink = find_theme(theme).ink
    ax.annotate(text, at, offset, textcoords="offset points", color=ink, fontsize=size, **style)


def _label(found: Diagram, places: Sequence[Floats], ax: Axes, theme: str) -> None:
    """Names of inputs on the left, and of layers below."""
    for name, y in zip(found.features, places[0], strict=True):
        text = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        _write(ax, theme, text, (0, y), (-14, 0), ha="right", va="center")
    bottom = min(float(y.min()) for y in places)
    for k, width in enumerate(found.widths):
        if k == 0:
            text = plural(width, "input")
        else:
            name = "output" if k == len(found.widths) - 1 else f"layer {k}"
            text = f"{name}: {plural(width, 'unit')}\n{found.activations[k - 1]}"
        _write(ax, theme, text, (k, bottom), (0, -32))


def _signs(theme: str) -> dict[int, tuple[str, str, str]]:
    """Colour, line style and name of positive and negative weights."""
    colours = find_theme(theme).colours
    return {1: (colours[1], "-", "positive weight"), -1: (colours[0], "--", "negative weight")}


def _line_widths(found: Diagram, sizes: Floats) -> Floats:
    """Widths of lines in points."""
    largest, smallest = found.sizes.max(), found.sizes.min()
    thickest = float(np.clip(36 / np.sqrt(found.sizes.size), 1.5, THICKEST))
    if found.is_logarithmic:
        share = np.log(sizes / smallest) / np.log(largest / smallest)
    else:
        share = sizes / largest
    return np.asarray(THINNEST + (thickest - THINNEST) * share)


def _apart(path: Path, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """Of some points of the path, the one farthest from those that are taken."""

    def room(point: tuple[float, float]) -> float:
        x, y = point
        gaps = (max(abs(x - other_x) / 0.25, abs(y - other_y) / 0.4) for other_x, other_y in taken)
        return min(1.0, min(gaps, default=1.0))  # 1: as far apart as numbers are large

    return max((_along(path, share) for share in LABELS), key=room)


def _path(start: tuple[float, float], end: tuple[float, float], places: Sequence[Floats]) -> Path:
    """A straight line, or an arc if it skips layers."""
    if end[0] - start[0] <= 1:
        return Path([start, end])
    top = max(float(y.max()) for y in places) + 1.5
    middle = (start[0] + end[0]) / 2, 2 * top - (start[1] + end[1]) / 2
    return Path([start, middle, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])


def _along(path: Path, share: float) -> tuple[float, float]:
    """A point of the path."""
    points = np.asarray(path.vertices)
    if len(points) == 3:
        weights = np.array([(1 - share) ** 2, 2 * share * (1 - share), share**2])
    else:
        weights = np.array([1 - share, share])
    x, y = weights @ points
    return float(x), float(y)


def _shown(width: int, most: int) -> NDArray[np.int64]:
    """Which units of a layer are shown, with a gap if there are many."""
    if width <= most:
        return np.arange(width)
    first = most // 2
    last = most - 1 - first
    return np.concatenate([np.arange(first), [GAP], np.arange(width - last, width)]).astype(
        np.int64
    )


def _places(shown: NDArray[np.int64], tallest: int) -> Floats:
    """Heights of the shown units, first on top; small layers spread over the available room."""
    n = len(shown)
    step = min(max(1.0, 0.6 * tallest / n), 2.5)
    y = (0.5 * (n - 1) - np.arange(n)) * step
    return np.asarray(y[shown != GAP])


figure(
    "diagram",
    "a network and its weights",
    diagram_data,
    draw_diagram,
    takes=("model",),
    records=("weights",),
    recipe=Recipe("moons", ("4,3",), "spaghetti", seeds=8),
)
