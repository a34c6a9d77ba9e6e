"""How values are spread: quantiles that also hold for trials which never got there."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DescriptionError
from amenable.statistics.arguments import numbers


def quantiles(
    values: ArrayLike, at: ArrayLike = (0.0, 0.25, 0.5, 0.75, 1.0)
) -> NDArray[np.float64]:
    """Quantiles of a sample, with straight lines between its sorted values.

    Parameters
    ----------
    values : array, (T,)
        Numbers; `inf` stands for "worse than any", as for the steps of a trial that was never
        solved. A quantile that falls between a finite value and `inf` is `inf`.
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
    sample = numbers("values", values)
    places = np.asarray(at)
    if (
        places.ndim != 1
        or places.dtype.kind not in "iuf"
        or not ((places >= 0) & (places <= 1)).all()
    ):
        raise DescriptionError(f"at: expected a row of numbers from 0 to 1, got {at!r}")
    if np.isfinite(sample).all():
        return _linear(sample, places)
    lower, higher = (np.quantile(sample, places, method=side) for side in ("lower", "higher"))
    with np.errstate(invalid="ignore"):  # inf - inf and 0 * inf, which are not used
        between = _linear(sample, places)
    between = np.where(np.isinf(lower) | (lower == higher), lower, between)
    return np.where(np.isinf(higher), higher, between)


def _linear(sample: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.quantile(sample, places), dtype=np.float64)
