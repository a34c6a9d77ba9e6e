"""Importance and dependence of columns are what scikit-learn finds on the table itself."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import permutation_importance
from sklearn.metrics import r2_score

import amenable as am
from amenable.inspection import asked_of_split, asked_of_table, dependence, importances

N = 200


@pytest.fixture(scope="module")
def frame():
    """The value depends on size and town, not on what is called noise; some cells are missing."""
    rng = np.random.default_rng(0)
    size, noise = rng.uniform(10, 50, N), rng.normal(size=N)
    town = rng.choice(["Bern", "Rome", "Ulm"], N)
    value = 10 * size + np.where(town == "Rome", 200, 0) + rng.normal(size=N)
    gaps = [None if i % 10 == 0 else float(it) for i, it in enumerate(noise)]
    return pl.DataFrame({"size": size, "noise": gaps, "town": town, "value": value})


@pytest.fixture(scope="module")
def data(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    frame.write_csv(path)
    return am.load(path, target="value")


@pytest.fixture(scope="module")
def networks(data):
    training = am.Training(epochs=150)
    return list(am.train(am.mlp(data.n_inputs, 8, 1), data, training, seeds=4, progress=False))


class OfTable(RegressorMixin, BaseEstimator):
    """A network that takes rows of the table: numbers, and the number of the town."""

    def __init__(self, network, towns):
        self.network = network
        self.towns = towns

    def fit(self, x, y):
        return self

    def predict(self, x):
        known = self.network.preparation
        frame = pl.DataFrame(
            {
                "size": x[:, 0],
                "noise": pl.Series(x[:, 1]).fill_nan(None),
                "town": [self.towns[int(it)] for it in x[:, 2]],
            }
        )
        from amenable.datasets.new_rows import new_rows

        return self.network.decision(new_rows(frame, known).x)


def test_importance_equals_scikit_learns_on_the_table(frame, data, networks):
    towns = ["Bern", "Rome", "Ulm"]
    numbers = frame["town"].replace_strict({it: i for i, it in enumerate(towns)}).to_numpy()
    x = np.stack([frame["size"], frame["noise"].fill_null(np.nan), numbers], axis=1)
    rows = data.test
    found = importances(asked_of_split(networks[:1], data, "test"), repeats=5, seed=3)
    expected = permutation_importance(
        OfTable(networks[0], towns),
        x[rows],
        data.y[rows],
        scoring=lambda model, x, y: r2_score(y, model.predict(x)),
        n_repeats=5,
        random_state=3,
    )
    by_name = {it.column: it.mean for it in found}
    for name, value in zip(["size", "noise", "town"], expected.importances_mean, strict=True):
        assert by_name[name] == pytest.approx(value, abs=1e-9)


def test_what_matters_is_told_from_what_does_not(data, networks):
    first, second, third = importances(asked_of_split(networks, data, "test"))
    assert [first.column, second.column, third.column] == ["size", "town", "noise"]
    assert first.matters
    assert second.matters
    assert abs(third.mean) < 0.02
    assert first.interval.low < first.mean < first.interval.high


@pytest.mark.filterwarnings("ignore:column 'noise'. 3 missing")
def test_dependence_is_the_mean_answer_with_one_value_in_all_rows(frame, data, networks):
    asked = asked_of_split(networks, data, "test")
    rows = frame[data.test]
    numbers = dependence(asked, "size")
    assert numbers.answers.shape == (4, 1, 25)
    towns = dependence(asked, "town")
    assert sorted(towns.names) == ["Bern", "Rome", "Ulm"]
    for i, network in enumerate(networks):
        for g in (0, 12, 24):
            varied = rows.with_columns(size=pl.lit(float(numbers.values[g])))
            expected = network.predict(varied.drop("value"))
            assert numbers.answers[i, 0, g] == pytest.approx(expected.mean(), rel=1e-6)
        for g, name in enumerate(towns.names):
            expected = network.predict(rows.with_columns(town=pl.lit(name)).drop("value"))
            assert towns.answers[i, 0, g] == pytest.approx(expected.mean(), rel=1e-6)


def test_each_network_is_asked_on_rows_of_its_own_split():
    splits = am.RepeatedSplits.load("iris", splits=3)
    many = am.train(am.mlp(4, 6, 3), splits, am.Training(epochs=100), seeds=3, progress=False)
    asked = asked_of_split(list(many), splits, "test")
    for i, it in enumerate(asked):
        assert it.score(it.x) == pytest.approx(many.metric["test"][i], abs=1e-6)
    first, *_ = importances(asked)
    assert first.column.startswith("petal")
    found = dependence(asked, first.column)
    np.testing.assert_allclose(found.answers.sum(axis=1), 1)


def test_rows_of_another_table(frame, networks):
    asked = asked_of_table(networks, frame.with_columns(pl.col("size") + 1))
    assert all(it.score(it.x) > 0.9 for it in asked)
    with pytest.raises(am.DataError, match="lacks the target 'value'"):
        asked_of_table(networks, frame.drop("value"))


def test_columns_of_all_kinds(tmp_path):
    rng = np.random.default_rng(0)
    there = rng.random(80) < 0.5
    frame = pl.DataFrame(
        {
            "alley": [("Pave" if it else None) for it in there],
            "x": rng.normal(size=80),
            "y": np.where(there, "yes", "no"),
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    data = am.load(tmp_path / "t.parquet")
    training = am.Training(epochs=100, loss="hinge")
    networks = list(am.train(am.mlp(2, 3, 1), data, training, seeds=2, progress=False))
    asked = asked_of_split(networks, data, "test")
    first, second = importances(asked)
    assert (first.column, second.column) == ("alley", "x")
    found = dependence(asked, "alley")
    assert found.names == ("empty", "filled")
    np.testing.assert_allclose(found.answers[:, 1], [[0, 1]] * 2, atol=0.2)


def test_toys_have_columns_too_and_images_have_none():
    moons = am.load("moons")
    many = am.train(am.mlp(2, 8, 1), moons, am.Training(epochs=60), seeds=4, progress=False)
    found = importances(asked_of_split(list(many), moons, "test"))
    assert {it.column for it in found} == {"x0", "x1"}
    assert all(it.matters for it in found)
    digits = am.load("digits")
    one = am.train(am.mlp(64, 10), digits, am.Training(epochs=1), seeds=1, progress=False)
    with pytest.raises(am.DataError, match="images have no columns"):
        asked_of_split(list(one), digits, "test")
