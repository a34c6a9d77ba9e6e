"""Pictures of L2: validation loss and weights over its strength, and what it makes of the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

import amenable as am
from amenable.figures import draw_spaghetti, find_theme, spaghetti_data
from amenable.formatting import join
from amenable.lecture.finding import Illustration
from amenable.lecture.l2.measures import STRENGTHS, WIDTH, Swept, strength, training_with
from amenable.lecture.panels import THEME, draw_band, legend_below, panels, set_titles
from amenable.lecture.runs import train


def draw_losses(found: Sequence[Swept]) -> Illustration:
    """Over that without, few samples beside many."""
    groups = {"Few and noisy": True, "Many and clean": False}
    figure, axes = panels(1, 2, (7.5, 4.0), sharey=True)
    for ax, (title, is_hard) in zip(axes, groups.items(), strict=True):
        for i, it in enumerate(found):
            if it.problem.is_hard == is_hard:
                draw_band(ax, i, range(len(STRENGTHS)), it.loss / it.loss[0], it.problem.title)
        ax.axhline(1, color=find_theme(THEME).faint, lw=1, zorder=0)
        ax.set_yscale("log")
        _strength_ticks(ax)
        set_titles(ax, title, "L2", "Validation loss, relative to no L2" if ax is axes[0] else "")
        ax.legend(frameon=False, fontsize=8, labelcolor=find_theme(THEME).ink, loc="upper left")
    least = [
        f"{float(np.median(it.loss, axis=1).min() / np.median(it.loss[0])):.2f} on "
        f"{it.problem.title}"
        for it in found
    ]
    return Illustration(
        "Validation loss over the strength of L2",
        figure,
        f"Medians over draws, with quartiles as bands; below the horizontal line L2 helps. Lowest "
        f"median loss, relative to the loss without L2: {join(least)}. For losses very near zero "
        "the ratio means little: see the table.",
    )


def _strength_ticks(ax: Axes) -> None:
    ax.set_xticks(range(len(STRENGTHS)), ["none", *(f"{it:g}" for it in STRENGTHS[1:])])


def draw_norms(found: Sequence[Swept]) -> Illustration:
    """Of all weights."""
    figure, (ax,) = panels(1, 1, (6.0, 4.0))
    for i, it in enumerate(found):
        draw_band(ax, i, range(len(STRENGTHS)), it.norm, it.problem.title)
    ax.set_ylim(bottom=0)
    _strength_ticks(ax)
    set_titles(ax, "", "L2", "Norm of all weights")
    legend_below(figure, ax, 3)
    shares = [float(np.median(it.norm[-1]) / np.median(it.norm[0])) for it in found]
    return Illustration(
        "Weights over the strength of L2",
        figure,
        f"Euclidean norm of all weights: medians over draws, with quartiles as bands. With L2 of "
        f"{STRENGTHS[-1]:g} it is {min(shares):.2g} to {max(shares):.2g} of the norm without L2.",
    )


def draw_planes(it: Swept) -> Illustration:
    """The first draw learned without, with the chosen and with the strongest penalty."""
    data = it.problem.draw(0)
    places = dict.fromkeys((0, it.chosen, len(STRENGTHS) - 1))
    figure, axes = panels(1, len(places), (8.0, 3.2))
    said = []
    for ax, place in zip(axes, places, strict=True):
        network = am.mlp(data.n_inputs, WIDTH, 1)
        model = train(network, data, training_with(STRENGTHS[place]), seeds=4).median
        title = strength(place).replace("none", "no L2")
        draw_spaghetti(spaghetti_data(model, data), ax, title=title, legend=False)
        training, validation = model.metric["training"], model.metric["validation"]
        said.append(f"{title}: {training:.3f} and {validation:.3f}")
    return Illustration(
        f"{it.problem.title} samples, learned",
        figure,
        "One draw of the data, the median of four seeds; accuracy on training and on validation "
        f"samples: {'; '.join(said)}. Shading shows the class, the thick line the border, and thin "
        "lines where a neuron’s weighted sum is zero. Other draws look different; the checks say "
        "how often L2 helps.",
    )
