"""Vanishing gradients in tables and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.figures import draw_gradients, gradients_data
from amenable.formatting import join, shorten
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import (
    draw_band,
    fractions,
    legend,
    legend_below,
    panels,
    set_titles,
    style,
    ticks_at,
)
from amenable.lecture.runs import train
from amenable.lecture.vanishing.measures import (
    CURES,
    DEEP,
    DEPTHS,
    GOAL,
    INITIALIZERS,
    NAMES,
    PYTORCH,
    Chain,
    Fall,
    Solved,
    deep,
    islands,
    or_never,
    pooled,
)

SLOPES = {"sigmoid": 0.25, "tanh": 1.0, "relu": 0.5**0.5}


def table(falls: Mapping[tuple[str, str], Fall]) -> ResultTable:
    """Falls beside what is expected."""
    rows = tuple(
        (
            NAMES[a],
            i,
            shorten(it.factor),
            shorten(_expected(a, i)),
            f"{it.r2:.3f}",
            shorten(it.at_end),
        )
        for (a, i), it in falls.items()
    )
    return ResultTable(
        "The first layer's gradient relative to the last layer's, before any step: medians over "
        "seeds, and a line through the logarithm over depth. “Expected” is the slope at zero (for "
        "ReLU its root mean square) times the size of the weights.",
        (
            "activation",
            "initial weights",
            "factor a layer",
            "expected",
            "r2",
            f"left at {DEPTHS[-1]} layers",
        ),
        rows,
    )


def _expected(activation: str, initializer: str) -> float:
    """Factor of a gradient's length for a layer, were all sums near zero (He et al. 2015)."""
    if initializer.startswith("orthogonal"):
        size = float(initializer.partition("(")[2][:-1])
    else:
        variances = {"pytorch": 1 / 3, "glorot_uniform": 1.0, "he_uniform": 2.0}
        size = variances[initializer] ** 0.5  # of the sum of a unit's squared weights
    return float(SLOPES[activation] * size)


def draw_falls(ratios: Mapping[tuple[str, str], NDArray[np.float64]], found: Chain) -> Illustration:
    """Gradients over depth beside probabilities over a chain."""
    figure, (left, right) = panels(1, 2, (7.5, 4.2))
    for k, (activation, cure) in enumerate(CURES.items()):
        for n, initializer in enumerate((PYTORCH, cure)):
            label = f"{NAMES[activation]}, {initializer}"
            draw_band(
                left,
                2 * k + n,
                DEPTHS,
                np.clip(ratios[activation, initializer], 1e-30, None),
                label,
            )
    left.set_yscale("log")
    left.set_ylim(bottom=1e-20)
    set_titles(left, "", "Layers", "First layer's gradient over the last's")
    ticks_at(left, (1, 5, 10, 15, 20))
    links = np.arange(1, len(found.logs) + 1)
    right.plot(links, found.logs, label="in logarithms", **style(0, marker=False))
    for i, (name, values) in enumerate((("float64", found.double), ("float32", found.single)), 1):
        is_there = values > 0
        right.plot(
            links[is_there],
            np.log10(values[is_there]),
            label=f"{name}, until it is 0",
            **style(i, marker=False) | {"lw": 3.5 - i},
        )
        right.plot(links[is_there][-1], np.log10(values[is_there][-1]), **style(i) | {"ms": 8})
    set_titles(right, "", "Links of the chain", "log10 of the forward probability")
    legend(left)
    legend(right)
    lost = {name: ratios[name, PYTORCH] for name in CURES}
    kept = {name: ratios[name, cure] for name, cure in CURES.items()}
    said = [
        join(
            [
                f"{shorten(float(np.median(it[-1])))} with {NAMES[name]}"
                for name, it in group.items()
            ]
        )
        for group in (lost, kept)
    ]
    return Illustration(
        "Two products of small numbers",
        figure,
        f"Left: gradient norm of the first layer over that of the last, before any step; lines are "
        f"medians over seeds, bands are quartiles. At {DEPTHS[-1]} layers it is {said[0]} with "
        f"PyTorch's initial weights, {said[1]} with orthogonal weights that compensate for the "
        f"slope. Right: the forward probability of a hidden Markov model. It is zero from "
        f"{or_never(found.zero_single)} links on in float32, from {or_never(found.zero_double)} in "
        "float64; its logarithm stays finite.",
    )


