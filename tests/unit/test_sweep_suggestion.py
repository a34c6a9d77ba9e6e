"""The next sweep: it must be one that runs, lead on, and drop nothing that was asked for."""

import shlex
from dataclasses import replace

import numpy as np
import pytest

from amenable.cli.plan import plan_of
from amenable.cli.request import Request
from amenable.space import integer_range, log_range
from amenable.sweep import Sweep, make_plan, sweep

GOAL = "validation accuracy >= 0.9"


@pytest.fixture
def suggested(simulated):
    """Changes of the next sweep after so many solved, of so many seeds, for each structure."""
    plan = make_plan("moons", hidden=[4], activation="tanh")

    def suggest(outcomes, seeds=100, settings=({},), **more):
        points, solved = [], []
        for hidden, count in outcomes.items():
            for own in settings:
                points.append({"hidden": list(hidden), **own})
                solved.append(np.arange(seeds) < count)
        trials = simulated(points, np.array(solved), **{"goal": GOAL, **more})
        following = Sweep(trials, plan=plan).suggestion
        return None if following is None else following.changes

    return suggest


def test_where_rows_are_too_few_the_goal_is_made_easier(simulated):
    """As more seeds would not tell what other rows would."""
    plan = make_plan("moons", hidden=[4], activation="tanh")
    trials = simulated([{"hidden": [4]}], np.ones((1, 100)), goal=GOAL, metric=np.full(100, 0.92))
    few = replace(trials, data=replace(trials.data, n_validation=40))
    found = Sweep(few, plan=plan).suggestion
    assert found.purpose == "with a goal that so few rows can show"
    assert found.changes["goal"] == "validation accuracy >= 0.797"
    assert found.changes["seeds"] == 100
    assert Sweep(trials, plan=plan).suggestion.changes["goal"] != found.changes["goal"]


def test_where_rows_leave_all_open_all_are_tried_with_an_easier_goal(simulated):
    plan = make_plan("moons", hidden=[4], activation="tanh")
    near = np.where(np.arange(100) < np.array([[80], [60]]), 0.92, 0.88)
    trials = simulated([{"hidden": [4]}, {"hidden": [8]}], near > 0.9, goal=GOAL, metric=near)
    few = replace(trials, data=replace(trials.data, n_validation=40))
    assert Sweep(few, plan=plan).suggestion.changes == {
        "goal": "validation accuracy >= 0.797",
        "steps": 100,
    }
    assert "hidden" in Sweep(trials, plan=plan).suggestion.changes


def test_between_too_narrow_and_reliable_lies_the_next_try(suggested):
    changes = suggested({(4,): 50, (8,): 100, (16,): 99})
    assert changes == {
        "hidden": [(5,), (6,), (7,)],
        "seeds": 100,
        "activation": "tanh",
        "steps": 100,
        "goal": GOAL,
    }


def test_where_all_that_was_drawn_is_pinned_nothing_is_left_to_draw():
    found = sweep(
        "xor", hidden=integer_range(2, 3), lr=log_range(0.01, 1), draws=6, seeds=4, steps=50
    )
    changes = found.suggestion.changes
    assert (changes["draws"], changes["method"]) == (None, None)
    assert "lr" in changes
    assert "draws" not in found.next_call
    make_plan("xor", **{**found.plan.asked, **changes})  # it can be run


def test_two_layers_are_narrowed_together(suggested):
    assert suggested({(4, 4): 0, (8, 8): 100})["hidden"] == [(5, 5), (6, 6), (7, 7)]


def test_wide_gaps_are_not_filled_one_by_one(suggested):
    found = suggested({(16,): 0, (128,): 100})["hidden"]
    assert len(found) == 4
    assert all(16 < it < 128 for (it,) in found)


def test_what_may_be_reliable_gets_the_seeds_that_tell(suggested):
    changes = suggested({(3,): 10, (4,): 32}, seeds=32)
    assert changes["hidden"] == [(3,), (4,)]
    assert changes["seeds"] == 100


def test_neighbours_get_more_seeds(suggested):
    assert suggested({(3,): 50, (4,): 100})["seeds"] == 1000


def test_where_all_solve_it_a_harder_goal_tells_them_apart(suggested):
    changes = suggested({(): 100, (4,): 100}, metric=[0.92] * 100 + [0.98] * 100)
    assert changes == {"goal": "validation accuracy >= 0.95", "steps": 100}


def test_where_none_does_an_easier_goal(suggested):
    changes = suggested({(2,): 0, (4,): 0}, metric=[0.5] * 100 + [0.8] * 100)
    assert changes == {"goal": "validation accuracy >= 0.8", "steps": 100}


def test_perfection_cannot_be_made_harder(suggested):
    goal = "validation accuracy >= 1"
    # Nor can any number of rows show that there is no error among all others.
    changes = suggested({(): 100}, goal=goal, metric=[1.0] * 100)
    assert changes["goal"] == "validation accuracy >= 0.999"


def test_where_nothing_is_reliable_networks_grow_and_train_longer(suggested):
    changes = suggested({(2,): 0, (4,): 50})
    assert changes["hidden"] == [(4,), (8,), (16,)]
    assert changes["steps"] == 300
    assert changes["goal"] == GOAL


def test_without_a_goal_the_best_median_becomes_one(suggested):
    changes = suggested({(2,): 0}, goal=None, metric=[0.8766] * 100)
    assert changes["goal"] == "validation accuracy >= 0.876"


def test_settings_that_varied_are_pinned_to_the_best(suggested):
    settings = [{"lr": lr, "batch": batch} for lr in (0.5, 0.01) for batch in (8, "full")]
    changes = suggested({(4,): 10}, settings=settings)
    assert (changes["lr"], changes["batch"]) == (0.5, 8)


def test_the_command_repeats_what_was_typed():
    typed = {"hidden": ("4",), "lr": ("0.1",), "steps": ("50",)}
    request = Request("moons", settings=typed, validation=0.3)
    changes = {"hidden": [(2,), (4, 4), ()], "seeds": 100, "epochs": 20, "goal": GOAL}
    words = shlex.split(request.command(**changes))
    assert words == [
        *("amenable", "sweep", "moons", "--validation", "0.3", "--hidden", "2", "--hidden", "4,4"),
        *("--hidden", "none", "--lr", "0.1", "--epochs", "20", "--goal", GOAL, "--seeds", "100"),
    ]


def test_every_next_command_can_be_planned(suggested):
    for outcomes in ({(4,): 50, (8,): 100}, {(4,): 0}, {(): 100, (2,): 100}, {(2, 2): 100}):
        changes = suggested(outcomes, metric=[0.95] * (100 * len(outcomes)))
        request = Request("moons", settings={"steps": ("10",)})
        assert plan_of(request.changed(**(changes or {}))).candidates
