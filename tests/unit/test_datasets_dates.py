"""Columns of dates: in text, in Parquet files and in new rows."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

import amenable as am
from amenable.datasets.dates import read_dates
from amenable.datasets.new_rows import new_rows
from amenable.errors import DataError

N = 40
DAYS = [date(2020, 1, 1) + timedelta(days=17 * i) for i in range(N)]


def frame(days):
    numbers = np.random.default_rng(0).normal(size=N)
    return pl.DataFrame({"sold": days, "a": numbers, "k": ["no", "yes"] * (N // 2)})


@pytest.fixture
def learned(tmp_path):
    frame(DAYS).write_parquet(tmp_path / "t.parquet")
    return am.load(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%Y/%m/%d", " %Y-%m-%d", "%Y-%m-%dT00:00:00Z", "%Y-%m-%d 00:00"]
)
def test_text_and_parquet_hold_the_same_dates(tmp_path, learned, form):
    frame([f"{it:{form}}" for it in DAYS]).write_csv(tmp_path / "t.csv")
    data = am.load(tmp_path / "t.csv")
    assert "sold" in data.features
    assert "column 'sold' read as dates" in data.notes
    np.testing.assert_array_equal(data.x, learned.x)


def test_missing_dates_are_missing(tmp_path):
    days = [f"{it}" for it in DAYS]
    days[3], days[7] = "NA", "?"
    frame(days).write_csv(tmp_path / "t.csv")
    data = am.load(tmp_path / "t.csv")
    assert "column 'sold' read as dates" in data.notes
    assert np.isfinite(data.x).all()


@pytest.mark.parametrize("odd", ["soon", "2024-02-30", "01/02/2024", "2024-13-01"])
def test_a_column_with_another_cell_is_not_taken_for_dates(tmp_path, odd):
    frame([f"{it}" for it in DAYS[:-1]] + [odd]).write_csv(tmp_path / "t.csv")
    data = am.load(tmp_path / "t.csv")
    assert not any("read as dates" in it for it in data.notes)


def test_new_rows_are_read_alike_and_refuse_what_is_no_date(learned):
    as_text = frame([f"{it:%Y/%m/%d}" for it in DAYS])
    expected = new_rows(frame(DAYS), learned.preparation).x
    np.testing.assert_array_equal(new_rows(as_text, learned.preparation).x, expected)
    wrong = frame([f"{it}" for it in DAYS[:-1]] + ["01/02/2024"])
    with pytest.raises(DataError, match=r"'sold', row 40 is '01/02/2024'; expected a date"):
        new_rows(wrong, learned.preparation)


def test_years_of_four_digits_only():
    assert read_dates(pl.Series(["20-01-01", "12020-01-01"])).null_count() == 2
