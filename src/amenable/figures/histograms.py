"""Histograms of weights and activations, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import integer
from amenable.figures.arguments import as_model, as_samples
from amenable.figures.canvas import figure_of, find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.formatting import join, plural
from amenable.model import Model
from amenable.network import parse_activation

Floats = NDArray[np.float64]
Slope = Callable[[Floats, Floats, float], Floats]  # of weighted sum z, output y and parameter p

# As in the engine's signals of these names: saturated is a slope of less than a twentieth of the
# largest on 95 % of the samples; dead is a slope of zero on all.
FLAT, NEARLY_ALL = 0.05, 0.95

_STEEPEST = {  # the largest slope, where it is not 1
    "sigmoid": 0.25,
    "scaled_tanh": 1.7159 * 2 / 3,
    "gelu": 1.1289,
    "silu": 1.0998,
    "gaussian": 0.8578,
}


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0.0, -z)))


_SLOPES: Mapping[str, Slope] = {
    "identity": lambda z, y, p: np.ones_like(z),
    "sigmoid": lambda z, y, p: y * (1 - y),
    "tanh": lambda z, y, p: 1 - y**2,
    "scaled_tanh": lambda z, y, p: 1.7159 * 2 / 3 * (1 - (y / 1.7159) ** 2),
    "softsign": lambda z, y, p: (1 - np.abs(y)) ** 2,
    "relu": lambda z, y, p: np.where(y > 0, 1.0, 0.0),
    "leaky_relu": lambda z, y, p: np.where(z > 0, 1.0, p),
    "elu": lambda z, y, p: np.where(z > 0, 1.0, y + p),
    "gelu": lambda z, y, p: (
        np.divide(y, z, out=np.full_like(z, 0.5), where=z != 0)
        + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    ),
    "silu": lambda z, y, p: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
    "softplus": lambda z, y, p: _sigmoid(z),
    "sine": lambda z, y, p: np.cos(z),
    "gaussian": lambda z, y, p: -2 * z * y,
}


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A histogram.

    Parameters
    ----------
    edges : array (B + 1,)
        Edges of the bins.
    shares : array (B,)
        Share of the finite values in each bin.
    n : int
        How many values there are.
    n_not_finite : int
        How many of them are left out because they are infinite or NaN.
    """

    edges: Floats
    shares: Floats
    n: int
    n_not_finite: int


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """Weights and outputs of each of L layers.

    Parameters
    ----------
    weights, outputs : tuple of L Bars
        Outputs are taken after the activation, over all samples and units.
    biases : tuple of L arrays (U,)
        Empty if a layer has no biases.
    saturated, dead : array (L,)
        Share of saturated units, whose slope is less than a twentieth of the largest on 95 % of
        the samples, and of dead units, whose slope is zero on all of them. NaN for step
        activations, which have no slope, and where outputs are not finite.
    activations : tuple of L str
        Their names.
    units : tuple of L int
        The number of units.
    samples : str
        The samples on which the outputs were computed.
    """

    weights: tuple[Bars, ...]
    biases: tuple[Floats, ...]
    outputs: tuple[Bars, ...]
    saturated: Floats
    dead: Floats
    activations: tuple[str, ...]
    units: tuple[int, ...]
    samples: str

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        first = f"Weights and outputs of {plural(len(self.units), 'layer')} on {self.samples}."
        broken = sum(it.n_not_finite for it in (*self.weights, *self.outputs))
        left_out = f"{plural(broken, 'value')} left out: not finite." if broken else ""
        states = [
            f"{bad} of {n} units in layer {k} {'is' if bad == 1 else 'are'} {word}"
            for k, n in enumerate(self.units, 1)
            for word, share in (("dead", self.dead[k - 1]), ("saturated", self.saturated[k - 1]))
            if share > 0 and (bad := round(share * n))
        ]
        known = bool(np.isfinite(self.dead).all())
        none = "No unit is dead or saturated." if known else ""
        state = f"{join(states)}; dead units count as saturated too." if states else none
        limits = "A histogram does not show which weight belongs to which unit."
        return " ".join(filter(None, [first, state, left_out, limits]))


def histograms_data(
    model: Model, data: Dataset, split: str = "training", bins: int = 40
) -> Histograms:
    """The weights of each layer, and its outputs on samples.

    Parameters
    ----------
    model : Model
        A network with weights.
    data : Dataset
        With as many inputs as the network has.
    split : str
        "training", "validation" or "test".
    bins : int
        Bins of each histogram.

    Returns
    -------
    Histograms

    Raises
    ------
    DescriptionError
        If an argument is invalid.
    DataError
        If the data does not fit the network, or has no samples in the split.

    Examples
    --------
    >>> import amenable as am
    >>> data = am.load("moons")
    >>> model = am.train(am.mlp(2, 8, 1, activation="relu"), data, seeds=1, progress=False).best
    >>> found = histograms_data(model, data)
    >>> found.units, found.outputs[0].n
    ((8, 1), 1280)
    """
    model = as_model("model", model)
    x = as_samples("data", data, split, model).split(split)[0]
    bins = integer("bins", bins, 1, 1000)
    outputs, sums = model.layers(x), model.preactivations(x)
    names = [layer.activation for layer in model.network.layers]
    states = [_states(*one) for one in zip(names, sums, outputs, strict=True)]
    parts = model.weights
    weights = [parts.get(f"{k}.weight", np.empty(0)).ravel() for k in range(1, len(names) + 1)]
    return Histograms(
        weights=tuple(_bars(it, _bins(it, bins)) for it in weights),
        biases=tuple(parts.get(f"{k}.bias", np.empty(0)) for k in range(1, len(names) + 1)),
        outputs=tuple(_bars(it.ravel(), _bins(it, bins)) for it in outputs),
        saturated=np.array([saturated for saturated, _ in states]),
        dead=np.array([dead for _, dead in states]),
        activations=tuple(names),
        units=model.network.widths[1:],
        samples=f"{plural(len(x), f'{split} sample')} of '{data.name}'",
    )


