"""Lets the tests here import what they share, and gives the Ray cluster that they share."""

import logging
import shutil
import signal
import sys
import tempfile
import warnings
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="package")
def ray_environment():
    """What Ray reads, set for this process and its children: a place of its own, and no others."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # names of sockets must be short
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_AUTH_TOKEN", "0" * 64)  # or one is written into the home folder
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # listens on 127.0.0.1 only
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S", "120")  # on a busy machine
        patch.setenv("RAY_CLIENT_INITIAL_CONNECTION_TIMEOUT_S", "30")
        patch.delenv("RAY_ADDRESS", raising=False)
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def cluster(ray_environment):
    """A Ray cluster of a head and two more nodes, one core each; this process is connected."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'amenable[ray]'")
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    import ray
    from ray._private import ray_constants
    from ray.cluster_utils import Cluster
    from ray_nodes import NODE, add_node, free_port

    client_port, handler = free_port(), signal.getsignal(signal.SIGTERM)
    patch = pytest.MonkeyPatch()
    patch.setattr(ray_constants, "ENABLE_RAY_CLUSTER", False)  # if it was imported before
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Ray leaves log files open as it starts
        cluster = Cluster(
            initialize_head=True,
            head_node_args={
                **NODE,
                "include_dashboard": False,
                "ray_client_server_port": client_port,
                # A node that is gone is noticed in a second, not fifteen; a busy one has ten.
                "_system_config": {
                    "health_check_period_ms": 500,
                    "health_check_failure_threshold": 2,
                },
            },
        )
        for _ in range(2):
            add_node(cluster)
        ray.init(address=cluster.address, logging_level=logging.CRITICAL, log_to_driver=False)
    cluster.client_address = f"ray://127.0.0.1:{client_port}"
    yield cluster
    ray.shutdown()
    cluster.shutdown()
    patch.undo()
    signal.signal(signal.SIGTERM, handler)  # Ray has its own
