"""Small multiples: which networks are shown, what is said of them, and that they can be drawn."""

import numpy as np
import pytest

import amenable as am
from amenable.errors import DataError, DescriptionError
from amenable.figures import draw_gallery, gallery_data
from amenable.figures.canvas import encode, new_figure

GOAL = "training accuracy >= 0.85"


@pytest.fixture(scope="module")
def seeds():
    return am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=40, goal=GOAL), seeds=6)


@pytest.fixture(scope="module")
def structures():
    networks = [am.mlp(2, 1), am.mlp(2, 2, 1), am.mlp(2, 8, 1)]
    trainings = am.grid(am.Training(epochs=20, goal=GOAL), lr=[0.03, 0.001])
    return am.train(networks, "moons", trainings, seeds=4)


def test_one_configuration_gives_its_seeds(seeds):
    found = gallery_data(seeds, "moons", resolution=11)
    assert found.each == "seed"
    assert [panel.trial for panel in found.panels] == list(range(6))
    assert [panel.is_solved for panel in found.panels] == seeds.solved.tolist()
    first = found.panels[0]
    assert first.title == f"seed 0: {seeds.metric['training'][0]:.3g}"  # where the goal is judged
    assert found.measure == "training accuracy"
    assert f"{int(seeds.solved.sum())} of those shown met {GOAL}" in found.caption


@pytest.mark.parametrize("pick", ["best", "median", "worst"])
def test_several_configurations_give_one_network_each(structures, pick):
    found = gallery_data(structures, "moons", pick=pick, resolution=11)
    assert found.each == "configuration"
    assert len(found.panels) == 6
    for c, panel in enumerate(found.panels):
        group = structures.take(np.flatnonzero(structures.configuration == c))
        trained = getattr(group, pick)
        assert panel.trial // 4 == c
        assert structures[panel.trial].seed == trained.seed
        assert f"{int(group.solved.sum())} of 4" in panel.title
    assert found.panels[0].title.startswith("2-1, lr 0.03\n")
    assert found.panels[5].title.startswith("2-8-1 tanh, lr 0.001\n")
    assert f"each shown by its {pick} trial" in found.caption


def test_panels_are_limited_and_that_is_said(seeds):
    found = gallery_data(seeds, "moons", most=2, resolution=11)
    assert len(found.panels) == 2
    assert found.caption.startswith("2 of 6 seeds of 2-3-1 tanh on moons")
    one = gallery_data(seeds[:1], "moons", resolution=11)
    assert one.caption.startswith("1 seed of 2-3-1 tanh")


def test_without_a_goal_there_are_no_frames():
    population = am.train(am.mlp(2, 2, 1), "xor", am.Training(epochs=2), seeds=2)
    found = gallery_data(population, "xor", resolution=11)
    assert [panel.is_solved for panel in found.panels] == [None, None]
    assert "met" not in found.caption
    figure = draw_gallery(found)
    assert not figure.axes[0].spines["top"].get_visible()


def test_solved_and_unsolved_differ_not_only_in_colour(structures):
    found = gallery_data(structures, "moons", each="seed", resolution=11)
    figure = draw_gallery(found)
    assert {True, False} <= {panel.is_solved for panel in found.panels}
    for panel, ax in zip(found.panels, figure.axes, strict=True):
        assert ax.get_title().startswith("✓") == panel.is_solved
        assert (ax.spines["top"].get_linestyle() == "-") == panel.is_solved


def test_what_cannot_be_drawn_is_said(seeds):
    with pytest.raises(DescriptionError, match="weights: not recorded; train with keep_weights"):
        gallery_data(am.train(am.mlp(2, 1), "xor", seeds=1, keep_weights=False), "xor")
    with pytest.raises(DataError, match="2 inputs, got 4"):
        gallery_data(am.train(am.mlp(4, 3), "iris", am.Training(epochs=1), seeds=1), "iris")
    with pytest.raises(DataError, match="at least one trial"):
        gallery_data(seeds[:0], "moons")
    with pytest.raises(DescriptionError, match="each: expected"):
        gallery_data(seeds, "moons", each="structure")
    with pytest.raises(DescriptionError, match="a Population"):
        gallery_data(seeds.best, "moons")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_drawing_is_the_same_every_time_and_in_the_callers_figure(seeds, theme):
    found = gallery_data(seeds, "moons", most=4, resolution=11)
    first, second = (encode(draw_gallery(found, theme=theme), "png", 50) for _ in range(2))
    assert first == second
    figure = new_figure(theme)
    left, _ = figure.subfigures(1, 2)
    assert draw_gallery(found, left, theme=theme, columns=2, legend=False) is figure
    assert len(left.axes) == 4
