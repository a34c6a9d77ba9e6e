"""Memory of training, measured in a process of its own: ``python -m benchmarks.memory THREADS``.

Prints JSON: the peak above the start for each of many networks of S1 trained in one call, and how
much the process has grown after ten such calls whose results were thrown away.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.engine import FINAL_METRICS_ONLY, Engine, package
from benchmarks.peers import Settings
from benchmarks.tasks import TASKS

N_NETWORKS = 10_000
N_CALLS = 10  # 100,000 trials after the first call
# Linux counts the peak in kilobytes, macOS in bytes.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT


def current_bytes() -> int | None:
    """Resident memory now; None where the system has no /proc."""
    path = Path("/proc/self/statm")
    if not path.is_file():
        return None
    return int(path.read_text().split()[1]) * resource.getpagesize()


def train(engine: Engine, call: int) -> None:
    seeds = range(call * N_NETWORKS, (call + 1) * N_NETWORKS)
    package().train(
        engine.network,
        engine.data,
        engine.training,
        seeds=seeds,
        threads=engine.threads,
        **FINAL_METRICS_ONLY,
    )
    gc.collect()


def main(threads: int) -> None:
    task = replace(TASKS["S1"], epochs=1)  # memory does not depend on how long one trains
    engine = Engine(task, 1, Settings(threads, Path()))
    before = peak_bytes()
    train(engine, 0)
    per_network = (peak_bytes() - before) / N_NETWORKS
    first, first_peak = current_bytes(), peak_bytes()
    for call in range(1, N_CALLS + 1):
        train(engine, call)
    last = current_bytes()
    grown = peak_bytes() - first_peak if first is None or last is None else last - first
    note = f"{N_CALLS} calls of {N_NETWORKS:,} after a first one"
    found = {"bytes_per_network": per_network, "n_networks": N_NETWORKS}
    print(json.dumps({**found, "growth_bytes": grown, "note": note}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
