"""The smallest structure that is enough, and the frontier of cost and fraction."""

from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.answers import frontier, reliability, smallest, summary
from amenable.population import Fraction
from amenable.statistics import wilson

WIDTHS = [{"hidden": [it]} for it in (1, 2, 4, 8, 16)]


def test_the_frontier_is_what_none_beats_in_both(simulated):
    # 50 trials of each, all steps the same: the cost ascends with the width
    found = frontier(simulated(WIDTHS, np.arange(50) < np.array([[5], [30], [20], [45], [44]])))
    assert found.cost.tolist() == sorted(found.cost.tolist())
    assert found.fraction.tolist() == [0.1, 0.6, 0.4, 0.9, 0.88]
    assert found.is_on.tolist() == [True, True, False, True, False]
    # 0.4 may be as good as 0.6 at 50 trials, and 0.88 as 0.9
    assert found.may_be.tolist() == [True, True, True, True, True]
    many = frontier(
        simulated(WIDTHS, np.arange(500) < np.array([[50], [300], [200], [450], [440]]))
    )
    assert many.may_be.tolist() == [True, True, False, True, True]
    assert "3 of 5 configurations are on the frontier, from 10.0 % of networks for" in many.sentence
    assert many.sentence.endswith("The intervals do not rule out 1 other.")
    assert "On it are 1: hidden 1 (10.0 %); 2: hidden 2 (60.0 %); 3: hidden 8" in many.caption


def test_of_equal_cost_the_better_one_is_on_it(simulated):
    settings = [{"hidden": [2], "activation": it} for it in ("tanh", "relu")]
    found = frontier(simulated(settings, np.array([0.25, 0.75])), "parameters")
    assert found.cost.tolist() == [9.0, 9.0]
    assert found.is_on.tolist() == [True, False]
    assert found.summary.rows[0].settings == ("relu",)
    assert "more often than the cheapest: 75 % of networks for 9 parameters." in found.sentence
    assert "On it is 1: activation relu" in found.caption


def test_as_often_for_more_is_not_on_it(simulated):
    found = frontier(simulated(WIDTHS[:3], np.array([0.5, 0.5, 0.75])))
    assert found.is_on.tolist() == [True, False, True]
    assert found.may_be.all()


def test_the_smallest_for_sure_and_as_measured(simulated):
    found = simulated(WIDTHS, np.arange(40) < np.array([[10], [39], [38], [40], [40]]))
    it = smallest(found, 0.9)
    assert it.likely.settings == ("2",)
    assert it.sure.settings == ("8",)  # 40 of 40: 91 to 100 %
    assert "is 2-8-1 with 33 parameters (hidden 8, 40 of 40 seeds; 91 to 100 %)" in it.sentence
    assert "Smaller but less certain is 2-2-1" in it.sentence
    unsure = smallest(found, 0.95)
    assert unsure.sure is None
    assert unsure.sentence == (
        "The smallest structure that may solve the problem with at least 95 % of its seeds: 2-2-1 "
        "(hidden 2) solves it with 39 of 40 seeds (87 to 99 %), too few to tell whether 95 % or "
        "more would."
    )
    assert smallest(found, 0.2).sure.settings == ("2",)
    hopeless = smallest(simulated(WIDTHS, np.zeros((5, 8))), 0.5)
    assert hopeless.sentence == "No structure solves the problem with at least 50 % of its seeds."
    assert smallest(simulated(WIDTHS, np.zeros((5, 8))), 0).sure.settings == ("1",)


def test_all_of_too_few_seeds_says_how_many_would_tell(simulated):
    found = smallest(simulated(WIDTHS[:2], np.ones((2, 16))))
    assert found.sentence == (
        "The smallest structure that may solve the problem with at least 95 % of its seeds: 2-1-1 "
        "(hidden 1) solves it with 16 of 16 seeds; showing 95 % takes 73 seeds."
    )
    assert smallest(simulated(WIDTHS[:2], np.ones((2, 73)))).sure.settings == ("1",)
    assert smallest(simulated(WIDTHS[:2], np.ones((2, 72)))).sure is None


def test_what_luck_reaches_is_not_reliable(simulated):
    results = simulated(WIDTHS[:2], np.arange(100) < np.array([[97], [100]]))
    control = Fraction(8, 8, 1.0, wilson(8, 8))
    assert smallest(results, 0.6, control=control).likely is None
    found = reliability(Fraction(97, 100, 0.97, wilson(97, 100)), 0.6, control=control)
    assert found.verdict == "luck"
    assert "no more often than luck" in found.sentence("2-1-1")
    other = Fraction(0, 8, 0.0, wilson(0, 8))
    assert smallest(results, 0.6, control=other).sure.settings == ("1",)


@pytest.mark.parametrize(
    ("solved", "n", "verdict"),
    [(73, 73, "reliable"), (72, 72, "cannot be told"), (16, 16, "cannot be told"),
     (30, 32, "cannot be told"), (60, 100, "not reliable"), (0, 8, "not reliable")],
)  # fmt: skip
def test_reliable_is_what_the_interval_shows(solved, n, verdict):
    found = reliability(Fraction(solved, n, solved / n, wilson(solved, n)))
    assert (found.verdict, found.needed) == (verdict, 73)


def test_rows_that_are_too_few_leave_it_open(simulated):
    trials = simulated(WIDTHS[:1], np.ones((1, 100)), metric=np.full(100, 0.92))
    few = replace(trials, data=replace(trials.data, n_validation=40))
    many_rows, few_rows = (reliability(summary(it).rows[0].found) for it in (trials, few))
    assert (many_rows.verdict, many_rows.needs_rows) == ("reliable", False)
    assert (few_rows.verdict, few_rows.needs_rows) == ("cannot be told", True)
    assert few_rows.found.by_seeds == pytest.approx(many_rows.found.interval)
    assert "more rows, or an easier goal, would tell" in few_rows.sentence("2-1-1")


def test_of_one_size_the_better_one_is_named(simulated):
    settings = [{"hidden": [2], "activation": it} for it in ("tanh", "relu")]
    assert smallest(simulated(settings, np.array([0.8, 0.9])), 0.5).likely.settings == ("relu",)


def test_what_is_wrong_is_named(simulated):
    results = simulated(WIDTHS, np.full(5, 0.5))
    with pytest.raises(am.DescriptionError, match='cost: expected "training" or "parameters"'):
        frontier(results, "seconds")
    with pytest.raises(am.DescriptionError, match="fraction: expected a number in"):
        smallest(results, 95)
    with pytest.raises(am.DescriptionError, match="smallest: no training has a goal"):
        smallest(simulated(WIDTHS, np.full(5, 0.5), goal=None))
    with pytest.raises(am.DataError, match="expected a finished trial, got none"):
        frontier(simulated(WIDTHS, np.zeros((5, 0))))
