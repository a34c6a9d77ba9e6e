"""docs/studies.md says what is in a study's file, and what it shows runs."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
FILE = max((ROOT / "tests" / "fixtures").glob("schema_*.study"))
STORE = TEXT[TEXT.index("## The store") :]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


OF_SWEEPS = ("goal_reason", "goal_remarks", "baselines", "control")


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    path = tmp_path_factory.mktemp("docs") / "a.study"
    shutil.copy(FILE, path)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def part(name):
    """What the page says below a table's name, up to the next table's."""
    return STORE.split(f"\n`{name}`:")[1].split("\n\n`")[0].split("\n#")[0]


def test_every_table_and_view_is_there(connection):
    names = [row[0] for row in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
    )]  # fmt: skip
    assert len(names) == 10
    for name in names:
        assert STORE.count(f"\n`{name}`:") == 1, name


@pytest.mark.parametrize("table", ["configurations", "trials", "blocks", "arrays", "summary"])
def test_every_column_is_there(connection, table):
    said = set(re.findall(r"`([a-z_]+)`", part(table)))
    columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    settings = {"hidden", "activation", "lr"} if table == "summary" else set()
    assert columns - settings <= said


def test_every_key_is_there(connection):
    keys = {row[0] for row in connection.execute("SELECT key FROM study")}
    rows = re.findall(r"^\| (`.+?) \|", part("study"), flags=re.MULTILINE)
    said = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
    assert said - {"command", *OF_SWEEPS} == keys


def test_a_sweep_says_more(tmp_path):
    import amenable as am

    path = tmp_path / "a.study"
    am.sweep("moons", hidden=2, activation="tanh", seeds=2, steps=9, study=path, progress=False)
    assert all(it is not None for it in am.Study(path).notes(*OF_SWEEPS).values())


@pytest.mark.parametrize("question", blocks("sql"))
def test_questions_have_answers(connection, question):
    assert connection.execute(question).fetchall()


def test_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for example in blocks("python"):
        exec(compile(example.replace("sqlite3.connect", "_connect"), "studies.md", "exec"),
             names | {"_connect": sqlite3.connect}, names)  # fmt: skip
    assert names["weights"].shape == (1, 9)
