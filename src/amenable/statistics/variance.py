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
from amenable.statistics.arguments import same_length
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
        same_length("solved", solved.size, "configuration", places.size)
        clusters, cluster_of = np.unique(np.asarray(cluster), return_inverse=True)
        same_length("solved", solved.size, "cluster", cluster_of.size)
        trials = np.bincount(places).astype(np.float64)
        if not trials.all():
            raise DataError(
                f"configuration: expected trials of each, got none of number "
                f"{int(np.flatnonzero(trials == 0)[0])}; leave it out"
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

    def excess(self) -> Array:
        """What smoothing adds to the variance (C,) of each fraction: most where all ended alike."""
        smoothed = _smoothed(self.solved, self.trials)
        return np.asarray((smoothed - self.fraction * (1 - self.fraction)) / self.trials)

    def of_clusters(self, maps: Array) -> Array:
        """Covariance (m, m) of maps (m, C) of the fractions, from cluster to cluster."""
        k = self.n_clusters
        sums = np.asarray((self.off.T @ maps.T).T)
        return np.asarray(sums @ sums.T * (k / (k - 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Variance:
    """Covariances of linear maps of fractions.

    Parameters
    ----------
    counts : Counts
        Of the trials.
    own : array (C,)
        Variance of each fraction that is its own.
    shared : bool
        Whether that between clusters is added, as where all configurations were run.
    residual : int
        Degrees of freedom of `own`.
    """

    counts: Counts
    own: Array
    shared: bool
    residual: int

    def matrix(self, maps: Array) -> Array:
        """Covariance (m, m) of maps (m, C)."""
        own = (maps * self.own) @ maps.T
        return own + self.counts.of_clusters(maps) if self.shared else own

    def diagonal(self, maps: Array) -> Array:
        """Variances (m,)."""
        return np.asarray(np.diagonal(self.matrix(maps)))

    def freedom(self, maps: Array) -> Array:
        """Degrees of freedom (m,)."""
        n = self.counts.n_clusters - 1 if self.shared else self.residual
        return np.full(len(maps), float(n))


def variance_of(counts: Counts, design: Design, residual: Array, is_whole: bool) -> Variance:
    """The variance where all configurations were run, or where they were drawn."""
    if is_whole:
        return Variance(counts, counts.excess(), True, 0)
    leverage = np.minimum(np.sum(design.basis**2, axis=1), FULL)
    drawn = (residual / (1 - leverage)) ** 2
    drawn *= _design_effect(counts, design, drawn)
    pooled = np.full(1, counts.solved.sum()), np.full(1, counts.trials.sum())
    p = float(pooled[0][0] / pooled[1][0])
    least = (float(_smoothed(*pooled)[0]) - p * (1 - p)) / counts.trials
    return Variance(counts, drawn + least, False, counts.n - design.n_columns)


def _design_effect(counts: Counts, design: Design, drawn: Array) -> float:
    """By how much shared seeds enlarge the variance of what the factors explain; at least 1."""
    maps = design.basis[:, 1:].T
    noise = counts.noise()
    alone = float(np.sum(maps**2 @ noise))
    if counts.n_clusters < 2 or alone == 0:
        return 1.0
    together = float(np.trace(counts.of_clusters(maps)))
    added = max(0.0, together - alone)
    whole = float(np.sum(maps**2 @ drawn))
    return 1 + added / whole if whole > 0 else 1.0


def _smoothed(solved: Array, trials: Array) -> Array:
    """Variance of one trial, of a fraction moved towards a half."""
    p = (solved + PRIOR / 2) / (trials + PRIOR)
    return np.asarray(p * (1 - p))
