"""The weights of each unit of the first layer, drawn as an image."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from amenable.description import fail, integer, items
from amenable.figures.arguments import as_model
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar
from amenable.formatting import plural, shorten
from amenable.model import Model
from amenable.population import TrainedNetwork

MOST_UNITS = 100  # more are too small to be seen
MOST_NUMBERED = 36


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayer:
    """Weights of the first layer as images.

    Parameters
    ----------
    images : array (U, H, W)
        Weights of each shown unit, the strongest first.
    units : array of int (U,)
        Which units are shown, counted from 0.
    n_units : int
        How many units the layer has.
    """

    images: NDArray[np.float64]
    units: NDArray[np.int64]
    n_units: int

    @property
    def largest(self) -> float:
        """Largest absolute weight shown; 1 if all are zero."""
        sizes = np.abs(self.images[np.isfinite(self.images)])
        return float(sizes.max(initial=0.0)) or 1.0

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        shown, (_, height, width) = len(self.images), self.images.shape
        which = (
            f"the {shown} of {self.n_units} units with the longest weight vectors"
            if shown < self.n_units
            else plural(shown, "unit")
        )
        broken = int(np.sum(~np.isfinite(self.images)))
        left_out = f" {plural(broken, 'weight is', 'weights are')} not finite." if broken else ""
        return (
            f"Weights of the first layer: {which}, each drawn as an image of {height} by {width} "
            f"inputs and sorted by the length of its weight vector. Zero is pale; the largest "
            f"weight is {shorten(self.largest)}.{left_out} An image shows what a unit responds to, "
            "not how later layers use it. Biases are not shown."
        )


def first_layer_data(model: Model, shape: tuple[int, int] | None = None) -> FirstLayer:
    """The weights of each unit of the first layer, as an image of the inputs.

    Parameters
    ----------
    model : Model
        A network whose inputs are pixels, row by row, with a dense first layer.
    shape : tuple of two int, optional
        Height and width of an image. By default those of the network's input, or of the images it
        was trained on, with channels below each other; otherwise a square, such as 8 x 8 for 64
        inputs.

    Returns
    -------
    FirstLayer
        At most 100 units: those with the longest weight vectors.

    Raises
    ------
    DescriptionError
        If the first layer is not dense, if the inputs do not form a square and no shape is given or
        known, or if the shape does not fit the inputs.

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=1)
    >>> model = am.train(am.mlp(64, 12, 10), "digits", training, seeds=1, progress=False).best
    >>> first_layer_data(model).images.shape
    (12, 8, 8)
    """
    model = as_model("model", model)
    first = model.network.layers[0]
    if first.kind != "dense":
        fail("model", "a dense first layer", first.describe(), "draw kernels instead")
    height, width = _shape(_known(model) if shape is None else shape, model.network.inputs)
    weights = model.weights["1.weight"]
    norms = np.linalg.norm(np.nan_to_num(weights, nan=0.0, posinf=0.0, neginf=0.0), axis=1)
    units = np.argsort(-norms, kind="stable")[:MOST_UNITS]
    return FirstLayer(weights[units].reshape(-1, height, width), units, len(weights))


def draw_first_layer(found: FirstLayer, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw the images in rows, with one colour bar for all of them.

    Parameters
    ----------
    found : FirstLayer
        What `first_layer_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import numpy as np
    >>> from amenable import Model, mlp
    >>> model = Model(mlp(4, 2, 1), np.arange(13.0))
    >>> figure = draw_first_layer(first_layer_data(model))
    """
    n, height, width = found.images.shape
    columns = min(n, max(1, ceil(sqrt(n * 1.3 * height / width))))
    rows = -(-n // columns)
    columns = -(-n // rows)  # no row is much shorter than the others
    gap = max(1, round(0.1 * max(height, width)))
    title = max(1, round(0.22 * height)) if n <= MOST_NUMBERED else 0
    tile_height, tile_width = height + gap + title, width + gap
    ratio = rows * tile_height / (columns * tile_width)
    ax = axes_for(ax, theme, (6.0, float(np.clip(5.0 * ratio, 1.6, 9.0))))
    colours = find_theme(theme)
    mosaic = np.full((rows * tile_height, columns * tile_width), np.nan)
    for i, image in enumerate(found.images):
        top, left = i // columns * tile_height + title, i % columns * tile_width
        mosaic[top : top + height, left : left + width] = image
        if title:
            place = left + width / 2 - 0.5, top - 0.5 - 0.1 * title
            number = f"{found.units[i]}"
            ax.text(*place, number, color=colours.ink, fontsize=7, ha="center", va="bottom")
    norm = TwoSlopeNorm(0.0, -found.largest, found.largest)
    shown = np.ma.masked_invalid(mosaic)
    drawn = ax.imshow(shown, cmap=colours.diverging, norm=norm, interpolation="nearest")
    ax.set_axis_off()
    colour_bar(drawn, ax, theme, "Weight")
    return finish(ax)


def _known(model: Model) -> tuple[int, int] | None:
    """Height and width of the images if they are known; channels are stacked."""
    image = model.network.input_shape
    if image is None and isinstance(model, TrainedNetwork) and model.data.pixels is not None:
        image = model.data.pixels.shape
    return None if image is None else (image[0] * image[1], image[2])


def _shape(shape: object, inputs: int) -> tuple[int, int]:
    """Height and width of an image with this many inputs."""
    if shape is None:
        side = isqrt(inputs)
        if side * side != inputs:
            what = f"height and width, as {inputs} inputs do not form a square"
            fail("shape", what, shape, f"such as (1, {inputs})")
        return side, side
    found = items("shape", shape, "height and width", "write shape=(8, 8)")
    if len(found) != 2:
        fail("shape", "height and width", shape, "write shape=(8, 8)")
    height, width = (integer(f"shape[{i}]", it, 1) for i, it in enumerate(found))
    if height * width != inputs:
        fail("shape", f"a product of {inputs}, the number of inputs", shape)
    return height, width


figure(
    "first_layer",
    "the weights of each unit of the first layer as an image, for pixels",
    first_layer_data,
    draw_first_layer,
    takes=("model",),
    records=("weights",),
    recipe=Recipe("digits", ("16",), "confusion", seeds=8),
)
