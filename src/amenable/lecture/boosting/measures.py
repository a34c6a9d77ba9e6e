"""Boosted stumps, boosted lines and a wide layer on the same splits: what is measured."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable import engine
from amenable.lecture.boosting.ensembles import as_steps, boosted_lines, boosted_stumps
from amenable.lecture.runs import train

Floats = NDArray[np.float64]

LEARNERS = 50  # and hidden units: as many lines each
CHOOSING = (1000, 1001)  # splits on which the learning rate is chosen; the others are from 0 on
METHODS = ("AdaBoost, stumps", "AdaBoost, lines", "wide layer")
OPTIMIZERS = (am.SGD(1.0), am.SGD(3.0), am.SGD(10.0), am.Adam(0.01), am.Adam(0.03), am.Adam(0.1))


@dataclass(frozen=True, slots=True)
class BoostingProblem:
    """Data with two classes, and how long networks learn it."""

    name: str
    options: Mapping[str, Any]
    epochs: int

    def split(self, seed: int) -> am.Dataset:
        """Half of the samples for training, half held out; inputs are exact in float32."""
        data = am.load(self.name, seed=seed, validation=0.5, test=0.0, **self.options)
        x, y, classes = data.x.astype(np.float32).astype(np.float64), data.y, data.classes
        if self.name == "digits":
            y, classes = y % 2, ("even", "odd")
        return replace(data, x=x, y=y, classes=classes, name=self.title, notes=())

    @property
    def title(self) -> str:
        """What it is called here."""
        return "digits, even or odd" if self.name == "digits" else self.name


PROBLEMS = (
    BoostingProblem("moons", {"n": 600, "noise": 0.3}, 200),
    BoostingProblem("islands", {"n": 600}, 200),
    BoostingProblem("spirals", {"n": 600, "noise": 0.05}, 200),
    BoostingProblem("breast-cancer", {}, 100),
    BoostingProblem("digits", {}, 50),
)


@dataclass(frozen=True, slots=True)
class SplitOutcome:
    """One split of the data, and what the three methods do there."""

    accuracy: tuple[float, float, float]  # on held-out samples; of the layer the median
    mismatches: int  # held-out samples where a boosted ensemble and its network differ
    n_compared: int
    kept: float  # share of held-out samples that keep their class with steps: median over seeds
    passes: float  # of the layer until it fits training samples as boosted lines do; may be inf
    learners: tuple[int, int]  # stumps and lines: boosting may end early


@dataclass(frozen=True, slots=True)
class ProblemOutcome:
    """A problem over its splits."""

    problem: BoostingProblem
    training: am.Training
    splits: tuple[SplitOutcome, ...]
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


def choose(problem: BoostingProblem) -> am.Training:
    """The optimizer and rate with the best accuracy held out, over two splits: mean of medians."""
    usual = am.Training(epochs=problem.epochs, schedule=am.Cosine())
    trainings = [replace(usual, optimizer=it) for it in OPTIMIZERS]
    medians = []
    for seed in CHOOSING:
        data = problem.split(seed)
        network = am.mlp(data.n_inputs, LEARNERS, 1, activation="sigmoid")
        groups = train(network, data, trainings, seeds=4).by("training")
        medians.append([np.median(it.metric["validation"]) for it in groups.values()])
    return trainings[int(np.argmax(np.mean(medians, axis=0)))]


def compare(problem: BoostingProblem, splits: int, seeds: int) -> ProblemOutcome:
    """All methods on every split."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    import_module("sklearn.ensemble")  # now: it would count as the first split's time
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
    return ProblemOutcome(problem, training, tuple(found), data.n_inputs, seconds)


def _on_split(
    data: am.Dataset, training: am.Training, seeds: int
) -> tuple[SplitOutcome, tuple[float, float, float]]:
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
    split = SplitOutcome(
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
