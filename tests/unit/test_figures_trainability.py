"""Trainability maps: counts in cells, which keys are numbers, cells never run, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.trainability import draw_trainability, trainability_data
from amenable.population import Configuration

SOLVED, NOT = "solved", "exhausted"
GOAL = "accuracy >= 0.9"


def configurations(networks, **options):
    trainings = am.grid(am.Training(steps=100, goal=GOAL), **options)
    return [Configuration(network, training) for network in networks for training in trainings]


@pytest.fixture(scope="module")
def by_width_and_rate(made):
    """Widths 8 and 2, rates 0.1 and 0.001, two trials each."""
    found = configurations([am.mlp(2, 8, 1), am.mlp(2, 2, 4, 1)], lr=[0.1, 0.001])
    return made([SOLVED, SOLVED, SOLVED, NOT, NOT, NOT, SOLVED, NOT], configurations=found)


def test_cells_are_in_order_of_the_values(by_width_and_rate):
    found = trainability_data(by_width_and_rate, "lr", "width")
    np.testing.assert_array_equal(found.x, [0.001, 0.1])
    np.testing.assert_array_equal(found.y, [4, 8])
    np.testing.assert_array_equal(found.solved, [[1, 0], [1, 2]])
    np.testing.assert_array_equal(found.fraction, [[0.5, 0], [0.5, 1]])
    assert "at lr 0.1 and width 8" in found.caption


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("depth", [1, 2]),
        ("parameters", [23, 33]),
        (lambda it: it.network.hidden[0], [2, 8]),
        ("l2", [0.0]),
        ("steps", [100.0]),
    ],
)
def test_numbers_of_a_network_or_a_training(by_width_and_rate, key, expected):
    np.testing.assert_array_equal(trainability_data(by_width_and_rate, key, "lr").x, expected)


def test_the_number_in_an_initializer(made):
    found = configurations([am.mlp(2, 2, 1)], init=["normal(10)", "normal(0.1)"], batch=[4, "full"])
    found = trainability_data(made([SOLVED, NOT, NOT, NOT], configurations=found), "init", "batch")
    np.testing.assert_array_equal(found.x, [0.1, 10])
    np.testing.assert_array_equal(found.y, [4, 160])
    np.testing.assert_array_equal(found.solved, [[0, 1], [0, 0]])
    assert found.names == ("init normal", "batch")


def test_cells_never_run_are_blank_and_told(by_width_and_rate):
    trials = by_width_and_rate.where(np.arange(8) < 6)
    found = trainability_data(trials, "lr", "width")
    np.testing.assert_array_equal(found.trials, [[0, 2], [2, 2]])
    assert np.isnan(found.fraction[0, 0])
    assert "1 cell was never run" in found.caption
    patches = draw_trainability(found).axes[0].patches
    assert [patch.get_hatch() for patch in patches if isinstance(patch, Rectangle)] == ["////"]


def test_configurations_that_share_a_cell_are_told(by_width_and_rate):
    found = trainability_data(by_width_and_rate, "lr", "l2")
    np.testing.assert_array_equal(found.trials, [[4, 4]])
    assert "Cells pool up to 2 configurations" in found.caption


def test_trials_that_never_began_do_not_count(made):
    found = trainability_data(made([SOLVED, "cancelled"], steps=[10, 0]), "lr", "l2")
    np.testing.assert_array_equal(found.trials, [[1]])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(by_width_and_rate, theme):
    found = trainability_data(by_width_and_rate, "lr", "width")
    first, second = (encode(draw_trainability(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_axes_with_a_tick_for_each_value(by_width_and_rate):
    ax = axes_for(None)
    figure = draw_trainability(trainability_data(by_width_and_rate, "lr", "width"), ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    assert [it.get_text() for it in ax.get_xticklabels()] == ["0.001", "0.1"]
    assert sorted(it.get_text() for it in ax.texts) == ["0/2", "1/2", "1/2", "2/2"]


@pytest.mark.parametrize(
    ("match", "key"),
    [
        ("x: expected numbers, got 'tanh' for activation; choose a key with numbers", "activation"),
        ("x: unknown key 'lrr'", "lrr"),
        (r"x: expected numbers, got \(2, 4\) for hidden", "hidden"),
        ("x: expected numbers, got None for clip_norm", "clip_norm"),
        ("x: expected numbers, got None for seed", "seed"),
        ("x: expected numbers, got 'a' for setting", lambda it: "a"),
    ],
)
def test_keys_without_numbers_are_refused(made, match, key):
    population = made([NOT], configurations=configurations([am.mlp(2, 2, 4, 1)], lr=[0.1]))
    with pytest.raises(am.DescriptionError, match=match):
        trainability_data(population, key, "lr")


def test_initializers_of_two_kinds_are_no_axis(made):
    found = configurations([am.mlp(2, 2, 1)], init=["normal(0.1)", "uniform(0.1)"])
    with pytest.raises(am.DescriptionError, match="one kind of init, got normal and uniform"):
        trainability_data(made([NOT, NOT], configurations=found), "init", "lr")


def test_without_a_goal_nothing_was_solved(made):
    with pytest.raises(am.DescriptionError, match="no training has a goal"):
        trainability_data(made([NOT], goal=None), "lr", "l2")
