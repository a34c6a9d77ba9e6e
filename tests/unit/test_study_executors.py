"""From what a user writes to an executor; what is said where Ray is missing or does not answer."""

import socket
import sys

import pytest

from amenable.datasets import load
from amenable.engine import Recording
from amenable.errors import ClusterError, DescriptionError, MissingExtra
from amenable.study.executors import ray_connection
from amenable.study.executors.choose import executor_for
from amenable.study.executors.local import LocalExecutor
from amenable.study.executors.ray_cluster import RayExecutor
from amenable.study.executors.ray_node import Job, pack, task, train_packed, values_of
from amenable.version import package_version


@pytest.fixture
def has_ray(monkeypatch):
    """As if Ray were installed, whether it is or not."""
    monkeypatch.setattr(ray_connection, "find_spec", lambda name: name)


@pytest.mark.parametrize("on", [None, "here"])
def test_here_is_this_process(on):
    assert isinstance(executor_for(on), LocalExecutor)


@pytest.mark.parametrize(
    ("on", "where"),
    [
        ("ray", "Ray on this machine"),
        ("ray://head:20001", "Ray at ray://head:20001"),
        ("ray://head.example", "Ray at ray://head.example:10001"),
        ("ray://10.0.0.7:1", "Ray at ray://10.0.0.7:1"),
        ("ray://[fd00::7]:10001", "Ray at ray://[fd00::7]:10001"),
        ("head:6379", "Ray at head:6379"),
    ],
)
def test_ray_with_its_address(has_ray, on, where):
    executor = executor_for(on)
    assert isinstance(executor, RayExecutor)
    assert executor.describe() == where


def test_an_executor_stands_for_itself():
    executor = LocalExecutor()
    assert executor_for(executor) is executor


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("rya", r'^on: expected "here", "ray", .* got \'rya\'; did you mean \'ray\'\?$'),
        ("", r"^on: expected .* got ''$"),
        ("local", r"^on: expected"),
        (8, r"^on: expected .* got 8$"),
        (["ray"], r"^on: expected"),
        ("ray://", r"^address of a Ray cluster: expected \"ray://HOST:PORT\", or"),
        ("ray://head:port", r"^address of a Ray cluster: expected .* got 'ray://head:port'$"),
        ("ray://head:0", r"a port from 1 to 65535, got 'ray://head:0'$"),
        ("ray://head:70000", r"a port from 1 to 65535"),
        ("http://head:1", r"^address of a Ray cluster"),
        ("ray://head:1/x", r"^address of a Ray cluster"),
        ("head:", r"^address of a Ray cluster"),
        ("head:1\n", r"^address of a Ray cluster"),
    ],
)
def test_anything_else_is_refused(has_ray, on, said):
    with pytest.raises(DescriptionError, match=said):
        executor_for(on)


@pytest.mark.parametrize("address", ["head", 3])
def test_an_address_needs_a_port_or_a_protocol(has_ray, address):
    with pytest.raises(DescriptionError, match=r"^address of a Ray cluster: expected"):
        RayExecutor(address)


@pytest.mark.parametrize(("missing", "on"), [("ray", "ray"), ("ray", "a:1"), ("grpc", "ray://a")])
def test_without_ray_the_extra_is_named(monkeypatch, missing, on):
    monkeypatch.setattr(ray_connection, "find_spec", lambda name: None if name == missing else name)
    with pytest.raises(MissingExtra, match=r"pip install 'amenable\[ray\]'$"):
        executor_for(on)


@pytest.mark.parametrize("protocol", ["ray://", ""])
def test_nobody_listens(protocol):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'amenable[ray]'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = f"{protocol}127.0.0.1:{taken.getsockname()[1]}"
        with RayExecutor(address) as executor:
            with pytest.raises(
                ClusterError, match=rf"^Ray at {address}: cannot connect: .*refused"
            ):
                executor.open(load("xor"), Recording(), None)
            with pytest.raises(DescriptionError, match="not open"):
                next(executor.run([]))


def test_the_cluster_of_this_machine_has_died(monkeypatch, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'amenable[ray]'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("RAY_ADDRESS", address)
        monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
        with RayExecutor() as executor, pytest.raises(ClusterError, match=r"does not .*`ray stop`"):
            executor.open(load("xor"), Recording(), None)


@pytest.mark.parametrize(
    ("variable", "left", "found"),
    [
        (None, None, ""),
        (None, "10.0.0.7:6379\n", "10.0.0.7:6379"),
        ("head:6379", "10.0.0.7:6379", "head:6379"),
        ("local", "10.0.0.7:6379", ""),  # Ray's word for a new one
    ],
)
def test_which_cluster_is_joined(monkeypatch, tmp_path, variable, left, found):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'amenable[ray]'")
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if variable:
        monkeypatch.setenv("RAY_ADDRESS", variable)
    if left:
        (tmp_path / "ray").mkdir()
        (tmp_path / "ray" / "ray_current_cluster").write_text(left)  # as `ray start` does
    assert ray_connection._started_by_hand() == found


def test_a_node_without_the_package_says_so(monkeypatch):
    train = task()
    monkeypatch.setitem(sys.modules, "amenable.version", None)
    kind, reason = train(("0.1.0",), b"", {})
    assert kind == "refused"
    assert reason.startswith(f"node {socket.gethostname()}: amenable cannot be imported: ")


def test_a_node_of_another_version_opens_nothing():
    kind, reason = task()(("0.0.1",), b"no pickle", {})
    assert kind == "refused"
    assert reason == f"node {socket.gethostname()} has amenable {package_version()}"


def test_a_node_makes_the_dataset_once(monkeypatch):
    import amenable as am
    from amenable.population import Configuration
    from amenable.study.blocks import Block
    from amenable.study.executors import ray_node

    made = []
    dataset = ray_node.Dataset
    monkeypatch.setattr(ray_node, "Dataset", lambda **values: made.append(1) or dataset(**values))
    block = Block(0, (1,), (Configuration(am.mlp(2, 2, 1), am.Training(steps=5)),), (0, 1))
    record = {"curves": False, "signals": False, "snapshots": False, "weights": False}
    for key in ("a", "a", "b"):
        job = tuple(Job(package_version(), key, record, 1, "all"))
        status, *_ = train_packed(job, pack(block), values_of(load("xor")))
        assert status.shape == (2,)
    assert len(made) == 2
