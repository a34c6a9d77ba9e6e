"""One table, split several times."""

import numpy as np
import pytest

from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.datasets.catalogue import load_for_sweep
from amenable.errors import DataError


def test_a_seed_takes_its_own_split() -> None:
    iris = load("iris")
    splits = RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(3)))
    assert [splits.of_seed(seed) for seed in (0, 4, 2**64 - 1)] == [splits[0], splits[1], splits[0]]
    assert (splits.name, splits.task, splits.n_inputs) == ("iris", "classification", 4)
    assert (splits.n_classes, splits.n_outputs()) == (3, 3)


def test_splits_of_another_size_are_refused() -> None:
    iris = load("iris")
    with pytest.raises(
        DataError, match=r"validation rows 30 as in the first, got 15 at position 1"
    ):
        RepeatedSplits((iris.with_split(), iris.with_split(validation=15, test=45)))


def test_data_of_another_kind_is_refused() -> None:
    x = np.arange(8.0)[:, None]
    classes, numbers = Dataset.from_arrays(x, [0, 1] * 4), Dataset.from_arrays(x, np.arange(8.0))
    with pytest.raises(DataError, match="expected task classification as in the first"):
        RepeatedSplits((classes, numbers))
    with pytest.raises(DataError, match="at least one"):
        RepeatedSplits(())


def test_every_split_is_permuted_otherwise() -> None:
    data = load("diabetes")
    splits = RepeatedSplits((data, data, data)).with_permuted_targets(seed=1)
    assert len({it.y.tobytes() for it in (data, *splits)}) == 4


def test_each_split_is_prepared_by_its_own_training_rows() -> None:
    splits = RepeatedSplits.load("iris", splits=4, seed=3)
    assert list(splits) == [load("iris", seed=seed) for seed in range(3, 7)]
    assert splits.notes[-1] == "split 4 times, with a different seed each time"
    for data in splits:
        x, _ = data.split("training")
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    rows = {(*data.test, *data.validation) for data in splits}
    assert len(rows) == 4
    assert len({it.fingerprint for it in (splits, RepeatedSplits.load("iris", splits=4))}) == 2


def test_splits_share_samples_that_are_not_scaled() -> None:
    splits = RepeatedSplits.load("digits", splits=3)
    assert splits[0].x is splits[2].x


def test_inputs_are_the_same_in_all_splits(tmp_path) -> None:
    """A category of two rows, and a column that is 0 but for two rows, are missing in some."""
    n = 40
    kinds = ["rare"] * 2 + ["a", "b"] * ((n - 2) // 2)
    lines = [f"{i},{int(i in (5, 6))},{kinds[i]},{i % 2}" for i in range(n)]
    (tmp_path / "t.csv").write_text("\n".join(["size,flag,kind,y", *lines]))
    splits = RepeatedSplits.load(tmp_path / "t.csv", splits=32)
    assert set(splits.features) == {"size", "flag", "kind=a", "kind=b", "kind=rare"}
    assert any("training rows lack it" in note and "flag" in note for note in splits.notes)
    alone = [load(tmp_path / "t.csv", seed=seed) for seed in range(32)]
    assert len({it.n_inputs for it in alone}) > 1
    for one, data in zip(alone, splits, strict=True):
        places = [splits.features.index(title) for title in one.features]
        np.testing.assert_array_equal(data.x[:, places], one.x)
        assert not np.delete(data.x, places, axis=1).any()


def test_small_tables_are_split_anew_for_sweeps(tmp_path) -> None:
    assert len(load_for_sweep("diabetes")) == 32
    assert len(load_for_sweep("iris", splits=5)) == 5
    for name, options in (
        ("moons", {}),
        ("moons", {"test": 0}),
        ("xor", {}),
        ("iris", {"splits": 1}),
        ("iris", {"validation": 0, "test": 0}),
    ):
        assert isinstance(load_for_sweep(name, **options), Dataset)
    x, y = np.random.default_rng(0).random((2001, 2)), np.arange(2001) % 2
    np.savez(tmp_path / "a.npz", x=x, y=y)
    np.savez(tmp_path / "b.npz", x=x[:99], y=y[:99])
    np.savez(tmp_path / "c.npz", x_train=x[:99], y_train=y[:99], x_test=x[99:], y_test=y[99:])
    found = [isinstance(load_for_sweep(tmp_path / f"{it}.npz"), Dataset) for it in "abc"]
    assert found == [True, False, True]


def test_arrays_are_split_several_times() -> None:
    x, y = np.arange(40.0).reshape(20, 2), ["no", "yes"] * 10
    splits = RepeatedSplits.from_arrays(x, y, splits=3, seed=5, name="mine")
    assert list(splits) == [Dataset.from_arrays(x, y, seed=it, name="mine") for it in (5, 6, 7)]
    assert repr(splits) == (
        "RepeatedSplits('mine': 20 samples, 2 inputs, 2 classes; "
        "3 splits: training 12, validation 4, test 4)"
    )


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("iris", {"splits": 1}, "splits: expected a whole number >= 2, got 1"),
        ("iris", {"splits": 2.5}, "got 2.5"),
        ("iris", {"validation": 0, "test": 0}, "iris: no rows are held out"),
        ("xor", {}, "xor: no rows are held out"),
    ],
)
def test_what_cannot_be_split_anew_is_refused(name, options, words) -> None:
    with pytest.raises(DataError, match=words):
        RepeatedSplits.load(name, **options)
