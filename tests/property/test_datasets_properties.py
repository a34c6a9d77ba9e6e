import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from amenable.datasets import Dataset
from amenable.datasets.splits import apportion, split_rows
from amenable.errors import DataError

COUNTS = hnp.arrays(np.int64, st.integers(1, 8), elements=st.integers(0, 50))


@given(counts=COUNTS, share=st.floats(0, 1))
def test_apportioning_gives_all_and_leaves_each_group_one(counts, share):
    most = np.maximum(counts - 1, 0)
    total = int(share * most.sum())
    given_ = apportion(counts, total)
    assert given_.sum() == total
    assert (given_ >= 0).all()
    assert (given_ <= most).all()


@given(
    labels=hnp.arrays(np.int64, st.integers(2, 80), elements=st.integers(0, 4)),
    validation=st.floats(0, 0.9),
    test=st.floats(0, 0.9),
    seed=st.integers(0, 2**64),
)
def test_splits_partition_the_rows_and_keep_shares(labels, validation, test, seed):
    options = {"validation": validation, "test": test, "seed": seed, "name": "d"}
    try:
        rows = split_rows(labels.size, labels, **options)
    except DataError:
        counts = np.bincount(labels)
        held_out = sum(max(2, np.floor(labels.size * f + 0.5)) for f in (validation, test) if f)
        assert validation + test >= 1 or labels.size - held_out < max(2, np.sum(counts > 0))
        return
    parts = (rows.training, rows.validation, rows.test)
    assert sorted(np.concatenate(parts)) == list(range(labels.size))
    assert all((np.diff(part) > 0).all() for part in parts)
    assert set(labels[rows.training]) == set(labels)
    assert (rows.validation.size > 0) == (validation > 0)
    again = split_rows(labels.size, labels, **options)
    np.testing.assert_array_equal(again.validation, rows.validation)


@given(
    n_each=st.lists(st.integers(10, 60), min_size=2, max_size=4),
    fraction=st.floats(0.1, 0.5),
    seed=st.integers(0, 100),
)
def test_large_classes_keep_their_share_within_one_row(n_each, fraction, seed):
    labels = np.repeat(np.arange(len(n_each)), n_each)
    rows = split_rows(labels.size, labels, validation=fraction, test=0, seed=seed, name="d")
    held = np.bincount(labels[rows.validation], minlength=len(n_each))
    share = rows.validation.size / labels.size
    assert (np.abs(held - share * np.array(n_each)) < 1 + 1e-9).all()


@given(
    x=hnp.arrays(
        np.float64,
        st.tuples(st.integers(6, 20), st.integers(1, 4)),
        elements=st.floats(-1e30, 1e30),
    ),
    seed=st.integers(0, 1000),
)
def test_arrays_come_back_to_the_bit(x, seed):
    y = np.arange(len(x)) % 2
    data = Dataset.from_arrays(x, y, seed=seed)
    np.testing.assert_array_equal(data.x, x)
    assert Dataset.from_json(data.to_json()) == data


@given(bad=st.sampled_from([np.nan, np.inf, -np.inf, 1e39, -1e300]), cell=st.integers(0, 59))
def test_the_bad_cell_is_named(bad, cell):
    x = np.arange(60.0).reshape(20, 3)
    x.flat[cell] = bad
    with pytest.raises(DataError, match=rf"x\[{cell // 3}, {cell % 3}\]"):
        Dataset.from_arrays(x, np.arange(20) % 2)
