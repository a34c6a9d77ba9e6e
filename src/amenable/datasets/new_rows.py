"""New rows of a table, found by the names of columns and prepared as those that were learned."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.columns import Column, Table
from amenable.datasets.dates import read_dates
from amenable.datasets.files import read_table
from amenable.datasets.frames import RawTable
from amenable.datasets.numerals import MISSING, NumberStyle
from amenable.datasets.preparation import Preparation
from amenable.datasets.source import Source, check_numbers, did_you_mean, listed
from amenable.datasets.steps import Number, kind_of
from amenable.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MOST_OUTSIDE = 0.25
"""Prepared samples of which this share of numbers is outside the range of the training rows get a
remark. Of rows like those it is 2 / (n + 1), where n rows were learned."""


@dataclass(frozen=True, slots=True, eq=False)
class NewRows:
    """New rows, ready for a network.

    Parameters
    ----------
    x : array (N, I) of float64
        Prepared.
    remarks : tuple of str
        What to know of them: columns that are ignored, gaps that were filled, categories that were
        never seen, values far outside of what was learned.
    frame : polars.DataFrame
        The rows as they came.
    """

    x: NDArray[np.float64]
    remarks: tuple[str, ...]
    frame: pl.DataFrame


def is_table(x: object) -> bool:
    """Whether samples come with names: a data frame, or the path of a file."""
    is_path = isinstance(x, str | os.PathLike)
    return is_path or hasattr(x, "__dataframe__") or hasattr(x, "__arrow_c_stream__")


def new_rows(source: Any, preparation: Preparation) -> NewRows:
    """Prepare new rows as those that were learned.

    Parameters
    ----------
    source : str, path or data frame
        A table with the columns that were learned from, in any order; others are ignored.
    preparation : Preparation
        What was done to them.

    Raises
    ------
    DataError
        If a column is missing, or a cell cannot be read; names file, column and row.
    """
    raw = read_table(Path(source)) if isinstance(source, str | os.PathLike) else _of_frame(source)
    names, said = _found(raw, preparation)
    style = _style(raw, names, preparation)
    columns = tuple(
        _as_learned(raw, names[step.name], step.name, kind_of(step), style)
        for step in preparation.columns
    )
    table = Table(raw.name, columns, raw.rows)
    _refuse_gaps(table, preparation)
    remarks = (*said, *preparation.remarks(table))
    return NewRows(preparation.apply(table), remarks, raw.frame)


def raw_rows(x: Any, preparation: Preparation, caller: str) -> NewRows:
    """Prepare an array (N, C) with a column for each that was learned from, in their order."""
    import polars as pl

    values = np.asarray(x)
    names = preparation.features
    if values.ndim != 2 or values.shape[1] != len(names):
        raise DataError(
            f"{caller}: x has shape {values.shape}; expected (N, {len(names)}), with the columns "
            f"{listed(names)}"
        )
    each = {name: pl.Series(values[:, i].tolist(), strict=False) for i, name in enumerate(names)}
    return new_rows(pl.DataFrame(each), preparation)


def _of_frame(frame: Any) -> RawTable:
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        found = frame
    else:
        found = pl.from_dataframe(frame) if hasattr(frame, "__dataframe__") else pl.DataFrame(frame)
    return RawTable("data frame", found, np.arange(1, len(found) + 1))


def _found(raw: RawTable, preparation: Preparation) -> tuple[dict[str, str], list[str]]:
    """What each column that was learned is called here, and what is said of the others."""
    there, wanted = raw.frame.columns, preparation.features
    lacking = [name for name in wanted if name not in there]
    if not lacking:
        known = {*wanted, *preparation.left_out, *preparation.target.names}
        others = [name for name in there if name not in known]
        noun = "column" if len(others) == 1 else "columns"
        return {it: it for it in wanted}, [f"{noun} {listed(others)} ignored"] if others else []
    is_nameless = wanted == tuple(f"x{i}" for i in range(len(wanted)))
    if is_nameless and len(there) == len(wanted) and len(lacking) == len(wanted):
        said = "columns are taken in their order: the network learned an array without names"
        return dict(zip(wanted, there, strict=True)), [said]
    noun = "column" if len(lacking) == 1 else "columns"
    raise DataError(
        f"{raw.name} lacks the {noun} {listed(lacking)}, which the network learned from; it has "
        f"{listed(there)}" + did_you_mean(lacking[0], there)
    )


def _style(raw: RawTable, names: Mapping[str, str], preparation: Preparation) -> NumberStyle:
    """The decimal mark by which the fewest cells are no numbers; that of the table, if alike."""
    import polars as pl

    columns = [raw.frame[names[it.name]] for it in preparation.columns if isinstance(it, Number)]
    texts = [it for it in columns if it.dtype == pl.String]
    learned = NumberStyle(preparation.decimal)
    styles = (learned, NumberStyle("," if learned.decimal == "." else "."))
    return min(styles, key=lambda it: sum(it.read(text).null_count() for text in texts))


def _as_learned(
    raw: RawTable, name: str, learned: str, kind: str | None, style: NumberStyle
) -> Column:
    """One column as the kind that was learned, with the name that it had."""
    import polars as pl

    series = raw.frame[name]
    is_text = series.dtype == pl.String
    if is_text:
        stripped = series.str.strip_chars()
        series = stripped.set(stripped == "", None)
    if series.dtype.is_float():
        series = series.fill_nan(None)
    if kind == "number":
        cells = style.read(series) if is_text else series.cast(pl.Float64, strict=False)
        _refuse_odd(raw, name, cells, "a number")
        values: NDArray[Any] = cells.fill_null(np.nan).to_numpy()
        check_numbers(values[:, None], Source(raw.name, raw.rows), "x", [name], missing=True)
        return Column(learned, kind, values)
    if kind == "date":
        as_date = read_dates(series) if is_text else series
        cells = as_date.cast(pl.Datetime("us"), strict=False)
        _refuse_odd(raw, name, cells, "a date such as 2024-01-31")
        return Column(learned, kind, cells.to_numpy().astype("datetime64[us]"))
    texts = np.empty(len(series), dtype=object)
    texts[:] = series.cast(pl.String, strict=False).to_list()
    return Column(learned, "category", texts)


def _refuse_odd(raw: RawTable, name: str, read: pl.Series, expected: str) -> None:
    """Name the first cell that holds something else."""
    given = raw.frame[name]
    odd = np.flatnonzero((read.is_null() & given.is_not_null()).to_numpy())
    odd = odd[[not _is_empty(given[int(row)]) for row in odd]] if len(odd) else odd
    if len(odd):
        place = Source(raw.name, raw.rows).cell("x", int(odd[0]), None, name)
        raise DataError(
            f"{place} is {given[int(odd[0])]!r}; expected {expected}: correct it, or leave the "
            "cell empty if the value is missing"
        )


def _is_empty(cell: object) -> bool:
    is_nan = cell != cell  # noqa: PLR0124
    return is_nan or (isinstance(cell, str) and cell.strip().lower() in MISSING)


def _refuse_gaps(table: Table, preparation: Preparation) -> None:
    """Refuse empty cells of columns in which nothing is known to fill them with."""
    for step, column in zip(preparation.columns, table.columns, strict=True):
        if isinstance(step, Number) and step.median is None and column.missing.any():
            row = int(np.flatnonzero(column.missing)[0])
            place = Source(table.name, table.rows).cell("x", row, None, step.name)
            raise DataError(
                f"{place} is empty, and the network learned from rows without gaps; fill it in, or "
                "leave the row out"
            )


def unprepared_remarks(x: NDArray[np.float64], preparation: Preparation) -> list[str]:
    """Say that samples (N, I), which should be prepared, look as if they were not."""
    places = {name: i for i, name in enumerate(preparation.inputs)}
    steps = [it for it in preparation.columns if isinstance(it, Number) and it.median is not None]
    if not steps:
        return []
    values = x[:, [places[it.name] for it in steps]]
    low, high = (
        np.array([(getattr(it, end) - it.mean) / it.deviation for it in steps])
        for end in ("least", "most")
    )
    share = float(np.mean((values < low) | (values > high)))
    if share < MOST_OUTSIDE:
        return []
    return [
        f"{100 * share:.0f} % of the numbers lie outside of what was learned, as if they were not "
        "prepared; for rows as they are in the table give prepared=False"
    ]
