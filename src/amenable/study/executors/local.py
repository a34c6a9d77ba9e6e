"""`LocalExecutor`: blocks one after the other in this process, on its cores.

While the caller writes a result down, the next block is being trained.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from amenable.datasets import Dataset, RepeatedSplits
from amenable.engine import Recording, check_threads
from amenable.errors import DescriptionError
from amenable.formatting import plural
from amenable.study.blocks import Block, BlockResult
from amenable.study.executors.base import Executor
from amenable.study.work import train_block

POLL_S = 0.05  # how often progress is told

Job = tuple[Dataset | RepeatedSplits, Recording, int]


class LocalExecutor(Executor):
    """Trains blocks in this process; the engine spreads each over the cores.

    Examples
    --------
    >>> from amenable import Training, load, mlp
    >>> from amenable.engine import Recording
    >>> from amenable.population import Configuration
    >>> it = Configuration(mlp(2, 3, 1), Training(steps=10))
    >>> with LocalExecutor() as executor:
    ...     executor.open(load("xor"), Recording(weights=False), threads=1)
    ...     [result.steps.tolist() for result in executor.run([Block(1, (1,), (it,), (0, 1))])]
    [[10, 10]]
    """

    n_slots = 2  # one that is trained, and one that is ready for when that is done

    def __init__(self) -> None:
        self._job: Job | None = None

    def open(
        self,
        data: Dataset | RepeatedSplits,
        record: Recording,
        threads: int | None,
        keep: str = "all",
    ) -> None:
        """Get ready to train on the data."""
        self._job = (data, record, check_threads(threads))

    def run(
        self, blocks: Iterable[Block], watch: Callable[[int], None] | None = None
    ) -> Iterator[BlockResult]:
        """Train the blocks in their order; see `Executor.run`."""
        if self._job is None:
            raise DescriptionError("LocalExecutor: not open; call open(data, record, threads)")
        finished = 0
        coming = iter(blocks)
        running, following = _ready(next(coming, None), self._job), next(coming, None)
        try:
            _start(running)
            while running is not None:
                while not running.done.wait(POLL_S):
                    if watch is not None:
                        watch(finished + running.n_finished)
                result = running.result()
                finished += result.block.n_trials
                running = _ready(following, self._job)
                _start(running)  # after it has its name: Ctrl-C from here on gives it up
                if watch is not None:
                    watch(finished)
                yield result
                following = next(coming, None)
        finally:
            if running is not None:
                running.give_up()

    def close(self) -> None:
        """Let go of the data."""
        self._job = None

    def describe(self) -> str:
        """Where it trains."""
        if self._job is None:
            return "this machine"
        return f"this machine, {plural(self._job[2], 'thread')}"


def _ready(block: Block | None, job: Job) -> _Running | None:
    """The block ready to start, if there is one."""
    return None if block is None else _Running(block, job)


def _start(running: _Running | None) -> None:
    if running is not None:
        running.thread.start()


class _GivenUpError(Exception):
    """Raised where the engine tells its progress: so it stops."""


class _Running:
    """A block that is trained by a thread of its own."""

    def __init__(self, block: Block, job: Job) -> None:
        self.done = threading.Event()
        self.n_finished = 0
        self._is_given_up = False
        self._found: BlockResult | BaseException | None = None
        self.thread = threading.Thread(target=self._train, args=(block, job), daemon=True)

    def result(self) -> BlockResult:
        """What became of the block that is done; its error, if it had one."""
        self.thread.join()
        if isinstance(self._found, BlockResult):
            return self._found
        raise self._found or RuntimeError("a block that is not done")

    def give_up(self) -> None:
        """Stop, and wait until nothing runs any more."""
        self._is_given_up = True
        if self.thread.ident is not None:  # else Ctrl-C came before it began
            self.done.wait()

    def _train(self, block: Block, job: Job) -> None:
        data, record, threads = job
        try:
            self._found = train_block(block, data, record, threads, self._tell)
        except BaseException as error:
            self._found = error
        finally:
            self.done.set()

    def _tell(self, finished: int) -> None:
        if self._is_given_up:
            raise _GivenUpError
        self.n_finished = finished
