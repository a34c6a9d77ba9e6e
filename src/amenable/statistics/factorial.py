"""What each of several factors does to a fraction: main effects and interactions of two.

The fraction, as a function of the factors, is taken apart by least squares into a mean, a part for
each factor and a part for each pair of them (functional analysis of variance). That is no claim
that the parts add up: it is the best such sum, and says how much it leaves over. The fraction
itself is modelled, not its logarithm of odds, so that fractions of 0 and 1 are as good as others
and effects are in points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError
from amenable.statistics.arguments import check_flags, deviate
from amenable.statistics.design import Design, contrasts, independent
from amenable.statistics.fractions import Interval
from amenable.statistics.significance import holm
from amenable.statistics.variance import Counts, Variance, variance_of

Array = NDArray[np.float64]

SPARE = 2  # configurations per parameter that a random design must have to be taken apart


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """What one factor, or two together, add to the fraction.

    Parameters
    ----------
    names : tuple of str
        One factor, or two.
    levels : array of int (V, 1 or 2)
        The levels that occur, or pairs of them.
    effect, low, high : array (V,)
        What is added to the mean at that level; for two factors, beyond the sum of what each adds
        alone. Each interval holds by itself.
    share : float
        Share of the variance of the fraction between configurations, without chance; at least 0.
    p_value : float
        p-value of the hypothesis that the term adds nothing anywhere, corrected for the number of
        main effects, or of interactions (Holm).
    """

    names: tuple[str, ...]
    levels: NDArray[np.int64]
    effect: Array
    low: Array
    high: Array
    share: float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Factorial:
    """A fraction, split into terms.

    Parameters
    ----------
    mean : float
        Mean of the fraction, in which all configurations have the same weight.
    interval : Interval
        Interval of the mean.
    main : tuple of Term
        A term for each factor, the largest share first.
    interactions : tuple of Term
        A term for each pair that could be told apart, the largest share first.
    aliased : mapping of str to str
        Factors that are left out because their levels go together with those of others, with the
        reason.
    rest : float
        Share of the variance that none of the terms explains.
    is_whole : bool
        Whether the configurations are all there are, so that chance is in the clusters alone.
    """

    mean: float
    interval: Interval
    main: tuple[Term, ...]
    interactions: tuple[Term, ...]
    aliased: Mapping[str, str]
    rest: float
    is_whole: bool


def factorial(
    factors: Mapping[str, ArrayLike],
    configuration: ArrayLike,
    cluster: ArrayLike,
    solved: ArrayLike,
    *,
    is_whole: bool,
    level: float = 0.95,
) -> Factorial:
    """Main effects and interactions of factors on a fraction of trials.

    Parameters
    ----------
    factors : mapping of str to array of int, (C,)
        Each configuration's level of each factor, from 0; -1 if it has none, such as the momentum
        of an optimizer without momentum. Such a factor is compared among those that have it.
    configuration : array of int, (T,)
        The configuration of each trial.
    cluster : array, (T,)
        The seed of each trial: trials with the same seed are not independent, whatever their
        configuration.
    solved : array of bool, (T,)
        Whether the trial solved the problem.
    is_whole : bool
        True if the configurations are all combinations of levels; then only the seeds are chance.
        False if they were drawn: another draw would have given others, so what the terms do not
        explain counts as chance too.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Factorial

    Raises
    ------
    DataError
        If there are too few configurations for so many levels, or a configuration has no trial.

    Notes
    -----
    All configurations have the same weight, however many trials they have. Intervals come from
    variances that are robust to what trials of the same seed have in common
    (`amenable.statistics.variance`); p-values come from the ANOVA-type statistic of Brunner, Dette
    and Munk, which needs no inverse of the covariance and so holds with few seeds.

    References
    ----------
    Hooker 2007, Journal of Computational and Graphical Statistics 16:709-732.
    Hutter, Hoos and Leyton-Brown 2014, ICML, PMLR 32:754-762.
    Brunner, Dette and Munk 1997, JASA 92:1494-1502.

    Examples
    --------
    >>> seeds, trials = np.tile(np.arange(40), 4), np.repeat(np.arange(4), 40)
    >>> solved = seeds < np.repeat([10, 20, 30, 40], 40)  # a quarter, a half, …
    >>> found = factorial(
    ...     {"width": [0, 0, 1, 1], "rate": [0, 1, 0, 1]}, trials, seeds, solved, is_whole=True
    ... )
    >>> found.mean, found.main[0].names, found.main[0].effect.round(3).tolist()
    (0.625, ('width',), [-0.25, 0.25])
    """
    deviate(level)
    counts = Counts.of(configuration, cluster, check_flags("solved", solved))
    design = Design.of({name: np.asarray(it) for name, it in factors.items()}, counts.n)
    is_whole = is_whole and counts.n_clusters > 1
    if not is_whole and counts.n < SPARE * design.n_columns:
        raise DataError(
            where="configurations",
            expected=(
                f"at least {SPARE * design.n_columns} for {design.n_columns} parameters of "
                f"{len(factors)} factors"
            ),
            got=str(counts.n),
            hint="run more",
        )
    fitted = design.basis @ (design.basis.T @ counts.fraction)
    variance = variance_of(counts, design, counts.fraction - fitted, is_whole)
    total = _total(counts)
    main = [_main(name, design, counts, variance, total, level) for name in design.columns]
    pairs = [
        _interaction(pair, design, counts, is_whole, total, level)
        for pair in combinations(design.columns, 2)
    ]
    one, two = _corrected(main), _corrected(list(filter(None, pairs)))
    mean = float(counts.fraction.mean())
    return Factorial(
        mean=mean,
        interval=_mean_interval(mean, counts, is_whole, level),
        main=tuple(sorted(one, key=lambda it: -it.share)),
        interactions=tuple(sorted(two, key=lambda it: -it.share)),
        aliased=design.aliased,
        rest=max(0.0, 1 - sum(it.share for it in (*one, *two))) if total > 0 else 0.0,
        is_whole=is_whole,
    )


def _main(
    name: str, design: Design, counts: Counts, variance: Variance, total: float, level: float
) -> Term:
    """One factor: its levels' effects from the fit of all factors together."""
    codes = design.codes[name]
    levels, weights = np.unique(codes[codes >= 0], return_counts=True)
    coefficients = design.inverse[design.columns[name]]
    back = np.vstack([np.eye(len(levels) - 1), -weights[:-1] / weights[-1]])
    return _term((name,), levels[:, None], back @ coefficients, design.own(name), counts, variance,
                 total, level)  # fmt: skip


