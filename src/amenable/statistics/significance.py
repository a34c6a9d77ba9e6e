"""Could it be chance? Exact tests of two fractions, and the correction for many tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError
from amenable.statistics.arguments import check_count, check_counts


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value for two fractions of paired trials.

    Pairs in which both or neither succeeded say nothing about the difference. Of the others, half
    should favour each side. Their split is compared with the binomial distribution.

    Parameters
    ----------
    only_first, only_second : int
        Pairs in which only one of the two succeeded; if there are none, 1.0 is returned.

    Raises
    ------
    DataError
        If a count is negative or not whole.

    References
    ----------
    McNemar 1947, Psychometrika 12:153-157.

    Examples
    --------
    >>> mcnemar(6, 0)
    0.03125
    """
    n_first, n_second = (
        check_count("only_first", only_first),
        check_count("only_second", only_second),
    )
    if n_first + n_second == 0:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(n_first, n_first + n_second).pvalue)


def fisher(s1: int, n1: int, s2: int, n2: int) -> float:
    """Exact two-sided p-value for two fractions of separate trials.

    Parameters
    ----------
    s1, n1 : int
        Successes and trials of the first.
    s2, n2 : int
        Successes and trials of the second.

    Raises
    ------
    DataError
        If the counts are impossible.

    References
    ----------
    Fisher 1934, Statistical Methods for Research Workers, 5th edition, section 21.02.

    Examples
    --------
    >>> round(fisher(3, 4, 1, 4), 4)
    0.4857
    """
    s1, n1 = check_counts(s1, n1, ("s1", "n1"))
    s2, n2 = check_counts(s2, n2, ("s2", "n2"))
    from scipy.stats import fisher_exact

    return min(1.0, float(fisher_exact([[s1, n1 - s1], [s2, n2 - s2]]).pvalue))


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """P-values corrected for their number: compare each with the level as if it were alone.

    This keeps the chance of *any* false finding below the level, whatever the tests have in common.

    Parameters
    ----------
    p_values : array, (M,)
        p-values of M tests, in any order; M may be 0.

    Returns
    -------
    array, (M,)
        Corrected, in the same order; none smaller than it was.

    Raises
    ------
    DataError
        If one is not between 0 and 1.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values)
    if p.ndim != 1 or (p.size > 0 and p.dtype.kind not in "iuf"):
        raise DataError(
            where="p_values", expected="one row of numbers", got=f"{p.dtype} of shape {p.shape}"
        )
    bad = ~((p >= 0) & (p <= 1))  # also True at nan
    if bad.any():
        place = int(np.flatnonzero(bad)[0])
        raise DataError(
            where=f"p_values[{place}]", expected="a number from 0 to 1", got=str(p[place])
        )
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(p.size, 0, -1)
    corrected = np.empty(p.size)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected
