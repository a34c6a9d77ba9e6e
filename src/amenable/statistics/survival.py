"""Steps to solve, if some trials never do: Kaplan and Meier's curve, and the log-rank test.

A trial that does not solve the problem within its budget is censored: it would take longer than
that, if it ever succeeds. If you drop it, or count its budget as its steps, the structure looks
faster than it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError, DescriptionError
from amenable.statistics.arguments import check_flags, check_numbers, check_same_length, deviate
from amenable.statistics.clusters import cluster_codes, t_deviate
from amenable.statistics.fractions import Interval

REACHED = 1e-9
"""How far below a fraction the curve still counts as there.

The curve is a product of up to T quotients, each rounded to 1.1e-16: for a million trials it is off
by at most about 1e-10, and one trial of a million moves it by 1e-6.
"""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KaplanMeier:
    """The fraction that solves the problem by each step, estimated with censored trials.

    Parameters
    ----------
    times : array, (K,)
        The steps at which a trial succeeded or was censored, each once, ascending.
    fraction : array, (K,)
        Estimated fraction of success by then (one minus the survival function).
    low, high : array, (K,)
        Band around `fraction`; it holds for each step alone, not for all steps together.
    at_risk : array, (K,)
        Trials that had neither succeeded nor been censored before.
    solved, censored : array, (K,)
        Trials that ended there.
    level : float
        Coverage of the band, and of the intervals of quantiles.
    """

    times: NDArray[np.float64]
    fraction: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    solved: NDArray[np.int64]
    censored: NDArray[np.int64]
    level: float

    def __post_init__(self) -> None:
        for name in ("times", "fraction", "low", "high", "at_risk", "solved", "censored"):
            getattr(self, name).flags.writeable = False

    @property
    def n_trials(self) -> int:
        """T, solved or not."""
        return int(self.at_risk[0])

    @property
    def median(self) -> float:
        """The first step by which at least half succeed; `inf` if that was not seen."""
        return self.quantile(0.5)

    @property
    def median_interval(self) -> Interval:
        """Interval of the median; its upper limit is `inf` if half may never succeed."""
        return self.quantile_interval(0.5)

    def quantile(self, fraction: float) -> float:
        """The first step by which at least `fraction` succeed; `inf` if that was not seen."""
        return self._first(self.fraction, fraction)

    def quantile_interval(self, fraction: float) -> Interval:
        """The steps at which the band holds `fraction` (Brookmeyer and Crowley 1982)."""
        return Interval(self._first(self.high, fraction), self._first(self.low, fraction))

    def _first(self, curve: NDArray[np.float64], fraction: float) -> float:
        if not 0 < fraction <= 1:
            raise DescriptionError(
                where="fraction",
                expected="a number above 0 and at most 1",
                got=repr(fraction),
                hint="use 0.5 for the median",
            )
        there = np.flatnonzero(curve >= fraction - REACHED)
        return float(self.times[there[0]]) if there.size else inf

    def __repr__(self) -> str:
        low, high = self.median_interval
        return (
            f"KaplanMeier({self.n_trials} trials, {int(self.solved.sum())} solved, "
            f"median {self.median:g} [{low:g}, {high:g}])"
        )


def kaplan_meier(
    steps: ArrayLike, solved: ArrayLike, level: float = 0.95, cluster: ArrayLike | None = None
) -> KaplanMeier:
    """The fraction that solves the problem by each step, with the other trials censored.

    Parameters
    ----------
    steps : array, (T,)
        Steps until the trial solved the problem, or ended otherwise; finite and not negative.
    solved : array of bool, (T,)
        Whether the trial solved the problem then; otherwise it is censored.
    level : float
        Coverage of the band, between 0 and 1.
    cluster : array, (T,) or (T, M), optional
        Clusters that trials were drawn in, as in `clustered_fraction`.

    Returns
    -------
    KaplanMeier
        The curve with Greenwood's band on the log-log scale, and its median with interval. Where
        that band is not defined, Wilson's interval is used: before the first success with the
        trials that still run, after the last trial with those that succeeded. With clusters, the
        variance is that from cluster to cluster, with quantiles of Student's t, and Wilson's
        interval counts clusters.

    Raises
    ------
    DataError
        If the arrays are empty or of unequal length, a step is nan, infinite or negative, or
        `solved` is not boolean.
    DescriptionError
        If `level` is not between 0 and 1.

    References
    ----------
    Kaplan and Meier 1958, JASA 53:457-481.
    Kalbfleisch and Prentice 1980, The Statistical Analysis of Failure Time Data, section 1.3.
    Brookmeyer and Crowley 1982, Biometrics 38:29-41.
    Ying and Wei 1994, Journal of Multivariate Analysis 50:17-29, for clusters.

    Examples
    --------
    >>> curve = kaplan_meier([100, 200, 300, 500, 500], [True, True, True, False, False])
    >>> curve
    KaplanMeier(5 trials, 3 solved, median 300 [100, inf])
    >>> curve.fraction.round(3).tolist()
    [0.2, 0.4, 0.6, 0.6]
    """
    z = deviate(level)
    ends, is_solved = _ends("steps", steps, "solved", solved)
    times, place = np.unique(ends, return_inverse=True)
    n_ended = _per_time(place, times.size)
    n_solved = _per_time(place[is_solved], times.size)
    at_risk = np.cumsum(n_ended[::-1])[::-1]
    remaining = np.cumprod((at_risk - n_solved) / at_risk).astype(np.float64, copy=False)
    kinds = [] if cluster is None else cluster_codes(cluster, ends.size)
    n_clusters = min((int(it.max()) + 1 for it in kinds), default=ends.size)
    with np.errstate(divide="ignore"):  # once all are solved, where it is not used
        variance = np.cumsum(n_solved / (at_risk * (at_risk - n_solved)))
    if n_clusters == 1:
        low, high = np.zeros(times.size), np.ones(times.size)
    else:
        if n_clusters < ends.size:
            variance = _clustered(kinds, place, is_solved, at_risk, n_solved, variance)
            z = t_deviate(level, n_clusters - 1)
        low, high = _band(remaining, at_risk, n_solved, variance, z, n_clusters)
    return KaplanMeier(
        times=times,
        fraction=1 - remaining,
        low=low,
        high=high,
        at_risk=at_risk,
        solved=n_solved,
        censored=n_ended - n_solved,
        level=float(level),
    )


def log_rank(
    steps_1: ArrayLike, solved_1: ArrayLike, steps_2: ArrayLike, solved_2: ArrayLike
) -> float:
    """Two-sided p-value of the hypothesis that two groups solve the problem equally fast.

    The test compares the whole curves, including censored trials. The groups are separate, not
    paired.

    Parameters
    ----------
    steps_1, steps_2 : array, (T1,) and (T2,)
        Steps until the trial solved the problem, or ended otherwise.
    solved_1, solved_2 : array of bool, (T1,) and (T2,)
        Whether the trial solved the problem then; otherwise it is censored.

    Returns
    -------
    float
        From the normal approximation; 1.0 if no step can tell the groups apart.

    Raises
    ------
    DataError
        As for `kaplan_meier`.

    References
    ----------
    Mantel 1966, Cancer Chemotherapy Reports 50:163-170.

    Examples
    --------
    >>> p = log_rank([10, 20, 30, 40], [True] * 4, [50, 60, 70, 80], [True] * 4)
    >>> round(p, 4)
    0.0067
    """
    # Not scipy.stats.logrank: 1.17 overflows 64-bit integers in silence from some 50,000 trials.
    ends_1, is_solved_1 = _ends("steps_1", steps_1, "solved_1", solved_1)
    ends_2, is_solved_2 = _ends("steps_2", steps_2, "solved_2", solved_2)
    events_1, events_2 = np.sort(ends_1[is_solved_1]), np.sort(ends_2[is_solved_2])
    times, solved = np.unique(np.concatenate([events_1, events_2]), return_counts=True)
    at_risk_1, at_risk_2 = _running(ends_1, times), _running(ends_2, times)
    at_risk = at_risk_1 + at_risk_2
    # A share of 0 or 1, or all solved at once, gives exactly no variance.
    share = at_risk_1 / at_risk
    kept = (at_risk - solved) / np.maximum(at_risk - 1, 1)
    variance = float(np.sum(solved * share * (1 - share) * kept))
    if variance == 0:
        return 1.0
    surplus = events_1.size - float(np.sum(solved * share))
    return erfc(abs(surplus) / sqrt(2 * variance))


def _ends(
    steps_name: str, steps: ArrayLike, solved_name: str, solved: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    ends, is_solved = check_numbers(steps_name, steps), check_flags(solved_name, solved)
    check_same_length(steps_name, ends.size, solved_name, is_solved.size)
    bad = ~(np.isfinite(ends) & (ends >= 0))
    if bad.any():
        place = int(np.flatnonzero(bad)[0])
        raise DataError(
            f"{steps_name}[{place}]: expected a finite number >= 0, got {ends[place]:g}; "
            "a trial that was not solved has the steps it ran, and False in " + solved_name
        )
    return ends, is_solved


def _per_time(place: NDArray[np.intp], n_times: int) -> NDArray[np.int64]:
    return np.bincount(place, minlength=n_times).astype(np.int64)


def _running(ends: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many of `ends` are not before each of `times`."""
    return (ends.size - np.searchsorted(np.sort(ends), times)).astype(np.float64)


