"""`Population`: trials on one data set, and what follows from them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.datasets import Dataset
from amenable.errors import DataError
from amenable.population import codec, tables, words
from amenable.population.outcome import Fraction, check_goals
from amenable.population.questions import Questions
from amenable.population.trained import TrainedNetwork
from amenable.population.trials import Trials
from amenable.statistics import ClusteredDifference, KaplanMeier

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from amenable.answers import SummaryRow, TrialTable


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Population(Trials, Questions):
    """Trials on one data set, with their results; `train` returns it.

    It is a sequence of trials, ordered by configuration and then by seed: ``population[i]`` is a
    `TrainedNetwork`, ``population[i:j]`` a population, and ``len`` is T. Records are arrays with a
    row for each trial, and are read-only.

    Parameters
    ----------
    data : DataSummary
        Name, task, classes and fingerprint of the data.
    configurations : tuple of Configuration
        The networks and trainings, in pairs; `networks` and `trainings` list the different ones.
    seed : array of uint64, (T,)
        The seed of each trial; `seeds` lists the different ones.
    status : array of str, (T,)
        "solved", "exhausted", "diverged", "stopped" or "cancelled".
    steps : array of int64, (T,)
        Number of steps that were taken.
    goal_step : array of int64, (T,)
        Steps to solve; -1 for trials that did not solve the problem. At first touch this is the
        last step. For a goal that is judged at the end, it is the first probe from which the
        validation metric stays at the goal (the training metric, without validation rows), or the
        last step if it does not stay there.
    final : array (T, 3, 2)
        Loss and metric on training, validation and test rows, of the weights that are kept. Read
        them as ``loss["validation"]`` (T,) and ``metric["test"]`` (T,).
    records : Records
        Read as `curves` (T, K), `signals` (T, K, L), `snapshots` (T, K, P), `weights` (T, P).
    version : str
        Version of the package that trained it.

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
        """The fraction of the trials that solved the problem.

        Trials that Ctrl-C cut short do not count (`is_counted` is false).

        Parameters
        ----------
        level : float
            Coverage of the interval.

        Raises
        ------
        DescriptionError
            If a training has no goal.
        DataError
            If there is no trial.
        """
        check_goals("fraction", self.trainings)
        found = self._in_one_row("fraction", level).found
        assert found is not None  # there is a goal
        return found

    def steps_to_solve(self, level: float = 0.95) -> KaplanMeier:
        """The fraction that solves the problem by each step, and the median with its interval.

        Trials that used their budget are censored there. Trials that diverged or stopped early will
        never solve the problem, so they are censored where the last budget ends.

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
        curve = self._in_one_row("steps_to_solve", level).curve
        assert curve is not None  # there is a goal
        return curve

    def paired(self, other: Population, level: float = 0.95) -> ClusteredDifference:
        """Difference of two fractions, pairing like with like and seed with seed.

        Parameters
        ----------
        other : Population
            Another population on the same data. Each configuration is paired with the one that
            differs only in what the populations differ in, such as the activation in groups of
            ``by("activation")``. Trials are paired by seed.
        level : float
            Coverage of the interval.

        Returns
        -------
        ClusteredDifference
            This fraction minus the other's; the test swaps whole seeds.

        Raises
        ------
        DataError
            If the data differs, or trials cannot be paired.

        Examples
        --------
        >>> from amenable import Training, mlp, train
        >>> networks = [mlp(2, 3, 1, activation=name) for name in ("tanh", "relu")]
        >>> training = Training(epochs=50, goal="accuracy >= 0.9")
        >>> groups = train(networks, "moons", training, seeds=16).by("activation")
        >>> groups["tanh"].paired(groups["relu"]).pairs
        16
        """
        from amenable import answers

        return answers.paired(self.table(), other.table(), level)

    def table(self) -> TrialTable:
        """The trials as all answers take them; see `amenable.answers.table_of`."""
        from amenable import answers

        return answers.table_of(self)

    @property
    def ranking(self) -> NDArray[np.int64]:
        """Numbers of the trials (T,), best first.

        They are ordered by the metric on validation samples (on training samples if there are
        none), then by the loss there, then by seed. Cancelled and diverged trials are last.

        Raises
        ------
        DescriptionError
            If the trials have different metrics.
        """
        from amenable import answers

        return answers.ranking(self)

    @property
    def best(self) -> TrainedNetwork:
        """The first of `ranking`."""
        return self[self._ranked("best", 0.0)]

    @property
    def median(self) -> TrainedNetwork:
        """The middle of `ranking`; of two in the middle, the better one."""
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
            Columns are trial and configuration (numbers), structure, activation, parameters,
            optimizer, lr, batch, init, whatever else differs, seed, status, solved, steps, loss and
            metric on the three splits, and the metric's name. For pandas without pyarrow:
            ``pandas.DataFrame(frame.to_dict(as_series=False))``.
        """
        return tables.trials_frame(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save to one file, an NPZ archive without pickles, which is written whole or not at all.

        Raises
        ------
        FileError
            If the file cannot be written.

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
        """The population that `save` saved, to the bit.

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
            "spaghetti", "gallery", "frames", "curves", "survival", "trainability" …: a kind from
            `amenable.figures.KINDS`, which `amenable draw` lists.
        data : Dataset, name, path or pair of arrays, optional
            The samples, if the kind needs them. By default the data is loaded again by its name,
            and checked against what training saw.
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

    def _in_one_row(self, name: str, level: float) -> SummaryRow:
        """All trials together."""
        rows = self.summary((), level).rows if len(self) else ()
        if not rows:
            raise DataError(f"{name}: expected at least one finished trial, got none")
        return rows[0]

    def _ranked(self, name: str, place: float) -> int:
        if not len(self):
            raise DataError(f"{name}: expected at least one trial, got none")
        return int(self.ranking[int(place * (len(self) - 1))])

    def __repr__(self) -> str:
        return words.describe(self)

    def _repr_html_(self) -> str:
        return words.as_html(self)
