"""Kaplan-Meier and log-rank: a textbook's data, the edges, wrong input."""

from math import inf, nan

import numpy as np
import pytest

from amenable.errors import DataError, DescriptionError
from amenable.statistics import kaplan_meier, log_rank, wilson

# Weeks of remission of 42 leukaemia patients (Freireich et al. 1963, Blood 21:699-716), as printed
# in Kalbfleisch and Prentice 1980, table 1.1 and in most textbooks since. The first 9 treated
# patients relapsed, the other 12 are censored; all untreated ones relapsed.
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [True] * 9 + [False] * 12
UNTREATED = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_textbook_curve() -> None:
    curve = kaplan_meier(TREATED, RELAPSED)
    falls = curve.solved > 0
    assert curve.times[falls].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk[falls].tolist() == [21, 17, 15, 12, 11, 7, 6]
    remaining = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert (1 - curve.fraction[falls]).tolist() == pytest.approx(remaining, abs=5e-4)
    assert curve.censored.sum() == 12
    assert curve.n_trials == 21


def test_textbook_medians() -> None:
    # The medians are the textbooks'. The limits, by hand, are the first weeks at which the log-log
    # band's limits reach one half; R's survfit, on the plain log scale, has (16, NA) and (4, 12).
    treated = kaplan_meier(TREATED, RELAPSED)
    untreated = kaplan_meier(UNTREATED, [True] * 21)
    assert (treated.median, *treated.median_interval) == (23, 13, inf)
    assert (untreated.median, *untreated.median_interval) == (8, 4, 11)


def test_textbook_log_rank() -> None:
    # Chi-squared 16.79 with one degree of freedom (Kleinbaum and Klein, Survival Analysis, ch. 2).
    p_value = log_rank(TREATED, RELAPSED, UNTREATED, [True] * 21)
    assert p_value == pytest.approx(4.169e-5, rel=1e-3)


def test_band_is_greenwoods_on_the_log_log_scale() -> None:
    """By hand at week 7: S = 18/21 * 16/17, Greenwood's sum 3/(21*18) + 1/(17*16)."""
    curve = kaplan_meier(TREATED, RELAPSED)
    remaining = 18 / 21 * 16 / 17
    spread = 1.959963984540054 * np.sqrt(3 / (21 * 18) + 1 / (17 * 16)) / -np.log(remaining)
    assert curve.low[1] == pytest.approx(1 - remaining ** np.exp(-spread), rel=1e-12)
    assert curve.high[1] == pytest.approx(1 - remaining ** np.exp(spread), rel=1e-12)


def test_censored_at_a_step_still_counts_there() -> None:
    curve = kaplan_meier([5, 5, 9], [True, False, True])
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.fraction.tolist() == pytest.approx([1 / 3, 1])


def test_nothing_solved() -> None:
    curve = kaplan_meier([100, 100, 50], [False, False, False])
    assert curve.fraction.tolist() == [0, 0]
    assert curve.low.tolist() == [0, 0]
    assert curve.high.tolist() == pytest.approx([wilson(0, 3).high, wilson(0, 2).high])
    assert curve.median == inf
    # Two that ran for 100 steps cannot rule out that half would be solved by then.
    assert curve.median_interval == (50, inf)


def test_half_is_ruled_out_when_many_never_got_there() -> None:
    curve = kaplan_meier([100] * 32, [False] * 32)
    assert curve.median_interval == (inf, inf)


def test_everything_solved_at_once() -> None:
    curve = kaplan_meier([7] * 32, [True] * 32)
    assert curve.fraction.tolist() == [1]
    assert (curve.low[0], curve.high[0]) == pytest.approx(wilson(32, 32))
    assert (curve.median, *curve.median_interval) == (7, 7, 7)


def test_one_trial() -> None:
    solved, not_solved = kaplan_meier([3], [True]), kaplan_meier([3], [False])
    assert (solved.median, *solved.median_interval) == (3, 3, inf)
    assert (not_solved.median, *not_solved.median_interval) == (inf, 3, inf)


