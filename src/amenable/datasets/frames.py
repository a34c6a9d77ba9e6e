"""Turns a table of named columns into samples and targets.

Messages count rows from 1, without the header.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.columns import Column, Table
from amenable.datasets.dataset import Dataset
from amenable.datasets.source import Source, check_numbers, did_you_mean, listed
from amenable.datasets.splits import Split
from amenable.datasets.target import infer_task, read_target
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError

if TYPE_CHECKING:
    import polars as pl

STRAY_SHARE = 0.1
"""A column with fewer words than this among its numbers is numeric, with mistakes …"""

STRAY_DISTINCT = 10
"""… unless it has this few numbers: then they may be names, as in 0, 1, 2, '3+'."""

LEAST_IDENTIFIERS = 10  # text that differs in each of fewer rows may still be a category
_CODE = r"^[+-]?(0\d|\d{16})"  # whole numbers that floats do not keep: 007, and those beyond 2**53
_COUNTER_NAMES = ("id", "index", "row", "no", "nr", "number")


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as read from a file: columns of numbers, booleans or text, with null if missing."""

    name: str
    frame: "pl.DataFrame"
    rows: NDArray[np.int64]  # (N,) where each row stands in the file
    notes: tuple[str, ...] = ()


def unsplit_table(table: RawTable, *, target: str | None, task: str | None) -> Unsplit:
    """Choose the target; sort the other columns into numbers and text."""
    source = Source(table.name, table.rows)
    said = list(table.notes)
    title = _target_title(table, target, said)
    _check_size(table)
    read = read_target(_target(table, title, source, task), task, source, title)
    read = replace(read, names=(title,))
    columns = _features(table, title, source, said)

    def prepare(rows: Split) -> Dataset:
        return Dataset.prepared(columns, read, rows, notes=said)

    return Unsplit(table.name, len(table.rows), read.labels, prepare)


def _target_title(table: RawTable, target: str | None, said: list[str]) -> str:
    names = table.frame.columns
    if target is None:
        said.append(f"no target was named: the last column, {names[-1]!r}, is the target")
        return names[-1]
    if target not in names:
        raise DataError(
            f"{table.name} has no column {target!r} for the target; it has {listed(names)}"
            + did_you_mean(str(target), names)
        )
    return target


def _target(table: RawTable, title: str, source: Source, task: str | None) -> NDArray[Any]:
    """The target's values; class names stay as written, unless the task is a regression."""
    import polars as pl

    series = table.frame[title]
    if not _is_readable(series.dtype):
        raise DataError(
            f"{table.name}: target {title!r} is of type {series.dtype}; expected numbers or text"
        )
    if series.dtype.is_integer() and not series.null_count():
        return series.to_numpy()  # as floats, numbers beyond 2**53 would not stay apart
    if series.dtype == pl.Boolean and task != "regression":
        return np.array(series.cast(pl.String).to_list(), dtype=object)
    values = _column(table, title, source, has_words=task == "classification")
    if values.dtype == np.float64 and series.dtype == pl.String:
        has_codes = bool(series.str.contains(_CODE).any())
        if has_codes and (task or infer_task(values)) == "classification":
            return np.array(series.to_list(), dtype=object)
    return values


def _check_size(table: RawTable) -> None:
    n_rows, n_columns = table.frame.shape
    if n_columns < 2:
        raise DataError(f"{table.name}: only one column; expected at least a feature and a target")
    if n_rows == 0:
        raise DataError(f"{table.name}: a header without rows; expected samples below it")
    if n_rows == 1:
        raise DataError(f"{table.name}: only one sample; expected at least 2, better 50 or more")


def _features(table: RawTable, title: str, source: Source, said: list[str]) -> Table:
    """All columns except the target and those that cannot teach anything, which are noted."""
    read = _numeric_columns(table.frame.drop(title))
    columns: list[Column] = []
    for name, dtype in table.frame.schema.items():
        if name == title:
            continue
        if not _is_readable(dtype):
            said.append(f"column {name!r} left out: {dtype} is neither number nor text")
            continue
        values = read.get(name)
        if values is None or np.isnan(values).all():
            values = _column(table, name, source)
        if values.dtype == np.float64:
            if _counts_rows(name, values):
                said.append(f"column {name!r} left out: it only numbers the rows")
            else:
                check_numbers(values[:, None], source, "x", [name], missing=True)
                columns.append(Column(name, "number", values))
        elif _identifies(values):
            said.append(
                f"column {name!r} left out: its text is different in every row, like a name"
            )
        else:
            columns.append(Column(name, "category", values))
    if not columns:
        raise DataError(f"{table.name}: no column left to learn from; {'; '.join(said)}")
    return Table(table.name, tuple(columns), table.rows)


def _is_readable(dtype: "pl.DataType") -> bool:
    """Whether values are numbers, booleans or text."""
    import polars as pl

    return not (dtype.is_temporal() or dtype.is_nested() or dtype in (pl.Binary, pl.Object))


def _numeric_columns(frame: "pl.DataFrame") -> dict[str, NDArray[np.float64]]:
    """The columns of numbers alone, NaN where missing.

    One after the other: a query over 100,000 columns takes polars longer than so many calls.
    """
    import polars as pl

    found = {}
    for series in frame.get_columns():
        if series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.String):
            parsed = series.cast(pl.Float64, strict=False)
            if parsed.null_count() == series.null_count():
                found[series.name] = parsed.to_numpy()
    return found


def _column(table: RawTable, name: str, source: Source, has_words: bool = False) -> NDArray[Any]:
    """A column as float64, with NaN if missing, or as objects: str, or None if missing.

    A few words among numbers are mistakes unless `has_words`.
    """
    import polars as pl

    series = table.frame[name]
    if series.null_count() == len(series):
        raise DataError(f"{table.name}: column {name!r} has no value in any row; remove it")
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    text = series.cast(pl.String)
    numbers = text.cast(pl.Float64, strict=False)
    is_word = text.is_not_null() & numbers.is_null()
    n_words, n_present = int(is_word.sum()), len(text) - text.null_count()
    if n_words == 0:
        return numbers.fill_null(np.nan).to_numpy()
    is_stray = n_words < STRAY_SHARE * n_present and numbers.n_unique() > STRAY_DISTINCT
    if is_stray and not has_words:
        row = int(np.flatnonzero(is_word.to_numpy())[0])
        raise DataError(
            f"{source.cell('x', row, None, name)} is {text[row]!r}, in a column of numbers; "
            "correct it, or leave the cell empty if the value is missing"
        )
    return np.array(text.to_list(), dtype=object)


def _counts_rows(name: str, values: NDArray[np.float64]) -> bool:
    """Whether a column just numbers the rows, by its name and its values."""
    is_named = name.lower() in _COUNTER_NAMES or name.lower().startswith("unnamed")
    return is_named and values.size > 1 and bool(np.all(np.diff(values) == 1))


def _identifies(values: NDArray[Any]) -> bool:
    present = [text for text in values if text is not None]
    return len(present) >= LEAST_IDENTIFIERS and len(set(present)) == len(present)
