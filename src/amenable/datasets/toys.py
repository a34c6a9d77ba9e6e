"""Toy problems, which are generated: one table with their parameters.

To add one, write a function that makes its points and give it a row in `TOYS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from amenable.datasets.dataset import Dataset
from amenable.datasets.source import did_you_mean, listed
from amenable.datasets.splits import Split, check_seed, rows_of
from amenable.datasets.target import Target, check_task
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Points = tuple[Floats, NDArray[Any]]  # x (N, I), and y: (N,) class numbers or (N, 1) values

POINTS_STREAM, TEST_STREAM = 0, 2  # the seed's streams for points; 1 and 3 are for splits
TEST_POINTS = 2000
"""Fresh test points: enough to know an accuracy of 0.99 to within 0.005, and quick to judge."""
MOST_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a toy problem takes, from `low` to `high`; whole if its default is whole."""

    default: int | float
    low: int | float
    high: int | float = MOST_POINTS


_LOW = Parameter(0.0, -1e3, 0.999)
_NOISE = Parameter(0.0, 0.0, 1e3)
_SOME_NOISE = Parameter(0.1, 0.0, 1e3)
_POINTS = Parameter(200, 10)


@dataclass(frozen=True, slots=True)
class Toy:
    """A row of the table. All rows of a truth table are for training: none can be held out.

    Test points are made like the others, unless those are evenly spaced: then `between` draws test
    points at random among them.
    """

    make: Callable[..., Points]
    description: str
    parameters: Mapping[str, Parameter]
    task: str = "classification"
    is_truth_table: bool = False
    between: Callable[..., Points] | None = None


def _bit_rows(bits: int, low: float) -> tuple[Floats, Labels]:
    """All rows of `bits` bits in counting order, with `low` for false; and how many are true."""
    table = np.array(list(product((0, 1), repeat=bits)), dtype=np.int64)
    return np.where(table == 1, 1.0, low), table.sum(axis=1)


def _parity(_rng: Generator, bits: int, low: float) -> Points:
    x, n_true = _bit_rows(bits, low)
    return x, n_true % 2


def _xor(rng: Generator, low: float) -> Points:
    return _parity(rng, 2, low)


def _encoder(_rng: Generator, bits: int, low: float) -> Points:
    return np.where(np.eye(bits) == 1, 1.0, low), np.arange(bits)


def _circles(rng: Generator, n: int, noise: float, ratio: float) -> Points:
    labels = np.arange(n) % 2
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(labels == 1, ratio, 1.0)
    return _blurred(rng, radius * np.cos(angle), radius * np.sin(angle), noise), labels


def _moons(rng: Generator, n: int, noise: float) -> Points:
    """Two interlocking half circles, centred on the origin."""
    labels = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    side = 1.0 - 2.0 * labels
    x = side * np.cos(angle) - side * 0.5
    return _blurred(rng, x, side * (np.sin(angle) - 0.25), noise), labels


def _spirals(rng: Generator, n: int, turns: float, noise: float) -> Points:
    """Two arms, the second half a turn behind, out to a radius of 5/3."""
    first, second = (n + 1) // 2, n // 2
    along = np.concatenate([np.arange(first) / first, np.arange(second) / second])
    return _on_arms(rng, along, np.repeat([1, 0], [first, second]), turns, noise)


