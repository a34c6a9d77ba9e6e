"""The loss along straight lines between networks, and its barrier. Arrays: `surfaces.walk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from amenable.datasets import Dataset
from amenable.description import boolean, choice, fail
from amenable.figures.canvas import LINES, MARKERS, axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import legend_above, plain_logarithmic
from amenable.model import Model
from amenable.surfaces import Walk
from amenable.surfaces import walk as walk_between
from amenable.training import Training

MOST = 7  # walks on one axes: as many as there are colours
SPREAD = 30.0  # from the lowest to the highest loss: beyond, the axis is logarithmic
LOWEST = 1e-9  # of the highest: a loss of zero has no place on a logarithmic axis


def draw_walks(
    found: Walk | Sequence[Walk] | Mapping[str, Walk],
    ax: Axes | None = None,
    *,
    theme: str = "light",
    measure: str = "loss",
    barriers: bool = True,
) -> Figure:
    """Draw the loss along straight lines between networks.

    Parameters
    ----------
    found : Walk, several, or several by name
        At most seven walks from `amenable.surfaces.walk`.
    ax : Axes, optional
        Where to draw; new ones by default.
    theme : str
        "light" or "dark".
    measure : str
        "loss", or "metric": accuracy, r2 or the metric of the goal.
    barriers : bool
        Whether to mark, for losses, how far the highest point rises above the straight line between
        the ends.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.surfaces import walk
    >>> two = am.train(am.mlp(2, 8, 1), "moons", am.Training(epochs=20), seeds=2)
    >>> figure = draw_walks([walk(*two, "moons", match=it) for it in (False, True)])
    """
    named = _as_walks(found)
    choice("measure", measure, ("loss", "metric"))
    is_loss = measure == "loss"
    has_barriers = boolean("barriers", barriers) and is_loss
    ax = axes_for(ax, theme, (6.0, 3.8))
    colours = find_theme(theme)
    for i, (name, walk) in enumerate(named.items()):
        values = walk.loss if is_loss else walk.metric
        ax.plot(
            walk.positions,
            np.ma.masked_invalid(values),
            color=colours.colours[i],
            linestyle=LINES[i % len(LINES)],
            linewidth=1.6,
            marker=MARKERS[i],
            markersize=5,
            markevery=(len(values) - 1) // 4 or 1,
            label=f"{name}: {_height(walk)}" if has_barriers else name,
        )
        if has_barriers and np.isfinite(walk.barrier) and walk.barrier > 0:
            _mark_barrier(ax, walk, colours.colours[i])
    if is_loss:
        _scale(ax, list(named.values()))
    first = next(iter(named.values()))
    label = f"{first.problem.loss_name} loss" if is_loss else first.metric_name
    ax.set_xlabel("Position on the straight line, from the first network to the second", fontsize=9)
    ax.set_ylabel(f"{label[0].upper()}{label[1:]}, {first.problem.split} samples", fontsize=9)
    ax.set_xlim(-0.02, 1.02)
    legend_above(ax, theme, 1 if has_barriers or max(map(len, named)) > 20 else 2)
    return finish(ax)


def _mark_barrier(ax: Axes, walk: Walk, colour: str) -> None:
    """The straight line between the ends, and an arrow from it up to the highest point."""
    at = walk.top
    ax.plot(walk.positions, walk.straight, color=colour, linewidth=0.8, alpha=0.7)
    ax.annotate(
        "",
        (walk.positions[at], walk.loss[at]),
        (walk.positions[at], walk.straight[at]),
        arrowprops={"arrowstyle": "<->", "color": colour, "shrinkA": 0, "shrinkB": 0},
    )


def _scale(ax: Axes, walks: list[Walk]) -> None:
    """A logarithmic axis if the losses span decades."""
    losses = np.concatenate([it.loss for it in walks])
    finite = losses[np.isfinite(losses)]
    if not len(finite) or finite.max() <= SPREAD * finite.min():
        return
    positive = finite[finite > LOWEST * finite.max()]
    ax.set_yscale("log", nonpositive="mask")
    ax.set_ylim(positive.min() / 1.5, finite.max() * 1.5)
    plain_logarithmic(ax.yaxis)
    if finite.max() > 1e4 * positive.min():
        ax.yaxis.set_major_locator(LogLocator(numticks=8))


def _height(walk: Walk) -> str:
    if not np.isfinite(walk.barrier):
        return "barrier not finite"
    return f"barrier {walk.barrier:.3g}" if walk.barrier else "no barrier"


def _as_walks(found: object) -> dict[str, Walk]:
    """Walks by name; without names, by whether neurons were matched."""
    if isinstance(found, Mapping):
        named = {str(name): it for name, it in found.items()}
    else:
        listed = list(found) if isinstance(found, Sequence) else [found]
        named = {}
        for it in listed:
            told = "neurons matched" if getattr(it, "is_matched", False) else "straight"
            n = sum(name.startswith(told) for name in named)
            named[f"{told} ({n + 1})" if n else told] = it
    for name, it in named.items():
        if not isinstance(it, Walk):
            fail(f"found[{name!r}]", "a Walk", it, "make one with amenable.surfaces.walk(...)")
    if not 1 <= len(named) <= MOST:
        fail("found", f"1 to {MOST} walks", len(named))
    return named


def _walks(
    model: Model,
    other: Model,
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    match: bool | None = None,
    points: int = 101,
) -> Mapping[str, Walk]:
    """Walks with the neurons as they are and with matched neurons, or one of the two."""
    wanted = {"as they are": False, "neurons matched": True}
    return {
        name: walk_between(model, other, data, training, split, match=is_matched, points=points)
        for name, is_matched in wanted.items()
        if match in (None, is_matched)
    }


figure(
    "walk",
    "the loss on the straight line between two networks, neurons matched or not",
    _walks,
    draw_walks,
    takes=("model", "other", "data"),
    records=("weights",),
    recipe=Recipe("moons", ("8",), "plane", seeds=8),
)
