"""Opening a study's file: what is refused, what is brought up, what is only read."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from study_made import DATA, ask, candidate, made_two, making

from amenable.errors import FileError
from amenable.study.store import opening, reading, schema, writing

NEXT = schema.VERSION + 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.study"


@pytest.fixture
def two(path):
    return made_two(path)


def test_what_is_no_study_is_refused(tmp_path, two):
    (tmp_path / "text").write_text("not a database, " * 100)
    (tmp_path / "empty").touch()
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE a (b)")
    for name, reason in (
        ("text", "not a study, nor any SQLite file"),
        ("empty", "an empty file"),
        ("other", "an SQLite file, but not a study"),
        ("nothing", "no such file"),
        (".", "a folder"),
    ):
        with pytest.raises(FileError, match=reason), reading(tmp_path / name):
            pass
    for name in ("text", "other", "."):
        with pytest.raises(FileError), writing(tmp_path / name):
            pass
    assert (tmp_path / "text").read_text().startswith("not a database")
    with pytest.raises(FileError, match="there is no folder"), writing(tmp_path / "no" / "file"):
        pass


def test_a_study_begins_whole_or_not_at_all(path, monkeypatch):
    def fail(names):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(schema, "results_view", fail)
        with making(path):
            pass
    assert list(path.parent.iterdir()) == []
    with making(path) as made:
        assert made.writer.data == DATA
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a b", "?mode=memory", "#1", "50%25", "é ü", "-x", "a.db;b"])
def test_names_of_any_kind(tmp_path, name):
    with making(tmp_path / name) as made:
        made.add(candidate())
    with reading(tmp_path / name) as store:
        assert len(store.results().ids) == 1
    assert [it.name for it in tmp_path.iterdir()] == [name]


def test_an_empty_file_becomes_a_study(path):
    path.touch()
    with pytest.raises(FileError, match="an empty file"), writing(path):
        pass
    with making(path) as made:
        assert made.add(candidate()) == [1]


def test_a_newer_schema_is_refused(two):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    for opened in (reading, writing):
        with pytest.raises(FileError, match=r"newer amenable.*upgrade"), opened(two):
            pass


def test_damage_is_told(two):
    whole = two.read_bytes()
    page = 4096
    for start in range(page, len(whole), page):  # each page in turn, but for the first
        two.write_bytes(whole[:start] + b"\xaa" * page + whole[start + page :])
        try:
            with reading(two) as store:
                store.results()
                store.best()
                list(store.arrays("weights", {1: None}))
        except FileError as error:
            assert "damaged" in str(error) or "cannot be" in str(error)
    two.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="damaged"), reading(two) as store:
        store.results()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE trials SET status = 'won' WHERE seed = 1",
        "UPDATE trials SET configuration = configuration + 7",
        "UPDATE configurations SET network = '{}'",
        "UPDATE configurations SET training = 'x'",
        "UPDATE configurations SET settings = ''",
        "UPDATE study SET value = '[1' WHERE key = 'data'",
    ],
)
def test_what_makes_no_sense_is_told(two, change):
    with closing(sqlite3.connect(two)) as connection, connection:
        connection.execute(change)
    with pytest.raises(FileError, match=r"a\.study: (damaged|cannot be read)"), reading(two) as it:
        it.results()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_files_in_a_folder_that_may_not_be_written(two, mode, tmp_path_factory):
    assert ask(two, f"PRAGMA journal_mode = {mode}") == [(mode.lower(),)]
    code = (
        "import os, shutil, sys; from pathlib import Path\n"
        "from amenable.study.store import reading\n"
        "path, other = map(Path, sys.argv[1:])\n"
        "shutil.copy(path, other)\n"
        "with reading(other) as store: store.results()  # imports what nobody else may see\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "with reading(path) as store: print(len(store.results()), os.access(path.parent, os.W_OK))"
    )
    other = tmp_path_factory.mktemp("other") / "b.study"
    folder = two.parent
    for it in (folder, *folder.parents[:3]):
        if it.stat().st_uid == os.getuid() and "pytest" in str(it):
            it.chmod(0o755)
    folder.chmod(0o555)
    two.chmod(0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(two), str(other)],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        folder.chmod(0o755)
    assert done.stdout.split() == ["6", "False"], done.stderr


def test_an_older_schema_is_brought_up(two, monkeypatch):
    def to_next(connection):
        connection.execute("ALTER TABLE blocks ADD COLUMN cores INTEGER")

    monkeypatch.setattr(schema, "VERSION", NEXT)
    monkeypatch.setattr("amenable.study.store.migrations.MIGRATIONS", {NEXT - 1: to_next})
    with reading(two) as store:  # a reader changes nothing in the file
        assert len(store.results()) == 6
        assert store.connection.execute("SELECT cores FROM blocks").fetchall() == [(None,)]
    assert ask(two, "PRAGMA user_version") == [(NEXT - 1,)]
    with writing(two) as writer:
        assert len(writer.results()) == 6
    assert ask(two, "PRAGMA user_version") == [(NEXT,)]
    assert ask(two, "SELECT cores FROM blocks") == [(None,)]


def test_a_migration_that_fails_changes_nothing(two, monkeypatch):
    def to_next(connection):
        connection.execute("DROP TABLE blocks")
        connection.execute("ALTER TABLE nothing ADD COLUMN a")

    monkeypatch.setattr(schema, "VERSION", NEXT)
    monkeypatch.setattr("amenable.study.store.migrations.MIGRATIONS", {NEXT - 1: to_next})
    with pytest.raises(FileError), writing(two):
        pass
    assert ask(two, "SELECT count(*) FROM blocks") == [(1,)]
    assert ask(two, "PRAGMA user_version") == [(NEXT - 1,)]


def test_statements_of_a_script():
    assert list(schema.statements("CREATE a;\nSELECT ';';\n")) == ["CREATE a;\n", "SELECT ';';\n"]


def test_a_log_beside_the_file_is_seen_through_a_link(two, tmp_path_factory, monkeypatch):
    """Where SQLite cannot read the log, the file without it would show as an older, emptier one."""

    class Refused:
        def execute(self, _):
            raise sqlite3.OperationalError("unable to open database file")

        def close(self):
            pass

    link = tmp_path_factory.mktemp("elsewhere") / "link.study"
    link.symlink_to(two)
    two.with_name(f"{two.name}-wal").write_bytes(b"blocks that were finished")

    def connect(name, **_):
        assert "immutable" not in name
        return Refused()

    monkeypatch.setattr(opening.sqlite3, "connect", connect)
    for path in (two, link):
        with pytest.raises(FileError, match="cannot be used"), reading(path):
            pass
