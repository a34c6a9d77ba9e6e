"""Identity layers merged: the same function, fewer layers."""

import numpy as np
import pytest

import amenable as am
from amenable.construct import fold

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 3))


def made(layers, inputs=3, dtype="float64", seed=0):
    network = am.Network(inputs, tuple(layers))
    flat = np.random.default_rng(seed).normal(size=network.n_parameters)
    return am.Model(network, flat, dtype, "made")


def same(model, folded):
    np.testing.assert_allclose(folded.decision(X), model.decision(X), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 5, 20])
def test_any_number_of_linear_layers_is_one(depth):
    model = made([am.Dense(4, "identity") for _ in range(depth)])
    folded = fold(model)
    assert folded.network == am.mlp(3, 4)
    scale = np.abs(model.decision(X)).max()
    np.testing.assert_allclose(folded.decision(X) / scale, model.decision(X) / scale, atol=1e-12)
    assert folded.about == {1: "made", 2: "made (1 identity layer merged)"}.get(
        depth, f"made ({depth - 1} identity layers merged)"
    )


def test_only_layers_without_an_activation_are_merged():
    model = made(
        [
            am.Dense(5, "identity"),
            am.Dense(4, "tanh"),
            am.Dense(2, "identity"),
            am.Dense(6, "identity"),
            am.Dense(3, "relu", dropout=0.25),
            am.Dense(2, "identity"),
        ]
    )
    folded = fold(model)
    assert [it.activation for it in folded.network.layers] == ["tanh", "relu", "identity"]
    assert folded.network.layers[1].dropout == 0.25
    same(model, folded)


def test_what_has_no_identity_layer_inside_stays_to_the_bit():
    model = made([am.Dense(4, "tanh"), am.Dense(1, "identity")])
    folded = fold(model)
    assert folded.network == model.network
    np.testing.assert_array_equal(folded.flat, model.flat)


def test_layers_without_bias_stay_without_unless_they_need_one():
    plain = made([am.Dense(4, "identity", bias=False), am.Dense(2, "tanh", bias=False)])
    assert not fold(plain).network.layers[0].bias
    same(plain, fold(plain))
    mixed = made([am.Dense(4, "identity"), am.Dense(2, "tanh", bias=False)])
    assert fold(mixed).network.layers[0].bias
    same(mixed, fold(mixed))


def test_shortcuts_from_and_past_merged_layers_are_followed():
    model = made(
        [
            am.Dense(4, "identity"),
            am.Dense(3, "tanh", shortcuts=(0,)),
            am.Dense(2, "identity", shortcuts=(1, 0)),
            am.Dense(5, "sigmoid", shortcuts=(1, 2)),
            am.Dense(2, "identity", shortcuts=(3, 1)),
        ]
    )
    folded = fold(model)
    assert [it.shortcuts for it in folded.network.layers] == [(), (0,), (0, 1)]
    same(model, folded)


def test_a_merged_layer_that_ignores_the_one_before_it():
    """The layer before stays its input, with weight zero, and the shortcut carries all."""
    network = am.Network(3, (am.Dense(2, "tanh"), am.Dense(1, "identity", shortcuts=(0,))))
    weights = {
        "1.weight": np.ones((2, 3)),
        "1.bias": np.zeros(2),
        "2.weight": [[0.0, 0.0, 1.0, 2.0, 3.0]],
        "2.bias": [0.5],
    }
    model = am.Model.from_weights(network, weights, "float64")
    same(model, fold(model))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_kept_and_a_trained_network_becomes_a_model(dtype):
    training = am.Training(steps=20, dtype=dtype)
    trained = am.train(am.mlp(2, 4, 1, activation="identity"), "moons", training, seeds=1)[0]
    folded = fold(trained)
    assert type(folded) is am.Model
    assert folded.dtype == dtype
    assert folded.network == am.mlp(2, 1)
    x = np.random.default_rng(1).normal(size=(20, 2))
    np.testing.assert_allclose(folded.decision(x), trained.decision(x), rtol=1e-5, atol=1e-6)


def test_a_bottleneck_may_grow():
    model = made([am.Dense(2, "identity"), am.Dense(100, "identity")], inputs=100)
    assert (model.network.n_parameters, fold(model).network.n_parameters) == (502, 10_100)


def test_what_is_refused():
    with pytest.raises(am.DescriptionError, match=r"fold\.model: expected a Model"):
        fold(am.mlp(2, 1))
    huge = am.Model(am.mlp(1, 1, 1, activation="identity"), np.array([1e200, 0, 1e200, 0]))
    with pytest.raises(am.DataError, match="beyond the largest number"):
        fold(huge)
