"""One configuration trained by the engine: what most tests want of `engine.run`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.engine import Outcomes, Recording, Setup
from amenable.network import Network
from amenable.training import Training


def run(
    network: Network,
    training: Training,
    data: Dataset,
    seeds: Sequence[int] = (5,),
    *,
    start: NDArray[np.float64] | None = None,
    frozen: NDArray[np.bool_] | None = None,
    threads: int | None = None,
    **record: bool,
) -> Outcomes:
    """What became of a network's training with each seed."""
    configuration = Setup(network, training, start, frozen)
    return engine.run([configuration], data, seeds, record=Recording(**record), threads=threads)


def weights_at_probes(
    network: Network, training: Training, data: Dataset, seeds: Sequence[int] = (5,), **more: Any
) -> NDArray[np.float64]:
    """Snapshots (S, K, P)."""
    snapshots = run(network, training, data, seeds, snapshots=True, **more).snapshots[0]
    assert snapshots is not None
    return snapshots


def end_weights(
    network: Network, training: Training, data: Dataset, seeds: Sequence[int] = (5,), **more: Any
) -> NDArray[np.float64]:
    """Weights (S, P) at the end."""
    weights = run(network, training, data, seeds, **more).weights[0]
    assert weights is not None
    return weights


def statuses(outcomes: Outcomes) -> list[str]:
    """The status of each trial, as a word."""
    return [engine.STATUSES[code] for code in outcomes.status]
