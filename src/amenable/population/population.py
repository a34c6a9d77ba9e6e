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
    goal_step : array of int64, (T,)
        The step that counts as steps to solve, -1 for trials that are not solved. At first touch
        the last step; judged at the end, the first probe from which the validation metric
        (training, without validation rows) stays at the goal, or the last step where it does not.
    final : array (T, 3, 2)
        Training, validation and test; loss and metric of the weights that are kept. Read as
        ``loss["validation"]`` (T,) and ``metric["test"]`` (T,).
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

        Trials of which `is_counted` is false, as Ctrl-C cut them, do not count.

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
        """Curve of the fraction solved over steps, and its median with interval.

        Trials whose budget ended are censored there. Those that diverged or stopped early will
        never solve the problem: they are censored where the last budget ends.

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
        """Difference of the fractions solved, like with like and seed by seed.

        Parameters
        ----------
        other : Population
            On the same data. Each configuration is paired with the one that is like it in all but
            what the two populations differ in, as the activation in groups of
            ``by("activation")``; and trials by seed.
        level : float
            Coverage of the interval.

        Returns
        -------
        ClusteredDifference
            Of this fraction minus the other's; the test swaps whole seeds.

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

        By the metric on validation samples (on training samples where there are none), then by
        the loss there, then by seed; cancelled trials and diverged ones last.

        Raises
        ------
        DescriptionError
            If the trials are measured by different metrics.
        """
        from amenable import answers

        return answers.ranking(self)

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
            the three splits, and the metric's name. For pandas without pyarrow:
            ``pandas.DataFrame(frame.to_dict(as_series=False))``.
        """
        return tables.trials_frame(self)

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
