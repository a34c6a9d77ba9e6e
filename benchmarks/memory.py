"""Memory of training, measured in a process of its own: ``python -m benchmarks.memory THREADS``.

Prints JSON: the peak above the start for each of many networks of S1 trained in one call, and how
much the process has grown after ten more such calls whose results were thrown away.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.engine import Engine
from benchmarks.peers import Settings
from benchmarks.tasks import TASKS

N_NETWORKS = 10_000
N_WARM = 2  # calls until the allocator has what it keeps
N_CALLS = 10  # then 100,000 trials


def resident_bytes(field: str) -> int:
    """Resident memory: ``VmRSS`` now, ``VmHWM`` at its peak.

    Linux says both. Elsewhere the peak stands for either; on Linux `getrusage` would not do, since
    a new process inherits the peak of the one that started it.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def train(engine: Engine, call: int) -> None:
    engine.train(range(call * N_NETWORKS, (call + 1) * N_NETWORKS), keep_weights=False)
    gc.collect()


def main(threads: int) -> None:
    task = replace(TASKS["S1"], epochs=1)  # memory does not depend on how long one trains
    engine = Engine(task, 1, Settings(threads, Path()))
    before = resident_bytes("VmRSS")
    train(engine, 0)
    peak = resident_bytes("VmHWM")
    for call in range(1, N_WARM):
        train(engine, call)
    warm = resident_bytes("VmRSS")
    for call in range(N_WARM, N_WARM + N_CALLS):
        train(engine, call)
    found = {
        "n_networks": N_NETWORKS,
        "bytes_per_network": (peak - before) / N_NETWORKS,
        "growth_bytes": resident_bytes("VmRSS") - warm,
        "note": f"{N_CALLS} calls of {N_NETWORKS:,} after {N_WARM}",
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
