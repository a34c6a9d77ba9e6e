"""Weights of the first layer as images: which units, which shape, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.first_layer import draw_first_layer, first_layer_data


def model(inputs, units, seed=0):
    network = am.mlp(inputs, units, 1)
    return am.Model(network, np.random.default_rng(seed).normal(size=network.n_parameters))


def test_images_are_the_rows_of_the_weights_strongest_first():
    it = model(6, 3)
    found = first_layer_data(it, shape=(2, 3))
    weights = it.weights["1.weight"]
    assert found.images.shape == (3, 2, 3)
    np.testing.assert_array_equal(found.images.reshape(3, 6), weights[found.units])
    assert (np.diff(np.linalg.norm(weights[found.units], axis=1)) <= 0).all()
    assert found.largest == np.abs(weights).max()


def test_a_square_needs_no_shape():
    assert first_layer_data(model(49, 2)).images.shape == (2, 7, 7)


def test_at_most_a_hundred_units_and_it_is_told():
    found = first_layer_data(model(4, 120))
    assert len(found.images) == 100
    assert "the 100 of 120 units" in found.caption


@pytest.mark.parametrize(
    ("inputs", "units", "shape"), [(1, 1, None), (64, 5, None), (30, 40, (1, 30)), (8, 3, (8, 1))]
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(inputs, units, shape, theme):
    found = first_layer_data(model(inputs, units), shape)
    first, second = (encode(draw_first_layer(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_axes_with_numbers_of_units():
    ax = axes_for(None)
    found = first_layer_data(model(9, 4))
    figure = draw_first_layer(found, ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    assert [text.get_text() for text in ax.texts] == [str(unit) for unit in found.units]
    limits = ax.images[0].get_clim()
    assert limits == (-found.largest, found.largest)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_weights_that_say_nothing(value):
    network = am.mlp(4, 2, 1)
    found = first_layer_data(am.Model(network, np.full(network.n_parameters, value)))
    assert found.largest == 1
    assert ("not finite" in found.caption) == bool(np.isnan(value))
    encode(draw_first_layer(found), "png")


@pytest.mark.parametrize(
    ("match", "arguments"),
    [
        ("shape: expected height and width, as 30 inputs do not form a square", (model(30, 2),)),
        ("shape: expected a product of 30", (model(30, 2), (4, 4))),
        ("shape: expected height and width", (model(30, 2), 30)),
        ("shape: expected height and width", (model(30, 2), (2, 3, 5))),
        (r"shape\[0\]: expected an integer", (model(30, 2), (0, 3))),
        ("model: expected a Model", ("digits",)),
    ],
)
def test_bad_input_is_named(match, arguments):
    with pytest.raises(am.DescriptionError, match=match):
        first_layer_data(*arguments)


def test_images_that_are_known_need_no_shape():
    network = am.Network((2, 3, 5), [am.Dense(4), am.Dense(2, "identity")])
    it = am.Model(network, np.arange(float(network.n_parameters)))
    assert first_layer_data(it).images.shape == (4, 6, 5)
    x = np.random.default_rng(0).random((20, 3, 4))
    data = am.Dataset.from_arrays(x, np.arange(20) % 2)
    trained = am.train(am.mlp(12, 4, 1), data, am.Training(epochs=1), seeds=1, progress=False).best
    assert first_layer_data(trained).images.shape == (4, 3, 4)
    assert first_layer_data(trained, (6, 2)).images.shape == (4, 6, 2)


def test_a_first_layer_of_images_has_kernels_instead():
    network = am.lenet1989()
    with pytest.raises(am.DescriptionError, match=r"a dense first layer.*draw kernels instead"):
        first_layer_data(am.Model(network, np.zeros(network.n_parameters)))
