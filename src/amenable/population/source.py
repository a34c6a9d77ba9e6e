"""What is remembered of the data: enough to recognize it and to name its classes, no samples."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.description import Record, check_keys
from amenable.errors import DataError

SPLITS = ("training", "validation")  # in the order of the engine's results


@dataclass(frozen=True, slots=True)
class DataSummary:
    """The data that networks were trained on, without its samples.

    Parameters
    ----------
    name, task, classes, n_inputs
        As in `Dataset`.
    n_training, n_validation : int
        Samples in these splits.
    fingerprint : str
        SHA-256 of what training saw, as `Dataset.fingerprint`.

    Examples
    --------
    >>> from amenable.datasets import load
    >>> summary = DataSummary.of(load("moons"))
    >>> summary.name, summary.n_training, summary.n_validation
    ('moons', 160, 40)
    """

    name: str
    task: str
    classes: tuple[str, ...]
    n_inputs: int
    n_training: int
    n_validation: int
    fingerprint: str

    @classmethod
    def of(cls, data: Dataset) -> DataSummary:
        """The summary of a dataset."""
        return cls(
            name=data.name,
            task=data.task,
            classes=data.classes,
            n_inputs=data.n_inputs,
            n_training=len(data.training),
            n_validation=len(data.validation),
            fingerprint=data.fingerprint,
        )

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    @property
    def judged_on(self) -> str:
        """The split that networks are compared on: "validation" where there is one."""
        return "validation" if self.n_validation else "training"

    def check_like(self, data: Dataset) -> None:
        """Refuse data of another kind: other inputs, task or classes."""
        if not isinstance(data, Dataset):
            raise DataError(f"data: expected a Dataset, got {type(data).__name__}; use load(...)")
        for what, expected, got in (
            ("inputs", self.n_inputs, data.n_inputs),
            ("task", self.task, data.task),
            ("classes", self.classes, data.classes),
        ):
            if expected != got:
                raise DataError(
                    f"data: expected {what} {expected!r} as in '{self.name}', which the network "
                    f"learned, got {got!r} in '{data.name}'"
                )

    def named(self, labels: NDArray[np.int64]) -> NDArray[Any]:
        """Names of classes (N,) by their numbers; as integers, where all names are integers."""
        names = np.array(self.classes)
        is_whole = all(it == str(_whole(it)) for it in self.classes)
        return np.asarray((names.astype(np.int64) if is_whole else names)[labels])

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them."""
        return {**asdict(self), "classes": list(self.classes)}

    @classmethod
    def from_dict(cls, record: object) -> DataSummary:
        """The summary that `to_dict` recorded."""
        entries: dict[str, Any] = check_keys(cls, record)
        return cls(**{**entries, "classes": tuple(entries["classes"])})


def _whole(name: str) -> int | None:
    """The integer that the name of a class is, if it is one that int64 holds."""
    try:
        value = int(name)
    except ValueError:
        return None
    return value if abs(value) < 2**63 else None
