import copy
import json
import pickle

import numpy as np
import polars as pl
import pytest

import amenable as am
from amenable.datasets import Dataset, load
from amenable.errors import DataError


@pytest.fixture
def flowers() -> Dataset:
    x = np.arange(60, dtype=float).reshape(30, 2)
    y = ["rose"] * 20 + ["lily"] * 10
    return Dataset.from_arrays(x, y, name="flowers", test=0.1, features=["width", "height"])


def test_classes_are_sorted_and_numbered(flowers):
    assert flowers.classes == ("lily", "rose")
    assert flowers.y.dtype == np.int64
    assert flowers.y.tolist() == [1] * 20 + [0] * 10


def test_splits_cover_all_rows_once_and_keep_class_shares(flowers):
    rows = np.concatenate([flowers.training, flowers.validation, flowers.test])
    assert sorted(rows) == list(range(30))
    assert np.bincount(flowers.y[flowers.validation]).tolist() == [2, 4]
    assert np.bincount(flowers.y[flowers.test]).tolist() == [1, 2]


def test_split_gives_the_rows(flowers):
    x, y = flowers.split("validation")
    np.testing.assert_array_equal(x, flowers.x[flowers.validation])
    assert y.tolist() == [flowers.classes[k] for k in flowers.y[flowers.validation]]


def test_split_and_predict_speak_of_classes_alike():
    x = np.random.default_rng(0).normal(size=(60, 2))
    for names in (["rose", "lily"], [7, 3]):
        data = Dataset.from_arrays(x, [names[int(it > 0)] for it in x[:, 0]])
        best = am.train(am.mlp(2, 3, 1), data, am.Training(epochs=300), seeds=3).best
        x_held, y_held = data.split("validation")
        accuracy = best.metric["validation"]
        assert accuracy > 0.8
        assert np.mean(best.predict(x_held) == y_held) == pytest.approx(accuracy)


def test_arrays_are_copies_that_cannot_be_written():
    x = np.zeros((10, 1))
    x[:, 0] = range(10)
    data = Dataset.from_arrays(x, np.arange(10) % 2)
    x[0] = 99
    assert data.x[0, 0] == 0
    for array in (data.x, data.y, data.training, data.validation, data.test):
        assert not array.flags.writeable
    assert data.x.flags.c_contiguous
    with pytest.raises(AttributeError):
        data.name = "other"


def test_repr_is_short(flowers):
    assert repr(flowers) == (
        "Dataset('flowers': 30 samples, 2 inputs, 2 classes; training 21, validation 6, test 3)"
    )


@pytest.mark.parametrize(
    "again",
    [
        lambda d: pickle.loads(pickle.dumps(d)),
        copy.deepcopy,
        lambda d: Dataset.from_json(d.to_json()),
        lambda d: Dataset.from_dict(d.to_dict()),
    ],
)
def test_round_trips(again):
    rng = np.random.default_rng(0)
    for y in (rng.standard_normal((12, 2)), np.arange(12) % 3):
        data = Dataset.from_arrays(rng.standard_normal((12, 3)), y, weights=rng.random(12))
        other = again(data)
        assert other == data
        assert hash(other) == hash(data)
        assert other.notes == data.notes
        assert other.y.dtype == data.y.dtype
        assert not other.x.flags.writeable


def test_json_is_plain():
    values = json.loads(load("xor").to_json())
    assert values["x"] == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    assert values["y"] == [0, 1, 1, 0]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"name": "a"}'])
def test_damaged_json_is_refused(text):
    with pytest.raises(DataError, match=r"Dataset\.from_"):
        Dataset.from_json(text)


def test_fingerprint_follows_what_training_sees(flowers):
    parts = {f: getattr(flowers, f) for f in flowers.__dataclass_fields__}
    assert Dataset(**{**parts, "notes": ()}).fingerprint == flowers.fingerprint
    moved = parts["x"].copy()
    moved[0, 0] = np.nextafter(moved[0, 0], 1)
    changed = [
        {"x": moved},
        {"y": 1 - parts["y"]},
        {"validation": parts["test"], "test": parts["validation"]},
        {"weights": np.ones(30)},
    ]
    prints = {Dataset(**{**parts, **change}).fingerprint for change in changed}
    assert len(prints | {flowers.fingerprint}) == 5


def test_equality(flowers):
    assert flowers == flowers.with_split(test=0.1)
    assert flowers != flowers.with_split(test=0.1, seed=1)
    assert flowers != "flowers"


def test_with_split_redraws(flowers):
    other = flowers.with_split(validation=0.5, test=7, seed=3)
    assert (other.training.size, other.validation.size, other.test.size) == (8, 15, 7)
    assert "split again with seed 3" in other.notes
    with pytest.raises(DataError, match="validation"):
        flowers.with_split(validation=1.5)


@pytest.mark.parametrize(("n", "held_out"), [(6, 2), (12, 2), (13, 3)])
def test_a_fraction_is_rounded_and_at_least_two(n, held_out):
    data = Dataset.from_arrays(np.arange(float(n))[:, None], np.arange(n) / 3, validation=0.2)
    assert data.validation.size == held_out


def test_the_split_of_a_seed_stays_what_it_is():
    x, y = np.arange(20.0)[:, None], np.arange(20) % 2
    data = Dataset.from_arrays(x, y, seed=7)
    assert data.validation.tolist() == [1, 5, 6, 10]
    assert data.test.tolist() == [14, 15, 17, 18]
    assert Dataset.from_arrays(x, y, test=0, seed=7).validation.tolist() == [14, 15, 17, 18]


