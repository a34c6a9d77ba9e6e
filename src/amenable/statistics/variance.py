"""How far sums of fractions over configurations may be off, where trials share seeds.

Everything estimated from the fractions (C,) is a linear map of them. Its variance has up to three
parts: what varies from seed to seed, whatever the trials of one seed have in common (Liang and
Zeger 1986, Biometrika 73:13-22); where configurations were drawn, what varies from draw to draw
(MacKinnon and White 1985, Journal of Econometrics 29:305-325; the two together as in Cameron,
Gelbach and Miller 2011, JBES 29:238-249); and what chance is left where every trial of a
configuration ended alike, so that 8 of 8 does not count as certain (Agresti and Coull 1998, The
American Statistician 52:119-126).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError
from amenable.statistics.arguments import check_same_length
from amenable.statistics.design import Design

Array = NDArray[np.float64]

PRIOR = 1.959963984540054**2
"""Trials, half of them solved, that smooth a fraction: Agresti and Coull's for 95 %."""

FULL = 0.95
"""Leverage from which a configuration's residual is not enlarged further."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Trials by configuration and by cluster.

    Parameters
    ----------
    solved, trials : array (C,)
        Of each configuration.
    off : sparse array (C, K)
        What each cluster adds to the error of each fraction.
    """

    solved: Array
    trials: Array
    off: Any

    @classmethod
    def of(cls, configuration: ArrayLike, cluster: ArrayLike, solved: NDArray[np.bool_]) -> Counts:
        """Count trials (T,)."""
        from scipy.sparse import csr_array

        places = np.asarray(configuration, dtype=np.int64)
        check_same_length("solved", solved.size, "configuration", places.size)
        clusters, cluster_of = np.unique(np.asarray(cluster), return_inverse=True)
        check_same_length("solved", solved.size, "cluster", cluster_of.size)
        trials = np.bincount(places).astype(np.float64)
        if not trials.all():
            raise DataError(
                where="configuration",
                expected="trials of each",
                got=f"none of number {int(np.flatnonzero(trials == 0)[0])}",
                hint="leave it out",
            )
        n_solved = np.bincount(places, solved).astype(np.float64)
        error = (solved - (n_solved / trials)[places]) / trials[places]
        shape = (len(trials), len(clusters))
        return cls(n_solved, trials, csr_array((error, (places, cluster_of)), shape=shape))

    @property
    def n(self) -> int:
        """C."""
        return len(self.trials)

    @property
    def n_clusters(self) -> int:
        """K."""
        return int(self.off.shape[1])

    @property
    def fraction(self) -> Array:
        """Solved out of run (C,)."""
        return self.solved / self.trials

    def noise(self) -> Array:
        """Variance (C,) of each fraction, were trials independent; 0 where it has one trial."""
        p = self.fraction
        return np.where(self.trials > 1, p * (1 - p) / np.maximum(self.trials - 1, 1), 0.0)

    def apart(self, basis: Array) -> Array:
        """The part of `noise` (C,) that trials of one seed do not share, by way of a design.

        What they share moves the fractions of all configurations together, so that it is not in
        the residuals of a fit to them.
        """
        k = self.n_clusters
        shared = np.asarray((self.off.T @ basis).T)  # (p, K)
        crossed = np.sum(np.asarray(self.off @ shared.T) * basis, axis=1)
        within = np.sum((basis @ (shared @ shared.T)) * basis, axis=1)
        each = np.asarray((self.off * self.off).sum(axis=1)).ravel()
        rest = np.maximum(0.0, each - 2 * crossed + within) * k / max(k - 1, 1)
        return np.asarray(rest / (1 - leverages(basis)))

    def excess(self) -> Array:
        """What smoothing adds to the variance (C,) of each fraction: most where all ended alike."""
        smoothed = _smoothed(self.solved, self.trials)
        return np.asarray((smoothed - self.fraction * (1 - self.fraction)) / self.trials)

    def of_clusters(self, maps: Array) -> Array:
        """Covariance (m, m) of maps (m, C) of the fractions, from cluster to cluster."""
        sums = self.sums(maps)
        return np.asarray(sums @ sums.T)

    def sums(self, maps: Array) -> Array:
        """What each cluster adds to maps (m, K), so scaled that products are covariances."""
        k = self.n_clusters
        return np.asarray((self.off.T @ maps.T).T * np.sqrt(k / (k - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Variance:
    """Covariances of linear maps of fractions.

    Parameters
    ----------
    counts : Counts
        Of the trials.
    own : array (C,)
        Variance of each fraction apart from what clusters share.
    noise : array (C,)
        The part of it that `Counts.sums` has too.
    is_whole : bool
        Whether all configurations were run, so that `own` is but what smoothing adds.
    residual : int
        Degrees of freedom of `own`, where configurations were drawn.
    """

    counts: Counts
    own: Array
    noise: Array
    is_whole: bool
    residual: int

    def diagonal(self, maps: Array) -> Array:
        """Variances (m,) of maps (m, C)."""
        own = maps**2 @ self.own
        return np.asarray(own + self._shared(maps))

    def matrix(self, maps: Array) -> Array:
        """Covariance (m, m) of maps of one term."""
        own = (maps * self.own) @ maps.T
        if self.is_whole:
            return np.asarray(own + self.counts.of_clusters(maps))
        whole = float(np.trace(own))
        return own * (1 + self._added(maps) / whole) if whole > 0 else own

    def freedom(self, maps: Array) -> Array:
        """Degrees of freedom (m,) of the variances of maps."""
        if self.is_whole:
            return np.full(len(maps), self.counts.n_clusters - 1.0)
        return self._mixed(maps**2 @ self.own, self._shared(maps))

    def freedom_of_term(self, maps: Array) -> float:
        """Degrees of freedom of the trace of `matrix`."""
        if self.is_whole:
            return self.counts.n_clusters - 1.0
        own = float(np.sum(maps**2 @ self.own))
        return float(self._mixed(np.array([own]), np.array([self._added(maps)]))[0])

    def _shared(self, maps: Array) -> Array:
        """What clusters add (m,); where configurations were drawn, beyond independent trials."""
        if self.counts.n_clusters < 2:
            return np.zeros(len(maps))
        between = np.asarray(np.sum(self.counts.sums(maps) ** 2, axis=1))
        if self.is_whole:
            return between
        return np.asarray(np.maximum(0.0, between - maps**2 @ self.noise))

    def _added(self, maps: Array) -> float:
        """The same for a term as a whole, in which what is more and what is less even out."""
        if self.counts.n_clusters < 2:
            return 0.0
        between = float(np.sum(self.counts.sums(maps) ** 2))
        return max(0.0, between - float(np.sum(maps**2 @ self.noise)))

    def _mixed(self, own: Array, shared: Array) -> Array:
        """Of a sum of two variances (Satterthwaite 1946, Biometrics Bulletin 2:110-114)."""
        squared = own**2 / self.residual + shared**2 / max(self.counts.n_clusters - 1, 1)
        total = (own + shared) ** 2
        known = squared > 0
        return np.asarray(np.where(known, total / np.where(known, squared, 1), self.residual))


def variance_of(counts: Counts, design: Design, residual: Array, is_whole: bool) -> Variance:
    """The variance where all configurations were run, or where they were drawn."""
    if is_whole:
        return Variance(counts, counts.excess(), np.zeros(counts.n), True, 0)
    drawn = (residual / (1 - leverages(design.basis))) ** 2
    solved, trials = counts.solved.sum(), counts.trials.sum()
    p = float(solved / trials)
    least = (float(_smoothed(solved, trials)) - p * (1 - p)) / counts.trials
    noise = counts.apart(design.basis)
    return Variance(counts, drawn + least, noise, False, counts.n - design.n_columns)


def leverages(basis: Array) -> Array:
    """How much each configuration (C,) decides of its own fit."""
    return np.asarray(np.minimum(np.sum(basis**2, axis=1), FULL))


def _smoothed(solved: Array, trials: Array) -> Array:
    """Variance of one trial, of a fraction moved towards a half."""
    p = (solved + PRIOR / 2) / (trials + PRIOR)
    return np.asarray(p * (1 - p))
