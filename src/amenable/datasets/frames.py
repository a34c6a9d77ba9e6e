"""Turns a table of named columns into samples and targets.

Messages count rows from 1, without the header.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.columns import Column, Table
from amenable.datasets.dataset import Dataset
from amenable.datasets.dates import read_dates
from amenable.datasets.numerals import MISSING, NumberStyle, looks_like_a_number, style_of
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
_COUNTER_NAME = re.compile(  # also customer_id and PassengerId, but not "grid"
    r"(?i:^(?:id|index|row|no|nr|number)$|^unnamed|[ _.-]id$)|[a-z\d](?:Id|ID)$"
)


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
    style = style_of(table.frame)
    read = read_target(_target(table, title, style, source, task), task, source, title)
    read = replace(read, names=(title,))
    if style.decimal == ",":
        said.append("numbers are read with decimal commas")
    columns = _features(table, title, style, source, said)

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


def _target(
    table: RawTable, title: str, style: NumberStyle, source: Source, task: str | None
) -> NDArray[Any]:
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
    cells = _cells(series, style)
    if cells.is_stray and task != "classification":
        row = int(np.flatnonzero(cells.is_odd)[0])
        raise DataError(
            f"{source.cell('x', row, None, title)} is {series[row]!r}, in a column of numbers; "
            "correct it, or leave the cell empty if the value is missing"
        )
    values = cells.words if cells.is_stray else cells.values
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


def _features(
    table: RawTable, title: str, style: NumberStyle, source: Source, said: list[str]
) -> Table:
    """All columns except the target and those that cannot teach anything, which are noted."""
    read = _plain_columns(table.frame.drop(title)) if style.decimal == "." else {}
    columns: list[Column] = []
    for name, dtype in table.frame.schema.items():
        if name == title:
            continue
        if not (_is_readable(dtype) or _is_date(dtype)):
            said.append(f"column {name!r} left out: {dtype} is neither number nor text")
            continue
        values = read.get(name)
        if values is None or np.isnan(values).all():
            if table.frame[name].null_count() == len(table.frame):
                said.append(f"column {name!r} left out: it has no value in any row")
                continue
            dates = _dates(table.frame[name])
            if dates is not None:
                said.append(f"column {name!r} read as dates")
                columns.append(Column(name, "date", dates))
                continue
            cells = _cells(table.frame[name], style)
            said += _odd_notes(table, name, cells)
            values = cells.values
        if values.dtype == np.float64:
            note, is_counter = _order_note(name, values)
            said += note
            if not is_counter:
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
    return Table(table.name, tuple(columns), table.rows, style.decimal)


def _is_readable(dtype: "pl.DataType") -> bool:
    """Whether values are numbers, booleans or text."""
    import polars as pl

    return not (dtype.is_temporal() or dtype.is_nested() or dtype in (pl.Binary, pl.Object))


def _is_date(dtype: "pl.DataType") -> bool:
    import polars as pl

    return dtype in (pl.Date, pl.Datetime)


def _dates(series: "pl.Series") -> NDArray[np.datetime64] | None:
    """A column of dates (N,), NaT where missing, or None if it holds anything else."""
    import polars as pl

    if series.dtype == pl.String:
        present = series.filter(~series.str.strip_chars().str.to_lowercase().is_in(sorted(MISSING)))
        if present.is_empty() or read_dates(present).null_count():
            return None
        series = read_dates(series)
    elif not _is_date(series.dtype):
        return None
    return series.cast(pl.Datetime("us")).to_numpy().astype("datetime64[us]")


def _plain_columns(frame: "pl.DataFrame") -> dict[str, NDArray[np.float64]]:
    """The columns of plain numbers alone, NaN where missing.

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


@dataclass(frozen=True, slots=True)
class _Cells:
    """What a column was read as.

    Its values (N,), which are float64 with NaN for missing, or objects, str or None; which cells
    are no numbers; and whether these are a few mistakes among numbers.
    """

    values: NDArray[Any]
    words: NDArray[Any]
    is_odd: NDArray[np.bool_]
    is_stray: bool = False


def _cells(series: "pl.Series", style: NumberStyle) -> _Cells:
    """A column as numbers, where words among them stand for missing values, or as text."""
    import polars as pl

    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        numbers = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return _Cells(numbers, numbers, np.zeros(len(series), dtype=bool))
    text = series.cast(pl.String)
    read = style.read(text)
    is_odd = (text.is_not_null() & read.is_null()).to_numpy()
    odd = text.filter(pl.Series(is_odd)).unique().to_list()
    words = np.array(text.to_list(), dtype=object)
    n_numbers = len(read) - read.null_count()
    are_marks = n_numbers > 0 and all(it.strip().lower() in MISSING for it in odd)
    is_code = any(digit.isdigit() for it in odd for digit in it)
    few = int(is_odd.sum()) < STRAY_SHARE * (n_numbers + int(is_odd.sum()))
    is_column_of_numbers = read.n_unique() > STRAY_DISTINCT and (few or len(odd) == 1)
    values = read.fill_null(np.nan).to_numpy()
    if are_marks:
        return _Cells(values, words, is_odd)
    if is_column_of_numbers and not is_code:
        return _Cells(values, words, is_odd, is_stray=True)
    return _Cells(words, words, is_odd, is_stray=is_column_of_numbers and few)


def _odd_notes(table: RawTable, name: str, cells: _Cells) -> list[str]:
    """What is odd in a column, in words: nothing of it is decided in silence."""
    if not cells.is_odd.any():
        return []
    odd = cells.words[cells.is_odd].tolist()
    first = f"{odd[0]!r} in row {table.rows[int(np.flatnonzero(cells.is_odd)[0])]}"
    if cells.values.dtype == np.float64:
        distinct = list(dict.fromkeys(odd))
        rows = f"{len(odd):,} cell{'s' if len(odd) > 1 else ''}"
        which = listed(distinct, 3)
        where = "" if len(distinct) == 1 and len(odd) > 1 else f", first {first}"
        return [f"column {name!r}: {which} in {rows} taken as missing{where}"]
    n_present = sum(it is not None for it in cells.words)
    if cells.is_stray:
        return [f"column {name!r} taken as categories: {first} is no number"]
    if 2 * sum(map(looks_like_a_number, odd)) > n_present:
        return [f"column {name!r} taken as text: {first} looks like a number, and is none"]
    return []


def _runs_with_rows(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers rise, or fall, with every row."""
    if len(values) < 2 or not np.isfinite(values).all() or np.any(values != np.floor(values)):
        return False
    before, after = values[:-1], values[1:]
    if np.all(after == before + 1):
        return True
    has_many = len(values) >= LEAST_IDENTIFIERS  # a few numbers may rise by chance
    return has_many and bool(np.all(after > before) or np.all(after < before))


def _order_note(name: str, values: NDArray[np.float64]) -> tuple[list[str], bool]:
    """What is said of a column that runs with the rows, and whether it only numbers them."""
    if not _runs_with_rows(values):
        return [], False
    if _COUNTER_NAME.search(name):
        return [f"column {name!r} left out: it only numbers the rows"], True
    return [
        f"column {name!r} changes in one direction with every row; if it only numbers the rows, "
        "take it out of the table"
    ], False


def _identifies(values: NDArray[Any]) -> bool:
    present = [text for text in values if text is not None]
    return len(present) >= LEAST_IDENTIFIERS and len(set(present)) == len(present)
