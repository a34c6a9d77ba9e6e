"""`Ensemble`: networks of one population that predict together."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError, DescriptionError
from amenable.population import codec
from amenable.population.population import Population
from amenable.population.predictions import PROBABILITY, predictions, warn
from amenable.population.source import DataSummary
from amenable.population.trained import TrainedNetwork

KIND = "ensemble"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ensemble:
    """Networks that predict together: the mean of their probabilities, or of their values.

    Each network prepares new rows as the split of the data that it learned.

    Parameters
    ----------
    members : Population
        With weights; at least one network.

    Raises
    ------
    DataError
        If there is none, or one diverged.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> training = Training(epochs=50, goal="accuracy >= 0.9")
    >>> population = train(mlp(4, 8, 3), "iris", training, seeds=8)
    >>> together = Ensemble(population.where(population.solved))
    >>> together.predict([[5.1, 3.5, 1.4, 0.2]], prepared=False)
    array(['setosa'], dtype='<U10')
    """

    members: Population

    def __post_init__(self) -> None:
        if not isinstance(self.members, Population) or not len(self.members):
            raise DataError("Ensemble.members: expected a population with at least one network")
        for i, it in enumerate(self.networks):
            if not np.isfinite(it.flat).all():
                raise DataError(
                    f"Ensemble.members: trial {i} {it.status}, its weights are not finite",
                    hint="leave it out by population.where",
                )

    @property
    def networks(self) -> list[TrainedNetwork]:
        """The members, one by one."""
        return list(self.members)

    @property
    def data(self) -> DataSummary:
        """What they were trained on."""
        return self.members.data

    def predict(self, x: Any, *, prepared: bool | None = None) -> NDArray[Any]:
        """Classes or values for samples, as `TrainedNetwork.predict`.

        Parameters
        ----------
        x, prepared
            As for `TrainedNetwork.predict`. Networks that learned different splits take rows as
            they are in the table only: a data frame, a file, or an array with ``prepared=False``.
        """
        found = predictions(self.networks, x, "predict", prepared=prepared)
        warn(found.remarks)
        return found.values

    def probabilities(self, x: Any, *, prepared: bool | None = None) -> NDArray[np.float64]:
        """Probability of each class (N, classes), averaged over the networks.

        Raises
        ------
        DescriptionError
            If a loss does not speak of probabilities, or there are no classes.
        """
        found = predictions(self.networks, x, "probabilities", prepared=prepared)
        warn(found.remarks)
        if found.sure is None or found.measure != PROBABILITY:
            raise DescriptionError(
                "probabilities: expected networks trained with logistic or softmax loss; use "
                "predict(x)"
            )
        return found.sure

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save to one file, whole or not at all.

        Raises
        ------
        FileError
            If it cannot be written.
        """
        codec.save(self.members, path, KIND)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ensemble:
        """What `save` saved, to the bit.

        Raises
        ------
        FileError
            If the file is damaged, of another kind, or from a newer version.
        """
        return cls(Population(**codec.load(path, KIND)))

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        structures = ", ".join(dict.fromkeys(it.structure for it in self.members.networks))
        return f"Ensemble({len(self)} networks {structures} on '{self.data.name}')"
