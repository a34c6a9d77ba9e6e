"""Loss over a plane of weights, as contours and as a surface in three dimensions.

The arrays come from `amenable.surfaces`: `around`, `along_path`, `through`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import choice, fail
from amenable.errors import DataError, DescriptionError
from amenable.figures.canvas import MARKERS, axes_for, find_theme, finish, new_figure
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar
from amenable.model import Model
from amenable.population import Population
from amenable.surfaces import Surface, along_path, around, through
from amenable.surfaces.planes import RESOLUTION
from amenable.training import Training

BANDS = 24  # of colour
SPREAD = 10.0  # from the lowest to the highest: beyond, steps of colour are equal factors
DEPTH = 1e-6  # of the highest loss: lower ones, zero too, share the colour of the lowest band
WALL = 1e6  # times the median: higher losses share the colour of the highest band
HALO = "#FFFFFF"
INK = "#000000"


@dataclass(frozen=True, slots=True)
class ValueScale:
    """How values become colours and heights."""

    low: float
    high: float
    is_log: bool

    @property
    def norm(self) -> Normalize:
        """Maps values to colours."""
        return (LogNorm if self.is_log else Normalize)(self.low, self.high)

    @property
    def bands(self) -> NDArray[np.float64]:
        """Edges of the colour bands."""
        spaced = np.geomspace if self.is_log else np.linspace
        found = spaced(self.low, self.high, BANDS + 1)
        found[0], found[-1] = self.low, self.high
        return found

    @property
    def lines(self) -> list[float]:
        """Values at which a line is drawn: 1, 2 and 5 times powers of ten, or round steps."""
        if not self.is_log:
            ticks = MaxNLocator(8).tick_values(self.low, self.high)
            return [float(it) for it in ticks if self.low < it < self.high]
        powers = range(int(np.floor(np.log10(self.low))), int(np.ceil(np.log10(self.high))) + 1)
        steps = (1, 2, 5) if self.high < 1e3 * self.low else (1,)
        found = [step * 10.0**power for power in powers for step in steps]
        return [it for it in found if self.low < it < self.high]

    def heights(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values as heights; values that are not finite stay so."""
        kept = np.where(np.isfinite(values), np.clip(values, self.low, self.high), np.nan)
        return np.asarray(np.log10(kept) if self.is_log else kept)


