"""However a study is cut into runs and blocks: in the end it holds what one call of train finds."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import amenable as am
from amenable.engine import STATUSES
from amenable.study import block_size

NETWORKS = [am.mlp(2, width, 1, activation=it) for width in (2, 3) for it in ("tanh", "relu")]
TRAINING = am.Training(steps=40, goal="accuracy >= 1")
N_SEEDS = 12

parts = st.tuples(
    st.lists(st.sampled_from(range(len(NETWORKS))), min_size=1, unique=True),
    st.sets(st.integers(0, N_SEEDS - 1), min_size=1),
    st.sampled_from([1, 2, 5, 100]),
)


@cache
def whole():
    return am.train(NETWORKS, "xor", TRAINING, seeds=N_SEEDS)


@settings(max_examples=25)
@given(st.lists(parts, max_size=5))
def test_runs_and_blocks_change_nothing(runs):
    before = block_size.MOST_TRIALS
    with tempfile.TemporaryDirectory() as folder:
        study = am.Study(Path(folder, "a.study"))
        try:
            for members, seeds, block_size.MOST_TRIALS in [*runs, (range(4), range(N_SEEDS), 7)]:
                networks = [NETWORKS[i] for i in members]
                study.run(networks, "xor", TRAINING, seeds=seeds, keep="all", threads=1)
        finally:
            block_size.MOST_TRIALS = before
        found, expected = study.population(), whole()
        kept = dict(zip((it.network for it in found.configurations),
                        found.by("network").values(), strict=True))  # fmt: skip
        assert study.status.trials == len(NETWORKS) * N_SEEDS
    for network in NETWORKS:
        mine, theirs = kept[network], expected.where(network=network)
        assert np.array_equal(mine.seed, theirs.seed)
        assert np.array_equal(mine.status, theirs.status)
        assert np.array_equal(mine.final, theirs.final, equal_nan=True)
        assert np.array_equal(mine.weights, theirs.weights)
    assert set(found.status) <= set(STATUSES)
