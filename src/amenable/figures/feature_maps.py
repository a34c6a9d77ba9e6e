"""One image and the outputs of each layer for it, shown as maps."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import choice, fail, integer
from amenable.figures.arguments import as_model, as_samples
from amenable.figures.canvas import find_theme, new_figure, style_axes
from amenable.figures.images import draw_image
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar
from amenable.formatting import shorten
from amenable.model import Model
from amenable.population import TrainedNetwork

MOST_MAPS = 60  # of a layer; more are too small to be seen
MOST_NAMED = 26  # outputs whose classes are written below them
WIDTH = 6.0  # inches
THICK = 0.4  # inches that units of a dense layer take at most


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """One image and the outputs of each layer for it.

    Parameters
    ----------
    image : array (C, H, W)
        The input.
    layers : tuple of array (M, H, W)
        Outputs of each layer; each unit of a dense layer is a map of its own.
    names : tuple of str
        What each layer is, such as "conv 5x5 / 2".
    is_dense : tuple of bool
        Whether the layer is dense, so that its maps are single units.
    classes : tuple of str
        The classes that the last layer's outputs stand for; empty if they stand for none.
    about : str
        Which sample it is, and how the network classifies it.
    """

    image: NDArray[np.float64]
    layers: tuple[NDArray[np.float64], ...]
    names: tuple[str, ...]
    is_dense: tuple[bool, ...]
    classes: tuple[str, ...]
    about: str

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        said = [f"{self.about} Shown are the input and the outputs of {len(self.layers)} layers."]
        for k, (maps, name) in enumerate(zip(self.layers, self.names, strict=True), 1):
            finite = maps[np.isfinite(maps)]
            if not len(finite):
                said.append(f"Layer {k} ({name}): no finite output.")
                continue
            said.append(
                f"Layer {k} ({name}): outputs from {shorten(float(finite.min()))} to "
                f"{shorten(float(finite.max()))}."
            )
        return " ".join([*said, "Other images may activate other maps."])


def feature_maps_data(
    model: Model, data: Dataset, sample: int = 0, split: str | None = None
) -> FeatureMaps:
    """The outputs of every layer for one sample.

    Parameters
    ----------
    model : Model
        A network whose inputs are pixels: an image, or a number of inputs that makes a square.
    data : Dataset
        With as many inputs as the network has.
    sample : int
        Position of the sample in its split, from 0.
    split : str, optional
        "training", "validation" or "test"; by default the first of test, validation and training
        that has samples.

    Raises
    ------
    DescriptionError
        If there is no such sample, or the inputs do not form an image.
    DataError
        If the data does not fit the network's inputs.

    Examples
    --------
    >>> import numpy as np
    >>> import amenable as am
    >>> data = am.load("digits").fitted_to((1, 16, 16), scale=(-1, 1))
    >>> network = am.lenet1989()
    >>> found = feature_maps_data(am.Model(network, np.zeros(network.n_parameters)), data)
    >>> [maps.shape for maps in found.layers]
    [(12, 8, 8), (12, 4, 4), (30, 1, 1), (10, 1, 1)]
    """
    network = as_model("model", model).network
    shape = network.input_shape or _square(network.inputs)
    if split is None:
        have = [it for it in ("test", "validation", "training") if len(data.split(it)[0])]
        split = have[0] if have else "training"
    split = choice("split", split, ("training", "validation", "test"))
    rows = getattr(as_samples("data", data, split, model), split)
    x, y = data.x[rows], data.y[rows]
    place = integer("sample", sample, 0, len(x) - 1, f"there are {len(x)} {split} samples")
    row = x[place : place + 1]
    outputs = model.layers(row)
    layers = tuple(
        out.reshape(size if len(size) == 3 else (-1, 1, 1))
        for out, size in zip(outputs, network.shapes[1:], strict=True)
    )
    has_classes = data.task == "classification" and network.outputs == data.n_classes
    return FeatureMaps(
        image=row.reshape(shape),
        layers=layers,
        names=tuple(layer.describe() for layer in network.layers),
        is_dense=tuple(maps[0].size == 1 for maps in layers),
        classes=data.classes if has_classes else (),
        about=_about(model, data, split, place, row, y),
    )


def draw_feature_maps(
    found: FeatureMaps, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the image, then a row of maps for each layer.

    Parameters
    ----------
    found : FeatureMaps
        What `feature_maps_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new one by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import numpy as np
    >>> import amenable as am
    >>> network = am.mlp(64, 4, 10)
    >>> model = am.Model(network, np.linspace(-1, 1, network.n_parameters))
    >>> figure = draw_feature_maps(feature_maps_data(model, am.load("digits")))
    """
    shown = [maps[:MOST_MAPS] for maps in found.layers]
    pairs = list(zip(shown, found.is_dense, strict=True))
    tiled = [_tiled(maps, is_dense) for maps, is_dense in pairs]
    most = [THICK if is_dense else 3.0 for is_dense in found.is_dense]
    heights = [1.5, *(_height(*it) for it in zip(tiled, most, strict=True))]
    if figure is None:
        figure = new_figure(theme, (WIDTH, min(sum(heights), 12.0)))
    axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _draw_input(found, axes[0], theme)
    for k, (ax, maps) in enumerate(zip(axes[1:], tiled, strict=True)):
        _draw_layer(found, k, maps, ax, theme)
    root = figure.get_figure(root=True)
    assert root is not None  # a figure is its own root
    return root


