"""Eigenvalues of a Hessian and their verdict. Arrays: `amenable.surfaces.curvature`."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import fail
from amenable.figures.canvas import axes_for, find_theme, finish, mix
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above
from amenable.model import Model
from amenable.surfaces import Curvature, curvature
from amenable.surfaces.hessian import objective_of
from amenable.training import Training

DECADES = 13  # shown on either side of zero at most, where there is no error to end them


def draw_spectrum(found: Curvature, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw the eigenvalues in order, on an axis that is logarithmic on both sides of zero.

    Parameters
    ----------
    found : Curvature
        What `amenable.surfaces.curvature` found.
    ax : Axes, optional
        Where to draw; new ones by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.surfaces import curvature
    >>> trained = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=20), seeds=1).best
    >>> figure = draw_spectrum(curvature(trained, "moons"))
    """
    if not isinstance(found, Curvature):
        fail("found", "a Curvature", found, "make one with amenable.surfaces.curvature(...)")
    ax = axes_for(ax, theme, (6.0, 3.8))
    colours = find_theme(theme)
    values = found.eigenvalues
    ranks = np.arange(1, len(values) + 1)
    threshold = linear_below(found)
    size = float(np.clip(220 / len(values), 2.0, 6.0))
    groups = (
        ("negative", values < -found.noise, colours.bad, "v"),
        (
            "zero within the error",
            np.abs(values) <= found.noise,
            mix(colours.ink, colours.faint, 0.5),
            "o",
        ),
        ("positive", values > found.noise, colours.good, "^"),
    )
    band = mix(colours.paper, colours.faint, 0.5)
    ax.axhspan(-threshold, threshold, color=band, zorder=0, linewidth=0)
    ax.axhline(0.0, color=colours.faint, linewidth=0.8, zorder=1)
    for name, mask, colour, marker in groups:
        n = int(np.count_nonzero(mask))
        if n:
            ax.plot(
                ranks[mask],
                values[mask],
                marker,
                color=colour,
                markersize=size,
                label=f"{n} {name}",
            )
    ax.set_yscale("symlog", linthresh=threshold, linscale=0.5)
    ax.set_ylim(*_limits(values, threshold))
    ax.yaxis.set_major_locator(FixedLocator(_ticks(*ax.get_ylim(), threshold)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0e}" if value else "0"))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(f"Eigenvalues in order (grey band: their error, {found.noise:.0e})", fontsize=9)
    ax.set_ylabel("Eigenvalue of the Hessian", fontsize=9)
    legend_above(ax, theme, 3, title=_title(found), title_fontsize=10.5)
    legend = ax.get_legend()
    if legend is not None:
        legend.get_title().set_color(colours.ink)
        legend.set_alignment("left")
    return finish(ax)


def linear_below(found: Curvature) -> float:
    """Where the axis becomes linear: at the error of the eigenvalues, or thirteen decades down."""
    largest = float(np.abs(found.eigenvalues).max()) or 1.0
    return float(max(found.noise, largest * 10.0**-DECADES))


def _limits(values: NDArray[np.float64], threshold: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    bottom = min(-3 * threshold, 3 * low if low < 0 else 0.0)
    return bottom, max(3 * threshold, 3 * high if high > 0 else 0.0)


def _ticks(low: float, high: float, threshold: float) -> list[float]:
    """Zero, and powers of ten on both sides, some decades apart and none near zero."""
    first, last = np.ceil(np.log10(threshold)) + 1, np.floor(np.log10(max(-low, high)))
    step = max(1, int(np.ceil((last - first) / 5)))
    powers = [10.0**power for power in np.arange(last, first - 1, -step)]
    found = [-it for it in powers if -it >= low] + [0.0] + [it for it in powers if it <= high]
    return sorted(found)


def _title(found: Curvature) -> str:
    verdict = found.verdict[0].upper() + found.verdict[1:]
    return f"{verdict}: loss {found.objective:.3g}, gradient {found.gradient_norm:.2g}"


def _check_curvature(
    model: Model, data: Dataset, training: Training | None = None, split: str = "training"
) -> None:
    """Raise the errors of `curvature` without the work."""
    objective_of(model, data, training, split)


figure(
    "spectrum",
    "the eigenvalues of the Hessian: whether training ended in a minimum",
    curvature,
    draw_spectrum,
    takes=("model", "data"),
    records=("weights",),
    check=_check_curvature,
    recipe=Recipe("moons", ("8",), "landscape", seeds=8),
)
