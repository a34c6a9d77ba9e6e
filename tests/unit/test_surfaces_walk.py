"""Walks and matching: barriers that are known, orders and signs that change nothing."""

import numpy as np
import pytest

import amenable as am
from amenable.network import Dense, Network
from amenable.surfaces import match_neurons, walk

MOONS = am.load("moons")


@pytest.fixture(scope="module")
def pair():
    return am.train(am.mlp(2, 8, 6, 1), MOONS, am.Training(epochs=40), seeds=2, progress=False)


def scrambled(model, seed=0):
    """The same function: every hidden layer in another order, odd neurons with other signs."""
    rng = np.random.default_rng(seed)
    weights = model.weights
    for k, layer in enumerate(model.network.layers[:-1], start=1):
        order = rng.permutation(layer.units)
        sign = rng.choice([-1.0, 1.0], layer.units)
        if layer.activation not in ("tanh", "sine", "softsign", "scaled_tanh", "identity"):
            sign[:] = 1.0
        weights[f"{k}.weight"] = weights[f"{k}.weight"][order] * sign[:, None]
        weights[f"{k}.bias"] = weights[f"{k}.bias"][order] * sign
        weights[f"{k + 1}.weight"] = weights[f"{k + 1}.weight"][:, order] * sign
    return am.Model.from_weights(model.network, weights, model.dtype)


@pytest.mark.parametrize("activation", ["tanh", "sine", "softsign", "sigmoid", "relu"])
def test_a_scrambled_network_is_put_back_in_order(activation):
    network = am.mlp(2, 7, 5, 2, activation=activation)
    flat = np.random.default_rng(1).normal(size=network.n_parameters)
    model = am.Model(network, flat, "float64")
    other = scrambled(model)
    assert not np.allclose(other.flat, model.flat)
    np.testing.assert_allclose(match_neurons(model, other).flat, model.flat, atol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "gaussian", "sigmoid", "relu", "identity"])
def test_matching_does_not_change_the_function(activation):
    network = Network(
        2,
        (
            Dense(6, activation),
            Dense(5, activation, bias=False, shortcuts=(0,)),
            Dense(4, activation, shortcuts=(1, 0)),
            Dense(2, "identity", shortcuts=(2, 1)),
        ),
    )
    rng = np.random.default_rng(0)
    a, b = (am.Model(network, rng.normal(size=network.n_parameters), "float64") for _ in range(2))
    found = match_neurons(a, b)
    x = rng.normal(size=(30, 2))
    np.testing.assert_allclose(found.decision(x), b.decision(x), rtol=1e-11, atol=1e-12)
    assert not np.array_equal(found.flat, b.flat)
    assert np.linalg.norm(found.flat - a.flat) < np.linalg.norm(b.flat - a.flat)
    np.testing.assert_array_equal(match_neurons(a, found).flat, found.flat)


def test_even_neurons_may_turn_what_comes_in():
    network = am.mlp(1, 1, 1, activation="gaussian")
    a = am.Model(network, [2.0, 1.0, 3.0, 0.0])
    found = match_neurons(a, a.with_flat([-2.0, -1.0, 3.0, 0.0]))
    np.testing.assert_array_equal(found.flat, a.flat)


def test_matched_with_itself_nothing_changes(pair):
    np.testing.assert_array_equal(match_neurons(pair[0], pair[0]).flat, pair[0].flat)
    single = am.Model(am.mlp(2, 1), [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(match_neurons(single, single).flat, single.flat)


def test_a_walk_has_its_ends_and_a_matched_one_is_shorter(pair):
    straight, matched = (walk(*pair, MOONS, match=it) for it in (False, True))
    np.testing.assert_allclose(straight.loss[[0, -1]], pair.loss["training"], atol=1e-12)
    np.testing.assert_allclose(matched.loss[[0, -1]], pair.loss["training"], rtol=1e-5)
    assert matched.distance < straight.distance and matched.is_matched
    assert straight.metric[0] == pair[0].metric["training"]
    assert straight.barrier == pytest.approx((straight.loss - straight.straight).max())
    assert "matched with the first" in matched.caption


def test_a_walk_to_the_same_network_scrambled_needs_no_barrier(pair):
    other = scrambled(pair[0])
    assert walk(pair[0], other, MOONS).barrier > 0.01
    assert walk(pair[0], other, MOONS, match=True).barrier < 1e-6


def test_the_barrier_of_a_known_valley():
    data = am.Dataset.from_arrays(
        [[1.0], [-1.0]], [1.0, -1.0], validation=0, test=0, task="regression"
    )
    network = am.mlp(1, 1, 1, activation="identity", bias=False)
    a, b = (am.Model(network, it, "float64") for it in ([1.0, 1.0], [-1.0, -1.0]))
    training = am.Training(dtype="float64")
    found = walk(a, b, data, training, points=5)  # loss (1 - t^2)^2 for t from 1 to -1
    np.testing.assert_allclose(found.loss, [0.0, 0.5625, 1.0, 0.5625, 0.0], atol=1e-15)
    assert found.barrier == pytest.approx(1.0) and found.positions[found.top] == 0.5
    assert walk(a, b, data, training, points=5, match=True).barrier == 0.0
    bowl = walk(a.with_flat([0.0, 1.0]), a.with_flat([2.0, 1.0]), data, training)
    assert bowl.barrier == 0.0 and "barrier none" in bowl.caption


def test_a_hand_made_and_a_trained_network_can_be_joined(pair):
    made = pair[0].with_flat(np.ones(pair[0].network.n_parameters))
    assert walk(made, pair[1], MOONS).problem.training == pair[1].training
    with pytest.raises(am.DescriptionError, match="training: expected a Training"):
        walk(made, made, MOONS)


def test_dropout_does_not_make_networks_different(pair):
    dropped = am.Model(am.mlp(2, 8, 6, 1, dropout=0.5), pair[1].flat)
    np.testing.assert_array_equal(walk(pair[0], dropped, MOONS).loss, walk(*pair, MOONS).loss)


def test_losses_on_the_way_may_be_infinite():
    data = am.Dataset.from_arrays([[1.0]] * 2, [0.0, 1.0], validation=0, test=0, task="regression")
    model = am.Model(am.mlp(1, 1, 1, activation="identity", bias=False), [1e15, 0.0])
    found = walk(model, model.with_flat([0.0, 1e15]), data, am.Training())
    assert found.barrier == np.inf and np.isnan(found.metric[50])
    assert "barrier not finite" in found.caption
    ends = walk(model.with_flat([1e15, 1e15]), model, data, am.Training())
    assert np.isnan(ends.barrier)


def test_wrong_arguments_are_named(pair):
    with pytest.raises(am.DescriptionError, match="b: expected a Model"):
        walk(pair[0], "moons", MOONS)
    with pytest.raises(am.DescriptionError, match=r"b: expected the network of a, 2-8-6-1"):
        walk(pair[0], am.Model(am.mlp(2, 1), np.ones(3)), MOONS)
    with pytest.raises(am.DescriptionError, match="points: expected an integer >= 2"):
        walk(*pair, MOONS, points=1)
    with pytest.raises(am.DescriptionError, match="match: expected True or False"):
        walk(*pair, MOONS, match="yes")
