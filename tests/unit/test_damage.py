"""Files that are damaged, or made to harm: one line each, no traceback, and no memory taken."""

import gzip
import io
import json
import os
import sqlite3
import struct
import zipfile
from contextlib import closing
from importlib import import_module

import numpy as np
import pytest
from PIL import Image
from study_made import made_two

import amenable as am
from amenable.cli import main
from amenable.errors import DataError, FileError
from amenable.population import DataSummary

DEEP = b"[" * 100_000


def npy(header, version=(1, 0)):
    """A member that says of itself what `header` says, and holds a few bytes."""
    text = header.encode() + b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H", len(text)) + text + b"\0" * 16


def archive(path, members, how=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", how) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


HUGE = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (64424509440, 1), }")
NESTED = npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + "(" * 2000 + ", }")


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (HUGE, r"an array of shape \(64424509440, 1\) takes 480.0 GiB"),
        (NESTED, "x is damaged"),
        (b"no array", "x is damaged"),
        (npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 1), }"), "pickled"),
    ],
)
def test_arrays_that_are_none(tmp_path, capsys, member, said):
    path = archive(tmp_path / "a.npz", {"x.npy": member, "y.npy": member})
    with pytest.raises(DataError, match=said):
        am.load(path)
    trained(tmp_path / "m.npz")
    for words in (["sweep", path], ["predict", tmp_path / "m.npz", path]):
        assert main(list(map(str, words))) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_member_that_has_no_ending(tmp_path):
    with pytest.raises(DataError, match="x is damaged"):
        am.load(archive(tmp_path / "a.npz", {"x": b"text", "y": b"text"}))


def trained(path):
    am.train(am.mlp(2, 1), "xor", am.Training(steps=1), seeds=1).best.save(path)
    return path


def test_a_header_that_is_nested(tmp_path, capsys):
    content = io.BytesIO()
    np.save(content, np.frombuffer(DEEP, np.uint8))
    path = archive(tmp_path / "a.npz", {"header.npy": content.getvalue()})
    for words in (["predict", path, path], ["sweep", path], ["draw", "spaghetti", path]):
        assert main(list(map(str, words))) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_saved_file_is_not_inflated(tmp_path):
    with zipfile.ZipFile(trained(tmp_path / "a.npz")) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members["more.npy"] = bytes(10_000_000)
    path = archive(tmp_path / "b.npz", members, zipfile.ZIP_DEFLATED)
    with pytest.raises(FileError, match="its arrays are packed"):
        am.TrainedNetwork.load(path)


def test_a_packed_idx_file_is_read_as_far_as_its_header_says(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    with gzip.open(path, "wb") as file:
        file.write(struct.pack(">HBBIII", 0, 8, 3, 2, 2, 2) + bytes(5_000_000))
    with pytest.raises(DataError, match="more than 24 bytes, but the header"):
        am.load(path)
    with gzip.open(path, "wb") as file:
        file.write(struct.pack(">HBB255I", 0, 8, 255, *[2**32 - 1] * 255))
    with pytest.raises(DataError) as raised:
        am.load(path)
    assert "more than 10^9 GiB" in str(raised.value)
    assert len(str(raised.value)) < 300


def test_a_picture_that_is_a_line(tmp_path, capsys):
    network = am.Network((1, 8, 8), [am.Conv2d(1, kernel=3), am.Dense(10, "identity")])
    am.train(network, "digits", am.Training(steps=1), seeds=1).best.save(tmp_path / "m.npz")
    Image.new("L", (1, 100_000)).save(tmp_path / "line.png")
    assert main(["predict", str(tmp_path / "m.npz"), str(tmp_path / "line.png")]) == 2
    assert "too long and narrow" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_training", "many"),
        ("n_training", 1.5),
        ("n_inputs", -1),
        ("name", None),
        ("task", "cook"),
        ("classes", ["a"]),
        ("classes", [1, 2]),
        ("classes", "ab"),
        ("fingerprint", 3),
    ],
)
def test_data_of_the_wrong_kind(field, value):
    record = DataSummary.of(am.load("moons")).to_dict()
    assert DataSummary.from_dict(record).name == "moons"
    with pytest.raises(am.DescriptionError, match=rf"^DataSummary\.{field}: "):
        DataSummary.from_dict(record | {field: value})


def changed(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    return path


@pytest.mark.parametrize(
    "change",
    [
        "INSERT OR REPLACE INTO study VALUES ('planned', 'many')",
        "UPDATE study SET value = 'some' WHERE key = 'keep'",
        "INSERT OR REPLACE INTO study VALUES ('command', x'ff')",
        "UPDATE blocks SET seconds = 9e999",
        "UPDATE configurations SET metric = x'ff'",
        "UPDATE configurations SET settings = 'null'",
        "UPDATE configurations SET settings = '[1]'",
        f"UPDATE configurations SET settings = '{DEEP.decode()}'",
        "UPDATE configurations SET network = (SELECT network FROM configurations LIMIT 1), "
        "training = (SELECT training FROM configurations LIMIT 1)",
        "UPDATE study SET value = json_set(value, '$.n_training', 'many') WHERE key = 'data'",
    ],
)
def test_studies_that_make_no_sense(tmp_path, capsys, change):
    path = changed(made_two(tmp_path / "a.study"), change)
    for words in (["study", path], ["report", path, "--out", tmp_path / "a.html"]):
        assert main(list(map(str, words))) == 2
        err = capsys.readouterr().err
        assert len(err.splitlines()) == 1
        assert "a.study: " in err


def test_names_in_a_study_that_are_no_text(tmp_path):
    path = made_two(tmp_path / "a.study")
    changed(path, "CREATE TABLE extra_name_here (a)")
    code = path.read_bytes().replace(b"extra_name_here (a)", b"extra_n\xff\xfee_here (((")
    other = tmp_path / "b.study"
    other.write_bytes(code)
    with pytest.raises(FileError, match="damaged"):
        _ = am.Study(other).status


def test_memory_that_does_not_suffice_is_one_line(monkeypatch, capsys):
    def huge(*_, **__):
        raise MemoryError("Unable to allocate 30 GiB")

    monkeypatch.setattr(import_module("amenable.sweep.plan"), "load_data", huge)
    assert main(["sweep", "xor"]) == 2
    assert "the memory does not suffice (Unable to allocate 30 GiB)" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--parquet", "--csv"])
def test_a_full_disk(tmp_path, monkeypatch, capsys, option):
    path = made_two(tmp_path / "a.study")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["study", str(path), "--trials", option, str(tmp_path / "out")]) == 2
    assert f"{option}: " in capsys.readouterr().err
    assert json.dumps([it.name for it in tmp_path.iterdir()]) == '["a.study"]'
