"""Hidden neurons of a network with two inputs, as lines in the plane of the inputs.

Arrays only; spaghetti.py draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.model import Model
from amenable.network import Network, parse_activation

Floats = NDArray[np.float64]
Frame = tuple[float, float, float, float]  # left, right, bottom, top

WORKS, SATURATED, DEAD, BROKEN = "works", "saturated", "dead", "not finite"

# Slope relative to the largest, from a neuron's output: small where the neuron is at a limit.
_SLOPES: Mapping[str, Callable[[Floats], Floats]] = {
    "sigmoid": lambda a: 4 * a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "scaled_tanh": lambda a: 1 - (a / 1.7159) ** 2,
    "softsign": lambda a: (1 - abs(a)) ** 2,
}
# As in the engine's signal of that name: a slope of less than a twentieth on 95 % of the samples.
_FLAT, _NEARLY_ALL = 0.05, 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Neuron:
    """One hidden neuron, and where its weighted sum is zero.

    Parameters
    ----------
    layer, unit : int
        Which neuron: layers are counted from 1, units from 0.
    state : str
        "works"; "saturated": at a limit of its sigmoid or tanh on at least 95 % of the samples;
        "dead": the same output on all samples; or "not finite".
    strength : float
        Its influence relative to the strongest in its layer, from 0 to 1. Influence is the norm of
        the outgoing weights times the standard deviation of the output on the samples.
    ends : array (2, 2)
        Both ends of its line within the frame, for the first layer. The shape is (0, 2) if the line
        does not cross the frame, and for deeper layers.
    ahead : array (2,)
        From the line towards its positive side, as long as the frame is wide; first layer only.
    level : array (G, G), or None
        Its weighted sum on the grid, rows from bottom to top; deeper layers only.
    """

    layer: int
    unit: int
    state: str
    strength: float
    ends: Floats
    ahead: Floats
    level: Floats | None

    @property
    def is_visible(self) -> bool:
        """Whether its line crosses the frame."""
        if self.level is None:
            return len(self.ends) > 0
        return bool((self.level < 0).any() and (self.level > 0).any())


def hidden_neurons(
    model: Model, samples: Floats, frame: Frame, grid: Floats, side: int
) -> tuple[Neuron, ...]:
    """All hidden neurons, the strongest of each layer first.

    Strength and state are measured on `samples` (N, 2); deeper neurons are evaluated at the points
    `grid` (side * side, 2) of the frame.
    """
    depth = len(model.network.layers) - 1
    if not depth:
        return ()
    outputs = model.layers(samples)
    levels = model.preactivations(grid) if depth > 1 else []
    found: list[Neuron] = []
    for k in range(1, depth + 1):
        strengths = _strengths(model, k, outputs[k - 1])
        for unit in np.argsort(-strengths, kind="stable").tolist():
            output = outputs[k - 1][:, unit]
            level = levels[k - 1][:, unit].reshape(side, side) if k > 1 else None
            ends, ahead = _line(model, unit, frame) if k == 1 else (_NOWHERE, np.zeros(2))
            state = _state(model.network, k, output, level)
            found.append(Neuron(k, unit, state, float(strengths[unit]), ends, ahead, level))
    return tuple(found)


_NOWHERE = np.empty((0, 2))


def _strengths(model: Model, k: int, outputs: Floats) -> Floats:
    """Influence (U,) of the units of layer k, relative to the largest."""
    reach = np.zeros(outputs.shape[1])
    for columns in _outgoing(model.network, model.weights, k):
        reach += np.sum(np.nan_to_num(columns) ** 2, axis=0)
    with np.errstate(all="ignore"):  # weights of a network that diverged
        influence = np.nan_to_num(np.sqrt(reach) * outputs.std(axis=0), posinf=0.0)
    largest = influence.max()
    return np.asarray(influence / largest if largest > 0 else influence)


def _outgoing(network: Network, weights: Mapping[str, Floats], k: int) -> Sequence[Floats]:
    """Weights (O, U) from layer k into each layer that it feeds."""
    widths = network.widths
    found = []
    for later in range(k + 1, len(network.layers) + 1):
        column = 0
        for source in (later - 1, *network.layers[later - 1].shortcuts):
            if source == k:
                found.append(weights[f"{later}.weight"][:, column : column + widths[k]])
            column += widths[source]
    return found


def _state(network: Network, k: int, output: Floats, level: Floats | None) -> str:
    if not np.isfinite(output).all() or (level is not None and not np.isfinite(level).all()):
        return BROKEN
    slope = _SLOPES.get(parse_activation(network.layers[k - 1].activation)[0])
    if slope is not None and np.mean(slope(output) < _FLAT) >= _NEARLY_ALL:
        return SATURATED
    return DEAD if np.ptp(output) == 0 else WORKS


def _line(model: Model, unit: int, frame: Frame) -> tuple[Floats, Floats]:
    """Ends of a first-layer neuron's line within the frame, and the way to its positive side."""
    left, right, bottom, top = frame
    corner, size = np.array([left, bottom]), np.array([right - left, top - bottom])
    weights = model.weights
    w = weights["1.weight"][unit] * size  # in a frame of one by one
    bias = weights["1.bias"][unit] if "1.bias" in weights else 0.0
    b = bias + weights["1.weight"][unit] @ corner
    length = float(np.hypot(*w))
    if not np.isfinite([length, b]).all() or length == 0:
        return _NOWHERE, np.zeros(2)
    w, b = w / length, b / length
    foot, along = -b * w, np.array([-w[1], w[0]])
    low, high = -np.inf, np.inf  # part of foot + t * along that lies within
    for start, slope in zip(foot, along, strict=True):
        if slope == 0:
            if not 0 <= start <= 1:
                return _NOWHERE, np.zeros(2)
            continue
        near, far = sorted((-start / slope, (1 - start) / slope))
        low, high = max(low, near), min(high, far)
    if not low < high:
        return _NOWHERE, w * size
    return corner + size * (foot + np.outer([low, high], along)), w * size
