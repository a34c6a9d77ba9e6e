"""The peers: other people's ways to train the same networks. No file here imports the engine.

Each peer is a class whose construction does all that may be done once (imports, compilation,
worker processes, a short warm-up), and whose `run` trains and is timed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.image_tasks import ImageTask
from benchmarks.tasks import Task


class UnavailableError(Exception):
    """A competitor cannot run here; the message is the reason, in one line."""


@dataclass(frozen=True, slots=True)
class Run:
    """One timed training."""

    seconds: float
    n_networks: int
    n_learned: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line fixes for every competitor."""

    threads: int
    ceiling: Path  # source of the ceiling probe


class Competitor(Protocol):
    """The engine or a peer, ready to train the networks of one task."""

    compile_s: float  # once per task, not part of any run
    threads: int
    how: str  # settings that were chosen for it, in a few words
    is_seeded: bool  # False: every run trains the same networks, so they count once

    def run(self, seed: int) -> Run:
        """Train networks that no run with another seed has trained."""
        ...


# name -> (module, class): looked up on use, so that a missing library costs only its own rows.
PEERS = {
    "jax": ("jax_vmap", "JaxPlain"),
    "jax-tuned": ("jax_vmap", "JaxTuned"),
    "jax-single": ("jax_vmap", "JaxSingle"),
    "torch": ("torch_eager", "TorchEager"),
    "sklearn": ("sklearn_mlp", "SklearnOne"),
    "sklearn-joblib": ("sklearn_mlp", "SklearnJoblib"),
    "ceiling": ("ceiling", "Ceiling"),
}


@dataclass(frozen=True, slots=True)
class Trained:
    """One timed training on images."""

    seconds: float
    weights: np.ndarray  # (T, P), flat as in benchmarks.images


class ImageCompetitor(Protocol):
    """The engine or a peer, ready to train networks on images."""

    compile_s: float
    threads: int
    n_networks: int
    n_steps: int

    @property
    def how(self) -> str:
        """Settings that were chosen for it, in a few words."""
        ...

    def train(self, flat: np.ndarray, order: np.ndarray) -> Trained:
        """Train networks from weights (T, P) on the samples whose rows `order` gives."""
        ...

    def outputs(self, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Outputs (T, N, O) of networks with weights (T, P) on images x (N, C, H, W)."""
        ...


IMAGE_PEERS = {
    "jax-single": ("jax_images", "JaxSingle"),
    "jax-single-patches": ("jax_images", "JaxSinglePatches"),
    "jax-vmap": ("jax_images", "JaxVmap"),
    "jax-patches": ("jax_images", "JaxVmapPatches"),
    "torch-single": ("torch_images", "TorchSingle"),
    "torch-vmap": ("torch_images", "TorchVmap"),
}


def _class(table: dict[str, tuple[str, str]], name: str) -> type:
    module, kind = table[name]
    try:
        peer = import_module(f"benchmarks.peers.{module}")
    except ImportError as error:
        raise UnavailableError(f"{error}; pip install '.[bench]'") from error
    found: type = getattr(peer, kind)
    return found


def start_on_images(
    name: str, task: ImageTask, n_networks: int, n_steps: int, settings: Settings
) -> ImageCompetitor:
    """As `start`, for so many steps."""
    competitor: ImageCompetitor = _class(IMAGE_PEERS, name)(task, n_networks, n_steps, settings)
    return competitor


def start(name: str, task: Task, n_networks: int, settings: Settings) -> Competitor:
    """Make the peer ready; raise `UnavailableError` with the reason where that cannot be."""
    competitor: Competitor = _class(PEERS, name)(task, n_networks, settings)
    return competitor
