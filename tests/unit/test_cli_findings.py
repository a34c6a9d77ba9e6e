"""Rows and comparisons, of populations whose outcome is known."""

import math

import pytest

import amenable as am
from amenable.cli.findings import find
from amenable.population import Configuration

GOAL = "validation accuracy >= 0.9"


def configurations(*hidden, activations=("tanh", "relu"), trainings=None):
    chosen = trainings or [am.Training(steps=100, goal=GOAL)]
    return [
        Configuration(am.mlp(2, *widths, 1, activation=name), training)
        for widths in hidden
        for name in activations
        for training in chosen
    ]


def test_the_reliable_come_first_from_the_smallest_then_the_rest_by_fraction(made):
    pairs = configurations((1,), (2,), (4,), (8,), activations=("tanh",))
    status = [
        *["exhausted"] * 20,
        *["solved"] * 10 + ["exhausted"] * 10,
        *["solved"] * 20,
        *["solved"] * 19 + ["exhausted"],
    ]
    found = find(made(status, configurations=pairs))
    assert [row.network.hidden for row in found.rows] == [(4,), (8,), (2,), (1,)]
    assert found.smallest_reliable.network.hidden == (4,)
    assert [row.is_reliable for row in found.rows] == [True, True, False, False]
    assert found.rows[-1].is_never
    assert found.rows[2].fraction == 0.5


def test_what_was_never_solved_is_sorted_by_the_metric(made):
    pairs = configurations((1,), (2,), activations=("tanh",))
    found = find(
        made(["exhausted"] * 4, metric=[0.5, 0.6, 0.7, 0.8], configurations=pairs),
    )
    assert [row.network.hidden for row in found.rows] == [(2,), (1,)]
    assert found.smallest_reliable is None
    assert [row.median for row in found.rows] == pytest.approx([0.75, 0.55])
    assert [row.best for row in found.rows] == pytest.approx([0.8, 0.6])


def test_an_error_is_better_when_it_is_small(made):
    goal = "validation loss <= 0.1"
    pairs = configurations((1,), activations=("tanh",), trainings=[am.Training(goal=goal)])
    found = find(made(["exhausted"] * 3, metric=[0.1, 0.9, 0.5], configurations=pairs))
    assert (found.metric, found.rows[0].best) == ("accuracy", 0.9)


def test_diverged_networks_are_the_worst_and_counted(made):
    nan = math.nan
    found = find(made(["diverged"] * 3 + ["solved"], metric=[nan, nan, nan, 0.95]))
    (row,) = found.rows
    assert (row.diverged, row.trials) == (3, 4)
    assert math.isnan(row.median)
    assert row.best == 0.95


def test_the_median_of_steps_knows_that_the_unsolved_would_take_longer(made):
    status = ["solved"] * 3 + ["exhausted"] * 2
    (row,) = find(made(status, steps=[10, 20, 30, 100, 100])).rows
    assert row.median_steps == 30
    (row,) = find(made(["solved", "exhausted", "exhausted"], steps=[10, 100, 100])).rows
    assert math.isinf(row.median_steps)


def test_activations_are_compared_seed_by_seed(made):
    pairs = configurations((4,), (8,))
    tanh, relu = ["solved"] * 10, ["exhausted"] * 10
    found = find(made([*tanh, *relu, *tanh, *relu], configurations=pairs))
    (comparison,) = found.comparisons
    assert (comparison.option, comparison.better, comparison.worse) == (
        "activation",
        "tanh",
        "relu",
    )
    assert comparison.fractions == (1.0, 0.0)
    assert comparison.pairs == 20
    assert comparison.is_beyond_chance


def test_three_activations_are_corrected_for_their_number(made):
    names = ("tanh", "relu", "sigmoid")
    pairs = configurations((4,), activations=names)
    status = [*["solved"] * 6, *["exhausted"] * 6, *["exhausted"] * 6]
    found = find(made(status, configurations=pairs))
    assert len(found.comparisons) == 3
    # Six of six by exact McNemar are 0.03125; alone beyond chance, as one of three not.
    assert [it.p_value for it in found.comparisons] == pytest.approx([0.09375, 0.09375, 1.0])
    assert not any(it.is_beyond_chance for it in found.comparisons)


def test_settings_are_compared_where_all_else_is_alike(made):
    trainings = [
        am.Training(am.SGD(lr), steps=100, goal=GOAL, batch=batch)
        for lr in (0.1, 0.01)
        for batch in (8, 32)
    ]
    pairs = configurations((4,), activations=("tanh",), trainings=trainings)
    status = [*["solved"] * 20, *["exhausted"] * 20]
    found = find(made(status, configurations=pairs))
    assert found.varying == ("lr", "batch")
    by_lr, by_batch = found.comparisons
    assert (by_lr.option, by_lr.better, by_lr.worse) == ("lr", 0.1, 0.01)
    assert by_batch.p_value == 1.0


def test_a_rate_that_comes_with_its_optimizer_is_not_compared_on_its_own(made):
    trainings = [
        am.Training(am.SGD(0.3), steps=100, goal=GOAL),
        am.Training(am.Adam(0.01), steps=100, goal=GOAL),
        am.Training(am.RMSprop(0.01), steps=100, goal=GOAL),
    ]
    pairs = configurations((4,), activations=("tanh",), trainings=trainings)
    found = find(made(["solved"] * 6, configurations=pairs))
    assert found.varying == ("optimizer", "lr")
    assert {it.option for it in found.comparisons} == {"optimizer"}


def test_without_a_goal_nothing_is_solved_or_compared(made):
    pairs = configurations((2,), (4,), trainings=[am.Training(steps=100)])
    found = find(made(["exhausted"] * 8, metric=[0.1, 0.2, 0.3, 0.4] * 2, configurations=pairs))
    assert found.goal is None
    assert found.comparisons == ()
    assert all(row.found is None and not row.is_reliable for row in found.rows)
    assert found.rows[0].median >= found.rows[-1].median


def test_after_ctrl_c_only_the_seeds_before_the_first_unfinished_one_count(made):
    pairs = configurations((4,), (8,), activations=("tanh",))
    status = [
        *("solved", "exhausted", "cancelled", "solved", "solved"),
        *["cancelled"] * 5,
    ]
    found = find(made(status, configurations=pairs))
    assert found.is_cancelled
    assert (found.n_counted, found.n_networks, found.unfinished) == (2, 10, 1)
    assert [row.trials for row in found.rows] == [2]
    assert found.rows[0].fraction == 0.5


def test_after_ctrl_c_pairs_need_both_seeds(made):
    pairs = configurations((4,))
    status = [*["solved"] * 6, *["exhausted", "exhausted", *["cancelled"] * 4]]
    (comparison,) = find(made(status, configurations=pairs)).comparisons
    assert comparison.pairs == 2


def test_nothing_at_all_may_be_finished(made):
    found = find(made(["cancelled"] * 3))
    assert found.rows == ()
    assert found.smallest_reliable is None
