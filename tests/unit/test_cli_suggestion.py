"""The next command: it must be one that runs, and it must lead on."""

import shlex

import pytest

import amenable as am
from amenable.cli.findings import find
from amenable.cli.plan import load_data, make_plan
from amenable.cli.request import Request
from amenable.cli.suggestion import suggestion
from amenable.population import Configuration

GOAL = "validation accuracy >= 0.9"
ALL, NONE = ["solved"] * 20, ["exhausted"] * 20
HALF = [*["solved"] * 10, *["exhausted"] * 10]


@pytest.fixture
def suggested(made):
    """The words of the next command, after outcomes for some networks."""

    def suggest(outcomes, goal=GOAL, request=None, n_seeds=20, **more):
        pairs = [
            Configuration(am.mlp(2, *hidden, 1), am.Training(epochs=100, goal=goal))
            for hidden in outcomes
        ]
        status = [it for one in outcomes.values() for it in one]
        found = find(made(status, configurations=pairs, **more))
        asked = request or Request("moons", hidden=("2",), solved=goal or "none")
        following = suggestion(found, asked, n_seeds)
        return None if following is None else shlex.split(following.command)

    return suggest


def values(words, option):
    return [words[i + 1] for i, word in enumerate(words) if word == option]


def test_between_too_narrow_and_reliable_lies_the_next_try(suggested):
    words = suggested({(4,): HALF, (8,): ALL, (16,): ALL})
    assert values(words, "--hidden") == ["5", "6", "7"]
    assert values(words, "--activation") == ["tanh"]
    assert values(words, "--seeds") == ["100"]
    assert values(words, "--solved") == [GOAL]


def test_two_layers_are_narrowed_together(suggested):
    assert values(suggested({(4, 4): NONE, (8, 8): ALL}), "--hidden") == ["5,5", "6,6", "7,7"]


def test_wide_gaps_are_not_filled_one_by_one(suggested):
    found = values(suggested({(16,): NONE, (128,): ALL}), "--hidden")
    assert len(found) == 4
    assert all(16 < int(it) < 128 for it in found)


def test_below_the_narrowest_that_was_tried_there_may_be_more(suggested):
    assert values(suggested({(4,): ALL}), "--hidden") == ["1", "2", "3"]


def test_neighbours_get_more_seeds(suggested):
    words = suggested({(3,): HALF, (4,): ALL})
    assert values(words, "--hidden") == ["3", "4"]
    assert values(words, "--seeds") == ["100"]
    again = suggested({(3,): HALF, (4,): ALL}, n_seeds=100)
    assert values(again, "--seeds") == ["1000"]


def test_a_linear_network_that_is_enough_asks_for_a_harder_goal(suggested):
    words = suggested({(): ALL, (4,): ALL}, metric=[0.92] * 20 + [0.98] * 20)
    (goal,) = values(words, "--solved")
    assert goal == "validation accuracy >= 0.94"


def test_perfection_cannot_be_made_harder(suggested):
    assert suggested({(): ALL}, goal="validation accuracy >= 1", metric=[1.0] * 20) is None


def test_where_nothing_is_reliable_networks_grow_and_train_longer(suggested):
    words = suggested({(2,): NONE, (4,): HALF})
    assert values(words, "--hidden") == ["4", "8", "16"]
    assert values(words, "--epochs") == ["300"]


def test_where_all_diverged_steps_get_smaller(suggested):
    words = suggested({(2,): ["diverged"] * 20})
    assert values(words, "--lr") == ["0.001"]


def test_without_a_goal_the_best_median_becomes_one(suggested):
    words = suggested({(2,): NONE}, goal=None, metric=[0.8766] * 20)
    assert values(words, "--solved") == ["validation accuracy >= 0.876"]


def test_what_was_interrupted_can_be_finished(suggested):
    words = suggested({(2,): [*["solved"] * 19, "cancelled"]})
    assert words == ["amenable", "sweep", "moons", "--hidden", "2", "--solved", GOAL]


def test_settings_that_varied_are_pinned_to_the_best(made):
    pairs = [
        Configuration(am.mlp(2, 4, 1), am.Training(optimizer, epochs=10, batch=batch, goal=GOAL))
        for optimizer in (am.SGD(0.5), am.Adam(0.01))
        for batch in (8, "full")
    ]
    found = find(made([*NONE, *NONE, *NONE, *HALF], configurations=pairs))
    asked = Request("moons", optimizer=("sgd", "adam"), batch=("8", "full"))
    words = shlex.split(suggestion(found, asked, 20).command)
    assert values(words, "--optimizer") == ["adam"]
    assert values(words, "--lr") == ["0.01"]
    assert values(words, "--batch") == ["full"]


def test_every_next_command_can_be_planned(suggested):
    for outcomes in ({(4,): HALF, (8,): ALL}, {(4,): NONE}, {(): ALL, (2,): ALL}, {(2, 2): ALL}):
        words = suggested(outcomes, metric=[0.95] * (20 * len(outcomes)))
        asked = Request(
            words[2],
            hidden=tuple(values(words, "--hidden")),
            activation=tuple(values(words, "--activation")),
            seeds=int((values(words, "--seeds") or ["20"])[0]),
            solved=values(words, "--solved")[0],
        )
        assert make_plan(asked, load_data(asked)).n_networks > 0
