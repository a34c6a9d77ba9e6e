"""TrainedNetwork: what it predicts agrees with its weights, and with what was measured."""

from dataclasses import replace

import numpy as np
import pytest

import amenable as am

SHORT = am.Training(epochs=10)


def trained(network, data, training=SHORT, **options):
    return am.train(network, data, training, seeds=2, **options).best


@pytest.fixture(scope="module")
def moons():
    return trained(am.mlp(2, 5, 3, 1), "moons", am.Training(epochs=10, dtype="float64"))


def forward(weights, x, depth):
    """Outputs of every layer of a tanh network, straight from the definition."""
    outputs = []
    for k in range(1, depth + 1):
        x = x @ weights[f"{k}.weight"].T + weights[f"{k}.bias"]
        x = np.tanh(x) if k < depth else x
        outputs.append(x)
    return outputs


class TestWeights:
    def test_layout_is_pytorchs_and_flat_is_all_of_it(self, moons):
        shapes = {name: array.shape for name, array in moons.weights.items()}
        assert shapes == dict(moons.network.parameter_shapes)
        joined = np.concatenate([array.reshape(-1) for array in moons.weights.values()])
        assert np.array_equal(joined, moons.flat)
        assert moons.flat.shape == (37,)

    def test_cannot_be_changed(self, moons):
        with pytest.raises(ValueError, match="read-only"):
            moons.flat[0] = 1
        with pytest.raises(ValueError, match="read-only"):
            moons.weights["1.bias"][0] = 1


class TestOutputs:
    def test_layers_follow_from_the_weights(self, moons):
        x = np.random.default_rng(1).normal(size=(7, 2))
        expected = forward(moons.weights, x, 3)
        for found, one in zip(moons.layers(x), expected, strict=True):
            assert found.shape == one.shape
            assert np.allclose(found, one, rtol=1e-12, atol=1e-14)
        assert np.array_equal(moons.layers(x)[-1], moons.decision(x))

    def test_accuracy_of_predictions_is_the_one_measured(self):
        for name, outputs in (("moons", 1), ("iris", 3)):
            data = am.load(name)
            it = trained(am.mlp(data.n_inputs, 4, outputs), data)
            for split in ("training", "validation"):
                x, y = data.split(split)
                accuracy = np.mean(it.predict(x) == y)
                assert accuracy == pytest.approx(it.metric[split], abs=1e-6)

    @pytest.mark.parametrize("targets", [(0.0, 1.0), (-1.0, 1.0), (2.0, 3.0)])
    def test_codes_of_classes_do_not_matter_to_predictions(self, targets):
        data = am.load("moons")
        training = am.Training(epochs=20, loss="squared", targets=targets)
        it = trained(am.mlp(2, 8, 1), data, training)
        x, y = data.split("validation")
        assert np.mean(it.predict(x) == y) == pytest.approx(it.metric["validation"], abs=1e-6)
        assert it.metric["validation"] > 0.7

    def test_class_names(self):
        x = np.random.default_rng(0).normal(size=(40, 2))
        sides = x[:, 0] > 0
        for names, kind in (
            (["no", "yes"], "U"),
            ([-3, 10], "i"),
            (["1", str(2**63)], "U"),
            (["01", "1"], "U"),
        ):
            it = trained(am.mlp(2, 1), (x, np.array(names)[sides.astype(int)]))
            found = it.predict(x)
            assert found.dtype.kind == kind
            assert set(found.tolist()) == set(names)
            assert np.mean((found == np.array(names)[1]) == sides) > 0.8

    def test_regression_predicts_values(self):
        it = trained(am.mlp(1, 4, 1), "sine")
        x, y = am.load("sine").split("validation")
        assert it.predict(x).shape == y.shape
        assert it.metric_name == "r2"
        r2 = 1 - np.sum((it.predict(x) - y) ** 2) / np.sum((y - y.mean()) ** 2)
        assert r2 == pytest.approx(it.metric["validation"], abs=1e-4)

    def test_probabilities(self):
        x = np.array([[0.0, 0.0], [100.0, -3.0]])
        two = trained(am.mlp(2, 3, 1), "moons")
        found = two.probabilities(x)
        assert found.shape == (2, 2)
        assert np.allclose(found.sum(axis=1), 1)
        z = two.decision(x)[0, 0]
        assert found[0, 1] == pytest.approx(1 / (1 + np.exp(-z)))
        three = trained(am.mlp(4, 3), "iris")
        x = am.load("iris").x
        assert np.allclose(three.probabilities(x).sum(axis=1), 1)
        best = three.probabilities(x).argmax(axis=1)
        assert np.array_equal(np.array(three.data.classes)[best], three.predict(x))
        each = trained(am.mlp(4, 3), "iris", am.Training(loss="logistic", epochs=2))
        assert np.allclose(each.probabilities(x), 1 / (1 + np.exp(-each.decision(x))))

    def test_probabilities_need_a_loss_that_has_them(self):
        it = trained(am.mlp(2, 3, 1), "moons", am.Training(epochs=1, loss="hinge"))
        with pytest.raises(am.DescriptionError, match=r"got hinge; use decision\(x\)"):
            it.probabilities([[0.0, 0.0]])

    @pytest.mark.parametrize(
        ("x", "match"),
        [
            ([0.0, 1.0], r"predict: x has shape \(2,\)"),
            ([[0.0]], "predict: x has 1 inputs, expected 2"),
            ([[0.0, np.nan]], r"predict: x\[0, 1\] is nan"),
            ([[0.0, "a"]], "not a number"),
            (np.empty((0, 2)), "at least one"),
        ],
    )
    def test_bad_samples(self, moons, x, match):
        with pytest.raises(am.DataError, match=match):
            moons.predict(x)


