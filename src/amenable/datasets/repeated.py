"""`RepeatedSplits`: one table split several times, so that no lucky split decides."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from amenable.datasets.dataset import SPLITS, Dataset
from amenable.datasets.source import listed
from amenable.datasets.splits import TEST, VALIDATION
from amenable.errors import DataError

REPEATS = 32
"""How often sweeps split a small table: once for each of the usual seeds."""

WIDE_REPEATS = 8
"""How often sweeps split a table so wide that the splits would take long to prepare and to train:
its networks get as few seeds."""

MOST_NUMBERS = 8_000_000
"""Of all splits together, from which a table is that wide: 250 inputs, where it has 1,000 rows."""

MOST_ROWS = 2000
"""Sweeps split tables with more rows than this only once.

A fifth of them is at least 400 rows, on which chance moves an accuracy by at most 0.02; and 32
copies of a wide table would fill the memory.
"""


@dataclass(frozen=True, slots=True, repr=False)
class RepeatedSplits:
    """Data sets of the same shape; each trial takes one according to its seed.

    Usually made by `RepeatedSplits.load` or `RepeatedSplits.from_arrays`.

    Parameters
    ----------
    datasets : tuple of Dataset
        At least one. All have the same task, classes, numbers of samples, inputs and targets, and
        equal numbers of training, validation and test rows.

    Raises
    ------
    DataError
        If their shapes differ; names the first that does.

    Examples
    --------
    >>> splits = RepeatedSplits.load("iris", splits=5)
    >>> splits  # doctest: +ELLIPSIS
    RepeatedSplits('iris': 150 samples, ...; 5 splits: training 90, validation 30, test 30)
    >>> len(splits), splits.of_seed(7) == splits[2]
    (5, True)
    """

    datasets: tuple[Dataset, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "datasets", tuple(self.datasets))
        if not self.datasets:
            raise DataError("RepeatedSplits: expected at least one data set, got none")
        for number, data in enumerate(self.datasets):
            if not isinstance(data, Dataset):
                raise DataError(
                    f"RepeatedSplits: expected a Dataset, got {type(data).__name__} "
                    f"at position {number}"
                )
            self._check(number, data)

    @classmethod
    def load(
        cls,
        name: str | os.PathLike[str],
        *,
        splits: int = REPEATS,
        seed: int = 0,
        validation: float = VALIDATION,
        test: float | None = None,
        **options: Any,
    ) -> RepeatedSplits:
        """Read data once and split it several times; each split is prepared by its training rows.

        Parameters
        ----------
        name, validation, test, **options
            As for `load`.
        splits : int
            How many, at least two.
        seed : int
            Of the first split; the others have those that follow.

        Returns
        -------
        RepeatedSplits
            All have the same inputs: a column that does not vary in a split's training rows, or a
            category that they lack, is 0 in that split, and `notes` say so.

        Raises
        ------
        DataError
            As for `load`; also for truth tables, which hold out nothing.
        """
        from amenable.datasets.catalogue import read

        shares: dict[str, Any] = {"validation": validation, "test": test}
        return read(name, seed=seed, **shares, **options).repeated(splits, seed=seed, **shares)

    @classmethod
    def from_arrays(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        splits: int = REPEATS,
        seed: int = 0,
        validation: float = VALIDATION,
        test: float = TEST,
        stratify: bool = True,
        **options: Any,
    ) -> RepeatedSplits:
        """Split arrays several times; they are not changed unless `scale` is set.

        Parameters
        ----------
        x, y, validation, test, stratify, **options
            As for `Dataset.from_arrays`.
        splits : int
            How many, at least two.
        seed : int
            Of the first split; the others have those that follow.

        Returns
        -------
        RepeatedSplits

        Raises
        ------
        DataError
            Naming the array, the row and the column at fault.

        Examples
        --------
        >>> RepeatedSplits.from_arrays(np.eye(20), [0, 1] * 10, splits=8)  # doctest: +ELLIPSIS
        RepeatedSplits('data': 20 samples, 20 inputs, 2 classes; 8 splits: training 12, ...)
        """
        chosen: dict[str, Any] = {"validation": validation, "test": test, "stratify": stratify}
        first = Dataset.from_arrays(x, y, seed=seed, **chosen, **options)
        seeds = seeds_of(first, splits, seed)
        if options.get("scale"):  # each by its own training rows
            others = [Dataset.from_arrays(x, y, seed=it, **chosen, **options) for it in seeds[1:]]
            return cls.aligned([first, *others])
        return cls((first, *(first.with_split(seed=it, **chosen) for it in seeds[1:])))

    @classmethod
    def aligned(cls, datasets: Sequence[Dataset]) -> RepeatedSplits:
        """Give each data set all the inputs that any of them has.

        A column that does not vary in the training rows of a split, or a category that they lack,
        is not an input of that split; here it becomes one that is 0 in all rows.
        """
        features = tuple(dict.fromkeys(title for data in datasets for title in data.features))
        common = set(features).intersection(*(data.features for data in datasets))
        lacking = [it for it in features if it not in common]
        if not lacking:
            return cls(tuple(datasets))
        note = f"set to 0 in splits whose training rows lack it: {listed(lacking)}"
        places = {title: i for i, title in enumerate(features)}
        filled = []
        for data in datasets:
            x = np.zeros((data.n_samples, len(features)))
            x[:, [places[title] for title in data.features]] = data.x
            prepared = data.preparation and data.preparation.with_inputs(features)
            notes = (*data.notes, note)
            filled.append(replace(data, x=x, features=features, notes=notes, preparation=prepared))
        return cls(tuple(filled))

    def _check(self, number: int, data: Dataset) -> None:
        first = self.datasets[0]
        facts: list[tuple[str, object, object]] = [
            ("task", first.task, data.task),
            ("samples", first.n_samples, data.n_samples),
            ("inputs", first.n_inputs, data.n_inputs),
            ("features", listed(first.features), listed(data.features)),
        ]
        if first.task == "classification":
            facts.append(("classes", listed(first.classes), listed(data.classes)))
        else:
            facts.append(("targets", first.n_outputs(), data.n_outputs()))
        for split in SPLITS:
            expected_rows, got_rows = (len(getattr(it, split)) for it in (first, data))
            facts.append((f"number of {split} rows", expected_rows, got_rows))
        for what, expected, got in facts:
            if expected != got:
                raise DataError(
                    f"RepeatedSplits: all data sets must have the same shape: expected {what} "
                    f"{expected} as in the first, got {got} at position {number}"
                )

    def __len__(self) -> int:
        return len(self.datasets)

    def __getitem__(self, number: int) -> Dataset:
        return self.datasets[number]

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.datasets)

    def of_seed(self, seed: int) -> Dataset:
        """The data set for trials with this seed: number ``seed % len(splits)``."""
        return self.datasets[seed % len(self.datasets)]

    def with_permuted_targets(self, seed: int = 0) -> RepeatedSplits:
        """As `Dataset.with_permuted_targets`, with another permutation for each split."""
        each = enumerate(self.datasets)
        return RepeatedSplits(
            tuple(it.with_permuted_targets(seed * len(self) + number) for number, it in each)
        )

    @property
    def name(self) -> str:
        """What errors and tables call it."""
        return self.datasets[0].name

    @property
    def task(self) -> str:
        """``"classification"`` or ``"regression"``."""
        return self.datasets[0].task

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of their numbers; empty for regression."""
        return self.datasets[0].classes

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return self.datasets[0].features

    @property
    def notes(self) -> tuple[str, ...]:
        """What was inferred and done for the first split, and the number of splits."""
        return (
            *self.datasets[0].notes,
            f"split {len(self)} times, with a different seed each time",
        )

    @property
    def n_samples(self) -> int:
        """Number of samples of the table, N."""
        return self.datasets[0].n_samples

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return self.datasets[0].n_classes

    @property
    def n_inputs(self) -> int:
        """Number of inputs, I."""
        return self.datasets[0].n_inputs

    def n_outputs(self, loss: str = "auto") -> int:
        """Number of outputs that a network needs, as `Dataset.n_outputs`."""
        return self.datasets[0].n_outputs(loss)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of the fingerprints of all splits, in their order."""
        return hashlib.sha256("".join(it.fingerprint for it in self).encode()).hexdigest()

    def __repr__(self) -> str:
        sizes, rows = repr(self.datasets[0]).removeprefix("Dataset").removesuffix(")").split("; ")
        return f"RepeatedSplits{sizes}; {len(self)} splits: {rows})"


def seeds_of(first: Dataset, splits: int, seed: int) -> range:
    """The seeds of `splits` splits, beginning with `first`'s, or DataError."""
    is_whole = isinstance(splits, int | np.integer) and not isinstance(splits, bool)
    if not is_whole or splits < 2:
        raise DataError(
            f"splits: expected a whole number >= 2, got {splits!r}; leave splits out for one split"
        )
    if not len(first.validation) and (first.has_own_test or not len(first.test)):
        raise DataError(
            f"{first.name}: no rows are held out, so all {splits} splits would be the "
            "same; leave splits out"
        )
    return range(seed, seed + splits)
