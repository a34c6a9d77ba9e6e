"""Paints spaghetti pictures: surface, border, lines of neurons, samples, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps, patheffects
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize, to_rgb
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from amenable.figures.canvas import LINES, MARKERS, Theme, find_theme, mix
from amenable.figures.decisions import BORDER, VALUE
from amenable.figures.legends import colour_bar
from amenable.figures.neurons import BROKEN, DEAD, SATURATED, Neuron

if TYPE_CHECKING:
    from amenable.figures.spaghetti import Spaghetti

TINT = 0.45  # of a class's colour behind its samples, where the network is sure
SURE = 90  # percentile of the margins in the frame from which on it is
WIDEST, NARROWEST = 1.7, 0.6  # points, of the strongest and the weakest neuron
BORDER_WIDTH = 2.8
ARROW = 0.045  # of the frame
MOST_CLASSES = 10  # in the legend


def draw_plane(
    ax: Axes, found: Spaghetti, theme: Theme, most: int, size: float = 1.0
) -> tuple[list[Line2D], ScalarMappable | None]:
    """Draw everything on the axes; returns the legend's entries and, for values, their scale.

    `size` scales markers and lines, which are smaller in a gallery.
    """
    ax.set_box_aspect(1)
    ax.set(xlim=found.frame[:2], ylim=found.frame[2:])
    scale = _paint(ax, found, theme, size)
    entries = _draw_lines(ax, found, theme, most, size)
    entries = _draw_samples(ax, found, theme, size) + entries
    if has_border(found):
        entries.append(Line2D([], [], color=theme.ink, linewidth=BORDER_WIDTH, label="border"))
    ax.set(xlim=found.frame[:2], ylim=found.frame[2:])
    return entries, scale


def _paint(ax: Axes, found: Spaghetti, theme: Theme, size: float) -> ScalarMappable | None:
    """The surface and the border; returns the scale of values, for regression."""
    surface = found.surface
    if found.reading.kind == VALUE:
        return _paint_values(ax, found, theme)
    if found.reading.kind == BORDER:
        margin = surface[..., 0]
        chosen, sure = (margin > 0).astype(np.int64), abs(margin)
    else:
        ordered = np.sort(surface, axis=-1)
        chosen = surface.argmax(axis=-1)
        sure = ordered[..., -1] - ordered[..., -2]
    is_known = np.isfinite(surface).all(axis=-1)
    share = TINT * np.minimum(sure / _scale(sure[is_known]), 1.0)
    inks = np.array([to_rgb(theme.colours[k % len(theme.colours)]) for k in range(_n(found))])
    paper = np.array(to_rgb(theme.paper))
    share = np.where(is_known, share, 0.0)[..., None]
    _image(ax, found, paper + share * (inks[chosen] - paper))
    _draw_border(ax, found, theme, size)
    return None


def _n(found: Spaghetti) -> int:
    return len(found.reading.classes)


def _scale(sizes: NDArray[np.float64]) -> float:
    """The margin that counts as sure; 1 if there is none."""
    largest = float(np.percentile(sizes, SURE)) if sizes.size else 0.0
    return largest if largest > 0 else 1.0


def _image(ax: Axes, found: Spaghetti, colours: NDArray[np.float64]) -> None:
    ax.imshow(
        colours,
        extent=found.frame,
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        zorder=0,
    )


def _paint_values(ax: Axes, found: Spaghetti, theme: Theme) -> ScalarMappable:
    values = found.surface[..., 0]
    known = found.y if len(found.y) else values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    paper = np.array(to_rgb(theme.paper))
    scale = ScalarMappable(Normalize(low, high if high > low else low + 1.0), pale(theme))
    painted = np.where(np.isfinite(values)[..., None], scale.to_rgba(values)[..., :3], paper)
    _image(ax, found, painted)
    return scale


def pale(theme: Theme) -> ListedColormap:
    """The theme's colours from low to high, light enough for lines to stand out."""
    base = colormaps[theme.sequential](np.linspace(0.0, 1.0, 256))[:, :3]
    return ListedColormap(base + 0.45 * (np.array(to_rgb(theme.paper)) - base))


def has_border(found: Spaghetti) -> bool:
    """Whether the class changes anywhere in the frame."""
    known = found.surface[np.isfinite(found.surface).all(axis=-1)]
    return found.reading.kind != VALUE and len(np.unique(found.reading.labels(known))) > 1


def _draw_border(ax: Axes, found: Spaghetti, theme: Theme, size: float) -> None:
    """Where the class changes, as a line with a halo, so that it stands out from all others."""
    width = BORDER_WIDTH * size
    halo = [patheffects.withStroke(linewidth=1.8 * width, foreground=theme.paper, alpha=0.85)]
    across, up = _sides(found)
    for k in range(_n(found)):
        if found.reading.kind == BORDER:
            if k == 0:
                continue
            level = found.surface[..., 0]
        else:
            others = np.delete(found.surface, k, axis=-1).max(axis=-1)
            level = found.surface[..., k] - others
        if np.nanmin(level, initial=0.0) < 0 < np.nanmax(level, initial=0.0):
            drawn = ax.contour(across, up, level, levels=[0.0], colors=theme.ink, linewidths=width)
            drawn.set(zorder=4, path_effects=halo)


def _sides(found: Spaghetti) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, right, bottom, top = found.frame
    rows, columns = found.surface.shape[:2]
    return np.linspace(left, right, columns), np.linspace(bottom, top, rows)


def look(layer: int, theme: Theme) -> tuple[str, Any]:
    """Colour and line style of the neurons of a layer."""
    return theme.layers[(layer - 1) % len(theme.layers)], LINES[(layer - 1) % (len(LINES) - 1)]