def test_exactly_half_is_reached_in_spite_of_rounding() -> None:
    for n in range(2, 200, 2):
        steps = np.arange(1, n + 1)
        assert kaplan_meier(steps, np.ones(n, dtype=bool)).median == n / 2


def test_quantiles_of_steps() -> None:
    curve = kaplan_meier(range(1, 101), [True] * 100)
    assert [curve.quantile(q) for q in (0.01, 0.25, 0.9, 1.0)] == [1, 25, 90, 100]
    low, high = curve.quantile_interval(0.9)
    assert low < 90 < high
    for fraction in (0, 1.01, nan, -0.5):
        with pytest.raises(DescriptionError, match=r"^fraction: expected"):
            curve.quantile(fraction)


def test_arrays_cannot_be_changed_and_repr_is_short() -> None:
    curve = kaplan_meier(UNTREATED, [True] * 21)
    with pytest.raises(ValueError, match="read-only"):
        curve.fraction[0] = 1
    assert repr(curve) == "KaplanMeier(21 trials, 21 solved, median 8 [4, 11])"


def test_input_is_left_alone() -> None:
    steps, solved = np.array([3.0, 1.0, 2.0]), np.array([True, False, True])
    kaplan_meier(steps, solved)
    log_rank(steps, solved, steps, solved)
    steps[0] = 5.0  # still writeable
    assert steps.tolist() == [5, 1, 2]
    assert solved.tolist() == [True, False, True]


def test_log_rank_without_anything_to_compare() -> None:
    assert log_rank([5, 6], [False, False], [5, 7], [False, False]) == 1.0  # none solved
    assert log_rank([5, 5], [True, True], [5], [True]) == 1.0  # all at once
    # None solved while both ran; 49 * (1 / 49) is not 1 in floating point, and must not matter.
    assert log_rank(range(1, 50), [True] * 49, [0.5], [False]) == 1.0


def test_log_rank_of_many_trials() -> None:
    """Where 64-bit products of counts overflow, as scipy 1.17's do: twice 200,000 trials, and
    the same numbers in Python's integers."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 6, (2, 200_000))
    yes = np.ones(first.size, dtype=bool)
    surplus = variance = 0.0
    for step in range(1, 6):
        n1, n = int((first >= step).sum()), int((first >= step).sum() + (second >= step).sum())
        d1 = int((first == step).sum())
        d = d1 + int((second == step).sum())
        surplus += d1 - n1 * d / n
        variance += n1 * (n - n1) * d * (n - d) / (n * n * (n - 1))
    from scipy.stats import chi2

    expected = chi2.sf(surplus**2 / variance, 1)
    assert log_rank(first, yes, second, yes) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("steps", "solved", "message"),
    [
        ([], [], "steps: expected at least one entry"),
        ([1, 2], [True], "solved: expected 2 entries as in steps, got 1"),
        ([1, nan], [True, True], r"steps\[1\]: expected a number, got nan"),
        ([1, inf], [True, False], r"steps\[1\]: expected a finite number >= 0, got inf"),
        ([-1, 2], [True, True], r"steps\[0\]: expected a finite number >= 0, got -1"),
        ([1, 2], [1, 0], "solved: expected booleans, got int64"),
        ([1, 2], ["solved", "exhausted"], "solved: expected booleans"),
        ([[1, 2]], [True, True], "steps: expected one dimension"),
        (["1"], [True], "steps: expected numbers"),
        ([None], [True], "steps: expected numbers"),
    ],
)
def test_wrong_trials(steps: object, solved: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        kaplan_meier(steps, solved)  # type: ignore[arg-type]


def test_log_rank_names_the_group() -> None:
    with pytest.raises(DataError, match=r"^solved_2: expected 2 entries as in steps_2, got 1"):
        log_rank([1], [True], [1, 2], [True])
    with pytest.raises(DataError, match=r"^steps_1\[0\]: expected a number, got nan"):
        log_rank([nan], [True], [1], [True])


@pytest.mark.parametrize("level", [0.0, 1.0, nan, 95])
def test_wrong_level(level: float) -> None:
    with pytest.raises(DescriptionError, match=r"^level: expected"):
        kaplan_meier([1], [True], level=level)
