"""The contract, kept on a Ray cluster of three nodes."""

import pytest
from executor_contract import DATA, RECORD, ExecutorContract, block, check

from amenable.errors import ClusterError, DescriptionError
from amenable.study.executors.ray_cluster import RayExecutor


class TestRayExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self, cluster):
        return RayExecutor()

    def test_it_says_how_large_the_cluster_is(self, opened):
        assert opened.describe() == "Ray on this machine, 3 nodes, 3 cores"
        assert opened.n_slots == 6

    def test_a_block_may_not_need_more_cores_than_a_node_has(self, executor):
        with executor, pytest.raises(DescriptionError, match="threads: expected at most 1"):
            executor.open(DATA, RECORD, threads=2)

    def test_one_core_is_the_default(self, executor):
        with executor:
            executor.open(DATA, RECORD, threads=None)
            check(list(executor.run([block(0)])), [block(0)])

    def test_a_process_is_in_one_cluster(self, cluster):
        import ray

        executor = RayExecutor(cluster.client_address)
        with executor, pytest.raises(ClusterError, match="in a cluster already"):
            executor.open(DATA, RECORD, threads=1)
        assert ray.is_initialized()  # and stays in it

    def test_of_the_best_no_more_is_sent(self, executor):
        with executor:
            executor.open(DATA, RECORD, threads=1, keep="best")
            (result,) = executor.run([block(0)])
        assert [len(it) for it in result.arrays["weights"]] == [1] * 4
        assert [len(it) for it in result.arrays["curves"]] == [1] * 4