class TestScore:
    @pytest.mark.parametrize("split", ["training", "validation"])
    def test_is_what_was_measured_at_the_end(self, moons, split):
        found = moons.score(am.load("moons"), split)
        assert found.loss == moons.loss[split]
        assert found.metric == moons.metric[split]

    def test_default_split_and_test_split(self, moons):
        assert moons.score(am.load("moons")) == moons.score(am.load("moons"), "validation")
        held_out = am.load("moons", test=0.5, seed=3)
        assert 0.5 < moons.score(held_out, "test").metric <= 1
        whole = am.load("moons", validation=0, test=0)
        assert moons.score(whole) == moons.score(whole, "training")

    def test_refuses_other_data_and_empty_splits(self, moons):
        with pytest.raises(am.DataError, match=r"expected inputs 2 as in 'moons'.*got 4 in 'iris'"):
            moons.score(am.load("iris"))
        with pytest.raises(am.DataError, match="'moons' has no test samples"):
            moons.score(am.load("moons", test=0), "test")
        with pytest.raises(am.DescriptionError, match="split: expected"):
            moons.score(am.load("moons"), "all")
        with pytest.raises(am.DataError, match="expected a Dataset"):
            moons.score("moons")
        x, _ = am.load("moons").split("training")
        with pytest.raises(am.DataError, match="classes"):
            moons.score(am.Dataset.from_arrays(x, np.arange(len(x)) % 3))


def test_repr_and_training_further():
    it = trained(am.mlp(2, 5, 3, 1), "moons", am.Training(epochs=1))
    assert repr(it).startswith("TrainedNetwork(2-5-3-1 tanh, seed ")
    assert f": exhausted after {it.steps} steps, validation accuracy " in repr(it)
    further = trained(it.network, "moons", am.Training(epochs=30), start=it)
    assert further.loss["training"] < it.loss["training"]


def test_save_and_load(tmp_path, moons):
    moons.save(tmp_path / "net")
    again = am.TrainedNetwork.load(tmp_path / "net")
    assert (again.network, again.training, again.seed) == (
        moons.network,
        moons.training,
        moons.seed,
    )
    assert np.array_equal(again.flat, moons.flat)
    assert np.array_equal(again.final, moons.final, equal_nan=True)
    assert again.data == moons.data
    for name in ("status", "steps", "goal_step"):
        assert getattr(again, name) == getattr(moons, name)
    x = np.random.default_rng(0).normal(size=(5, 2))
    assert np.array_equal(again.decision(x), moons.decision(x))
    with pytest.raises(am.FileError, match=r"holds a trained network.*use TrainedNetwork.load"):
        am.Population.load(tmp_path / "net")


def test_weights_that_are_not_finite_predict_nothing():
    trained = am.train(am.mlp(2, 3, 1), "xor", am.Training(steps=1), seeds=1).best
    broken = replace(trained, flat=np.full_like(trained.flat, np.nan))
    for ask in (broken.predict, broken.probabilities):
        with pytest.raises(am.DataError, match="weights that are not finite, and knows nothing"):
            ask([[0.0, 1.0]])
