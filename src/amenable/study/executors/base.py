"""The contract of executors. `tests/contract` runs one suite over every implementation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

from amenable.datasets import Dataset, RepeatedSplits
from amenable.engine import Recording
from amenable.study.blocks import Block, BlockResult


class Executor(ABC):
    """Trains blocks, somewhere.

    Promises of every implementation:

    - `run` yields one result for each block, in any order; the bits of a result are those of the
      block trained in this process, wherever and however often it ran.
    - Blocks are taken from the iterable only when there is room: at most `n_slots` are waiting or
      running, so that a study of any length fits in memory.
    - A block that is lost with its machine or process is run again, and yielded once.
    - A block that fails for a reason of its own (its description, its data) raises that error from
      `run`; other blocks are not lost: their results were yielded, or run again on the next start.
    - On KeyboardInterrupt, or when the generator is closed, what runs is given up, nothing goes on
      behind the caller's back, and the executor can be closed.
    - `close` may be called twice. An executor is used by one thread, and is a context manager.
    """

    n_slots: int
    """How many blocks may be waiting or running at once; may change as machines come and go."""

    @abstractmethod
    def open(
        self,
        data: Dataset | RepeatedSplits,
        record: Recording,
        threads: int | None,
        keep: str = "all",
    ) -> None:
        """Get ready to train on the data; called once, before `run`.

        `threads` is how many cores one block uses; None leaves it to the executor. With `keep`
        "best", arrays of the best trial of each configuration in a block are enough: results may
        have one row there instead of S.
        """

    @abstractmethod
    def run(
        self, blocks: Iterable[Block], watch: Callable[[int], None] | None = None
    ) -> Iterator[BlockResult]:
        """Train the blocks; `watch` is told now and then how many trials of them are finished.

        What `watch` is told never falls during one call, and counts trials of yielded and of
        running blocks.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of processes, machines and memory."""

    @abstractmethod
    def describe(self) -> str:
        """Where it trains, in a few words for the user: "this machine, 2 threads"."""

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
