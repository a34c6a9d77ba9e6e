"""The table by configuration, and what training costs."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import amenable as am
from amenable.answers import compare, summary, table_of
from amenable.answers.cost import multiply_adds
from amenable.engine import STATUSES
from amenable.statistics import clustered_fraction, kaplan_meier, wilson

SOLVED, EXHAUSTED, DIVERGED, STOPPED = (
    STATUSES.index(it) for it in ("solved", "exhausted", "diverged", "stopped")
)
TWO = [{"hidden": [4], "lr": 0.1}, {"hidden": [2], "lr": 0.1}]


def test_fractions_steps_and_cost_of_each(simulated):
    status = [[SOLVED, SOLVED, EXHAUSTED, DIVERGED], [SOLVED, STOPPED, EXHAUSTED, EXHAUSTED]]
    steps = [[10, 20, 100, 3], [50, 5, 100, 100]]
    results = simulated(TWO, np.array(status) == SOLVED, status=status, steps=steps)
    found = summary(results)
    assert found.names == ("hidden",)
    first, second = found.rows
    assert first.settings == ("4",)
    assert first.configurations == (10,)
    assert (first.found.successes, first.trials, first.diverged) == (2, 4, 1)
    assert first.found.interval == wilson(2, 4)
    # what diverged or stopped will never be solved: it counts as running to the end
    expected = kaplan_meier([10, 20, 100, 100], [True, True, False, False])
    assert first.median_steps == expected.median == 20
    assert first.steps_interval == expected.median_interval
    assert math.isinf(second.median_steps)
    assert second.curve.fraction.tolist() == [0.25, 0.25]  # one of four by 50, though one stopped
    # 2-4-1 has 12 weights, 32 samples a step, forward once and backward twice
    assert first.multiply_adds == pytest.approx(3 * 12 * 32 * np.mean([10, 20, 100, 3]))
    assert first.per_solved == pytest.approx(first.multiply_adds / 0.5)
    assert second.parameters == am.mlp(2, 2, 1).n_parameters


def test_it_agrees_with_the_population(population):
    found = summary(table_of(population), by=["activation"])
    frame = population.summary("activation").to_frame()
    assert [row.settings[0] for row in found.rows] == frame["activation"].to_list()
    assert [row.found.successes for row in found.rows] == frame["solved"].to_list()
    for row, steps in zip(found.rows, frame["median_steps"], strict=True):
        assert row.median_steps == (math.inf if steps is None else steps)
    medians = [row.median for row in found.rows]
    np.testing.assert_allclose(medians, frame["median"].to_list())


def test_groups_pool_their_configurations(simulated):
    settings = [{"hidden": [h], "lr": lr} for h in (2, 4) for lr in (0.1, 0.2)]
    solved = np.arange(10) < np.array([[1], [3], [5], [7]])
    found = summary(simulated(settings, solved), by=["hidden"])
    assert [(row.settings, row.found.successes, row.trials) for row in found.rows] == [
        (("4",), 12, 20),
        (("2",), 4, 20),
    ]
    assert found.rows[0].configurations == (12, 13)
    whole = summary(simulated(settings, solved), by=[])
    assert (whole.names, len(whole.rows), whole.n_trials) == ((), 1, 40)


def test_intervals_over_drawn_configurations_are_those_of_configurations(simulated):
    rng = np.random.default_rng(1)
    settings = [{"lr": float(rate), "activation": it}
                for rate in rng.uniform(0, 1, 33) for it in ("tanh", "relu")]  # fmt: skip
    chance = rng.beta(0.5, 0.5, 66)
    results = simulated(settings, rng.random((66, 16)) < chance[:, None])
    found = summary(results, by="activation")
    assert found.is_drawn
    assert "might have been drawn" in found.note
    for row in found.rows:
        low, high = row.found.interval
        plain = wilson(row.found.successes, row.trials)
        assert high - low > 2.5 * (plain.high - plain.low)
        assert row.steps_interval.high == math.inf
    listed = summary(replace(results, is_drawn=False), by="activation")
    for row, other in zip(listed.rows, found.rows, strict=True):
        assert row.found.fraction == other.found.fraction
        low, high = row.found.interval
        assert high - low < 0.5 * (other.found.interval.high - other.found.interval.low)
    assert "holds for these" in listed.note
    assert summary(results).note == ""  # one configuration in a row


def test_by_takes_what_is_known_of_a_network(simulated):
    results = simulated([{"hidden": it} for it in ([4], [8], [4, 4])], np.ones((3, 8)))
    found = summary(results, by="depth")
    assert [(row.settings, row.trials) for row in found.rows] == [(("1",), 16), (("2",), 8)]
    with pytest.raises(am.DescriptionError, match="by: no setting 'seed'"):
        summary(results, by="seed")


def test_without_a_goal_the_metric_decides(simulated):
    results = simulated(TWO, np.zeros((2, 3)), goal=None, metric=[[0.1, 0.5, 0.6], [0.7, 0.8, 0.9]])
    found = summary(results)
    assert found.goal is None
    assert [row.median for row in found.rows] == [0.8, 0.5]
    assert found.rows[0].found is None
    assert math.isnan(found.rows[0].fraction)
    frame = found.to_frame()
    assert frame["fraction"].to_list() == [None, None]
    assert frame["solved"].dtype == pl.Int64


def test_frames_keep_numbers_and_put_lists_into_words(simulated):
    settings = [{"hidden": [4, 4], "rate": 0.1234567}, {"hidden": [2], "rate": 1}, {"hidden": [2]}]
    frame = summary(simulated(settings, np.array([[1, 1], [0, 1], [0, 0]]) > 0)).to_frame()
    assert frame["rate"].to_list() == [0.1234567, 1.0, None]
    assert frame["hidden"].to_list() == ["4-4", "2", "2"]
    assert frame["fraction"].to_list() == [1.0, 0.5, 0.0]
    assert frame["multiply_adds_per_solved"].to_list()[2] is None


def test_a_full_batch_costs_all_samples():
    training = am.Training(batch="full", steps=5)
    results = table_of(am.train(am.mlp(2, 3, 1), "xor", training, seeds=2, progress=False))
    assert multiply_adds(results).tolist() == [3 * 9 * 4 * 5] * 2


def test_nothing_finished_is_a_table_without_rows(simulated):
    results = simulated([{"lr": 0.1}], np.zeros((1, 0)))
    found = summary(results)
    assert (found.rows, found.n_trials) == ((), 0)
    assert found.to_frame().height == 0


def test_an_unknown_setting_is_named(simulated):
    with pytest.raises(
        am.DescriptionError, match="by: no setting 'hiden' varies; did you mean 'hid"
    ):
        summary(simulated(TWO, np.ones((2, 2))), by=["hiden"])


def test_numbers_from_a_range_are_binned_and_listed_ones_are_not(simulated):
    settings = [{"lr": 0.001 * 1.3**i} for i in range(20)]
    results = simulated(settings, np.ones((20, 4)))
    found = summary(results, by="lr")
    assert [row.trials for row in found.rows] == [16] * 5
    assert any("0.001 to 0.0022" in row.settings for row in found.rows)
    assert len(summary(replace(results, is_drawn=False), by="lr")) == 20


def test_a_default_is_shown_as_the_value_that_was_used(simulated):
    results = simulated([{"hidden": [4], "lr": 0.03}, {"hidden": [4], "lr": 0.01}], np.ones((2, 4)))
    bare = replace(results, settings=({"hidden": [4], "lr": 0.03}, {"hidden": [4]}))
    found = summary(bare)
    assert found.names == ("lr",)
    assert sorted(row.values for row in found.rows) == [(0.01,), (0.03,)]


def test_seeds_that_share_a_split_of_the_data_count_together(simulated):
    """A lucky split helps all its seeds: eight splits of four seeds are not 32 of anything."""
    lucky = np.arange(32) % 8 < 4
    results = replace(simulated([{"lr": 0.1}], lucky[None]), n_splits=8)
    (row,) = summary(results).rows
    assert row.found.interval == pytest.approx(clustered_fraction(lucky, np.arange(32) % 8))
    assert row.found.interval.low < 0.2 < wilson(16, 32).low
    each = replace(results, n_splits=32)
    assert summary(each).rows[0].found.interval == wilson(16, 32)
    pair = simulated([{"lr": 0.1}, {"lr": 0.2}], np.stack([lucky, ~lucky]))
    assert compare(replace(pair, n_splits=8), "lr", 0.1, 0.2).found.clusters == 8
