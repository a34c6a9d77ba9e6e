"""`Population`: trials on one data set, and what may be concluded from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.datasets import Dataset
from amenable.errors import DataError
from amenable.population import codec, tables, words
from amenable.population.outcome import (
    Fraction,
    check_goals,
    fraction_of,
    ranking,
    steps_to_solve,
)
from amenable.population.trained import TrainedNetwork
from amenable.population.trials import Trials
from amenable.statistics import KaplanMeier, PairedDifference, paired_difference

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Population(Trials):
    """Trials on one data set and what became of them; what `train` returns.

    A sequence of trials, configuration by configuration and in each seed by seed:
    ``population[i]`` is a `TrainedNetwork`, ``population[i:j]`` a population, ``len`` is T. What
    is recorded is in arrays with a row for each trial; all are read-only.

    Parameters
    ----------
    data : DataSummary
        Name, task, classes and fingerprint of the data.
    configurations : tuple of Configuration
        Network and training of each; `networks` and `trainings` are the different ones.
    seed : array of uint64, (T,)
        `seeds` are the different ones.
    status : array of str, (T,)
        "solved", "exhausted", "diverged", "stopped" or "cancelled".
    steps : array of int64, (T,)
        How many were made.
    final : array (T, 2, 2)
        Training and validation; loss and metric. Read as ``loss["validation"]`` (T,) and
        ``metric["training"]`` (T,).
    records : Records
        Read as `curves` (T, K), `signals` (T, K, L), `snapshots` (T, K, P), `weights` (T, P).
    version : str
        Of the package that trained it.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> training = Training(epochs=50, goal="accuracy >= 0.9")
    >>> population = train([mlp(2, 3, 1), mlp(2, 8, 1)], "moons", training, seeds=16)
    >>> population.loss["validation"].shape, population.steps.shape
    ((32,), (32,))
    >>> for structure, group in population.by("structure").items():
    ...     print(structure, group.fraction())  # doctest: +ELLIPSIS
    2-3-1 ... of 16 solved, ... [..., ...]
    2-8-1 ... of 16 solved, ... [..., ...]
    """

    def fraction(self, level: float = 0.95) -> Fraction:
        """How many of the trials were solved.

        Trials that Ctrl-C kept from starting do not count; those that it cut short count as not
        solved.

        Parameters
        ----------
        level : float
            Coverage of Wilson's interval.

        Raises
        ------
        DescriptionError
            If a training has no goal.
        DataError
            If there is no trial.
        """
        check_goals("fraction", self.trainings)
        return fraction_of(self.solved[self.has_begun], level)

    def steps_to_solve(self, level: float = 0.95) -> KaplanMeier:
        """Curve of the fraction solved over steps, and its median with interval.

        Trials whose budget ended, or that were cut short, are censored there. Those that diverged
        or stopped early will never be solved: they are censored where the last trial ends.

        Parameters
        ----------
        level : float
            Coverage of band and intervals.

        Raises
        ------
        DescriptionError
            If a training has no goal.
        DataError
            If there is no trial.
        """
        check_goals("steps_to_solve", self.trainings)
        return steps_to_solve(self, level)

    def paired(self, other: Population, level: float = 0.95) -> PairedDifference:
        """Difference of the fractions solved, trial by trial of the same seed (McNemar).

        Parameters
        ----------
        other : Population
            On the same data. Trials are paired in order where the seeds are the same in order, as
            in two groups of ``by("activation")``; else by seed, which then must not repeat.
        level : float
            Coverage of the interval.

        Returns
        -------
        PairedDifference
            Of this fraction minus the other's.

        Raises
        ------
        DataError
            If the data differs, or the seeds cannot be paired.

        Examples
        --------
        >>> from amenable import Training, mlp, train
        >>> networks = [mlp(2, 3, 1, activation=name) for name in ("tanh", "relu")]
        >>> training = Training(epochs=50, goal="accuracy >= 0.9")
        >>> groups = train(networks, "moons", training, seeds=16).by("activation")
        >>> found = groups["tanh"].paired(groups["relu"])
        >>> found.both + found.only_first + found.only_second + found.neither
        16
        """
        check_goals("paired", (*self.trainings, *other.trainings))
        if self.data.fingerprint != other.data.fingerprint:
            raise DataError(
                f"paired: expected trials on the same data, got '{self.data.name}' and "
                f"'{other.data.name}', which differ"
            )
        mine, theirs = _pairs(self.seed, other.seed)
        begun = self.has_begun[mine] & other.has_begun[theirs]
        return paired_difference(self.solved[mine][begun], other.solved[theirs][begun], level)

    @property
    def ranking(self) -> NDArray[np.int64]:
        """Numbers of the trials (T,), best first.

        By the metric on the split of `judged_on`, then by the loss there, then by number;
        cancelled trials and diverged ones last.

        Raises
        ------
        DescriptionError
            If the trials are measured by different metrics.
        """
        return ranking(self)

    @property
    def best(self) -> TrainedNetwork:
        """The first of `ranking`."""
        return self[self._ranked("best", 0.0)]

    @property
    def median(self) -> TrainedNetwork:
        """The one in the middle of `ranking`; of two, the better one."""
        return self[self._ranked("median", 0.5)]

    @property
    def worst(self) -> TrainedNetwork:
        """The last of `ranking`."""
        return self[self._ranked("worst", 1.0)]

    def to_frame(self) -> pl.DataFrame:
        """A row for each trial.

        Returns
        -------
        polars.DataFrame
            Trial, configuration (their numbers), structure, activation, parameters, optimizer, lr,
            batch, init, whatever else differs, seed, status, solved, steps, loss and metric on
            training and validation split, and the metric's name.
        """
        return tables.trials_frame(self)

    def summary(self, *keys: str, level: float = 0.95) -> pl.DataFrame:
        """A row for each configuration, or each group by keys; best first.

        Parameters
        ----------
        *keys : str
            As for `by`; none for one row per configuration.
        level : float
            Coverage of the interval.

        Returns
        -------
        polars.DataFrame
            What tells the groups apart, parameters (of the largest network), trials, solved,
            fraction, low, high, median_steps to solve (null where half were not solved; the last
            five null without a goal), metric, split, median and best of it, diverged, number of
            the configuration. Sorted by fraction, then median steps, then the metric's median.

        Examples
        --------
        >>> from amenable import Training, mlp, train
        >>> training = Training(epochs=50, goal="accuracy >= 0.9")
        >>> population = train([mlp(2, 3, 1), mlp(2, 8, 1)], "moons", training, seeds=16)
        >>> population.summary().columns[:6]
        ['structure', 'activation', 'optimizer', 'parameters', 'trials', 'solved']
        """
        return tables.summary_frame(self, keys, level)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save to one file, an NPZ archive without pickle; written whole or not at all.

        Raises
        ------
        FileError
            If it cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from amenable import mlp, train
        >>> population = train(mlp(2, 2, 1), "xor", seeds=8)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "xor.npz")
        ...     population.save(file)
        ...     len(Population.load(file))
        8
        """
        codec.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """What `save` saved, to the bit.

        Raises
        ------
        FileError
            If the file is damaged, of another kind, or from a newer version.
        """
        return cls(**codec.load(path))

    def plot(
        self,
        kind: str,
        data: Dataset | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike] | None = None,
        *,
        ax: Axes | None = None,
        theme: str = "light",
        **options: Any,
    ) -> Figure:
        """Draw the population, or one of its networks.

        Parameters
        ----------
        kind : str
            "spaghetti", "gallery", "frames", "curves", "survival", "trainability" …: those of
            `amenable.figures.KINDS`, which `amenable draw` lists.
        data : Dataset, name, path or pair of arrays, optional
            The samples, where the kind needs them; by default what is called as the data was, if
            it is what training saw.
        ax : Axes, optional
            Where to draw; new ones by default.
        theme : str
            "light" or "dark".
        **options
            Of the kind's two functions, ``<kind>_data`` and ``draw_<kind>`` of
            `amenable.figures`; for kinds of one network, ``trial`` is "best", "median" (the
            default), "worst" or its number.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        DescriptionError
            If there is no such kind or option, or what it shows was not recorded.
        DataError
            If it needs other data.

        Examples
        --------
        >>> from amenable import mlp, train
        >>> population = train(mlp(2, 3, 1), "moons", seeds=4, curves=True)
        >>> figure = population.plot("curves")
        >>> figure = population.plot("spaghetti", trial="best", theme="dark")
        """
        from amenable.figures import plot

        return plot(self, kind, data, ax, theme, options)

    def _ranked(self, name: str, place: float) -> int:
        if not len(self):
            raise DataError(f"{name}: expected at least one trial, got none")
        return int(self.ranking[int(place * (len(self) - 1))])

    def __repr__(self) -> str:
        return words.described(self)

    def _repr_html_(self) -> str:
        return words.as_html(self)


def _pairs(
    mine: NDArray[np.uint64], theirs: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of trials on either side that belong together."""
    if np.array_equal(mine, theirs):
        return np.arange(len(mine)), np.arange(len(theirs))
    for seeds in (mine, theirs):
        if len(np.unique(seeds)) < len(seeds):
            raise DataError(
                "paired: expected the same seeds in the same order, or each seed once; "
                "pair one configuration with one"
            )
    common, in_mine, in_theirs = np.intersect1d(mine, theirs, return_indices=True)
    if not len(common):
        raise DataError("paired: expected common seeds, got none; train both with the same seeds=")
    return in_mine, in_theirs
