"""A ReLU made of sigmoids: the lecture's weights, and the smallest weights for an accuracy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.construct.rounding import UNIT
from amenable.description import POSITIVE, Range, fail, number, short
from amenable.errors import DescriptionError
from amenable.model import Model
from amenable.network import mlp

NETWORK = mlp(1, 2, 2, 1, activation="sigmoid")
LECTURE: dict[str, ArrayLike] = {
    "1.weight": [[-100000000.0], [0.0001]],
    "1.bias": [0.0, 0.0],
    "2.weight": [[-100000000.0, 1.0], [100000000.0, 0.0]],
    "2.bias": [-0.5, -1000.0],
    "3.weight": [[4 * 40000.0, 80000.0]],
    "3.bias": [-0.5 * 4 * 40000],
}
MIDDLE = 4.0  # weight from the first to the second sigmoid: undoes the 1/4 of its slope
SPARE = 1 - 1e-6  # part of the error that the bound may use; the rest is for the rounding of D
STEPS = 60  # of a bisection on a logarithmic scale
CLOSE = 1e-4  # relative width at which a bisection ends

# The bound is taken over intervals of sharpness * |x|, each 1/2000 longer than its left end: their
# effect on it is below 1/500. Beyond 60, sigmoid(-60) is 1e-26.
ENDS = np.concatenate([[0.0], np.geomspace(0.01, 60.0, 1 + math.ceil(2000 * math.log(6000)))])


def relu_from_sigmoids(
    low: float | None = None, high: float | None = None, error: float | None = None
) -> Model:
    """max(x, 0) from two layers of two sigmoids.

    **Without arguments**, the network of the lecture's "weird example": its weights, in float32.
    One sigmoid detects x < 0, another lets x through, and the second layer uses the detector to
    suppress x. At the integers from -20 to 19, the output is off by at most 0.007. This is all
    rounding: behind the last sigmoid, numbers are 160,000 / 2**24 = 0.0095 apart. The network is
    not a ReLU everywhere. While the detector turns, from about x = 1.15e-7 to 3e-7, both sigmoids
    of the second layer are off at once, and the output drops to -80,000.

    **With arguments**, a network within `error` of max(x, 0) everywhere on [low, high]. With
    D = sigmoid(-s x) the detector, P = sigmoid(a x) and t = 4 (P - 1/2), which is nearly a x, it is

        y = (4/a) (sigmoid(t - g D) - sigmoid(-g D)).

    The last term closes the gap of the second layer: at x = 0 both terms cancel, whatever D is.

    **Bound.** For any z, sigmoid(t - z) - sigmoid(-z) = sinh(t/2) / (2 cosh(t/2 - z/2) cosh(z/2)).
    With tanh's series and cosh(u - v) <= cosh(u) cosh(v) it follows for every x that y lies between
    0 and x, that for x >= 0

        x - y <= a**2 x**3 / 6 + x tanh(g sigmoid(-s x) / 2)**2

    and that for x <= 0, |y| <= |x| (1 - tanh(g sigmoid(s |x|) / 2)**2). The right sides are
    computed over intervals, with the larger end in each monotone factor, so nothing is missed near
    0.

    **Smallest weights.** Every term falls as s and 1/a grow. First the largest of the weights s, g
    and 4/a is made as small as the bound allows; then s with g, and last 4/a, are made as small as
    the bound then allows. For small errors s is of the order of 1 / error, g near log(4 |low| /
    error), and 4/a near (8 high**3 / (3 error))**0.5.

    **Floating point** (float64 for this reason): rounding costs up to ``32 * 2**-53 / a + 4 *
    2**-53 x``, which grows as a falls. Errors below about 2.4e-10 times `high` cannot be reached,
    and are refused.

    Parameters
    ----------
    low, high, error : float, optional
        All three or none; low < 0 < high.

    Returns
    -------
    Model
        1-2-2-1, sigmoid. Its layers give every step of the lecture's program.

    Raises
    ------
    DescriptionError
        If an argument is missing or out of range, or floating point cannot reach the error; the
        message says what can be reached.

    References
    ----------
    The idea is the lecture's; the form without a gap is new here.

    Examples
    --------
    >>> relu_from_sigmoids().decision([[-20.0], [0.0], [19.0]]).round(1)
    array([[ 0.],
           [ 0.],
           [19.]])
    >>> model = relu_from_sigmoids(-20, 20, error=0.01)
    >>> bool(abs(model.decision([[-20.0], [0.001], [19.0]]) - [[0], [0.001], [19]]).max() <= 0.01)
    True
    """
    if low is None and high is None and error is None:
        about = "A ReLU made of sigmoids, with the weights of the lecture's example."
        return Model.from_weights(NETWORK, LECTURE, "float32", about)
    if low is None or high is None or error is None:
        raise DescriptionError(
            "relu_from_sigmoids: expected all of low, high and error, or none; write "
            "relu_from_sigmoids(-20, 20, error=0.01)"
        )
    low = number("relu_from_sigmoids.low", low, Range(high=0.0, is_high_open=True))
    high = number("relu_from_sigmoids.high", high, POSITIVE)
    error = number("relu_from_sigmoids.error", error, POSITIVE)
    sharpness, gate, scale = _smallest(low, high, error)
    weights: dict[str, ArrayLike] = {
        "1.weight": [[-sharpness], [scale]],
        "1.bias": [0.0, 0.0],
        "2.weight": [[-gate, MIDDLE], [-gate, 0.0]],
        "2.bias": [-MIDDLE / 2, 0.0],
        "3.weight": [[4 / scale, -4 / scale]],
        "3.bias": [0.0],
    }
    about = (
        f"A ReLU made of sigmoids, within {short(error)} of max(x, 0) from {short(low)} to "
        f"{short(high)}."
    )
    return Model.from_weights(NETWORK, weights, "float64", about)


def _smallest(low: float, high: float, error: float) -> tuple[float, float, float]:
    """Sharpness s, gate g and scale a."""
    allowed = error * SPARE
    # where curvature and rounding together are smallest; below the sigmoid's scale nothing is won
    best = min(1.0, math.cbrt(96 * UNIT["float64"]) / high)
    reached = _straight(high, best) / SPARE
    if not error > reached * (1 + CLOSE):
        limit = (
            f"an error above {reached * (1 + CLOSE):.3g}, the least that this network reaches in"
        )
        fail("relu_from_sigmoids.error", f"{limit} float64 up to high = {short(high)}", error)

    def scale(largest: float) -> float:
        return max(best, MIDDLE / largest)

    def suffices(sharpness: float, a: float) -> bool:
        gate = _gate(low, allowed, sharpness)
        return _above(high, sharpness, gate, a) <= allowed

    def reaches(largest: float) -> bool:
        return suffices(largest, scale(largest)) and _gate(low, allowed, largest) <= largest

    cap = _least(MIDDLE, 1e6 * max(MIDDLE, MIDDLE / best, 1 / error), reaches)
    a = scale(cap)
    sharpness = _least(cap * 2.0**-40, cap, lambda it: suffices(it, a))
    a = 1 / _least(1.0, 1 / a, lambda it: suffices(sharpness, 1 / it))
    return sharpness, _gate(low, allowed, sharpness), a


def _least(low: float, high: float, holds: Callable[[float], bool]) -> float:
    """The least number from low to high for which it holds, where it holds from some number on."""
    if holds(low):
        return low
    for _ in range(STEPS):
        if high <= low * (1 + CLOSE):
            break
        middle = math.sqrt(low) * math.sqrt(high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _gate(low: float, allowed: float, sharpness: float) -> float:
    """The least g that keeps the outputs below 0 within what is allowed."""
    far = min(-low * sharpness, ENDS[-1])
    starts, ends = ENDS[:-1], np.minimum(ENDS[1:], far)
    share = 1 / (1 + np.exp(-starts))
    size = np.maximum(ends, 0) / sharpness
    share, size = np.append(share, share[-1]), np.append(size, -low if far == ENDS[-1] else 0.0)

    def holds(gate: float) -> bool:
        return float((size / np.cosh(np.minimum(gate * share / 2, 300.0)) ** 2).max()) <= allowed

    # e**-g is below half of what is allowed over the range at the upper end, where D >= 1/2
    return 0.0 if holds(0.0) else _least(1e-6, 4 + 2 * math.log(8 * -low / allowed), holds)


def _above(high: float, sharpness: float, gate: float, scale: float) -> float:
    """The bound for 0 <= x <= high, rounding included."""
    starts = ENDS[:-1] / sharpness
    ends = np.minimum(np.append(ENDS[1:-1] / sharpness, high), high)
    kept = starts < high
    turned: NDArray[np.float64] = np.tanh(gate / (1 + np.exp(ENDS[:-1])) / 2) ** 2
    return float((_straight(ends, scale) + ends * turned)[kept].max())


def _straight(x: Any, scale: float) -> Any:
    """What curvature and rounding cost at x, a number or an array."""
    unit = UNIT["float64"]
    return x * (scale * x) ** 2 / 6 + 32 * unit / scale + 4 * unit * x
