"""Whether the best of several scores is above what chance gives: targets are permuted.

The predictions stay as they are; which target each was for is drawn anew. All models see the same
permutations and the best of them counts each time, so that trying many does not help.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError

PERMUTATIONS = 2_000  # p-values near 0.05 are known to 0.005


def permutations(n: int, seed: int = 0, count: int = PERMUTATIONS) -> NDArray[np.int64]:
    """So many orders of n rows, (count, n).

    Examples
    --------
    >>> permutations(4, count=2).shape
    (2, 4)
    """
    rows = np.broadcast_to(np.arange(n), (count, n))
    return np.random.default_rng(seed).permuted(rows, axis=1)


def best_of_permuted(observed: ArrayLike, permuted: ArrayLike) -> NDArray[np.float64]:
    """P-value (M,) of each of M scores, corrected for their number.

    Parameters
    ----------
    observed : array (M,)
        Scores, more being better; NaN of models that have none.
    permuted : array (B, M)
        The same with permuted targets.

    Returns
    -------
    array (M,)
        Share of the permutations in which the best of all models scores at least as much, the
        observed order counted as one of them; NaN where the score is.

    Raises
    ------
    DataError
        If the shapes do not fit together.

    References
    ----------
    Westfall and Young 1993, Resampling-Based Multiple Testing, section 2.3 (single step).
    Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9:39.

    Examples
    --------
    >>> best_of_permuted([0.9, 0.5], [[0.4, 0.5], [0.6, 0.5], [0.5, 0.5]])
    array([0.25, 1.  ])
    """
    scores = np.asarray(observed, dtype=np.float64)
    drawn = np.asarray(permuted, dtype=np.float64)
    if scores.ndim != 1 or drawn.ndim != 2 or drawn.shape[1] != len(scores):
        raise DataError(
            f"permuted: expected shape (permutations, {scores.size}), got {drawn.shape}"
        )
    best = np.max(np.where(np.isnan(drawn), -np.inf, drawn), axis=1, initial=-np.inf)
    # Sums of the same terms in another order differ by rounding, and ties must count.
    slack = 1e-9 * np.maximum(1.0, np.abs(scores))
    reached = np.sum(best[:, None] >= scores - slack, axis=0)
    p_values = (1 + reached) / (1 + len(drawn))
    return np.where(np.isnan(scores), np.nan, p_values)
