"""One process writes a study; another is told who does, and loses nothing."""

import os
import signal
import subprocess
import sys

import pytest
from study_made import candidate, making

from amenable.errors import FileError
from amenable.study.store import holder, reading, writing
from amenable.study.store.lock import lock_path, writing_alone

HOLD = (
    "import sys, time; from pathlib import Path\n"
    "from amenable.study.store.lock import writing_alone\n"
    "with writing_alone(Path(sys.argv[1])):\n"
    "    print('held', flush=True); time.sleep(60)"
)


@pytest.fixture
def path(tmp_path):
    one = candidate()
    with making(tmp_path / "a.study") as made:
        made.write(made.add(one), [one], [0, 1])
    return tmp_path / "a.study"


@pytest.fixture
def other(path):
    """Another process that writes."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_writes(path, other):
    said = rf"a\.study: process {other.pid} on .+, since 20\d\d-.+Z, is writing to it; wait"
    with pytest.raises(FileError, match=said), writing(path):
        pass
    assert holder(path).startswith(f"process {other.pid} on ")
    with reading(path) as store:  # readers are not concerned
        assert len(store.results()) == 2


def test_the_lock_dies_with_its_process(path, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert lock_path(path).exists()  # and says nothing any more
    assert holder(path) == ""
    with writing(path) as writer:
        assert len(writer.results()) == 2
    assert not lock_path(path).exists()


def test_twice_in_one_process(path):
    with writing(path):
        with pytest.raises(FileError, match=f"process {os.getpid()} on"), writing(path):
            pass
        with pytest.raises(FileError, match="is writing to it"), writing(path):  # still held
            pass
    with writing(path):
        pass


def test_a_link_to_a_study_is_that_study(path, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.study"
    link.symlink_to(path)
    with writing(path), pytest.raises(FileError, match="is writing to it"), writing(link):
        pass
    with writing(link) as writer:
        writer.say(description="by a link")
        assert holder(path)
    assert link.is_symlink()
    with reading(path) as store:
        assert store.about()["description"] == "by a link"


def test_a_lock_that_says_nothing(path):
    with writing_alone(path):
        for text in ("", "{", '{"pid": 1}', "[]"):
            lock_path(path).write_text(text)
            assert holder(path) == "another process"
            with pytest.raises(FileError, match="another process is writing"), writing(path):
                pass


def test_a_lock_that_cannot_be_made(path):
    lock_path(path).mkdir()
    with pytest.raises(FileError, match="cannot be written: Is a directory"), writing(path):
        pass


def test_who_waits_looks_at_the_name_again(path, monkeypatch):
    """A file that its holder took away in between locks nobody out."""
    from amenable.study.store import lock

    taken = []
    honest = lock._try

    def take(number, is_shared=False):
        if not taken:
            taken.append(lock_path(path))
            lock_path(path).unlink()
        return honest(number, is_shared)

    monkeypatch.setattr(lock, "_try", take)
    with writing_alone(path):
        assert lock_path(path).exists()
        monkeypatch.undo()
        assert holder(path).startswith(f"process {os.getpid()} on ")


@pytest.mark.parametrize("name", ["ftruncate", "pwrite"])
def test_a_full_disk_at_the_start_locks_nobody_out(path, monkeypatch, name):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, name, full)
        with pytest.raises(FileError, match="No space left"), writing_alone(path):
            pass
    assert not lock_path(path).exists()
    with writing_alone(path):  # as a notebook would, after making room
        assert lock_path(path).exists()


def test_a_link_in_the_place_of_the_lock_is_not_followed(path, tmp_path):
    (tmp_path / "diary").write_text("dear diary")
    lock_path(path).symlink_to("diary")
    with pytest.raises(FileError, match="cannot be written"), writing_alone(path):
        pass
    assert holder(path) == ""
    assert (tmp_path / "diary").read_text() == "dear diary"
