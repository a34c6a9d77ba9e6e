"""The engine as a competitor: the only file of the benchmarks that calls `amenable`.

Run as ``python -m benchmarks.engine TASK THREADS REPEATS`` it prints its times as JSON, for
measurements that need a process of their own (a forced instruction set).
"""

from __future__ import annotations

import json
import os
import sys
import time
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.image_tasks import ImageTask
from benchmarks.peers import Run, Settings, Trained, UnavailableError
from benchmarks.tasks import TASKS, Grid, Task

# Forces an instruction set in a new process; the values are those of `instruction_sets`.
TARGET_VARIABLE = "AMENABLE_TARGET"


def package() -> ModuleType:
    """Import the engine, or give the reason why it cannot be."""
    try:
        import amenable
    except ImportError as error:
        raise UnavailableError(f"amenable cannot be imported: {error}") from error
    if not hasattr(amenable, "train"):
        raise UnavailableError("amenable has no train(): the compiled module is missing")
    return amenable


def instruction_sets() -> list[str]:
    """Names of the instruction sets that this machine can run, best first."""
    package()
    from amenable import engine

    return list(engine.instruction_sets())


def facts() -> dict[str, str]:
    """What the report says of the engine besides its times."""
    am = package()
    forced = os.environ.get(TARGET_VARIABLE)
    try:
        chosen = forced or instruction_sets()[0]
    except (ImportError, AttributeError, IndexError):
        chosen = "unknown"
    return {"amenable": getattr(am, "__version__", "unknown"), "instruction set": chosen}


def dataset(name: str) -> Any:
    """Every sample trains; nothing is held out, as with the peers."""
    from benchmarks.data import samples

    data = samples(name)
    return package().Dataset.from_arrays(data.x, data.y, name=name, validation=0.0, test=0.0)


def networks(grid: Grid) -> list[Any]:
    am = package()
    return [
        am.mlp(2, *hidden, 1, activation=activation)
        for hidden in grid.hidden
        for activation in grid.activations
    ]


def training(lr: float, batch: int | str, epochs: int, loss: str) -> Any:
    """Adam from PyTorch's initial law."""
    am = package()
    return am.Training(
        optimizer=am.Adam(lr=lr),
        loss=loss,
        batch=batch,
        epochs=epochs,
        init="pytorch",
    )


class Engine:
    """`am.train` on one task. What is timed is the whole call, its final metrics included."""

    how = "am.train, float32"
    is_seeded = True
    compile_s = 0.0

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        am = package()
        self.task, self.n_networks, self.threads = task, n_networks, settings.threads
        self.data = dataset(task.data)
        self.network = am.mlp(*task.widths, activation=task.activation)
        batch = "full" if task.is_full_batch else task.batch
        self.training = training(task.lr, batch, task.epochs, task.loss)
        self.train(range(1))

    def train(self, seeds: range, **options: Any) -> Any:
        """One call; `options` are more of `am.train`'s."""
        return package().train(
            self.network,
            self.data,
            self.training,
            seeds=seeds,
            threads=self.threads,
            progress=False,
            **options,
        )

    def run(self, seed: int) -> Run:
        seeds = range(seed * self.n_networks, (seed + 1) * self.n_networks)
        calls = [range(s, s + 1) for s in seeds] if self.task.one_at_a_time else [seeds]
        start = time.perf_counter()
        populations = [self.train(call) for call in calls]
        seconds = time.perf_counter() - start
        accuracy = np.concatenate([p.metric["training"] for p in populations])
        return Run(seconds, self.n_networks, int(np.sum(accuracy > self.task.learned)))


class ImageEngine:
    """`am.train` on images, from given weights, final metrics included."""

    how = "am.train, float32"
    compile_s = 0.0

    def __init__(self, task: ImageTask, n_networks: int, n_steps: int, settings: Settings) -> None:
        am = package()
        from amenable.network import presets

        self.task, self.n_networks, self.n_steps = task, n_networks, n_steps
        self.threads = settings.threads
        it = task.structure
        inputs = {"inputs": it.inputs} if it.preset == "lenet5" else {}
        make = getattr(presets, it.preset)
        self.network = make(**inputs, activation=it.activation, output=it.output)
        if self.network.n_parameters != it.n_parameters:
            raise UnavailableError(f"{it.preset}: not the structure of the peers")
        data = task.samples
        self.data = am.Dataset.from_arrays(data.x, data.y, name=task.data, validation=0.0, test=0.0)
        self.train(it.draw(1, 0, task.law), task.orders(1, 1, 0))

    def training(self, n_steps: int) -> Any:
        am = package()
        task = self.task
        return am.Training(
            optimizer={"sgd": am.SGD, "adam": am.Adam}[task.optimizer](lr=task.lr),
            loss=task.loss,
            targets=(-1.0, 1.0) if task.loss == "squared" else None,
            batch=task.batch,
            order="shuffled" if task.is_shuffled else "sequential",
            steps=n_steps,
        )

    def train(self, flat: np.ndarray, order: np.ndarray) -> Trained:
        """Of `order` only the number of steps counts: the engine shuffles for itself."""
        training, start_weights = self.training(len(order)), flat.astype(np.float64)
        start = time.perf_counter()
        found = package().train(
            self.network,
            self.data,
            training,
            seeds=range(len(flat)),
            start=start_weights,
            threads=self.threads,
            progress=False,
        )
        return Trained(time.perf_counter() - start, found.weights)

    def outputs(self, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
        package()
        from amenable import engine

        rows = x.reshape(len(x), -1).astype(np.float64)
        found: np.ndarray = engine.predict(self.network, flat.astype(np.float64), rows)
        return found


class MixedEngine:
    """The `mixed` task: everything in one call, or its parts one call each."""

    def __init__(self, grid: Grid, settings: Settings) -> None:
        self.grid, self.threads = grid, settings.threads
        self.data = dataset(grid.data)
        self.networks = networks(grid)
        self.trainings = [training(lr, grid.batch, grid.epochs, "logistic") for lr in grid.rates]
        self.time([self.networks[0]])

    def time(self, networks: list[Any]) -> float:
        """Seconds of one call with these networks, all rates and all seeds."""
        seeds = range(self.grid.n_seeds)
        start = time.perf_counter()
        package().train(
            networks,
            self.data,
            self.trainings,
            seeds=seeds,
            threads=self.threads,
            progress=False,
        )
        return time.perf_counter() - start

    def together(self) -> float:
        return self.time(self.networks)

    def apart(self) -> float:
        """A part is a structure with an activation: what a user would loop over."""
        return sum(self.time([network]) for network in self.networks)


def main(name: str, threads: int, repeats: int) -> None:
    from pathlib import Path

    task = TASKS[name]
    engine = Engine(task, task.n_networks, Settings(threads, Path()))
    seconds = [engine.run(seed).seconds for seed in range(repeats)]
    print(json.dumps({"seconds": seconds, **facts()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
