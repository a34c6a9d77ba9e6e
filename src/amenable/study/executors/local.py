"""`LocalExecutor`: blocks one after the other in this process, on its cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from amenable.datasets import Dataset
from amenable.engine import Record, check_threads
from amenable.errors import DescriptionError
from amenable.study.blocks import Block, BlockResult
from amenable.study.executors.base import Executor
from amenable.study.work import train_block


class LocalExecutor(Executor):
    """Trains blocks in this process; the engine spreads each over the cores.

    Examples
    --------
    >>> from amenable import Training, load, mlp
    >>> from amenable.engine import Record
    >>> from amenable.population import Configuration
    >>> it = Configuration(mlp(2, 3, 1), Training(steps=10))
    >>> with LocalExecutor() as executor:
    ...     executor.open(load("xor"), Record(weights=False), threads=1)
    ...     [result.steps.tolist() for result in executor.run([Block(1, (1,), (it,), (0, 1))])]
    [[10, 10]]
    """

    n_slots = 1

    def __init__(self) -> None:
        self._job: tuple[Dataset, Record, int] | None = None

    def open(self, data: Dataset, record: Record, threads: int | None) -> None:
        """Get ready to train on the data."""
        self._job = (data, record, check_threads(threads))

    def run(
        self, blocks: Iterable[Block], watch: Callable[[int], None] | None = None
    ) -> Iterator[BlockResult]:
        """Train the blocks in their order; see `Executor.run`."""
        if self._job is None:
            raise DescriptionError("LocalExecutor: not open; call open(data, record, threads)")
        data, record, threads = self._job
        finished = 0
        for block in blocks:
            tell = _after(finished, watch) if watch is not None else None
            yield train_block(block, data, record, threads, tell)
            finished += block.n_trials

    def close(self) -> None:
        """Let go of the data."""
        self._job = None

    def describe(self) -> str:
        """Where it trains."""
        if self._job is None:
            return "this machine"
        threads = self._job[2]
        return f"this machine, {threads} thread{'' if threads == 1 else 's'}"


def _after(finished: int, watch: Callable[[int], None]) -> Callable[[int], None]:
    """What counts the trials of one block on top of those of the blocks before."""
    return lambda n: watch(finished + n)
