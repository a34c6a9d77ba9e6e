"""Walks drawn: names, barriers, scales."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.walks import draw_walks
from amenable.surfaces import walk

MOONS = am.load("moons")


@pytest.fixture(scope="module")
def walks():
    two = am.train(am.mlp(2, 6, 1), MOONS, am.Training(epochs=30), seeds=2, progress=False)
    return [walk(*two, MOONS, match=it, points=21) for it in (False, True)]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_walks_are_named_with_their_barriers(walks):
    ax = axes_for(None)
    assert isinstance(draw_walks(walks, ax), Figure)
    assert legend(ax)[0] == f"straight: barrier {walks[0].barrier:.3g}"
    assert legend(ax)[1].startswith("neurons matched")
    named = axes_for(None)
    draw_walks({"first": walks[0], "second": walks[0]}, named, barriers=False)
    assert legend(named) == ["first", "second"]


def test_the_same_twice_and_both_themes(walks):
    first, second = (encode(draw_walks(walks, theme="dark"), "png", dpi=50) for _ in range(2))
    assert first == second
    assert encode(draw_walks(walks[0], measure="metric"), "png", dpi=50)


def test_losses_over_decades_make_the_axis_logarithmic(walks):
    ax = axes_for(None)
    draw_walks(replace(walks[0], loss=np.geomspace(1e-5, 10, 21)), ax)
    assert ax.get_yscale() == "log"
    flat = axes_for(None)
    draw_walks(replace(walks[0], loss=np.full(21, 0.5)), flat)
    assert flat.get_yscale() == "linear" and legend(flat) == ["straight: no barrier"]


def test_odd_losses_are_drawn(walks):
    loss = np.linspace(1.0, 0.0, 21)
    for odd in (loss, np.where(loss > 0.5, np.inf, loss), np.full(21, np.nan), np.zeros(21)):
        ax = axes_for(None)
        assert encode(draw_walks(replace(walks[0], loss=odd.copy()), ax), "png", dpi=50)
    assert legend(ax) == ["straight: no barrier"]


def test_wrong_arguments_are_named(walks):
    with pytest.raises(am.DescriptionError, match="expected a Walk"):
        draw_walks([MOONS])
    with pytest.raises(am.DescriptionError, match="1 to 7 walks"):
        draw_walks([])
    with pytest.raises(am.DescriptionError, match="1 to 7 walks"):
        draw_walks(walks * 4)
    with pytest.raises(am.DescriptionError, match="measure"):
        draw_walks(walks, measure="speed")
