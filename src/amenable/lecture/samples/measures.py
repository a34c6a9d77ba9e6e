"""Networks and kernel machines as samples grow: what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.lecture.finding import Scale
from amenable.lecture.runs import choose, train

BATCH = 32
LEARNING_RATES = (0.003, 0.01, 0.03, 0.1)
PENALTIES = (1.0, 10.0, 100.0, 1000.0)  # C of the kernel machine
ADAM = 4  # numbers kept for each parameter: itself, gradient, two moments
RIDGE_MOST = 3200  # samples; its time grows with the cube


@dataclass(frozen=True, slots=True)
class SizesProblem:
    """Data of which more and more is trained on, and networks with one number of parameters."""

    name: str
    data: am.Dataset
    networks: tuple[am.Network, ...]  # the widest first, then ever deeper
    sizes: tuple[int, ...]
    gammas: tuple[float, ...]  # of the kernel machine, to choose from
    passes: int
    least_steps: int

    def of_size(self, n: int) -> am.Dataset:
        """The first n samples, judged on those that are held out."""
        return replace(self.data, training=self.data.training[:n])

    def steps(self, n: int) -> int:
        """So many passes over n samples, but no fewer steps than it takes to learn a few."""
        return max(self.least_steps, self.passes * -(-n // BATCH))


@dataclass(frozen=True, slots=True)
class Machine:
    """A support vector machine at each size."""

    penalty: float
    gamma: float
    accuracy: tuple[float, ...]
    kept: tuple[int, ...]  # support vectors
    seconds: tuple[float, ...]
    ridge_seconds: tuple[float, ...]  # of kernel ridge regression, up to RIDGE_MOST samples


@dataclass(frozen=True, slots=True)
class Grown:
    """What became of a problem's networks and machine; accuracy on samples held out."""

    problem: SizesProblem
    rates: Mapping[str, float]  # learning rate chosen, by structure
    accuracy: Mapping[str, NDArray[np.float64]]  # (S, T) by structure
    seconds: Mapping[str, tuple[float, ...]]  # of one network on one core
    machine: Machine


def problems(scale: Scale) -> tuple[SizesProblem, ...]:
    """Six islands without water between, of which there are any number of samples; digits."""
    sizes = scale.of((50, 100, 200, 400, 800, 1600, 3200, 6400), (100, 400, 1600))
    points = am.load("islands", n=sizes[-1] + 4000, count=6, gap=0.0, validation=0.0, test=0.0)
    deep = (am.mlp(2, 75, 1), am.mlp(2, 15, 15, 1), am.mlp(2, 8, 12, 12, 1))
    islands = SizesProblem(
        "islands", _held_out(points, 4000), deep, sizes, (1.0, 3.0, 10.0, 30.0), 200, 3000
    )
    if scale.is_quick:
        return (replace(islands, passes=60, least_steps=1000),)
    images = _held_out(am.load("digits", validation=0.0, test=0.0), 597)
    layers = (am.mlp(64, 32, 10), am.mlp(64, 24, 24, 10))
    digits = SizesProblem(
        "digits", images, layers, (75, 150, 300, 600, 1200), (0.01, 0.03, 0.1), 100, 1500
    )
    return islands, digits


def _held_out(data: am.Dataset, n: int) -> am.Dataset:
    """The same samples in another order, the last n of them for validation."""
    order = np.random.default_rng([0, data.n_samples]).permutation(data.n_samples)
    return replace(data, training=order[:-n], validation=order[-n:])


def _training(problem: SizesProblem, n: int, rate: float) -> am.Training:
    steps = problem.steps(n)
    return am.Training(
        am.Adam(rate), batch=BATCH, steps=steps, schedule=am.Cosine(), probe_every=steps
    )


