"""Networks that predict together."""

import numpy as np
import pytest

import amenable as am


@pytest.fixture(scope="module")
def splits():
    return am.RepeatedSplits.load("iris", splits=3)


@pytest.fixture(scope="module")
def many(splits):
    return am.train(am.mlp(4, 6, 3), splits, am.Training(epochs=40), seeds=3, progress=False)


@pytest.fixture(scope="module")
def raw():
    from sklearn.datasets import load_iris

    return load_iris().data


def test_probabilities_are_averaged_each_with_its_own_preparation(many, splits, raw):
    together = am.Ensemble(many)
    each = [one.probabilities(splits.of_seed(i).x) for i, one in enumerate(many)]
    found = together.probabilities(raw, prepared=False)
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-12)
    classes = np.array(many.data.classes)
    assert np.array_equal(together.predict(raw, prepared=False), classes[found.argmax(axis=1)])
    with pytest.raises(am.DataError, match="learned different splits"):
        together.predict(splits[0].x)


def test_values_are_averaged_in_the_units_of_the_target():
    splits = am.RepeatedSplits.load("diabetes", splits=2)
    many = am.train(am.mlp(10, 3, 1), splits, am.Training(epochs=5), seeds=2, progress=False)
    from sklearn.datasets import load_diabetes

    raw = load_diabetes().data[:20]
    each = [one.predict(raw, prepared=False) for one in many]
    found = am.Ensemble(many).predict(raw, prepared=False)
    np.testing.assert_allclose(found, np.mean(each, axis=0))
    assert 50 < found.mean() < 300
    with pytest.raises(am.DescriptionError, match="probabilities"):
        am.Ensemble(many).probabilities(raw, prepared=False)


def test_one_split_takes_prepared_arrays_and_losses_without_probabilities_vote():
    data = am.load("iris")
    training = am.Training(epochs=40, loss="hinge")
    many = am.train(am.mlp(4, 6, 3), data, training, seeds=3, progress=False)
    together = am.Ensemble(many)
    votes = np.stack([one.predict(data.x) for one in many])
    found = together.predict(data.x)
    agreed = (votes == votes[0]).all(axis=0)
    assert np.array_equal(found[agreed], votes[0][agreed])
    with pytest.raises(am.DescriptionError, match="logistic or softmax"):
        together.probabilities(data.x)


def test_saved_and_loaded_to_the_bit(many, raw, tmp_path):
    together = am.Ensemble(many)
    together.save(tmp_path / "a")
    again = am.Ensemble.load(tmp_path / "a")
    assert len(again) == 3
    assert repr(again) == repr(together) == "Ensemble(3 networks 4-6-3 on 'iris')"
    assert np.array_equal(
        again.probabilities(raw, prepared=False), together.probabilities(raw, prepared=False)
    )
    with pytest.raises(
        am.FileError, match="holds an ensemble, expected a population; use Ensemble"
    ):
        am.Population.load(tmp_path / "a")


def test_none_and_networks_that_diverged_are_refused(many):
    with pytest.raises(am.DataError, match="at least one network"):
        am.Ensemble(many[:0])
    training = am.Training(am.SGD(1e30), steps=20, loss="squared")
    bad = am.train(am.mlp(1, 3, 1), "sine", training, seeds=2, progress=False)
    with pytest.raises(am.DataError, match="trial 0 diverged"):
        am.Ensemble(bad)
