"""Networks of which some inputs are held: the same function in the plane of the others."""

import numpy as np
import pytest

import amenable as am
from amenable.population.held import hold_data, hold_inputs, places_of


@pytest.fixture(scope="module")
def data():
    return am.load("iris")


@pytest.fixture(scope="module")
def population(data):
    networks = [am.mlp(4, 3, 3), am.mlp(4, 5, 2, 3, bias=False)]
    training = am.Training(epochs=5, dtype="float64")
    return am.train(networks, data, training, seeds=2, snapshots=True, progress=False)


def plane(data, places, x):
    """Samples of all inputs, the others at their median in training."""
    whole = np.tile(np.median(data.x[data.training], axis=0), (len(x), 1))
    whole[:, places] = x
    return whole


@pytest.mark.parametrize("places", [[2, 3], [3, 0]])
def test_the_function_is_the_same_in_the_plane(data, population, places):
    x = np.random.default_rng(0).normal(size=(20, 2))
    held = hold_inputs(population, data, places)
    assert held.data.n_inputs == 2
    assert [it.structure for it in held.networks] == ["2-3-3", "2-5-2-3"]
    for one, fewer in zip(population, held, strict=True):
        expected = one.decision(plane(data, places, x))
        np.testing.assert_allclose(fewer.decision(x), expected, atol=1e-12)
        alone = hold_inputs(one, data, places)
        np.testing.assert_allclose(alone.decision(x), expected, atol=1e-12)
        assert (alone.seed, alone.status) == (one.seed, one.status)
        snapshots = held.records.of_trial("snapshots", fewer.seed)
        assert snapshots.shape[1] in {it.n_parameters for it in held.networks}


def test_the_data_has_these_inputs_only(data):
    fewer = hold_data(data, [3, 1])
    assert fewer.features == (data.features[3], data.features[1])
    assert np.array_equal(fewer.x, data.x[:, [3, 1]])
    assert np.array_equal(fewer.test, data.test)


def test_models_made_by_hand(data):
    model = am.Model(am.mlp(4, 3), np.arange(15.0))
    x = np.ones((1, 2))
    expected = model.decision(plane(data, [0, 1], x))
    np.testing.assert_allclose(hold_inputs(model, data, [0, 1]).decision(x), expected, rtol=1e-5)


def test_inputs_by_name_and_number(data):
    assert places_of(data, ["petal width (cm)", "0"]) == [3, 0]
    for names, match in (
        (["petal"], "has no input 'petal'"),
        (["9", "1"], "has no input '9'"),
        (["0", "sepal length (cm)"], "expected different inputs"),
    ):
        with pytest.raises(am.DataError, match=match):
            places_of(data, names)


def test_networks_whose_inputs_reach_further_are_refused(data):
    layers = [am.Dense(3, "tanh"), am.Dense(3, "identity", shortcuts=(0,))]
    one = am.train(am.Network(4, layers), data, am.Training(epochs=1), seeds=1).best
    with pytest.raises(am.DataError, match="only a dense first layer sees them"):
        hold_inputs(one, data, [0, 1])
