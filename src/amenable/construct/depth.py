"""What depth buys: waves and squares that need only the logarithm of their pieces as units."""

from __future__ import annotations

import numpy as np

from amenable.description import integer
from amenable.model import Model
from amenable.network import Dense, Network, mlp

TENT = (2.0, -4.0)  # 2 relu(x) - 4 relu(x - 1/2): from 0 up to 1 at 1/2, and down to 0 at 1
MOST_TEETH = 53  # half a tooth, 2**-53 wide, is then the spacing of doubles below 1
FINEST_SQUARE = 26  # its places, and what it is there, are whole multiples of 2**-53


def sawtooth(m: int) -> Model:
    """2**(m - 1) teeth on [0, 1], from m hidden layers of two ReLU units: Telgarsky's wave.

    Each layer applies the tent, 2 relu(x) - 4 relu(x - 1/2), to the layer before. The tent folds
    [0, 1] onto itself, which doubles the teeth. With one hidden layer, each unit adds at most one
    bend, so 2**m straight pieces need 2**m - 1 units; this network needs 2 m.

    **Bound.** None is needed, because the wave is exact: 0 at even and 1 at odd multiples of 2**-m.
    The output is 0 below 0 and, from m = 2, above 1.

    **Floating point** (float64, for the most teeth) rounds nothing on [0, 1], where doubling and
    subtracting from 1 are exact. The limit is where inputs become too coarse to hit the tip of a
    tooth: half a tooth is 2**-m wide, and doubles below 1 are 2**-53 apart. In float32 the limit
    would be m = 24.

    Parameters
    ----------
    m : int
        Hidden layers, from 1 to 53.

    Returns
    -------
    Model
        1-2-…-2-1, ReLU.

    Raises
    ------
    DescriptionError
        If m is out of range.

    References
    ----------
    Telgarsky 2016, Benefits of depth in neural networks, COLT.

    Examples
    --------
    >>> sawtooth(3).decision([[i / 8] for i in range(9)]).ravel()
    array([0., 1., 0., 1., 0., 1., 0., 1., 0.])
    """
    m = integer("sawtooth.m", m, 1, MOST_TEETH, "half a tooth is 2**-m wide; doubles are 2**-53")
    n = 2 ** (m - 1)
    about = f"{n:,} {'teeth' if n > 1 else 'tooth'} on [0, 1] from {2 * m} ReLU units."
    flat = np.array([*_tents(m), *TENT, 0.0])
    return Model(mlp(1, *[2] * m, 1, activation="relu"), flat, "float64", about)


def square(m: int) -> Model:
    """x**2 on [0, 1], straight between 2**m + 1 places, from m hidden layers of two ReLU units.

    x - x**2 is the sum over s of 4**-s times the wave of 2**(s - 1) teeth (`sawtooth`). Each layer
    adds one term, and shortcuts bring all terms and x to the output.

    **Bound.** With m terms, the output equals x**2 at the multiples of 2**-m and lies above it
    between them, most in the middle. The largest error is exactly 2**(-2 m - 2). Two more layers,
    which have four units, make the error 16 times smaller; with one hidden layer, the same straight
    pieces need 2**m - 1 units.

    **Floating point** (float64): the output is exact at the multiples of 2**-m and midway between
    them, because these places and all sums are whole multiples of 2**-(2 m + 1). Elsewhere the sum
    is rounded, by at most m 2**-53. The limit is m = 26, where the error is half the spacing of
    doubles below 1.

    Parameters
    ----------
    m : int
        Hidden layers, from 1 to 26.

    Returns
    -------
    Model
        1-2-…-2-1, ReLU, with shortcuts from the input and all layers to the output.

    Raises
    ------
    DescriptionError
        If m is out of range.

    References
    ----------
    Yarotsky 2017, Error bounds for approximations with deep ReLU networks, Neural Networks
    94:103-114, proposition 2.

    Examples
    --------
    >>> model = square(2)
    >>> model.decision([[0.25], [0.5], [0.625]]).ravel() - [0.25**2, 0.5**2, 0.625**2]
    array([0.      , 0.      , 0.015625])
    >>> 2.0 ** (-2 * 2 - 2)
    0.015625
    """
    hint = "at 26 the error is half the spacing of doubles"
    m = integer("square.m", m, 1, FINEST_SQUARE, hint)
    layers = [Dense(2, "relu") for _ in range(m)]
    output = Dense(1, "identity", shortcuts=tuple(range(m)))  # the last layer, x, layers 1 to m - 1
    terms = [[-(4.0**-s) * it for it in TENT] for s in range(1, m + 1)]
    weights = [*terms[-1], 1.0, *(it for term in terms[:-1] for it in term)]
    about = f"x**2 on [0, 1] within 2**-{2 * m + 2} from {2 * m} ReLU units."
    flat = np.array([*_tents(m), *weights, 0.0])
    return Model(Network(1, (*layers, output)), flat, "float64", about)


def _tents(m: int) -> list[float]:
    """Parameters of m hidden layers, each the tent of the one before it."""
    first = [1.0, 1.0, 0.0, -0.5]
    return first + (m - 1) * [*TENT, *TENT, 0.0, -0.5]
