"""One neuron and the regressions that it is: what is measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.lecture.finding import Scale
from amenable.lecture.runs import train

Floats = NDArray[np.float64]

SAME = 1e-6  # of the largest weight: six digits, as many as a table of coefficients prints
START = "normal(3.0)"  # seeds begin far apart, or that they end together would say little
REGRESSIONS = {"squared": "linear", "logistic": "logistic"}
PROBES = 200  # on the way, for the picture


@dataclass(frozen=True, slots=True)
class NeuronProblem:
    """What a neuron is to learn, and how long it is given.

    Parameters
    ----------
    title : str
        What it is called.
    data : Dataset
        All of it is for training.
    l2 : float
        The penalty, in both models alike; 0 where the best weights are finite without.
    steps : int
        Of full-batch gradient descent; the curvature of the data asks for so many.
    """

    title: str
    data: am.Dataset
    l2: float
    steps: int

    @property
    def loss(self) -> str:
        """Squared for numbers, logistic for classes."""
        return "squared" if self.data.task == "regression" else "logistic"

    @property
    def lr(self) -> float:
        """1 / L for the largest curvature L that the loss has anywhere: it cannot diverge."""
        x = with_constant(self.data.split("training")[0])
        largest = float(np.linalg.eigvalsh(x.T @ x / len(x))[-1])
        return 1 / ((2.0 if self.loss == "squared" else 0.25) * largest + self.l2)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One problem: the neuron from every seed, and the regression beside it."""

    problem: NeuronProblem
    population: am.Population
    reference: Floats  # (P,) weights, then the intercept
    ways: Floats  # (T, K) distance to the reference at the probes, over its largest weight
    sigmoid_squared: float | None  # distance where a sigmoid is trained on squared loss instead

    @property
    def difference(self) -> float:
        """Largest difference of any weight of any seed, over the largest weight."""
        return float(distances(self.population.weights, self.reference).max())

    @property
    def spread(self) -> tuple[float, float]:
        """Largest distance of two seeds at the start and at the end, in the same measure."""
        ends = self.population.snapshots[:, [0, -1]]
        size = float(np.abs(self.reference).max())
        first, last = np.ptp(ends, axis=0).max(axis=1) / size
        return float(first), float(last)


def problems(scale: Scale) -> tuple[NeuronProblem, ...]:
    """Real and made-up data for both regressions."""
    cells = am.load("breast-cancer", validation=0.0, test=0.0)
    pair = [cells.features.index(name) for name in ("mean radius", "mean texture")]
    two = am.Dataset.from_arrays(
        cells.x[:, pair],
        cells.y,
        name="breast-cancer, 2 inputs",
        validation=0.0,
        test=0.0,
        features=[cells.features[i] for i in pair],
    )
    found = [
        NeuronProblem("diabetes", am.load("diabetes", validation=0.0, test=0.0), 0.0, 12_000),
        NeuronProblem("breast-cancer, 2 inputs", two, 0.0, 2_000),
    ]
    if not scale.is_quick:
        moons = am.load("moons", noise=0.3, validation=0.0, test=0.0)
        sine = am.load("sine", noise=0.1, validation=0.0, test=0.0)
        found.insert(1, NeuronProblem("sine", sine, 0.0, 500))
        found.append(NeuronProblem("moons", moons, 0.0, 2_000))
        found.append(NeuronProblem("breast-cancer, 30 inputs", cells, 0.01, 12_000))
    return tuple(found)


def regression(problem: NeuronProblem) -> Floats:
    """Weights, then the intercept (P,), as scikit-learn fits them.

    scikit-learn penalizes the sum of the losses, the training here their mean: C = 1 / (l2 N).
    """
    from sklearn.linear_model import LinearRegression, LogisticRegression

    x, y = problem.data.split("training")
    if problem.loss == "squared":
        model = LinearRegression().fit(x, y[:, 0])
        return np.append(model.coef_, model.intercept_)
    strength = 1 / (problem.l2 * len(x)) if problem.l2 else np.inf
    # Newton's steps with a Cholesky factor: precise to rounding, and no gradient descent.
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-12, max_iter=100)
    model.fit(x, y)
    return np.append(model.coef_[0], model.intercept_)


def fit(problem: NeuronProblem, seeds: int) -> Fitted:
    """Train one neuron from every seed, and fit the regression."""
    data = problem.data
    training = am.Training(
        am.SGD(problem.lr),
        loss=problem.loss,
        batch="full",
        steps=problem.steps,
        init=START,
        bias_init=START,
        l2=problem.l2,
        probe_every=max(1, problem.steps // PROBES),
        dtype="float64",
    )
    network = am.mlp(data.n_inputs, 1)
    population = train(network, data, training, seeds=seeds, snapshots=True)
    reference = regression(problem)
    return Fitted(
        problem,
        population,
        reference,
        distances(population.snapshots, reference),
        _sigmoid_squared(problem, reference) if problem.loss == "logistic" else None,
    )


def _sigmoid_squared(problem: NeuronProblem, reference: Floats) -> float:
    """Distance of the best neuron whose sigmoid is trained on squared loss: another regression."""
    training = am.Training(
        am.SGD(problem.lr),
        loss="squared",
        batch="full",
        steps=problem.steps,
        l2=problem.l2,
        probe_every=problem.steps,
        dtype="float64",
    )
    network = am.mlp(problem.data.n_inputs, 1, output="sigmoid")
    best = train(network, problem.data, training, seeds=8).best
    return float(distances(best.flat, reference))


def distances(weights: Floats, reference: Floats) -> Floats:
    """Largest difference over the last axis, over the largest weight of the reference."""
    return np.asarray(np.abs(weights - reference).max(axis=-1) / np.abs(reference).max())


def with_constant(x: Floats) -> Floats:
    """Samples with an input of 1, whose weight is the bias."""
    return np.column_stack([x, np.ones(len(x))])
