"""`RayExecutor`: blocks as tasks of a Ray cluster. Only this process writes the store.

What runs on a node is in ray_node.py; how a cluster is joined or started in ray_connection.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

from amenable.datasets import Dataset, RepeatedSplits
from amenable.engine import Recording, check_threads
from amenable.errors import ClusterError, DescriptionError
from amenable.formatting import plural
from amenable.study.blocks import Block, BlockResult
from amenable.study.executors.base import Executor
from amenable.study.executors.ray_connection import Connection, check_address
from amenable.study.executors.ray_node import Job, pack, size_bytes, task, unpack, values_of
from amenable.version import package_version

PER_CORE = 2  # blocks for each core: one runs, one waits, so that no core waits for this process
MAX_LOSSES = 5  # of one block: a machine can be lost under it, five in a row are its own doing
POLL_S = 0.2  # how often progress is told, and Ctrl-C heard
LOOK_S = 5.0  # how often the nodes are counted again: they come and go
PATIENCE_S = 600.0  # how long to wait for a node that trains; clouds take minutes to start one
FAREWELL_S = 2.0  # for blocks that were told to stop; then their processes are killed


@dataclass(frozen=True, slots=True)
class _Sent:
    """A block on its way, and how often it was lost before."""

    block: Block
    n_lost: int = 0


class RayExecutor(Executor):
    """Trains blocks on a Ray cluster, each as one task.

    A task uses one core, or `threads` cores if `open` is told so. The data goes once to each node,
    as arrays; results come back as arrays. A block that is lost with its process or machine is sent
    again, until it was lost five times; Ray's own repetitions are off.

    Parameters
    ----------
    address : str, optional
        "ray://HOST:PORT" of a cluster elsewhere (its Ray Client port; 10001 if left out),
        "HOST:PORT" of a cluster that this machine has joined, or None: the cluster that was
        started on this machine by `ray start`, if there is one; else one is started on this
        machine, with all its cores, reachable from it alone, and ends with `close`.

    Raises
    ------
    DescriptionError
        If the address is not one.
    MissingExtra
        If Ray, or for "ray://" its client, is not installed.

    Examples
    --------
    >>> import amenable as am
    >>> executor = RayExecutor("ray://head.example")  # doctest: +SKIP
    >>> am.Study("xor.study").run(am.mlp(2, 4, 1), "xor", on=executor)  # doctest: +SKIP
    32 trials finished.
    """

    def __init__(self, address: str | None = None) -> None:
        self.address = check_address(address)
        self.n_slots = PER_CORE
        self._connection: Connection | None = None
        self._threads = 1
        self._cores: list[int] = []  # of each node that trains
        self._look_at = self._seen_at = 0.0  # when to count them again; when one was last there

    def open(
        self,
        data: Dataset | RepeatedSplits,
        record: Recording,
        threads: int | None,
        keep: str = "all",
    ) -> None:
        """Join or start the cluster and hand it the data.

        Parameters
        ----------
        data, record
            What to train on, what to keep.
        threads : int or None
            Cores that one block uses; None for one.
        keep : str
            With "best", nodes send arrays of the best trial of each configuration only.

        Raises
        ------
        ClusterError
            If the cluster cannot be reached or started.
        DescriptionError
            If no node has as many cores as a block is to use.
        """
        self._threads = 1 if threads is None else check_threads(threads)
        self._connection = Connection(self.address, size_bytes(data))
        ray = self._connection.ray
        self._look_at = self._seen_at = time.monotonic()
        self._look()
        largest = max(self._cores, default=0)
        if 0 < largest < self._threads:
            raise DescriptionError(
                f"threads: expected at most {largest}, the cores of the largest node of "
                f"{self.describe()}, got {self._threads}"
            )
        self._job = Job(package_version(), uuid4().hex, asdict(record), self._threads, keep)
        self._values = ray.put(values_of(data))
        self._train = ray.remote(self._task()).options(
            num_cpus=self._threads, max_retries=0, name="amenable block"
        )

    def _task(self) -> Callable[..., tuple[str, Any]]:
        """What runs on a node; tests put accidents around it."""
        return task()

    def run(
        self, blocks: Iterable[Block], watch: Callable[[int], None] | None = None
    ) -> Iterator[BlockResult]:
        """Train the blocks; see `Executor.run`. `watch` counts trials of finished blocks.

        Raises
        ------
        ClusterError
            If a block is lost five times, a node has another version of this package, the
            connection breaks, or no node that trains is there for ten minutes.
        """
        remaining = iter(blocks)
        running: dict[Any, _Sent] = {}
        n_finished = 0
        try:
            while self._fill(running, remaining):
                for ref in self._ready(running):
                    result = self._result(running.pop(ref), ref, running)
                    if result is None:
                        continue
                    n_finished += result.block.n_trials
                    yield result
                    self._fill(running, remaining)
                if watch is not None:
                    watch(n_finished)
                self._look()
        finally:
            self._give_up(list(running))

    def _fill(self, running: dict[Any, _Sent], remaining: Iterator[Block]) -> bool:
        """Send blocks while there is room; whether any is on its way."""
        while len(running) < self.n_slots:
            block = next(remaining, None)
            if block is None:
                break
            self._send(_Sent(block), running)
        return bool(running)

    def _send(self, sent: _Sent, running: dict[Any, _Sent]) -> None:
        ref = self._train.remote(tuple(self._job), pack(sent.block), self._values)
        running[ref] = sent

    def _ready(self, running: dict[Any, _Sent]) -> list[Any]:
        """Those that are there: after the first, all; a slow one holds nobody up."""
        wait = self._opened().ray.wait
        with self._talking():
            ready, _ = wait(list(running), num_returns=1, timeout=POLL_S)
            if ready and len(running) > 1:
                ready, _ = wait(list(running), num_returns=len(running), timeout=0)
        return list(ready)

    def _result(self, sent: _Sent, ref: Any, running: dict[Any, _Sent]) -> BlockResult | None:
        """What became of a block; None where it was lost, and has been sent again."""
        ray = self._opened().ray
        try:
            with self._talking():
                kind, value = ray.get(ref)
        except ray.exceptions.RayError as error:  # also what the block itself has raised
            cause = error.cause if isinstance(error, ray.exceptions.RayTaskError) else error
            if not isinstance(cause, (MemoryError, ray.exceptions.RayError)):
                raise cause from error
            self._send(self._lost(sent, cause), running)
            return None
        if kind == "refused":
            raise ClusterError(
                f"{value}, this process has {self._job.version}: a study needs one version on all "
                f"machines; on that node: pip install amenable=={self._job.version}"
            )
        return unpack(sent.block, value)

    def _lost(self, sent: _Sent, error: BaseException) -> _Sent:
        """The block as it is to be sent again; the error, where that has been done often enough."""
        n_lost = sent.n_lost + 1
        if n_lost < MAX_LOSSES:
            return replace(sent, n_lost=n_lost)
        raise ClusterError(
            f"{self.describe()}: a block of {sent.block.n_trials} trials was lost {n_lost} times, "
            f"at last to {type(error).__name__}: {_first_line(error)}; what is finished is kept: "
            "see to the nodes (is their memory enough?) and start again"
        ) from error

    def _give_up(self, refs: list[Any]) -> None:
        """Stop what is on its way; by force what does not listen."""
        ray = self._opened().ray
        if not refs or not ray.is_initialized():  # a lost connection; asking would make a new one
            return
        with self._talking():
            for ref in refs:
                ray.cancel(ref)
            _, left = ray.wait(refs, num_returns=len(refs), timeout=FAREWELL_S)
            for ref in left:
                ray.cancel(ref, force=True)

    def _look(self) -> None:
        """Count the nodes now and then, and make room for blocks accordingly."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        with self._talking():
            self._cores = [it for it in self._opened().cores() if it > 0]
        n_at_once = sum(it // self._threads for it in self._cores)
        self.n_slots = PER_CORE * max(1, n_at_once)
        if n_at_once:
            self._seen_at = now
        elif now - self._seen_at > PATIENCE_S:
            raise ClusterError(
                f"{self.describe()}: no node that trains for {PATIENCE_S:.0f} seconds; what is "
                "finished is kept: start nodes with `ray start --address=HOST:PORT` and start again"
            )

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """A broken connection as one line."""
        try:
            yield
        except (ConnectionError, TimeoutError) as error:
            raise ClusterError(
                f"{self.describe()}: the connection broke: {_first_line(error)}; what is finished "
                "is kept: start again to go on"
            ) from error

    def _opened(self) -> Connection:
        if self._connection is None:
            raise DescriptionError("RayExecutor: not open; call open(data, record, threads)")
        return self._connection

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        connection, self._connection = self._connection, None
        self._values = self._train = None
        if connection is not None:
            connection.close()

    def describe(self) -> str:
        """Where it trains: "Ray at ray://head:10001, 3 nodes, 24 cores"."""
        place = f"Ray at {self.address}" if self.address else "Ray on this machine"
        if self._connection is None:
            return place
        nodes = "" if len(self._cores) == 1 else f", {len(self._cores)} nodes"
        return f"{place}{nodes}, {plural(sum(self._cores), 'core')}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else "no reason given"
