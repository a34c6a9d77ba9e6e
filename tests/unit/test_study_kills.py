"""Fifty kills at random moments: nothing that was finished is lost, and the end is the same."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import study_victim as victim

SEED, N_KILLS = 20, 50


def rows(path):
    """All that a study comes to, apart from which block a trial was in."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        trials = connection.execute(
            "SELECT configuration, seed, status, steps, training_loss, training_metric, "
            "validation_loss, validation_metric FROM trials ORDER BY 1, 2"
        ).fetchall()
        arrays = connection.execute(
            "SELECT configuration, name, seed, dtype, shape, encoding, data FROM arrays ORDER BY 1"
        ).fetchall()
        configurations = connection.execute("SELECT * FROM configurations ORDER BY 1").fetchall()
        summary = connection.execute("SELECT * FROM summary ORDER BY rowid").fetchall()
    return trials, arrays, configurations, summary


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("undisturbed") / "whole.study"
    victim.run(path)
    return rows(path)


def test_fifty_kills_lose_nothing(undisturbed, tmp_path):
    done = subprocess.run(
        [sys.executable, victim.__file__, str(tmp_path), str(SEED), str(N_KILLS)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said["kills"]) == N_KILLS
    for before, reported, found in said["kills"]:
        # one block may have been written and not yet reported
        assert before + reported <= found <= before + reported + 40
    assert sum(reported > 0 for _, reported, _ in said["kills"]) > N_KILLS / 3
    for file in said["files"]:
        assert rows(Path(file)) == undisturbed
