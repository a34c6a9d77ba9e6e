"""Saved populations: nothing is lost, and what is not whole is refused in one line."""

import json
import os
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import amenable as am
from amenable import archive
from amenable.archive import HEADER


@pytest.fixture
def saved(tmp_path, population):
    path = tmp_path / "population.npz"
    population.save(path)
    return path


def members(path):
    with np.load(path, allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def rewrite(path, arrays, **header):
    """The file again, with other arrays or other entries of the header."""
    text = json.loads(arrays[HEADER].tobytes()) | header
    arrays = arrays | {HEADER: np.frombuffer(json.dumps(text).encode(), np.uint8)}
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def refused(path, match, kind=am.Population):
    with pytest.raises(am.FileError, match=match) as caught:
        kind.load(path)
    assert "\n" not in str(caught.value)


def same(first, second):
    assert first.configurations == second.configurations
    assert first.data == second.data
    assert first.version == second.version
    for name in ("seed", "status", "steps", "goal_step", "configuration"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
        assert getattr(first, name).dtype == getattr(second, name).dtype
    assert np.array_equal(first.final, second.final, equal_nan=True)
    assert np.array_equal(first.probes, second.probes, equal_nan=True)
    assert set(first.records.arrays) == set(second.records.arrays)
    for name in first.records.arrays:
        for trial in range(len(first)):
            one, other = (it.records.of_trial(name, trial) for it in (first, second))
            assert np.array_equal(one, other, equal_nan=True)


class TestWhole:
    def test_mixed_structures_with_everything_recorded(self, population, saved):
        again = am.Population.load(saved)
        same(again, population)
        assert repr(again) == repr(population)
        assert again.summary().to_frame().equals(population.summary().to_frame())
        assert np.array_equal(again.best.flat, population.best.flat)

    def test_a_part_in_another_order(self, population, tmp_path):
        part = population.take([40, 3, 20, 2, 41])
        part.save(tmp_path / "part")
        same(am.Population.load(tmp_path / "part"), part)

    def test_no_trial_at_all(self, population, tmp_path):
        population[:0].save(tmp_path / "none")
        assert len(am.Population.load(tmp_path / "none")) == 0

    def test_final_results_only_in_float64(self, tmp_path):
        training = am.Training(epochs=2, dtype="float64")
        for keep in (True, False):
            found = am.train(am.mlp(2, 2, 1), "xor", training, seeds=3, keep_weights=keep)
            found.save(str(tmp_path / "file"))
            same(am.Population.load(str(tmp_path / "file")), found)

    def test_diverged_trials_and_huge_seeds(self, tmp_path):
        training = am.Training(am.SGD(1e30), steps=20, loss="squared")
        found = am.train(am.mlp(1, 3, 1), "sine", training, seeds=[2**64 - 1, 1])
        assert found.status.tolist() == ["diverged"] * 2
        found.save(tmp_path / "file")
        same(am.Population.load(tmp_path / "file"), found)

    def test_the_name_is_kept_and_nothing_is_left_beside(self, population, tmp_path):
        for _ in range(2):
            population.save(tmp_path / "name.without.npz.at.end")
        assert os.listdir(tmp_path) == ["name.without.npz.at.end"]

    def test_a_failure_leaves_the_old_file(self, population, saved, monkeypatch):
        before = saved.read_bytes()

        def fail(file, **arrays):
            file.write(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(archive.np, "savez", fail)
        with pytest.raises(am.FileError, match="cannot be written: No space left on device"):
            population.save(saved)
        assert saved.read_bytes() == before
        assert os.listdir(saved.parent) == [saved.name]

    def test_a_missing_folder(self, population, tmp_path):
        with pytest.raises(am.FileError, match="cannot be written: No such file"):
            population.save(tmp_path / "nowhere" / "file")


class TestDamage:
    @pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
    def test_cut_short(self, saved, share):
        whole = saved.read_bytes()
        saved.write_bytes(whole[: int(share * len(whole))])
        refused(saved, "cut short, or not a file that amenable saved")

    def test_a_changed_byte(self, saved):
        whole = bytearray(saved.read_bytes())
        with zipfile.ZipFile(saved) as file:
            place = next(it.header_offset for it in file.filelist if it.filename == "0/weights.npy")
        whole[place + 300] ^= 1
        saved.write_bytes(whole)
        refused(saved, "population.npz: damaged: .*0/weights")

    @pytest.mark.parametrize(
        "name", ["status", "configuration", "3/weights", "0/probes", "7/signals"]
    )
    def test_a_missing_array(self, saved, name):
        arrays = members(saved)
        del arrays[name]
        rewrite(saved, arrays)
        refused(saved, f"damaged: array '{name}' is missing")

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("steps", lambda it: it[:-1]),
            ("seed", lambda it: it.astype(np.int64)),
            ("final", lambda it: it[:, :2]),
            ("goal_step", lambda it: it[1:]),
            ("0/weights", lambda it: it[:, :-1]),
            ("0/curves", lambda it: it[:-1]),
            ("1/snapshots", lambda it: it.astype(np.float64)),
            ("status", lambda it: it + 100),
            ("configuration", lambda it: it + 100),
            ("configuration", lambda it: it[::-1].copy() * 0),
        ],
    )
    def test_an_array_of_another_kind(self, saved, name, change):
        arrays = members(saved)
        arrays[name] = change(arrays[name])
        rewrite(saved, arrays)
        refused(saved, "damaged: array '")

    def test_pickled_objects_are_never_loaded(self, saved):
        class Trap:
            def __reduce__(self):
                return exec, ("raise SystemError('unpickled')",)

        arrays = members(saved)
        arrays["status"] = np.array([Trap()], dtype=object)
        rewrite(saved, arrays)
        refused(saved, "holds pickled objects, which are never loaded")

    @pytest.mark.parametrize(
        ("entry", "value"),
        [
            ("networks", []),
            ("networks", [{"version": 1, "inputs": 0, "layers": []}] * 4),
            ("trainings", 5),
            ("configurations", [[0, 99]] * 8),
            ("configurations", "none"),
            ("recorded", ["secrets"]),
            ("recorded", None),
            ("data", {}),
            ("version", "one"),
            ("version", 0),
        ],
    )
    def test_a_header_that_makes_no_sense(self, saved, entry, value):
        rewrite(saved, members(saved), **{entry: value})
        refused(saved, "population.npz: (damaged|cannot be read): ")


class TestForeign:
    def test_newer_version(self, saved):
        rewrite(saved, members(saved), version=5, amenable="9.0")
        refused(saved, r"newer amenable \(9.0\) in version 5 .* up to 4; upgrade")

    def test_newer_description_inside(self, saved):
        networks = json.loads(members(saved)[HEADER].tobytes())["networks"]
        networks[0]["version"] = 99
        rewrite(saved, members(saved), networks=networks)
        refused(saved, "written by a newer amenable.*upgrade")

    def test_other_kind(self, saved):
        refused(saved, "holds a population, expected a trained network", am.TrainedNetwork)
        rewrite(saved, members(saved), format="amenable study")
        refused(saved, "holds a study, expected a population")

    def test_other_files(self, tmp_path):
        np.savez(tmp_path / "data.npz", x=np.eye(2))
        refused(
            tmp_path / "data.npz", r"not a file that amenable saved; to load data, use load\(\)"
        )
        np.savez(tmp_path / "other.npz", header=np.frombuffer(b"{}", np.uint8))
        refused(tmp_path / "other.npz", "not a file that amenable saved")
        (tmp_path / "text").write_text("hello")
        refused(tmp_path / "text", "not a file that amenable saved")
        refused(tmp_path / "absent", "no such file")
        refused(tmp_path, "a folder")
        refused(None, "path: expected the name of a file, got None")


def test_files_of_before_there_were_test_rows(tmp_path):
    """Goals were judged where they were first met; what was not measured is NaN."""
    folder = Path(__file__).parents[1] / "fixtures"
    many = am.Population.load(folder / "version-2-population.npz")
    assert np.isnan(many.loss["test"]).all()
    assert np.isfinite(many.loss["validation"]).all()
    assert many.goal_step.tolist() == np.where(many.solved, many.steps, -1).tolist()
    assert {it.judge for it in many.trainings} == {"first_touch"}
    assert np.isfinite(many.steps_to_solve().low).any()
    one = am.TrainedNetwork.load(folder / "version-2-trained.npz")
    assert np.isnan(one.metric["test"])
    assert one.goal_step == (one.steps if one.status == "solved" else -1)
    many.save(tmp_path / "many")
    same(am.Population.load(tmp_path / "many"), many)


def test_files_of_before_preparation_was_kept(tmp_path):
    folder = Path(__file__).parents[1] / "fixtures"
    many = am.Population.load(folder / "version-3-population.npz")
    one = am.TrainedNetwork.load(folder / "version-3-trained.npz")
    data = am.load("iris")
    assert many.data.fingerprint == one.data.fingerprint == data.fingerprint
    assert many.data.preparations == one.data.preparations == ()
    assert one.preparation is None
    assert np.array_equal(one.predict(data.x), many.best.predict(data.x))
    one.save(tmp_path / "one")
    assert am.TrainedNetwork.load(tmp_path / "one").data == one.data


def test_every_field_is_saved(population, saved):
    """A field that is added must be saved as well: load() gives all of them."""
    assert {one.name for one in fields(am.Population.load(saved))} == {
        one.name for one in fields(population)
    }
