"""A wide single layer beside AdaBoost over stumps and over regression lines."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable import engine
from amenable.figures.canvas import MARKERS, themed
from amenable.figures.legends import listed
from amenable.figures.spaghetti import draw_spaghetti, spaghetti_data
from amenable.lecture.ensembles import (
    Ensemble,
    as_steps,
    boosted_lines,
    boosted_stumps,
    multiply_adds,
)
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, Number, Scale, Table
from amenable.lecture.panels import THEME, banded, legend_below, panels, ticks_at, titled
from amenable.lecture.runs import train
from amenable.statistics import wilson

Floats = NDArray[np.float64]

LEARNERS = 50  # and hidden units: as many lines each
CHOOSING = 1000  # the split on which the learning rate is chosen; the others are from 0 on
KEPT = 0.95  # of held-out samples keep their class where the trained layer is made of lines
POINT = 0.01  # of accuracy: less is not worth the name better
METHODS = ("AdaBoost, stumps", "AdaBoost, lines", "wide layer")
OPTIMIZERS = (am.SGD(1.0), am.SGD(3.0), am.SGD(10.0), am.Adam(0.01), am.Adam(0.03), am.Adam(0.1))


@dataclass(frozen=True, slots=True)
class Problem:
    """Data with two classes, and how long networks learn it."""

    name: str
    options: Mapping[str, Any]
    epochs: int

    def split(self, seed: int) -> am.Dataset:
        """Half of the samples for training, half held out; inputs are exact in float32."""
        data = am.load(self.name, seed=seed, validation=0.5, **self.options)
        x, y, classes = data.x.astype(np.float32).astype(np.float64), data.y, data.classes
        if self.name == "digits":
            y, classes = y % 2, ("even", "odd")
        return replace(data, x=x, y=y, classes=classes, name=self.title, notes=())

    @property
    def title(self) -> str:
        """What it is called here."""
        return "digits, even or odd" if self.name == "digits" else self.name


PROBLEMS = (
    Problem("moons", {"n": 600, "noise": 0.3}, 200),
    Problem("islands", {"n": 600}, 200),
    Problem("spirals", {"n": 600, "noise": 0.05}, 200),
    Problem("breast-cancer", {}, 100),
    Problem("digits", {}, 50),
)


@dataclass(frozen=True, slots=True)
class Split:
    """One split of the data, and what the three methods do there."""

    accuracy: tuple[float, float, float]  # on held-out samples; of the layer the median
    mismatches: int  # held-out samples where a boosted ensemble and its network differ
    n_compared: int
    kept: float  # share of held-out samples that keep their class with steps: median over seeds
    passes: float  # of the layer until it fits training samples as boosted lines do; may be inf
    learners: tuple[int, int]  # stumps and lines: boosting may end early


@dataclass(frozen=True, slots=True)
class Compared:
    """A problem over its splits."""

    problem: Problem
    training: am.Training
    splits: tuple[Split, ...]
    n_inputs: int
    seconds: Mapping[str, float]  # per method and split; differ from run to run

    @property
    def accuracy(self) -> Floats:
        """(3, S) of the methods on held-out samples."""
        return np.array([it.accuracy for it in self.splits]).T

    @property
    def gains(self) -> Floats:
        """(S,) accuracy of the layer above the better ensemble of the split."""
        stumps, lines, layer = self.accuracy
        return np.asarray(layer - np.maximum(stumps, lines))

    @property
    def network(self) -> am.Network:
        """The wide layer."""
        return am.mlp(self.n_inputs, LEARNERS, 1, activation="sigmoid")


def choose(problem: Problem) -> am.Training:
    """The optimizer and rate with the best median accuracy on the held-out half of one split."""
    data = problem.split(CHOOSING)
    usual = am.Training(epochs=problem.epochs, schedule=am.Cosine())
    trainings = [replace(usual, optimizer=it) for it in OPTIMIZERS]
    network = am.mlp(data.n_inputs, LEARNERS, 1, activation="sigmoid")
    groups = train(network, data, trainings, seeds=8).by("training")
    medians = [float(np.median(it.metric["validation"])) for it in groups.values()]
    return trainings[int(np.argmax(medians))]


def compare(problem: Problem, splits: int, seeds: int) -> Compared:
    """All methods on every split."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    training = choose(problem)
    found = []
    seconds = dict.fromkeys(METHODS, 0.0)
    for seed in range(splits):
        data = problem.split(seed)
        with threadpool_limits(1):  # on so little work, several threads wait for one another
            split, times = _on_split(data, training, seeds)
        found.append(split)
        for method, it in zip(METHODS, times, strict=True):
            seconds[method] += it / splits
    return Compared(problem, training, tuple(found), data.n_inputs, seconds)


