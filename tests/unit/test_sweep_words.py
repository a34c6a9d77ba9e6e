"""Sentences of a sweep: what they claim must be in the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from amenable.baselines import Baseline
from amenable.sweep import Sweep, words
from amenable.sweep.sweep import fraction

GOAL = "validation accuracy >= 0.9"


@pytest.fixture
def told(simulated):
    """Sentences of so many solved, of so many seeds, for each structure."""

    def tell(
        outcomes, seeds=20, activations=("tanh",), *, control=None, baselines=(), rows=None, **more
    ):
        settings, solved = [], []
        for hidden, counts in outcomes.items():
            for activation, count in zip(activations, np.atleast_1d(counts), strict=True):
                own = {"activation": activation} if hidden else {}
                settings.append({"hidden": list(hidden), **own})
                solved.append(np.arange(seeds) < count)
        trials = simulated(settings, np.array(solved), **{"goal": GOAL, **more})
        if rows is not None:
            trials = replace(trials, data=replace(trials.data, n_validation=rows))
        return " ".join(Sweep(trials, tuple(baselines), control).sentences)

    return tell


def test_reliable_is_what_lies_wholly_above(told):
    said = told({(1,): 0, (2,): 50, (4,): 100, (8,): 100}, seeds=100)
    assert said.startswith("The smallest structure that is reliable")
    assert "is 2-4-1 tanh, with 17 parameters: 100 of 100 networks solve it" in said
    assert "95 % interval 96 to 100 %" in said


def test_too_few_seeds_cannot_tell_and_it_is_said_how_many_would(told):
    said = told({(2,): 10, (4,): 20, (8,): 20})
    assert said.startswith("The smallest structure that may be reliable is 2-4-1 tanh")
    assert "at least 95 % of its networks do takes 73 seeds, if all of them solve it." in said
    assert "The smallest structure that is reliable" not in said


def test_so_many_seeds_do_tell(told):
    assert "structure that is reliable (" in told({(4,): 73}, seeds=73)
    assert "structure that is reliable (" not in told({(4,): 72}, seeds=72)


def test_where_other_rows_might_judge_otherwise_no_seeds_are_asked_for(told):
    near = np.full((1, 100), 0.92)  # of 40 rows, 0.05 either way
    said = told({(4,): 100}, seeds=100, metric=near, rows=40)
    assert "structure that is reliable (" not in said
    assert "Other rows might judge otherwise" in said
    assert "more rows, or an easier goal" in said
    assert "structure that is reliable (" in told({(4,): 100}, seeds=100, metric=near)


def test_where_all_is_open_nothing_is_denied(told):
    near = np.where(np.arange(100) < 80, 0.92, 0.88)[None]
    said = told({(4,): 80}, seeds=100, metric=near, rows=40)
    assert said.startswith("Whether a structure is reliable (")
    assert "cannot be told. The best is 2-4-1 tanh" in said
    assert "more rows, or an easier goal, would tell" in said


def test_a_smaller_one_that_may_be_reliable_is_named_beside(told):
    said = told({(2,): 96, (4,): 100}, seeds=100)
    assert "is 2-4-1 tanh" in said
    assert "The smallest structure that may be reliable is 2-2-1 tanh" in said


def test_a_linear_network_that_is_enough_is_said_to_be(told):
    said = told({(): 100, (4,): 99}, seeds=100)
    assert said.startswith("No hidden layer is needed.")
    assert "is 2-1, with 3 parameters" in said


def test_that_all_solve_it_is_said(told):
    assert "a harder goal would tell them apart" in told({(): 100, (4,): 100}, seeds=100)


def test_that_nothing_is_reliable_is_said(told):
    said = told({(2,): 0, (4,): 10})
    assert said.startswith("No structure is reliable")
    assert "2-4-1 tanh, with 17 parameters: 10 of 20 networks solve it" in said


def test_that_nothing_was_solved_is_said_once(told):
    said = told({(2,): 0, (4,): 0}, metric=[0.5] * 20 + [0.7] * 20)
    assert said.startswith("No network solves it: the best validation accuracy is 0.700.")
    assert "An easier goal would tell them apart." in said
    assert "with 2-" not in said.split("The best network")[0]


def test_differences_beyond_chance_are_told_with_how_many_were_looked_at(told):
    said = told({(4,): [20, 0]}, activations=("tanh", "relu"))
    assert "More networks solve it with tanh than with relu (by 100.0 points, " in said
    assert "In all, 1 comparison was made, each with the same seeds" in said
    assert "No network solves it with 2-4-1 relu." in said


def test_depth_and_width_are_compared_too(told):
    said = told({(2,): 2, (8,): 20, (2, 2): 2, (8, 8): 20})
    assert "More networks solve it with width 8 than with width 2 (by 90.0 points, " in said
    assert "The choice of depth makes no difference beyond chance." in said
    assert "In all, 2 comparisons were made" in said


def test_differences_that_chance_makes_are_called_so(told):
    said = told({(4,): [20, 19]}, activations=("tanh", "relu"))
    assert "The choice of activation makes no difference beyond chance (1 comparison, " in said


def test_structures_that_failed_with_one_activation_only_are_kept_apart(told):
    said = told({(1,): [0, 0], (4,): [0, 20]}, activations=("tanh", "relu"))
    assert "with 2-1-1, whatever the activation; nor with 2-4-1 tanh." in said


def test_long_lists_are_cut(told):
    said = told({**{(width,): 0 for width in range(1, 11)}, (20,): 20})
    assert "or 5 more" in said


def test_diverged_networks_are_mentioned(told):
    from amenable.engine import STATUSES

    status = [STATUSES.index("diverged")] * 3 + [STATUSES.index("solved")] * 17
    assert "3 networks diverged" in told({(4,): 17}, status=status)


def test_without_a_goal_the_best_is_told(told):
    said = told({(2,): 0, (4,): 0}, goal=None, metric=[0.5] * 20 + [0.7] * 20)
    assert said.startswith("The best by its median over seeds is 2-4-1 tanh, with 17 parameters")
    assert "validation accuracy 0.700" in said


def test_luck_is_told_where_there_was_some(told):
    said = told({(4,): 20}, control=fraction(3, 96))
    assert "Luck reaches the goal too: on shuffled targets" in said
    assert "3 of 96 networks do." in said
    assert "luck" not in told({(4,): 20}, control=fraction(0, 96)).lower()
    said = told({(2,): 90, (4,): 100}, seeds=100, control=fraction(96, 96))
    assert said.startswith("Even the best structure does no better than luck. With 2-4-1 tanh")
    assert "reliable" not in said
    assert "; on shuffled targets, where there is nothing to learn, 96 of 96 do." in said
    assert "luck" not in told({(4,): 20}).lower()


def test_a_control_that_solved_nothing_does_not_speak_of_luck(told):
    said = told({(4,): 12}, control=fraction(0, 2))  # the interval of 0 of 2 ends at 66 %
    assert said.startswith("No structure is reliable")


def test_models_that_reach_the_goal_are_told(told):
    models = [
        Baseline("majority", "accuracy", 0.5, "validation", 0.0),
        Baseline("kernel machine", "accuracy", 0.95, "validation", 0.0),
    ]
    assert "Scikit-learn's kernel machine reaches the goal too." in told(
        {(4,): 9}, baselines=models
    )


def test_nothing_yet(simulated):
    trials = simulated([{"hidden": [2]}], np.zeros((1, 0), dtype=bool))
    assert Sweep(trials).sentences == ("No network is finished yet.",)


def test_a_network_solves_and_is_never_solved(told):
    said = told({(1,): [0, 3], (4,): [20, 20], (8,): [20, 20]}, activations=("tanh", "relu"))
    assert "is solved" not in said
    assert "was solved" not in said


def test_no_number_of_seeds_tells_what_lies_on_the_border(simulated):
    found = Sweep(simulated([{"hidden": [2]}], [np.arange(20) < 19]))
    (row,) = found.table.rows
    assert words.may_be_reliable(found, row)
    assert words.seeds_that_tell(row) is None
