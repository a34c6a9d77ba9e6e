"""Files: complete, or as they were before."""

import csv
import json
import os
from pathlib import Path

import pytest

from amenable.cli import export
from amenable.errors import AmenableError, DescriptionError, FileError


def test_what_is_not_a_number_is_null(tmp_path):
    path = tmp_path / "a.json"
    export.write_json(path, {"x": float("nan"), "y": [float("inf"), 1.5], "z": {"w": (1, None)}})
    assert json.loads(path.read_text()) == {"x": None, "y": [None, 1.5], "z": {"w": [1, None]}}


def test_rows_become_lines(tmp_path):
    path = tmp_path / "a.csv"
    export.write_csv(path, [{"a": "x,y", "b": 1.5}, {"a": 'say "z"', "b": float("nan")}])
    with path.open(newline="") as file:
        assert list(csv.DictReader(file)) == [{"a": "x,y", "b": "1.5"}, {"a": 'say "z"', "b": ""}]


def test_no_rows_are_a_header(tmp_path):
    export.write_csv(tmp_path / "a.csv", [])
    assert (tmp_path / "a.csv").read_text() == "structure\n"


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("before")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left on device"):
        export.write_json(path, {"x": 1})
    assert path.read_text() == "before"
    assert [it.name for it in tmp_path.iterdir()] == ["a.json"]


def test_the_check_touches_nothing(tmp_path):
    path = tmp_path / "a.json"
    assert export.check_writable("--json", path) == path.resolve()
    assert list(tmp_path.iterdir()) == []
    path.write_text("before")
    export.check_writable("--json", path)
    assert path.read_text() == "before"


@pytest.mark.parametrize("name", ["", "no/such/folder/a.json", "x" * 300 + ".json"])
def test_where_nothing_can_be_written_is_known_before(tmp_path, name):
    with pytest.raises(AmenableError, match="--json: "):
        export.check_writable("--json", tmp_path / name)


def test_devices_are_not_replaced_by_files():
    with pytest.raises(DescriptionError, match="not a plain file"):
        export.check_writable("--csv", Path(os.devnull))


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)
    export.write_json(export.check_writable("--json", link), {})
    assert link.is_symlink()
    assert real.read_text() == "{}\n"
