"""Gradients of deep networks before and in training, and chains: what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.lecture.panels import (
    slope,
)
from amenable.lecture.runs import train
from amenable.lecture.vanishing import chains

WIDTH = 10  # the lecture's
DEPTHS = tuple(range(1, 21))
PYTORCH = "pytorch"  # what torch.nn.Linear begins with, and so the lecture's networks
# Orthogonal weights times what undoes the slope of the activation at zero (of ReLU: its root mean
# square), so that a gradient keeps its length (Saxe, McClelland and Ganguli 2014, ICLR).
CURES = {"sigmoid": "orthogonal(4)", "tanh": "orthogonal(1)", "relu": "orthogonal(1.4142)"}
INITIALIZERS = ("pytorch", "glorot_uniform", "he_uniform")
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
DEEP = 8  # layers from which a network counts as deep where learning is compared
GOAL = "training accuracy >= 0.98"


@dataclass(frozen=True, slots=True)
class Fall:
    """How a product falls with its length: by a factor for each link, and how exactly so."""

    factor: float
    r2: float
    at_end: float


def islands() -> am.Dataset:
    """The lecture's points, all for training."""
    return am.load("islands", validation=0.0, test=0.0)


def deep(activation: str, depth: int) -> am.Network:
    """A network of so many layers."""
    return am.mlp(2, *[WIDTH] * (depth - 1), 1, activation=activation)


def first_gradients(
    activation: str,
    initializer: str,
    seeds: int,
    dtype: str = "float64",
    depths: Sequence[int] = DEPTHS,
) -> NDArray[np.float64]:
    """Gradient norms (D, T, L) by layer before any step, NaN beyond a network's last layer."""
    training = am.Training(am.SGD(0.1), batch="full", steps=1, init=initializer, dtype=dtype)
    networks = [deep(activation, depth) for depth in depths]
    found = train(networks, islands(), training, seeds=seeds, signals=True, keep_weights=False)
    norms = found.signals["gradient_norm"][:, 0]
    return norms.reshape(len(depths), seeds, -1)


def first_over_last(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gradient norm (D, T) of the first layer over the last's, for each depth from 1 on.

    A network whose last layer has none, as all of its units are dead, counts as 0.
    """
    last = np.stack([norms[k, :, k] for k in range(len(norms))])
    return np.where(last > 0, norms[:, :, 0] / np.where(last > 0, last, 1.0), 0.0)


def fall_of(ratios: NDArray[np.float64]) -> Fall:
    """The factor for each layer more, from the line through logarithms of the medians (D,)."""
    medians = np.median(ratios, axis=1)
    used = np.flatnonzero(medians > 0)
    used = used[used > 0]  # one layer is first and last at once
    rate, _, r2 = slope(used + 1.0, np.log10(medians[used]))
    return Fall(10**rate, r2, float(medians[-1]))


@dataclass(frozen=True, slots=True)
class Chain:
    """Probabilities of a chain's first n faces, and where arithmetic ends."""

    logs: NDArray[np.float64]  # (N,) base 10
    double: NDArray[np.float64]  # (N,)
    single: NDArray[np.float64]  # (N,)
    factor: float
    r2: float
    zero_single: int | None
    zero_double: int | None
    log_error: float  # relative, of the logarithm at the end


def chain(length: int) -> Chain:
    """A chain of that length, in three kinds of arithmetic."""
    faces = chains.rolls(length, seed=0)
    single, double = chains.forward(faces, "float32"), chains.forward(faces)
    natural = chains.log_forward(faces)
    exact = chains.exact_log(faces)
    rate, _, r2 = slope(np.arange(1.0, length + 1), natural / np.log(10))
    return Chain(
        natural / np.log(10),
        double,
        single,
        10**rate,
        r2,
        chains.first_zero(single),
        chains.first_zero(double),
        abs(natural[-1] - exact) / abs(exact),
    )


def zero_depth(seeds: int, depths: Sequence[int]) -> int | None:
    """The least depth at which most sigmoid networks' first gradient is zero in float32."""
    norms = first_gradients("sigmoid", PYTORCH, seeds, "float32", depths)[:, :, 0]
    most = np.flatnonzero(np.mean(norms == 0, axis=1) > 0.5)
    return int(depths[most[0]]) if most.size else None


Solved = Mapping[tuple[str, str], list[tuple[int, int]]]


def learned(depths: Sequence[int], seeds: int, steps: int) -> Solved:
    """Networks solved and run, by activation and initializer, for each depth."""
    found = {}
    for activation, cure in CURES.items():
        trainings = [
            am.Training(am.Adam(0.01), steps=steps, goal=GOAL, init=it) for it in (PYTORCH, cure)
        ]
        networks = [deep(activation, depth) for depth in depths]
        population = train(networks, islands(), trainings, seeds=seeds, keep_weights=False)
        solved = population.solved.reshape(len(depths), 2, seeds).sum(axis=2)
        for k, name in enumerate((PYTORCH, cure)):
            found[activation, name] = [(int(n), seeds) for n in solved[:, k]]
    return found


def pooled(solved: Solved, depths: Sequence[int], is_cure: bool) -> tuple[int, int]:
    """Solved and run over the deep networks of all activations."""
    pairs = [
        pair
        for (_, name), row in solved.items()
        for depth, pair in zip(depths, row, strict=True)
        if depth >= DEEP and (name != PYTORCH) == is_cure
    ]
    return sum(n for n, _ in pairs), sum(of for _, of in pairs)


def or_never(length: int | None) -> str:
    """A length, or that there is none."""
    return "never" if length is None else str(length)
