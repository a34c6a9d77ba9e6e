"""What the nodes of the cluster that the tests share are made of."""

CLIENT_PORT = 25_001
STORE_BYTES = 80 * 2**20  # about the least that Ray takes; some machines have 64 MB of /dev/shm
NODE = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": STORE_BYTES}


def add_node(cluster):
    """One more node of one core."""
    return cluster.add_node(**NODE)
