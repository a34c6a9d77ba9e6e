"""Approximation by ReLU: straight pieces over one input, ridges between gates over two."""

from __future__ import annotations

import numpy as np

from amenable.construct.built import Built, Floats, SampledFunction, U
from amenable.construct.covers import chords, levels
from amenable.network import mlp


def pieces(samples: SampledFunction, allowed: float, most: int) -> Built:
    """Lines between samples: y = f(x_0) + sum of (change of slope at x_k) relu(x - x_k)."""
    axis = samples.axes[0]
    places, bends = _bends(axis, samples.values[:, None], allowed, most)
    n = len(places)
    weights = {
        "1.weight": np.ones((n, 1)),
        "1.bias": -places,
        "2.weight": bends.T,
        "2.bias": samples.values[:1],
    }
    size = float(np.abs(bends[:, 0]) @ (axis[-1] - places) + np.abs(samples.values).max())
    return Built(mlp(1, n, 1, activation="relu"), weights, 4 * (n + 2) * U * size)


def ridges(samples: SampledFunction, allowed: float, most: int) -> Built | None:
    """Rows over y, in each a function of x made of straight pieces.

    With g_j >= 0 the pieces of row j and h_j its gate, 1 in the row and falling to 0 within w, the
    spacing, beyond its ends, T_j = relu(g_j(x) - B (1 - h_j(y))), B a little above the largest g,
    is g_j in the row, 0 where the gate is closed, and between 0 and g_j elsewhere, where g_j still
    holds. So the largest T_j holds everywhere. Of rows 2 apart one T_j at most is not 0; with A the
    sum over even, C over odd rows, the largest is max(A, C) = relu(A) + relu(C - A).
    """
    rows = levels(np.ascontiguousarray(samples.values.T), allowed / 2, most)
    if rows is None:
        return None
    width, n_rows = samples.spacing[1], len(rows.values)
    ridge = np.ascontiguousarray(rows.values.T)  # (Nx, rows)
    base = float(ridge.min())
    places, bends = _bends(samples.axes[0], ridge, allowed / 2, most)
    height = float(ridge.max() - base) * (1 + 1 / 64)
    ends = samples.axes[1][rows.places]
    knots = np.concatenate([ends - width, ends, ends + width])
    n_x, n_y = len(places), len(knots)
    inputs = np.zeros((n_x + n_y, 2))
    inputs[:n_x, 0] = inputs[n_x:, 1] = 1
    weights = {
        "1.weight": inputs,
        "1.bias": -np.concatenate([places, knots]),
        "2.weight": np.hstack([bends.T, height / width * _gates(n_rows)]),
        "2.bias": ridge[0] - base - height * (np.arange(n_rows) > 0),
        "3.weight": np.outer([1, -1], 1 - 2 * (np.arange(n_rows) % 2)) * 1.0,
        "3.bias": np.zeros(2),
        "4.weight": np.ones((1, 2)),
        "4.bias": np.array([base]),
    }
    weights["3.weight"][0, 1::2] = 0
    x_high, y_high = (float(axis[-1] - axis[0]) for axis in samples.axes)
    slopes = float(np.abs(bends).sum(axis=0).max()) * x_high
    size = slopes + 6 * height * y_high / width + height + abs(base)
    far = float(np.abs(samples.axes[1]).max()) / width * height
    rounding = 4 * (n_x + n_y + n_rows) * U * (size + far)
    network = mlp(2, n_x + n_y, n_rows, 2, 1, activation="relu")
    return Built(network, weights, rounding)


def _bends(axis: Floats, values: Floats, allowed: float, most: int) -> tuple[Floats, Floats]:
    """Where slopes change (n,), the first place included, and by how much (n, K)."""
    found = chords(values, allowed, most)
    slopes = np.diff(values[found], axis=0) / np.diff(axis[found])[:, None]
    bends = np.diff(slopes, axis=0, prepend=np.zeros((1, values.shape[1])))
    return axis[found[:-1]], bends


def _gates(n_rows: int) -> Floats:
    """How gates (rows) depend on units at each end - w, end and end + w: (rows, 3 (rows - 1))."""
    left = np.eye(n_rows)[:, 1:]  # the row begins here
    right = np.eye(n_rows)[:, :-1]  # the row ends here
    return np.hstack([left, -left - right, right])
