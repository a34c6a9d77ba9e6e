"""Ray from a process of its own: a cluster that only it can reach; a study that is killed."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing

import pytest
import ray_driver

import amenable as am


def driver(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", ray_driver.__file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_cluster_of_its_own_is_quiet_unreachable_and_leaves_nothing(ray_environment, monkeypatch):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'amenable[ray]'")
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    monkeypatch.setenv("RAY_TMPDIR", folder)  # knows of no other cluster
    monkeypatch.delenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER")
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED")
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    monkeypatch.setenv("HOME", folder)
    done = driver("own")
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    seen = json.loads(done.stdout)
    assert seen["where"].startswith("Ray on this machine, ")
    assert seen["listens"] > 3
    assert seen["beyond"] == []
    assert seen["processes"] > 3
    assert seen["processes after"] == 1
    assert len(seen["folders"]) == 1
    assert seen["folders after"] == ["killed"]
    assert seen["is SIGTERM as before"]
    assert seen["was one killed"]


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [
            connection.execute(query).fetchall()
            for query in (
                "SELECT configuration, seed, status, steps, training_loss, training_metric, "
                "validation_loss, validation_metric FROM trials ORDER BY 1, 2",
                "SELECT configuration, name, seed, dtype, shape, data FROM arrays ORDER BY 1, 2",
            )
        ]


def test_a_killed_driver_goes_on_from_its_store(cluster, tmp_path):
    path, quiet = tmp_path / "killed.study", tmp_path / "quiet.study"
    killed = driver("study", path, cluster.address, 120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    n_kept = am.Study(path).status.trials
    assert 100 <= n_kept < 400
    done = driver("study", path, cluster.client_address, 0)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    ray_driver.study(quiet, None, 0)
    assert len(rows(quiet)[0]) == 400
    assert rows(path) == rows(quiet)


def test_a_study_on_the_cluster_that_this_process_has_joined(cluster, tmp_path):
    path, quiet = tmp_path / "ray.study", tmp_path / "quiet.study"
    run = am.Study(path).run(ray_driver.NETWORKS, "xor", ray_driver.TRAINING, seeds=20, on="ray")
    assert run.trials == 80
    am.Study(quiet).run(ray_driver.NETWORKS, "xor", ray_driver.TRAINING, seeds=20)
    assert rows(path) == rows(quiet)
