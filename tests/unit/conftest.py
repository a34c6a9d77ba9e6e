"""What several unit tests look at: populations, trained or put together by hand, and what the quick
experiments of the lecture found.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import amenable as am
from amenable.answers.trial_table import TrialTable
from amenable.engine import STATUSES
from amenable.population import Configuration, DataSummary
from amenable.population.records import Records

sys.path.insert(0, str(Path(__file__).parent))  # what tests share: study_victim

GOAL = "accuracy >= 0.9"


@pytest.fixture(scope="session")
def population():
    """Two structures, two activations and two rates, eight seeds each, everything recorded."""
    networks = [
        am.mlp(2, *hidden, 1, activation=name)
        for hidden in ((3,), (4, 4))
        for name in ("tanh", "relu")
    ]
    trainings = am.grid(am.Training(epochs=40, goal=GOAL), lr=[0.1, 0.01])
    return am.train(
        networks, "moons", trainings, seeds=8, curves=True, signals=True, snapshots=True
    )


def make(status, *, steps=None, metric=None, loss=None, seed=None, goal=GOAL, configurations=None):
    """A population put together by hand: what became of each trial, on 40 validation samples."""
    n = len(status)
    pairs = configurations or [Configuration(am.mlp(2, 3, 1), am.Training(steps=100, goal=goal))]
    final = np.full((n, 3, 2), np.nan)
    final[:, 1, 0] = np.zeros(n) if loss is None else loss
    final[:, 1, 1] = np.zeros(n) if metric is None else metric
    each = n // len(pairs)
    ends = np.full(n, 100) if steps is None else np.array(steps)
    return am.Population(
        data=DataSummary("made", "classification", ("no", "yes"), 2, 160, 40, "f" * 64),
        configurations=tuple(pairs),
        seed=np.arange(n, dtype=np.uint64) % each if seed is None else np.array(seed, np.uint64),
        status=np.array(status),
        steps=ends,
        goal_step=np.where(np.array(status) == "solved", ends, -1),
        final=final,
        records=Records(
            configuration=np.repeat(np.arange(len(pairs)), each),
            row=np.tile(np.arange(each), len(pairs)),
            probes=(np.array([100]),) * len(pairs),
            arrays={"weights": tuple(np.zeros((each, it.network.n_parameters)) for it in pairs)},
        ),
        version="0",
    )


@pytest.fixture(scope="session")
def made():
    """What puts a population together; see make()."""
    return make


MANY_ROWS = 10**9  # judge, so that no others would judge otherwise


def simulate(settings, solved, *, seeds=None, steps=None, status=None, goal=GOAL, metric=None):
    """Results of a study put together by hand: solved (C, S) or a chance (C,), and what it was of.

    A chance is turned into 32 trials, of which that share is solved, the first seeds first.
    """
    solved = np.asarray(solved)
    if solved.ndim == 1:
        solved = np.arange(32) < np.round(32 * solved[:, None])
    n_configurations, n_seeds = solved.shape
    n = solved.size
    final = np.full((n, 3, 2), np.nan)
    final[:, 1, 1] = solved.ravel() if metric is None else np.ravel(metric)
    final[:, 1, 0] = 0.5
    codes = np.where(solved.ravel(), STATUSES.index("solved"), STATUSES.index("exhausted"))
    codes = np.asarray(codes if status is None else np.ravel(status), dtype=np.int8)
    ends = np.full(n, 100) if steps is None else np.ravel(steps)
    return TrialTable(
        data=DataSummary("made", "classification", ("no", "yes"), 2, 160, MANY_ROWS, "f" * 64),
        ids=tuple(range(10, 10 + n_configurations)),
        settings=tuple(settings),
        configurations=tuple(configured(it, goal) for it in settings),
        configuration=np.repeat(np.arange(n_configurations), n_seeds),
        seed=np.tile(np.arange(n_seeds) if seeds is None else seeds, n_configurations),
        status=codes,
        steps=ends,
        goal_step=np.where(codes == STATUSES.index("solved"), ends, -1),
        final=final,
    )


def configured(settings, goal):
    """The configuration of settings, where these say nothing else one of a few units."""
    hidden = settings.get("hidden", [3])
    network = am.mlp(2, *hidden, 1, activation=settings.get("activation", "tanh"))
    training = am.Training(
        am.Adam(lr=settings.get("lr", 0.01)),
        batch=settings.get("batch", 32),
        steps=settings.get("steps", 100),
        goal=goal,
    )
    return Configuration(network, training)


@pytest.fixture(scope="session")
def simulated():
    """What puts the results of a study together; see simulate()."""
    return simulate


@pytest.fixture(scope="session")
def quick():
    """What gives the finding of a quick experiment by name; each is run once."""
    from amenable.lecture import Scale, experiment

    return cache(lambda name: experiment(name).run(Scale(is_quick=True)))