def scale_of(values: NDArray[np.float64]) -> ValueScale:
    """A scale for values, logarithmic if they span decades."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        raise DataError("found: expected a finite loss somewhere on the surface, got none")
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high > SPREAD * low:
        high = min(high, WALL * float(np.median(finite)) or high)
        return ValueScale(max(low, DEPTH * high), high, True)
    margin = 1e-9 * max(abs(low), abs(high), 1e-9) if high - low <= 1e-9 * abs(high) else 0.0
    return ValueScale(low - margin, high + margin, False)


def draw_landscape(
    found: Surface, ax: Axes | None = None, *, theme: str = "light", measure: str = "loss"
) -> Figure:
    """Draw the loss over a plane as filled contours with labelled lines.

    Parameters
    ----------
    found : Surface
        From `around`, `along_path` or `through` of `amenable.surfaces`.
    ax : Axes, optional
        Where to draw; new ones by default.
    theme : str
        "light" or "dark".
    measure : str
        "loss", or "metric": accuracy, r2 or the metric of the goal.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.surfaces import around
    >>> trained = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=20), seeds=1).best
    >>> figure = draw_landscape(around(trained, "moons", resolution=21))
    """
    found = _as_surface(found)
    values = _values(found, measure)
    ax = axes_for(ax, theme, (6.0, 4.8))
    colours = find_theme(theme)
    scale = scale_of(values)
    options: dict[str, Any] = {"cmap": colours.sequential, "norm": scale.norm}
    shown = np.ma.array(
        np.clip(np.nan_to_num(values), scale.low, scale.high), mask=~np.isfinite(values)
    )
    drawn = ax.contourf(found.x, found.y, shown, levels=scale.bands, **options)
    drawn.set_edgecolor("face")  # else thin seams between bands, in PDF and SVG
    if scale.lines:
        lines = ax.contour(
            found.x, found.y, shown, levels=scale.lines, colors=INK, linewidths=0.6, alpha=0.75
        )
        texts = ax.clabel(lines, fontsize=7.5, fmt=_label, inline=False)
        for text in texts:
            text.set_path_effects([effects.withStroke(linewidth=2.0, foreground=HALO)])
            text.set_visible(not _is_near(text.get_position(), found))
    if not np.isfinite(values).all():
        ax.patch.set_hatch("////")
        ax.patch.set_edgecolor(colours.faint)
    _mark_points(ax, found)
    ax.set_xlim(found.x[0], found.x[-1])
    ax.set_ylim(found.y[0], found.y[-1])
    ax.set_xlabel(found.axis_labels[0], color=colours.ink, fontsize=9)
    ax.set_ylabel(found.axis_labels[1], color=colours.ink, fontsize=9)
    bar = colour_bar(drawn, ax, theme, _measure_label(found, measure))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_locator(FixedLocator(scale.lines or [scale.low, scale.high]))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _label(value)))
    return finish(ax)


def draw_landscape_3d(
    found: Surface,
    ax: Axes | None = None,
    *,
    theme: str = "light",
    measure: str = "loss",
    elevation: float = 45.0,
    azimuth: float = -60.0,
) -> Figure:
    """Draw the loss over a plane as a surface in three dimensions.

    Parameters
    ----------
    found : Surface
        From `around`, `along_path` or `through` of `amenable.surfaces`.
    ax : Axes3D, optional
        Where to draw, made with ``projection="3d"``; new ones by default.
    theme : str
        "light" or "dark".
    measure : str
        "loss" or "metric".
    elevation, azimuth : float
        The viewing angles, in degrees.

    Raises
    ------
    DescriptionError
        If the axes do not have three dimensions.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.surfaces import around
    >>> trained = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=20), seeds=1).best
    >>> figure = draw_landscape_3d(around(trained, "moons", resolution=21))
    """
    from mpl_toolkits.mplot3d import Axes3D

    found = _as_surface(found)
    values = _values(found, measure)
    if ax is None:
        ax = new_figure(theme, (6.0, 4.8)).add_subplot(projection="3d", computed_zorder=False)
    if not isinstance(ax, Axes3D):
        raise DescriptionError('ax: expected axes made with projection="3d", got flat ones')
    colours = find_theme(theme)
    scale = scale_of(values)
    heights = scale.heights(values)
    x, y = np.meshgrid(found.x, found.y)
    stride = max(1, len(found.x) // 50)
    norm = Normalize(*(scale.heights(np.array([scale.low, scale.high]))))
    ax.plot_surface(
        x, y, heights, cmap=colours.sequential, norm=norm, rstride=stride, cstride=stride,
        linewidth=0.15, edgecolor=(0.0, 0.0, 0.0, 0.35), antialiased=True, zorder=1,
    )  # fmt: skip
    _mark_points_3d(ax, found, scale, measure)
    _dress_3d(ax, theme, scale)
    ax.set_xlabel(_short(found.axis_labels[0]), color=colours.ink, fontsize=8, labelpad=4)
    ax.set_ylabel(_short(found.axis_labels[1]), color=colours.ink, fontsize=8, labelpad=4)
    ax.set_zlabel(_measure_label(found, measure), color=colours.ink, fontsize=8, labelpad=4)
    ax.view_init(elev=elevation, azim=azimuth)
    ax.set_box_aspect((1.0, 1.0, 0.7), zoom=0.95)  # matplotlib's own zoom cuts labels off
    return finish(ax)


def _is_near(place: tuple[float, float], found: Surface) -> bool:
    """Whether a label would cover a marked point or its name."""
    sides = np.array([found.x[-1] - found.x[0], found.y[-1] - found.y[0]])
    marked = found.points[[0, -1]] if found.kind == "path" else found.points
    apart = np.abs(marked - place) / sides
    return bool((apart < (0.17, 0.06)).all(axis=1).any())


def _mark_points(ax: Axes, found: Surface) -> None:
    """The centre, the path with its ends, or the three networks; white with black borders."""
    x, y = found.points.T
    marked: dict[str, Any] = {
        "color": HALO,
        "markeredgecolor": INK,
        "zorder": 6,
        "linestyle": "none",
    }
    if found.kind == "path":
        ax.plot(x, y, color=INK, linewidth=2.6, zorder=4, solid_joinstyle="round")
        ax.plot(x, y, color=HALO, linewidth=1.2, zorder=5, solid_joinstyle="round")
        x, y = x[[0, -1]], y[[0, -1]]
    if found.kind == "random":
        ax.plot(x, y, marker="P", markersize=9, **marked)
        return
    for i, name in enumerate(found.names):
        ax.plot(x[i], y[i], marker=MARKERS[i], markersize=7, **marked)
        is_right = x[i] > found.x[0] + 0.75 * (found.x[-1] - found.x[0])
        text = ax.annotate(
            name,
            (x[i], y[i]),
            xytext=(-8 if is_right else 8, 5),
            textcoords="offset points",
            ha="right" if is_right else "left",
            color=INK,
            fontsize=9,
            zorder=7,
        )
        text.set_path_effects([effects.withStroke(linewidth=2.5, foreground=HALO)])


def _mark_points_3d(ax: Any, found: Surface, scale: ValueScale, measure: str) -> None:
    """Points are drawn on the surface itself, so that none floats beside it."""
    x, y = found.points.T
    z = _on_surface(found, scale.heights(_values(found, measure)))
    if found.kind == "path":
        ax.plot(x, y, z, color=INK, linewidth=2.6, zorder=4)
        ax.plot(x, y, z, color=HALO, linewidth=1.2, zorder=5)
        x, y, z = (it[[0, -1]] for it in (x, y, z))
    for i, name in enumerate(found.names):
        marker = "P" if found.kind == "random" else MARKERS[i]
        ax.plot(
            x[i : i + 1], y[i : i + 1], z[i : i + 1],
            marker=marker, markersize=8, color=HALO, markeredgecolor=INK, zorder=6,
        )  # fmt: skip
        if found.kind != "random":
            text = ax.text(x[i], y[i], z[i], f"  {name}", color=INK, fontsize=9, zorder=7)
            text.set_path_effects([effects.withStroke(linewidth=2.5, foreground=HALO)])


def _on_surface(found: Surface, heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights (M,) of the surface at the points, interpolated between four grid points."""
    steps = []
    for at, side in zip(found.points.T, (found.x, found.y), strict=True):
        place = np.clip((at - side[0]) / (side[1] - side[0]), 0, len(side) - 1)
        first = np.minimum(place.astype(np.int64), len(side) - 2)
        steps.append((first, place - first))
    (i, u), (j, v) = steps
    lower = (1 - u) * heights[j, i] + u * heights[j, i + 1]
    upper = (1 - u) * heights[j + 1, i] + u * heights[j + 1, i + 1]
    return np.asarray((1 - v) * lower + v * upper)


