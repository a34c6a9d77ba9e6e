"""Approximation by steep sigmoids: steps over one input, towers over two."""

from __future__ import annotations

import math

import numpy as np

from amenable.construct.built import TAIL, Built, Floats, SampledFunction, U
from amenable.construct.covers import levels
from amenable.model import Model
from amenable.network import mlp

SATURATED = 40.0  # beyond, a sigmoid is 1 or below 1e-17


def steps(samples: SampledFunction, error: float, allowed: float, most: int) -> Built | None:
    """Levels within `allowed` of the samples, with sigmoids between them that take TAIL * error.

    y = c_0 + sum of (c_k - c_(k-1)) sigmoid(s (x - b_k)). The b_k are at least 2 w apart, w the
    spacing, and both levels beside b_k hold within w of it, where y is between them but for the
    other sigmoids. These lack at most 2 max|c_k - c_(k-1)| e**-sw / (1 - e**-2sw).
    """
    axis, width = samples.axes[0], samples.spacing[0]
    found = levels(samples.values[:, None], allowed, most)
    if found is None:
        return None
    places, values = axis[found.places], found.values[:, 0]
    rises = np.diff(values)
    # 2 / (1 - e**-2) < 2.5
    sharpness = max(1.0, math.log(1e-9 + 2.5 * np.abs(rises).max() / (TAIL * error))) / width
    weights = {
        "1.weight": np.full((len(places), 1), sharpness),
        "1.bias": -sharpness * places,
        "2.weight": rises[None],
        "2.bias": values[:1],
    }
    # a threshold moves by 4 roundings of the largest input, of which the overlap must not notice
    moved = 4 * U * float(np.abs(axis).max()) / width * error
    rounding = (len(places) + 4) * U * float(np.abs(rises).sum() + np.abs(values).max())
    return Built(mlp(1, len(places), 1, activation="sigmoid"), weights, rounding + 64 * moved)


def climb(model: Model, places: Floats) -> Floats:
    """Outputs (N,) of `steps` at ascending places (N, 1), without units that are 0 or 1 there."""
    weights = model.weights
    slope, bias = weights["1.weight"][:, 0], weights["1.bias"]
    outputs = []
    for part in np.array_split(places, math.ceil(len(places) / 4096)):
        ends = slope * part[[0, -1]] + bias
        is_one, is_near = (
            ends[0] > SATURATED,
            np.all([ends[0] <= SATURATED, ends[1] >= -SATURATED], 0),
        )
        is_near[0] |= not is_near.any()
        near = {
            "1.weight": slope[is_near, None],
            "1.bias": bias[is_near],
            "2.weight": weights["2.weight"][:, is_near],
            "2.bias": weights["2.bias"] + weights["2.weight"][0, is_one & ~is_near].sum(),
        }
        network = mlp(1, int(is_near.sum()), 1, activation="sigmoid")
        outputs.append(Model.from_weights(network, near, "float64").decision(part)[:, 0])
    return np.concatenate(outputs)


def towers(samples: SampledFunction, error: float, allowed: float, most: int) -> Built | None:
    """Cells with a level each, within `allowed` of the samples, and TAIL * error for sigmoids.

    Rows over y, with v_j = sigmoid(s (y - d_j)) between them, so that r_j = v_j - v_(j+1) is 1 in
    row j; over x, u_i = sigmoid(s' (x - b_i)). With S the sharpness of the second layer

        y = sum over j of c_0j sigmoid(S (r_j - 1/2))
            + sum over i, j of (c_ij - c_(i-1)j) sigmoid(S (u_i + r_j - 3/2)).

    Let the u_i and v_j be 0 and 1 but near their own threshold. Between rows j - 1 and j, r_(j-1) =
    1 - r_j, and as sigmoid(z) + sigmoid(-z) = 1 and each unit of the second sum is below its row's,
    y is an average of the up to four levels that hold there, with weights >= 0 and sum 1. What is
    lacking: sigmoid(-S/2) for each unit of the second layer, and 3 t S / 4 where the first layer
    misses 0 or 1 by t.
    """
    rows = levels(np.ascontiguousarray(samples.values.T), allowed / 2, most)
    cells = rows and levels(np.ascontiguousarray(rows.values.T), allowed / 2, most)
    if rows is None or cells is None:
        return None
    x, y = samples.axes[0][cells.places], samples.axes[1][rows.places]
    n_x, n_y, n_rows = len(x), len(y), len(y) + 1
    middle = (cells.values.max() + cells.values.min()) / 2
    first = cells.values[0] - middle  # (rows,)
    rises = np.diff(cells.values, axis=0).T  # (rows, n_x)
    total = float(np.abs(first).sum() + np.abs(rises).sum())
    lack = min(0.1, TAIL * error / (2 * total)) if total else 0.1
    steep = 2 * math.log(1 / lack)  # S; then S t = lack
    ends = math.log(steep / lack)
    sharp = [ends / width for width in samples.spacing]
    inputs = np.zeros((n_x + n_y, 2))
    inputs[:n_x, 0], inputs[n_x:, 1] = sharp
    is_row = np.diff(np.eye(n_rows + 1)[:, 1:n_rows], axis=0) * -1  # (rows, n_y): v_j - v_(j+1)
    hidden = np.zeros((n_rows, 1 + n_x, n_x + n_y))
    hidden[:, :, n_x:] = is_row[:, None]
    hidden[:, 1:, :n_x] = np.eye(n_x)
    bias = np.full((n_rows, 1 + n_x), -1.5)
    bias[:, 0] = -0.5
    bias[0] += 1  # v_0 = 1
    weights = {
        "1.weight": inputs,
        "1.bias": -np.concatenate([sharp[0] * x, sharp[1] * y]),
        "2.weight": steep * hidden.reshape(-1, n_x + n_y),
        "2.bias": steep * bias.reshape(-1),
        "3.weight": np.column_stack([first, rises]).reshape(1, -1),
        "3.bias": np.array([middle]),
    }
    far = max(np.abs(a).max() / w for a, w in zip(samples.axes, samples.spacing, strict=True))
    rounding = (rises.size + 8 + 8 * steep) * U * (total + abs(middle)) + 256 * U * far * error
    network = mlp(2, n_x + n_y, n_rows * (1 + n_x), 1, activation="sigmoid")
    return Built(network, weights, float(rounding))
