"""The smallest structure that is enough, and the frontier of cost and fraction."""

import numpy as np
import pytest

import amenable as am
from amenable.answers import frontier, smallest

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
    assert "3 of 5 configurations are on the frontier, from 10.0 % solved for" in many.sentence
    assert many.sentence.endswith("The intervals leave it open for 1 other.")
    assert "On it are 1: hidden 1 (10.0 %); 2: hidden 2 (60.0 %); 3: hidden 8" in many.caption


def test_of_equal_cost_the_better_one_is_on_it(simulated):
    settings = [{"hidden": [2], "activation": it} for it in ("tanh", "relu")]
    found = frontier(simulated(settings, np.array([0.25, 0.75])), "parameters")
    assert found.cost.tolist() == [9.0, 9.0]
    assert found.is_on.tolist() == [True, False]
    assert found.summary.rows[0].settings == ("relu",)
    assert (
        "The cheapest configuration is solved as often as any: 75 % solved for 9 par"
        in found.sentence
    )
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
    assert "is 2-8-1 with 33 parameters (hidden 8, 100 % solved; 91 to 100 %)" in it.sentence
    assert "smaller, but not so sure, is 2-2-1" in it.sentence
    unsure = smallest(found, 0.95)
    assert unsure.sure is None
    assert "more seeds are needed" in unsure.sentence
    assert smallest(found, 0.2).sure.settings == ("2",)
    hopeless = smallest(simulated(WIDTHS, np.zeros((5, 8))), 0.5)
    assert hopeless.sentence == "No configuration is solved in at least 50 % of its trials."
    assert smallest(simulated(WIDTHS, np.zeros((5, 8))), 0).sure.settings == ("1",)


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
