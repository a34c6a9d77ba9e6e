"""Accidents on a real Ray cluster: processes and nodes that die, memory that ends, a slow node.

Whatever happens, each block comes back once, with the bits of a quiet run.
"""

import os
from contextlib import closing

import pytest
from accidents import Accidental
from executor_contract import DATA, RECORD, block, check, small
from ray_nodes import add_node

from amenable.errors import ClusterError
from amenable.study.executors import ray_cluster
from amenable.study.executors.ray_cluster import RayExecutor

BLOCKS = [block(number) for number in range(8)]
pytestmark = pytest.mark.usefixtures("cluster")


def trained(executor):
    with executor:
        executor.open(DATA, RECORD, threads=1)
        return list(executor.run(BLOCKS))


def once(number, then):
    """An accident of one block, the first time that it is tried."""

    def before(this, folder):
        if this == number:
            n_tries = len(list(folder.iterdir())) + 1
            (folder / f"try {n_tries}").touch()
            if n_tries == 1:
                then()

    return before


def tries(folder):
    return sorted(it.name for it in folder.iterdir())


def test_a_killed_process_loses_nothing(tmp_path):
    def killed():
        import signal

        os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when memory ends

    check(trained(Accidental(once(3, killed), tmp_path)), BLOCKS)
    assert tries(tmp_path) == ["try 1", "try 2"]


def test_memory_that_ends_loses_nothing(tmp_path):
    def greedy():
        import resource

        import numpy as np

        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2**30, limits[1]))
        try:
            np.ones(2**28)  # 2 GiB
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)

    check(trained(Accidental(once(2, greedy), tmp_path)), BLOCKS)
    assert tries(tmp_path) == ["try 1", "try 2"]


def test_a_process_killed_by_rays_memory_monitor_loses_nothing(monkeypatch):
    import ray

    get, killed = ray.get, []

    def once_out_of_memory(ref):
        if not killed:
            killed.append(ref)
            raise ray.exceptions.OutOfMemoryError("the node was low on memory")
        return get(ref)

    monkeypatch.setattr(ray, "get", once_out_of_memory)
    check(trained(RayExecutor()), BLOCKS)
    assert killed


def test_a_node_that_joins_gets_work_and_dies_without_a_loss(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.0)

    def before(number, folder):
        import time

        import ray

        if ray.get_runtime_context().get_node_id() == (folder / "doomed").read_text():
            (folder / f"on it: {number}").touch()
            time.sleep(600)
        time.sleep(0.1)

    blocks, slots = [], []

    def hit():
        return list(tmp_path.glob("on it*"))

    def until_hit():  # a new node needs a while to start its first process
        for number in range(1000):
            if hit() and number > len(BLOCKS):
                return
            blocks.append(small(number))
            yield blocks[-1]

    def watch(_):
        slots.append(executor.n_slots)
        if hit() and doomed in cluster.worker_nodes:
            cluster.remove_node(doomed, allow_graceful=False)

    with Accidental(before, tmp_path) as executor:
        executor.open(DATA, RECORD, threads=1)
        assert executor.n_slots == 6
        doomed = add_node(cluster)
        (tmp_path / "doomed").write_text(doomed.node_id)
        check(list(executor.run(until_hit(), watch)), blocks)
    assert hit()
    assert doomed not in cluster.worker_nodes
    assert max(slots) == 8  # of four nodes, from when the fourth has joined


def test_a_slow_node_holds_nobody_up(tmp_path):
    def before(number, folder):
        import time

        if number:
            (folder / str(number)).touch()
        for _ in range(200):  # slower than all others together, but not for ever
            if number or len(list(folder.iterdir())) == 7:
                return
            time.sleep(0.1)

    results = trained(Accidental(before, tmp_path))
    check(results, BLOCKS)
    assert results[-1].block.number == 0


def test_a_block_that_is_lost_again_and_again_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(ray_cluster, "MAX_LOSSES", 2)

    def before(number, folder):

        if number == 1:
            (folder / str(os.getpid())).touch()
            os._exit(1)

    with pytest.raises(ClusterError, match=r"of 12 trials was lost 2 times.*finished is kept"):
        trained(Accidental(before, tmp_path))
    assert len(list(tmp_path.iterdir())) == 2


def test_a_cluster_without_nodes_is_an_error_in_the_end(monkeypatch):
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.0)
    monkeypatch.setattr(ray_cluster, "PATIENCE_S", 0.0)
    with RayExecutor() as executor:
        executor.open(DATA, RECORD, threads=1)
        monkeypatch.setattr(executor._connection, "cores", lambda: [0])
        with pytest.raises(ClusterError, match="no node that trains"):
            list(executor.run(iter(BLOCKS)))


def test_another_version_on_a_node_is_refused(monkeypatch):
    monkeypatch.setattr(ray_cluster, "package_version", lambda: "9.9.9")
    with pytest.raises(ClusterError, match=r"^node \S+ has amenable .*this process has 9\.9\.9"):
        trained(RayExecutor())


def test_nothing_goes_on_behind_the_callers_back(tmp_path, monkeypatch):
    monkeypatch.setattr(ray_cluster, "FAREWELL_S", 0.2)

    def before(number, folder):
        import time

        (folder / f"begun {number}").touch()
        if number:
            time.sleep(20)
        (folder / f"ended {number}").touch()

    with Accidental(before, tmp_path) as executor:
        executor.open(DATA, RECORD, threads=1)
        with closing(executor.run(small(number) for number in range(100))) as results:
            assert next(results).block.number == 0
    check(trained(RayExecutor()), BLOCKS)  # waits for the cores of what would still be running
    assert len(list(tmp_path.glob("begun *"))) <= 7
    assert [it.name for it in tmp_path.glob("ended *")] == ["ended 0"]
