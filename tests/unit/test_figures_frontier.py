"""Cost against fraction drawn."""

import numpy as np
import pytest

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.frontier import draw_frontier, frontier_data

WIDTHS = [{"hidden": [it]} for it in (1, 2, 4, 8, 16)]


@pytest.fixture(scope="module")
def results(simulated):
    return simulated(WIDTHS, np.arange(500) < np.array([[50], [300], [200], [450], [440]]))


def test_each_kind_of_point_is_in_the_legend_with_its_number(results):
    ax = draw_frontier(frontier_data(results)).axes[0]
    said = [it.get_text() for it in ax.get_legend().get_texts()]
    assert said == [
        "another is cheaper and solves it more often (1)",
        "undecided within the intervals (1)",
        "frontier (3)",
    ]
    assert [it.get_text() for it in ax.texts] == ["1", "2", "3"]
    assert ax.get_xscale() == "log"
    labels = [it.get_text() for it in ax.get_xticklabels()]
    assert "20,000" in labels


def test_by_parameters_and_of_a_population(population, results):
    found = frontier_data(results, "parameters")
    assert found.cost.tolist() == [5, 9, 17, 33, 65]
    assert draw_frontier(found).axes[0].get_xlabel() == "Parameters"
    figure = population.plot("frontier", cost="parameters")
    assert figure.axes[0].has_data()


def test_many_points_have_no_bars(simulated):
    settings = [{"lr": 0.001 * it} for it in range(1, 90)]
    found = frontier_data(simulated(settings, np.full(89, 0.5)))
    ax = draw_frontier(found).axes[0]
    assert len(ax.collections) == 1  # the bar of the one on the frontier


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(results, theme):
    found = frontier_data(results)
    first, second = (encode(draw_frontier(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second
    ax = axes_for(None, theme)
    assert draw_frontier(found, ax, theme=theme) is ax.figure


def test_one_configuration_and_wrong_input(simulated):
    one = frontier_data(simulated(WIDTHS[:1], np.array([0.5])))
    encode(draw_frontier(one), "png", 60)
    assert "No configuration solves the problem more often than the cheapest" in one.caption
    with pytest.raises(am.DescriptionError, match=r"found: expected a Frontier"):
        draw_frontier(WIDTHS)
    with pytest.raises(am.DescriptionError, match="no training has a goal"):
        frontier_data(simulated(WIDTHS, np.full(5, 0.5), goal=None))
