"""What the nodes of the cluster that the tests share are made of."""

import socket

STORE_BYTES = 80 * 2**20  # about the least that Ray takes; some machines have 64 MB of /dev/shm
NODE = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": STORE_BYTES}


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def add_node(cluster):
    """One more node of one core."""
    return cluster.add_node(**NODE)
