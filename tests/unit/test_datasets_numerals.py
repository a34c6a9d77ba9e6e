"""Numbers as people write them, and the one place that reads them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amenable.datasets.numerals import NumberStyle, looks_like_a_number, style_of
from amenable.errors import DescriptionError

POINT, COMMA = NumberStyle("."), NumberStyle(",")


@pytest.mark.parametrize(
    ("style", "cell", "value"),
    [
        (POINT, "12", 12),
        (POINT, " 1.5 ", 1.5),
        (POINT, "1,234", 1234),
        (POINT, "1,234,567.25", 1234567.25),
        (POINT, "1 234", 1234),
        (POINT, "1\u00a0234.5", 1234.5),
        (POINT, "1\u202f234", 1234),
        (POINT, "1'234", 1234),
        (POINT, "1’234.5", 1234.5),
        (POINT, "$1,234.50", 1234.5),
        (POINT, "-$7", -7),
        (POINT, "$-7", -7),
        (POINT, "€ 12", 12),
        (POINT, "12 €", 12),
        (POINT, "12.5%", 12.5),
        (POINT, "12.5 %", 12.5),
        (POINT, "−3.5", -3.5),
        (POINT, "1.5D-01", 0.15),
        (POINT, "1.5d3", 1500),
        (POINT, "1.5E+3", 1500),
        (POINT, "(1,234)", -1234),
        (POINT, "+4", 4),
        (POINT, ".5", 0.5),
        (POINT, "1,5", None),
        (POINT, "1,23,4", None),
        (POINT, "12,34", None),
        (POINT, "1.2.3", None),
        (POINT, "136A", None),
        (POINT, "many", None),
        (POINT, "2024-01-31", None),
        (POINT, "12:30", None),
        (COMMA, "1,5", 1.5),
        (COMMA, "-0,25", -0.25),
        (COMMA, "1.234,5", 1234.5),
        (COMMA, "1.234", 1234),
        (COMMA, "1 234,5", 1234.5),
        (COMMA, "12", 12),
        (COMMA, ",5", 0.5),
        (COMMA, "1,5e3", 1500),
        (COMMA, "12,5 %", 12.5),
        (COMMA, "1.5", None),
        (COMMA, "a", None),
    ],
)
def test_a_cell_is_read_as_it_is_meant(style: NumberStyle, cell: str, value: float | None) -> None:
    assert style.read(pl.Series("a", [cell, None])).to_list() == [value, None]


@pytest.mark.parametrize(
    ("columns", "decimal"),
    [
        ({"a": ["1,5", "2"]}, ","),
        ({"a": ["0,126", "-0,640"]}, ","),  # no thousand begins with a nought
        ({"a": ["0.126", "1.640"]}, "."),
        ({"a": ["1.5", "2"]}, "."),
        ({"a": ["1,234", "2,345"]}, "."),
        ({"a": ["1.234", "2.345"], "b": ["0,5", "1,25"]}, ","),
        ({"a": ["1,234", "2,345"], "b": ["0.5", "1.25"]}, "."),
        ({"a": ["12,5 %"], "b": ["x"]}, ","),
        ({"a": ["red, green"], "b": ["x.y"]}, "."),
        ({"a": [None, None]}, "."),
        ({"a": ["1,5"], "b": [0.5]}, "."),
    ],
)
def test_the_mark_is_decided_by_all_columns(columns: dict[str, list[object]], decimal: str) -> None:
    assert style_of(pl.DataFrame(columns)).decimal == decimal


@given(
    st.floats(-1e9, 1e9).map(lambda it: round(it, 4)),
    st.sampled_from([".", ","]),
    st.sampled_from(["", "'", " ", "\u00a0", "mark"]),
    st.sampled_from(["{}", "$ {}", "{} €", "{}%", " {} "]),
)
def test_what_was_written_is_read(value: float, decimal: str, mark: str, around: str) -> None:
    mark = {".": ",", ",": "."}[decimal] if mark == "mark" else mark
    text = f"{value:,.4f}".replace(",", "\0").replace(".", decimal).replace("\0", mark)
    found = NumberStyle(decimal).read(pl.Series([around.format(text)]))
    assert found.to_list() == [value]


def test_another_mark_is_refused() -> None:
    with pytest.raises(DescriptionError, match="decimal"):
        NumberStyle(";")


def test_odd_cells_are_told_from_words() -> None:
    assert looks_like_a_number("12;5")
    assert not looks_like_a_number("136A")
