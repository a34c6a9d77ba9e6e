"""What must hold for any counts and any trials."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from amenable.statistics import (
    fisher,
    holm,
    kaplan_meier,
    log_rank,
    mcnemar,
    newcombe,
    paired_difference,
    quantiles,
    wilson,
)

levels = st.floats(1e-6, 1 - 1e-6)
p_values = st.lists(st.floats(0, 1), max_size=12)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    trials = draw(st.integers(1, 100_000))
    return draw(st.integers(0, trials)), trials


@st.composite
def trials(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    n = draw(st.integers(1, 40))
    steps = draw(st.lists(st.integers(0, 30), min_size=n, max_size=n))
    solved = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return np.array(steps, dtype=float), np.array(solved)


pairs_of_outcomes = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60).map(
    np.array
)


@given(counts(), levels)
def test_wilson_holds_the_estimate(observed: tuple[int, int], level: float) -> None:
    low, high = wilson(*observed, level)
    assert 0 <= low <= observed[0] / observed[1] <= high <= 1


@given(counts(), levels)
def test_wilson_is_symmetric(observed: tuple[int, int], level: float) -> None:
    successes, n = observed
    low, high = wilson(successes, n, level)
    mirrored = wilson(n - successes, n, level)
    assert (low, high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-15)


@given(counts())
def test_wilson_limits_are_where_the_score_test_turns(observed: tuple[int, int]) -> None:
    successes, n = observed
    p = successes / n
    for limit in wilson(successes, n):
        assert abs(p - limit) == pytest.approx(
            1.959963984540054 * sqrt(limit * (1 - limit) / n), rel=1e-6, abs=1e-12
        )


@given(counts(), levels)
def test_wilson_rises_with_successes(observed: tuple[int, int], level: float) -> None:
    successes, n = observed
    if successes < n:
        here, above = wilson(successes, n, level), wilson(successes + 1, n, level)
        assert here.low < above.low
        assert here.high < above.high


@given(counts(), st.integers(2, 50))
def test_wilson_narrows_with_trials(observed: tuple[int, int], times: int) -> None:
    few, many = wilson(*observed), wilson(observed[0] * times, observed[1] * times)
    assert many.high - many.low < few.high - few.low


@given(counts(), levels, levels)
def test_wilson_widens_with_level(observed: tuple[int, int], one: float, other: float) -> None:
    inner, outer = wilson(*observed, min(one, other)), wilson(*observed, max(one, other))
    assert outer.low <= inner.low + 1e-15
    assert inner.high <= outer.high + 1e-15


@given(counts(), counts(), levels)
def test_newcombe_changes_sign_with_the_order(
    first: tuple[int, int], second: tuple[int, int], level: float
) -> None:
    forth, back = newcombe(*first, *second, level), newcombe(*second, *first, level)
    low, high = forth.interval
    assert -1 <= low <= forth.difference <= high <= 1
    assert forth.difference == -back.difference
    assert (low, high) == pytest.approx((-back.interval.high, -back.interval.low), abs=1e-12)


@given(pairs_of_outcomes, levels, st.randoms(use_true_random=False))
def test_pairs_change_sign_with_the_order_of_groups_but_not_of_pairs(
    outcomes: NDArray[np.bool_], level: float, random: object
) -> None:
    first, second = outcomes.T
    forth, back = paired_difference(first, second, level), paired_difference(second, first, level)
    low, high = forth.interval
    assert -1 <= low <= forth.difference <= high <= 1
    assert (low, high) == pytest.approx((-back.interval.high, -back.interval.low), abs=1e-12)
    assert forth.p_value == back.p_value
    order = sorted(range(len(first)), key=lambda _: random.random())  # type: ignore[attr-defined]
    assert paired_difference(first[order], second[order], level) == forth
    assert forth.both + forth.only_first + forth.only_second + forth.neither == len(first)
    assert forth.difference == pytest.approx(first.mean() - second.mean(), abs=1e-12)


@given(counts(), counts())
def test_p_values_are_probabilities_and_symmetric(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    p_value = fisher(*first, *second)
    assert 0 <= p_value <= 1
    assert p_value == pytest.approx(fisher(*second, *first), rel=1e-6, abs=1e-300)
    assert 0 <= mcnemar(first[0], second[0]) <= 1


@given(p_values, st.floats(0.001, 0.5))
def test_holm_rejects_what_the_step_down_procedure_rejects(
    given_values: list[float], alpha: float
) -> None:
    """Holm's own words: go through them from the smallest, stop at the first that is too large."""
    rejected = [False] * len(given_values)
    for rank, place in enumerate(np.argsort(given_values, kind="stable")):
        if given_values[place] * (len(given_values) - rank) > alpha:
            break
        rejected[place] = True
    corrected = holm(given_values)
    assert (corrected <= alpha).tolist() == rejected
    assert (corrected >= np.array(given_values)).all()


@given(trials(), levels)
def test_curve_rises_inside_its_band(
    sample: tuple[NDArray[np.float64], NDArray[np.bool_]], level: float
) -> None:
    curve = kaplan_meier(*sample, level)
    tiny = 1e-12
    assert (np.diff(curve.fraction) >= 0).all()
    assert (curve.low >= 0).all()
    assert (curve.low <= curve.fraction + tiny).all()
    assert (curve.fraction <= curve.high + tiny).all()
    assert (curve.high <= 1).all()
    low, high = curve.median_interval
    assert low <= curve.median <= high
    assert curve.solved.sum() + curve.censored.sum() == sample[0].size


@given(trials())
def test_without_censoring_the_curve_is_the_fraction(
    sample: tuple[NDArray[np.float64], NDArray[np.bool_]],
) -> None:
    steps = sample[0]
    curve = kaplan_meier(steps, np.ones(steps.size, dtype=bool))
    expected = [(steps <= time).mean() for time in curve.times]
    assert curve.fraction.tolist() == pytest.approx(expected, abs=1e-12)
    assert curve.median == np.sort(steps)[(steps.size - 1) // 2]


@given(trials(), st.integers(31, 99))
def test_a_longer_budget_for_the_unsolved_never_raises_the_curve(
    sample: tuple[NDArray[np.float64], NDArray[np.bool_]], budget: int
) -> None:
    """Trials known to be unsolved for longer can only make the structure look slower."""
    steps, solved = sample
    before = kaplan_meier(steps, solved)
    after = kaplan_meier(np.where(solved, steps, budget), solved)
    assert after.median >= before.median
    assert after.fraction[-1] <= before.fraction[-1] + 1e-12


@given(trials(), trials())
def test_log_rank_is_symmetric_and_knows_only_the_order_of_steps(
    one: tuple[NDArray[np.float64], NDArray[np.bool_]],
    other: tuple[NDArray[np.float64], NDArray[np.bool_]],
) -> None:
    p_value = log_rank(*one, *other)
    assert 0 <= p_value <= 1
    assert p_value == pytest.approx(log_rank(*other, *one), rel=1e-6, abs=1e-12)
    assert p_value == pytest.approx(
        log_rank(one[0] ** 3, one[1], other[0] ** 3, other[1]), rel=1e-12
    )
    assert log_rank(*one, *one) == pytest.approx(1)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("inf")), min_size=1, max_size=30))
def test_quantiles_rise_and_stay_in_the_sample(values: list[float]) -> None:
    result = quantiles(values, at=np.linspace(0, 1, 11))
    assert not np.isnan(result).any()
    assert (result[1:] >= result[:-1]).all()
    assert result[0] == min(values)
    assert result[-1] == max(values)
