"""Gradient norms by layer and step: quantiles over trials, ends, exact zeros, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode, new_figure
from amenable.figures.gradients import draw_gradients, gradients_data


@pytest.fixture(scope="module")
def deep():
    """Nine trials of which some are solved early."""
    training = am.Training(epochs=10, goal="accuracy >= 0.9")
    return am.train(am.mlp(2, 6, 6, 1), "moons", training, seeds=9, signals=True, progress=False)


@pytest.fixture(scope="module")
def dead():
    """The hidden layer never answers, so that its gradient is exactly zero."""
    training = am.Training(epochs=2, bias_init="constant(-30)")
    network = am.mlp(2, 4, 1, activation="relu")
    return am.train(network, "moons", training, seeds=3, signals=True, progress=False)


def test_quantiles_are_those_of_the_trials_still_running(deep):
    found = gradients_data(deep)
    norms = deep.signals["gradient_norm"]
    np.testing.assert_array_equal(found.running, np.sum(~np.isnan(norms[:, :, 0]), axis=0))
    assert found.running[0] == 9
    kept = found.running > 0
    np.testing.assert_allclose(found.median[kept], np.nanmedian(norms[:, kept], axis=0))
    np.testing.assert_allclose(found.high[0], np.quantile(norms[:, 0], 0.9, axis=0))
    assert np.isnan(found.median[~kept]).all()
    np.testing.assert_array_equal(found.steps, deep.probes[0])


def test_one_trial_is_itself(deep):
    found = gradients_data(deep, trial=-1)
    np.testing.assert_array_equal(found.median, deep.signals["gradient_norm"][-1])
    assert "one trial" in found.caption


def test_the_caption_compares_first_and_last_layer(deep):
    norms = np.median(deep.signals["gradient_norm"][:, 0], axis=0)
    expected = (
        f"The first layer's norm is {norms[0] / norms[-1]:.3g} times the last layer's at step 0"
    )
    assert expected in gradients_data(deep).caption


def test_norms_of_exactly_zero_are_told_and_drawn(dead):
    found = gradients_data(dead)
    assert (found.vanished[:, 0] == 1).all()
    assert (found.vanished[:, 1] == 0).all()
    assert "In 3 of 6 cells the norm is exactly zero" in found.caption
    for figure in (draw_gradients(found), draw_gradients(found, at=0)):
        labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert labels[-1] == "exactly zero"
        encode(figure, "png")
    triangles = [it for it in figure.axes[0].get_lines() if it.get_marker() == "v"]
    assert triangles[0].get_xdata().tolist() == [1]


def test_a_diverged_trial_leaves_a_blank():
    training = am.Training(am.SGD(1e6), loss="squared", epochs=3)
    network = am.mlp(2, 4, 1, activation="relu")
    population = am.train(network, "moons", training, seeds=1, signals=True, progress=False)
    found = gradients_data(population)
    assert found.running.tolist() == [1, 0, 0, 0]
    assert "After step 0 there was nothing left to measure" in found.caption
    encode(draw_gradients(found), "png")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("at", [None, (0, 20)])
def test_the_drawing_is_the_same_twice(deep, theme, at):
    found = gradients_data(deep)
    first, second = (encode(draw_gradients(found, theme=theme, at=at), "png", 60) for _ in range(2))
    assert first == second


def test_lines_of_several_on_the_callers_axes(deep, dead):
    ax = axes_for(None)
    several = {"deep": gradients_data(deep), "dead": gradients_data(dead)}
    figure = draw_gradients(several, ax, at=0)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["deep, step 0", "dead, step 0", "exactly zero"]
    with pytest.raises(am.DescriptionError, match="at: expected steps"):
        draw_gradients(several)


def test_one_layer(made):
    training = am.Training(epochs=1)
    population = am.train(am.mlp(2, 1), "moons", training, seeds=2, signals=True, progress=False)
    found = gradients_data(population)
    assert "first layer" not in found.caption
    ticks = draw_gradients(found).axes[0].get_yticks()
    assert list(ticks) == [1]


def test_bad_input_is_named(made, population):
    with pytest.raises(am.DescriptionError, match="signals: not recorded"):
        gradients_data(made(["exhausted"]))
    with pytest.raises(am.DescriptionError, match="networks of the same depth, got 2 to 3 layers"):
        gradients_data(population)
    with pytest.raises(am.DescriptionError, match="trial: expected an integer"):
        gradients_data(population.where(structure="2-3-1"), trial=99)


def test_lines_leave_their_room_to_the_figures_beside_them(deep):
    figure = new_figure(size=(8, 6))
    axes = figure.subplots(2, 2)
    draw_gradients(gradients_data(deep), axes[0, 0], at=0)
    figure.draw_without_rendering()
    assert axes[0, 0].get_position().width > 0.3
    assert axes[0, 0].get_position().height > 0.25
