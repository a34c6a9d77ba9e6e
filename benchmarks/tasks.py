"""What is measured and what must be reached, as data. Nothing here runs anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from benchmarks.data import Samples, samples


@dataclass(frozen=True, slots=True)
class Rival:
    """A peer on a task: what the engine must reach, and how many networks the peer trains."""

    peer: str  # a key of benchmarks.peers.PEERS
    required: float | None = None  # engine's networks/s over the peer's; None: printed, not judged
    n_networks: int | None = None  # None: as many as the engine; fewer for slow peers, scaled


@dataclass(frozen=True, slots=True)
class Task:
    """Many networks of one structure on one data set; Adam, PyTorch's default initial law."""

    name: str
    widths: tuple[int, ...]
    data: str  # a name for benchmarks.data.samples
    batch: int  # the number of samples: full batch, nothing is shuffled
    epochs: int
    n_networks: int
    learned: float  # a network has learned when its training accuracy is above this
    rivals: tuple[Rival, ...] = ()
    activation: str = "tanh"
    loss: str = "logistic"  # or "softmax"
    lr: float = 0.01
    optimizer: str = "adam"  # PyTorch's beta1, beta2 and eps
    one_at_a_time: bool = False  # n_networks calls with one network each
    peak_share: float | None = None  # of the peak multiply-add rate, at least

    @property
    def samples(self) -> Samples:
        return samples(self.data)

    @property
    def n_samples(self) -> int:
        return len(self.samples.x)

    @property
    def is_full_batch(self) -> bool:
        return self.batch == self.n_samples

    @property
    def n_steps(self) -> int:
        if self.n_samples % self.batch:
            raise ValueError(f"{self.name}: batch {self.batch} must divide {self.n_samples}")
        return self.epochs * (self.n_samples // self.batch)

    @property
    def structure(self) -> str:
        return "-".join(map(str, self.widths))

    @property
    def flop_per_network(self) -> float:
        """Multiply-adds of the matrix products, twice: forward, weight and input gradients.

        The first layer needs no input gradient. Activations, loss and optimizer are not
        counted, so the share of the peak that this gives is a lower bound.
        """
        weights = [i * o for i, o in pairwise(self.widths)]
        per_sample = 2 * (3 * sum(weights) - weights[0])
        return float(per_sample) * self.n_samples * self.epochs

    def quick(self) -> Task:
        """A quarter of the networks, where there are many, for a first impression.

        Few are left as they are: cut further they would not fill the vectors and threads.
        """
        is_many = self.one_at_a_time or self.n_networks >= 256
        n_networks = self.n_networks // 4 if is_many else self.n_networks
        fewer = tuple(
            r if r.n_networks is None else replace(r, n_networks=max(2, r.n_networks // 2))
            for r in self.rivals
        )
        return replace(self, n_networks=n_networks, rivals=fewer)


# Thresholds of `learned` and numbers of epochs were chosen so that some networks learn and some
# do not: two engines that both learn always, or never, would agree whatever they did. No threshold
# is a whole number of samples, where rounding would decide.
TASKS = {
    task.name: task
    for task in (
        Task(
            name="S1",
            widths=(2, 8, 8, 1),
            data="spirals-512",
            batch=32,
            epochs=100,
            n_networks=1024,
            learned=0.95,
            rivals=(
                Rival("jax", 15),
                Rival("jax-tuned"),
                Rival("sklearn", None, 4),
                Rival("sklearn-joblib", 300, 8),
                Rival("torch", None, 2),
                Rival("ceiling", 0.7),
            ),
        ),
        Task(
            name="W1",
            widths=(2, 10, 10, 1),
            data="spirals-200",
            batch=200,
            epochs=200,
            n_networks=1024,
            learned=0.9875,
            rivals=(
                Rival("jax", 10),
                Rival("jax-tuned"),
                Rival("sklearn", None, 8),
                Rival("torch", None, 8),
            ),
        ),
        Task(
            name="D1",
            widths=(64, 64, 10),
            data="digits",
            batch=32,
            epochs=10,
            n_networks=64,
            learned=0.995,
            loss="softmax",
            rivals=(
                Rival("jax", 4),
                Rival("jax-tuned"),
                Rival("sklearn", 20, 16),
                Rival("torch", None, 8),
            ),
        ),
        Task(
            name="wide",
            widths=(2, 100, 100, 1),
            data="spirals-200",
            batch=200,
            epochs=40,
            n_networks=64,
            learned=0.9475,
            rivals=(Rival("jax", 1.3), Rival("jax-tuned")),
            peak_share=0.45,
        ),
        Task(
            name="single",
            widths=(2, 8, 8, 1),
            data="spirals-512",
            batch=32,
            epochs=100,
            n_networks=32,
            learned=0.95,
            rivals=(Rival("jax-single", 1.0), Rival("torch", 20, 4)),
            one_at_a_time=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Grid:
    """The `mixed` task: every structure with every activation and rate, in one call."""

    hidden: tuple[tuple[int, ...], ...]
    activations: tuple[str, ...]
    rates: tuple[float, ...]
    n_seeds: int
    epochs: int
    batch: int
    data: str


MIXED = Grid(
    hidden=(
        *((4,), (8,), (12,), (16,), (24,), (32,)),
        *((4, 4), (8, 8), (12, 12), (16, 16), (8, 8, 8), (4, 4, 4, 4)),
    ),
    activations=("tanh", "relu", "sigmoid"),
    rates=(0.003, 0.01, 0.03),
    n_seeds=32,
    epochs=20,
    batch=32,
    data="spirals-512",
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one measured number. `at_least` says on which side of it is good."""

    name: str
    what: str
    bound: float | None  # None: printed, not judged
    unit: str
    at_least: bool = False

    def holds(self, value: float) -> bool | None:
        if self.bound is None:
            return None
        return bool(np.isfinite(value)) and (
            value >= self.bound if self.at_least else value <= self.bound
        )


LIMITS = {
    limit.name: limit
    for limit in (
        Limit("second-core", "S1: two threads over one thread", 1.9, "x", at_least=True),
        Limit("avx2", "S1: AVX2 forced over AVX-512", 0.75, "x", at_least=True),
        Limit("mixed", "one call over the sum of its parts run alone", 1.15, "x"),
        Limit("sweep", "amenable sweep digits, defaults", 30.0, "s"),
        Limit("import", "import amenable", 0.3, "s"),
        Limit("install", "pip install . (build tools present)", 180.0, "s"),
        Limit("module-size", "compiled module", 15.0, "MB"),
        Limit("memory", "S1: memory per network, final metrics only", None, "bytes"),
        # Noise of the allocator: 2 MB over 100,000 trials is 20 bytes a trial, less than any
        # leaked object or array would be.
        Limit("memory-growth", "growth over 100,000 trials", 2.0, "MB"),
    )
}