def _between_on_spirals(rng: Generator, size: int, n: int, turns: float, noise: float) -> Points:
    """Anywhere on the two arms, up to the last of `n` points."""
    along = rng.uniform(0, 1 - 1 / (n // 2), size)
    return _on_arms(rng, along, np.arange(size) % 2, turns, noise)


def _on_arms(rng: Generator, along: Floats, labels: Labels, turns: float, noise: float) -> Points:
    angle = 2 * np.pi * turns * along + np.where(labels == 1, 0.0, np.pi)
    radius = 5.0 / 3.0 * along
    return _blurred(rng, radius * np.sin(angle), radius * np.cos(angle), noise), labels


def _gaussians(rng: Generator, n: int, classes: int, noise: float) -> Points:
    """Round clouds of standard deviation `noise`, their centres evenly on the unit circle."""
    labels = np.arange(n) % classes
    angle = 2 * np.pi * labels / classes
    return _blurred(rng, np.cos(angle), np.sin(angle), noise), labels


def _checkerboard(rng: Generator, n: int, cells: int, noise: float) -> Points:
    """Points anywhere in the square from -1 to 1; `noise` moves them after the cell is known."""
    points = rng.uniform(-1, 1, (n, 2))
    cell = np.floor((points + 1) / 2 * cells).astype(np.int64)
    return _blurred(rng, points[:, 0], points[:, 1], noise), cell.sum(axis=1) % 2


def _islands(rng: Generator, n: int, count: int, gap: float) -> Points:
    """Points anywhere in the square from -1 to 1, but none within `gap` / 2 of a shore."""
    angle = np.pi / 4 + 2 * np.pi * np.arange(count) / count
    offshore = 0.6 if count > 1 else 0.0
    centres = offshore * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    radius = min(0.4, 0.6 * np.sin(np.pi / count) - gap) if count > 1 else 0.5
    points = np.empty((0, 2))
    while len(points) < n:
        drawn = rng.uniform(-1, 1, (2 * n, 2))
        points = np.concatenate([points, drawn[abs(_to_shore(drawn, centres, radius)) >= gap / 2]])
    points = points[:n]
    return points, (_to_shore(points, centres, radius) < 0).astype(np.int64)


def _to_shore(points: Floats, centres: Floats, radius: float) -> Floats:
    """Distance (N,) to the border of the nearest disc, negative within."""
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    return np.asarray(distances.min(axis=1) - radius)


def _blurred(rng: Generator, x: Floats, y: Floats, noise: float) -> Floats:
    """Points (N, 2) with normal noise added; without noise no random number is drawn."""
    points = np.stack([x, y], axis=1)
    return points + noise * rng.standard_normal(points.shape) if noise > 0 else points


def _of_one_input(
    function: Callable[..., Floats], description: str, **parameters: Parameter
) -> Toy:
    """Evenly spaced inputs from -1 to 1, and the function's values with normal noise."""

    def values(rng: Generator, x: Floats, noise: float, shape: Mapping[str, float]) -> Points:
        y = function(x, **shape)
        return x[:, None], (y + noise * rng.standard_normal(len(x)) if noise > 0 else y)[:, None]

    def make(rng: Generator, n: int, noise: float, **shape: float) -> Points:
        return values(rng, np.linspace(-1, 1, n), noise, shape)

    def between(rng: Generator, size: int, /, n: int, noise: float, **shape: float) -> Points:
        return values(rng, rng.uniform(-1, 1, size), noise, shape)

    chosen = {"n": _POINTS, "noise": _NOISE, **parameters}
    return Toy(make, description, chosen, task="regression", between=between)


def _sine(x: Floats, periods: float) -> Floats:
    return np.sin(np.pi * periods * x)


def _step(x: Floats) -> Floats:
    return np.where(x > 0, 1.0, 0.0)


def _absolute(x: Floats) -> Floats:
    return np.abs(x)


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0.0)


def _bumps(x: Floats, count: int) -> Floats:
    """Bell curves side by side, up and down in turn, each a quarter of its place wide."""
    width = 2.0 / count
    centres = -1.0 + width * (np.arange(count) + 0.5)
    signs = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    bells = np.exp(-0.5 * ((x[:, None] - centres) / (width / 4)) ** 2)
    return np.asarray(bells @ signs)


def _table(**rows: Toy) -> Mapping[str, Toy]:
    return MappingProxyType(rows)


TOYS: Mapping[str, Toy] = _table(
    xor=Toy(
        _xor,
        "exclusive or of two bits, all four rows; `low` is the input for false",
        {"low": _LOW},
        is_truth_table=True,
    ),
    parity=Toy(
        _parity,
        "whether an odd number of bits is true, all rows; `low` is the input for false",
        {"bits": Parameter(4, 1, 16), "low": _LOW},
        is_truth_table=True,
    ),
    encoder=Toy(
        _encoder,
        "which of `bits` inputs is on, through a narrow hidden layer (8-3-8)",
        {"bits": Parameter(8, 2, 1024), "low": _LOW},
        is_truth_table=True,
    ),
    circles=Toy(
        _circles,
        "a circle inside another; `ratio` is the inner radius over the outer",
        {"n": _POINTS, "noise": _SOME_NOISE, "ratio": Parameter(0.5, 0.0, 0.999)},
    ),
    moons=Toy(
        _moons,
        "two interlocking half circles",
        {"n": _POINTS, "noise": _SOME_NOISE},
    ),
    spirals=Toy(
        _spirals,
        "two spiral arms of `turns` turns each",
        {
            "n": Parameter(512, 10),
            "turns": Parameter(1.0, 0.05, 100.0),
            "noise": _NOISE,
        },
        between=_between_on_spirals,
    ),
    gaussians=Toy(
        _gaussians,
        "a round cloud per class, centred on the unit circle; `noise` is its standard deviation",
        {
            "n": _POINTS,
            "classes": Parameter(2, 2, 100),
            "noise": Parameter(0.4, 0.0, 1e3),
        },
    ),
    checkerboard=Toy(
        _checkerboard,
        "the colour of a board of `cells` by `cells` squares",
        {"n": Parameter(500, 10), "cells": Parameter(4, 2, 100), "noise": _NOISE},
    ),
    islands=Toy(
        _islands,
        "`count` discs in a square, with `gap` around each: borders that need several lines",
        {
            "n": _POINTS,
            "count": Parameter(2, 1, 6),
            "gap": Parameter(0.1, 0.0, 0.15),
        },
    ),
    sine=_of_one_input(
        _sine, "sin(pi * periods * x) for x from -1 to 1", periods=Parameter(1.0, 0.01, 1e3)
    ),
    step=_of_one_input(_step, "0 up to x = 0, then 1"),
    abs=_of_one_input(_absolute, "the absolute value of x"),
    relu=_of_one_input(_relu, "0 up to x = 0, then x"),
    bumps=_of_one_input(
        _bumps,
        "`count` bell curves side by side, up and down in turn",
        count=Parameter(3, 1, 100),
    ),
)


def unsplit_toy(
    name: str,
    *,
    task: str | None = None,
    test: float | None = None,
    seed: int = 0,
    **parameters: float,
) -> Unsplit:
    """The toy problem `name`, with its parameters set as given."""
    toy = TOYS[name]
    check_task(task)
    if task not in (None, toy.task):
        raise DataError(
            f"{name} is a {toy.task} problem, got {task!r}", where="task", hint="leave it out"
        )
    chosen = _chosen(name, toy, parameters)
    x, y = toy.make(np.random.default_rng([check_seed(seed), POINTS_STREAM]), **chosen)
    changed = ", ".join(f"{k}={chosen[k]:g}" for k in parameters)
    notes = [f"made with {changed}"] if changed else []
    n_test = 0
    if toy.is_truth_table:
        notes.append(f"all {len(x)} rows are for training: a truth table has no rows to hold out")
    else:
        n_test = _test_points(name, len(x), test)
        more_x, more_y = _fresh(toy, n_test, chosen, seed)
        x, y = np.concatenate([x, more_x]), np.concatenate([y, more_y])
    n_classes = int(y.max()) + 1 if toy.task == "classification" else 0
    note = f"target y: {n_classes} classes" if n_classes else "target y: one number, regression"
    target = Target(y, toy.task, tuple(str(k) for k in range(n_classes)), note)
    features = [f"x{i}" for i in range(x.shape[1])]
    if n_test:
        notes.append(f"{n_test:,} fresh test points")

    def prepare(rows: Split) -> Dataset:
        return Dataset.of_target(name, x, target, features, rows, notes=notes)

    return Unsplit(name, len(x), target.labels, prepare, n_test, True, toy.is_truth_table)


def _test_points(name: str, n: int, test: float | None) -> int:
    """How many fresh test points to make; a fraction refers to the `n` points."""
    if test is not None and test > MOST_POINTS:
        raise DataError(f"{name}: test: expected at most {MOST_POINTS:,} points, got {test:,}")
    return TEST_POINTS if test is None else rows_of(test, n)


def _fresh(toy: Toy, count: int, chosen: Mapping[str, float], seed: int) -> Points:
    """`count` more points from the same distribution."""
    rng = np.random.default_rng([seed, TEST_STREAM])
    if toy.between is not None:
        return toy.between(rng, count, **chosen)
    return toy.make(rng, **{**chosen, "n": count})


def _chosen(name: str, toy: Toy, given: Mapping[str, Any]) -> dict[str, float]:
    """The defaults of `toy` with those `given`, checked."""
    for title, value in given.items():
        if title not in toy.parameters:
            known = listed(list(toy.parameters))
            raise DataError(
                f"{name} has no parameter {title!r}; its parameters: {known}"
                + did_you_mean(title, list(toy.parameters))
            )
        _check_parameter(name, title, value, toy.parameters[title])
    return {title: given.get(title, p.default) for title, p in toy.parameters.items()}


def _check_parameter(name: str, title: str, value: object, parameter: Parameter) -> None:
    is_whole = isinstance(parameter.default, int)
    kinds = (int, np.integer) if is_whole else (int, float, np.integer, np.floating)
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    if not (is_number and parameter.low <= value <= parameter.high):  # type: ignore[operator]
        what = "a whole number" if is_whole else "a number"
        raise DataError(
            f"{name}: {title}: expected {what} from {parameter.low:g} to {parameter.high:g}, "
            f"got {value!r}; the default is {parameter.default:g}"
        )
