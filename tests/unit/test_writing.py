"""Files: complete, or as they were before."""

import os
from pathlib import Path

import pytest

from amenable.errors import AmenableError, FileError
from amenable.writing import check_writable, replacing, write_whole


def test_a_file_is_written(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [it.name for it in tmp_path.iterdir()] == ["a.txt"]


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("before")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match=r"--json: .*a\.json: .*No space left on device"):
        write_whole(path, b"after", "--json")
    assert path.read_text() == "before"
    assert [it.name for it in tmp_path.iterdir()] == ["a.json"]


def test_an_interruption_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), replacing(path) as beside:
        beside.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "before"
    assert [it.name for it in tmp_path.iterdir()] == ["a.json"]


def test_the_check_touches_nothing(tmp_path):
    path = tmp_path / "a.json"
    assert check_writable(path, "--json") == path.resolve()
    assert list(tmp_path.iterdir()) == []
    path.write_text("before")
    check_writable(path, "--json")
    assert path.read_text() == "before"


@pytest.mark.parametrize("name", ["", "no/such/folder/a.json", "x" * 300 + ".json"])
def test_where_nothing_can_be_written_is_known_before(tmp_path, name):
    with pytest.raises(AmenableError, match="--json: "):
        check_writable(tmp_path / name, "--json")


def test_devices_are_not_replaced_by_files(tmp_path):
    with pytest.raises(FileError, match="not a plain file"):
        check_writable(Path(os.devnull), "--csv")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="not a plain file"):
        write_whole(pipe, b"")
    with pytest.raises(FileError, match="a folder"):
        write_whole(tmp_path, b"")
    assert not pipe.is_file()


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)
    write_whole(link, b"{}")
    assert link.is_symlink()
    assert real.read_bytes() == b"{}"
