"""Diagrams of networks: which weights are whose, shortcuts, large layers, the drawing."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.diagram import GAP, diagram_data, draw_diagram

SHORTCUTS = am.Network(
    2,
    [
        am.Dense(3, "relu"),
        am.Dense(2, "relu", shortcuts=[0]),
        am.Dense(1, "identity", False, shortcuts=[1, 0]),
    ],
)


def model(network, seed=0):
    return am.Model(network, np.random.default_rng(seed).normal(size=network.n_parameters))


def drawn_paths(figure):
    """Of all lines, without the circles, which are scattered with sizes."""
    found = [it for it in figure.axes[0].collections if type(it) is PathCollection]
    return [path for it in found if not len(it.get_sizes()) for path in it.get_paths()]


def test_links_are_the_columns_of_the_weights():
    it = model(SHORTCUTS)
    found = diagram_data(it)
    weights = it.weights
    assert [(link.source, link.target) for link in found.links] == [
        (0, 1), (1, 2), (0, 2), (2, 3), (1, 3), (0, 3)
    ]  # fmt: skip
    np.testing.assert_array_equal(found.links[1].weights, weights["2.weight"][:, :3])
    np.testing.assert_array_equal(found.links[2].weights, weights["2.weight"][:, 3:])
    np.testing.assert_array_equal(found.links[4].weights, weights["3.weight"][:, 2:5])
    np.testing.assert_array_equal(found.links[5].weights, weights["3.weight"][:, 5:])
    assert np.isnan(found.biases[2]).all()
    assert "Arcs are shortcuts" in found.caption


def test_of_large_layers_the_first_and_the_last_units_are_shown():
    it = model(am.mlp(30, 13, 1))
    found = diagram_data(it, [f"input {i}" for i in range(30)], most=6)
    assert found.shown[0].tolist() == [0, 1, 2, GAP, 28, 29]
    assert found.features == ("input 0", "input 1", "input 2", "input 28", "input 29")
    rows, columns = [0, 1, 2, 11, 12], [0, 1, 2, 28, 29]
    np.testing.assert_array_equal(
        found.links[0].weights, it.weights["1.weight"][np.ix_(rows, columns)]
    )
    assert "Only 5 of 30 inputs and 5 of 13 units of layer 1 are shown" in found.caption


def test_a_line_for_each_weight_that_is_not_zero():
    it = am.Model(am.mlp(2, 2, 1), [1, -2, 0, 3, 0, 0, 1, -1, 0])
    found = diagram_data(it)
    assert found.n_zero == 1
    assert "1 weight is exactly zero and not drawn" in found.caption
    assert len(drawn_paths(draw_diagram(found))) == 5


def test_widths_are_logarithmic_where_weights_are_far_apart():
    assert not diagram_data(am.Model(am.mlp(1, 2, 1), [1, 2, 0, 0, 3, 4, 0])).is_logarithmic
    far = diagram_data(am.Model(am.mlp(1, 2, 1), [1e8, 1e-4, 0, 0, 1, 2, 0]))
    assert far.is_logarithmic
    assert "logarithm of the absolute weight, up to 1e+08" in far.caption
    encode(draw_diagram(far), "png")


def test_few_weights_and_biases_are_written():
    shown = [
        text.get_text()
        for text in draw_diagram(diagram_data(am.Model(am.mlp(1, 1), [0.25, -3.0]))).axes[0].texts
    ]
    assert "0.25" in shown
    assert "bias -3" in shown
    many = [
        text.get_text() for text in draw_diagram(diagram_data(model(am.mlp(5, 9, 1)))).axes[0].texts
    ]
    assert not any("." in text for text in many)


@pytest.mark.parametrize("network", [SHORTCUTS, am.mlp(40, 20, 3), am.mlp(1, 1, bias=False)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(network, theme):
    found = diagram_data(model(network))
    first, second = (encode(draw_diagram(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_weights_that_have_no_width(value):
    found = diagram_data(am.Model(am.mlp(2, 2, 1), np.full(9, value)))
    figure = draw_diagram(found)
    assert not drawn_paths(figure)
    encode(figure, "png")


def test_it_draws_on_the_callers_axes():
    ax = axes_for(None)
    figure = draw_diagram(diagram_data(model(SHORTCUTS)), ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure


def test_bad_input_is_named():
    it = model(am.mlp(2, 1))
    with pytest.raises(am.DescriptionError, match="model: expected a Model"):
        diagram_data(it.network)
    with pytest.raises(am.DescriptionError, match="features: expected 2 names"):
        diagram_data(it, ["a"])
    with pytest.raises(am.DescriptionError, match="features: expected names of the inputs"):
        diagram_data(it, "ab")
    with pytest.raises(am.DescriptionError, match="most: expected an integer >= 2"):
        diagram_data(it, most=1)
