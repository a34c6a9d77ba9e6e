"""Pictures of boosting: borders, accuracies, accuracy as lines are added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import amenable as am
from amenable.figures import MARKERS, draw_spaghetti, find_theme, spaghetti_data
from amenable.formatting import join
from amenable.lecture.boosting.ensembles import HalfPlaneVote, boosted_lines, boosted_stumps
from amenable.lecture.boosting.measures import LEARNERS, METHODS, ProblemOutcome
from amenable.lecture.finding import Illustration
from amenable.lecture.panels import THEME, draw_band, legend_below, panels, set_titles, ticks_at
from amenable.lecture.runs import train

GROWTH = (1, 2, 5, 10, 20, 50, 100, 200)
GROWTH_SPLITS = 4


def _models(it: ProblemOutcome, seed: int = 0) -> tuple[am.Dataset, tuple[am.Model, ...]]:
    """The three models of one split, the layer by the median of eight seeds."""
    data = it.problem.split(seed)
    x, y = data.split("training")
    layer = train(it.network, data, it.training, seeds=8).median
    ensembles: tuple[HalfPlaneVote, ...] = (
        boosted_stumps(x, y, LEARNERS)[0],
        boosted_lines(x, y, LEARNERS),
    )
    return data, (*(one.as_network for one in ensembles), layer)


def draw_borders(found: Sequence[ProblemOutcome]) -> Illustration:
    """The three models in the plane, a row for each data set."""
    figure, axes = panels(len(found), 3, (8.0, 2.9 * len(found) + 0.2))
    said = []
    for row, it in enumerate(found):
        data, models = _models(it)
        for ax, method, model in zip(axes[3 * row :], METHODS, models, strict=False):
            seen = spaghetti_data(model, data, "validation", threshold=0.0)
            draw_spaghetti(seen, ax, title=f"{method}: {seen.is_right.mean():.0%}", legend=False)
            ax.set_xlabel("")
            ax.set_ylabel(it.problem.title if method == METHODS[0] else "")
            ax.set_xticks([])
            ax.set_yticks([])
        said.append(it.problem.title)
    return Illustration(
        "The same kind of boundary",
        figure,
        f"One split of {join(said)}, held-out samples, {LEARNERS} learners or units each: thin "
        "lines show where a learner or neuron changes its answer, stronger the more it counts; the "
        "thick line is the border; the percentage is the share of samples that are right. Stumps "
        "look along the axes only, lines and neurons in any direction, and sigmoids round off the "
        "corners. Shading shows certainty. One split does not say which method is better.",
    )


def draw_accuracy(found: Sequence[ProblemOutcome], summary: str) -> Illustration:
    """Every split's accuracies, and the medians."""
    figure, (ax,) = panels(1, 1, (6.5, 0.9 + 0.75 * len(found)))
    theme = find_theme(THEME)
    for m, method in enumerate(METHODS):
        for row, it in enumerate(found):
            y = np.full(len(it.splits), row + 0.22 * (m - 1))
            looks: dict[str, Any] = {"color": theme.colours[m], "marker": MARKERS[m]}
            ax.scatter(it.accuracy[m], y, s=16, alpha=0.5, lw=0, **looks)
            label = method if row == 0 else None
            ax.scatter(
                np.median(it.accuracy[m]), y[0], s=70, edgecolors=theme.ink, label=label, **looks
            )
    ax.set_yticks(range(len(found)), [it.problem.title for it in found])
    ax.invert_yaxis()
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    set_titles(ax, "", "Accuracy on held-out samples")
    legend_below(figure, ax, 3)
    return Illustration(
        "Accuracy",
        figure,
        f"Each split (small) and the median (framed); for the layer, always the median over seeds. "
        f"{summary}",
    )


def draw_growth(found: Sequence[ProblemOutcome]) -> Illustration:
    """Held-out accuracy as lines are added one by one, or as a layer that has them all."""
    figure, axes = panels(1, len(found), (7.5, 3.8))
    said = []
    for ax, it in zip(axes, found, strict=True):
        curves = [_grown(it, seed) for seed in range(GROWTH_SPLITS)]
        for m, method in enumerate(METHODS):
            rows = np.array([curve[m] for curve in curves]).T
            draw_band(ax, m, GROWTH, rows, method)
        ax.set_xscale("log")
        ticks_at(ax, GROWTH)
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        set_titles(ax, it.problem.title, "Learners or hidden units", "Held-out accuracy")
        last = [float(np.median([curve[m][-1] for curve in curves])) for m in range(3)]
        said.append(f"on {it.problem.title} {', '.join(f'{value:.1%}' for value in last)}")
    legend_below(figure, axes[0], 3)
    return Illustration(
        "Adding lines one by one, or starting with all of them",
        figure,
        "Boosting after that many rounds; a layer of that width, trained again with the rate "
        "chosen "
        f"for {LEARNERS}, median of 4 seeds. Medians over {GROWTH_SPLITS} splits, with quartiles "
        "as "
        f"bands. With {GROWTH[-1]} (stumps, lines, layer): {'; '.join(said)}.",
    )


def _grown(it: ProblemOutcome, seed: int) -> tuple[list[float], list[float], list[float]]:
    data = it.problem.split(seed)
    x, y = data.split("training")
    held, truth = data.split("validation")
    found: list[list[float]] = []
    for ensemble in (boosted_stumps(x, y, GROWTH[-1])[0], boosted_lines(x, y, GROWTH[-1])):
        right = np.mean((ensemble.sums(held) > 0) == truth, axis=1)
        found.append([float(right[min(n, len(right)) - 1]) for n in GROWTH])
    networks = [am.mlp(data.n_inputs, n, 1, activation="sigmoid") for n in GROWTH]
    groups = train(networks, data, it.training, seeds=4).by("network")
    layer = [float(np.median(group.metric["validation"])) for group in groups.values()]
    return found[0], found[1], layer
