"""Kernels of convolutions and of locally connected layers, map by map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from amenable.description import fail
from amenable.figures.arguments import as_model
from amenable.figures.canvas import find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar
from amenable.formatting import join, plural, shorten
from amenable.model import Model

MOST_MAPS = 20  # of a layer's outputs or inputs; more are too small to be seen
IN_ROW = 4
WIDTH = 6.0  # inches


@dataclass(frozen=True, slots=True, eq=False)
class LayerKernels:
    """The kernels of one layer.

    Parameters
    ----------
    layer : int
        The layer's number, from 1.
    images : array (I, M, H, W)
        The kernel between each of I input maps and M output maps; NaN where the two are not
        connected. If weights are not shared, H and W cover all units' windows side by side.
    inputs, outputs : array of int (I,), (M,)
        Which maps are shown, from 0.
    n_inputs, n_outputs : int
        How many maps there are.
    is_shared : bool
        Whether all units of a map have the same kernel.
    """

    layer: int
    images: NDArray[np.float64]
    inputs: NDArray[np.int64]
    outputs: NDArray[np.int64]
    n_inputs: int
    n_outputs: int
    is_shared: bool

    @property
    def largest(self) -> float:
        """Largest absolute weight shown; 1 if all are zero."""
        sizes = np.abs(self.images[np.isfinite(self.images)])
        return float(sizes.max(initial=0.0)) or 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """Kernels of each layer that has any.

    Parameters
    ----------
    layers : tuple of LayerKernels
        In order.
    structure : str
        The network's structure.
    """

    layers: tuple[LayerKernels, ...]
    structure: str

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        said = [
            f"Kernels of {self.structure}: a column for each map, a row for each of its input maps."
        ]
        for it in self.layers:
            shown = [
                f"{what} {len(which)} of {n}"
                for what, which, n in (
                    ("input maps", it.inputs, it.n_inputs),
                    ("maps", it.outputs, it.n_outputs),
                )
                if len(which) < n
            ]
            seen = np.isfinite(it.images).any(axis=(2, 3))
            kernels = plural(int(seen.sum()), "kernel")
            own = "" if it.is_shared else ", each unit's own side by side"
            few = f" (shown: {join(shown)})" if shown else ""
            said.append(
                f"Layer {it.layer}: {kernels}{own}{few}; the largest weight is "
                f"{shorten(it.largest)}."
            )
        return " ".join(
            [
                *said,
                "Zero is pale; cells are empty where two maps are not connected. A kernel shows "
                "what a map responds to, not how often that occurs. Biases are not shown.",
            ]
        )


def kernels_data(model: Model, layers: Sequence[int] | None = None) -> Kernels:
    """Kernels of convolutions and of locally connected layers.

    Parameters
    ----------
    model : Model
        A network with convolutions or locally connected layers.
    layers : sequence of int, optional
        Numbers of the layers, from 1; by default all that have kernels.

    Returns
    -------
    Kernels
        At most 20 input maps and 20 output maps of each layer: the first ones.

    Raises
    ------
    DescriptionError
        If no layer has kernels, or a layer in `layers` has none.

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, lenet1989
    >>> network = lenet1989()
    >>> found = kernels_data(Model(network, np.zeros(network.n_parameters)))
    >>> [it.images.shape for it in found.layers]
    [(1, 12, 5, 5), (12, 12, 5, 5)]
    """
    network = as_model("model", model).network
    known = [k for k, window in enumerate(network.windows, 1) if window and window.connections]
    if not known:
        fail("model", "a network with convolutions", network.structure, "draw first_layer instead")
    chosen = known if layers is None else _chosen(layers, known)
    return Kernels(tuple(_layer_kernels(model, k) for k in chosen), network.structure)


def draw_kernels(
    found: Kernels, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw a table of kernels for each layer, each with its own colour bar.

    Parameters
    ----------
    found : Kernels
        What `kernels_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new one by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, lenet1989
    >>> network = lenet1989()
    >>> model = Model(network, np.linspace(-1, 1, network.n_parameters))
    >>> figure = draw_kernels(kernels_data(model))
    """
    sizes = [_mosaic(_tiles(it)[0])[0].shape for it in found.layers]
    heights = [max(0.9, (WIDTH - 1.4) * tall / wide) + 0.6 for tall, wide in sizes]
    if figure is None:
        figure = new_figure(theme, (WIDTH, min(sum(heights), 11.0)))
    axes = figure.subplots(len(sizes), 1, height_ratios=heights, squeeze=False)[:, 0]
    for it, ax in zip(found.layers, axes, strict=True):
        _draw_layer(it, ax, theme)
    root = figure.get_figure(root=True)
    assert root is not None  # a figure is its own root
    return root


