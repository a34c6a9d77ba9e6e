"""The spread of values: quantiles, even if some trials never solve the problem, and intervals."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DescriptionError
from amenable.statistics.arguments import check_numbers, deviate
from amenable.statistics.clusters import clustered_fraction
from amenable.statistics.fractions import Interval


def quantiles(
    values: ArrayLike, at: ArrayLike = (0.0, 0.25, 0.5, 0.75, 1.0)
) -> NDArray[np.float64]:
    """Quantiles of a sample, with straight lines between its sorted values.

    Parameters
    ----------
    values : array, (T,)
        Numbers; `inf` stands for "worse than any", such as the steps of a trial that never solved
        the problem. A quantile between a finite value and `inf` is `inf`.
    at : array, (Q,)
        Which: 0 is the smallest value, 0.5 the median, 1 the largest.

    Returns
    -------
    array, (Q,)

    Raises
    ------
    DataError
        If `values` is empty or holds nan.
    DescriptionError
        If `at` holds anything but numbers from 0 to 1.

    References
    ----------
    Hyndman and Fan 1996, The American Statistician 50:361-365, definition 7.

    Examples
    --------
    >>> quantiles([3, 1, 2, float("inf")]).tolist()
    [1.0, 1.75, 2.5, inf, inf]
    """
    sample = check_numbers("values", values)
    places = np.asarray(at)
    if (
        places.ndim != 1
        or places.dtype.kind not in "iuf"
        or not ((places >= 0) & (places <= 1)).all()
    ):
        raise DescriptionError(where="at", expected="a row of numbers from 0 to 1", got=repr(at))
    if np.isfinite(sample).all():
        return _linear(sample, places)
    lower, higher = (np.quantile(sample, places, method=side) for side in ("lower", "higher"))
    with np.errstate(invalid="ignore"):  # inf - inf and 0 * inf, which are not used
        between = _linear(sample, places)
    between = np.where(np.isinf(lower) | (lower == higher), lower, between)
    return np.where(np.isinf(higher), higher, between)


def quantile_interval(
    values: ArrayLike, at: float, level: float = 0.95, cluster: ArrayLike | None = None
) -> Interval:
    """Interval for a quantile, whatever the distribution: two of the sorted values.

    Parameters
    ----------
    values : array, (T,)
        As for `quantiles`.
    at : float
        Which, above 0 and below 1.
    level : float
        Coverage, between 0 and 1; at least that where trials are independent, as one can only
        choose among the values there are.
    cluster : array, (T,) or (T, M), optional
        Clusters that trials were drawn in, as in `clustered_fraction`.

    Returns
    -------
    Interval
        `-inf` or `inf` if the values do not bound it.

    Raises
    ------
    DataError
        If `values` is empty or holds nan.
    DescriptionError
        If `at` or `level` is not between 0 and 1.

    References
    ----------
    Thompson 1936, Annals of Mathematical Statistics 7:122-128, for independent trials.
    Woodruff 1952, JASA 47:635-646, for those in clusters.

    Examples
    --------
    >>> quantile_interval(range(1, 101), 0.5)
    Interval(low=40.0, high=61.0)
    """
    deviate(level)  # checks it
    sample = np.sort(check_numbers("values", values))
    if not 0 < at < 1:
        raise DescriptionError(where="at", expected="a number above 0 and below 1", got=repr(at))
    n = sample.size
    if cluster is None or (np.ndim(cluster) == 1 and np.unique(cluster).size == n):
        from scipy.stats import binom

        low, high = binom.ppf([(1 - level) / 2, (1 + level) / 2], n, at)
        first, last = int(low), int(high) + 1  # counted from 1
    else:
        order = np.argsort(check_numbers("values", values), kind="stable")
        below = np.arange(n) < min(max(round(at * n), 1), n - 1)
        share = clustered_fraction(below, np.asarray(cluster)[order], level)
        first, last = int(np.floor(share.low * n)), int(np.floor(share.high * n)) + 1
    return Interval(
        float(sample[first - 1]) if first >= 1 else -np.inf,
        float(sample[last - 1]) if last <= n else np.inf,
    )


def _linear(sample: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.quantile(sample, places), dtype=np.float64)
