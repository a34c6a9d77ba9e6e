"""Training thousands of networks takes no more memory than training a few, but for results."""

import gc
import os
from pathlib import Path

import pytest
import trials

from amenable.datasets import load
from amenable.network import mlp
from amenable.training import Adam, Training

STATM = Path("/proc/self/statm")
N_ROUNDS, N_EACH = 10, 2000  # 20,000 trials


def resident_bytes() -> int:
    """Memory of this process that is in use now."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell in /proc")
@pytest.mark.parametrize("goal", [None, "accuracy >= 0.8"])
def test_memory_does_not_grow_over_20_000_trials(goal: str | None) -> None:
    data = load("moons", n=40)
    training = Training(Adam(0.05), batch=16, steps=12, goal=goal, probe_every=4)
    network = mlp(2, 8, 8, 1)

    def train_some(first: int) -> None:
        trials.run(network, training, data, range(first, first + N_EACH), weights=False)

    for warm_up in range(2):
        train_some(warm_up * N_EACH)
    before = resident_bytes()
    for i in range(N_ROUNDS):
        train_some(i * N_EACH)
    # Of all that a trial has, 20,000 times: weights alone would be 9 MB, its results 1 MB
    assert resident_bytes() - before < 2e6
