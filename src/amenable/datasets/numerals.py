"""The one reader of numbers that people and programs wrote as text, each in their own way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amenable.description import choice

if TYPE_CHECKING:
    import polars as pl

DECIMALS = (".", ",")
BLANKS = " \u00a0\u2009\u202f"  # plain, unbroken, thin, narrow
MARKS = {".": ",'’" + BLANKS, ",": ".'’" + BLANKS}  # between thousands
CURRENCIES = "$€£¥₹"

MISSING = frozenset(
    {"", ".", "..", "-", "--", "---", "–", "—", "?", "na", "n/a", "n.a.", "#n/a", "nan"}
    | {"#nan", "null", "(null)", "none", "nil", "missing", "unknown", "#value!", "#div/0!"}
)
"""Words, in small letters, that stand for a missing value where they stand among numbers."""

_SIGNS = {"−": "-", "－": "-", "＋": "+"}
_EXPONENT = r"([\d.,])[dDqQ]([+-]?\d+)$"  # Fortran's
_POINT_ONLY = re.compile(
    r"0\.\d+|\d{4,}\.\d+|\d*\.(?:\d{1,2}|\d{4,})(?:[eEdD][+-]?\d+)?|\d{1,3}(?:,\d{3})+\.\d+"
)
_COMMA_ONLY = re.compile(
    r"0,\d+|\d{4,},\d+|\d*,(?:\d{1,2}|\d{4,})(?:[eEdD][+-]?\d+)?|\d{1,3}(?:\.\d{3})+,\d+"
)
MOST_CELLS = 10_000  # of a column, that say which mark it has


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a table writes its numbers.

    Parameters
    ----------
    decimal : str
        "." or ",": what stands before the decimals. The other one may stand between thousands.

    Raises
    ------
    DescriptionError
        If it is another.

    Examples
    --------
    >>> import polars as pl
    >>> NumberStyle(",").read(pl.Series(["1,5", "-2.000,25", "3 %"])).to_list()
    [1.5, -2000.25, 3.0]
    >>> NumberStyle().read(pl.Series(["$1,234.50", "(7)", "1.5D-01", "−3", "many"])).to_list()
    [1234.5, -7.0, 0.15, -3.0, None]
    """

    decimal: str = "."

    def __post_init__(self) -> None:
        choice("decimal", self.decimal, DECIMALS)

    def read(self, text: pl.Series) -> pl.Series:
        """Numbers as float64, null where a cell is none.

        Currency and percent signs are left out, brackets are a minus.
        """
        import polars as pl

        if self.decimal == ".":
            plain = text.str.strip_chars().cast(pl.Float64, strict=False)
            if plain.null_count() == text.null_count():
                return plain
        cells = text.str.strip_chars().str.replace_many(list(_SIGNS), list(_SIGNS.values()))
        cells = cells.str.replace(r"^\((.+)\)$", "-$1")
        cells = cells.str.replace(rf"^([+-]?)\s*[{CURRENCIES}]\s*([+-]?)", "$1$2")
        cells = cells.str.replace(rf"\s*[{CURRENCIES}%]$", "")
        cells = cells.str.replace(_EXPONENT, "${1}e$2")
        marks, decimal = MARKS[self.decimal], re.escape(self.decimal)
        grouped = rf"^[+-]?[1-9]\d{{0,2}}(?:[{marks}]\d{{3}})+(?:{decimal}\d*)?(?:[eE][+-]?\d+)?$"
        is_grouped = cells.str.contains(grouped).fill_null(value=False)
        bare = cells.str.replace_all(f"[{marks}]", "")
        if self.decimal == ",":
            # A point that is no thousands mark makes no number here.
            written = rf"^[+-]?(?:\d+{decimal}?\d*|{decimal}\d+)(?:[eE][+-]?\d+)?$"
            is_number = cells.str.contains(written).fill_null(value=False)
            cells = pl.select(pl.when(is_number | is_grouped).then(cells)).to_series()
        cells = pl.select(pl.when(is_grouped).then(bare).otherwise(cells)).to_series()
        if self.decimal == ",":
            cells = cells.str.replace(",", ".", literal=True)
        return cells.cast(pl.Float64, strict=False).rename(text.name)


def style_of(frame: pl.DataFrame) -> NumberStyle:
    """The decimal mark, decided by all columns together.

    A comma decides where cells have one that cannot stand between thousands, as in 1,5, and none
    has such a point: 1,234 alone may be either, and is then a thousand and more.

    Examples
    --------
    >>> import polars as pl
    >>> style_of(pl.DataFrame({"a": ["1,5", "2,25"], "b": ["1.234", "5"]})).decimal
    ','
    >>> style_of(pl.DataFrame({"a": ["1,234", "2,345"], "b": ["1.5", "2.5"]})).decimal
    '.'
    """
    import polars as pl

    has_comma = False
    for column in frame.get_columns():
        if column.dtype != pl.String:
            if column.dtype.is_float():
                return NumberStyle()
            continue
        cells = column.head(MOST_CELLS).drop_nulls()
        if not cells.str.contains("[.,]").any():
            continue
        cells = cells.str.strip_chars().str.replace_all(rf"[{CURRENCIES}%\s()+−-]", "")
        if cells.str.contains(f"^(?:{_POINT_ONLY.pattern})$").any():
            return NumberStyle()
        has_comma = has_comma or bool(cells.str.contains(f"^(?:{_COMMA_ONLY.pattern})$").any())
    return NumberStyle("," if has_comma else ".")


def looks_like_a_number(cell: str) -> bool:
    """Whether a cell that is no number is made of digits and marks, but no date or time.

    Examples
    --------
    >>> [looks_like_a_number(it) for it in ("12;5", "1..2", "136A", "A", "-", "1/2/2020 10:00")]
    [True, True, False, False, False, False]
    """
    has_digits = any(it.isdigit() for it in cell)
    return has_digits and not any(it.isalpha() or it in "/:" for it in cell)
