"""Structured and dense networks on digits as samples grow: what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.engine import available_cores
from amenable.lecture.finding import Scale
from amenable.lecture.runs import choose, train
from amenable.statistics import holm, mcnemar

LENET, LOCAL, NARROW, WIDE, LINEAR = (
    "LeNet",
    "locally connected",
    "dense, same parameters",
    "dense, same connections",
    "linear",
)
PAIRS = ((LENET, LOCAL), (LENET, NARROW), (LENET, WIDE), (LENET, LINEAR), (WIDE, NARROW))
HELD_OUT = 597  # images that judge; they are the same for all draws
BATCH = 8
LEARNING_RATES = (0.01, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class DigitsPlan:
    """How much is trained; each draw takes other training images, in another order."""

    sizes: tuple[int, ...]
    draws: int
    seeds: int
    passes: int
    is_rate_chosen: bool

    def training(self, n: int, rate: float) -> am.Training:
        """The same number of passes at every size."""
        steps = self.passes * -(-n // BATCH)
        return am.Training(
            am.Adam(rate), batch=BATCH, steps=steps, schedule=am.Cosine(), probe_every=steps
        )

    def multiply_adds(self, network: am.Network, n: int) -> int:
        """To train on n samples: one forward for each connection, two backward."""
        return 3 * network.summary().multiply_adds * n * self.passes


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """One network against another at one size: draws that favour each, and p by Holm."""

    first: str
    second: str
    size: int
    better: int
    worse: int
    difference: float  # of accuracy, the median over draws
    p: float


@dataclass(frozen=True, slots=True)
class Accuracies:
    """Accuracy (S, D, T) by network: size, draw, seed; on images held out and on its own."""

    plan: DigitsPlan
    rates: Mapping[str, float]
    accuracy: Mapping[str, NDArray[np.float64]]
    fitted: Mapping[str, NDArray[np.float64]]
    seconds: Mapping[str, tuple[float, ...]]  # of one network in the first draw, on one core
    median: am.TrainedNetwork  # of LeNet, first draw, most samples

    def by_draw(self, name: str) -> NDArray[np.float64]:
        """Median over seeds, (S, D)."""
        found: NDArray[np.float64] = np.median(self.accuracy[name], axis=2)
        return found


def plan_for(scale: Scale) -> DigitsPlan:
    """Sizes that double, all passes over them equally many."""
    return scale.of(
        DigitsPlan((50, 100, 200, 400, 800), draws=12, seeds=16, passes=20, is_rate_chosen=True),
        DigitsPlan((40, 120), draws=10, seeds=8, passes=16, is_rate_chosen=False),
    )


def networks() -> dict[str, am.Network]:
    """A LeNet for 8 x 8, the same without shared weights, dense ones of its size, a linear one."""
    lenet = am.Network(
        (1, 8, 8),
        [
            am.Conv2d(6, kernel=3, padding=1),
            am.AvgPool2d(2, coefficient=True, bias=True, activation="tanh"),
            am.Conv2d(12, kernel=3),
            am.Dense(10, "identity"),
        ],
    )
    return {
        LENET: lenet,
        LOCAL: lenet.unshared(),
        NARROW: dense(lenet.n_parameters),
        WIDE: dense(lenet.summary().connections),
        LINEAR: am.mlp(64, 10),
    }


def dense(n: int) -> am.Network:
    """64-W-10 with about n parameters."""
    return am.mlp(64, round((n - 10) / (64 + 1 + 10)), 10)


def draw(number: int, n: int) -> am.Dataset:
    """The first n of the images not held out, in the order of this draw."""
    rows = np.random.default_rng([1, number]).permutation(pool())[:n]
    return replace(_images(), training=rows, validation=_order()[-HELD_OUT:])


def pool() -> NDArray[np.int64]:
    """Rows that draws are taken from."""
    return _order()[:-HELD_OUT]


@cache
def _images() -> am.Dataset:
    return am.load("digits", validation=0.0, test=0.0)


@cache
def _order() -> NDArray[np.int64]:
    n = _images().n_samples
    return np.random.default_rng([0, n]).permutation(n)


def measure(plan: DigitsPlan) -> Accuracies:
    """Train every network at every size on every draw; the first draw is timed."""
    from concurrent.futures import ThreadPoolExecutor

    rates = chosen_rates(plan)
    first = _trained(plan, rates, 0)  # alone on the machine, as far as that is ours to say
    with ThreadPoolExecutor(available_cores()) as pool:
        rest = pool.map(lambda d: _trained(plan, rates, d), range(1, plan.draws))
        draws = [first, *rest]
    accuracy, fitted = (
        {name: np.stack([one.metric[split][name] for one in draws], axis=1) for name in rates}
        for split in ("validation", "training")
    )
    return Accuracies(plan, rates, accuracy, fitted, first.seconds, first.median)


@dataclass(frozen=True, slots=True)
class _Draw:
    """What became of one draw: metrics (S, T) by split and network."""

    metric: Mapping[str, Mapping[str, NDArray[np.float64]]]
    seconds: Mapping[str, tuple[float, ...]]
    median: am.TrainedNetwork


def _trained(plan: DigitsPlan, rates: Mapping[str, float], number: int) -> _Draw:
    seeds = range(number * plan.seeds, (number + 1) * plan.seeds)
    metric: dict[str, dict[str, NDArray[np.float64]]] = {"training": {}, "validation": {}}
    seconds, median = {}, {}
    for name, network in networks().items():
        rows, times = [], []
        for n in plan.sizes:
            begun = perf_counter()
            training = plan.training(n, rates[name])
            rows.append(train(network, draw(number, n), training, seeds=seeds, threads=1))
            times.append((perf_counter() - begun) / plan.seeds)
        for split, values in metric.items():
            values[name] = np.array([it.metric[split] for it in rows])
        seconds[name], median[name] = tuple(times), rows[-1].median
    return _Draw(metric, seconds, median[LENET])


def chosen_rates(plan: DigitsPlan) -> dict[str, float]:
    """For each network the learning rate with the best median, at the second largest size.

    A third of a further draw says so, never the images held out.
    """
    known, n = networks(), plan.sizes[-2]
    if not plan.is_rate_chosen:
        return dict.fromkeys(known, LEARNING_RATES[1])
    data = draw(plan.draws, n + n // 2)
    rows = data.training
    data = replace(data, training=rows[:n], validation=rows[n:])
    trainings = [plan.training(n, rate) for rate in LEARNING_RATES]
    seeds = range(5000, 5000 + plan.seeds)
    best = choose(list(known.values()), trainings, data, seeds)
    return {name: LEARNING_RATES[k] for name, k in zip(known, best, strict=True)}


def compare(found: Accuracies) -> list[PairedComparison]:
    """All pairs at all sizes; a draw favours the network with the better median over seeds."""
    rows = []
    for (first, second), (s, n) in product(PAIRS, enumerate(found.plan.sizes)):
        gap = found.by_draw(first)[s] - found.by_draw(second)[s]
        better, worse = int(np.sum(gap > 0)), int(np.sum(gap < 0))
        p = mcnemar(better, worse)
        rows.append(PairedComparison(first, second, n, better, worse, float(np.median(gap)), p))
    corrected = holm([row.p for row in rows])
    return [replace(row, p=float(p)) for row, p in zip(rows, corrected, strict=True)]


def falls(found: Accuracies, name: str) -> float:
    """How many times fewer errors are made with most samples than with fewest."""
    first, last = (1 - float(np.median(found.by_draw(name)[s])) for s in (0, -1))
    return first / last if last else float("inf")
