"""Moving a network a little way: how far, in which directions, and what becomes of its loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.surfaces.hessian import Objective
from amenable.surfaces.problem import Problem

REACH = 0.1  # of the usual length of initial weights, how far a network is moved to judge it
ALIKE = 0.01  # of the mean square of changed outputs: below, all samples' outputs shift alike
DAMPINGS = np.geomspace(1e-10, 1e2, 49)  # of the largest curvature: from Newton to gradient steps


def reach(problem: Problem) -> float:
    """A tenth of the length of weights drawn with variance 1 / inputs of their layer."""
    network = problem.network
    variances = (
        np.prod(shape) / network.fan_in(int(name.partition(".")[0]))
        for name, shape in network.parameter_shapes
    )
    return REACH * float(np.sqrt(sum(variances)))


def downhill(
    gradient: NDArray[np.float64],
    eigenvalues: NDArray[np.float64],
    vectors: NDArray[np.float64],
    reach: float,
) -> NDArray[np.float64]:
    """Steps (S, P) that the gradient asks for, from Newton's to short ones along the slope."""
    slope = vectors.T @ gradient
    bend = np.abs(eigenvalues)
    scale = max(bend.max(), float(np.linalg.norm(gradient)) / reach)
    if scale == 0:
        return np.zeros((1, len(gradient)))
    steps = -(slope / (bend + scale * DAMPINGS[:, None])) @ vectors.T
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    return np.asarray(steps * np.minimum(1.0, reach / np.maximum(lengths, 1e-300)))


def to_stationary(
    gradient: NDArray[np.float64],
    eigenvalues: NDArray[np.float64],
    vectors: NDArray[np.float64],
    noise: float,
) -> float:
    """Length of Newton's step in the directions that are not flat."""
    bent = np.abs(eigenvalues) > noise
    return float(np.linalg.norm((vectors.T @ gradient)[bent] / eigenvalues[bent]))


def find_decrease(
    target: Objective, flat: NDArray[np.float64], here: float, steps: NDArray[np.float64]
) -> float:
    """By how much the best of steps (S, P) lowers the objective; 0 where none does."""
    values = target.values(flat + steps)
    return max(0.0, float(here - np.min(values[np.isfinite(values)], initial=np.inf)))


def responsive(
    target: Objective,
    flat: NDArray[np.float64],
    here: float,
    moves: NDArray[np.float64],
    tolerance: float,
) -> int:
    """Along how many of the moves (P, P) the objective changes, but for a shift of all outputs."""
    changes = np.stack([target.values(flat + sign * moves) - here for sign in (1, -1)])
    steep = np.flatnonzero(~(np.abs(changes).max(axis=0) <= tolerance))  # NaN is a change
    problem = target.problem
    x, _ = problem.data.split(problem.split)
    found = 0
    for move in moves[steep]:
        both = np.stack([flat, flat + move, flat - move])
        outputs = engine.predict(problem.network, both, x, dtype="float64")
        changed = outputs[1:] - outputs[0]  # (2, N, O)
        size = np.mean(changed**2)
        found += not np.mean((changed - changed.mean(axis=1, keepdims=True)) ** 2) <= ALIKE * size
    return found
