"""Bad data: each case is a one-line DataError that names its culprit and what to do."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import amenable as am
from amenable.datasets import Dataset, load
from amenable.errors import DataError

GOOD = "a,b,kind\n" + "".join(f"{i},{i * i},{'xy'[i % 2]}\n" for i in range(1, 21))
X, Y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2


def line(row: int, text: str) -> str:
    """`GOOD` with one row (from 1, the header apart) replaced."""
    lines = GOOD.splitlines()
    lines[row] = text
    return "\n".join(lines) + "\n"


TEXT_FILES: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "empty": ("", {}, ("t.csv", "empty")),
    "blank": ("\n\n", {}, ("t.csv", "empty")),
    "header only": ("a,b,kind\n", {}, ("t.csv", "without rows")),
    "one sample": ("a,b\n1,2\n", {}, ("t.csv", "only one sample")),
    "semicolons": ("a;b;c\n1;2;3\n4;5\n", {}, ("'a;b;c'", "semicolons", "commas")),
    "tabs": ("a\tb\n1\t2\t3\n", {}, ("tabs", "commas")),
    "JSON": ('{"a": 1, "b": 2}\n', {}, ("t.csv", "looks like JSON", "save it as UTF-8 CSV")),
    "JSON of rows": ('[{"a": 1},\n{"a": 2}]\n', {}, ("t.csv", "looks like JSON")),
    "one column": ("a\n1\n2\n", {}, ("single column 'a'", "a feature and a target")),
    "unknown target": (GOOD, {"target": "kinds"}, ("'kinds'", "did you mean 'kind'")),
    "unlike target": (GOOD, {"target": "zzz"}, ("'zzz'", "'a', 'b', 'kind'")),
    "bad task": (GOOD, {"task": "clustering"}, ("task", "'clustering'")),
    "parameter": (GOOD, {"noise": 1}, ("t.csv", "no parameters", "'noise'")),
    "text as regression": (
        GOOD,
        {"task": "regression"},
        ("'kind'", "row 1", "'y'", "not a number"),
    ),
    "too many classes": (
        GOOD.replace("kind", "k") + "".join(f"{i},0,n{i}\n" for i in range(200)),
        {},
        ("'k'", "202 distinct", "too many"),
    ),
    "one class": ("a,k\n1,x\n2,x\n3,x\n", {}, ("'k'", "only one class, 'x'", "3 samples")),
    "constant target": ("a,k\n1,2.5\n2,2.5\n3,2.5\n", {}, ("'k'", "2.5 in all 3")),
    "missing target": (line(4, "4,16,"), {}, ("'kind'", "row 4", "no target value")),
    "missing number target": (line(4, "4,?,x"), {"target": "b"}, ("'b'", "row 4", "no target")),
    "all missing": ("a,k\n,x\n,y\nNA,x\n", {}, ("'a'", "no value in any row", "no column left")),
    "huge": (line(9, "1e300,2,x"), {}, ("'a'", "row 9", "1e+300", "float32")),
    "beyond float64": (line(9, "1e999,2,x"), {}, ("'a'", "row 9", "inf")),
    "infinite": (line(3, "1,-inf,x"), {}, ("'b'", "row 3", "-inf")),
    "huge target": (line(3, "1,1e39,x"), {"target": "b"}, ("'b'", "row 3", "1e+39")),
    "stray word": (line(12, "12,many,x"), {"target": "b"}, ("'b'", "row 12", "'many'", "numbers")),
    "long row": (line(5, "5,25,x,9"), {}, ("row 5", "4 fields", "header has 3")),
    "short row": (line(5, "5,25"), {}, ("row 5", "2 fields", "header has 3")),
    "short after blank": ("a,b,k\n1,2,x\n\n3,4\n", {}, ("row 3", "2 fields")),
    "all constant": ("a,k\n" + "7,x\n7,y\n" * 9, {}, ("no feature varies", "'a'")),
    "only names": (
        "who,k\n" + "".join(f"n{i},{'xy'[i % 2]}\n" for i in range(20)),
        {},
        ("no column left", "'who'", "different in every row"),
    ),
    "too few to split": ("a,k\n1,x\n2,y\n", {}, ("2 samples are too few", "validation=0")),
    "too few for classes": (
        "a,k\n1,x\n2,y\n3,z\n4,w\n",
        {},
        ("4 samples are too few", "one for each class"),
    ),
    "fraction above one": (GOOD, {"validation": 1.5}, ("validation", "got 1.5", "0.2")),
    "all rows": (GOOD, {"validation": 20}, ("too few for 20 validation",)),
    "fraction text": (GOOD, {"test": "half"}, ("test", "'half'")),
    "negative fraction": (GOOD, {"test": -0.1}, ("test", "-0.1")),
    "nothing left": (GOOD, {"validation": 0.6, "test": 0.4}, ("nothing to train on",)),
    "negative seed": (GOOD, {"seed": -1}, ("seed", "-1")),
    "fractional seed": (GOOD, {"seed": 1.5}, ("seed", "1.5")),
}


def one_line(raised: pytest.ExceptionInfo[DataError]) -> str:
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


@pytest.mark.parametrize("case", TEXT_FILES)
def test_text_tables(case, tmp_path):
    text, options, expected = TEXT_FILES[case]
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError) as raised:
        load(path, **options)
    message = one_line(raised)
    for words in expected:
        assert words in message


def pickled(folder: Path) -> None:
    np.savez(folder / "f.npz", x=np.array([[1], {}], dtype=object), y=Y)


def cut(folder: Path, n_bytes: int) -> None:
    np.savez(folder / "f.npz", x=X, y=Y)
    content = (folder / "f.npz").read_bytes()
    (folder / "f.npz").write_bytes(content[:n_bytes])


def flipped(folder: Path) -> None:
    np.savez_compressed(folder / "f.npz", x=X, y=Y)
    content = bytearray((folder / "f.npz").read_bytes())
    content[80] ^= 0xFF
    (folder / "f.npz").write_bytes(content)


def images(folder: Path, content: bytes, labels: bytes | None = None) -> None:
    (folder / "a-images.idx").write_bytes(content)
    if labels is not None:
        (folder / "a-labels.idx").write_bytes(labels)


def parquet(folder: Path, n_bytes: int | None = None) -> None:
    pl.DataFrame({"a": [1, 2], "b": [3, 4]}).write_parquet(folder / "f.parquet")
    content = (folder / "f.parquet").read_bytes()
    middle = b"PAR1" + b"\x07" * 40 + b"PAR1" if n_bytes is None else content[:n_bytes]
    (folder / "f.parquet").write_bytes(middle)


SMALL = bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 6])  # IDX of two bytes

FILES: dict[str, tuple[str, Callable[[Path], object], tuple[str, ...]]] = {
    "missing": ("nowhere.csv", lambda d: d, ("nowhere.csv", "no such file")),
    "misspelt": ("iriss.csv", lambda d: (d / "iris.csv").write_text(GOOD), ("mean 'iris.csv'",)),
    "folder": ("d.csv", lambda d: (d / "d.csv").mkdir(), ("d.csv", "a folder")),
    "extension": ("a.xlsx", lambda d: (d / "a.xlsx").write_bytes(b"PK"), ("a.xlsx", "'.csv'")),
    "binary": ("a.csv", lambda d: (d / "a.csv").write_bytes(bytes(range(256)) * 9), ("binary",)),
    "utf-16": ("a.csv", lambda d: (d / "a.csv").write_bytes(GOOD.encode("utf-16")), ("UTF-16",)),
    "latin-1": (
        "a.csv",
        lambda d: (d / "a.csv").write_bytes(b"a,b\n\xe4,1\n"),
        ("save it as UTF-8",),
    ),
    "open quote": ("a.csv", lambda d: (d / "a.csv").write_text('a,b\n1,"x\n2,3\n'), ("quote",)),
    "npz of text": ("f.npz", lambda d: (d / "f.npz").write_text("hello"), ("not an NPZ", "savez")),
    "npz keys": ("f.npz", lambda d: np.savez(d / "f.npz", X=X, z=Y), ("'X', 'z'", "x and y")),
    "npz without test": (
        "f.npz",
        lambda d: np.savez(d / "f.npz", x_train=X, y_train=Y),
        ("'x_train'", "x_test and y_test"),
    ),
    "npz pickled": ("f.npz", pickled, ("x contains pickled Python objects", "never loaded")),
    "npz cut": ("f.npz", lambda d: cut(d, 300), ("f.npz",)),
    "npz flipped": ("f.npz", flipped, ("f.npz", "save it again")),
    "npz lengths": ("f.npz", lambda d: np.savez(d / "f.npz", x=X, y=Y[:9]), ("(20, 2)", "(9,)")),
    "npz scalar": ("f.npz", lambda d: np.savez(d / "f.npz", x=1.0, y=2.0), ("do not match",)),
    "npz nan": (
        "f.npz",
        lambda d: np.savez(d / "f.npz", x=np.where(X == 9, np.nan, X), y=Y),
        ("x[4, 1]", "nan"),
    ),
    "npz widths": (
        "f.npz",
        lambda d: np.savez(d / "f.npz", x_train=X, y_train=Y, x_test=X[:, :1], y_test=Y),
        ("training and test must be of one kind", "(20, 1)"),
    ),
    "gzip damaged": (
        "a-images-idx3-ubyte.gz",
        lambda d: (d / "a-images-idx3-ubyte.gz").write_bytes(gzip.compress(SMALL)[:-9]),
        ("a-images-idx3-ubyte.gz", "cannot be read"),
    ),
    "not gzip": (
        "a-images-idx3-ubyte.gz",
        lambda d: (d / "a-images-idx3-ubyte.gz").write_bytes(SMALL),
        ("a-images-idx3-ubyte.gz", "cannot be read"),
    ),
    "idx magic": ("a-images.idx", lambda d: images(d, b"\x01\x02\x08\x03zz"), ("01 02 08 03",)),
    "idx header": (
        "a-images.idx",
        lambda d: images(d, b"\0\0\x08\x03\0"),
        ("the header is cut off",),
    ),
    "idx cut": ("a-images.idx", lambda d: images(d, SMALL[:-1]), ("9 bytes", "says 10")),
    "idx longer": (
        "a-images.idx",
        lambda d: images(d, SMALL + b"1"),
        ("more than 10 bytes", "says 10"),
    ),
    "idx no labels": ("a-images.idx", lambda d: images(d, SMALL), ("put a-labels.idx beside",)),
    "idx of labels": ("b.idx", lambda d: (d / "b.idx").write_bytes(SMALL), ("an images file",)),
    "parquet cut": ("f.parquet", lambda d: parquet(d, 60), ("f.parquet", "save it again")),
    "parquet damaged": ("f.parquet", parquet, ("f.parquet", "save it again")),
}


@pytest.mark.parametrize("case", FILES)
def test_files(case, tmp_path):
    name, make, expected = FILES[case]
    make(tmp_path)
    with pytest.raises(DataError) as raised:
        load(tmp_path / name)
    message = one_line(raised)
    for words in expected:
        assert words in message


def test_arrays_files_have_no_target_column_and_keep_their_own_split(tmp_path):
    np.savez(tmp_path / "f.npz", x_train=X, y_train=Y, x_test=X, y_test=Y)
    with pytest.raises(
        DataError, match=r"target: f\.npz has its own array of targets, got 'y'; leave"
    ):
        load(tmp_path / "f.npz", target="y")
    with pytest.raises(DataError, match=r"its own test split, got 0\.1"):
        load(tmp_path / "f.npz", test=0.1)


BUILTIN: dict[str, tuple[Any, dict[str, Any], tuple[str, ...]]] = {
    "unknown": ("digit", {}, ("'digit'", "did you mean 'digits'")),
    "unlike anything": ("qqqq", {}, ("'qqqq'", "'spirals'", "'.csv'")),
    "nothing": ("", {}, ("''",)),
    "not a name": (7, {}, ("int", "a name or a path")),
    "unknown parameter": ("spirals", {"nois": 0.1}, ("'nois'", "did you mean 'noise'")),
    "parameter of bundled": ("iris", {"n": 5}, ("iris", "no parameters", "'n'")),
    "parameter range": ("spirals", {"noise": -1}, ("noise", "from 0", "got -1")),
    "parameter kind": ("parity", {"bits": 2.5}, ("bits", "whole number", "2.5")),
    "parameter nan": ("spirals", {"noise": float("nan")}, ("noise", "nan")),
    "parameter text": ("moons", {"n": "many"}, ("n:", "'many'")),
    "parameter bool": ("moons", {"n": True}, ("n:", "True")),
    "task of toy": ("moons", {"task": "regression"}, ("moons", "classification problem")),
    "task of bundled": ("diabetes", {"task": "classification"}, ("diabetes", "regression problem")),
    "unknown task": ("moons", {"task": "sorting"}, ("task", "'sorting'")),
    "target of toy": ("moons", {"target": "y"}, ("target: moons", "got 'y'")),
    "classes beyond points": ("gaussians", {"n": 10, "classes": 50}, ("10 samples are too few",)),
}


@pytest.mark.parametrize("case", BUILTIN)
def test_builtin_names_and_parameters(case):
    name, options, expected = BUILTIN[case]
    with pytest.raises(DataError) as raised:
        load(name, **options)
    message = one_line(raised)
    for words in expected:
        assert words in message


def but(value: float, row: int, column: int) -> np.ndarray:
    x = X.copy()
    x[row, column] = value
    return x


ARRAYS: dict[str, tuple[Any, Any, dict[str, Any], tuple[str, ...]]] = {
    "nan": (but(np.nan, 3, 1), Y, {}, ("x[3, 1]", "'x1'", "nan")),
    "inf": (but(np.inf, 3, 1), Y, {"features": ["a", "b"]}, ("x[3, 1]", "'b'", "inf")),
    "huge": (but(1e300, 0, 0), Y, {}, ("x[0, 0]", "1e+300", "float32")),
    "one axis": (X[:, 0], Y, {}, ("(20,)", "reshape(-1, 1)")),
    "no samples": (np.zeros((0, 2)), [], {}, ("(0, 2)",)),
    "no inputs": (np.zeros((20, 0)), Y, {}, ("(20, 0)",)),
    "ragged": ([[1.0], [1.0, 2.0]], [0, 1], {}, ("x", "equal lengths")),
    "text": ([["1", "2"], ["3", "b"]], [0, 1], {}, ("x[1, 1]", "'b'", "CSV")),
    "complex": (X + 1j, Y, {}, ("complex128",)),
    "masked": (np.ma.array(X, mask=X > 30), Y, {}, ("masked",)),
    "lengths": (X, Y[:7], {}, ("20 samples", "7")),
    "no target": (X, [], {}, ("y", "(0,)")),
    "deep target": (X, np.zeros((20, 2, 2)), {}, ("(20, 2, 2)",)),
    "dates": (X, np.arange(20).astype("M8[D]"), {}, ("datetime64",)),
    "nan target": (X, np.where(Y == 1, np.nan, 0.5), {}, ("y[1]", "no target value", "10 missing")),
    "None target": (X, ["a", None] * 10, {}, ("y[1]", "no target value")),
    "huge target": (X, X * 1e300, {}, ("y[0, 1]", "1e+300")),
    "constant column": (X, X * [1, 0], {"task": "regression"}, ("column 1", "the same")),
    "matrix of classes": (X, X, {"task": "classification"}, ("(20, 2)", "one-hot")),
    "one class": (X, np.ones((20, 1), dtype=int), {"task": "classification"}, ("one class", "'1'")),
    "one-hot class": (X, np.eye(3)[[1] * 20], {}, ("one class",)),
    "negative weight": (X, Y, {"weights": -np.arange(20.0)}, ("weights[1]", "-1", ">= 0")),
    "nan weight": (X, Y, {"weights": np.full(20, np.nan)}, ("weights[0]", "nan")),
    "zero weights": (X, Y, {"weights": np.zeros(20)}, ("weights", "all", "0")),
    "few weights": (X, Y, {"weights": np.ones(3)}, ("3 weights for 20",)),
    "text weights": (X, Y, {"weights": ["a"] * 20}, ("weights", "float64")),
    "names": (X, Y, {"features": ["a"]}, ("1 feature names for 2",)),
    "same names": (X, Y, {"features": ["a", "a"]}, ("'a'", "more than once")),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_arrays(case):
    x, y, options, expected = ARRAYS[case]
    with pytest.raises(DataError) as raised:
        Dataset.from_arrays(x, y, name="mine", **options)
    message = one_line(raised)
    for words in ("mine", *expected):
        assert words in message


FIELDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "task": ({"task": "both"}, ("task", "'both'")),
    "labels": ({"y": np.full(20, 2)}, ("y[0] is 2", "0 to 1")),
    "label kind": ({"y": np.full(20, 0.5)}, ("y", "int64", "float64")),
    "classes": ({"classes": ("a",)}, ("two classes",)),
    "axes": ({"x": np.zeros((20, 2, 1))}, ("x", "(20, 2, 1)")),
    "no inputs": ({"x": np.zeros((20, 0)), "features": ()}, ("(20, 0)",)),
    "lengths": ({"x": X[:9]}, ("9 samples", "20")),
    "row twice": ({"validation": np.array([0, 1])}, ("row 0", "2 times", "'validation'")),
    "row beyond": ({"test": np.array([20])}, ("test", "row 20", "0 to 19")),
    "row negative": ({"test": np.array([-1])}, ("test", "row -1")),
    "no training": ({"training": np.array([], dtype=int)}, ("training holds 0",)),
}


@pytest.mark.parametrize("case", FIELDS)
def test_fields(case):
    change, expected = FIELDS[case]
    good = Dataset.from_arrays(X, Y, name="mine", validation=0).to_dict()
    with pytest.raises(DataError) as raised:
        Dataset(**{**good, **change})
    message = one_line(raised)
    for words in ("mine", *expected):
        assert words in message


def test_unknown_split():
    with pytest.raises(DataError, match="did you mean 'validation'"):
        load("moons").split("valid")


def test_a_name_too_long_for_a_file_is_refused():
    with pytest.raises(DataError, match="no data set named"):
        load("x" * 300)


def test_weights_of_a_split_that_are_all_zero():
    weights = np.ones(10)
    data = Dataset.from_arrays(np.eye(10), np.arange(10) % 2)
    weights[data.validation] = 0
    with pytest.raises(DataError, match="all weights of the validation split are 0"):
        Dataset.from_arrays(np.eye(10), np.arange(10) % 2, weights=weights)


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(DataError, match=r"t\.csv: a pipe or device; expected a file"):
        load(tmp_path / "t.csv")
    (tmp_path / "n.csv").symlink_to("/dev/null")
    with pytest.raises(DataError, match=r"n\.csv: a pipe or device"):
        load(tmp_path / "n.csv")


def test_a_flat_sample_is_told_how_to_be_a_row():
    best = am.train(am.mlp(2, 1), "xor", am.Training(steps=1), seeds=1).best
    with pytest.raises(DataError, match=r"use x\.reshape\(1, -1\) for one sample"):
        best.predict([0, 1])


def test_few_rows_of_a_pair_are_told_what_takes_all_of_them():
    with pytest.raises(
        DataError, match=r"too few.*Dataset\.from_arrays\(x, y, validation=0, test=0\)"
    ):
        am.train(am.mlp(2, 1), (np.eye(2), [0, 1]))
