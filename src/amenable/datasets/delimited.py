"""Text tables, CSV and TSV, read by polars as text; errors name the column and the row."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.datasets.frames import RawTable
from amenable.datasets.source import listed
from amenable.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MISSING = frozenset(("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null"))
"""Texts that mean a missing value in a column of any kind, in R, pandas, SQL and at UCI.

`numerals.MISSING` has more, which only mean that among numbers.
"""

FIRST_ROWS = 101  # that tell a header from data
_SEPARATOR_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
SNIFFED_LINES = 20  # that must agree on a separator
_SNIFFED_BYTES = 1 << 16  # enough to meet a zero byte in anything binary
_BLANKS_BEFORE_QUOTES = re.compile(rb'([,;\t|]) +"')
_JSON = re.compile(rb'(\xef\xbb\xbf)?\s*(\{\s*"|\[\s*[\[{])')  # no column is called so


def read_delimited(path: Path, separator: str) -> RawTable:
    """The rows of a text table, all as text, with None for missing values.

    The separator is the usual one of such a file, or another that is in every one of the first
    lines, as often, where this one is not.
    """
    import polars as pl

    has_returns = _check_text(path)
    separator = _sniffed(path, separator)
    lines = {"separator": separator, "eol_char": "\r" if has_returns else "\n"}
    begin = _read(path, has_header=False, n_rows=FIRST_ROWS, truncate_ragged_lines=True, **lines)
    first = [str(name or "").strip() for name in begin.row(0)]
    _check_first_line(path, first, separator)
    has_header = not _is_data(first, begin[1:])
    names, notes = _names(first) if has_header else _numbered(len(first))
    missing = sorted(MISSING)
    frame = _read(path, has_header=has_header, new_columns=names, null_values=missing, **lines)
    # Only columns that are not numbers yet can have blanks around a missing value; a table may have
    # 100,000 columns of numbers.
    words = _not_numbers(frame)
    if words:
        text = pl.col(words).str.strip_chars()
        frame = frame.with_columns(pl.when(~text.is_in(MISSING)).then(text).name.keep())
    if frame[:, -1].null_count():
        _refuse_short_rows(path, separator, len(names))
    if min(frame.null_count().row(0)) == 0:  # then no row is empty
        return RawTable(path.name, frame, np.arange(1, len(frame) + 1), tuple(notes))
    is_filled = ~frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    rows = np.flatnonzero(is_filled.to_numpy()) + 1
    n_blank = len(frame) - len(rows)
    notes += [f"{n_blank} empty row{'s' if n_blank > 1 else ''} left out"] if n_blank else []
    return RawTable(path.name, frame.filter(is_filled), rows, tuple(notes))


def _sniffed(path: Path, usual: str) -> str:
    """The separator that cuts the first lines into as many fields each."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = file.read(_SNIFFED_BYTES).splitlines()[:SNIFFED_LINES]
    for separator in (usual, *(it for it in _SEPARATOR_NAMES if it != usual)):
        rows = csv.reader(filter(str.strip, lines), delimiter=separator, skipinitialspace=True)
        first, *others = [len(fields) for fields in rows] or [0]
        if first > 1 and (separator == usual or all(n == first for n in others)):
            return separator
    return usual


def _read(path: Path, *, separator: str, **options: object) -> "pl.DataFrame":
    import polars as pl

    plain: dict[str, Any] = {"infer_schema": False, "glob": False, **options}
    try:
        return pl.read_csv(_source(path), separator=separator, **plain)
    except pl.exceptions.NoDataError:
        raise DataError(f"{path.name}: the file is empty; expected a header and rows") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        if "utf-8" in str(error):
            raise DataError(f"{path.name}: not UTF-8 text; save it as UTF-8 CSV") from None
        _refuse_long_rows(path, separator)
        reason = str(error).strip().splitlines()[0]
        raise DataError(
            f"{path.name}: cannot be read as text separated by {_SEPARATOR_NAMES[separator]}: "
            f"{reason}; look for an unclosed quote"
        ) from None


def _source(path: Path) -> Path | BytesIO:
    """The file as polars takes it: it knows names in UTF-8 only, and no blanks before quotes."""
    with path.open("rb") as file:
        has_blanks = _BLANKS_BEFORE_QUOTES.search(file.read(_SNIFFED_BYTES)) is not None
    if has_blanks:
        return BytesIO(_BLANKS_BEFORE_QUOTES.sub(rb'\1"', path.read_bytes()))
    return path if str(path).isprintable() else BytesIO(path.read_bytes())


