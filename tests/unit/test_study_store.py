"""A study's file: what is in it, read by SQLite alone too; whole, or the error says what it is."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing

import numpy as np
import polars as pl
import pytest
from study_made import DATA, Made, ask, candidate, made_two, making

from amenable.errors import DescriptionError, FileError
from amenable.population.keys import every_setting
from amenable.study.store import reading, schema, trials, writing

ODD = [0.1, 5e-324, 0.0, 1.7976931348623157e308, np.inf, -np.inf, np.nan, 1 / 3]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.study"


@pytest.fixture
def two(path):
    return made_two(path)


def test_any_sqlite_tool_reads_it(two):
    assert ask(two, "PRAGMA application_id") == [(schema.APPLICATION_ID,)]
    assert ask(two, "PRAGMA user_version") == [(schema.VERSION,)]
    assert ask(two, "SELECT seed, status FROM trials WHERE configuration = 2") == [
        (0, "solved"),
        (1, "exhausted"),
        (2, "diverged"),
    ]
    assert ask(two, "SELECT structure, trials, solved, fraction FROM solved_by_configuration") == [
        ("2-3-1", 3, 1, 1 / 3),
        ("2-4-1", 3, 1, 1 / 3),
    ]
    assert ask(two, "SELECT DISTINCT hidden, structure, lr, budget FROM results") == [
        ("[3]", "2-3-1", 0.01, 100),
        ("[4]", "2-4-1", 0.01, 100),
    ]
    assert ask(two, "SELECT place, blocks, trials FROM time_by_place") == [("by hand", 1, 6)]


def test_numbers_come_back_to_the_bit(path):
    one = candidate()
    final = np.array(ODD * 4).reshape(-1, 2, 2)
    with making(path) as made:
        made.write(made.add(one), [one], range(len(final)), final=final)
    with reading(path) as store:
        found = store.results()
    known = ~np.isnan(final)
    stored = np.ascontiguousarray(found.final[:, :2])
    assert (np.isnan(stored) == ~known).all()
    assert (stored.view(np.int64) == final.view(np.int64))[known].all()
    assert found.seed.tolist() == list(range(len(final)))


def test_order_is_by_configuration_and_seed(path):
    pair = [candidate(3), candidate(4)]
    with making(path) as made:
        ids = made.add(*pair)
        made.write(ids[1:], pair[1:], [5, 7])
        made.write(ids, pair, [2**63 - 1], status="exhausted")
        made.write(ids[:1], pair[:1], [1, 9])
    with reading(path) as store:
        found = store.results()
    assert found.configuration.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.seed.tolist() == [1, 9, 2**63 - 1, 5, 7, 2**63 - 1]
    assert found.solved.tolist() == [True, True, False] * 2
    assert [len(found.seed[it]) for it in found.slices()] == [3, 3]


def test_a_block_is_whole_or_not_there(path):
    one = candidate()
    with making(path) as made:
        ids = made.add(one)
        made.write(ids, [one], [0, 1])
        with pytest.raises(FileError):
            made.write(ids, [one], [2, 3, 1])  # the last is there already
        assert made.writer.results().seed.tolist() == [0, 1]
    assert ask(path, "SELECT count(*) FROM blocks") == [(1,)]


def test_configurations_are_added_once_and_learn_their_names(path):
    with making(path) as made:
        first = made.add(candidate(3), candidate(4), candidate(3))
        again = made.add(candidate(4, l2=0.5), candidate(5))
    assert first == [1, 2, 1]
    assert again == [2, 3]
    found = ask(path, "SELECT settings FROM configurations ORDER BY id")
    assert found[1] == ('{"hidden": [4], "l2": 0.5}',)


def test_defaults_are_settings_too(path):
    plain, other = candidate(3), candidate(4, l2=0.5)
    with making(path) as made:
        made.write(made.add(plain, other), [plain, other], [0])
    assert ask(path, "SELECT configuration, l2 FROM results") == [(1, 0.0), (2, 0.5)]
    every = json.loads(ask(path, "SELECT every_setting FROM configurations")[0][0])
    assert every == every_setting(plain.configuration)
    assert every.items() >= {"l2": 0.0, "beta1": 0.9, "bias": True, "clip_norm": None}.items()
    assert "momentum" not in every
    with making(path) as made:
        assert made.add(candidate(3, network="small")) == [1]
    of_first = "settings_by_configuration WHERE configuration = 1"
    assert ask(path, f"SELECT value FROM {of_first} AND setting IN ('network', 'beta1')") == [
        (0.9,),
        ("small",),
    ]


def test_settings_of_any_name_are_columns(path):
    names = {"seed": 1, "LR2": 2, "lr2": 3, "it's": 4, "a b": 5, "structure": "x", 'q"q': 6}
    one = candidate(3, **names)
    with making(path) as made:
        made.write(made.add(one), [one], [0])
    with reading(path) as store:
        columns = store.columns()
        row = store.connection.execute("SELECT * FROM results").fetchone()
    found = dict(zip(columns, row, strict=True))
    assert found["setting_seed"] == 1
    assert (found["LR2"], found["setting_lr2"]) == (2, 3)
    assert (found["it's"], found["a b"], found["structure"]) == (4, 5, "2-3-1")
    assert not {'q"q', "setting_structure"} & set(columns)


def test_conditions_choose_trials(two):
    with reading(two) as store:
        for condition, seeds, ids in (
            ("hidden = '[3]'", [0, 1, 2], (1,)),
            ("status = 'solved' -- and so on", [0, 0], (1, 2)),
            ("seed > 0 or hidden = '[4]'", [1, 2, 0, 1, 2], (1, 2)),
            ("0", [], ()),
        ):
            found = store.results(store.check_condition(condition))
            assert found.seed.tolist() == seeds
            assert found.ids == ids
            assert len(found.configurations) == len(ids)


@pytest.mark.parametrize(
    "wrong",
    ["nothing = 1", "activation = ", "", "1; DROP TABLE trials", 3, "1) UNION SELECT (1",
     "seed IN (SELECT seed FROM trials; )", "load_extension('x')", None],
)  # fmt: skip
def test_wrong_conditions_list_the_columns(two, wrong):
    with reading(two) as store, pytest.raises(DescriptionError, match=r"^sql: ") as caught:
        store.check_condition(wrong)
    if isinstance(wrong, str) and wrong:
        assert "columns are configuration, structure" in str(caught.value)


def test_readers_see_finished_blocks_while_one_is_written(two):
    one = candidate(3, lr=0.1)
    with writing(two) as writer:
        writer.connection.execute("BEGIN IMMEDIATE")
        writer.connection.execute("DELETE FROM trials")
        with reading(two) as store:
            assert len(store.results()) == 6
            assert store.data == DATA
        writer.connection.execute("ROLLBACK")
        with reading(two) as store:
            before = store.connection.execute("SELECT count(*) FROM trials").fetchone()
            Made(writer, "none").write([1], [one], [3, 4])
            assert before == (6,)
            assert len(store.results()) == 8


def test_a_full_disk_keeps_what_is_finished(two):
    one, seeds = candidate(3, lr=0.1), range(100, 5000)
    said = r"the disk is full; make room: .* run the same again"
    with pytest.raises(FileError, match=said), making(two) as made:
        (pages,) = made.writer.connection.execute("PRAGMA page_count").fetchone()
        made.writer.connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        made.write([1], [one], [3])
        made.write([1], [one], seeds)
    assert ask(two, "SELECT count(*) FROM trials") == [(7,)]
    assert ask(two, "PRAGMA integrity_check") == [("ok",)]
    with making(two) as made:  # there is room again
        made.write([1], [one], seeds)
    assert ask(two, "SELECT count(*) FROM trials") == [(7 + len(seeds),)]


def test_what_a_power_loss_tears_off_costs_blocks_and_no_more(path, tmp_path):
    one, n_blocks = candidate(), 6
    with making(path) as made:
        ids = made.add(one)
        for b in range(n_blocks):
            made.write(ids, [one], range(10 * b, 10 * b + 10))
        # Another process copies: to close the file here would drop SQLite's locks on it.
        torn = tmp_path / "torn"
        torn.mkdir()
        subprocess.run(["cp", path, f"{path}-wal", torn], check=True)
    log = (torn / "a.study-wal").read_bytes()
    left = []
    for length in np.linspace(0, len(log), 40).astype(int):
        for it in torn.glob("*-shm"):
            it.unlink()
        shutil.copy(torn / "a.study", torn / "b.study")
        (torn / "b.study-wal").write_bytes(log[:length])
        with making(torn / "b.study") as made:
            seeds = made.writer.results().seed.tolist()
            assert made.writer.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert seeds == list(range(len(seeds)))
        assert len(seeds) % 10 == 0
        left.append(len(seeds))
    assert left == sorted(left)
    assert (left[0], left[-1]) == (0, 10 * n_blocks)
    assert len(set(left)) == n_blocks + 1


def test_a_finished_block_is_on_the_disk(two, monkeypatch):
    found = []

    def ask_first(connection, *rest):
        found.append(connection.execute("PRAGMA synchronous").fetchone())
        insert(connection, *rest)

    insert = trials.insert
    monkeypatch.setattr(trials, "insert", ask_first)
    with making(two) as made:
        assert made.writer.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        made.write([1], [candidate(3, lr=0.1)], [3])
    assert found == [(2,)]  # FULL


def test_at_rest_a_study_is_one_file(two):
    folder = two.parent
    assert list(folder.iterdir()) == [two]
    with reading(two) as store:
        assert len(store.results()) == 6
    assert list(folder.iterdir()) == [two]
    with writing(two) as writer, reading(two) as store:
        writer.say(description="more")
        assert {it.name for it in folder.iterdir()} > {two.name, "a.study-wal", "a.study.lock"}
        assert store.about()["description"] == "more"
    assert ask(two, "SELECT value FROM study WHERE key = 'description'") == [("more",)]


def test_a_reader_at_the_end_of_writing_is_left_alone(two):
    with reading(two) as store:
        rows = store.connection.execute("SELECT seed FROM trials")
        first = rows.fetchone()
        with closing(sqlite3.connect(two)) as other:  # what it was when the reader came
            mode = other.execute("PRAGMA journal_mode").fetchone()
        assert (first, mode) == ((0,), ("delete",))
        rows.fetchall()
        with making(two) as made:
            made.write([1], [candidate(3, lr=0.1)], [3])
            held = store.connection.execute("SELECT seed FROM trials")
            held.fetchone()
        assert len(held.fetchall()) == 6
    with reading(two) as store:
        assert len(store.results()) == 7
    with making(two):
        pass
    assert list(two.parent.iterdir()) == [two]


def test_a_summary_says_of_how_many_trials_it_is(two):
    frame = pl.DataFrame({"lr": [0.1], "LR": ["b"], "trials": [6]})
    with making(two) as made:
        made.writer.summarize(frame, 6)
        connection = made.writer.connection
        assert connection.execute("SELECT * FROM summary").fetchall() == [(0.1, "b", 6)]
        assert made.writer.about_json("summary") == {"trials": 6, "columns": ["lr", "LR", "trials"]}
        made.writer.summarize(frame.head(0), 7)
        assert connection.execute("SELECT * FROM summary").fetchall() == []
