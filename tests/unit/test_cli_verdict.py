"""Sentences: what they claim must be in the numbers."""

import pytest

import amenable as am
from amenable.cli.findings import find
from amenable.cli.verdict import sentences
from amenable.population import Configuration

GOAL = "validation accuracy >= 0.9"
ALL, NONE = ["solved"] * 20, ["exhausted"] * 20
HALF = [*["solved"] * 10, *["exhausted"] * 10]


@pytest.fixture
def told(made):
    """Sentences of one status list for each network."""

    def tell(outcomes, activations=("tanh",), goal=GOAL, **more):
        pairs = [
            Configuration(am.mlp(2, *hidden, 1, activation=name), am.Training(steps=100, goal=goal))
            for hidden in outcomes
            for name in activations
        ]
        status = [it for one in outcomes.values() for it in one]
        return " ".join(sentences(find(made(status, configurations=pairs, **more))))

    return tell


def test_the_smallest_reliable_structure_is_named_with_its_interval(told):
    said = told({(1,): NONE, (2,): HALF, (4,): ALL, (8,): ALL})
    assert "at least 95 % of seeds solved) is 2-4-1 tanh, with 17 parameters" in said
    assert "20 of 20 seeds, 95 % interval 84 to 100 %" in said
    assert "Never solved: 2-1-1 with any activation." in said


def test_a_linear_network_that_is_enough_is_said_to_be(told):
    said = told({(): ALL, (4,): ALL})
    assert said.startswith("No hidden layer is needed.")
    assert "is 2-1, with 3 parameters" in said
    assert "So are all 2 that were tried: a harder goal would tell them apart." in said


def test_few_seeds_are_called_few(told):
    assert "so few seeds leave wide" in told({(4,): ["solved"] * 4})
    assert "so few seeds" not in told({(4,): ALL})


def test_that_nothing_is_reliable_is_said(told):
    said = told({(2,): NONE, (4,): HALF})
    assert said.startswith("No structure is reliable")
    assert "2-4-1 tanh, was solved with 10 of 20 seeds" in said


def test_that_nothing_was_solved_is_said_once(told):
    said = told({(2,): NONE, (4,): NONE}, metric=[0.5] * 20 + [0.7] * 20)
    assert said.startswith("No network was solved: the best validation accuracy is 0.700")
    assert "Never solved" not in said


def test_activations_that_differ_beyond_chance_are_told_with_both_fractions(told):
    said = told({(4,): [*ALL, *NONE]}, activations=("tanh", "relu"))
    assert "By activation, more are solved with tanh (100 %) than relu (0 %, p < 0.001)" in said
    assert "Never solved: 2-4-1 relu." in said


def test_activations_that_do_not_are_told_so(told):
    said = told({(4,): [*ALL, *ALL]}, activations=("tanh", "relu"))
    assert "No difference by activation is beyond chance" in said


def test_structures_that_failed_with_one_activation_only_are_kept_apart(told):
    said = told({(1,): [*NONE, *NONE], (4,): [*NONE, *ALL]}, activations=("tanh", "relu"))
    assert "Never solved: 2-1-1 with any activation; 2-4-1 tanh." in said


def test_long_lists_are_cut(told):
    hopeless = {(width,): NONE for width in range(1, 11)}
    said = told({**hopeless, (20,): ALL})
    assert "and 5 more with any activation" in said


def test_diverged_networks_are_mentioned(told):
    said = told({(4,): [*["diverged"] * 3, *["solved"] * 17]})
    assert "3 networks diverged" in said


def test_without_a_goal_the_best_is_told(told):
    said = told({(2,): NONE, (4,): NONE}, goal=None, metric=[0.5] * 20 + [0.7] * 20)
    assert said == (
        "By the median over seeds the best is 2-4-1 tanh, with validation accuracy 0.700."
    )


def test_an_interrupted_sweep_says_so_far(told):
    said = told({(4,): [*["solved"] * 18, *["cancelled"] * 2]})
    assert said.startswith("So far, the smallest structure")
    assert told({(4,): ["cancelled"] * 20}) == "No network was finished."