def _interaction(
    pair: tuple[str, str],
    design: Design,
    counts: Counts,
    is_whole: bool,
    total: float,
    level: float,
) -> Term | None:
    """Two factors: what is left of their cells when all main effects are taken off.

    None where there is nothing left, or too few configurations to tell.
    """
    first, second = (design.codes[name] for name in pair)
    has_both = (first >= 0) & (second >= 0)
    columns = [contrasts(np.where(has_both, codes, -1)) for codes in (first, second)]
    products = (columns[0][:, :, None] * columns[1][:, None, :]).reshape(counts.n, -1)
    own = independent(products, design.basis)
    n_columns = design.n_columns + own.shape[1]
    if not own.shape[1] or (not is_whole and counts.n < SPARE * n_columns):
        return None
    basis = np.hstack([design.basis, own])
    rest = counts.fraction - basis @ (basis.T @ counts.fraction)
    wider = Design(design.codes, design.columns, basis, design.inverse, design.aliased)
    variance = variance_of(counts, wider, rest, is_whole)
    cells, place = np.unique(np.stack([first, second])[:, has_both], axis=1, return_inverse=True)
    place = place.reshape(-1)
    average = np.zeros((cells.shape[1], counts.n))
    average[place, np.flatnonzero(has_both)] = 1
    average /= average.sum(axis=1, keepdims=True)
    return _term(pair, cells.T, average @ own @ own.T, own, counts, variance, total, level)


def _term(
    names: tuple[str, ...],
    levels: NDArray[np.int64],
    maps: Array,
    own: Array,
    counts: Counts,
    variance: Variance,
    total: float,
    level: float,
) -> Term:
    """From maps (V, C) that give its effects, and the basis (C, r) of what it explains."""
    from scipy.stats import f, t

    effect = maps @ counts.fraction
    error = np.sqrt(variance.diagonal(maps))
    half = t.ppf((1 + level) / 2, variance.freedom(maps)) * error
    explained = float(np.sum((own.T @ counts.fraction) ** 2))
    covariance = variance.matrix(own.T)
    by_chance, squared = float(np.trace(covariance)), float(np.sum(covariance**2))
    p_value = 1.0
    if by_chance > 0:
        freedom = variance.freedom_of_term(own.T)
        p_value = float(f.sf(explained / by_chance, by_chance**2 / squared, freedom))
    share = max(0.0, explained - by_chance) / total if total > 0 else 0.0
    most = 2.0 ** (len(names) - 1)  # a fraction is off its mean by 1 at most, a pair by 2
    low, high = np.maximum(effect - half, -most), np.minimum(effect + half, most)
    return Term(names, levels, effect, low, high, min(share, 1.0), p_value)


def _corrected(terms: list[Term]) -> list[Term]:
    p = holm([it.p_value for it in terms])
    return [
        Term(it.names, it.levels, it.effect, it.low, it.high, it.share, float(value))
        for it, value in zip(terms, p, strict=True)
    ]


def _total(counts: Counts) -> float:
    """Sum of squares between configurations, without what chance adds."""
    off = counts.fraction - counts.fraction.mean()
    return max(0.0, float(np.sum(off**2)) - float(counts.noise().sum()))


def _mean_interval(mean: float, counts: Counts, is_whole: bool, level: float) -> Interval:
    """Of the mean: chance is in the clusters, and in the configurations where these were drawn."""
    from scipy.stats import t

    k = counts.n_clusters
    if k == 1:  # another seed might have solved all, or none
        return Interval(0.0, 1.0)
    maps = np.full((1, counts.n), 1 / counts.n)
    shared = float(counts.of_clusters(maps)[0, 0])
    own = float((maps**2 @ counts.excess())[0])
    freedom = k - 1.0
    if not is_whole:
        drawn = float(counts.fraction.var(ddof=1)) / counts.n
        shared = max(0.0, shared - float(counts.noise().mean()) / counts.n)
        parts = ((drawn, counts.n - 1), (shared, k - 1))
        own += drawn
        freedom = _satterthwaite(parts)
    half = float(t.ppf((1 + level) / 2, freedom)) * float(np.sqrt(own + shared))
    return Interval(max(0.0, mean - half), min(1.0, mean + half))


def _satterthwaite(parts: Iterable[tuple[float, int]]) -> float:
    """Degrees of freedom of a sum of variances, each with its own."""
    several = list(parts)
    squared = sum(variance**2 / freedom for variance, freedom in several)
    if squared == 0:
        return float(several[0][1])
    return float(sum(variance for variance, _ in several) ** 2 / squared)