def _not_numbers(frame: "pl.DataFrame") -> list[str]:
    import polars as pl

    return [
        it.name
        for it in frame.get_columns()
        if it.cast(pl.Float64, strict=False).null_count() > it.null_count()
    ]


def _check_text(path: Path) -> bool:
    """Refuse what is no table of text; returns whether its lines end as those of an old Mac."""
    with path.open("rb") as file:
        begin = file.read(_SNIFFED_BYTES)
    if b"\0" in begin:
        raise DataError(f"{path.name}: binary or UTF-16, not UTF-8 text; save it as UTF-8 CSV")
    if _JSON.match(begin):
        raise DataError(f"{path.name}: looks like JSON, not like a table; save it as UTF-8 CSV")
    return b"\r" in begin and b"\n" not in begin


def _check_first_line(path: Path, names: list[str], separator: str) -> None:
    if not any(names):
        raise DataError(f"{path.name}: the first line is empty; expected the names of the columns")
    if len(names) == 1:
        found = [title for mark, title in _SEPARATOR_NAMES.items() if mark in names[0]]
        hint = f"; the separator looks like {found[0]}" if found else ""
        raise DataError(
            f"{path.name}: the header has a single column {names[0]!r}{hint}; expected at least a "
            f"feature and a target, separated by {_SEPARATOR_NAMES[separator]}"
        )


def _is_data(first: list[str], rest: "pl.DataFrame") -> bool:
    """Whether the first line is no header, by what the lines below hold.

    A header names columns of numbers by words, and its words do not turn up below. Numbers that
    count the columns, or differ and are whole, as years are, may be names too.
    """
    columns = [[str(it).strip() for it in column if it is not None] for column in rest]
    kinds = [bool(it) and all(map(_is_number, it)) for it in columns]
    numbers = [name for name, is_number in zip(first, kinds, strict=False) if is_number]
    others = [
        name in column
        for name, column, is_number in zip(first, columns, kinds, strict=False)
        if not is_number and column
    ]
    if not all(map(_is_number, numbers)):
        return False
    if not numbers:
        return len(others) > 1 and all(others)
    are_names = all(it.isdigit() for it in numbers) and len(set(first)) == len(first)
    return all(others) if others else not are_names


def _names(first: list[str]) -> tuple[list[str], list[str]]:
    """The columns' names, and what is said of them; those without one become "unnamed"."""
    named = [name or f"unnamed {i + 1}" for i, name in enumerate(first)]
    repeated = sorted(name for name, n in Counter(named).items() if n > 1)
    if not repeated:
        return named, []
    taken, seen = set(named), Counter[str]()
    numbered = []
    for name in named:
        seen[name] += 1
        new = name
        while seen[name] > 1 and new in taken:
            new = f"{name} {seen[name]}"
            if new in taken:
                seen[name] += 1
        taken.add(new)
        numbered.append(new)
    return numbered, [f"columns of one name are numbered: {listed(repeated)}"]


def _numbered(n: int) -> tuple[list[str], list[str]]:
    note = "the first line holds data, not names: columns are named by their number"
    return [f"column {i + 1}" for i in range(n)], [note]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _rows_of_fields(path: Path, separator: str) -> Iterator[tuple[int, int]]:
    """The row (0 is the header) and its number of fields; blank lines are skipped."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        for row, fields in enumerate(csv.reader(file, delimiter=separator)):
            if fields:
                yield row, len(fields)


def _refuse_short_rows(path: Path, separator: str, width: int) -> None:
    """Polars fills a short row with nulls; here that is an error."""
    for row, n_fields in _rows_of_fields(path, separator):
        if n_fields < width:
            raise DataError(
                f"{path.name}: row {row} has {n_fields} fields where the header has {width}; "
                "correct the row"
            )


def _refuse_long_rows(path: Path, separator: str) -> None:
    width = 0
    for row, n_fields in _rows_of_fields(path, separator):
        width = width or n_fields
        if n_fields > width:
            raise DataError(
                f"{path.name}: row {row} has {n_fields} fields where the header has {width}; "
                "quote text that contains the separator"
            )
