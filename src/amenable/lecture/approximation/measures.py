"""Networks made by hand and trained on one function, by width and by depth: what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable import engine
from amenable.construct import approximate, detector, square
from amenable.lecture.panels import (
    slope,
)
from amenable.lecture.runs import train

Floats = NDArray[np.float64]
KINDS = {"steps": "sigmoid", "pieces": "relu"}  # of networks by hand: their activation
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
GRID = np.linspace(-1.0, 1.0, 4001)
JUMP = 0.02  # no continuous function is near a step close by: the grid leaves that out


def sine(x: Floats) -> Floats:
    """As the toy problem "sine"."""
    return np.asarray(np.sin(np.pi * x))


def step(x: Floats) -> Floats:
    """As the toy problem "step"."""
    return np.where(x > 0, 1.0, 0.0)


def bumps(x: Floats) -> Floats:
    """As the toy problem "bumps": three bell curves, up, down, up."""
    centres = np.array([-2.0, 0.0, 2.0]) / 3
    return np.asarray(np.exp(-0.5 * ((x[:, None] - centres) * 6) ** 2) @ np.array([1.0, -1.0, 1.0]))


FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "sine": sine,
    "step": step,
    "abs": np.abs,
    "bumps": bumps,
}


# The most that each rises in a unit: a bell exp(-1/2) over its deviation of 1/6, which is 3.64, and
# its neighbours, four deviations away, less than 0.3 more.
STEEPEST = {"sine": np.pi, "abs": 1.0, "bumps": 4.0}


@dataclass(frozen=True, slots=True)
class ByHand:
    """A network made for an error: what was asked, how many units it took, what was measured."""

    asked: float
    units: int
    error: float


@dataclass(frozen=True, slots=True)
class Race:
    """One function: networks by hand, and trained ones of one hidden layer."""

    name: str
    widths: tuple[int, ...]
    by_hand: Mapping[str, tuple[ByHand, ...]]  # by kind, from few units to many
    trained: Mapping[str, Floats]  # largest errors (W, T) by activation

    def by_hand_within(self, kind: str, units: int) -> float:
        """The least error measured by hand with that many units or fewer; infinite with none."""
        return min((it.error for it in self.by_hand[kind] if it.units <= units), default=np.inf)

    def rate(self, kind: str) -> float | None:
        """Slope of log error over log units by hand; None where few units are exact."""
        units = np.array([float(it.units) for it in self.by_hand[kind]])
        if len(np.unique(units)) < 3:
            return None
        return slope(np.log(units), np.log([it.error for it in self.by_hand[kind]]))[0]

    def late_rate(self, activation: str) -> float:
        """The same of medians of trained networks, over the upper half of the widths."""
        half = slice(len(self.widths) // 2, None)
        medians = np.median(self.trained[activation], axis=1)
        return slope(np.log(np.array(self.widths[half], float)), np.log(medians[half]))[0]


@dataclass(frozen=True, slots=True)
class Deep:
    """x squared on [0, 1] by depth: m sawteeth, units, the error measured, and trained."""

    m: int
    units: int
    error: float
    shallow_units: int  # no network of one hidden layer does it with fewer
    trained: Floats  # (T,) largest errors of its own structure, trained


def largest_errors(
    network: am.Network, weights: Floats, f: Callable[[Floats], Floats], x: Floats, name: str = ""
) -> Floats:
    """Largest absolute error (T,) on x, away from the jump of a step."""
    outputs = engine.predict(network, weights, x[:, None])[:, :, 0]
    kept = np.abs(x) >= JUMP if name == "step" else np.ones(len(x), dtype=np.bool_)
    errors: Floats = np.abs(outputs - f(x))[:, kept].max(axis=1)
    return errors


def network_by_hand(name: str, kind: str, error: float) -> am.Model:
    """The network by hand that is within that error."""
    if name == "step":  # no continuous function is within an error of it everywhere
        return _sharp_step() if kind == "steps" else _ramp()
    return approximate(FUNCTIONS[name], -1.0, 1.0, error, kind, lipschitz=STEEPEST[name])


def _sharp_step() -> am.Model:
    """One sigmoid: the lecture's detector of negative values, read as one minus it."""
    model = detector()
    return am.Model.from_weights(
        am.mlp(1, 1, 1, activation="sigmoid"),
        {
            "1.weight": model.weights["1.weight"],
            "1.bias": model.weights["1.bias"],
            "2.weight": [[-1.0]],
            "2.bias": [1.0],
        },
        model.dtype,
    )


def _ramp() -> am.Model:
    """Two ReLUs: from 0 to 1 within what the grid leaves out."""
    rise = 1 / JUMP
    return am.Model.from_weights(
        am.mlp(1, 2, 1, activation="relu"),
        {
            "1.weight": [[rise], [rise]],
            "1.bias": [0.5, -0.5],
            "2.weight": [[1.0, -1.0]],
            "2.bias": [0.0],
        },
    )


def hand_made(name: str, kind: str, errors: Sequence[float]) -> tuple[ByHand, ...]:
    """Networks within each of the errors, and the error that a fine grid finds."""
    found = []
    for error in errors:
        model = network_by_hand(name, kind, error)
        measured = largest_errors(model.network, model.flat[None], FUNCTIONS[name], GRID, name)
        found.append(ByHand(error, sum(model.network.hidden), float(measured[0])))
    return tuple(found)


def trained_errors(
    name: str, activation: str, widths: Sequence[int], seeds: int, steps: int
) -> Floats:
    """Largest errors (W, T) of trained networks of one hidden layer."""
    population = train_layer(name, activation, widths, seeds, steps)
    return np.array(
        [
            largest_errors(group.networks[0], group.weights, FUNCTIONS[name], GRID, name)
            for group in population.by("network").values()
        ]
    )


def train_layer(
    name: str, activation: str, widths: Sequence[int], seeds: int, steps: int
) -> am.Population:
    """One hidden layer of each width, on points of the function."""
    data = am.load(name, n=256, validation=0.0, test=0.0)
    networks = [am.mlp(1, width, 1, activation=activation) for width in widths]
    return train(networks, data, _training(steps), seeds=seeds)


def _training(steps: int) -> am.Training:
    return am.Training(
        am.Adam(0.01), batch="full", steps=steps, schedule=am.Cosine(), probe_every=steps
    )


def shallow_units(error: float) -> int:
    """ReLUs that one hidden layer needs at least for x squared on [0, 1].

    With p straight pieces the error is at least 1 / (8 p^2), that of the best ones (the error of a
    line on an interval of length h is h^2 / 8), and n units make at most n + 1 pieces.
    """
    return max(1, int(np.ceil(np.sqrt(1 / (8 * error)) - 1e-9)) - 1)


def deepen(ms: Sequence[int], seeds: int, steps: int) -> tuple[Deep, ...]:
    """Yarotsky's networks for x squared, and the same structures trained."""
    x = np.linspace(0.0, 1.0, 2**12 + 1)
    points = np.linspace(0.0, 1.0, 257)[:, None]
    data = am.Dataset.from_arrays(points, points**2, name="square", validation=0.0, test=0.0)
    found = []
    for m in ms:
        model = square(m)
        error = float(np.abs(model.decision(x[:, None])[:, 0] - x**2).max())
        trained = train(model.network, data, _training(steps), seeds=seeds)
        errors = largest_errors(model.network, trained.weights, np.square, x)
        units = sum(model.network.hidden)
        found.append(Deep(m, units, error, shallow_units(2.0 ** (-2 * m - 2)), errors))
    return tuple(found)
