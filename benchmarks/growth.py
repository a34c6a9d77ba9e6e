"""How the cost of a network and a step grows, and where a peer wins: sweeps around S1.

Budgets are cut so that a point takes about a second, so what is compared before a speed counts
is not who solves the task but who gets past a training accuracy that half of them reach early.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.measure import Row, Say, compare
from benchmarks.peers import Settings
from benchmarks.tasks import TASKS, Rival, Task

NETWORKS = (1, 16, 256, 4096)
WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512)
BATCHES = (1, 4, 16, 32, 128, 512)
DEPTHS = (1, 2, 4, 8, 16)

# About a second of JAX's best form on two cores that do 25 GFLOP/s of small products.
POINT_FLOP = 25e9
# Small networks are bound by activations and updates, not products: at least this much a network.
LEAST_FLOP = 2e6
EASY = 0.6  # two arms of a spiral: a straight line gets about this share right


def point(axis: str, value: int, **changes: object) -> Task:
    """S1 with `changes`, as many epochs as the budget allows and at most S1's own."""
    base = TASKS["S1"]
    task = replace(base, name=f"{axis} {value}", epochs=1, learned=EASY, **changes)  # type: ignore[arg-type]
    epoch_flop = task.n_networks * max(task.flop_per_network, LEAST_FLOP)
    epochs = min(base.epochs, max(1, round(POINT_FLOP / epoch_flop)))
    form = "jax-single" if task.n_networks == 1 else "jax-tuned"
    return replace(task, epochs=epochs, rivals=(Rival(form),))


def points() -> list[Task]:
    """Every point of every sweep; one axis moves at a time."""
    return [
        *(point("networks", n, n_networks=n) for n in NETWORKS),
        *(point("width", w, n_networks=64, widths=(2, w, w, 1)) for w in WIDTHS),
        *(point("batch", b, n_networks=256, batch=b) for b in BATCHES),
        *(point("depth", d, n_networks=256, widths=(2, *[16] * d, 1)) for d in DEPTHS),
    ]


def measure(settings: Settings, repeats: int, *, peers_only: bool, say: Say) -> list[Row]:
    rows = []
    for task in points():
        rows += compare(task, settings, repeats, peers_only=peers_only, say=say)
    return rows


def summary(rows: list[Row]) -> str:
    """Name the points at which the peer was the faster one."""
    lost = [
        f"{row.task} ({1 / row.ratio:.1f} times)" for row in rows if row.ratio and row.ratio < 1
    ]
    judged = [row for row in rows if row.ratio]
    if not judged:
        return "Where a peer wins: not known, the engine did not run."
    return f"Where JAX wins: {', '.join(lost) or 'at none'} of {len(judged)} points."
