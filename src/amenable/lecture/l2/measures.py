"""L2 beside ridge regression, and swept over its strength: what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.lecture.runs import train

Floats = NDArray[np.float64]

STRENGTHS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # of the penalty: none, then tenfold
RIDGES = (0.01, 0.1, 1.0)
WIDTH = 50
BATCH = 32  # all samples, where there are few
STEPS = 1000


@dataclass(frozen=True, slots=True)
class PenaltyProblem:
    """One kind of data; every draw is another training split of it.

    Parameters
    ----------
    title, name : str
        What it is called here, and by `load`.
    options : mapping
        For `load`: noise, number of samples, share held out.
    is_hard : bool
        Whether samples are few and noisy, so that a penalty should matter.
    """

    title: str
    name: str
    options: Mapping[str, Any]
    is_hard: bool

    def draw(self, seed: int) -> am.Dataset:
        """The data with that seed."""
        return am.load(self.name, seed=seed, test=0.0, **self.options)


PROBLEMS = (
    PenaltyProblem("sine, 32 noisy", "sine", {"n": 640, "noise": 0.4, "validation": 0.95}, True),
    PenaltyProblem("moons, 32 noisy", "moons", {"n": 640, "noise": 0.4, "validation": 0.95}, True),
    PenaltyProblem("diabetes, 44", "diabetes", {"validation": 0.9}, True),
    PenaltyProblem("sine, 600 clean", "sine", {"n": 1200, "noise": 0.0, "validation": 0.5}, False),
    PenaltyProblem(
        "moons, 600 clean", "moons", {"n": 1200, "noise": 0.1, "validation": 0.5}, False
    ),
)


@dataclass(frozen=True, slots=True)
class Swept:
    """One problem over the strengths: arrays (strengths, draws), each a median over seeds."""

    problem: PenaltyProblem
    loss: Floats  # on validation samples
    metric: Floats
    norm: Floats  # Euclidean, of all weights without biases
    n_choosing: int  # the first draws choose the strength, the others judge it

    @property
    def chosen(self) -> int:
        """Place of the strength with the least median validation loss over the choosing draws."""
        return int(np.argmin(np.median(self.loss[:, : self.n_choosing], axis=1)))

    @property
    def better(self) -> tuple[int, int]:
        """On how many of the other draws the chosen strength has less loss than none, of all."""
        judged = self.loss[:, self.n_choosing :]
        return int(np.sum(judged[self.chosen] < judged[0])), judged.shape[1]

    @property
    def gain(self) -> float:
        """Median over the other draws of the metric gained by the chosen strength."""
        judged = self.metric[:, self.n_choosing :]
        return float(np.median(judged[self.chosen] - judged[0]))


def ridge_differences(name: str, seeds: int) -> dict[float, float]:
    """Largest difference of a neuron's weights to scikit-learn's Ridge, over its largest weight.

    Ridge adds alpha |w|^2 to the sum of squared errors, the training here l2 / 2 |w|^2 to their
    mean: alpha = l2 N / 2.
    """
    from sklearn.linear_model import Ridge

    data = am.load(name, validation=0.0, test=0.0)
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    curvature = 2 * float(np.linalg.eigvalsh(inputs.T @ inputs / len(x))[-1])
    found = {}
    for l2 in RIDGES:
        training = am.Training(
            am.SGD(1 / (curvature + l2)),
            batch="full",
            steps=6000,
            l2=l2,
            probe_every=6000,
            dtype="float64",
        )
        weights = train(am.mlp(data.n_inputs, 1), data, training, seeds=seeds).weights
        ridge = Ridge(alpha=l2 * len(x) / 2, solver="cholesky").fit(x, y[:, 0])
        reference = np.append(ridge.coef_, ridge.intercept_)
        found[l2] = float(np.abs(weights - reference).max() / np.abs(reference).max())
    return found


def sweep(problem: PenaltyProblem, draws: int, seeds: int) -> Swept:
    """Train a wide layer on every draw with every strength and seed."""
    trainings = am.grid(training_with(), l2=list(STRENGTHS))
    rows = []
    for seed in range(draws):
        data = problem.draw(seed)
        network = am.mlp(data.n_inputs, WIDTH, 1)
        population = train(network, data, trainings, seeds=seeds)
        is_weight = np.concatenate(
            [
                np.full(int(np.prod(shape)), name.endswith("weight"))
                for name, shape in network.parameter_shapes
            ]
        )
        norms = np.linalg.norm(population.weights[:, is_weight], axis=1)
        measured = (population.loss["validation"], population.metric["validation"], norms)
        rows.append([np.median(it.reshape(len(STRENGTHS), seeds), axis=1) for it in measured])
    loss, metric, norm = np.array(rows).transpose(1, 2, 0)
    return Swept(problem, loss, metric, norm, draws // 3)


def training_with(l2: float = 0.0) -> am.Training:
    """Of the wide layer, with that penalty."""
    return am.Training(
        am.Adam(0.01), batch=BATCH, steps=STEPS, schedule=am.Cosine(), l2=l2, probe_every=STEPS
    )


def strength(place: int) -> str:
    """In words."""
    return f"L2 {STRENGTHS[place]:g}" if place else "none"
