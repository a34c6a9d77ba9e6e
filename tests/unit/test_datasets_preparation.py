"""Preparation: each kind of column, what is said, plain records, and who carries it."""

import json
from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.datasets import Dataset, Preparation, RepeatedSplits
from amenable.datasets.columns import Column, Table
from amenable.datasets.preparation import LEAST_TOLD
from amenable.datasets.steps import Category, Date, Number, Presence
from amenable.datasets.target import Target

N = 40
CLASSES = Target(np.arange(N) % 2, "classification", ("no", "yes"), "", ("kind",))


def words(*cells):
    values = np.empty(N, dtype=object)
    values[:] = [cells[i % len(cells)] for i in range(N)]
    return values


def dates(*cells):
    return np.array([cells[i % len(cells)] for i in range(N)], dtype="datetime64[us]")


def fitted(*columns, target=CLASSES, training=N):
    table = Table("t.csv", tuple(columns), np.arange(1, N + 1))
    return table, Preparation.fit(table, target, np.arange(training))


class TestKinds:
    def test_numbers(self):
        values = np.arange(N, dtype=float)
        values[3] = np.nan
        table, it = fitted(Column("age", "number", values))
        (step,) = it.columns
        assert (step.median, step.least, step.most) == (20.0, 0.0, 39.0)
        x = it.apply(table)
        assert x.shape == (N, 1)
        assert x.mean() == pytest.approx(0, abs=1e-12)
        assert x.std() == pytest.approx(1)
        assert x[3, 0] == x[20, 0]

    def test_a_gap_that_tells_is_an_input(self):
        few, many = (np.arange(N, dtype=float) for _ in "ab")
        few[: LEAST_TOLD - 1] = np.nan
        many[:LEAST_TOLD] = np.nan
        table, it = fitted(Column("few", "number", few), Column("many", "number", many))
        assert it.inputs == ("few", "many", "many is missing")
        assert it.apply(table)[:, 2].tolist() == [1.0] * LEAST_TOLD + [0.0] * (N - LEAST_TOLD)

    def test_categories(self):
        table, it = fitted(
            Column("town", "category", words("Rome", "Bern", "Rome", "Ulm", None)),
            Column("smokes", "category", words("yes", "no")),
        )
        towns, smokes = it.columns
        assert towns.categories == ("Rome", "Bern", "Ulm")
        assert it.inputs[:4] == ("town=Bern", "town=Rome", "town=Ulm", "town is missing")
        assert smokes.inputs == ("smokes=yes",)
        x = it.apply(table)
        assert x[:5].tolist() == [
            [0, 1, 0, 0, 1],
            [1, 0, 0, 0, 0],
            [0, 1, 0, 0, 1],
            [0, 0, 1, 0, 0],
            [0, 1, 0, 1, 1],
        ]

    def test_a_cell_that_is_filled_or_not(self):
        table, it = fitted(Column("alley", "category", words("Pave", None)))
        assert it.columns == (Presence("alley"),)
        assert it.inputs == ("alley is there",)
        assert it.apply(table)[:4, 0].tolist() == [1, 0, 1, 0]

    def test_dates_of_one_year_are_days(self):
        table, it = fitted(Column("sold", "date", dates("2024-01-01", "2024-01-08", "NaT")))
        (step,) = it.columns
        assert step.first.startswith("2024-01-01")
        assert it.inputs == ("sold", "sold is missing")
        assert step.numbers[0].most == 7
        x = it.apply(table)
        assert x[1, 0] > x[0, 0]
        assert x[:3, 1].tolist() == [0, 0, 1]

    def test_parts_of_dates_that_vary(self):
        moments = ("2023-03-01T06:00", "2024-12-31T18:00", "2024-01-02T06:00")
        _, it = fitted(Column("sold", "date", dates(*moments)))
        day, week, hour = it.columns[0].numbers[1:]
        assert [day.name, week.name, hour.name] == [
            "sold (day of the year)",
            "sold (day of the week)",
            "sold (hour of the day)",
        ]
        assert (day.least, day.most) == (2, 366)
        assert (week.least, week.most) == (2, 3)  # Tuesday and Wednesday
        assert (hour.least, hour.most) == (6, 18)

    def test_columns_that_do_not_vary_in_training_are_left_out(self):
        flag = np.zeros(N)
        flag[-1] = 1
        _, it = fitted(
            Column("flag", "number", flag), Column("x", "number", np.arange(N) * 1.0), training=30
        )
        assert it.features == ("x",)
        assert it.left_out == ("flag",)
        with pytest.raises(am.DataError, match=r"t.csv: no feature varies .*'flag' constant"):
            fitted(Column("flag", "number", flag), training=30)

    def test_inputs_of_one_name_are_refused(self):
        with pytest.raises(am.DataError, match="columns 'a' and 'a=y' would both make an input"):
            fitted(
                Column("a", "category", words("x", "y", "z")),
                Column("a=y", "number", np.arange(N) * 1.0),
            )


