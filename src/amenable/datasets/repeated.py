"""`RepeatedSplits`: one table split several times, so that no lucky split decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amenable.datasets.dataset import SPLITS, Dataset
from amenable.datasets.source import listed
from amenable.errors import DataError


@dataclass(frozen=True, slots=True)
class RepeatedSplits:
    """Data sets of one shape, of which a trial takes one by its seed.

    Parameters
    ----------
    datasets : tuple of Dataset
        At least one. All have the same task, classes, numbers of inputs and targets, and equal
        numbers of training, validation and test rows.

    Raises
    ------
    DataError
        If they are of different shapes; names the one that differs from the first.

    Examples
    --------
    >>> from amenable.datasets import load
    >>> iris = load("iris")
    >>> splits = RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(5)))
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
                    f"as number {number}"
                )
            self._check(number, data)

    def _check(self, number: int, data: Dataset) -> None:
        first = self.datasets[0]
        facts: list[tuple[str, object, object]] = [
            ("task", first.task, data.task),
            ("inputs", first.n_inputs, data.n_inputs),
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
                    f"RepeatedSplits: data sets must be of one shape: expected {what} {expected} "
                    f"as in number 0, got {got} in number {number}"
                )

    def __len__(self) -> int:
        return len(self.datasets)

    def __getitem__(self, number: int) -> Dataset:
        return self.datasets[number]

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.datasets)

    def of_seed(self, seed: int) -> Dataset:
        """The data set of the trial with that seed: number ``seed % len(splits)``."""
        return self.datasets[seed % len(self.datasets)]

    def with_permuted_targets(self, seed: int = 0) -> RepeatedSplits:
        """As `Dataset.with_permuted_targets`, in each split another permutation."""
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