def _chosen(layers: Sequence[int], known: Sequence[int]) -> list[int]:
    """Numbers of layers that have kernels."""
    wanted = list(layers)
    for k in wanted:
        if k not in known:
            fail("layers", f"layers with kernels, {join([str(n) for n in known])}", k)
    return wanted


def _layer_kernels(model: Model, k: int) -> LayerKernels:
    """The kernels of layer k as a table of input by output maps."""
    window = model.network.windows[k - 1]
    assert window is not None  # the caller has looked
    outputs, inputs = np.arange(window.outputs[0]), np.arange(window.inputs[0])
    is_shared = window.kind == "conv"
    height, width = window.kernel
    rows, columns = (1, 1) if is_shared else window.outputs[1:]
    flat = model.weights[f"{k}.weight"].reshape(-1)
    shown_outputs, shown_inputs = outputs[:MOST_MAPS], inputs[:MOST_MAPS]
    images = np.full(
        (len(shown_inputs), len(shown_outputs), rows * height, columns * width), np.nan
    )
    place = 0
    for m, seen in enumerate(window.connections):
        size = rows * columns * len(seen) * height * width
        own = flat[place : place + size].reshape(rows, columns, len(seen), height, width)
        place += size
        if m >= MOST_MAPS:
            continue
        for j, source in enumerate(seen):
            if source < MOST_MAPS:
                tiles = own[:, :, j].transpose(0, 2, 1, 3)
                images[source, m] = tiles.reshape(rows * height, columns * width)
    return LayerKernels(
        k, images, shown_inputs, shown_outputs, len(inputs), len(outputs), is_shared
    )


def _tiles(found: LayerKernels) -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Kernels as a table (rows, columns, H, W), and the names of its rows and columns.

    Kernels of all units side by side are large: with a single input map they stand in rows of four.
    """
    n_inputs, n, height, width = found.images.shape
    columns = [str(it + 1) for it in found.outputs]
    if found.is_shared or n_inputs > 1 or n <= IN_ROW:
        return found.images, [str(it + 1) for it in found.inputs], columns
    n_rows = -(-n // IN_ROW)
    images = np.full((n_rows * IN_ROW, height, width), np.nan)
    images[:n] = found.images[0]
    rows = [f"{i * IN_ROW + 1} to {min(n, (i + 1) * IN_ROW)}" for i in range(n_rows)]
    return images.reshape(n_rows, IN_ROW, height, width), rows, []


def _mosaic(images: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """All kernels (rows, columns, H, W) in one image, and the gap between them."""
    n_rows, n_columns, height, width = images.shape
    gap = max(1, round(0.15 * max(height, width)))
    mosaic = np.full((n_rows * (height + gap) - gap, n_columns * (width + gap) - gap), np.nan)
    for i, j in np.ndindex(n_rows, n_columns):
        top, left = i * (height + gap), j * (width + gap)
        mosaic[top : top + height, left : left + width] = images[i, j]
    return mosaic, gap


def _draw_layer(found: LayerKernels, ax: Axes, theme: str) -> None:
    colours = find_theme(theme)
    style_axes(ax, theme)
    images, rows, columns = _tiles(found)
    mosaic, gap = _mosaic(images)
    norm = TwoSlopeNorm(0.0, -found.largest, found.largest)
    shown = np.ma.masked_invalid(mosaic)
    drawn = ax.imshow(shown, cmap=colours.diverging, norm=norm, interpolation="nearest")
    _, _, height, width = images.shape
    ax.set_xticks(np.arange(len(columns)) * (width + gap) + (width - 1) / 2, columns)
    ax.set_yticks(np.arange(len(rows)) * (height + gap) + (height - 1) / 2, rows)
    ax.tick_params(length=0, labelsize=7)
    for spine in ax.spines.values():
        spine.set_visible(False)
    if columns:
        ax.set_xlabel("Map", color=colours.ink, fontsize=9)
    if len(found.inputs) > 1 or not columns:
        ax.set_ylabel("Input map" if columns else "Maps", color=colours.ink, fontsize=9)
    else:
        ax.set_yticks([])
    what = "kernels" if found.is_shared else "each unit's kernels"
    ax.set_title(f"Layer {found.layer}: {what}", color=colours.ink, fontsize=10)
    colour_bar(drawn, ax, theme, "Weight")


figure(
    "kernels",
    "the kernels of convolutions, map by map",
    kernels_data,
    draw_kernels,
    takes=("model",),
    records=("weights",),
    recipe=Recipe("digits", ("16",), "feature_maps", seeds=8, has_images=True),
)