def _on_split(
    data: am.Dataset, training: am.Training, seeds: int
) -> tuple[Split, tuple[float, float, float]]:
    """What the methods do there, and the seconds that each takes to learn."""
    x, y = data.split("training")
    held, truth = data.split("validation")
    start = time.perf_counter()
    stumps, model = boosted_stumps(x, y, LEARNERS)
    after_stumps = time.perf_counter()
    lines = boosted_lines(x, y, LEARNERS)
    after_lines = time.perf_counter()
    network = am.mlp(data.n_inputs, LEARNERS, 1, activation="sigmoid")
    every = max(1, len(x) // training.batch) if isinstance(training.batch, int) else 1
    population = train(
        network, data, replace(training, probe_every=2 * every), seeds=seeds, curves=True
    )
    after_layer = time.perf_counter()
    said = (np.asarray(model.predict(held)), lines.classes(held))
    mismatches = sum(
        int(np.sum((it.as_network.decision(held)[:, 0] > 0) != classes))
        for it, classes in zip((stumps, lines), said, strict=True)
    )
    split = Split(
        accuracy=(
            float(np.mean(said[0] == truth)),
            float(np.mean(said[1] == truth)),
            float(np.median(population.metric["validation"])),
        ),
        mismatches=mismatches,
        n_compared=2 * len(held),
        kept=_kept(population, held),
        passes=_passes(population, float(np.mean(lines.classes(x) == y)), every),
        learners=(len(stumps.votes), len(lines.votes)),
    )
    return split, (after_stumps - start, after_lines - after_stumps, after_layer - after_lines)


def _kept(population: am.Population, held: Floats) -> float:
    """Median over seeds of the share of samples whose class steps for sigmoids do not change."""
    network = population.networks[0]
    before = engine.predict(network, population.weights, held)[:, :, 0] > 0
    after = engine.predict(as_steps(population[0]).network, population.weights, held)[:, :, 0] > 0
    return float(np.median(np.mean(before == after, axis=1)))


def _passes(population: am.Population, goal: float, steps_per_pass: int) -> float:
    """Median passes over the training samples until that accuracy; inf where it was not reached."""
    curves = population.curves.metric["training"]
    is_there = curves >= goal
    first = np.where(is_there.any(axis=1), is_there.argmax(axis=1), -1)
    steps = np.where(first >= 0, population.probes[np.arange(len(first)), first], np.inf)
    return float(np.median(steps / steps_per_pass))


def checks(found: Sequence[Compared]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    return (_same_check(found), _kept_check(found), _better_check(found))


def _same_check(found: Sequence[Compared]) -> Check:
    wrong = sum(split.mismatches for it in found for split in it.splits)
    n = sum(split.n_compared for it in found for split in it.splits)
    return Check(
        "A boosted ensemble, of stumps or of regression lines, is a network with one layer: steps "
        "for units, a line each, and the votes for weights of the output. It says the same.",
        wrong == 0,
        f"{wrong} of {n:,} held-out samples are given another class than by the ensemble.",
    )


def _kept_check(found: Sequence[Compared]) -> Check:
    shares = {it.problem.title: [split.kept for split in it.splits] for it in found}
    return Check(
        "The other way round: a wide layer that was trained is such an ensemble. With steps in "
        f"place of its sigmoids, at the same lines, at least {KEPT:.0%} of held-out samples keep "
        "their class, on all data (median over seeds and splits).",
        all(float(np.median(row)) >= KEPT for row in shares.values()),
        "Kept: "
        + "; ".join(
            f"{name} {np.median(row):.1%} ({min(row):.1%} to {max(row):.1%} over {len(row)} splits)"
            for name, row in shares.items()
        )
        + ".",
    )


def _better_check(found: Sequence[Compared]) -> Check:
    said = []
    for it in found:
        wins, n = int(np.sum(it.gains > 0)), len(it.gains)
        low, high = wilson(wins, n)
        said.append(
            f"{it.problem.title}: better on {wins} of {n} splits [{low:.2f}, {high:.2f}], median "
            f"{np.median(it.gains):+.1%}"
        )
    return Check(
        "The wide layer is no better than AdaBoost: on no data is it more accurate than the better "
        f"of the two ensembles, with as many lines each, by {POINT:.0%} or more in the median and "
        "on more than half of the splits beyond chance.",
        not any(_is_better(it) for it in found),
        "; ".join(said) + ".",
    )


def _is_better(it: Compared) -> bool:
    wins = int(np.sum(it.gains > 0))
    return wilson(wins, len(it.gains)).low > 0.5 and float(np.median(it.gains)) >= POINT


def boosting(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    splits, seeds = scale.of(10, 6), scale.of(8, 4)
    shown = scale.of(PROBLEMS, PROBLEMS[:2])
    found = [compare(it, splits, seeds) for it in shown]
    drawn = [it for it in found if it.problem.name in scale.of(("islands", "spirals"), "islands")]
    pictures = [_draw_borders(drawn), _draw_accuracy(found)]
    if not scale.is_quick:
        pictures.append(_draw_growth(drawn))
    return Finding(
        summary=_summary(found),
        counts=(
            f"{listed([it.title for it in shown])}; {splits} splits of each into halves, for "
            f"training and held out; {LEARNERS} learners or hidden units. Stumps by scikit-learn "
            "(split by Gini impurity). A regression line is the least-squares fit to -1 and 1 under boosting’s weights, cut "
            f"where it parts them best. The layer is of sigmoids, {seeds} seeds on each split, "
            f"batches of 32, cosine; optimizer and rate chosen on one more split "
            f"({_chosen(found)})."
        ),
        checks=checks(found),
        numbers={it.problem.title: _numbers(it) for it in found},
        tables=(_accuracy_table(found), _cost_table(found)),
        illustrations=tuple(pictures),
        timings={
            f"{it.problem.title}, {method}{f', {seeds} seeds' if method == METHODS[2] else ''}": s
            for it in found
            for method, s in it.seconds.items()
        },
        code=CODE,
    )


CODE = """
import amenable as am
from amenable.lecture.ensembles import boosted_lines
data = am.load("islands", n=600)  # or your own file with two classes
x, y = data.split("training")
network = boosted_lines(x, y, 50).as_network
held, truth = data.split("validation")
print(((network.decision(held)[:, 0] > 0) == truth).mean())
wide = am.train(am.mlp(data.n_inputs, 50, 1, activation="sigmoid"), data, seeds=8)
print(wide.metric["validation"])
"""


def _chosen(found: Sequence[Compared]) -> str:
    return listed(
        [
            f"{it.problem.title} {it.training.describe().partition(',')[0]}, "
            f"{it.problem.epochs} passes"
            for it in found
        ]
    )


def _summary(found: Sequence[Compared]) -> str:
    said = []
    for it in found:
        stumps, lines, layer = np.median(it.accuracy, axis=1)
        said.append(f"{it.problem.title} {stumps:.1%}, {lines:.1%} and {layer:.1%}")
    return (
        f"Held-out accuracy of {LEARNERS} boosted stumps, {LEARNERS} boosted lines and a layer of "
        f"{LEARNERS} sigmoids: {'; '.join(said)}."
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _numbers(it: Compared) -> Number:
    return {
        "training": it.training.describe(),
        "accuracy": {
            method: row.tolist() for method, row in zip(METHODS, it.accuracy, strict=True)
        },
        "kept_with_steps": [split.kept for split in it.splits],
        "mismatches": [split.mismatches for split in it.splits],
        "passes_to_fit_as_lines": [_finite(split.passes) for split in it.splits],
        "learners": [list(split.learners) for split in it.splits],
    }


def _accuracy_table(found: Sequence[Compared]) -> Table:
    rows = []
    for it in found:
        cells = [
            f"{np.median(row):.1%} ({row.min():.1%} to {row.max():.1%})" for row in it.accuracy
        ]
        kept = [split.kept for split in it.splits]
        rows.append((it.problem.title, *cells, f"{np.median(kept):.1%}"))
    return Table(
        "Accuracy on held-out samples: median over splits, least and most; and the share of "
        "classes that the layer keeps with steps for sigmoids.",
        ("data", *METHODS, "kept with steps"),
        tuple(rows),
    )


def _cost_table(found: Sequence[Compared]) -> Table:
    rows = []
    for it in found:
        network = it.network
        passes = float(np.median([split.passes for split in it.splits]))
        reached = f"{passes:.0f}" if np.isfinite(passes) else f"not in {it.problem.epochs}"
        rows.append(
            (
                it.problem.title,
                f"{3 * LEARNERS:,}",
                f"{network.n_parameters:,}",
                f"{LEARNERS:,}",
                f"{multiply_adds(network):,}",
                f"{LEARNERS}",
                reached,
                f"{it.problem.epochs}",
            )
        )
    return Table(
        "Cost, counted: numbers to keep (a stump has input, threshold and vote), multiply-adds for "
        "one prediction (a stump has one comparison and one addition), passes over the training "
        "samples (boosting makes one for each learner; the layer until half of the seeds fit them "
        "as well as the boosted lines, and in all).",
        (
            "data",
            "numbers: stumps",
            "lines or layer",
            "multiply-adds: stumps",
            "lines or layer",
            "passes: boosting",
            "layer until as good",
            "layer in all",
        ),
        tuple(rows),
    )


def _models(it: Compared, seed: int = 0) -> tuple[am.Dataset, tuple[am.Model, ...]]:
    """The three models of one split, the layer by the median of eight seeds."""
    data = it.problem.split(seed)
    x, y = data.split("training")
    layer = train(it.network, data, it.training, seeds=8).median
    ensembles: tuple[Ensemble, ...] = (
        boosted_stumps(x, y, LEARNERS)[0],
        boosted_lines(x, y, LEARNERS),
    )
    return data, (*(one.as_network for one in ensembles), layer)


def _draw_borders(found: Sequence[Compared]) -> Illustration:
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
        f"One split of {listed(said)}, held-out samples, {LEARNERS} learners or units each: thin "
        "lines are where a learner or neuron changes its mind, stronger the more it counts; the "
        "thick one is the border; the share is of samples right. Stumps look along the axes only; "
        "lines and neurons in any direction; sigmoids round the corners off. Shading: how sure. "
        "One split does not say which is better.",
    )


def _draw_accuracy(found: Sequence[Compared]) -> Illustration:
    figure, (ax,) = panels(1, 1, (6.5, 0.9 + 0.75 * len(found)))
    theme = themed(THEME)
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
    titled(ax, "", "Accuracy on held-out samples")
    legend_below(figure, ax, 3)
    return Illustration(
        "Accuracy",
        figure,
        f"Every split (small) and the median (framed), of the layer always the median over seeds. "
        f"{_summary(found)}",
    )


GROWTH = (1, 2, 5, 10, 20, 50, 100, 200)
GROWTH_SPLITS = 4


def _draw_growth(found: Sequence[Compared]) -> Illustration:
    """Held-out accuracy as lines are added one by one, or as a layer that has them all."""
    figure, axes = panels(1, len(found), (7.5, 3.8))
    said = []
    for ax, it in zip(axes, found, strict=True):
        curves = [_grown(it, seed) for seed in range(GROWTH_SPLITS)]
        for m, method in enumerate(METHODS):
            rows = np.array([curve[m] for curve in curves]).T
            banded(ax, m, GROWTH, rows, method)
        ax.set_xscale("log")
        ticks_at(ax, GROWTH)
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        titled(ax, it.problem.title, "Learners or hidden units", "Held-out accuracy")
        last = [float(np.median([curve[m][-1] for curve in curves])) for m in range(3)]
        said.append(f"on {it.problem.title} {', '.join(f'{value:.1%}' for value in last)}")
    legend_below(figure, axes[0], 3)
    return Illustration(
        "Adding lines one by one, or starting with all of them",
        figure,
        "Boosting after so many rounds; a layer of that width, trained anew with the rate chosen "
        f"for {LEARNERS}, median of 4 seeds. Median over {GROWTH_SPLITS} splits, bands "
        f"quartiles. With {GROWTH[-1]} (stumps, lines, layer): {'; '.join(said)}.",
    )


def _grown(it: Compared, seed: int) -> tuple[list[float], list[float], list[float]]:
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


EXPERIMENT = Experiment(
    name="boosting",
    title="A wide layer and AdaBoost",
    claim=(
        "An “ensemble of linear regression lines … was equivalent to a wide, single layer neural "
        "network. Instead of adding the regression lines individually, we start with all of them. "
        "Let SGD sort it out.” But “right now, this is no better than AdaBoost with regression or "
        "stumps.”"
    ),
    run=boosting,
)