def chosen_rates(problem: SizesProblem, seeds: int) -> dict[str, float]:
    """For each structure the learning rate with the best median, at the second largest size.

    Chosen with a third of those samples held out, not with the ones that judge.
    """
    n = problem.sizes[-2]
    rows = problem.data.training[:n]
    data = replace(problem.data, training=rows[n // 3 :], validation=rows[: n // 3])
    trainings = [_training(problem, n, rate) for rate in LEARNING_RATES]
    best = choose(problem.networks, trainings, data, range(1000, 1000 + seeds))
    return {it.structure: LEARNING_RATES[k] for it, k in zip(problem.networks, best, strict=True)}


def grow(problem: SizesProblem, seeds: int, is_quick: bool) -> Grown:
    """Train every structure at every size, and the machine."""
    rates = chosen_rates(problem, max(4, seeds // 2))
    accuracy: dict[str, list[NDArray[np.float64]]] = {it: [] for it in rates}
    seconds: dict[str, list[float]] = {it: [] for it in rates}
    for n in problem.sizes:
        for network in problem.networks:
            name, start = network.structure, perf_counter()
            training = _training(problem, n, rates[name])
            found = train(network, problem.of_size(n), training, seeds=seeds, threads=1)
            seconds[name].append((perf_counter() - start) / seeds)
            accuracy[name].append(found.metric["validation"])
    return Grown(
        problem,
        rates,
        {name: np.array(rows) for name, rows in accuracy.items()},
        {name: tuple(rows) for name, rows in seconds.items()},
        _machine(problem, is_quick),
    )


def _machine(problem: SizesProblem, is_quick: bool) -> Machine:
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.svm import SVC
    from threadpoolctl import threadpool_limits

    penalty, gamma = _chosen_kernel(problem)
    judged = problem.data.split("validation")
    accuracy, kept, seconds, ridge = [], [], [], []
    with threadpool_limits(1):
        KernelRidge(kernel="rbf").fit(judged[0][:9], judged[1][:9])  # first calls load libraries
        for n in problem.sizes:
            x, y = problem.of_size(n).split("training")
            start = perf_counter()
            fitted = SVC(C=penalty, gamma=gamma).fit(x, y)
            seconds.append(perf_counter() - start)
            accuracy.append(float(fitted.score(*judged)))
            kept.append(len(fitted.support_))
            if n <= RIDGE_MOST and not is_quick:
                start = perf_counter()
                KernelRidge(alpha=1 / penalty, kernel="rbf", gamma=gamma).fit(x, y)
                ridge.append(perf_counter() - start)
    return Machine(penalty, gamma, tuple(accuracy), tuple(kept), tuple(seconds), tuple(ridge))


def _chosen_kernel(problem: SizesProblem) -> tuple[float, float]:
    """The penalty and the width of the kernel that do best, as for `chosen_rates`."""
    from sklearn.svm import SVC

    n = problem.sizes[-2]
    x, y = problem.of_size(n).split("training")
    held, rest = slice(0, n // 3), slice(n // 3, n)
    pairs = [(penalty, gamma) for penalty in PENALTIES for gamma in problem.gammas]
    scores = [
        SVC(C=c, gamma=gamma).fit(x[rest], y[rest]).score(x[held], y[held]) for c, gamma in pairs
    ]
    return pairs[int(np.argmax(scores))]


def percent(fraction: float) -> str:
    """As texts have it."""
    return f"{100 * fraction:.1f} %"


def best(found: Sequence[Grown]) -> str:
    """A sentence for each problem: its best network and the kernel machine."""
    said = []
    for it in found:
        medians = {name: float(np.median(rows[-1])) for name, rows in it.accuracy.items()}
        best = max(medians, key=lambda name: medians[name])
        said.append(
            f"On {it.problem.sizes[-1]:,} samples of {it.problem.name} the best network, {best}, "
            f"reaches {percent(medians[best])}, the kernel machine "
            f"{percent(it.machine.accuracy[-1])}."
        )
    return " ".join(said)


def multiply_adds(problem: SizesProblem, n: int) -> int:
    """Of training a network on n samples: one forward for each weight and sample, two backward."""
    weights = sum(a * b for a, b in pairwise(_widths(problem.networks[0])))
    return 3 * weights * BATCH * problem.steps(n)


def _widths(network: am.Network) -> list[int]:
    return list(network.widths)


def gram_multiply_adds(problem: SizesProblem, n: int) -> int:
    """Of kernel ridge regression: the distances, and a Cholesky factor of the Gram matrix."""
    return n * n * problem.data.n_inputs // 2 + n**3 // 6
