"""A network with weights that nobody trained: its outputs, its file, what it refuses."""

import numpy as np
import pytest

import amenable as am
from amenable.network import Conv2d, flatten, mlp, unflatten

NETWORK = mlp(2, 3, 1, activation="sigmoid")
WEIGHTS = {
    "1.weight": [[1.0, -1.0], [0.5, 0.0], [0.0, 2.0]],
    "1.bias": [0.0, -0.25, 1.0],
    "2.weight": [[1.0, -2.0, 0.5]],
    "2.bias": [0.125],
}
X = np.array([[0.0, 0.0], [1.0, -1.0], [-3.0, 0.5]])


def model(dtype="float64"):
    return am.Model.from_weights(NETWORK, WEIGHTS, dtype)


def test_outputs_are_those_of_the_arithmetic_written_out():
    sums = X @ np.array(WEIGHTS["1.weight"]).T + WEIGHTS["1.bias"]
    hidden = 1 / (1 + np.exp(-sums))
    outputs = hidden @ np.array(WEIGHTS["2.weight"]).T + WEIGHTS["2.bias"]
    it = model()
    for found, expected in zip(it.preactivations(X), (sums, outputs), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    for found, expected in zip(it.layers(X), (hidden, outputs), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    np.testing.assert_array_equal(it.decision(X), it.layers(X)[-1])
    np.testing.assert_array_equal(it.predict(X), it.decision(X))


def test_preactivations_reach_through_shortcuts():
    network = am.Network(1, [am.Dense(2, "relu"), am.Dense(1, "tanh", shortcuts=[0])])
    it = am.Model(network, [1.0, -1.0, 0.0, 0.0, 1.0, 1.0, 10.0, 0.5], "float64")
    np.testing.assert_allclose(it.preactivations([[-2.0]])[1], [[2.0 - 20.0 + 0.5]])


def test_arrays_by_name_and_flat_are_the_same():
    flat = np.arange(2 * NETWORK.n_parameters, dtype=float).reshape(2, -1)
    parts = unflatten(NETWORK, flat)
    assert parts["1.weight"].shape == (2, 3, 2)
    back = flatten(NETWORK, {name: array[1] for name, array in parts.items()})
    np.testing.assert_array_equal(back, flat[1])


def test_a_file_gives_it_back_to_the_bit(tmp_path):
    it = am.Model(NETWORK, np.random.default_rng(0).normal(size=13), "float64", "made up")
    it.save(tmp_path / "m.npz")
    back = am.Model.load(tmp_path / "m.npz")
    assert (back.network, back.dtype, back.about) == (NETWORK, "float64", "made up")
    np.testing.assert_array_equal(back.flat, it.flat)


def test_a_file_of_another_kind_says_what_reads_it(tmp_path):
    model().save(tmp_path / "m.npz")
    with pytest.raises(am.FileError, match=r"holds a model.*use Model\.load"):
        am.Population.load(tmp_path / "m.npz")


def test_training_goes_on_from_it():
    start = am.Model.from_weights(NETWORK, WEIGHTS)
    training = am.Training(epochs=1)
    by_model = am.train(NETWORK, "moons", training, seeds=2, start=start, frozen={"1.bias": True})
    by_name = am.train(NETWORK, "moons", training, seeds=2, start=WEIGHTS, frozen={"1.bias": True})
    np.testing.assert_array_equal(by_model.weights, by_name.weights)
    np.testing.assert_array_equal(by_model.best.weights["1.bias"], WEIGHTS["1.bias"])


def test_it_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        model().flat[0] = 1.0


@pytest.mark.parametrize(
    ("error", "match", "make"),
    [
        (am.DescriptionError, "Model.network: expected a Network", lambda: am.Model("x", [1.0])),
        (
            am.DataError,
            r"Model.flat: expected numbers of shape \(13,\)",
            lambda: am.Model(NETWORK, [1.0]),
        ),
        (am.DescriptionError, "Model.dtype", lambda: am.Model(NETWORK, np.zeros(13), "float16")),
        (
            am.DataError,
            "'2.bias' is missing",
            lambda: am.Model.from_weights(
                NETWORK, {k: v for k, v in WEIGHTS.items() if k != "2.bias"}
            ),
        ),
        (
            am.DataError,
            "did you mean '?1.bias",
            lambda: am.Model.from_weights(NETWORK, WEIGHTS | {"1.bais": [0]}),
        ),
        (
            am.DataError,
            "decision: x has 3 inputs, expected 2",
            lambda: model().decision([[1.0, 2.0, 3.0]]),
        ),
        (am.DataError, "not a finite|nan|finite", lambda: model().layers([[1.0, np.nan]])),
    ],
)
def test_bad_input_is_named(error, match, make):
    with pytest.raises(error, match=match):
        make()


def test_images_have_the_shape_of_the_network_or_are_flat():
    network = am.Network((1, 4, 6), [Conv2d(2, 3), am.Dense(2)])
    it = am.Model(network, np.linspace(-1, 1, network.n_parameters))
    x = np.random.default_rng(0).random((5, 24))
    expected = it.decision(x)
    for shape in ((5, 4, 6), (5, 1, 4, 6)):
        np.testing.assert_array_equal(it.decision(x.reshape(shape)), expected)
    for shape in ((5, 6, 4), (5, 2, 12), (5, 1, 6, 4), (5, 4, 6, 1), (5, 2, 3, 4)):
        with pytest.raises(am.DataError, match=r"images of shape.*or rows of 24 numbers"):
            it.decision(x.reshape(shape))


def test_about_is_a_text():
    with pytest.raises(am.DescriptionError, match="about: expected a text, got 3"):
        am.Model(mlp(1, 1), [1.0, 0.0], about=3)
