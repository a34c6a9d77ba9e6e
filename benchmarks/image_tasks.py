"""What is measured on images and what must be reached, as data. Nothing here runs anything."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.data import Samples, samples
from benchmarks.images import LECUN, LENET5, LENET1989, PYTORCH, Law, Structure
from benchmarks.tasks import Limit


@dataclass(frozen=True, slots=True)
class ImageRival:
    """A peer, what the engine must reach, and where it is slow how little of the task it does."""

    peer: str  # a key of benchmarks.peers.IMAGE_PEERS
    required: float | None = None  # engine's network-steps/s over the peer's; None: printed only
    n_networks: int | None = None  # None: as many as the engine
    n_steps: int | None = None  # None: as many as the engine


@dataclass(frozen=True, slots=True)
class ImageTask:
    """Many networks of one structure on one set of images, from given initial weights."""

    name: str
    structure: Structure
    law: Law
    data: str
    n_samples: int  # the first of them, a multiple of the batch
    batch: int
    epochs: int
    n_networks: int
    lr: float
    optimizer: str = "sgd"  # or "adam", with PyTorch's beta1, beta2 and eps
    loss: str = "squared"  # to -1 and 1, mean over samples and outputs; or "softmax"
    is_shuffled: bool = False  # anew in each epoch and for each network; else in the order given
    rivals: tuple[ImageRival, ...] = ()
    peak_share: float | None = None  # of the peak multiply-add rate, at least; None: printed only
    # How far losses may be apart where order and start are the same. Rounding differs, and steps
    # spread the difference.
    apart: float = 0.02
    limits: tuple[str, ...] = ()  # of IMAGE_LIMITS, taken where nothing is cut short
    is_quick: bool = False

    @property
    def samples(self) -> Samples:
        found = samples(self.data)
        n = self.n_samples
        return replace(found, x=found.x[:n], y=found.y[:n])

    @property
    def images(self) -> np.ndarray:
        """(N, channels, height, width)."""
        return self.samples.x.reshape(-1, *self.structure.inputs)

    @property
    def targets(self) -> np.ndarray:
        """(N, 10): -1 and 1, or for softmax 0 and 1."""
        yes = np.eye(10, dtype=np.float32)[self.samples.y]
        return 2 * yes - 1 if self.loss == "squared" else yes

    @property
    def steps_in_epoch(self) -> int:
        if self.n_samples % self.batch:
            raise ValueError(f"{self.name}: batch {self.batch} must divide {self.n_samples}")
        return self.n_samples // self.batch

    @property
    def n_steps(self) -> int:
        return self.epochs * self.steps_in_epoch

    @property
    def flop_per_step(self) -> float:
        """Of one network: multiply-adds of convolutions and matrices, twice."""
        return 2.0 * self.structure.multiply_adds * self.batch

    def losses(self, outputs: np.ndarray) -> np.ndarray:
        """Mean loss (T,) of outputs (T, N, 10)."""
        z = outputs.astype(np.float64)
        if self.loss == "squared":
            return np.mean((z - self.targets) ** 2, axis=(1, 2))
        top = z.max(axis=2, keepdims=True)
        log_sum = np.log(np.sum(np.exp(z - top), axis=2)) + top[..., 0]
        return np.mean(log_sum - np.sum(z * self.targets, axis=2), axis=1)

    def orders(self, n_networks: int, n_steps: int, seed: int) -> np.ndarray:
        """Rows of each step for the peers: (steps, B), where shuffled (steps, T, B)."""
        epochs = range(-(-n_steps // self.steps_in_epoch))
        if not self.is_shuffled:
            row = np.arange(self.n_samples, dtype=np.int32).reshape(-1, self.batch)
            return np.concatenate([row for _ in epochs])[:n_steps]
        random = np.random.default_rng([seed, 1])
        rows = np.tile(np.arange(self.n_samples, dtype=np.int32), (n_networks, 1))
        shuffled = [random.permuted(rows, axis=1) for _ in epochs]
        shape = (n_networks, -1, self.batch)
        return np.concatenate([it.reshape(shape).transpose(1, 0, 2) for it in shuffled])[:n_steps]

    def quick(self) -> ImageTask:
        """One pass instead of many, for a first impression: final metrics weigh more then."""
        fewer = tuple(
            it if it.n_steps is None else replace(it, n_steps=max(1, it.n_steps // 4))
            for it in self.rivals
        )
        return replace(self, epochs=min(self.epochs, 1), rivals=fewer, is_quick=True)


def _lenet5(n_networks: int) -> ImageTask:
    return ImageTask(
        name=f"LeNet5-{n_networks}",
        structure=LENET5,
        law=PYTORCH,
        data="usps-28",
        n_samples=2048,
        batch=32,
        epochs=2,
        n_networks=n_networks,
        lr=0.001,
        optimizer="adam",
        loss="softmax",
        is_shuffled=True,
        rivals=_vmaps(3, 512 // n_networks),
        peak_share=0.5,
    )


def _vmaps(required: float, n_steps: int) -> tuple[ImageRival, ...]:
    """All networks at once, fewer steps. That all are passed is to pass the best."""
    names = ("jax-vmap", "jax-patches", "torch-vmap")
    return tuple(ImageRival(name, required, None, n_steps) for name in names)


# Orders of USPS are constant, as in the paper, so that engine and peer do the very same steps.
IMAGE_TASKS = {
    task.name: task
    for task in (
        ImageTask(
            name="L1",
            structure=LENET1989,
            law=LECUN,
            data="usps",
            n_samples=7291,
            batch=1,
            epochs=23,
            n_networks=32,
            lr=0.03,
            rivals=(
                ImageRival("jax-single", 10, 1, 7291),
                ImageRival("jax-single-patches", 10, 1, 7291),
                ImageRival("torch-single", 250, 1, 2000),
            ),
            limits=("L1-time", "L1-error"),
        ),
        ImageTask(
            name="L1-32",
            structure=LENET1989,
            law=LECUN,
            data="usps",
            n_samples=7264,  # of 7,291: 227 batches
            batch=32,
            epochs=23,
            n_networks=32,
            lr=0.03,
            rivals=_vmaps(6, 64),
            peak_share=0.5,
        ),
        _lenet5(16),
        _lenet5(64),
    )
}

TRAINING_ERROR = 2.5e-3  # of the paper, after 23 passes

IMAGE_LIMITS = {
    limit.name: limit
    for limit in (
        Limit("L1-time", "L1: 32 LeNet-1989, 23 passes over USPS", 30.0, "s"),
        # Judged on USPS only: made data have another error.
        Limit("L1-error", "L1: median training squared error, how far from 2.5e-3", 0.5e-3, ""),
    )
}
