"""One table, split several times."""

import numpy as np
import pytest

from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.errors import DataError


def test_a_seed_takes_its_own_split() -> None:
    iris = load("iris")
    splits = RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(3)))
    assert [splits.of_seed(seed) for seed in (0, 4, 2**64 - 1)] == [splits[0], splits[1], splits[0]]
    assert (splits.name, splits.task, splits.n_inputs) == ("iris", "classification", 4)
    assert (splits.n_classes, splits.n_outputs()) == (3, 3)


def test_splits_of_another_size_are_refused() -> None:
    iris = load("iris")
    with pytest.raises(DataError, match=r"validation rows 30 as in number 0, got 15 in number 1"):
        RepeatedSplits((iris.with_split(), iris.with_split(validation=15, test=45)))


def test_data_of_another_kind_is_refused() -> None:
    x = np.arange(8.0)[:, None]
    classes, numbers = Dataset.from_arrays(x, [0, 1] * 4), Dataset.from_arrays(x, np.arange(8.0))
    with pytest.raises(DataError, match="expected task classification as in number 0"):
        RepeatedSplits((classes, numbers))
    with pytest.raises(DataError, match="at least one"):
        RepeatedSplits(())


def test_every_split_is_permuted_otherwise() -> None:
    data = load("diabetes")
    splits = RepeatedSplits((data, data, data)).with_permuted_targets(seed=1)
    assert len({it.y.tobytes() for it in (data, *splits)}) == 4