def _band(
    remaining: NDArray[np.float64],
    at_risk: NDArray[np.int64],
    n_solved: NDArray[np.int64],
    variance: NDArray[np.float64],
    z: float,
    most: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Limits (K,) of the fraction solved; `most` are independent of each other."""
    total = np.cumsum(n_solved)
    low, high = np.zeros(remaining.size), np.ones(remaining.size)
    none, everyone = total == 0, remaining == 0
    some = np.minimum(at_risk[none], most)
    high[none] = z * z / (some + z * z)  # Wilson's upper limit at 0
    some = np.minimum(total[everyone], most)
    low[everyone] = some / (some + z * z)  # and his lower limit at 1
    inner = ~none & ~everyone
    log_remaining = np.log(remaining[inner])
    factor = np.exp(z * np.sqrt(variance[inner]) / -log_remaining)
    low[inner] = -np.expm1(log_remaining / factor)
    high[inner] = -np.expm1(log_remaining * factor)
    return low, high


def _clustered(
    kinds: Sequence[NDArray[np.intp]],
    place: NDArray[np.intp],
    is_solved: NDArray[np.bool_],
    at_risk: NDArray[np.int64],
    n_solved: NDArray[np.int64],
    greenwood: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Variance (K,) of the logarithm of the curve, from cluster to cluster."""

    def between(codes: NDArray[np.intp]) -> NDArray[np.float64]:
        k, n_times = int(codes.max()) + 1, at_risk.size
        if k == codes.size:
            return greenwood
        cells = codes * n_times + place
        ended = np.bincount(cells, minlength=k * n_times).reshape(k, n_times)
        solved = np.bincount(cells[is_solved], minlength=k * n_times).reshape(k, n_times)
        running = np.cumsum(ended[:, ::-1], axis=1)[:, ::-1]
        off = np.cumsum((solved - running * (n_solved / at_risk)) / at_risk, axis=1)
        return np.asarray(k / (k - 1) * np.sum(off**2, axis=0))

    each = [between(it) for it in kinds]
    found = each[0]
    if len(kinds) == 2:
        both = np.unique(np.stack(kinds), axis=1, return_inverse=True)[1].reshape(-1)
        found = np.maximum(each[0] + each[1] - between(both), np.maximum(*each))
    return np.where(found > 0, found, greenwood)
