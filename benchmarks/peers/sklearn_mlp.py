"""scikit-learn's MLPClassifier: in one process, and by joblib on as many as there are threads.

Only its initial law is changed, to that of the tasks; its penalty and its early end are
switched off, so that it does the same updates. BLAS gets one thread: more were slower.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.peers import Run, Settings
from benchmarks.tasks import Task


class UniformFanIn(MLPClassifier):
    """MLPClassifier with PyTorch's initial law instead of Glorot's."""

    def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
        bound = fan_in**-0.5
        weights = self._random_state.uniform(-bound, bound, (fan_in, fan_out))
        biases = self._random_state.uniform(-bound, bound, fan_out)
        return weights.astype(dtype, copy=False), biases.astype(dtype, copy=False)


def train(task: Task, seed: int, epochs: int) -> UniformFanIn:
    """Train one network; `max_iter` counts epochs."""
    model = UniformFanIn(
        hidden_layer_sizes=task.widths[1:-1],
        activation=task.activation,
        learning_rate_init=task.lr,
        batch_size=task.batch,
        shuffle=not task.is_full_batch,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
        alpha=0.0,
        tol=0.0,
        random_state=seed,
    )
    data = task.samples
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # the budget is spent: as intended
        return model.fit(data.x, data.y)


def has_learned(task: Task, model: UniformFanIn) -> bool:
    return bool(model.score(task.samples.x, task.samples.y) > task.learned)


class SklearnOne:
    """One process, `n_networks` networks in a row."""

    how = "MLPClassifier, one process, float32"
    is_seeded = True
    compile_s = 0.0
    threads = 1

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        self.task, self.n_networks = task, n_networks
        self.train(range(n_networks), epochs=1)

    def train(self, seeds: range, epochs: int) -> list[UniformFanIn]:
        return [train(self.task, seed, epochs) for seed in seeds]

    def run(self, seed: int) -> Run:
        seeds = range(seed * self.n_networks, (seed + 1) * self.n_networks)
        start = time.perf_counter()
        models = self.train(seeds, self.task.epochs)
        seconds = time.perf_counter() - start
        return Run(seconds, self.n_networks, sum(has_learned(self.task, m) for m in models))


class SklearnJoblib(SklearnOne):
    """joblib's worker processes, started by the warm-up and kept between runs."""

    how = "MLPClassifier, joblib, one process per thread, float32"

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        self.threads = settings.threads
        self.pool = Parallel(n_jobs=settings.threads)
        super().__init__(task, n_networks, settings)

    def train(self, seeds: range, epochs: int) -> list[UniformFanIn]:
        return list(self.pool(delayed(train)(self.task, seed, epochs) for seed in seeds))