def test_the_seed_decides_the_split():
    x, y = np.arange(100.0)[:, None], np.arange(100) % 2
    splits = [Dataset.from_arrays(x, y, seed=s).validation.tolist() for s in (0, 0, 1)]
    assert splits[0] == splits[1] != splits[2]


@pytest.mark.parametrize(
    ("y", "task", "classes"),
    [
        ([0, 1] * 5, "classification", ("0", "1")),
        ([True, False] * 5, "classification", ("False", "True")),
        ([1.0, 2.0] * 5, "classification", ("1", "2")),
        ([b"a", b"b"] * 5, "classification", ("a", "b")),
        (np.array(["x", 1] * 5, dtype=object), "classification", ("1", "x")),
        (np.eye(5).repeat(2, axis=0), "classification", ("0", "1", "2", "3", "4")),
        (np.arange(10), "regression", ()),
        (np.arange(10) / 2 % 1.5, "regression", ()),
        (np.arange(20.0).reshape(10, 2), "regression", ()),
        (np.array([0, 1.5] * 5, dtype=object), "regression", ()),
    ],
)
def test_the_task_is_inferred_and_said(y, task, classes):
    data = Dataset.from_arrays(np.arange(10.0)[:, None], y)
    assert (data.task, data.classes) == (task, classes)
    assert f"treated as {task}" in data.notes[0]


def test_whole_numbers_are_classes_when_they_are_few_and_repeat():
    two_in_three = Dataset.from_arrays([[0.0], [1.0], [2.0]], [0, 1, 0], validation=0, test=0)
    assert two_in_three.task == "classification"
    x = np.arange(100.0)[:, None]
    assert Dataset.from_arrays(x, np.arange(100) % 20).n_classes == 20
    assert Dataset.from_arrays(x, np.arange(100) % 21).task == "regression"


def test_the_task_can_be_set():
    x = np.arange(10.0)[:, None]
    data = Dataset.from_arrays(x, [1, 2] * 5, task="regression")
    assert data.y.tolist() == [[1.0], [2.0]] * 5
    assert "set to regression" in data.notes[0]
    assert Dataset.from_arrays(x, [0.5, 2.25] * 5, task="classification").classes == ("0.5", "2.25")
    assert Dataset.from_arrays(x, [True, False] * 5, task="regression").y[0, 0] == 1.0
    assert Dataset.from_arrays(x, ["1", "2.5"] * 5, task="regression").y[1, 0] == 2.5


def test_outputs_depend_on_classes_and_loss():
    x = np.arange(9.0)[:, None]
    two, three = (Dataset.from_arrays(x, np.arange(9) % k) for k in (2, 3))
    assert (two.n_outputs(), two.n_outputs("softmax"), three.n_outputs()) == (1, 2, 3)
    assert three.n_outputs("squared") == 3
    assert Dataset.from_arrays(x, np.arange(18.0).reshape(9, 2)).n_outputs("squared") == 2


def test_a_class_of_one_sample_is_trained_on():
    y = ["a"] * 10 + ["b"] * 9 + ["only"]
    data = Dataset.from_arrays(np.arange(20.0)[:, None], y, validation=0.4)
    assert 19 in data.training
    assert any("validation split has no samples of class 'only'" in note for note in data.notes)


def test_without_stratifying_a_class_may_be_absent_and_it_is_said():
    y = [0] * 18 + [1] * 2
    datasets = [
        Dataset.from_arrays(np.arange(20.0)[:, None], y, validation=0.5, stratify=False, seed=s)
        for s in range(20)
    ]
    lacking = [d for d in datasets if not (d.y[d.training] == 1).any()]
    assert lacking
    assert "the training split has no samples of class '1'" in lacking[0].notes


def test_images_are_flattened_and_data_frames_name_their_columns():
    data = Dataset.from_arrays(np.arange(80.0).reshape(10, 2, 4), np.arange(10) % 2)
    assert data.n_inputs == 8
    assert "samples of shape (2, 4) flattened to 8 inputs" in data.notes
    frame = pl.DataFrame({"age": range(10), "height": [1.5, 2] * 5})
    assert Dataset.from_arrays(frame, np.arange(10) % 2).features == ("age", "height")


def test_constant_inputs_of_arrays_are_kept_and_said():
    x = np.stack([np.arange(10.0), np.ones(10)], axis=1)
    data = Dataset.from_arrays(x, np.arange(10) % 2)
    assert data.n_inputs == 2
    assert any("constant" in note and "'x1'" in note for note in data.notes)


def test_permuted_targets_are_those_of_other_samples_and_nothing_else_changes() -> None:
    data = load("iris")
    control = data.with_permuted_targets(seed=3)
    assert np.array_equal(np.bincount(control.y), np.bincount(data.y))
    assert 0.2 < np.mean(control.y == data.y) < 0.5  # chance
    held = control.y[control.validation]
    assert not np.array_equal(np.sort(held), np.sort(data.y[data.validation]))  # over all rows
    assert control == data.with_permuted_targets(seed=3)
    assert control != data.with_permuted_targets(seed=4)
    for field in ("x", "training", "validation", "test"):
        assert np.array_equal(getattr(control, field), getattr(data, field))
