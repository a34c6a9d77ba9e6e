"""Forward probabilities of a hidden Markov model: in floating point, in logarithms, exactly."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
from numpy.typing import NDArray

# The dishonest casino of Durbin, Eddy, Krogh and Mitchison 1998, section 3.2: a fair die and a
# loaded one, in twentieths, tenths and sixths so that exact arithmetic is possible.
START = (Fraction(1, 2), Fraction(1, 2))
MOVES = (
    (Fraction(19, 20), Fraction(1, 20)),
    (Fraction(1, 10), Fraction(9, 10)),
)
FAIR = (Fraction(1, 6),) * 6
LOADED = (*(Fraction(1, 10),) * 5, Fraction(1, 2))


def rolls(length: int, seed: int) -> NDArray[np.int64]:
    """Faces (length,), from 0 to 5, that the casino's dice show."""
    rng = np.random.default_rng([seed, length])
    draws = rng.random((length, 2))
    faces, die = np.empty(length, dtype=np.int64), int(rng.random() < float(START[1]))
    for i, (face, move) in enumerate(draws):
        faces[i] = np.searchsorted(np.cumsum([float(p) for p in (FAIR, LOADED)[die]])[:5], face)
        die = die if move < float(MOVES[die][die]) else 1 - die
    return faces


def forward(faces: NDArray[np.int64], dtype: str = "float64") -> NDArray[np.float64]:
    """Probability (N,) of the first n faces, by the forward pass as it is written down.

    Examples
    --------
    >>> forward(np.array([0]))
    array([0.13333333])
    """
    moves, emissions = np.array(MOVES, dtype=dtype), np.array((FAIR, LOADED), dtype=dtype)
    found = np.empty(len(faces))
    alpha = np.array(START, dtype=dtype) * emissions[:, faces[0]]
    for n, face in enumerate(faces):
        if n:
            alpha = (alpha[0] * moves[0] + alpha[1] * moves[1]) * emissions[:, face]
        found[n] = alpha[0] + alpha[1]
    return found


def log_forward(faces: NDArray[np.int64]) -> NDArray[np.float64]:
    """Natural logarithm (N,) of the same probabilities, by a forward pass in logarithms."""
    moves = np.log(np.array(MOVES, dtype=np.float64))
    emissions = np.log(np.array((FAIR, LOADED), dtype=np.float64))
    found = np.empty(len(faces))
    alpha = np.log(np.array(START, dtype=np.float64)) + emissions[:, faces[0]]
    for n, face in enumerate(faces):
        if n:
            alpha = np.logaddexp(alpha[0] + moves[0], alpha[1] + moves[1]) + emissions[:, face]
        found[n] = np.logaddexp(alpha[0], alpha[1])
    return found


def exact_log(faces: NDArray[np.int64]) -> float:
    """Natural logarithm of the probability of all faces, from exact fractions."""
    alpha = [START[k] * (FAIR, LOADED)[k][faces[0]] for k in (0, 1)]
    for face in faces[1:]:
        moved = [alpha[0] * MOVES[0][k] + alpha[1] * MOVES[1][k] for k in (0, 1)]
        alpha = [moved[k] * (FAIR, LOADED)[k][face] for k in (0, 1)]
    total = alpha[0] + alpha[1]
    return log(total.numerator) - log(total.denominator)  # of integers of any length


def first_zero(probabilities: NDArray[np.float64]) -> int | None:
    """Length of the shortest chain whose probability is zero in that arithmetic, or None."""
    zeros = np.flatnonzero(probabilities == 0)
    return int(zeros[0]) + 1 if zeros.size else None
