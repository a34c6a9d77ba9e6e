"""A file of each schema that was released: it opens, answers, and can be gone on with."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import study_fixture as fixture

import amenable as am
from amenable.population.keys import every_setting
from amenable.study.store import reading, schema

FOLDER = Path(__file__).parents[1] / "fixtures"
VERSIONS = range(1, schema.VERSION + 1)


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def study(version, tmp_path):
    """A copy of the file; said to be of this series of versions, as only that may go on."""
    path = tmp_path / "old.study"
    shutil.copy(FOLDER / f"schema_{version}.study", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
        connection.execute("UPDATE study SET value = ? WHERE key = 'version'", (am.__version__,))
    return am.Study(path)


def test_there_is_one_for_each_schema():
    assert sorted(it.name for it in FOLDER.glob("schema_*")) == [
        f"schema_{version}.study" for version in VERSIONS
    ]
    assert all(it.stat().st_size < 64_000 for it in FOLDER.glob("schema_*"))


def test_it_answers(study, version):
    status = study.status
    assert (status.trials, status.configurations, status.is_complete) == (80, 8, True)
    assert (status.keep, status.has_curves, status.data.name) == ("best", True, "xor")
    assert status.description == f"a file of schema {version}"
    assert [row.trials for row in study.summary().rows] == [10] * 8
    assert [row.trials for row in study.summary("hidden").rows] == [40, 40]
    assert set(study.to_frame("hidden = '[3,2]'")["structure"]) == {"2-3-2-1"}
    solved = study.to_frame("solved")
    assert solved["goal_step"].to_list() == solved["steps"].to_list()
    assert study.to_frame()["test_loss"].null_count() == 80
    best = study.best
    assert best.network.inputs == 2
    assert np.isfinite(best.flat).all()
    curves = study.population().records.padded("curves")
    assert np.isfinite(curves[:, 0, 0, 0]).sum() == 8


def test_it_knows_its_defaults(study):
    found = study.to_frame("lr = 0.1 and activation = 'relu'")
    assert found["configuration"].n_unique() == 2
    with reading(study.path) as store:
        rows = store.connection.execute(
            "SELECT c.settings, s.value FROM settings_by_configuration AS s "
            "JOIN configurations AS c ON c.id = s.configuration WHERE s.setting = 'beta1'"
        ).fetchall()
        every = store.connection.execute("SELECT every_setting FROM configurations").fetchall()
    assert [value for _, value in rows] == [0.9] * 8
    assert not any("beta1" in settings for settings, _ in rows)
    assert [json.loads(text) for (text,) in every] == [
        every_setting(it) for it in study.results().configurations
    ]


def test_it_goes_on(study):
    before = study.to_frame()
    assert fixture.run(study.path).trials == 0
    assert fixture.run(study.path, seeds=12).trials == 16
    after = study.to_frame()
    assert after.height == 96
    assert after.filter(after["seed"] < 10).equals(before)
    with closing(sqlite3.connect(study.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
