"""What runs on a node of a Ray cluster: one block, from plain values to plain arrays.

Nothing of Ray is imported here. The data arrives as the values of its fields, a block as bytes that
are opened only after the node has shown that it has the version of this package that made them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from amenable.datasets import Dataset, RepeatedSplits
from amenable.engine import Recording
from amenable.population.source import DataSummary
from amenable.study.blocks import Block, BlockResult
from amenable.study.store import Keeper
from amenable.study.work import train_block

Values = Sequence[Mapping[str, Any]]  # the fields of each split of the data
Arrays = tuple[Any, Any, Any, Any, Any, float]  # of a BlockResult: all but its block


class Job(NamedTuple):
    """What all blocks of an executor share, as it travels."""

    version: str
    key: str
    record: Mapping[str, bool]
    threads: int
    keep: str


def task() -> Callable[..., tuple[str, Any]]:
    """The function that Ray calls on a node.

    It is made here so that it travels by value: it can then run where another version of this
    package is installed, or none, and say so. It gives ("done", arrays) or ("refused", reason).
    """

    def train_there(job: tuple[Any, ...], packed: bytes, values: Any) -> tuple[str, Any]:
        import socket

        version, *_ = job
        try:
            from amenable.version import package_version

            found = package_version()
        except ImportError as error:
            return "refused", f"node {socket.gethostname()}: amenable cannot be imported: {error}"
        if found != version:
            return "refused", f"node {socket.gethostname()} has amenable {found}"
        from amenable.study.executors.ray_node import train_packed

        return "done", train_packed(job, packed, values)

    return train_there


def values_of(data: Dataset | RepeatedSplits) -> list[dict[str, Any]]:
    """The fields of each split: arrays, texts and numbers."""
    return [{field.name: getattr(it, field.name) for field in fields(it)} for it in _splits(data)]


def size_bytes(data: Dataset | RepeatedSplits) -> int:
    """Of the inputs; splits that need no preparation share them."""
    return sum({id(it.x): it.x.nbytes for it in _splits(data)}.values())


def _splits(data: Dataset | RepeatedSplits) -> tuple[Dataset, ...]:
    return data.datasets if isinstance(data, RepeatedSplits) else (data,)


def pack(block: Block) -> bytes:
    """A block on its way to a node of the user's own cluster, where Ray itself pickles too."""
    return pickle.dumps(block)


def train_packed(job: tuple[Any, ...], packed: bytes, values: Values) -> Arrays:
    """Train a block on a node."""
    _, key, record, threads, keep = job
    block: Block = pickle.loads(packed)
    data, keeper = _given(key, values)
    result = train_block(block, data, Recording(**record), threads)
    if keep == "best":
        result = keeper.without_losers(result)
    arrays = result.status, result.steps, result.goal_step, result.final
    return *arrays, dict(result.arrays), result.seconds


def unpack(block: Block, arrays: Arrays) -> BlockResult:
    """The result of a block, back in the process that sent it.

    What is small and stays is copied: an array that lies in Ray's store would keep its place there.
    """
    status, steps, goal_step, final, kept, seconds = arrays
    copies = status.copy(), steps.copy(), goal_step.copy(), final.copy()
    return BlockResult(block, *copies, kept, seconds)


# In a process of a node, of the executor that it works for at present.
_made: dict[str, tuple[Dataset | RepeatedSplits, Keeper]] = {}


def _given(key: str, values: Values) -> tuple[Dataset | RepeatedSplits, Keeper]:
    """The data, and who knows the best on it; made once, for that checks and copies the data."""
    if key not in _made:
        _made.clear()
        splits = tuple(Dataset(**it) for it in values)
        data = RepeatedSplits(splits) if len(splits) > 1 else splits[0]
        _made[key] = data, Keeper("best", DataSummary.of(data))
    return _made[key]