def grey(theme: Theme) -> str:
    """The colour of neurons without effect."""
    return mix(theme.ink, theme.paper, 0.5)


def _draw_lines(ax: Axes, found: Spaghetti, theme: Theme, most: int, size: float) -> list[Line2D]:
    """Draw the neurons' lines; returns their entries in the legend."""
    entries: list[Line2D] = []
    for layer in dict.fromkeys(it.layer for it in found.neurons):
        members = [it for it in found.neurons if it.layer == layer]
        alive = [it for it in members if it.state not in (DEAD, BROKEN)]
        for neuron in members:
            if neuron.is_visible and (neuron in alive[:most] or neuron.state == DEAD):
                _draw_neuron(ax, found, neuron, theme, size)
        colour, style = look(layer, theme)
        n = min(len(alive), most)
        text = f"layer {layer}: {n} neuron{'s' * (n != 1)}"
        if n < len(alive):
            text = f"layer {layer}: {n} of {len(alive)}"
        entries.append(Line2D([], [], color=colour, linestyle=style, linewidth=1.4, label=text))
    marked: tuple[tuple[str, str, Any], ...] = (
        (SATURATED, theme.ink, ":"),
        (DEAD, grey(theme), ":"),
        (BROKEN, "none", ""),
    )
    for state, colour, style in marked:
        if found.counted(state):
            text = f"{state}: {found.counted(state)}"
            entries.append(Line2D([], [], color=colour, linestyle=style, linewidth=1.4, label=text))
    if found.n_outside:
        text = f"outside the frame: {found.n_outside}"
        entries.append(Line2D([], [], color="none", label=text))
    return entries


def _draw_neuron(ax: Axes, found: Spaghetti, neuron: Neuron, theme: Theme, size: float) -> None:
    colour, style = look(neuron.layer, theme)
    width = NARROWEST + (WIDEST / neuron.layer**0.5 - NARROWEST) * neuron.strength
    alpha = 0.35 + 0.6 * neuron.strength
    if neuron.state == DEAD:
        colour, style, width, alpha = grey(theme), ":", 1.4, 0.9
    elif neuron.state == SATURATED:
        style, width = ":", max(width, 1.2)
    width *= size
    if neuron.level is not None:
        across, up = _sides(found)
        drawn = ax.contour(across, up, neuron.level, levels=[0.0], colors=colour, alpha=alpha)
        drawn.set(linewidth=width, linestyle=style, zorder=3)
        return
    ax.plot(*neuron.ends.T, color=colour, lw=width, ls=style, alpha=alpha, zorder=3)
    foot = neuron.ends[0] + 0.14 * (neuron.ends[1] - neuron.ends[0])
    ax.annotate(
        "",
        foot + ARROW * neuron.ahead,
        foot,
        arrowprops={
            "arrowstyle": "-|>",
            "color": colour,
            "alpha": alpha,
            "linewidth": max(width, 0.8 * size),
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 7 * size,
        },
        annotation_clip=True,
        zorder=3,
    )


def _draw_samples(ax: Axes, found: Spaghetti, theme: Theme, size: float) -> list[Line2D]:
    """Draw the samples; returns their entries in the legend."""
    if not len(found.x):
        return []
    area = float(np.clip(6000 / len(found.x), 6, 40)) * size**2
    ring = min(1.2, 0.2 * area**0.5)  # of a wrong one: where many crowd, colours are still seen
    if found.reading.kind == VALUE:
        low, high = float(found.y.min()), float(found.y.max())
        ax.scatter(
            found.x[:, 0],
            found.x[:, 1],
            c=found.y,
            cmap=pale(theme),
            norm=Normalize(low, high if high > low else low + 1.0),
            s=area,
            edgecolors=theme.ink,
            linewidths=0.5 * size,
            zorder=5,
        )
        return []
    entries = []
    for k, name in enumerate(found.reading.classes):
        colour, marker = theme.colours[k % len(theme.colours)], MARKERS[k % len(MARKERS)]
        for is_right, edge, width in ((True, theme.paper, 0.5 * size), (False, theme.ink, ring)):
            rows = (found.y == k) & (found.is_right == is_right)
            ax.scatter(
                found.x[rows, 0],
                found.x[rows, 1],
                color=colour,
                marker=marker,
                s=area if is_right else 1.3 * area,
                edgecolors=edge,
                linewidths=width,
                zorder=5 if is_right else 6,
            )
        entries.append(_dot(colour, marker, theme.paper, f"class {name}"))
    entries = entries[:MOST_CLASSES]
    if len(found.reading.classes) > MOST_CLASSES:
        rest = len(found.reading.classes) - MOST_CLASSES
        entries.append(_dot("none", "", "none", f"and {rest} more classes"))
    n_wrong = int((~found.is_right).sum())
    if n_wrong:
        entries.append(_dot("none", "o", theme.ink, f"wrong: {n_wrong}"))
    return entries


def _dot(colour: str, marker: str, edge: str, label: str) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="",
        marker=marker,
        markersize=6,
        markerfacecolor=colour,
        markeredgecolor=edge,
        label=label,
    )


def explain(ax: Axes, entries: list[Line2D], scale: ScalarMappable | None, theme: str) -> None:
    """Draw the legend to the right of the axes, or below them if there is a colour bar."""
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)}
    if scale is not None:
        colour_bar(scale, ax, theme, "value")
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.14), "ncols": 2}
    ax.legend(handles=entries, frameon=False, labelcolor=find_theme(theme).ink, fontsize=9, **place)
