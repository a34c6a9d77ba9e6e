"""What layers make of an image: the arrays, which sample, the drawing."""

import numpy as np
import pytest

import amenable as am
from amenable.figures.canvas import encode, new_figure
from amenable.figures.feature_maps import draw_feature_maps, feature_maps_data


@pytest.fixture(scope="module")
def data():
    return am.load("digits", test=0.1).fitted_to((1, 16, 16), scale=(-1, 1))


def model(network, value=None):
    n = network.n_parameters
    flat = np.random.default_rng([1]).normal(0, 0.2, n) if value is None else np.full(n, value)
    return am.Model(network, flat)


def test_maps_are_the_outputs_of_the_layers(data):
    it = model(am.lenet1989())
    found = feature_maps_data(it, data, sample=5, split="validation")
    row = data.split("validation")[0][5:6]
    np.testing.assert_array_equal(found.image.reshape(1, -1), row)
    for maps, expected in zip(found.layers, it.layers(row), strict=True):
        np.testing.assert_array_equal(maps.reshape(1, -1), expected)
    assert [maps.shape for maps in found.layers][:2] == [(12, 8, 8), (12, 4, 4)]
    assert found.is_dense == (False, False, True, True)
    assert found.classes == data.classes


def test_by_default_the_first_test_sample(data):
    found = feature_maps_data(model(am.lenet1989()), data)
    np.testing.assert_array_equal(found.image.reshape(-1), data.split("test")[0][0])
    assert found.about.startswith("Test sample 0 of 'digits': its class is '")
    assert "outputs of 4 layers" in found.caption


def test_a_trained_network_says_what_it_takes_the_image_for(data):
    it = am.train(am.lenet1989(), data, am.Training(epochs=1, loss="squared"), seeds=1).best
    x, y = data.split("test")
    wrong = np.flatnonzero(it.predict(x) != y)[0]
    right = np.flatnonzero(it.predict(x) == y)[0]
    said = feature_maps_data(it, data, int(wrong)).about
    assert f"the network says '{it.predict(x)[wrong]}'" in said
    assert "as the network says" in feature_maps_data(it, data, int(right)).about


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("network", "value"),
    [
        (am.lenet1989(), None),
        (am.lenet1989(), np.nan),
        (am.lenet1989(), 0.0),
        (am.mlp(256, 70, 3, 10), None),
        (am.Network((1, 16, 16), [am.Conv2d(80, 3), am.MaxPool2d(2), am.Dense(1)]), None),
    ],
)
def test_the_drawing_is_the_same_twice(data, network, value, theme):
    found = feature_maps_data(model(network, value), data)
    first, second = (encode(draw_feature_maps(found, theme=theme), "png", 40) for _ in range(2))
    assert first == second
    assert found.caption.endswith(".")


def test_images_with_colours_are_drawn():
    x = np.random.default_rng([0]).uniform(size=(20, 3, 6, 6))
    data = am.Dataset.from_arrays(x, np.arange(20) % 2)
    network = am.Network((3, 6, 6), [am.Conv2d(2, 3), am.Dense(1)])
    found = feature_maps_data(model(network), data)
    assert found.image.shape == (3, 6, 6)
    encode(draw_feature_maps(found), "png", 40)


def test_it_draws_on_the_callers_figure(data):
    figure = new_figure()
    part, other = figure.subfigures(1, 2)
    assert draw_feature_maps(feature_maps_data(model(am.lenet1989()), data), part) is figure
    assert part.axes
    assert not other.axes


def test_bad_input_is_named(data):
    it = model(am.lenet1989())
    with pytest.raises(am.DescriptionError, match="sample: expected"):
        feature_maps_data(it, data, 10_000)
    with pytest.raises(am.DescriptionError, match="split"):
        feature_maps_data(it, data, split="other")
    with pytest.raises(
        am.DataError, match=r"has images of 8x8, but the network 16x16-.* takes 16x16"
    ):
        feature_maps_data(it, am.load("digits"))
    with pytest.raises(am.DescriptionError, match="inputs that are pixels"):
        feature_maps_data(model(am.mlp(2, 1)), am.load("moons"))
    with pytest.raises(am.DescriptionError, match="data: expected a Dataset"):
        feature_maps_data(it, "digits")
