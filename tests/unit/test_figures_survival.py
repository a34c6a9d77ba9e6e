"""Fraction solved over steps: groups, counts, the test between them, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.survival import draw_survival, survival_data
from amenable.population import Configuration
from amenable.statistics import log_rank

SOLVED, NOT = "solved", "exhausted"


def pair(goal="accuracy >= 0.9"):
    training = am.Training(steps=100, goal=goal)
    return [Configuration(am.mlp(2, 3, 1, activation=it), training) for it in ("tanh", "relu")]


@pytest.fixture(scope="module")
def two_groups(made):
    status = [SOLVED] * 7 + [NOT] + [SOLVED] * 2 + [NOT] * 6
    steps = [10, 20, 20, 30, 40, 50, 60, 100, 80, 90, *[100] * 6]
    return made(status, steps=steps, configurations=pair())


def test_a_group_for_each_value(two_groups):
    found = survival_data(two_groups, "activation")
    assert found.names == ("tanh", "relu")
    assert [(it.successes, it.trials) for it in found.fractions] == [(7, 8), (2, 8)]
    np.testing.assert_allclose(found.curves[0].fraction, np.array([1, 3, 4, 5, 6, 7, 7]) / 8)


def test_the_test_is_that_of_the_trials(two_groups):
    found = survival_data(two_groups, "activation")
    status, steps = two_groups.solved, two_groups.steps
    expected = log_rank(steps[:8], status[:8], steps[8:], status[8:])
    assert found.p_values[0, 1] == found.p_values[1, 0] == pytest.approx(expected)
    assert "The curves differ beyond chance" in found.caption


def test_all_trials_are_one_group_without_a_test(two_groups):
    found = survival_data(two_groups)
    assert found.names == ("all",)
    assert "log-rank" not in found.caption
    assert "Half of the trials solved the problem by step 80 [30, no upper limit]" in found.caption


def test_several_keys_and_numbers_with_their_name(population):
    found = survival_data(population, ["structure", "lr"])
    assert found.names[0] == "2-3-1, lr 0.1"
    assert found.p_values is None  # two activations share the seeds of each group
    apart = survival_data(population.where(activation="tanh"), ["structure", "lr"])
    assert apart.p_values.shape == (4, 4)
    assert "of 6 pairs" in apart.caption


def test_where_fewer_than_half_were_solved_no_median_is_given(made):
    found = survival_data(made([SOLVED, NOT, NOT], steps=[10, 100, 100]))
    assert "Fewer than half of the trials solved the problem." in found.caption


def test_trials_that_never_began_do_not_count(made):
    status = [SOLVED, NOT, "cancelled", "cancelled"]
    found = survival_data(made(status, steps=[10, 100, 0, 0], configurations=pair()), "activation")
    assert found.names == ("tanh",)
    with pytest.raises(am.DataError, match="expected a finished trial"):
        survival_data(made(["cancelled"], steps=[0]))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(two_groups, theme):
    found = survival_data(two_groups, "activation")
    first, second = (
        encode(draw_survival(found, theme=theme, at_risk=True), "png", 60) for _ in range(2)
    )
    assert first == second


def test_it_draws_on_the_callers_axes(two_groups):
    ax = axes_for(None)
    figure = draw_survival(survival_data(two_groups, "activation"), ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0].startswith("tanh: 7 of 8 solved [")


def test_a_curve_goes_on_once_all_are_solved_and_ends_where_nothing_is_known(made):
    status = [SOLVED, SOLVED, NOT, NOT, SOLVED, NOT]
    training = am.Training(steps=100, goal="accuracy >= 0.9")
    names = ("tanh", "relu", "sine")
    three = [Configuration(am.mlp(2, 3, 1, activation=it), training) for it in names]
    population = made(status, steps=[10, 20, 30, 30, 60, 60], configurations=three)
    lines = draw_survival(survival_data(population, "activation")).axes[0].get_lines()
    assert [line.get_xdata()[-1] for line in lines] == [60, 30, 60]
    assert [line.get_ydata()[-1] for line in lines] == [1, 0, 0.5]


def test_one_trial(made):
    encode(draw_survival(survival_data(made([NOT])), at_risk=True), "svg")


def test_bad_input_is_named(made, two_groups):
    with pytest.raises(am.DescriptionError, match="population: expected a Population"):
        survival_data([1])
    with pytest.raises(am.DataError, match="population: expected at least one trial"):
        survival_data(two_groups[:0])
    with pytest.raises(am.DescriptionError, match="no training has a goal"):
        survival_data(made([NOT], goal=None))
    with pytest.raises(am.DescriptionError, match="unknown key 'activatoin'"):
        survival_data(two_groups, "activatoin")
    with pytest.raises(am.DescriptionError, match="by: expected at most 28 groups, got 40"):
        survival_data(made([NOT] * 40), "seed")
