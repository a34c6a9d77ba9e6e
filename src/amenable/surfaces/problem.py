"""What a loss is measured on: a network, its training, and the samples of a split.

Networks that differ in weights only are one population, evaluated together in blocks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable import encoding, engine
from amenable.datasets import Dataset
from amenable.description import choice, fail
from amenable.errors import DataError, DescriptionError
from amenable.formatting import plural
from amenable.model import Model
from amenable.network import Network
from amenable.population import TrainedNetwork
from amenable.population.checks import as_dataset
from amenable.training import Training

Data = Dataset | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike]
WeightsOf = Callable[[slice], NDArray[np.float64]]

SPLITS = ("training", "validation", "test")
KINKED = ("relu", "leaky_relu", "elu")
KINKED_LOSSES = ("absolute", "huber", "hinge", "squared_hinge")
BLOCK_BYTES = 64 * 2**20  # of weights at a time: large enough that a call costs nothing


@dataclass(frozen=True, slots=True)
class Problem:
    """A network, its training and samples, which together give any weights a loss.

    Parameters
    ----------
    network : Network
        The structure that all weights are of.
    training : Training
        Gives the loss, class weights, penalties and dtype.
    data : Dataset
        The samples.
    split : str
        "training", "validation" or "test".
    """

    network: Network
    training: Training
    data: Dataset
    split: str

    @property
    def n_samples(self) -> int:
        """Samples in the split."""
        return len(getattr(self.data, self.split))

    @property
    def loss_name(self) -> str:
        """Such as "logistic"."""
        return self.training.resolved_loss(self.data.task, self.data.n_classes)

    @property
    def metric_name(self) -> str:
        """Such as "accuracy"."""
        return encoding.metric(self.training, self.data.task)

    @property
    def words(self) -> str:
        """Loss, samples and network, for captions."""
        name = f"{self.network.structure} {self.network.activation}".removesuffix(" none")
        return (
            f"mean {self.loss_name} loss on {plural(self.n_samples, f'{self.split} sample')} of "
            f"'{self.data.name}', network {name}"
        )

    @property
    def is_regularized(self) -> bool:
        """Whether training minimizes more than the mean loss, or another network's by dropout."""
        it = self.training
        penalty = it.l2 + it.l1 + it.decoupled_decay
        return penalty > 0 or any(layer.dropout > 0 for layer in self.network.layers)

    @property
    def has_kinks(self) -> bool:
        """Whether the gradient of the loss may jump, or its slope."""
        names = {layer.activation.partition("(")[0] for layer in self.network.layers}
        return bool(names & set(KINKED)) or self.loss_name.partition("(")[0] in KINKED_LOSSES

    def measure(self, flat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Loss (T,) and metric (T,) of weights (T, P), without penalties and dropout.

        Where the loss is not finite, the metric is NaN.
        """
        return self.measure_places(len(flat), lambda part: flat[part])

    def measure_places(
        self, n: int, weights_of: WeightsOf
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same of n weights that are made block by block: `weights_of` a slice, (·, P)."""
        block = max(1, BLOCK_BYTES // (8 * self.network.n_parameters))
        found = np.empty((n, 2))
        for at in range(0, n, block):
            part = slice(at, min(at + block, n))
            found[part] = engine.measure(
                self.network, self.training, weights_of(part), self.data, self.split
            )[0]
        found[~np.isfinite(found[:, 0]), 1] = np.nan
        return found[:, 0], found[:, 1]

    def gradients(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gradients (T, P) of the loss at weights (T, P), without penalties."""
        block = max(1, BLOCK_BYTES // (16 * self.network.n_parameters))
        found = np.empty_like(flat)
        for at in range(0, len(flat), block):
            part = slice(at, at + block)
            _, slopes = engine.measure(
                self.network, self.training, flat[part], self.data, self.split, gradients=True
            )
            found[part] = slopes
        return found

    def in_double(self) -> Problem:
        """The same in float64."""
        return replace(self, training=replace(self.training, dtype="float64"))


def problem_of(
    models: dict[str, Model], data: Data, training: Training | None, split: str
) -> Problem:
    """The problem that models, by argument, are about; refuses what does not fit."""
    check_models(models)
    if training is None:
        trained = [it for it in models.values() if isinstance(it, TrainedNetwork)]
        if not trained:
            fail(
                "training", "a Training, which a bare Model does not have", None, "write Training()"
            )
        training = trained[0].training
    return problem(next(iter(models.values())).network, training, data, split)


def check_models(models: dict[str, Model]) -> None:
    """Refuse what are no finite weights of one network; models by argument."""
    names = list(models)
    for name, model in models.items():
        if not isinstance(model, Model):
            fail(name, "a Model", model, "pick one from a population, such as population.best")
        first = models[names[0]].network
        if _without_dropout(model.network) != _without_dropout(first):
            raise DescriptionError(
                f"{name}: expected the network of {names[0]}, {describe_network(first)}, got "
                f"{describe_network(model.network)}; only weights of the same network can be joined"
            )
        if not np.isfinite(model.flat).all():
            raise DataError(f"{name}: expected finite weights; choose another network")


def problem(network: Network, training: Training, data: Data, split: str) -> Problem:
    """A problem whose parts fit together."""
    if not isinstance(training, Training):
        fail("training", "a Training", training, "write Training()")
    samples = as_dataset(data)
    choice("split", split, SPLITS)
    if not len(getattr(samples, split)):
        raise DataError(f"split: '{samples.name}' has no {split} samples; choose another split")
    if samples.n_inputs != network.inputs:
        raise DataError(
            f"data: '{samples.name}' has {samples.n_inputs} inputs, but the network "
            f"{network.structure} has {network.inputs}; pass the data it was made for"
        )
    targets = samples.n_outputs() if samples.task == "regression" else None
    training.check(network, samples.task, samples.n_classes, targets)
    return Problem(network, training, samples, split)


def describe_network(network: Network) -> str:
    """Such as "2-3-1 (tanh, identity)"; with what else may tell networks apart."""
    activations = ", ".join(layer.activation for layer in network.layers)
    shortcuts = " with shortcuts" if any(it.shortcuts for it in network.layers) else ""
    bare = " without some biases" if not all(it.bias for it in network.layers) else ""
    kinds = ", ".join(it.describe() for it in network.layers)
    images = f" of {kinds}" if any(network.windows) else ""
    return f"{network.structure} ({activations}){images}{shortcuts}{bare}"


def _without_dropout(network: Network) -> Network:
    """What weights mean does not depend on dropout."""
    return replace(network, layers=tuple(it.without_dropout() for it in network.layers))
