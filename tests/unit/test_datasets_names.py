"""Classes are called what the data calls them, and stay apart; what is masked is never taken."""

import numpy as np
import polars as pl
import pytest

from amenable import Dataset, load
from amenable.errors import DataError

X = np.arange(60.0).reshape(30, 2)
LARGE = (9007199254740992, 9007199254740993, 9007199254740996)  # 2**53 and its neighbours


def classes_of(values, **options):
    return Dataset.from_arrays(X, np.resize(np.array(values), 30), **options).classes


@pytest.mark.parametrize("task", [None, "classification"])
def test_whole_numbers_that_no_float_tells_apart(task, tmp_path):
    names = tuple(map(str, LARGE))
    assert classes_of(LARGE, task=task) == names
    assert classes_of(np.array(LARGE, dtype=object), task=task) == names
    (tmp_path / "a.csv").write_text("u,id\n" + "".join(f"{i},{LARGE[i % 3]}\n" for i in range(30)))
    pl.DataFrame({"u": range(30), "id": LARGE * 10}).write_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        assert load(tmp_path / name, task=task).classes == names


def test_floats_that_are_near():
    near = classes_of([0.1 + 0.2, 0.3, 1.0], task="classification")
    assert near == ("0.3", "0.30000000000000004", "1")
    assert classes_of(np.float32([0.1, 2]), task="classification") == ("0.1", "2")


def test_leading_zeros_are_part_of_a_name(tmp_path):
    codes = ("00123", "0123", "124")
    path = tmp_path / "a.csv"
    path.write_text("u,code\n" + "".join(f"{i},{codes[i % 3]}\n" for i in range(30)))
    assert load(path).classes == codes
    assert load(path, task="regression").task == "regression"
    path.write_text("u,price\n" + "".join(f"{i},{i:04d}\n" for i in range(90)))
    assert load(path).task == "regression"  # quantities may be padded


def test_bytes_that_are_no_text():
    assert classes_of([b"\xff", b"\xfe"]) == ("\\xfe", "\\xff")


def test_one_name_for_two_values_is_refused():
    with pytest.raises(DataError, match="the classes 1 and '1' would have the same name"):
        classes_of(np.array([1, "1"], dtype=object))
    with pytest.raises(DataError, match="class names must be unique"):
        Dataset("a", [[0.0], [1.0]], [0, 1], "classification", ("a", "a"), ("x",), [0, 1], [], [])


@pytest.mark.parametrize("part", ["x", "y", "weights"])
def test_masked_values_are_refused_by_their_place(part):
    arrays = {"x": X, "y": np.arange(30) % 2, "weights": np.ones(30)}
    masked = {**arrays, part: np.ma.masked_array(arrays[part], mask=False)}
    assert Dataset.from_arrays(**masked) == Dataset.from_arrays(**arrays)
    masked[part][3] = np.ma.masked
    place = r"x\[3, 0\]" if part == "x" else rf"{part}\[3\]"
    with pytest.raises(DataError, match=rf"{place} is masked; fill it in or drop the row"):
        Dataset.from_arrays(**masked)


def test_what_is_no_array_of_numbers_is_an_error_of_data():
    with pytest.raises(DataError, match="y is not an array: rows must have equal lengths"):
        Dataset.from_arrays([[1.0], [2.0]], [[1.0], [2.0, 3.0]])
    for x, y in (([[10**400], [1]], [0, 1]), ([[1.0], [2.0]], [10**400, 1])):
        with pytest.raises(DataError, match="an integer beyond float64"):
            Dataset.from_arrays(x, y)


def test_a_text_that_differs_in_every_row_is_not_sent_in_a_circle(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("u,name\n" + "".join(f"{i},n{i}\n" for i in range(60)))
    for task in (None, "classification"):
        with pytest.raises(DataError, match=r"too many to be classes; choose another target$"):
            load(path, task=task)
    with pytest.raises(DataError, match=r"regression needs numbers: .*choose another target$"):
        load(path, task="regression")


def test_a_parquet_target_of_bytes_is_refused(tmp_path):
    frame = pl.DataFrame({"u": range(30), "b": [b"\xff", b"\x00"] * 15})
    frame.write_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="target 'b' is of type Binary"):
        load(tmp_path / "a.parquet")
    frame.with_columns(y=pl.Series([0.5, 1.5, 2.5] * 10)).write_parquet(tmp_path / "a.parquet")
    assert (
        "column 'b' left out: Binary is neither number nor text"
        in load(tmp_path / "a.parquet").notes
    )


def test_a_table_of_many_columns(tmp_path):
    """With steps that take the square of the columns this would not end in a minute."""
    n = 40_000
    lines = [f"{k % 2} 1:{k} {n}:{k % 7}" for k in range(40)]
    (tmp_path / "a.libsvm").write_text("\n".join(lines) + "\n")
    assert load(tmp_path / "a.libsvm").n_inputs == 2
    header = ",".join(f"g{i}" for i in range(20_000))
    rows = [",".join([str(k % 5)] * 20_000) + f",{'ab'[k % 2]}" for k in range(12)]
    (tmp_path / "a.csv").write_text("\n".join([f"{header},class", *rows]) + "\n")
    assert load(tmp_path / "a.csv").n_inputs == 20_000
