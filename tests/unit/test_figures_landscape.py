"""Loss over a plane: colours and lines, what is masked, both drawings."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode, new_figure
from amenable.figures.landscape import _on_surface, draw_landscape, draw_landscape_3d, scale_of
from amenable.surfaces import along_path, around, through

MOONS = am.load("moons")
DRAWINGS = (draw_landscape, draw_landscape_3d)


@pytest.fixture(scope="module")
def surfaces():
    training = am.Training(epochs=30)
    three = am.train(am.mlp(2, 4, 1), MOONS, training, seeds=3, snapshots=True, progress=False)
    return {
        "random": around(three[0], MOONS, resolution=11),
        "path": along_path(three, MOONS, trial=0, resolution=11),
        "three": through(*three, MOONS, resolution=11, names=("one", "two", "three")),
    }


def test_losses_over_decades_have_lines_at_equal_factors():
    scale = scale_of(np.array([1e-4, 1.0, 30.0]))
    assert scale.is_log and {0.001, 0.01, 0.1, 1.0, 10.0} <= set(np.round(scale.lines, 9))
    np.testing.assert_allclose(np.diff(np.log(scale.bands)), np.log(3e5) / 24)
    narrow = scale_of(np.array([1.0, 2.0]))
    assert not narrow.is_log and all(1.0 < it < 2.0 for it in narrow.lines)


def test_zeros_constants_and_walls_have_a_scale():
    zero = scale_of(np.array([0.0, 0.5, 1.0]))
    assert zero.is_log and zero.low == pytest.approx(1e-6)
    flat = scale_of(np.full(4, 3.0))
    assert flat.low < 3.0 < flat.high and (np.diff(flat.bands) > 0).all()
    wall = scale_of(np.array([0.1, 0.2, 0.3, 1e30, np.inf, np.nan]))
    assert wall.high < 1e7
    negative = scale_of(np.array([-5.0, 0.9]))  # r2
    assert not negative.is_log
    with pytest.raises(am.DataError, match="expected a finite loss"):
        scale_of(np.full(3, np.nan))


def test_heights_keep_what_is_not_finite():
    scale = scale_of(np.array([0.01, 1.0]))
    np.testing.assert_allclose(
        scale.heights(np.array([0.001, 0.1, np.inf, np.nan])), [-2.0, -1.0, np.nan, np.nan]
    )


def test_points_lie_on_the_surface(surfaces):
    found = surfaces["random"]
    np.testing.assert_allclose(_on_surface(found, found.loss), found.loss[5, 5])


@pytest.mark.parametrize("kind", ["random", "path", "three"])
@pytest.mark.parametrize("draw", DRAWINGS)
def test_drawn_in_both_themes_and_the_same_twice(surfaces, draw, kind):
    figures = [draw(surfaces[kind], theme="dark") for _ in range(2)]
    assert isinstance(draw(surfaces[kind]), Figure)
    first, second = (encode(it, "png", dpi=40) for it in figures)
    assert first == second


@pytest.mark.parametrize("draw", DRAWINGS)
def test_holes_and_constant_losses_are_drawn(surfaces, draw):
    loss = np.array(surfaces["random"].loss)
    loss[:4, :4], loss[-3:] = np.nan, np.inf
    for odd in (loss, np.zeros_like(loss), np.full_like(loss, 1e30)):
        assert encode(draw(replace(surfaces["random"], loss=odd)), "png", dpi=40)


def test_infinite_losses_are_left_empty(surfaces):
    loss = np.array(surfaces["random"].loss)
    loss[-3:] = np.inf
    ax = axes_for(None)
    draw_landscape(replace(surfaces["random"], loss=loss), ax)
    highest = max(path.vertices[:, 1].max() for c in ax.collections for path in c.get_paths())
    assert highest <= surfaces["random"].y[-4] + 1e-12
    assert ax.patch.get_hatch()


def test_on_the_callers_axes_with_the_metric(surfaces):
    figure = new_figure()
    ax = figure.add_subplot()
    assert draw_landscape(surfaces["path"], ax, measure="metric") is figure
    assert "%" in ax.get_xlabel()
    deep = new_figure().add_subplot(projection="3d")
    assert draw_landscape_3d(surfaces["path"], deep, measure="metric") is deep.get_figure()
    assert deep.get_zlabel() == "Accuracy, training samples"


def test_wrong_arguments_are_named(surfaces):
    with pytest.raises(am.DescriptionError, match="found: expected a Surface"):
        draw_landscape(MOONS)
    with pytest.raises(am.DescriptionError, match='measure: expected "loss" or "metric"'):
        draw_landscape(surfaces["path"], measure="accuracy")
    with pytest.raises(am.DescriptionError, match='projection="3d"'):
        draw_landscape_3d(surfaces["path"], axes_for(None))
