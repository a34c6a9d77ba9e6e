"""Histograms of weights and outputs: counts, saturated and dead units as the engine sees them."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import encode, new_figure
from amenable.figures.histograms import draw_histograms, histograms_data

MOONS = am.load("moons")
TRAINABLE = [name for name in am.network.ACTIVATIONS if name != "step"]


def test_shares_are_of_the_weights_and_outputs():
    model = am.Model(am.mlp(2, 2, 1), [1, 2, 3, 4, 0.5, -0.5, 1, 1, 0], "float64")
    found = histograms_data(model, MOONS, bins=3)
    np.testing.assert_allclose(found.weights[0].edges, [1, 2, 3, 4])
    np.testing.assert_allclose(found.weights[0].shares, [0.25, 0.25, 0.5])
    np.testing.assert_array_equal(found.biases[0], [0.5, -0.5])
    outputs = model.layers(MOONS.split("training")[0])[0]
    counts, edges = np.histogram(outputs, 3)
    np.testing.assert_allclose(found.outputs[0].shares, counts / outputs.size)
    np.testing.assert_allclose(found.outputs[0].edges, edges)


@pytest.mark.parametrize("activation", [*TRAINABLE, "leaky_relu(3)", "elu(0.1)"])
def test_units_are_saturated_and_dead_as_in_the_signals(activation):
    training = am.Training(am.SGD(0.0), steps=1, init="normal(4)", dtype="float64")
    network = am.mlp(2, 40, 10, 1, activation=activation)
    population = am.train(
        network, MOONS, training, seeds=[3], signals=True, snapshots=True, progress=False
    )
    found = histograms_data(population[0], MOONS)
    np.testing.assert_allclose(found.saturated, population.signals["saturated"][0, 0], atol=1e-12)
    np.testing.assert_allclose(found.dead, population.signals["dead"][0, 0], atol=1e-12)


def test_dead_units_are_told():
    flat = np.zeros(13)
    flat[6:9] = [-1, 1, 1]  # biases
    found = histograms_data(am.Model(am.mlp(2, 3, 1, activation="relu"), flat), MOONS)
    np.testing.assert_allclose(found.dead, [1 / 3, 0])
    assert "1 of 3 units in layer 1 is dead" in found.caption


def test_steps_have_no_slope_to_be_flat():
    found = histograms_data(am.Model(am.mlp(2, 3, 1, activation="step"), np.ones(13)), MOONS)
    assert np.isnan(found.dead[0])
    assert "dead" not in found.caption
    encode(draw_histograms(found), "png")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_left_out_and_told(value):
    flat = np.ones(9)
    flat[0] = value
    found = histograms_data(am.Model(am.mlp(2, 3, 1, bias=False), flat), MOONS)
    assert found.weights[0].n_not_finite == 1
    assert "left out" in found.caption
    encode(draw_histograms(found), "png")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(population, theme):
    found = histograms_data(population.best, MOONS, "validation")
    first, second = (encode(draw_histograms(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_figure(population):
    figure = new_figure()
    part = figure.subfigures(1, 2)[1]
    drawn = draw_histograms(histograms_data(population.best, MOONS), part)
    assert drawn is figure
    assert isinstance(drawn, Figure)
    assert len(part.axes) == 2 * len(population.best.network.layers)


def test_bad_input_is_named(population):
    with pytest.raises(am.DescriptionError, match="model: expected a Model"):
        histograms_data(population, MOONS)
    with pytest.raises(am.DescriptionError, match="data: expected a Dataset"):
        histograms_data(population.best, "moons")
    with pytest.raises(am.DataError, match="has 64 inputs, but the network"):
        histograms_data(population.best, am.load("digits"))
    with pytest.raises(am.DataError, match="no test samples"):
        histograms_data(population.best, am.load("moons", test=0), "test")
    with pytest.raises(am.DescriptionError, match="bins"):
        histograms_data(population.best, MOONS, bins=0)
