"""Ranges: ends, grids, and which value stands at which place."""

import pytest

import amenable as am
from amenable.space.ranges import MOST_LISTED


def test_a_grid_has_both_ends_and_equal_steps():
    assert am.linear_range(0, 1, n=5).grid() == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert am.log_range(1e-3, 10, n=5).grid() == (0.001, 0.01, 0.1, 1.0, 10.0)
    assert am.integer_range(2, 10, n=5).grid() == (2, 4, 6, 8, 10)
    assert am.integer_range(1, 256, n=5, log=True).grid() == (1, 4, 16, 64, 256)


def test_a_grid_takes_no_value_twice():
    assert am.integer_range(1, 3, n=9).grid() == (1, 2, 3)


def test_whole_numbers_are_all_taken_where_nothing_is_said():
    assert am.integer_range(3, 6).grid() == (3, 4, 5, 6)
    assert am.integer_range(0, MOST_LISTED).grid() == ()  # too many to be meant
    assert am.integer_range(1, 6, log=True).grid() == ()
    assert am.linear_range(0, 1).grid() == am.log_range(1, 2).grid() == ()


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        (am.linear_range(0.8, 0.999), (0.8, 0.8498, 0.8995)),
        (am.linear_range(-1e6, 1e6), (-1e6, -500_000.0, 0.0)),
        (am.log_range(1e-4, 1), (0.0001, 0.001, 0.01)),
        (am.log_range(1.0, 1.001), (1.0, 1.0002499, 1.0004999)),
        (am.integer_range(1, 4), (1, 2, 3)),
        (am.integer_range(1, 15, log=True), (1, 2, 4)),
    ],
)
def test_values_are_rounded_to_what_can_be_read(it, expected):
    assert tuple(it.at(place) for place in (0.0, 0.25, 0.5)) == expected


@pytest.mark.parametrize(
    "it",
    [
        am.linear_range(0.1, 0.3),
        am.linear_range(0.1234567, 0.9999999),
        am.log_range(0.3, 0.7),
        am.integer_range(-3, 3),
        am.integer_range(1, 100, log=True),
    ],
)
def test_no_value_is_outside(it):
    values = [it.at(place) for place in (0.0, 1e-17, 0.5, 1 - 2**-53, 1.0)]
    assert min(values) >= it.low
    assert max(values) <= it.high
    assert values == sorted(values)


def test_each_whole_number_has_its_share():
    it = am.integer_range(1, 4)
    values = [it.at(i / 1000) for i in range(1000)]
    assert [values.count(n) for n in (1, 2, 3, 4)] == [250] * 4


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: am.linear_range(1, 0), "linear_range: expected low < high, got 1.0 and 0.0"),
        (lambda: am.linear_range(-1e308, 1e308), "ends whose difference is a number"),
        (lambda: am.linear_range(0, float("nan")), "linear_range.high: expected a finite number"),
        (lambda: am.log_range(0, 1), "log_range.low: expected a finite number > 0, got 0; a log"),
        (lambda: am.log_range(1, 1), "log_range: expected low < high"),
        (lambda: am.integer_range(1.5, 3), "integer_range.low: expected an integer"),
        (lambda: am.integer_range(0, 3, log=True), "integer_range.low: expected an integer >= 1"),
        (lambda: am.log_range(1, 2, n=1), "log_range.n: expected an integer >= 2, got 1"),
        (lambda: am.integer_range(1, 2, log=1), "integer_range.log: expected True or False"),
    ],
)
def test_what_is_no_range_is_refused(make, said):
    with pytest.raises(am.DescriptionError) as error:
        make()
    assert said in str(error.value)
