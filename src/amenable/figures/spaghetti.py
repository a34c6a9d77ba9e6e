"""Spaghetti: how a network with two inputs divides the plane, with the line of each neuron."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from amenable.datasets import Dataset
from amenable.description import integer, items, number
from amenable.errors import DataError
from amenable.figures import strands
from amenable.figures.arguments import as_model, as_samples
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.decisions import VALUE, Reading, reading_of, rightness
from amenable.figures.kinds import Recipe, figure
from amenable.figures.neurons import (
    BROKEN,
    DEAD,
    SATURATED,
    Floats,
    Frame,
    Neuron,
    hidden_neurons,
)
from amenable.model import Model
from amenable.population.checks import as_dataset

MARGIN = 0.08  # of the data's range, on each side
RESOLUTION = 161  # points along each side: a border is smooth at 6 inches

Data = Dataset | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True, slots=True, eq=False)
class Spaghetti:
    """The arrays of a spaghetti picture of a network with two inputs.

    Parameters
    ----------
    structure, activation, name : str
        The network's structure and activation, and the data's name, which is empty without data.
    split : str
        Which samples are shown.
    features : tuple of str
        Names of the two inputs.
    x : array (N, 2)
        The samples; N = 0 without data.
    y : array (N,)
        Class numbers, or values of the chosen output.
    found : array (N, C)
        The network's answers for the samples; see `Reading.of`.
    is_right : array of bool (N,)
        Whether each sample is classified correctly; empty for values.
    frame : tuple of float
        Left, right, bottom, top.
    surface : array (G, G, C)
        The answers for the points of a grid over the frame, rows from bottom to top.
    reading : Reading
        How the outputs are read.
    neurons : tuple of Neuron
        The neurons of the hidden layers.
    """

    structure: str
    activation: str
    name: str
    split: str
    features: tuple[str, str]
    x: Floats
    y: NDArray[Any]
    found: Floats
    is_right: NDArray[np.bool_]
    frame: Frame
    surface: Floats
    reading: Reading
    neurons: tuple[Neuron, ...]

    def counted(self, state: str) -> int:
        """How many neurons are in that state."""
        return sum(neuron.state == state for neuron in self.neurons)

    @property
    def n_outside(self) -> int:
        """How many working neurons have no line in the frame."""
        return sum(not it.is_visible for it in self.neurons if it.state not in (DEAD, BROKEN))

    @property
    def fit(self) -> str:
        """How well the network does on the samples: "158 of 160 right", "r2 0.93", or nothing."""
        if not len(self.y):
            return ""
        if self.reading.kind != VALUE:
            return f"{int(self.is_right.sum())} of {len(self.y)} right"
        spread = float(np.sum((self.y - self.y.mean()) ** 2))
        with np.errstate(all="ignore"):
            error = float(np.sum((self.y - self.found[:, 0]) ** 2))
        return (
            f"r2 {1 - error / spread:.3g}" if spread > 0 and np.isfinite(error) else "r2 undefined"
        )

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        on = f" on the {self.split} samples of {self.name}" if self.name else ""
        fit = f", {self.fit}" if self.fit else ""
        shown = (
            "Colours show its output"
            if self.reading.kind == VALUE
            else "Colours show the class that it assigns to each point, paler where it is less "
            "sure; the thick line is the border between classes"
        )
        counts = [
            (self.counted(SATURATED), "saturated (dotted)"),
            (self.counted(DEAD), "dead (grey)"),
            (self.counted(BROKEN), "not finite"),
            (self.n_outside, "with no line in the frame"),
        ]
        said = "; ".join(f"{n} {what}" for n, what in counts if n)
        lines = (
            f" Each other line shows where the weighted sum of one of {len(self.neurons)} hidden "
            f"neurons is zero, drawn stronger the more the neuron counts"
            f"{f' ({said})' if said else ''}. The lines show where neurons bend the output, not "
            "how steeply."
            if self.neurons
            else " There are no hidden neurons. Points outside the frame are not shown."
        )
        title = f"{self.structure} {self.activation}".removesuffix(" none")
        return f"Network {title}{on}{fit}. {shown}.{lines}"


def spaghetti_data(
    model: Model,
    data: Data | None = None,
    split: str = "training",
    *,
    frame: Sequence[float] | None = None,
    resolution: int = RESOLUTION,
    threshold: float | None = None,
    output: int = 0,
) -> Spaghetti:
    """The arrays of a spaghetti picture of a network with two inputs.

    Parameters
    ----------
    model : Model
        A network with two inputs: a `TrainedNetwork`, or a model made by hand.
    data : Dataset, name, path or pair of arrays, optional
        Samples to show; without any, the strength and state of neurons are measured on the grid.
    split : str
        "training", "validation" or "test".
    frame : four numbers, optional
        Left, right, bottom, top; by default the range of all samples with a margin, or -1 to 1.
    resolution : int
        Grid points along each side.
    threshold : float, optional
        The output that separates two classes; by default that of the training. For a model made by
        hand it is 0.5 if the last activation goes from 0 to 1, and otherwise 0. Without data,
        outputs without a threshold are read as values.
    output : int
        Which output to show, if the network predicts several values.

    Returns
    -------
    Spaghetti

    Raises
    ------
    DataError
        If the network does not have two inputs, or does not fit the data.

    Examples
    --------
    >>> from amenable import mlp, train
    >>> found = spaghetti_data(train(mlp(2, 3, 1), "moons", seeds=1).best, "moons")
    >>> len(found.neurons), found.surface.shape
    (3, (161, 161, 1))
    """
    _check_inputs(as_model("model", model))
    samples = None if data is None else as_samples("data", as_dataset(data), split, model)
    reading = reading_of(model, samples, threshold, output)
    side = integer("resolution", resolution, 2, 2000)
    if samples is None:
        x, y = np.empty((0, 2)), np.empty(0)
    else:
        rows = getattr(samples, split)
        x, y = samples.x[rows], samples.y[rows]
    box = _frame(frame, samples)
    grid = grid_of(box, side)
    found = reading.of(model.decision(x)) if len(x) else np.empty((0, 1))
    y = y[:, output] if reading.kind == VALUE and len(y) else y
    return Spaghetti(
        structure=model.network.structure,
        activation=model.network.activation,
        name="" if samples is None else samples.name,
        split=split,
        features=("x0", "x1") if samples is None else (samples.features[0], samples.features[1]),
        x=x,
        y=y,
        found=found,
        is_right=rightness(reading, found, y),
        frame=box,
        surface=reading.of(model.decision(grid)).reshape(side, side, -1),
        reading=reading,
        neurons=hidden_neurons(model, x if len(x) else grid, box, grid, side),
    )


def draw_spaghetti(
    found: Spaghetti,
    ax: Axes | None = None,
    *,
    theme: str = "light",
    title: str | None = None,
    legend: bool = True,
    most: int = 40,
) -> Figure:
    """Draw samples, decision surface and the neurons' lines.

    Parameters
    ----------
    found : Spaghetti
        What `spaghetti_data` found.
    ax : Axes, optional
        Where to draw; new ones by default.
    theme : str
        "light" or "dark".
    title : str, optional
        By default the structure, the activation and how many samples are right.
    legend : bool
        Whether to explain colours and lines, to the right of the axes.
    most : int
        The most lines to draw for each layer: the strongest.

    Returns
    -------
    Figure

    Examples
    --------
    >>> from amenable import Model, mlp
    >>> draw_spaghetti(spaghetti_data(Model(mlp(2, 1), [1.0, 1.0, -0.5]))).axes[0].get_title()
    '2-1'
    """
    colours = find_theme(theme)
    integer("most", most, 0)
    ax = axes_for(ax, theme, size=(6.2, 4.4) if legend else (4.6, 4.6))
    entries, scale = strands.draw_plane(ax, found, colours, most)
    ax.set_xlabel(found.features[0], color=colours.ink)
    ax.set_ylabel(found.features[1], color=colours.ink)
    ax.set_title(_title(found) if title is None else title, color=colours.ink)
    if legend:
        strands.explain(ax, entries, scale, theme)
    return finish(ax)


def _title(found: Spaghetti) -> str:
    name = f"{found.structure} {found.activation}".removesuffix(" none")
    return f"{name}: {found.fit}" if found.fit else name


def grid_of(frame: Frame, side: int) -> Floats:
    """Points (side * side, 2) over the frame, row by row from the bottom."""
    left, right, bottom, top = frame
    across, up = np.meshgrid(np.linspace(left, right, side), np.linspace(bottom, top, side))
    return np.stack([across.ravel(), up.ravel()], axis=1)


def _check_inputs(model: Model) -> None:
    if model.network.inputs != 2:
        raise DataError(
            f"spaghetti: expected a network with 2 inputs, got {model.network.inputs} "
            f"({model.network.structure}); choose two inputs, as in "
            "Dataset.from_arrays(data.x[:, :2], data.y), and train on these"
        )


def _frame(given: Sequence[float] | None, data: Dataset | None) -> Frame:
    if given is not None:
        ends = items("frame", given, "left, right, bottom, top", "write (-1, 1, -1, 1)")
        if len(ends) != 4:
            raise DataError(f"frame: expected left, right, bottom, top, got {len(ends)} numbers")
        left, right, bottom, top = (number(f"frame[{i}]", it) for i, it in enumerate(ends))
        if not (left < right and bottom < top):
            raise DataError(f"frame: expected left < right and bottom < top, got {tuple(ends)}")
        return left, right, bottom, top
    if data is None:
        return -1.0, 1.0, -1.0, 1.0
    seen = data.x[data.seen]
    low, high = seen.min(axis=0), seen.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    if half.max() < 3 * half.min():  # of one kind: lengths and angles are as in the data
        half = np.full(2, half.max())
    half = np.where(half > 0, half, np.maximum(abs(middle), 1.0)) * (1 + 2 * MARGIN)
    (left, bottom), (right, top) = middle - half, middle + half
    return float(left), float(right), float(bottom), float(top)


figure(
    "spaghetti",
    "samples, decision surface and the line of each neuron, for two inputs",
    spaghetti_data,
    draw_spaghetti,
    takes=("model", "data"),
    records=("weights",),
    needs_data=False,
    inputs=2,
    recipe=Recipe("spirals", ("8,8",), "frames"),
)