def _dress_3d(ax: Any, theme: str, scale: ValueScale) -> None:
    """The theme's colours for axes with three dimensions, and heights labelled as losses."""
    colours = find_theme(theme)
    ax.set_facecolor(colours.paper)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((0.0, 0.0, 0.0, 0.0))
        axis.line.set_color(colours.faint)
        axis._axinfo["grid"].update(color=colours.faint, linewidth=0.4)
        axis.set_tick_params(colors=colours.ink, labelsize=7, pad=0)
        axis.set_major_locator(MaxNLocator(5))
    if scale.is_log:
        ax.zaxis.set_major_locator(FixedLocator(np.log10(scale.lines).tolist()))
        ax.zaxis.set_major_formatter(FuncFormatter(lambda value, _: _label(10.0**value)))


def _values(found: Surface, measure: str) -> NDArray[np.float64]:
    return found.loss if choice("measure", measure, ("loss", "metric")) == "loss" else found.metric


def _measure_label(found: Surface, measure: str) -> str:
    problem = found.problem
    name = f"{problem.loss_name} loss" if measure == "loss" else found.metric_name
    return f"{name[0].upper()}{name[1:]}, {problem.split} samples"


def _as_surface(found: object) -> Surface:
    if not isinstance(found, Surface):
        fail("found", "a Surface", found, "make one with amenable.surfaces.around(...)")
    return found


def _short(label: str) -> str:
    """An axis label without its unit: in three dimensions there is no room for it."""
    return label.partition(" (")[0]


def _label(value: float) -> str:
    """Such as 0.002, 5, 1e-05."""
    return f"{value:.3g}"


def _path(
    population: Population,
    trial: int,
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """`along_path` for one trial."""
    return along_path(
        population, data, training, split, trial=trial, margin=margin, resolution=resolution
    )


def _plane(
    model: Model,
    others: Sequence[Model],
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    names: Sequence[str] = ("a", "b", "c"),
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """`through` for one network and two others."""
    b, c = others
    return through(
        model, b, c, data, training, split, names=names, margin=margin, resolution=resolution
    )


figure(
    "landscape",
    "the loss around a network, in two random directions",
    around,
    draw_landscape,
    takes=("model", "data"),
    records=("weights",),
    recipe=Recipe("moons", ("8",), "path", seeds=8, options={"resolution": 101}),
)

figure(
    "landscape_3d",
    "the loss around a network, as a surface in three dimensions",
    around,
    draw_landscape_3d,
    takes=("model", "data"),
    records=("weights",),
    recipe=Recipe("moons", ("8",), "path", seeds=8),
)

figure(
    "path",
    "the loss in the plane that best fits a network's path through training",
    _path,
    draw_landscape,
    takes=("population", "trial", "data"),
    records=("weights", "snapshots"),
    recipe=Recipe("moons", ("8",), "walk", seeds=8, options={"resolution": 101}),
)

figure(
    "plane",
    "the loss in the plane through three networks",
    _plane,
    draw_landscape,
    takes=("model", "others", "data"),
    records=("weights",),
    recipe=Recipe("moons", ("8",), "walk", seeds=8, options={"resolution": 101}),
)