def draw_histograms(
    found: Histograms, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw a row for each layer: weights and biases on the left, outputs on the right.

    Parameters
    ----------
    found : Histograms
        What `histograms_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new figure by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> data = am.load("moons")
    >>> model = am.train(am.mlp(2, 8, 1), data, am.Training(epochs=5), seeds=1, progress=False)[0]
    >>> figure = draw_histograms(histograms_data(model, data))
    """
    n = len(found.units)
    place = figure or new_figure(theme, (6.0, 0.7 + 1.35 * n))
    place.set_facecolor(find_theme(theme).paper)
    rows = place.subplots(n, 2, squeeze=False)
    for k, (left, right) in enumerate(rows):
        _draw_weights(found, k, style_axes(left, theme), theme)
        _draw_outputs(found, k, style_axes(right, theme), theme)
        left.set_ylabel(f"Layer {k + 1}\nShare", color=find_theme(theme).ink, fontsize=9)
    rows[-1, 0].set_xlabel("Weight, bias", color=find_theme(theme).ink)
    rows[-1, 1].set_xlabel("Output", color=find_theme(theme).ink)
    return figure_of(rows[0, 0])


def _draw_weights(found: Histograms, k: int, ax: Axes, theme: str) -> None:
    colours, biases = find_theme(theme), found.biases[k]
    _draw_bars(found.weights[k], ax, colours.colours[0], theme, "weights")
    title = plural(found.weights[k].n, "weight")
    if biases.size:
        ticks = biases[np.isfinite(biases)]
        ax.vlines(
            ticks, 0.88, 1.0, color=colours.colours[1], lw=1.2, transform=ax.get_xaxis_transform()
        )
        title += f", {plural(biases.size, 'bias', 'biases')} (ticks above)"
    ax.set_title(title, fontsize=8, color=colours.ink, loc="left")


def _draw_outputs(found: Histograms, k: int, ax: Axes, theme: str) -> None:
    colours = find_theme(theme)
    _draw_bars(found.outputs[k], ax, colours.colours[2], theme, "outputs")
    title = found.activations[k]
    if np.isfinite(found.dead[k]):
        title += f": {found.saturated[k]:.0%} saturated, {found.dead[k]:.0%} dead"
    ax.set_title(title, fontsize=8, color=colours.ink, loc="left")


def _draw_bars(bars: Bars, ax: Axes, colour: str, theme: str, what: str) -> None:
    ax.stairs(bars.shares, bars.edges, fill=True, color=colour, alpha=0.8)
    ax.set_ylim(0, 1.2 * float(bars.shares.max(initial=0.0)) or 1.0)
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.tick_params(labelsize=8)
    if bars.n_not_finite:
        note = f"{bars.n_not_finite:,} of {bars.n:,} {what}\nnot finite"
        place: dict[str, Any] = {
            "transform": ax.transAxes,
            "ha": "right",
            "va": "top",
            "fontsize": 8,
        }
        ax.text(0.99, 0.97, note, color=find_theme(theme).ink, **place)


def _bins(values: Floats, bins: int) -> Floats:
    """Edges (B + 1,) of bins over all finite values."""
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # one value, up to rounding
        pad = 0.5 * (abs(low) or 1.0)
        low, high = low - pad, high + pad
    return np.linspace(low, high, bins + 1)


def _bars(values: Floats, edges: Floats) -> Bars:
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(finite, edges)
    return Bars(edges, counts / max(finite.size, 1), values.size, values.size - finite.size)


def _states(activation: str, sums: Floats, outputs: Floats) -> tuple[float, float]:
    """Shares of saturated and dead units; sums and outputs (N, U)."""
    name, parameter = parse_activation(activation)
    if name == "step" or not np.isfinite(outputs).all():
        return np.nan, np.nan
    p = 0.0 if parameter is None else parameter
    steepest = _STEEPEST.get(name, max(1.0, abs(p)) if name in ("leaky_relu", "elu") else 1.0)
    with np.errstate(over="ignore", under="ignore"):  # far from zero, where slopes are flat
        slopes = np.abs(_SLOPES[name](sums, outputs, p))
        is_flat = np.mean(slopes < FLAT * steepest, axis=0) >= NEARLY_ALL
    return float(np.mean(is_flat)), float(np.mean(np.all(slopes == 0, axis=0)))


figure(
    "histograms",
    "weights and activations by layer",
    histograms_data,
    draw_histograms,
    takes=("model", "data"),
    records=("weights",),
    recipe=Recipe("digits", ("32,32",), "curves", seeds=8),
)
