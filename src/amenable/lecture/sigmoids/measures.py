"""Errors of sigmoids made by hand, and their bounds: what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.construct import detector, logic, passthrough, relu_from_sigmoids

Floats = NDArray[np.float64]
SLIDE = 4000.0  # the factor on the slide
PROGRAM = 40_000.0  # and in the lecture's program
WHOLE = np.arange(-20.0, 20.0)  # the lecture's inputs
SCALE = 0.0001
SHARPNESS = 10_000.0
AT = 3.0  # a threshold of the detector that is not zero
EPSILON = {"float32": 2.0**-24, "float64": 2.0**-53}  # half the gap between numbers about one
REACH = 0.01  # relative error from which a ReLU is called another function


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors on a grid beside their bounds."""

    x: Floats
    error: Floats
    bound: Floats

    @property
    def is_within(self) -> bool:
        """Whether no error is above its bound."""
        return bool(np.all(self.error <= self.bound))

    @property
    def largest(self) -> float:
        """The largest error."""
        return float(self.error.max())


def detector_errors(at: float, dtype: str, points: int) -> Errors:
    """Error of the detector of values below `at`, beyond a thousandth of a unit from it.

    1 / (1 + e^z) < e^-z for z = sharpness * distance; rounding of the weighted sum, whose terms
    are as large as sharpness * (|x| + |at|), moves the threshold by a little.
    """
    model = detector(at, SHARPNESS, dtype)
    away = np.geomspace(1e-3, 10.0, points)
    x = np.concatenate([at - away[::-1], at + away])
    distance = np.abs(x - at)
    moved = 4 * EPSILON[dtype] * (np.abs(x) + abs(at))
    bound = np.exp(-SHARPNESS * np.maximum(distance - moved, 0)) + 2 * EPSILON[dtype]
    return Errors(x, np.abs(model.decision(x[:, None])[:, 0] - (x < at)), bound)


def passthrough_errors(factor: float, dtype: str, points: int) -> Errors:
    """Error of factor * (sigmoid(x / 10,000) - 1/2) as x, on [-20, 20].

    With 40,000: the series of the sigmoid, z / 4 - z^3 / 48 + ..., leaves at most the cubic term;
    the sigmoid is rounded, and so is its multiple.
    """
    x = np.linspace(-20.0, 20.0, points)
    model = passthrough(SCALE, dtype)
    value = model.decision(x[:, None])[:, 0] * (factor / PROGRAM)
    cubic = PROGRAM * (SCALE * np.abs(x)) ** 3 / 48
    rounding = 2 * PROGRAM * EPSILON[dtype] + 4 * EPSILON[dtype] * np.abs(x)
    return Errors(x, np.abs(value - x), cubic + rounding)


def relu_error(model: am.Model, x: Floats) -> Floats:
    """Absolute error (N,) as a ReLU."""
    error: Floats = np.abs(model.decision(x[:, None])[:, 0] - np.maximum(x, 0.0))
    return error


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the lecture's program is a ReLU, and where it is not."""

    whole: Floats  # (40,) errors at the lecture's inputs
    near: tuple[float, float]  # largest error near zero, and where
    until: float  # the largest x up to which the relative error stays below REACH
    limit: float  # what it gives for the largest x


def reach(model: am.Model, points: int) -> Reach:
    """Measure it at the lecture's inputs, close to zero, and far out."""
    near = np.geomspace(1e-9, 0.1, points)
    near = np.concatenate([-near[::-1], near])
    errors = relu_error(model, near)
    far = np.geomspace(1.0, 1e8, points)
    relative = relu_error(model, far) / far
    beyond = np.flatnonzero(relative > REACH)
    until = float(far[beyond[0] - 1]) if beyond.size and beyond[0] else float(far[-1])
    top = int(errors.argmax())
    limit = float(model.decision([[1e30]])[0, 0])
    return Reach(relu_error(model, WHOLE), (float(errors[top]), float(near[top])), until, limit)


@dataclass(frozen=True, slots=True)
class General:
    """A ReLU of sigmoids made for [-20, 20] and an error: that error, the measured, weights."""

    asked: float
    error: float
    largest_weight: float


def general(error: float, points: int) -> General:
    """The general form with that error, measured on a grid that is dense about zero."""
    model = relu_from_sigmoids(-20.0, 20.0, error)
    near = np.geomspace(1e-9, 20.0, points)
    x = np.concatenate([-near[::-1], [0.0], near])
    measured = float(relu_error(model, x).max())
    return General(error, measured, float(np.abs(model.flat).max()))


@dataclass(frozen=True, slots=True)
class Logic:
    """A Boolean expression as a network of sigmoids: rows of its truth table, and those right."""

    expression: str
    rows: int
    right: int


# What each says of its bits (N, n), to check the networks by: written without their parser.
EXPRESSIONS: Mapping[str, tuple[int, Callable[[NDArray[np.bool_]], NDArray[np.bool_]]]] = {
    "not x1": (1, lambda bits: ~bits[:, 0]),
    "x1 and x2": (2, lambda bits: bits[:, 0] & bits[:, 1]),
    "x1 or x2": (2, lambda bits: bits[:, 0] | bits[:, 1]),
    "x1 xor x2": (2, lambda bits: bits[:, 0] ^ bits[:, 1]),
    "x1 and not x2 or x3": (3, lambda bits: bits[:, 0] & ~bits[:, 1] | bits[:, 2]),
    "parity(x1, x2, x3, x4, x5)": (5, lambda bits: bits.sum(axis=1) % 2 == 1),
}
ROW = 0.01  # from 0 or 1: how near an output must be


def logic_rows() -> list[Logic]:
    """Each expression in sigmoids, on all rows."""
    found = []
    for expression, (n, says) in EXPRESSIONS.items():
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) % 2 == 1
        outputs = logic(expression, "sigmoid").decision(bits.astype(np.float64))[:, 0]
        right = np.abs(outputs - says(bits)) <= ROW
        found.append(Logic(expression, 2**n, int(right.sum())))
    return found
