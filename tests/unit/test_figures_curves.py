"""Curves of every trial: quantiles over trials that have ended or diverged, goals, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.curves import curves_data, draw_curves

WITH_CURVES = {"curves": True, "progress": False}


@pytest.fixture(scope="module")
def solved_early():
    training = am.Training(am.Adam(0.1), epochs=20, goal="accuracy >= 0.9", judge="first_touch")
    return am.train(am.mlp(2, 8, 1), "moons", training, seeds=9, **WITH_CURVES)


@pytest.fixture(scope="module")
def some_diverge():
    trainings = am.grid(am.Training(am.SGD(0.1), loss="squared", epochs=4), lr=[0.01, 1e6])
    return am.train(am.mlp(1, 8, 1, activation="relu"), "sine", trainings, seeds=3, **WITH_CURVES)


def test_a_trial_that_has_ended_counts_with_its_last_value(solved_early):
    found = curves_data(solved_early)
    last = solved_early.loss["validation"]
    assert (solved_early.steps < solved_early.budget).any()
    expected = np.quantile(last, (0.1, 0.5, 0.9))
    np.testing.assert_allclose([found.low[-1], found.median[-1], found.high[-1]], expected)
    assert f"the median is {expected[1]:.3g}" in found.caption


def test_quantiles_of_probes_that_all_trials_have_are_plain(solved_early):
    found = curves_data(solved_early, "metric", "training")
    first = solved_early.curves.metric["training"][:, 0]
    np.testing.assert_allclose(found.median[0], np.median(first))
    assert (found.measure, found.split) == ("accuracy", "training")


def test_diverged_trials_are_worse_than_any(some_diverge):
    found = curves_data(some_diverge)
    assert np.isinf(found.high[-1])
    assert np.isfinite(found.low[-1])
    assert "3 diverged" in found.caption
    assert "solved" not in found.caption
    worst_r2 = curves_data(some_diverge, "metric")
    assert worst_r2.low[-1] == -np.inf
    assert np.isfinite(worst_r2.high[-1])


def test_what_diverges_does_not_hide_the_others(some_diverge):
    found = curves_data(some_diverge, split="training")
    _, top = draw_curves(found).axes[0].get_ylim()
    assert top <= 10 * found.values[:, 0].max()


def test_trials_probed_at_different_steps_share_a_grid():
    trainings = am.grid(am.Training(epochs=2), batch=[40, "full"])
    population = am.train(am.mlp(2, 2, 1), "moons", trainings, seeds=2, **WITH_CURVES)
    found = curves_data(population)
    np.testing.assert_array_equal(found.grid, [0, 1, 2, 4, 8])
    values = population.curves.loss["validation"]
    at_step_2 = [values[0, 0], values[1, 0], values[2, 2], values[3, 2]]
    np.testing.assert_allclose(found.median[2], np.median(at_step_2))


def test_the_goal_is_known_where_it_is_of_this_measure_and_split(solved_early):
    assert curves_data(solved_early, "metric").goal == 0.9
    assert curves_data(solved_early, "metric", "training").goal is None
    assert curves_data(solved_early).goal is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(solved_early, some_diverge, theme):
    for population in (solved_early, some_diverge):
        for measure in ("loss", "metric"):
            found = curves_data(population, measure)
            first, second = (encode(draw_curves(found, theme=theme), "png", 60) for _ in range(2))
            assert first == second


def test_it_draws_solved_and_others_apart_on_the_callers_axes(solved_early):
    ax = axes_for(None)
    figure = draw_curves(curves_data(solved_early, "metric"), ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    n = int(solved_early.solved.sum())
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert f"solved ({n})" in labels
    assert "goal" in labels


def test_one_trial_has_no_quantiles(solved_early):
    found = curves_data(solved_early[:1])
    assert "The last value is" in found.caption
    labels = [it.get_text() for it in draw_curves(found).axes[0].get_legend().get_texts()]
    assert "median" not in labels


def test_a_loss_of_zero_is_drawn():
    network, training = am.mlp(1, 1), am.Training(am.SGD(0.0), loss="squared", steps=2)
    data = am.Dataset.from_arrays(
        [[1.0], [2.0]], [0.0, 1.0], task="regression", validation=0, test=0
    )
    population = am.train(network, data, training, seeds=1, start=[1.0, -1.0], **WITH_CURVES)
    found = curves_data(population)
    assert not found.is_logarithmic
    encode(draw_curves(found), "png")


def test_bad_input_is_named(made, solved_early):
    with pytest.raises(am.DescriptionError, match="curves: not recorded"):
        curves_data(made(["exhausted"]))
    with pytest.raises(am.DescriptionError, match='measure: expected "loss" or "metric"'):
        curves_data(solved_early, "accuracy")
    with pytest.raises(am.DescriptionError, match="split: expected"):
        curves_data(solved_early, split="test")
    with pytest.raises(am.DataError, match="at least one trial"):
        curves_data(solved_early[:0])
