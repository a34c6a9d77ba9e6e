"""Intervals for fractions: published values, what must hold at the edges, wrong input."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, multinomial

from amenable.errors import AmenableError, DataError, DescriptionError
from amenable.statistics import newcombe, paired_difference, wilson


def pairs(
    both: int, only_first: int, only_second: int, neither: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Outcomes of a table of pairs."""
    counts = [both, only_first, only_second, neither]
    first = np.repeat([True, True, False, False], counts)
    second = np.repeat([True, False, True, False], counts)
    return first, second


# Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3 (score).
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_published(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


# Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_published(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    assert newcombe(*counts).interval == pytest.approx((low, high), abs=5e-5)


# Fagerland, Lydersen, Laake 2014, Statistics in Medicine 33:2850-2875: airway hyper-responsiveness
# and complete response, Newcombe's square-and-add interval.
@pytest.mark.parametrize(
    ("table", "low", "high", "tolerance"),
    [((1, 1, 7, 12), -0.507, -0.026, 5e-4), ((59, 6, 16, 80), -0.1186, -0.0046, 5e-5)],
)
def test_paired_published(
    table: tuple[int, int, int, int], low: float, high: float, tolerance: float
) -> None:
    result = paired_difference(*pairs(*table))
    assert (result.both, result.only_first, result.only_second, result.neither) == table
    assert result.interval == pytest.approx((low, high), abs=tolerance)


def test_other_levels_use_their_own_deviate() -> None:
    z = 2.5758293035489004  # 99 %
    assert wilson(0, 10, level=0.99).high == pytest.approx(z * z / (10 + z * z), rel=1e-14)


def test_extremes_are_exact() -> None:
    assert wilson(0, 7).low == 0.0
    assert wilson(7, 7).high == 1.0
    assert wilson(10**12, 10**12).high == 1.0
    assert wilson(1, 10**12).low == pytest.approx(1.765e-13, rel=1e-3)  # nothing is cancelled
    assert newcombe(3, 9, 5, 15).difference == 0.0  # 1/3 - 1/3, though 9 and 15 differ


def test_numpy_counts_are_counts() -> None:
    low, high = wilson(np.int64(3), np.uint8(9))  # type: ignore[arg-type]
    assert (low, high) == wilson(3, 9)
    assert type(low) is float
    assert type(high) is float


def test_wilson_covers_what_it_says() -> None:
    """Exact: the chance of every count is summed. Newcombe 1998 reports a mean of 0.952 and a
    minimum of 0.831 over sizes 5 to 100; Wald's interval falls to nearly 0 here."""
    fractions = np.linspace(0.001, 0.999, 999)
    for trials in (5, 16, 32, 100):
        coverage = np.zeros_like(fractions)
        for successes in range(trials + 1):
            low, high = wilson(successes, trials)
            inside = (low <= fractions) & (fractions <= high)
            coverage += inside * binom.pmf(successes, trials, fractions)
        assert 0.94 < coverage.mean() < 0.965
        assert coverage.min() > 0.83


def test_newcombe_covers_what_it_says() -> None:
    n = 16
    counts = np.arange(n + 1)
    for p1, p2 in [(0.5, 0.5), (0.9, 0.5), (0.95, 0.9), (0.2, 0.7)]:
        chance = np.outer(binom.pmf(counts, n, p1), binom.pmf(counts, n, p2))
        covered = 0.0
        for s1 in range(n + 1):
            for s2 in range(n + 1):
                low, high = newcombe(s1, n, s2, n).interval
                covered += float(chance[s1, s2]) * (low <= p1 - p2 <= high)
        assert 0.93 < covered < 0.985


# Chance of (both, only first, only second, neither), from independent to strongly paired.
@pytest.mark.parametrize(
    "chances", [(0.35, 0.35, 0.15, 0.15), (0.5, 0.3, 0.1, 0.1), (0.6, 0.15, 0.05, 0.2)]
)
def test_paired_covers_what_it_says(chances: tuple[float, float, float, float]) -> None:
    n = 12
    truth = chances[1] - chances[2]
    covered = 0.0
    for both in range(n + 1):
        for only_first in range(n + 1 - both):
            for only_second in range(n + 1 - both - only_first):
                table = (both, only_first, only_second, n - both - only_first - only_second)
                low, high = paired_difference(*pairs(*table)).interval
                if low <= truth <= high:
                    covered += float(multinomial.pmf(table, n, chances))
    assert 0.93 < covered < 0.99


def test_pairing_narrows_the_interval() -> None:
    """Twenty of thirty and ten of thirty, where the ten are among the twenty."""
    paired = paired_difference(*pairs(10, 10, 0, 10))
    separate = newcombe(20, 30, 10, 30)
    assert paired.difference == pytest.approx(separate.difference)
    width = paired.interval.high - paired.interval.low
    assert width < 0.8 * (separate.interval.high - separate.interval.low)


@pytest.mark.parametrize("table", [(0, 0, 0, 6), (6, 0, 0, 0), (0, 6, 0, 0), (0, 3, 3, 0)])
def test_paired_with_empty_margins(table: tuple[int, int, int, int]) -> None:
    result = paired_difference(*pairs(*table))
    assert -1 <= result.interval.low <= result.difference <= result.interval.high <= 1
    assert result.interval.high > result.interval.low


@pytest.mark.parametrize(
    ("successes", "trials", "name"),
    [
        (5, 4, "successes"),
        (-1, 4, "successes"),
        (1, 0, "trials"),
        (0, -3, "trials"),
        (1.0, 4, "successes"),
        (float("nan"), 4, "successes"),
        (True, 4, "successes"),
        (1, "4", "trials"),
        (None, 4, "successes"),
    ],
)
def test_impossible_counts(successes: object, trials: object, name: str) -> None:
    with pytest.raises(DataError, match=rf"^{name}: expected ") as caught:
        wilson(successes, trials)  # type: ignore[arg-type]
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan"), float("inf"), "0.95", None, True])
def test_impossible_levels(level: object) -> None:
    for call in (
        lambda: wilson(1, 2, level),  # type: ignore[arg-type]
        lambda: newcombe(1, 2, 1, 2, level),  # type: ignore[arg-type]
        lambda: paired_difference([True], [True], level),  # type: ignore[arg-type]
    ):
        with pytest.raises(DescriptionError, match=r"^level: expected a number between 0 and 1"):
            call()


def test_newcombe_names_the_count() -> None:
    with pytest.raises(DataError, match=r"^s2: expected at most n2 = 4, got 5"):
        newcombe(1, 2, 5, 4)
    with pytest.raises(DataError, match=r"^n1: expected at least 1"):
        newcombe(0, 0, 1, 4)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([], [], "first: expected at least one entry"),
        ([True, False], [True], "second: expected 2 entries as in first, got 1"),
        ([1, 0], [True, False], "first: expected booleans, got int64"),
        ([True, False], [0.5, float("nan")], "second: expected booleans, got float64"),
        ([[True], [False]], [True, False], "first: expected one dimension"),
        (True, [True], "first: expected one dimension"),
        ([[True, False], [True]], [True], "first: expected one dimension"),
    ],
)
def test_wrong_pairs(first: object, second: object, message: str) -> None:
    with pytest.raises(AmenableError, match=message):
        paired_difference(first, second)  # type: ignore[arg-type]
