"""Predictions for new rows: by name, prepared as what was learned, and said what to know."""

import warnings

import numpy as np
import polars as pl
import pytest

import amenable as am

N = 120


@pytest.fixture(scope="module")
def houses():
    """Numbers with gaps, a category, a date, a number of each row; the price is in thousands."""
    rng = np.random.default_rng(0)
    sqm = rng.uniform(40, 160, N).round(1)
    age = rng.integers(0, 80, N).astype(float)
    city = rng.choice(["Berlin", "Paris", "Rome"], N)
    price = 3000 * sqm - 1000 * age + np.where(city == "Paris", 200_000, 0)
    gaps = [None if i % 9 == 0 else float(it) for i, it in enumerate(age)]
    return pl.DataFrame(
        {"id": range(1, N + 1), "sqm": sqm, "age": gaps, "city": city, "price": price.round()}
    )


@pytest.fixture(scope="module")
def trained(houses, tmp_path_factory):
    path = tmp_path_factory.mktemp("houses") / "houses.csv"
    houses.write_csv(path)
    data = am.load(path, target="price")
    training = am.Training(epochs=300, goal="r2 >= 0.97")
    return am.train(am.mlp(data.n_inputs, 8, 1), data, training, seeds=4, progress=False).best


@pytest.fixture(scope="module")
def data(houses, tmp_path_factory):
    path = tmp_path_factory.mktemp("houses") / "houses.csv"
    houses.write_csv(path)
    return am.load(path, target="price")


@pytest.fixture(scope="module")
def iris():
    training = am.Training(epochs=60)
    return am.train(am.mlp(4, 8, 3), "iris", training, seeds=2, progress=False).best


