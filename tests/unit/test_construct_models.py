"""What was worked out by hand is a model like any other: saved, folded, trained further."""

import numpy as np
import pytest

import amenable as am
from amenable import construct

MODELS = {
    "approximate": lambda: construct.approximate(np.sin, 0, 3, 0.1),
    "detector": lambda: construct.detector(1.0),
    "fold": lambda: construct.fold(construct.square(2)),
    "logic": lambda: construct.logic("a and b xor c", "sigmoid"),
    "parity": lambda: construct.parity(3),
    "passthrough": construct.passthrough,
    "relu_from_sigmoids": lambda: construct.relu_from_sigmoids(-2, 2, 0.01),
    "sawtooth": lambda: construct.sawtooth(4),
    "square": lambda: construct.square(4),
}


def test_all_that_is_public_is_here():
    assert sorted([*MODELS, "passthrough_scale"]) == sorted(construct.__all__)
    for name in construct.__all__:
        assert getattr(construct, name).__doc__


@pytest.mark.parametrize("name", MODELS)
def test_each_says_what_it_is_and_is_the_same_from_a_file(name, tmp_path):
    model = MODELS[name]()
    assert type(model) is am.Model
    assert model.about.endswith((".", ")"))
    model.save(tmp_path / "m.npz")
    back = am.Model.load(tmp_path / "m.npz")
    assert (back.network, back.dtype, back.about) == (model.network, model.dtype, model.about)
    x = np.random.default_rng(0).uniform(0, 1, (20, model.network.inputs))
    np.testing.assert_array_equal(back.decision(x), model.decision(x))


def test_a_formula_is_trained_further_and_stays_right():
    rows = np.array([[a, b] for a in (0.0, 1) for b in (0.0, 1)] * 4)
    labels = (rows[:, 0] != rows[:, 1]).astype(int)
    data = am.Dataset.from_arrays(rows, labels, validation=0.0, test=0.0)
    model = construct.logic("x1 xor x2", "sigmoid")
    training = am.Training(am.SGD(0.5), batch="full", steps=200, loss="squared")
    population = am.train(
        model.network, data, training, seeds=1, start=model, frozen={"1.weight": True}
    )
    trained = population[0]
    np.testing.assert_array_equal(
        trained.weights["1.weight"], np.float32(model.weights["1.weight"])
    )
    assert not np.array_equal(trained.weights["2.weight"], model.weights["2.weight"])
    before = np.mean((model.decision(rows)[:, 0] - labels) ** 2)
    assert np.mean((trained.decision(rows)[:, 0] - labels) ** 2) < before


def test_a_staircase_is_trained_further():
    x = np.linspace(0, 3, 200)[:, None]
    data = am.Dataset.from_arrays(x, np.sin(x[:, 0]), validation=0.0, test=0.0)
    model = construct.approximate(np.sin, 0, 3, 0.1)
    before = np.mean((model.decision(x)[:, 0] - np.sin(x[:, 0])) ** 2)
    training = am.Training(am.SGD(0.02), batch="full", steps=300, loss="squared", dtype="float64")
    frozen = {"1.weight": True, "1.bias": True}
    trained = am.train(model.network, data, training, seeds=1, start=model, frozen=frozen)[0]
    np.testing.assert_array_equal(trained.weights["1.bias"], model.weights["1.bias"])
    assert np.mean((trained.decision(x)[:, 0] - np.sin(x[:, 0])) ** 2) < before


def test_steps_have_no_gradient_to_train_by():
    model = construct.logic("x1 and x2")
    with pytest.raises(am.DescriptionError, match="gradient"):
        am.train(model.network, "xor", seeds=1, start=model)
