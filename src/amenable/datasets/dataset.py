"""`Dataset`: samples, what is to be learned from them, and which rows train, validate and test.

No file is read here and nothing is scaled: arrays are kept as they come, checked and frozen.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.datasets.arrays import (
    as_inputs,
    check_features,
    check_inputs,
    check_labels,
    check_splits,
    check_weights,
    constant_notes,
    frozen,
)
from amenable.datasets.source import Source, check_numbers, did_you_mean, listed
from amenable.datasets.splits import Split, split_notes, split_rows
from amenable.datasets.target import TASKS, Target, read_target
from amenable.errors import DataError

SPLITS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Dataset:
    """Samples with their targets, split into training, validation and test rows.

    Usually made by `load` or `Dataset.from_arrays`. Immutable: arrays are copied and read-only.
    Hashable, picklable, and equal to another when all fields but the notes are.

    Parameters
    ----------
    name : str
        What errors and tables call it.
    x : array (N, I) of float64
        Inputs, finite and within float32.
    y : array (N,) of int64, or (N, O) of float64
        Class numbers for classification, real numbers for regression.
    task : str
        ``"classification"`` or ``"regression"``.
    classes : tuple of str
        Class names in the order of their numbers; empty for regression.
    features : tuple of str
        Names of the I inputs, all different.
    training, validation, test : array of int64
        Row numbers; no row is in two splits, `training` has at least two.
    weights : array (N,) of float64, or None
        Sample weights >= 0, not all zero in a split.
    notes : tuple of str
        What was inferred or done on the way, one sentence each.

    Raises
    ------
    DataError
        If the fields do not fit together; names the array and the row.

    Examples
    --------
    >>> import numpy as np
    >>> data = Dataset.from_arrays(np.eye(10), np.arange(10) % 2, name="eye")
    >>> data
    Dataset('eye': 10 samples, 10 inputs, 2 classes; training 8, validation 2, test 0)
    >>> x, y = data.split("validation")
    >>> x.shape, y.shape
    ((2, 10), (2,))
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[Any]
    task: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise DataError(f"{self.name}: task must be one of {listed(TASKS)}, got {self.task!r}")
        for field in ("classes", "features", "notes"):
            object.__setattr__(self, field, tuple(str(text) for text in getattr(self, field)))
        is_class = self.task == "classification"
        x = self._freeze("x", np.float64, 2)
        y = self._freeze("y", np.int64 if is_class else np.float64, 1 if is_class else 2)
        splits = {split: self._freeze(split, np.int64, 1) for split in SPLITS}
        if len(x) != len(y):
            raise DataError(f"{self.name}: x has {len(x)} samples and y has {len(y)}; must agree")
        check_features(self.features, self.n_inputs, self.name)
        check_inputs(x, self.features, self.name)
        if is_class:
            check_labels(y, len(self.classes), self.name)
        else:
            check_numbers(y, Source(self.name), "y", [None] * y.shape[1])
        check_splits(splits, len(x), self.name)
        if self.weights is not None:
            weights = self._freeze("weights", np.float64, 1)
            check_weights(weights, len(x), splits, self.name)

    def _freeze(self, field: str, dtype: type, ndim: int) -> NDArray[Any]:
        array: NDArray[Any] = frozen(getattr(self, field), dtype, f"{self.name}: {field}", ndim)
        object.__setattr__(self, field, array)
        return array

    @classmethod
    def from_arrays(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        name: str = "data",
        task: str | None = None,
        validation: float = 0.2,
        test: float = 0.0,
        seed: int = 0,
        stratify: bool = True,
        weights: ArrayLike | None = None,
        features: Sequence[str] | None = None,
    ) -> Self:
        """Make a dataset of arrays, taken as they are: nothing is scaled, encoded or filled in.

        Parameters
        ----------
        x : array (N, I)
            Inputs; further axes, as of images, are flattened.
        y : array (N,) or (N, O)
            Classes (text, whole numbers, booleans, one-hot rows) or real numbers.
        name : str
            What errors and tables call it.
        task : str, optional
            ``"classification"`` or ``"regression"``; inferred from `y` by default.
        validation, test : float
            Fractions of the samples to hold out.
        seed : int
            Decides which rows are held out.
        stratify : bool
            Whether every class keeps its share in every split.
        weights : array (N,), optional
            Sample weights >= 0.
        features : sequence of str, optional
            Names of the inputs; by default the columns of a data frame, else ``x0``, ``x1``, ….

        Returns
        -------
        Dataset

        Raises
        ------
        DataError
            Naming the array, the row and the column at fault.

        Examples
        --------
        >>> data = Dataset.from_arrays([[0.0], [1.0], [2.0], [3.0]], [0.5, 1.5, 2.5, 3.5])
        >>> data.task, data.notes
        ('regression', ('target y: 4 distinct numbers, taken as regression',))
        """
        source = Source(name)
        names = getattr(x, "columns", None) if features is None else features
        inputs, flattened = as_inputs(x, source)
        titles = [f"x{i}" for i in range(inputs.shape[1])] if names is None else list(names)
        target = read_target(np.asarray(y), task, source)
        if len(inputs) != len(target.values):
            raise DataError(
                f"{name}: x has {len(inputs)} samples and y has {len(target.values)}; "
                "expected one target per sample"
            )
        rows = split_rows(
            len(inputs),
            target.labels if stratify else None,
            validation=validation,
            test=test,
            seed=seed,
            name=name,
        )
        notes = [*flattened, *constant_notes(inputs[rows.training], titles)]
        return cls.of_target(name, inputs, target, titles, rows, weights=weights, notes=notes)

    @classmethod
    def of_target(
        cls,
        name: str,
        x: NDArray[np.float64],
        target: Target,
        features: Sequence[str],
        rows: Split,
        *,
        weights: ArrayLike | None = None,
        notes: Sequence[str] = (),
    ) -> Self:
        """Put together what the readers of this package have read; not for other callers."""
        labels = target.labels
        said = [] if labels is None else split_notes(rows, labels, target.classes)
        return cls(
            name,
            x,
            target.values,
            target.task,
            target.classes,
            tuple(features),
            rows.training,
            rows.validation,
            rows.test,
            None if weights is None else np.asarray(weights),
            (target.note, *notes, *said),
        )

    @property
    def n_samples(self) -> int:
        """Number of samples, N."""
        return len(self.x)

    @property
    def n_inputs(self) -> int:
        """Number of inputs, I."""
        return int(self.x.shape[1])

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    def n_outputs(self, loss: str = "auto") -> int:
        """Number of outputs, O, that a network needs for this data.

        Parameters
        ----------
        loss : str
            The loss that it is trained with, as in `Training`.

        Returns
        -------
        int
            One per target column for regression; one for two classes, unless the loss is
            ``"softmax"``; else one per class.

        Examples
        --------
        >>> data = Dataset.from_arrays([[0.0], [1.0], [2.0]], ["no", "yes", "no"], validation=0)
        >>> data.n_outputs(), data.n_outputs("softmax")
        (1, 2)
        """
        if self.task == "regression":
            return int(self.y.shape[1])
        return 1 if self.n_classes == 2 and loss != "softmax" else self.n_classes

    def split(self, name: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Inputs and targets of one split.

        Parameters
        ----------
        name : str
            ``"training"``, ``"validation"`` or ``"test"``.

        Returns
        -------
        x, y : array
            Copies, empty where the split is.
        """
        if name not in SPLITS:
            raise DataError(
                f"split: expected one of {listed(SPLITS)}, got {name!r}"
                + did_you_mean(str(name), SPLITS)
            )
        rows = getattr(self, name)
        return self.x[rows], self.y[rows]

    def with_split(
        self,
        *,
        validation: float = 0.2,
        test: float = 0.0,
        seed: int = 0,
        stratify: bool = True,
    ) -> Self:
        """The same samples, split anew; the arguments are those of `from_arrays`.

        Whatever a file's reader fitted on the former training split, such as means and scales, is
        kept; load the file again to have it fitted anew.
        """
        labels = self.y if self.task == "classification" else None
        rows = split_rows(
            self.n_samples,
            labels if stratify else None,
            validation=validation,
            test=test,
            seed=seed,
            name=self.name,
        )
        said = [] if labels is None else split_notes(rows, labels, self.classes)
        notes = (*self.notes, f"split anew with seed {seed}", *said)
        return replace(
            self,
            training=rows.training,
            validation=rows.validation,
            test=rows.test,
            notes=notes,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of what training sees: task, arrays, splits and weights."""
        digest = hashlib.sha256(f"{self.task} {self.n_classes}".encode())
        for field in ("x", "y", *SPLITS, "weights"):
            array = getattr(self, field)
            if array is not None:
                digest.update(f"{field} {array.shape}".encode())
                digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
        return digest.hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain lists, texts and numbers."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `to_dict` gave, as a dataset again."""
        expected = {field.name for field in fields(cls)}
        if set(values) != expected:
            odd = sorted(set(values) ^ expected)
            raise DataError(f"Dataset.from_dict: fields missing or unknown: {listed(odd)}")
        return cls(**values)

    def to_json(self) -> str:
        """The dataset as JSON text; every number survives to the bit."""
        return json.dumps(self.to_dict(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` gave, as a dataset again."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise DataError(f"Dataset.from_json: not JSON: {error}") from None
        if not isinstance(values, dict):
            raise DataError(f"Dataset.from_json: expected an object, got {type(values).__name__}")
        return cls.from_dict(values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self.name, self.classes, self.features, self.fingerprint

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __repr__(self) -> str:
        if self.task == "classification":
            learned = f"{self.n_classes} classes"
        else:
            learned = f"{self.n_outputs()} output" + ("s" if self.n_outputs() > 1 else "")
        sizes = ", ".join(f"{split} {getattr(self, split).size}" for split in SPLITS)
        inputs = f"{self.n_inputs} input" + ("s" if self.n_inputs > 1 else "")
        return f"Dataset({self.name!r}: {self.n_samples} samples, {inputs}, {learned}; {sizes})"
