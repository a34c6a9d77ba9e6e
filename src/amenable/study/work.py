"""`train_block`: the one function that every executor calls, wherever the block is trained."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset, RepeatedSplits
from amenable.engine import Recording, Watch
from amenable.study.blocks import Block, BlockResult


def train_block(
    block: Block,
    data: Dataset | RepeatedSplits,
    record: Recording,
    threads: int | None = None,
    watch: Watch | None = None,
) -> BlockResult:
    """Train each configuration of a block with each of its seeds.

    Parameters
    ----------
    block : Block
        What to train.
    data : Dataset or RepeatedSplits
        On what.
    record : Recording
        Whether to keep weights and curves.
    threads : int or None
        None for all cores that the process may use.
    watch : function, optional
        Is told now and then how many trials of the block are finished.

    Returns
    -------
    BlockResult
        Of all its trials.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came before the end: a block is finished or it is not there.
    """
    start_s = time.perf_counter()
    given = [engine.Setup(it.network, it.training) for it in block.configurations]
    outcomes = engine.run(given, data, block.seeds, record=record, threads=threads, watch=watch)
    if outcomes.is_cancelled:
        raise KeyboardInterrupt
    return BlockResult(
        block,
        outcomes.status,
        outcomes.steps,
        outcomes.goal_step,
        outcomes.final,
        _kept(outcomes, record),
        time.perf_counter() - start_s,
    )


def _kept(
    outcomes: engine.Outcomes, record: Recording
) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """The arrays that were asked for."""
    arrays: dict[str, tuple[NDArray[np.float64], ...]] = {}
    for name in ("weights", "curves"):
        if getattr(record, name):
            arrays[name] = tuple(it for it in getattr(outcomes, name) if it is not None)
    if record.curves:
        arrays["probes"] = tuple(it.astype(np.float64) for it in outcomes.probes)
    return arrays