def draw_layers(norms: Mapping[tuple[str, str], NDArray[np.float64]]) -> Illustration:
    """Gradient norms layer by layer in the deepest networks."""
    figure, axes = panels(1, 3, (7.5, 3.4), sharey=True)
    layers = np.arange(1, DEPTHS[-1] + 1)
    for ax, (activation, cure) in zip(axes, CURES.items(), strict=True):
        for i, initializer in enumerate((*INITIALIZERS, cure)):
            deepest = np.clip(norms[activation, initializer][-1], 1e-30, None)
            label = initializer if i < len(INITIALIZERS) else "orthogonal, undoing the slope"
            draw_band(ax, i, layers, deepest.T, label)
        ax.set_yscale("log")
        set_titles(ax, NAMES[activation], "Layer", "Gradient norm" if ax is axes[0] else "")
        ticks_at(ax, (1, 5, 10, 15, 20))
    axes[0].set_ylim(bottom=1e-20)
    legend_below(figure, axes[0], 4)
    smallest = {
        name: min(float(np.median(norms[name, i][-1, :, 0])) for i in (*INITIALIZERS, cure))
        for name, cure in CURES.items()
    }
    said = join([f"{shorten(value)} with {NAMES[name]}" for name, value in smallest.items()])
    return Illustration(
        f"Gradient by layer in networks of {DEPTHS[-1]} layers",
        figure,
        "Gradient norms before any step, for four initializers: medians over seeds, with "
        "quartiles "
        f"as bands. With the worst of them the first layer has {said}. Later training is not "
        "shown.",
    )


def draw_steps(steps: int) -> Illustration:
    """Gradients of deep sigmoid networks while they are trained."""
    figure, axes = panels(1, 2, (8.5, 3.4))
    said = []
    for ax, initializer in zip(axes, (PYTORCH, CURES["sigmoid"]), strict=True):
        training = am.Training(
            am.Adam(0.01), steps=steps, init=initializer, probe_every=max(1, steps // 40)
        )
        population = train(deep("sigmoid", DEEP), islands(), training, seeds=16, signals=True)
        draw_gradients(gradients_data(population), ax)
        ax.set_title(initializer, fontsize=10)
        best = float(population.metric["training"].max())
        said.append(f"{best:.3f} from {initializer}")
    return Illustration(
        f"Gradient by layer and step in training, {DEEP} layers of sigmoids",
        figure,
        f"Median gradient norm over 16 seeds, from PyTorch's initial weights and from "
        f"orthogonal ones. Best training accuracy at the end: {join(said)}. The picture does not "
        "show whether the gradient is what holds up the others.",
    )


def draw_learning(solved: Solved, depths: Sequence[int]) -> Illustration:
    """Fractions solved over depth."""
    figure, axes = panels(1, 3, (7.5, 3.2), sharey=True)
    for ax, (activation, cure) in zip(axes, CURES.items(), strict=True):
        for i, initializer in enumerate((PYTORCH, cure)):
            label = "as PyTorch begins" if i == 0 else "orthogonal, undoing the slope"
            fractions(ax, i, depths, solved[activation, initializer], label, shift=0.3 * i)
        set_titles(ax, NAMES[activation], "Layers", "Fraction solved" if ax is axes[0] else "")
        ticks_at(ax, [it for it in (1, 4, 8, 12, 16, 20) if it <= depths[-1]])
    legend_below(figure, axes[0], 2)
    plain, cured = (pooled(solved, depths, is_cure) for is_cure in (False, True))
    return Illustration(
        "Does it matter? Fraction solved by depth",
        figure,
        f"Fraction of networks that reach {GOAL}, by depth; bars are 95 % intervals. Of those with "
        f"{DEEP} layers or more, {plain[0]} of {plain[1]} reach it from PyTorch's initial weights "
        f"and {cured[0]} of {cured[1]} from orthogonal ones. Other learning rates and longer "
        "training may do better.",
    )
