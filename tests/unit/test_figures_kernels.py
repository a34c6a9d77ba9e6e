"""Kernels as images: which weights stand where, and the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import encode, new_figure
from amenable.figures.kernels import draw_kernels, kernels_data


def model(network, value=None):
    n = network.n_parameters
    flat = np.random.default_rng([1]).normal(size=n) if value is None else np.full(n, value)
    return am.Model(network, flat)


def net(*layers, shape=(2, 6, 6)):
    return am.Network(shape, (*layers, am.Dense(2)))


def test_kernels_are_the_weights_and_what_is_not_seen_is_empty():
    it = model(am.lenet1989())
    first, second = kernels_data(it).layers
    np.testing.assert_array_equal(first.images[0], it.weights["1.weight"][:, 0])
    table = am.lenet1989().layers[1].connections
    for m, seen in enumerate(table):
        for place, source in enumerate(seen):
            expected = it.weights["2.weight"][m, place]
            np.testing.assert_array_equal(second.images[source, m], expected)
        others = sorted(set(range(12)) - set(seen))
        assert np.isnan(second.images[others, m]).all()
    assert "96 kernels" in kernels_data(it).caption


def test_maps_that_see_unequally_many():
    it = model(net(am.Conv2d(2, kernel=(2, 3), connections=[[1], [0, 1]])))
    (found,) = kernels_data(it).layers
    flat = it.weights["1.weight"]
    np.testing.assert_array_equal(found.images[1, 0], flat[0])
    np.testing.assert_array_equal(found.images[:, 1], flat[1:])
    assert np.isnan(found.images[0, 0]).all()


def test_unshared_kernels_lie_side_by_side():
    it = model(net(am.LocallyConnected2d(3, kernel=2, stride=2)))
    (found,) = kernels_data(it).layers
    assert found.images.shape == (2, 3, 6, 6)
    weights = it.weights["1.weight"]  # (maps, rows, columns, seen, height, width)
    np.testing.assert_array_equal(found.images[1, 2][2:4, 4:6], weights[2, 1, 2, 1])
    assert "side by side" in kernels_data(it).caption


def test_many_maps_are_cut_and_it_is_told():
    it = model(net(am.Conv2d(30, kernel=3)))
    (found,) = kernels_data(it).layers
    assert found.images.shape == (2, 20, 3, 3)
    assert "maps 20 of 30" in kernels_data(it).caption


def test_chosen_layers():
    it = model(am.lenet5())
    assert [found.layer for found in kernels_data(it).layers] == [1, 3, 5]
    assert [found.layer for found in kernels_data(it, [3]).layers] == [3]
    with pytest.raises(am.DescriptionError, match="layers: expected layers with kernels, 1, 3 and"):
        kernels_data(it, [2])


@pytest.mark.parametrize(
    "it",
    [
        model(am.lenet1989()),
        model(net(am.Conv2d(1, kernel=1), shape=(1, 3, 3))),
        model(net(am.LocallyConnected2d(3, kernel=2, stride=2))),
        model(am.lenet1(), 0.0),
        model(am.lenet1(), np.nan),
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(it, theme):
    found = kernels_data(it)
    first, second = (encode(draw_kernels(found, theme=theme), "png", 50) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_figure():
    figure = new_figure()
    part, other = figure.subfigures(1, 2)
    found = draw_kernels(kernels_data(model(am.lenet1989())), part)
    assert isinstance(found, Figure)
    assert found is figure
    assert part.axes
    assert not other.axes


def test_what_has_no_kernels_is_refused():
    with pytest.raises(am.DescriptionError, match="model: expected a network with convolutions"):
        kernels_data(model(am.mlp(4, 3, 2)))
    with pytest.raises(am.DescriptionError, match="model: expected a Model"):
        kernels_data(am.lenet1())
