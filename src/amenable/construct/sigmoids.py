"""What one sigmoid can do: compare its input with a threshold, or let it through."""

from __future__ import annotations

import math

import numpy as np

from amenable.construct.rounding import LARGEST, SIGMOID_ERROR
from amenable.description import POSITIVE, choice, fail, number, short
from amenable.model import DTYPES, Model
from amenable.network import mlp


def detector(at: float = 0.0, sharpness: float = 10000.0, dtype: str = "float32") -> Model:
    """A sigmoid that is near 1 below a threshold and near 0 above: the lecture's detector.

    ``sigmoid(-sharpness (x - at))``, with the threshold in the bias.

    **Bound.** At a distance d from `at`, the output is off by sigmoid(-sharpness d), which is below
    exp(-sharpness d). So the output is within e of 0 or 1 outside an interval of width 2 log((1 -
    e) / e) / sharpness around `at`, and 1/2 at `at` itself. For e = 0.01 and the default sharpness,
    the width is 0.00092.

    **Floating point** sets a limit where that width falls below the spacing of numbers at the
    threshold. The input and ``sharpness * at`` are rounded, which moves the threshold by up to
    ``|at| 2**-23`` in float32 (``|at| 2**-52`` in float64), and a sharpness above about ``2**24 /
    |at|`` changes little. In float32, as on the slide, the output is exactly 1 from ``sharpness *
    (at - x)`` = 18 and exactly 0 from ``sharpness * (x - at)`` = 104.

    Parameters
    ----------
    at : float
        The threshold.
    sharpness : float
        Size of the weight.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    Model
        1-1, sigmoid.

    Raises
    ------
    DescriptionError
        If an argument is out of range, or a weight would be infinite in this dtype.

    References
    ----------
    Cybenko 1989, Mathematics of Control, Signals and Systems 2:303-314: sigmoids as thresholds.

    Examples
    --------
    >>> detector(at=1.0).decision([[0.999], [1.0], [1.01]]).round(4)
    array([[1. ],
           [0.5],
           [0. ]])
    """
    dtype = choice("detector.dtype", dtype, DTYPES)
    at = number("detector.at", at)
    sharpness = number("detector.sharpness", sharpness, POSITIVE)
    for name, weight in (("sharpness", sharpness), ("sharpness * at", sharpness * at)):
        if abs(weight) > LARGEST[dtype]:
            fail(f"detector.{name}", f"at most {LARGEST[dtype]:.3g}, as {dtype} holds", weight)
    about = f"Near 1 below {short(at)} and near 0 above: one sigmoid of sharpness {sharpness:g}."
    return Model(mlp(1, 1, output="sigmoid"), np.array([-sharpness, sharpness * at]), dtype, about)


def passthrough(scale: float = 0.0001, dtype: str = "float32") -> Model:
    """A sigmoid between two weights that returns its input, through the sigmoid's linear part.

    ``(4 / scale) (sigmoid(scale x) - 1/2)``. With the default scale the factor is 40,000, as in the
    lecture's program; the 4000 on its slide "Remapping" gives x / 10.

    **Bound.** sigmoid(z) - 1/2 = tanh(z / 2) / 2, and tanh's Taylor series alternates, so the
    output is nearer to 0 than x, by at most ``scale**2 |x|**3 / 12``, for every x.

    **Floating point** sets a limit from the other side. Outputs from 1/2 to 1 are ``2**-24`` apart
    in float32 and off by up to twice that (correctly rounded ones by half). The factor enlarges
    this to ``(4 / scale) 2**-23 + |x| 2**-22``, which is 0.0048 for the default scale. In float64
    it is ``(4 / scale) 2**-52 + |x| 2**-51``. `passthrough_scale` balances both errors. float32 is
    the default because the slide uses it.

    Parameters
    ----------
    scale : float
        Factor before the sigmoid; the factor after it is 4 / scale.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    Model
        1-1-1, sigmoid.

    Raises
    ------
    DescriptionError
        If an argument is out of range, or a weight would be infinite in this dtype.

    Examples
    --------
    >>> passthrough(dtype="float64").decision([[-7.0], [0.0], [3.0]]).round(3)
    array([[-7.],
           [ 0.],
           [ 3.]])
    """
    dtype = choice("passthrough.dtype", dtype, DTYPES)
    scale = number("passthrough.scale", scale, POSITIVE)
    if scale > LARGEST[dtype] or 4 / LARGEST[dtype] > scale:
        low, high = 4 / LARGEST[dtype], LARGEST[dtype]
        fail("passthrough.scale", f"a number from {low:.3g} to {high:.3g} in {dtype}", scale)
    about = f"x, through the linear part of a sigmoid, at scale {scale:g}."
    network = mlp(1, 1, 1, activation="sigmoid")
    return Model(network, np.array([scale, 0.0, 4 / scale, -2 / scale]), dtype, about)


def passthrough_scale(radius: float, dtype: str = "float32") -> float:
    """The scale with which `passthrough` is most accurate for x from -radius to radius.

    **Bound.** Let d be the sigmoid's own error, ``2**-23`` in float32 and ``2**-52`` in float64.
    Curvature costs ``scale**2 radius**3 / 12`` and rounding ``4 d / scale``. Their sum is smallest
    at ``(24 d)**(1/3) / radius``, where it is ``(24 d)**(2/3) radius / 4``: 5.0e-5 of the radius in
    float32, 7.6e-11 of it in float64. No scale reaches much less.

    Raises
    ------
    DescriptionError
        If the radius is not positive or the dtype unknown.

    Examples
    --------
    >>> round(passthrough_scale(20.0), 6), round(passthrough_scale(20.0, "float64"), 9)
    (0.00071, 8.73e-07)
    """
    dtype = choice("passthrough_scale.dtype", dtype, DTYPES)
    radius = number("passthrough_scale.radius", radius, POSITIVE)
    return math.cbrt(24 * SIGMOID_ERROR[dtype]) / radius
