"""The one reader of dates that were written as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_YEAR_FIRST = r"^\d{4}([-/])\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$"
_TIMES = ("", "%H:%M", "%H:%M:%S%.f")


def read_dates(text: pl.Series) -> pl.Series:
    """Dates as datetime64[us], null where a cell is none.

    The year comes first, as in 2024-01-31, 2024/1/31, 2024-01-31 10:30 and 2024-01-31T10:30:00Z.
    Other orders are no dates here: 01/02/2024 is a day in January or in February.

    Examples
    --------
    >>> import polars as pl
    >>> read_dates(pl.Series(["2024-01-31", "2024/2/1 10:30", "01/02/2024"])).is_null().to_list()
    [False, False, True]
    """
    import polars as pl

    cells = text.str.strip_chars()
    is_date = cells.str.contains(_YEAR_FIRST).fill_null(value=False)
    if not is_date.any():
        return pl.Series(text.name, [None] * len(text), dtype=pl.Datetime("us"))
    plain = pl.select(pl.when(is_date).then(cells)).to_series()
    plain = plain.str.replace_all("/", "-").str.replace("T", " ").str.replace("Z$", "")
    read = pl.Series(text.name, [None] * len(text), dtype=pl.Datetime("us"))
    for time in _TIMES:
        parsed = plain.str.to_datetime(f"%Y-%m-%d {time}".strip(), time_unit="us", strict=False)
        read = read.fill_null(parsed)
    return read.rename(text.name)
