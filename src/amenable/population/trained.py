"""`TrainedNetwork`: one trial of a population, with its weights, ready to be used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from amenable import encoding, engine
from amenable.archive import Archive, open_archive, write_archive
from amenable.datasets import Dataset
from amenable.datasets.preparation import Preparation
from amenable.datasets.target import class_names
from amenable.description import choice, short
from amenable.errors import DataError, DescriptionError
from amenable.model import Model
from amenable.network import Network
from amenable.population.predictions import predictions, rows_for, warn
from amenable.population.source import SPLITS, DataSummary
from amenable.training import Training, parse_loss

KIND = "trained network"
VERSION = 4  # of the file; 1 knew nothing of pixels, 2 nothing of test rows, 3 nothing of columns


class Score(NamedTuple):
    """How well a network does on some samples.

    Parameters
    ----------
    loss : float
        Mean loss, without penalties.
    metric : float
        Accuracy, r2 or whatever the goal names.
    """

    loss: float
    metric: float


def take_final(archive: Archive, *leading: int) -> NDArray[np.float64]:
    """Loss and metric (…, 3, 2) at the end; of older files, NaN on test rows."""
    if archive.version > 2:
        return archive.take("final", np.float64, *leading, 3, 2)
    watched = archive.take("final", np.float64, *leading, 2, 2)
    return np.concatenate([watched, np.full_like(watched[..., :1, :], np.nan)], axis=-2)


def _goal_step(header: Mapping[str, Any]) -> int:
    """The step to solve; of files that do not say it, the last one, at which the goal was met."""
    return int(header.get("goal_step", header["steps"] if header["status"] == "solved" else -1))


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class TrainedNetwork(Model):
    """A network with weights, as training left them.

    Made by `Population`: ``population[i]``, ``population.best``. Arithmetic is that of the
    training, in its dtype, so that what is predicted here is what was measured there.

    Parameters
    ----------
    network, flat
        As in `Model`; its `dtype` is that of the training.
    training : Training
        How it was trained.
    seed : int
        The trial's.
    status : str
        "solved", "exhausted", "diverged", "stopped" or "cancelled".
    steps : int
        How many were made.
    goal_step : int
        The step that counts as steps to solve; -1 where it is not solved.
    final : array (3, 2) of float64
        Training, validation and test; loss and metric at the end. Read as `loss` and `metric`.
    data : DataSummary
        What it was trained on.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> trained = train(mlp(2, 8, 1), "moons", Training(epochs=20), seeds=4).best
    >>> trained.predict([[0.0, 1.0], [1.0, -0.5]])
    array([0, 1])
    >>> trained.decision([[0.0, 1.0], [1.0, -0.5]]).shape
    (2, 1)
    """

    training: Training
    seed: int
    status: str
    steps: int
    goal_step: int
    final: NDArray[np.float64]
    data: DataSummary

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", self.training.dtype)
        Model.__post_init__(self)
        final = np.array(self.final, dtype=np.float64)
        final.setflags(write=False)
        object.__setattr__(self, "final", final)

    @property
    def preparation(self) -> Preparation | None:
        """What was done to the columns of its data; None where there are none, or in old files."""
        return self.data.preparation_of(self.seed)

    @property
    def loss(self) -> Mapping[str, float]:
        """Loss at the end by split, without penalties; NaN where there was nothing to measure."""
        return {split: float(self.final[i, 0]) for i, split in enumerate(SPLITS)}

    @property
    def metric(self) -> Mapping[str, float]:
        """Metric at the end by split."""
        return {split: float(self.final[i, 1]) for i, split in enumerate(SPLITS)}

    @property
    def metric_name(self) -> str:
        """What `metric` is: "accuracy", "r2" or what the goal names."""
        return encoding.metric(self.training, self.data.task)

    def predict(self, x: Any, *, prepared: bool | None = None) -> NDArray[Any]:
        """Classes or values for samples.

        Parameters
        ----------
        x : array (N, I), data frame, str or path
            Rows of a data frame or a file go by the names of their columns, in any order, and are
            prepared as those that were learned. An array holds samples that are prepared already,
            as `Dataset.x` and `Dataset.split` have them, unless `prepared` is False.
        prepared : bool, optional
            Of an array: False for rows as they were before they were prepared, a column for each
            of ``preparation.features``. By default True.

        Returns
        -------
        array
            Class names (N,), as integers where all of them are; for regression, values (N, O), in
            the units of the target, but for prepared samples in those of `Dataset.y`.

        Warns
        -----
        UserWarning
            Says what to know of the rows: columns that are ignored, gaps that were filled,
            categories that were never seen, values far outside of what was learned.

        Raises
        ------
        DataError
            If a column is missing or a cell cannot be read, which it names; or if an array has
            other inputs, or a number that is not finite.

        Examples
        --------
        >>> import polars as pl
        >>> from amenable import load, mlp, train
        >>> flowers = train(mlp(4, 8, 3), "iris", seeds=1).best
        >>> row = [[5.1, 3.5, 1.4, 0.2]]
        >>> flowers.predict(row, prepared=False)
        array(['setosa'], dtype='<U10')
        >>> flowers.predict(pl.DataFrame(row, flowers.preparation.features, orient="row"))
        array(['setosa'], dtype='<U10')
        >>> x, y = load("iris").split("test")
        >>> bool((flowers.predict(x) == y).mean() > 0.8)
        True
        """
        found = predictions([self], x, "predict", prepared=prepared)
        warn(found.remarks)
        return found.values

    def named(self, outputs: NDArray[np.float64]) -> NDArray[Any]:
        """Class names (N,) for outputs (N, O) of a classification; internal."""
        return class_names(self.data.classes, self.labels(outputs))

    def labels(self, outputs: NDArray[np.float64]) -> NDArray[np.int64]:
        """Numbers of classes (N,) for outputs (N, O) of a classification; internal."""
        codes = encoding.target_codes(self.training, self.data.task, self.data.n_classes)
        assert codes is not None  # of a classification
        if codes[1] < codes[0]:  # yes is the smaller one
            outputs = -outputs
        if outputs.shape[1] > 1:
            return np.asarray(outputs.argmax(axis=1))
        middle = encoding.middle(self.training, self.data.task, self.data.n_classes)
        is_second = outputs[:, 0] > (middle if codes[0] < codes[1] else -middle)
        return np.asarray(is_second.astype(np.int64))

    def decision(self, x: Any, *, prepared: bool | None = None) -> NDArray[np.float64]:
        """Outputs of the last layer, in the units that the network learned.

        Parameters
        ----------
        x, prepared
            As for `predict`.

        Returns
        -------
        array (N, O)
            For logistic and softmax loss these are logits.
        """
        rows = rows_for([self], x, "decision", prepared)
        if rows.is_raw:  # pictures ask far and wide of prepared ones
            warn(rows.remarks)
        return self._outputs(rows.samples[0], self.network)

    def probabilities(self, x: Any, *, prepared: bool | None = None) -> NDArray[np.float64]:
        """Probability of each class, for networks trained with logistic or softmax loss.

        Parameters
        ----------
        x, prepared
            As for `predict`.

        Returns
        -------
        array (N, classes)
            Rows add up to one, but for logistic loss on more than two classes, where each class
            is a question of its own.

        Raises
        ------
        DescriptionError
            If the loss does not speak of probabilities.

        Examples
        --------
        >>> from amenable import mlp, train
        >>> flowers = train(mlp(4, 8, 3), "iris", seeds=1).best
        >>> flowers.probabilities([[5.1, 3.5, 1.4, 0.2]], prepared=False).shape
        (1, 3)
        """
        if not self.has_probabilities:
            task, n_classes = self.data.task, self.data.n_classes
            loss = parse_loss(self.training.resolved_loss(task, n_classes))[0]
            raise DescriptionError(
                f"probabilities: expected a network trained with logistic or softmax loss, "
                f"got {loss}; use decision(x)"
            )
        rows = rows_for([self], x, "probabilities", prepared)
        warn(rows.remarks)
        return self.probable(self.finite_outputs("probabilities", rows.samples[0]))

    @property
    def has_probabilities(self) -> bool:
        """Whether its outputs speak of probabilities: those of logistic and softmax loss do."""
        loss = self.training.resolved_loss(self.data.task, self.data.n_classes)
        return parse_loss(loss)[0] in ("logistic", "softmax")

    def probable(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (N, classes) for outputs (N, O); internal."""
        loss = self.training.resolved_loss(self.data.task, self.data.n_classes)
        if parse_loss(loss)[0] == "softmax":
            powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        both = np.hstack([-outputs, outputs]) if outputs.shape[1] == 1 else outputs
        return np.exp(-np.logaddexp(0.0, -both))  # 1 / (1 + exp(-z)), which would overflow

    def finite_outputs(self, caller: str, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Outputs (N, O) for samples; refuses weights that are not finite; internal."""
        if not np.isfinite(self.flat).all():
            raise DataError(
                f"{caller}: the network has weights that are not finite, and knows nothing: its "
                f"training {self.status} after {self.steps} steps; take another seed"
            )
        return self._outputs(samples, self.network)

    def score(self, data: Dataset, split: str | None = None) -> Score:
        """Loss and metric on a split of data of the same kind.

        Parameters
        ----------
        data : Dataset
            With the inputs and classes of the data that it was trained on.
        split : str or None
            "training", "validation" or "test"; None for validation where the data has it.

        Raises
        ------
        DataError
            If the data is of another kind, or the split is empty.

        Examples
        --------
        >>> from amenable import load, mlp, train
        >>> data = load("moons")
        >>> trained = train(mlp(2, 8, 1), data, seeds=1).best
        >>> trained.score(data).metric == trained.metric["validation"]
        True
        """
        self.data.check_like(data)
        chosen = split or ("validation" if len(data.validation) else "training")
        choice("split", chosen, ("training", "validation", "test"))
        if not len(getattr(data, chosen)):
            raise DataError(f"split: '{data.name}' has no {chosen} samples; choose another split")
        found, _ = engine.measure(self.network, self.training, self.flat[None], data, chosen)
        return Score(float(found[0, 0]), float(found[0, 1]))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save to one file, whole or not at all.

        Raises
        ------
        FileError
            If it cannot be written.
        """
        header = {
            "network": self.network.to_dict(),
            "training": self.training.to_dict(),
            "data": self.data.of_seed(self.seed).to_dict(),
            "seed": int(self.seed),
            "status": self.status,
            "steps": int(self.steps),
            "goal_step": int(self.goal_step),
        }
        write_archive(path, KIND, VERSION, header, {"weights": self.flat, "final": self.final})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainedNetwork:
        """What `save` saved, to the bit.

        Raises
        ------
        FileError
            If the file is damaged, of another kind, or from a newer version.
        """
        with open_archive(path, KIND, VERSION) as archive:
            header = archive.header
            network = Network.from_dict(header["network"])
            return cls(
                network=network,
                training=Training.from_dict(header["training"]),
                flat=archive.take("weights", np.float64, network.n_parameters),
                seed=int(header["seed"]),
                status=choice("status", header["status"], engine.STATUSES),
                steps=int(header["steps"]),
                goal_step=_goal_step(header),
                final=take_final(archive),
                data=DataSummary.from_dict(header["data"]),
            )

    def __repr__(self) -> str:
        split = self.data.judged_on
        value = short(round(self.metric[split], 4))
        return (
            f"TrainedNetwork({self.network.structure} {self.network.activation}, seed {self.seed}: "
            f"{self.status} after {self.steps} steps, {split} {self.metric_name} {value})"
        )
