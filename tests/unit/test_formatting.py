"""Numbers as a reader wants them."""

import math

import pytest

from amenable import formatting


@pytest.mark.parametrize(
    ("fraction", "n_trials", "text"),
    [
        (0.0, 32, "0"),
        (1.0, 32, "100"),
        (0.969, 32, "97"),
        (1 / 32, 32, "3"),
        (0.0, 1000, "0.0"),
        (1 / 1000, 1000, "0.1"),
        (1 / 100_000, 100_000, "0.1"),  # not 0.0, which only none is
        (0.99999, 100_000, "99.9"),
        (0.998, 100, "99"),
    ],
)
def test_only_none_and_all_show_as_0_and_100_percent(fraction, n_trials, text):
    assert formatting.percent(fraction, n_trials) == text


def test_counts_are_in_the_singular_and_the_plural():
    assert formatting.plural(1, "seed") == "1 seed"
    assert formatting.plural(0, "seed") == "0 seeds"
    assert formatting.plural(1088, "network") == "1,088 networks"


def test_lists_end_in_and():
    assert formatting.join([]) == ""
    assert formatting.join(["a"]) == "a"
    assert formatting.join(["a", "b"]) == "a and b"
    assert formatting.join(["a", "b", "c"], "or") == "a, b or c"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.95, "0.950"),
        (0.0, "0.000"),
        (-1.5, "-1.500"),
        (1e-5, "1.00e-05"),
        (12345.0, "1.23e+04"),
        (math.nan, "-"),
        (-math.inf, "-"),
    ],
)
def test_a_metric_has_three_digits_or_is_a_dash(value, text):
    assert formatting.format_metric(value) == text


def test_steps_that_are_not_there_are_a_dash():
    assert formatting.whole(1350.0) == "1,350"
    assert formatting.whole(math.inf) == "-"


def test_probabilities_are_not_zero():
    assert formatting.probability(1e-12) == "p < 0.001"
    assert formatting.probability(0.0312) == "p = 0.031"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9.5, "9.5"),
        (123, "123"),
        (6349, "6,350"),
        (999_400, "999,000"),
        (999_600, "1 million"),
        (1_274_000, "1.27 million"),
        (30_100_000_000, "30.1 billion"),
        (1e12, "1 trillion"),
        (2.5e18, "2,500,000 trillion"),
        (math.inf, "-"),
        (math.nan, "-"),
    ],
)
def test_amounts_have_three_digits(value, text):
    assert formatting.amount(value) == text
