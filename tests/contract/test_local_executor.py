"""The contract, kept in this process."""

import pytest
from executor_contract import DATA, RECORD, ExecutorContract, block, check

from amenable.study.executors.local import LocalExecutor


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self):
        return LocalExecutor()

    def test_it_says_how_many_threads(self, executor):
        executor.open(DATA, RECORD, threads=2)
        assert executor.describe() == "this machine, 2 threads"

    def test_threads_change_no_bit(self, executor):
        executor.open(DATA, RECORD, threads=3)
        check(list(executor.run([block(0)])), [block(0)])
