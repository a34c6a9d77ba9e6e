"""Studies against their bounds: what a store costs, and how soon a large one answers.

Simulated trials (`simulate`) are as good as trained ones here: nothing that is measured with them
trains.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.limits import Measure, Reading
from benchmarks.peers import Settings, UnavailableError
from benchmarks.tasks import Limit

N_TRIALS = 100_000  # of 2-4-1 on XOR: trials of some 10 us, so that all else shows
MILLION = 1_000_000
N_CONFIGURATIONS = 1_000  # of the million: a thousand seeds each
AT_ONCE = 20  # configurations in a simulated block

LIMITS = {
    limit.name: limit
    for limit in (
        Limit("store-ratio", "100,000 of 2-4-1 on XOR: with a store over without", 1.2, "x"),
        Limit("store-trial", "the same: a trial outside the engine", 20.0, "us"),
        Limit("store-size", "the same: the file", 200.0, "bytes/trial"),
        Limit("million", "amenable study FILE: a million trials", 2.0, "s"),
        Limit("million-stale", "the same, after a run that was killed", 2.0, "s"),
        Limit("million-where", "the same, --sql on two settings, by one", 2.0, "s"),
        Limit("million-results", "Study.results() of a million trials", None, "s"),
        Limit("million-size", "the file of the million", 200.0, "bytes/trial"),
    )
}


def store(settings: Settings, repeats: int) -> list[Reading]:
    """Train without and with a store, in turn; first that both come to the same."""
    import amenable as am

    # What `amenable sweep xor` makes of it: most are solved in some 30 steps.
    network = am.mlp(2, 4, 1, activation="tanh")
    training = am.Training(am.Adam(0.03), batch="full", steps=5000, goal="accuracy >= 1")
    without: list[float] = []
    with_store: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for r in range(repeats + 1):
            start = time.perf_counter()
            population = am.train(
                network, "xor", training, seeds=N_TRIALS, threads=settings.threads,
                keep_weights=False,
            )  # fmt: skip
            middle = time.perf_counter()
            study = am.Study(Path(folder, f"{r}.study"))
            study.run(
                network, "xor", training, seeds=N_TRIALS, threads=settings.threads, keep="none"
            )
            end = time.perf_counter()
            if r == 0:  # warm now
                if not np.array_equal(study.results().steps, population.steps):
                    raise AssertionError("a study and a population differ")
                continue
            without.append(middle - start)
            with_store.append(end - middle)
        size = study.status.size_bytes / N_TRIALS
    less, more = median(without), median(with_store)
    note = f"{less:.3f} s and {more:.3f} s; load {os.getloadavg()[0]:.1f}"
    return [
        Reading(LIMITS["store-ratio"], more / less, note),
        Reading(LIMITS["store-trial"], (more - less) / N_TRIALS * 1e6),
        Reading(LIMITS["store-size"], size),
    ]


def million(settings: Settings, repeats: int) -> list[Reading]:
    """Simulate a million trials, and ask for them as a user does."""
    import amenable as am

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "million.study")
        simulate(path, MILLION)
        stale = _seconds(repeats, path)
        _leave_summary(path)
        asked = ("--sql", "lr < 0.05 AND activation = 'tanh'", "--by", "hidden")
        start = time.perf_counter()
        n = len(am.Study(path).results())
        seconds = time.perf_counter() - start
        note = f"load {os.getloadavg()[0]:.1f}"
        return [
            Reading(LIMITS["million"], _seconds(repeats, path), note),
            Reading(LIMITS["million-stale"], stale),
            Reading(LIMITS["million-where"], _seconds(repeats, path, *asked)),
            Reading(LIMITS["million-results"], seconds, f"{n:,} trials"),
            Reading(LIMITS["million-size"], path.stat().st_size / n),
        ]


def simulate(path: Path, n_trials: int) -> None:
    """A study of a thousand configurations, of whose trials it was drawn what became of them."""
    import amenable as am
    from amenable.engine import STATUSES
    from amenable.population import DataSummary
    from amenable.study.arguments import of_networks
    from amenable.study.blocks import Block, BlockResult
    from amenable.study.identity import identity
    from amenable.study.store import Keeper, writing

    data = am.load("moons")
    summary, rng = DataSummary.of(data), np.random.default_rng(0)
    shapes = [hidden for units in range(1, 26) for hidden in ((units,), (units, units))]
    names = ("tanh", "relu", "sigmoid", "gelu", "elu")
    networks = [am.mlp(2, *it, 1, activation=name) for it in shapes for name in names]
    training = am.Training(steps=500, goal="accuracy >= 0.9")
    candidates = of_networks(networks, data, am.grid(training, lr=[0.1, 0.03, 0.01, 0.003]))
    seeds = tuple(range(n_trials // N_CONFIGURATIONS))
    solved, exhausted = STATUSES.index("solved"), STATUSES.index("exhausted")
    with writing(path, identity(summary, "none", False, "simulated")) as writer:
        ids = writer.add(candidates, summary, {})
        for start in range(0, N_CONFIGURATIONS, AT_ONCE):
            members = slice(start, start + AT_ONCE)
            configurations = tuple(it.configuration for it in candidates[members])
            block = Block(start, tuple(ids[members]), configurations, seeds)
            fraction = np.repeat(rng.random(AT_ONCE), len(seeds))
            is_solved = rng.random(block.n_trials) < fraction
            result = BlockResult(
                block,
                np.where(is_solved, solved, exhausted).astype(np.int8),
                np.where(is_solved, rng.integers(1, 500, block.n_trials), 500),
                rng.random((block.n_trials, 2, 2)),
                seconds=1.0,
            )
            writer.write(result, "simulated", Keeper("none", summary))
        writer.say(is_complete="1", planned=str(n_trials))


def _leave_summary(path: Path) -> None:
    """What the end of a run leaves behind."""
    from amenable.answers.summary import summary
    from amenable.study.store import writing

    with writing(path) as writer:
        results = writer.results()
        writer.summarize(summary(results).to_frame(), len(results))


def _seconds(repeats: int, path: Path, *arguments: str) -> float:
    """The whole command in a process of its own, files in the cache."""
    command = Path(sys.executable).with_name("amenable")
    if not command.is_file():
        raise UnavailableError(f"no command {command}: pip install .")
    found = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        subprocess.run(
            [str(command), "study", str(path), *arguments], check=True, capture_output=True
        )
        found.append(time.perf_counter() - start)
    return median(found[1:])


MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "store": (store, ("store-ratio", "store-trial", "store-size")),
    "million": (million, tuple(name for name in LIMITS if name.startswith("million"))),
}