def quiet(call, *given, **options):
    """The answer, and what is said besides."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = call(*given, **options)
    return found, " | ".join(str(it.message) for it in said)


class TestByName:
    def test_saved_equals_the_network_on_prepared_rows_to_the_bit(
        self, trained, data, houses, tmp_path
    ):
        trained.save(tmp_path / "houses.npz")
        again = am.TrainedNetwork.load(tmp_path / "houses.npz")
        expected = data.preparation.target.in_units(trained.decision(data.x))
        rows = houses.drop("price", "id")
        spelled = rows.with_columns(pl.col("sqm").map_elements(lambda it: f"{it:.3e}", pl.String))
        rows.write_csv(tmp_path / "new.csv")
        rows.write_parquet(tmp_path / "new.parquet")
        spelled.select("city", "sqm", "age").write_csv(tmp_path / "shuffled.csv")
        for given in (
            rows,
            rows.select("city", "age", "sqm"),
            tmp_path / "new.csv",
            str(tmp_path / "new.parquet"),
            tmp_path / "shuffled.csv",
        ):
            found, _ = quiet(again.predict, given)
            assert np.array_equal(found, expected)
        one, _ = quiet(again.predict, rows[7])
        assert np.array_equal(one, expected[[7]])
        none, said = quiet(again.predict, rows[:0])
        assert none.shape == (0, 1)
        assert said == ""
        rows[:0].write_csv(tmp_path / "none.csv")
        assert again.predict(tmp_path / "none.csv").shape == (0, 1)

    def test_prices_are_prices(self, trained):
        rows = pl.DataFrame({"sqm": [100, 100], "age": [10, 10], "city": ["Berlin", "Paris"]})
        berlin, paris = trained.predict(rows)[:, 0]
        assert berlin == pytest.approx(290_000, rel=0.08)
        assert paris == pytest.approx(490_000, rel=0.08)

    def test_split_and_predict_agree(self, trained, data):
        x, y = data.split("test")
        r2 = 1 - np.sum((trained.predict(x) - y) ** 2) / np.sum((y - y.mean()) ** 2)
        assert r2 == pytest.approx(trained.metric["test"], abs=1e-4)

    def test_missing_columns_are_refused_by_name(self, trained, houses, tmp_path):
        rows = houses.drop("sqm", "id").rename({"city": "City"})
        rows.write_csv(tmp_path / "new.csv")
        with pytest.raises(
            am.DataError,
            match=r"new.csv lacks the columns 'sqm', 'city', which the network learned from; it "
            "has 'age', 'City', 'price'",
        ):
            trained.predict(tmp_path / "new.csv")

    def test_others_are_ignored_and_it_is_said(self, trained, houses):
        rows = houses[1:3]
        assert quiet(trained.predict, rows)[1] == "column 'id' ignored"
        _, said = quiet(trained.predict, rows.drop("id").with_columns(a=1, b=2))
        assert said == "columns 'a', 'b' ignored"

    def test_what_was_never_seen_is_said(self, trained):
        rows = pl.DataFrame({"sqm": [1e4, 90], "age": [None, 3], "city": ["Oslo", None]})
        _, said = quiet(trained.predict, rows)
        assert "'sqm': 1 row is far outside what was learned, 4" in said
        assert "'city': 1 row holds a category that the training rows lack ('Oslo')" in said
        assert "'age': 1 missing, replaced with the median" in said
        assert "'city': 1 missing, replaced with the most common value" in said

    def test_unreadable_cells_are_named(self, trained, tmp_path):
        (tmp_path / "new.csv").write_text("city,age,sqm\nRome,3,80\nRome,x,80\n")
        with pytest.raises(am.DataError, match=r"new.csv: column 'age', row 2 is 'x'; expected a"):
            trained.predict(tmp_path / "new.csv")

    def test_files_that_are_none(self, trained, tmp_path):
        for name, match in (("none.csv", "no such file"), ("new.doc", "not a table of columns")):
            with pytest.raises(am.DataError, match=match):
                trained.predict(tmp_path / name)


class TestArrays:
    def test_prepared_by_default(self, iris):
        data = am.load("iris")
        assert iris.metric["training"] > 0.9
        found = iris.predict(data.x)
        assert np.mean(found == np.array(data.classes)[data.y]) > 0.9
        assert np.array_equal(found, iris.predict(data.x, prepared=True))

    def test_raw_rows_where_it_is_said(self, iris):
        from sklearn.datasets import load_iris

        raw = load_iris().data
        data = am.load("iris")
        assert np.array_equal(iris.predict(raw, prepared=False), iris.predict(data.x))
        sure = iris.probabilities(raw, prepared=False)
        assert np.array_equal(sure, iris.probabilities(data.x))
        assert np.array_equal(iris.decision(raw, prepared=False), iris.decision(data.x))
        with pytest.warns(UserWarning, match="as if they were not prepared.*prepared=False"):
            iris.predict(raw[:1])

    def test_raw_rows_with_words(self, trained, houses):
        rows = houses[1:4].select("sqm", "age", "city")
        array = np.array(rows.rows(), dtype=object)
        assert np.array_equal(trained.predict(array, prepared=False), trained.predict(rows))

    def test_arrays_of_another_width(self, iris, trained):
        with pytest.raises(am.DataError, match=r"x has shape \(1, 2\); expected \(N, 4\)"):
            iris.predict([[1, 2]], prepared=False)
        with pytest.raises(am.DataError, match="go by name"):
            trained.predict(pl.DataFrame({"sqm": [1.0]}), prepared=True)

    def test_networks_that_know_no_columns(self, tmp_path):
        moons = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=1), seeds=1).best
        frame = pl.DataFrame({"a": [0.0, 1.0], "b": [1.0, 0.0]})
        assert np.array_equal(moons.predict(frame), moons.predict(frame.to_numpy()))
        frame.write_csv(tmp_path / "x.csv")
        for given, options in (
            (tmp_path / "x.csv", {}),
            ([[0.0, 1.0]], {"prepared": False}),
        ):
            with pytest.raises(am.DataError, match="not known what was done to the columns"):
                moons.predict(given, **options)

    def test_arrays_with_names_that_are_not_scaled(self):
        rng = np.random.default_rng(0)
        frame = pl.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
        y = frame["a"].to_numpy() > 0
        it = am.train(am.mlp(2, 3, 1), (frame, y), am.Training(epochs=20), seeds=1).best
        expected = it.predict(frame.to_numpy())
        assert np.array_equal(it.predict(frame.select("b", "a")), expected)
        assert np.array_equal(it.predict(frame.to_numpy(), prepared=False), expected)
        with pytest.raises(am.DataError, match=r"data frame: column 'b', row 1 is empty, and the"):
            it.predict(pl.DataFrame({"a": [1.0], "b": [None]}))

    def test_arrays_without_names_take_columns_in_their_order(self):
        x = np.random.default_rng(0).normal(size=(60, 2))
        data = am.Dataset.from_arrays(x, x[:, 0] * 5 + 3, scale=True)
        it = am.train(am.mlp(2, 3, 1), data, am.Training(epochs=30), seeds=1).best
        found, said = quiet(it.predict, pl.DataFrame(x, ["p", "q"], orient="row"))
        assert "in their order" in said
        assert np.array_equal(found, it.predict(x, prepared=False))
        assert np.corrcoef(found[:, 0], x[:, 0] * 5 + 3)[0, 1] > 0.9


class TestSpellings:
    """Numbers of new rows may be written in other ways than those that were learned."""

    @pytest.fixture
    def two(self, tmp_path):
        """Networks that learned the same numbers, with decimal points and with commas."""
        rng = np.random.default_rng(0)
        a, b = rng.uniform(1, 9, (2, 60)).round(2)
        rows = [
            (f"{x:.2f}", f"{y:.2f}", "yes" if x > y else "no") for x, y in zip(a, b, strict=True)
        ]
        found = []
        for name, mark in (("point.tsv", "."), ("comma.tsv", ",")):
            lines = ["\t".join(row).replace(".", mark) for row in rows]
            (tmp_path / name).write_text("\n".join(["a\tb\tkind", *lines]))
            data = am.load(tmp_path / name)
            assert data.preparation.decimal == mark
            found.append(am.train(am.mlp(2, 2, 1), data, am.Training(epochs=3), seeds=1).best)
        return found

    def test_decimal_commas_and_points(self, two, tmp_path):
        for mark in ".,":
            cells = ["1.5\t2.25", "3\t-4.5", "1e1\t.5"]
            lines = [cell.replace(".", mark) for cell in cells]
            (tmp_path / "new.tsv").write_text("\n".join(["a\tb", *lines]))
            expected = [[1.5, 2.25], [3, -4.5], [10, 0.5]]
            for network in two:
                found = network.decision(tmp_path / "new.tsv")
                assert np.array_equal(found, network.decision(expected, prepared=False))

    def test_what_may_be_either_is_read_as_it_was_learned(self, two, tmp_path):
        (tmp_path / "new.tsv").write_text("a\tb\n1,234\t2,000\n")
        point, comma = two
        with pytest.warns(UserWarning, match="far outside"):
            found = point.decision(tmp_path / "new.tsv")
        with pytest.warns(UserWarning, match="far outside"):
            assert np.array_equal(found, point.decision([[1234, 2000]], prepared=False))
        found = comma.decision(tmp_path / "new.tsv")
        assert np.array_equal(found, comma.decision([[1.234, 2.0]], prepared=False))

    def test_marks_for_missing_values(self, two, tmp_path):
        (tmp_path / "new.tsv").write_text("a\tb\n1.5\t-\nNA\t2\n")
        with pytest.warns(UserWarning, match="1 missing each, replaced with the median"):
            found = two[0].decision(tmp_path / "new.tsv")
        with pytest.warns(UserWarning, match="missing"):
            expected = two[0].decision([[1.5, np.nan], [np.nan, 2]], prepared=False)
        assert np.array_equal(found, expected)
