"""Ray on one machine against this process alone, and what a trial costs on one core.

The ratio compares blocks of about a second that keep all cores busy: here one block at a time on
all cores, on Ray one on each. The share says how much of the cores' time was spent in blocks; other
load on the machine disturbs it less than the ratio.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import count
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.limits import Measure, Reading
from benchmarks.peers import Settings, UnavailableError
from benchmarks.tasks import Limit

if TYPE_CHECKING:
    from amenable.population import Configuration
    from amenable.study.blocks import Block, BlockResult
    from amenable.study.executors.base import Executor

BLOCK_S = 1.0
N_BLOCKS = 10  # on each core, of a run
MILLIONS = 10  # of trials, in the sentence of docs/clusters.md
HOUR_S = 3600.0
COSTS = {  # data, hidden layers, training
    "2-4-1 on XOR": ("xor", (4,), {"steps": 1000, "goal": "accuracy >= 1"}),
    "2-8-8-1 on moons": ("moons", (8, 8), {"epochs": 100}),
    "64-32-10 on digits": ("digits", (32,), {"epochs": 20}),
}

LIMITS = {
    limit.name: limit
    for limit in (
        Limit("ray-ratio", "blocks of a second: Ray on this machine over this process", 1.1, "x"),
        Limit("ray-share", "the same: cores' time spent in blocks", 0.9, "", at_least=True),
        Limit("ray-start", "start of a cluster on this machine", None, "s"),
        *(
            Limit(f"cost-{name}", f"{MILLIONS} million trials of {name}", None, "core hours")
            for name in COSTS
        ),
    )
}


def ray(settings: Settings, repeats: int) -> list[Reading]:
    """The same trials here and on Ray, in turn; first that both come to the same."""
    import amenable as am
    from amenable.engine import Recording
    from amenable.errors import MissingExtra
    from amenable.study.blocks import Block
    from amenable.study.executors.choose import executor_for

    configuration = _configuration("2-4-1 on XOR")
    data, record, numbers = am.load("xor"), Recording(weights=False), count()

    def blocks(n_blocks: int, n_seeds: int) -> Iterator[Block]:
        for k in range(n_blocks):
            yield Block(
                next(numbers), (1,), (configuration,), range(k * n_seeds, (k + 1) * n_seeds)
            )

    def timed(executor: Executor, n_blocks: int, n_seeds: int) -> tuple[float, list[BlockResult]]:
        start = time.perf_counter()
        results = list(executor.run(blocks(n_blocks, n_seeds)))
        return time.perf_counter() - start, results

    try:
        there = executor_for("ray")
    except MissingExtra as reason:
        raise UnavailableError(str(reason)) from None
    threads = settings.threads
    # Ray's processes give way to others; beside other load that would be all that is measured.
    os.environ.setdefault("RAY_worker_niceness", str(os.nice(0)))
    with executor_for("here") as here, there:
        here.open(data, record, threads)
        start = time.perf_counter()
        there.open(data, record, None)
        start_s = time.perf_counter() - start
        timed(there, 2 * threads, 100)  # each process has imported what it needs
        second = int(BLOCK_S * 8000 / timed(here, 1, 8000)[0]) // threads * threads
        less, more, shares = [], [], []
        for _ in range(repeats):
            seconds, ours = timed(here, N_BLOCKS, second)
            less.append(seconds)
            seconds, theirs = timed(there, N_BLOCKS * threads, second // threads)
            more.append(seconds)
            shares.append(sum(it.seconds for it in theirs) / (threads * seconds))
            _check_same(ours, theirs)
    ratio = median(b / a for a, b in zip(less, more, strict=True))
    note = f"{median(less):.2f} s and {median(more):.2f} s; load {os.getloadavg()[0]:.1f}"
    return [
        Reading(LIMITS["ray-ratio"], ratio, note),
        Reading(LIMITS["ray-share"], median(shares), f"of {threads} cores"),
        Reading(LIMITS["ray-start"], start_s),
    ]


def _check_same(ours: list[BlockResult], theirs: list[BlockResult]) -> None:
    """Blocks are cut differently and come in any order; their trials are the same."""
    steps = [
        np.concatenate([it.steps for it in sorted(results, key=lambda it: it.block.seeds[0])])
        for results in (ours, theirs)
    ]
    if not np.array_equal(*steps):
        raise AssertionError("Ray and this process came to different results")


def cost(settings: Settings, repeats: int) -> list[Reading]:
    """What a trial costs one core, in blocks of about a second; processor time, not the clock's."""
    import amenable as am
    from amenable.engine import Recording
    from amenable.study.blocks import Block
    from amenable.study.work import train_block

    readings = []
    for name, (data, *_) in COSTS.items():
        configuration, dataset = _configuration(name), am.load(data)
        n_seeds, found = 64, []
        while len(found) < repeats:
            block = Block(0, (1,), (configuration,), range(n_seeds))
            start = time.process_time()
            train_block(block, dataset, Recording(weights=False), threads=1)
            seconds = time.process_time() - start
            if seconds < BLOCK_S / 2:
                n_seeds *= 2
            else:
                found.append(seconds / n_seeds)
        hours = median(found) * MILLIONS * 1e6 / HOUR_S
        note = f"{median(found) * 1e6:.1f} us a trial"
        readings.append(Reading(LIMITS[f"cost-{name}"], hours, note))
    return readings


def _configuration(name: str) -> Configuration:
    import amenable as am
    from amenable.population import Configuration

    data, hidden, training = COSTS[name]
    dataset = am.load(data)
    outputs = 1 if dataset.n_classes <= 2 else dataset.n_classes
    return Configuration(am.mlp(dataset.n_inputs, *hidden, outputs), am.Training(**training))


MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "ray": (ray, ("ray-ratio", "ray-share", "ray-start")),
    "cost": (cost, tuple(name for name in LIMITS if name.startswith("cost-"))),
}