def _square(inputs: int) -> tuple[int, int, int]:
    side = isqrt(inputs)
    if side * side != inputs:
        fail("model", "inputs that are pixels, of an image or a square", inputs)
    return 1, side, side


def _about(
    model: Model,
    data: Dataset,
    split: str,
    place: int,
    row: NDArray[np.float64],
    y: NDArray[np.float64],
) -> str:
    """Which sample it is, and how the network classifies it."""
    which = f"{split.capitalize()} sample {place} of '{data.name}'"
    if data.task != "classification":
        return f"{which}."
    true = data.classes[int(y[place])]
    if isinstance(model, TrainedNetwork):
        said = str(model.predict(row)[0])
    elif model.network.outputs == data.n_classes:
        said = data.classes[int(model.decision(row)[0].argmax())]
    else:
        return f"{which}: its class is '{true}'."
    verdict = "as the network says" if said == true else f"the network says '{said}'"
    return f"{which}: its class is '{true}', {verdict}."


def _tiled(maps: NDArray[np.float64], is_dense: bool) -> NDArray[np.float64]:
    """Maps side by side with gaps, in as many rows as they need; units in one row or two."""
    n, height, width = maps.shape
    columns = min(n, 30) if is_dense else min(n, max(12, ceil(sqrt(n * 3))))
    rows = -(-n // columns)
    columns = -(-n // rows)
    gap = 0 if is_dense else max(1, round(0.12 * width))
    mosaic = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), np.nan)
    for i, one in enumerate(maps):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        mosaic[top : top + height, left : left + width] = one
    return mosaic


def _height(tiled: NDArray[np.float64], most: float) -> float:
    """Height in inches of a row of the picture with its title; `most` limits the maps."""
    rows = len(tiled) * (WIDTH - 1.4) / tiled.shape[1]
    return float(np.clip(rows, 0.16, most)) + 0.55


def _draw_input(found: FeatureMaps, ax: Axes, theme: str) -> None:
    style_axes(ax, theme)
    draw_image(ax, found.image)
    ax.set_axis_off()
    ax.set_title(_wrapped(found.about), color=find_theme(theme).ink, fontsize=8.5)


def _draw_layer(
    found: FeatureMaps, k: int, tiled: NDArray[np.float64], ax: Axes, theme: str
) -> None:
    colours = find_theme(theme)
    style_axes(ax, theme)
    sizes = np.abs(tiled[np.isfinite(tiled)])
    largest = float(sizes.max(initial=0.0)) or 1.0
    drawn = ax.imshow(
        np.ma.masked_invalid(tiled),
        cmap=colours.diverging,
        norm=TwoSlopeNorm(0.0, -largest, largest),
        interpolation="nearest",
        aspect="equal",
    )
    maps = found.layers[k]
    n, cut = len(maps), f", {MOST_MAPS} of them" if len(maps) > MOST_MAPS else ""
    what = f"{n} units" if found.is_dense[k] else f"{n} maps of {maps.shape[1]}x{maps.shape[2]}"
    title = f"Layer {k + 1}, {found.names[k]}: {what}{cut}"
    ax.set_title(title, color=colours.ink, fontsize=9)
    is_last = k == len(found.layers) - 1
    ax.set_yticks([])
    if is_last and 0 < len(found.classes) <= MOST_NAMED and len(tiled) == 1:
        ax.set_xticks(range(len(found.classes)), found.classes, fontsize=8)
        ax.tick_params(length=0)
    else:
        ax.set_xticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    bar = colour_bar(drawn, ax, theme, "")
    bar.set_ticks([-largest, 0.0, largest], labels=[shorten(-largest), "0", shorten(largest)])


def _wrapped(text: str, width: int = 80) -> str:
    from textwrap import fill

    return fill(text, width)


figure(
    "feature_maps",
    "one image and each layer's outputs for it",
    feature_maps_data,
    draw_feature_maps,
    takes=("model", "data"),
    records=("weights",),
    recipe=Recipe("digits", ("16",), "hardest", seeds=8, has_images=True),
)