class TestRecords:
    @pytest.fixture
    def made(self):
        numbers = np.random.default_rng(0).normal(size=N) / 3
        numbers[:6] = np.nan
        return fitted(
            Column("n", "number", numbers),
            Column("c", "category", words("x", "y", "z", None)),
            Column("d", "date", dates("2023-03-01T06:30", "2024-12-31", "2024-06-01")),
            Column("p", "category", words("there", None)),
            target=Target(np.random.default_rng(1).normal(size=(N, 1)), "regression", (), ""),
        )

    def test_json_and_back_to_the_bit(self, made):
        table, it = made
        again = Preparation.from_dict(json.loads(json.dumps(it.to_dict(), allow_nan=False)))
        assert again == it
        assert np.array_equal(again.apply(table), it.apply(table))
        assert {type(step) for step in again.columns} == {Number, Category, Date, Presence}

    @pytest.mark.parametrize(
        ("change", "match"),
        [
            (lambda it: it.pop("target"), "Preparation.target: missing"),
            (lambda it: it["columns"][0].update(deviation=0.0), "a deviation above 0"),
            (lambda it: it["columns"][0].update(mean="x"), "finite numbers"),
            (lambda it: it["columns"][0].update(mean=float("nan")), "finite numbers"),
            (lambda it: it["columns"][0].update(kind="words"), "one of number, category"),
            (lambda it: it["columns"][1].update(categories=["x", "x"]), "different texts"),
            (lambda it: it["columns"][2].update(first="yesterday"), "a date such as"),
            (lambda it: it["columns"][2]["numbers"][1].update(name="d (moon)"), "its parts"),
            (lambda it: it["columns"].append(it["columns"][0]), "would both make"),
            (lambda it: it.update(inputs=["n"]), "every input that the columns make"),
            (lambda it: it["target"].update(size=[0.0]), "a size other than 0"),
            (lambda it: it["target"].update(classes=[1, 2]), "texts"),
        ],
    )
    def test_damage_is_named(self, made, change, match):
        record = made[1].to_dict()
        change(record)
        with pytest.raises((am.DescriptionError, am.DataError), match=match) as caught:
            Preparation.from_dict(record)
        assert "\n" not in str(caught.value)


class TestRemarks:
    def test_unseen_categories_far_values_and_gaps(self):
        _, it = fitted(
            Column("age", "number", np.arange(N) * 1.0),
            Column("town", "category", words("Rome", "Bern", "Ulm")),
            Column("sold", "date", dates("2024-01-01", "2024-02-01")),
        )
        towns = np.array(["Rome", "Oslo", None], dtype=object)
        rows = Table(
            "new.csv",
            (
                Column("age", "number", np.array([80.0, -1.0, np.nan])),
                Column("town", "category", towns),
                Column("sold", "date", np.array(["2024-01-05"] * 2 + ["2034-01-01"], "M8[us]")),
            ),
            np.arange(1, 4),
        )
        assert it.remarks(rows) == [
            "column 'age': 1 row is far outside what was learned, 0 to 39",
            "column 'town': 1 row holds a category that the training rows lack ('Oslo'): encoded "
            "as none of the others",
            "column 'sold': 1 row is far outside the dates that were learned (2034-01-01)",
            "column 'age': 1 missing, replaced with the median of the training split",
            "column 'town': 1 missing, replaced with the most common value of the training split",
        ]


