"""Surfaces and walks of networks with layers of images."""

import numpy as np
import pytest

import amenable as am
from amenable.surfaces import around, match_neurons, walk
from amenable.surfaces.directions import neurons

NETWORK = am.Network(
    (1, 8, 8),
    [
        am.Conv2d(3, 3, activation="tanh", unit_biases=True),
        am.AvgPool2d(2, coefficient=True, bias=True),
        am.Conv2d(2, 2, connections=[[0], [0, 2]]),
        am.LocallyConnected2d(2, (1, 2), unit_biases=False),
        am.MaxPool2d(1),
        am.Dense(10, "identity"),
    ],
)


@pytest.fixture(scope="module")
def population():
    return am.train(NETWORK, "digits", am.Training(epochs=2), seeds=2)


def test_every_parameter_is_of_one_neuron():
    found = neurons(NETWORK)
    assert np.array_equal(np.sort(np.concatenate(found)), np.arange(NETWORK.n_parameters))
    sizes = [9 + 36] * 3 + [2] * 3 + [4 + 1, 8 + 1] + [2 * 2] * 4 + [1] * 2 + [5] * 10
    assert [len(own) for own in found] == sizes
    assert [len(own) for own in neurons(am.mlp(2, 3, 1))] == [3, 3, 3, 4]
    pool = am.Network((2, 4, 4), [am.AvgPool2d(2, bias=True), am.Dense(1)])
    assert [len(own) for own in neurons(pool)] == [1, 1, 9]


def test_neurons_of_a_convolution_are_its_maps():
    first = neurons(NETWORK)[1]
    names = np.empty(NETWORK.n_parameters, dtype=object)
    at = 0
    for name, shape in NETWORK.parameter_shapes:
        n = int(np.prod(shape))
        names[at : at + n] = [f"{name} of map {i * shape[0] // n}" for i in range(n)]
        at += n
    assert set(names[first]) == {"1.weight of map 1", "1.bias of map 1"}


def test_surfaces_and_walks(population):
    surface = around(population[0], "digits", resolution=3)
    assert np.isfinite(surface.loss).all()
    found = walk(population[0], population[1], "digits", points=3)
    assert np.isfinite(found.loss).all()


def test_matching_is_refused(population):
    with pytest.raises(am.DescriptionError, match=r"^match_neurons: expected networks of dense la"):
        match_neurons(population[0], population[1])


def test_networks_that_differ_in_kernels_only_are_told_apart(population):
    layers = (am.Conv2d(3, 3, padding=0, unit_biases=True), *NETWORK.layers[1:5])
    other = am.Network((1, 8, 8), [*layers, am.Dense(10, "identity", bias=False)])
    model = am.Model(other, np.zeros(other.n_parameters))
    with pytest.raises(am.DescriptionError, match="of conv 3x3, mean 2x2, conv 2x2, local 1x2"):
        walk(population[0], model, "digits")
