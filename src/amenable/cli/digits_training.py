"""Networks trained pass by pass, so that after each one all of them can be looked at.

Going on from the weights of the last pass is the same as never having stopped, to the bit, where a
step knows nothing but the weights and its place in the data: plain SGD in constant order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.population import Configuration, Population, train
from amenable.population.records import Records
from amenable.training import SGD, Constant, Training

SPLITS = ("training", "test")
Tell = Callable[[int, NDArray[np.float64]], object]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedDigits:
    """S networks, and what they were after each of K - 1 passes and before the first.

    Parameters
    ----------
    population : Population
        As `train` would have returned it for all passes at once.
    measured : array (S, K, 2, 2)
        On the training and test split: squared error and accuracy; NaN once diverged.
    train_s, measure_s : float
        Seconds to train, and to measure in between.
    is_cancelled : bool
        Whether Ctrl-C ended it early: then it is as after the last whole pass.
    """

    population: Population
    measured: NDArray[np.float64]
    train_s: float
    measure_s: float
    is_cancelled: bool = False

    @property
    def passes(self) -> int:
        """How many whole passes were made."""
        return int(self.measured.shape[1]) - 1

    @property
    def last(self) -> NDArray[np.float64]:
        """What was measured at the end (S, 2, 2)."""
        return np.asarray(self.measured[:, -1])


@dataclass(slots=True)
class _State:
    """Where the networks are."""

    weights: NDArray[np.float64]  # (S, P)
    status: NDArray[np.str_]  # (S,)
    steps: NDArray[np.int64]  # (S,)


def train_in_passes(
    network: Network,
    training: Training,
    data: Dataset,
    seeds: Sequence[int],
    *,
    threads: int | None = None,
    tell: Tell | None = None,
) -> TrainedDigits:
    """Train with every seed, and measure the squared error and accuracy after each pass.

    Parameters
    ----------
    network : Network
        The structure.
    training : Training
        Plain SGD, constant order, constant rate, a number of epochs.
    data : Dataset
        With training and test samples, none to validate.
    seeds : sequence of int
        One for each network.
    threads : int or None
        None for all cores.
    tell : callable, optional
        Is told the number of passes made and what was measured (S, 2, 2), from 0 passes on.

    Raises
    ------
    DescriptionError
        If the training would not be the same in pieces.
    """
    _check_divisible(network, training)
    piece = replace(training, epochs=1)
    start = engine.initial_weights(network, training, data, seeds)
    state = _State(start, np.full(len(seeds), "exhausted", dtype="U9"), np.zeros(len(seeds), int))
    measured = [_measure(network, training, data, state, threads)]
    spent = np.zeros(2)
    is_cancelled = False
    if tell is not None:
        tell(0, measured[0])
    for k in range(1, int(training.epochs or 1) + 1):
        begun = time.monotonic()
        further = _one_pass(network, piece, data, seeds, state, threads)
        if further is None:
            is_cancelled = True
            break
        state, trained = further, time.monotonic()
        measured.append(_measure(network, training, data, state, threads))
        spent += trained - begun, time.monotonic() - trained
        if tell is not None:
            tell(k, measured[-1])
    whole = np.stack(measured, axis=1)
    population = _population(network, training, data, seeds, state, whole)
    return TrainedDigits(population, whole, float(spent[0]), float(spent[1]), is_cancelled)


def _check_divisible(network: Network, training: Training) -> None:
    """Refuse what remembers more than the weights from one pass to the next."""
    it = training.optimizer
    is_plain = isinstance(it, SGD) and it.momentum == 0 and training.warmup == 0
    is_constant = training.order == "sequential" and isinstance(training.schedule, Constant)
    has_end = training.epochs is not None and training.goal is None and training.patience is None
    has_dropout = any(layer.dropout for layer in network.layers)
    if not (is_plain and is_constant and has_end) or has_dropout:
        raise DescriptionError(
            f"training: expected sgd, order sequential, a constant rate, epochs, no goal and no "
            f"dropout, got '{training.describe()}'; only that can be stopped and continued "
            "unchanged"
        )


def _one_pass(
    network: Network,
    piece: Training,
    data: Dataset,
    seeds: Sequence[int],
    state: _State,
    threads: int | None,
) -> _State | None:
    """All networks that have not diverged a pass further; None where it was interrupted."""
    going = np.flatnonzero(state.status == "exhausted")
    if not len(going):
        return state
    left = [seeds[i] for i in going.tolist()]
    population = train(
        network,
        data,
        piece,
        seeds=left,
        threads=threads,
        start=state.weights[going],
        progress=False,
    )
    if population.is_cancelled:
        return None
    weights, status, steps = state.weights.copy(), state.status.copy(), state.steps.copy()
    weights[going], status[going] = population.weights, population.status
    steps[going] += population.steps
    return _State(weights, status, steps)


def _measure(
    network: Network, training: Training, data: Dataset, state: _State, threads: int | None
) -> NDArray[np.float64]:
    """Squared error and accuracy (S, 2, 2) on both splits; NaN of what has diverged."""
    found = np.full((len(state.weights), len(SPLITS), 2), np.nan)
    going = np.flatnonzero(state.status == "exhausted")
    for i, split in enumerate(SPLITS):
        if len(going):
            weights = state.weights[going]
            found[going, i], _ = engine.measure(
                network, training, weights, data, split, threads=threads
            )
    return found


def _population(
    network: Network,
    training: Training,
    data: Dataset,
    seeds: Sequence[int],
    state: _State,
    measured: NDArray[np.float64],
) -> Population:
    """What `train` returns, for as many passes as were made."""
    from amenable.population import DataSummary
    from amenable.version import package_version

    n, n_passes = len(seeds), max(measured.shape[1] - 1, 1)
    per_pass = -(-len(data.training) // int(training.batch))
    final = np.full((n, 3, 2), np.nan)
    final[:, 0], final[:, 2] = measured[:, -1, 0], measured[:, -1, 1]
    return Population(
        data=DataSummary.of(data),
        configurations=(Configuration(network, replace(training, epochs=n_passes)),),
        seed=np.array(seeds, dtype=np.uint64),
        status=state.status,
        steps=state.steps,
        goal_step=np.full(n, -1),
        final=final,
        records=Records(
            configuration=np.zeros(n, dtype=np.int64),
            row=np.arange(n),
            probes=(np.array([n_passes * per_pass]),),
            arrays={"weights": (state.weights,)},
        ),
        version=package_version(),
    )
