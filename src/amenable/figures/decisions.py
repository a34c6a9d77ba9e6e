"""How outputs are read: as a side of the decision border, as a class, or as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.datasets import Dataset
from amenable.description import integer, number
from amenable.errors import DataError
from amenable.model import Model
from amenable.network import parse_activation
from amenable.population import TrainedNetwork

BORDER, CLASSES, VALUE = "border", "classes", "value"
_HALFWAY = ("sigmoid", "step", "gaussian")  # activations of which one half is the middle


@dataclass(frozen=True, slots=True)
class Reading:
    """How outputs (M, O) are read.

    Parameters
    ----------
    kind : str
        "border": one output separates two classes; "classes": the largest output wins; or "value".
    classes : tuple of str
        Empty for values.
    threshold : float
        The single output's threshold; 0 for several outputs.
    output : int
        Which output is shown, if the network predicts several values.
    """

    kind: str
    classes: tuple[str, ...]
    threshold: float = 0.0
    output: int = 0

    def of(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Margin towards the second class (M, 1), votes (M, C), or values (M, 1)."""
        if self.kind == CLASSES:
            return outputs
        chosen = outputs[:, [self.output]]
        return chosen - self.threshold if self.kind == BORDER else chosen

    def labels(self, found: NDArray[np.float64]) -> NDArray[np.int64]:
        """Class numbers (M,) for what `of` returns."""
        if self.kind == CLASSES:
            return np.asarray(found.argmax(axis=-1))
        return (found[..., 0] > 0).astype(np.int64)


def reading_of(
    model: Model, data: Dataset | None, threshold: float | None, output: int = 0
) -> Reading:
    """How to read the model's outputs; without data, the last activation decides."""
    n_outputs = model.network.outputs
    output = integer("output", output, 0, n_outputs - 1, f"the network has {n_outputs}")
    if data is None:
        return _guessed(model, threshold, output)
    if isinstance(model, TrainedNetwork):
        model.data.check_like(data)
    if data.task == "regression":
        _check_outputs(model, data, (data.n_outputs(),))
        return Reading(VALUE, (), output=output)
    _check_outputs(model, data, (data.n_outputs(), data.n_classes))
    if n_outputs > 1:
        return Reading(CLASSES, data.classes)
    middle = None
    if isinstance(model, TrainedNetwork):
        middle = encoding.middle(model.training, data.task, data.n_classes)
    return Reading(BORDER, data.classes, _threshold(model, threshold, middle))


def _guessed(model: Model, threshold: float | None, output: int) -> Reading:
    name = parse_activation(model.network.output_activation)[0]
    if model.network.outputs > 1:
        return Reading(CLASSES, tuple(f"output {k}" for k in range(model.network.outputs)))
    if threshold is None and name not in _HALFWAY:
        return Reading(VALUE, (), output=output)
    level = _threshold(model, threshold, None)
    return Reading(BORDER, (f"at most {level:g}", f"over {level:g}"), level)


def _threshold(model: Model, given: float | None, middle: float | None) -> float:
    if given is not None:
        return number("threshold", given)
    if middle is not None:
        return middle
    name = parse_activation(model.network.output_activation)[0]
    return 0.5 if name in _HALFWAY else 0.0


def _check_outputs(model: Model, data: Dataset, allowed: tuple[int, ...]) -> None:
    if model.network.outputs not in allowed:
        numbers = " or ".join(map(str, dict.fromkeys(allowed)))
        raise DataError(
            f"model: expected a network with {numbers} outputs for '{data.name}', got "
            f"{model.network.structure}; draw it with the data it was made for"
        )


def rightness(reading: Reading, found: NDArray[np.float64], y: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each sample (M,) is classified correctly; empty for values."""
    if reading.kind == VALUE:
        return np.zeros(0, dtype=np.bool_)
    return np.asarray(np.isfinite(found).all(axis=-1) & (reading.labels(found) == y))