class TestDatasets:
    def test_files_and_bundled_tables_carry_it(self):
        data = am.load("diabetes")
        assert data.preparation.inputs == data.features
        target = data.preparation.target
        assert 140 < target.centre[0] < 165
        assert am.load("digits").preparation is None
        assert am.load("moons").preparation is None

    def test_json_pickle_and_splits_keep_it(self):
        import pickle

        data = am.load("wine")
        for again in (Dataset.from_json(data.to_json()), pickle.loads(pickle.dumps(data))):
            assert again == data
            assert again.preparation == data.preparation
        assert data.with_split(seed=3).preparation == data.preparation
        assert data.with_permuted_targets().preparation == data.preparation
        older = {key: it for key, it in data.to_dict().items() if key != "preparation"}
        assert Dataset.from_dict(older).preparation is None

    def test_other_features_are_refused(self):
        data = am.load("iris")
        with pytest.raises(am.DataError, match="set preparation=None"):
            replace(data, features=tuple("abcd"))

    def test_arrays_that_are_scaled(self):
        rng = np.random.default_rng(0)
        x = rng.normal(5, [1, 1000, 1], (60, 3))
        x[0, 0], x[:, 2] = np.nan, 7
        y = rng.normal(1e5, 1e4, 60)
        data = Dataset.from_arrays(x, y, scale=True, features=["a", "b", "c"])
        assert data.features == ("a", "b")
        training, _ = data.split("training")
        np.testing.assert_allclose(training.mean(axis=0), 0, atol=1e-12)
        assert abs(data.y[data.training].mean()) < 1e-9
        assert data.preparation.left_out == ("c",)
        assert any("'a': 1 missing" in note for note in data.notes)
        splits = RepeatedSplits.from_arrays(x, y, scale=True, splits=3)
        assert len({it.preparation for it in splits}) == 3
        with pytest.raises(am.DataError, match=r"x\[1, 1\] \(column 'x1'\) is inf"):
            Dataset.from_arrays([[1, 2], [3, np.inf]] * 9, y[:18], scale=True)
        with pytest.raises(am.DataError, match="which images do not bear"):
            Dataset.from_arrays(np.ones((60, 4, 4)), y, scale=True)

    def test_arrays_of_unlike_size_get_a_note(self):
        x = np.random.default_rng(0).uniform(0, [1.0, 1680.0], (60, 2))
        (note,) = [it for it in Dataset.from_arrays(x, y=[0, 1] * 30).notes if "differ" in it]
        assert "'x1' goes up to 16" in note
        assert "scale=True" in note
        alike = x * [100, 0.2]
        assert not any("differ" in it for it in Dataset.from_arrays(alike, [0, 1] * 30).notes)


class TestCarried:
    def test_each_split_has_its_own_and_a_network_keeps_that_of_its_split(self, tmp_path):
        splits = RepeatedSplits.load("iris", splits=4)
        found = am.train(am.mlp(4, 3, 3), splits, am.Training(epochs=2), seeds=6, progress=False)
        assert len(found.data.preparations) == 4
        assert len(set(found.data.preparations)) == 4
        found.save(tmp_path / "many")
        again = am.Population.load(tmp_path / "many")
        for i, one in enumerate(again):
            assert one.preparation == splits.of_seed(i).preparation
            one.save(tmp_path / "one")
            kept = am.TrainedNetwork.load(tmp_path / "one")
            assert kept.data.preparations == (splits.of_seed(i).preparation,)
            assert kept.preparation == one.preparation

    def test_arrays_that_are_not_scaled_are_prepared_once(self):
        x = np.random.default_rng(0).normal(size=(60, 2))
        splits = RepeatedSplits.from_arrays(x, [0, 1] * 30, splits=3)
        found = am.train(am.mlp(2, 1), splits, am.Training(epochs=1), seeds=3, progress=False)
        assert found.data.preparations == (splits[0].preparation,)

    def test_inputs_that_a_split_lacks_are_zero(self, tmp_path):
        kinds = ["rare"] * 2 + ["a", "b"] * 19
        lines = [f"{i},{kinds[i]},{i % 2}" for i in range(40)]
        (tmp_path / "t.csv").write_text("\n".join(["size,kind,y", *lines]))
        splits = RepeatedSplits.load(tmp_path / "t.csv", splits=16)
        for data in splits:
            assert data.preparation.inputs == splits.features
            assert set(data.preparation.made) <= set(splits.features)
        assert len({data.preparation.made for data in splits}) > 1

    def test_studies_keep_it(self, tmp_path):
        splits = RepeatedSplits.load("iris", splits=3)
        study = am.Study(tmp_path / "a.study")
        space = am.Space(hidden=[(3,)], epochs=[2])
        study.run(space, splits, seeds=3, progress=False)
        found = study.population()
        assert found.data.preparations == tuple(it.preparation for it in splits)
