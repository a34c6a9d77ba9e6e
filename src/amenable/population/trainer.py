"""`train`: from descriptions, data and seeds to a population. It checks, calls and collects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable import engine
from amenable.datasets import Dataset, RepeatedSplits
from amenable.description import boolean
from amenable.model import Model
from amenable.network import Network
from amenable.population.checks import as_dataset, as_list, as_seeds, check_memory, product
from amenable.population.keys import Configuration
from amenable.population.population import Population
from amenable.population.records import Records
from amenable.population.source import DataSummary
from amenable.population.starts import as_frozen, as_start
from amenable.progress import Progress, Watch, check_progress, show_progress
from amenable.training import Training
from amenable.version import package_version

TRAINING = Training()
SEEDS = range(32)  # a fraction of half is then known to about 0.17 either way


def train(
    networks: Network | Iterable[Network],
    data: Dataset | RepeatedSplits | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike],
    trainings: Training | Iterable[Training] = TRAINING,
    *,
    seeds: int | Iterable[int] = SEEDS,
    threads: int | None = None,
    curves: bool = False,
    signals: bool = False,
    snapshots: bool = False,
    keep_weights: bool = True,
    start: Model | Mapping[str, ArrayLike] | ArrayLike | None = None,
    frozen: Mapping[str, ArrayLike] | ArrayLike | None = None,
    progress: Progress = None,
) -> Population:
    """Train every network with every training and every seed.

    A trial's numbers depend on its own network, training, seed and data only: not on the number of
    threads, the machine, or the trials beside it. Trials of one seed see the same order of samples.

    Parameters
    ----------
    networks : Network, or several
        Structures.
    data : Dataset, RepeatedSplits, str, path or tuple
        A dataset, what `load` takes, or a pair of arrays as for `Dataset.from_arrays`. Of repeated
        splits, each seed learns its own; see `Population.split`.
    trainings : Training, or several
        How to train them.
    seeds : int, or several
        Different integers from 0 to 2**64 - 1; a number n means 0 to n - 1.
    threads : int or None
        None for all cores that the process may use.
    curves, signals, snapshots : bool
        Whether to record, at every probe, losses and metrics, signals of every layer, all
        weights.
    keep_weights : bool
        Whether to keep the weights at the end; without them no network can be picked out.
    start : Model, dict, array (P,) or (S, P), optional
        Weights to start from, instead of the initializer's: of a model, by name
        ("1.weight"), or flat, where (S, P) has a row for each seed.
    frozen : dict or array of bool (P,), optional
        Parameters that must not move: a boolean or an array of them by name, or a flat mask.
    progress : bool or callable, optional
        By default a bar where somebody looks on, in a terminal or a notebook, if it takes over a
        second; True also writes a line now and then to a log, False shows nothing; a function is
        called with (finished, total).

    Returns
    -------
    Population
        Configuration by configuration (trainings change fastest), in each seed by seed. After
        Ctrl-C, of what is finished; the status of the rest is "cancelled".

    Raises
    ------
    DescriptionError
        If a network, training or option is invalid or they do not fit together; says which one.
    DataError
        If the data, the weights to start from or the frozen parameters cannot be used.

    Examples
    --------
    >>> from amenable import Training, mlp
    >>> population = train(mlp(2, 8, 8, 1), "moons", Training(goal="accuracy >= 0.9"), seeds=8)
    >>> len(population), population.status.shape, population.weights.shape
    (8, (8,), (8, 105))
    >>> further = train(mlp(2, 8, 8, 1), "moons", start=population.best, frozen={"1.bias": True})
    >>> len(further)
    32
    """
    splits = data if isinstance(data, RepeatedSplits) else as_dataset(data)
    dataset = splits[0] if isinstance(splits, RepeatedSplits) else splits  # all are of one shape
    structures = as_list("networks", Network, networks)
    configurations = product(structures, as_list("trainings", Training, trainings), dataset)
    numbers = as_seeds(seeds)
    engine.check_threads(threads)
    check_progress(progress)
    record = engine.Recording(
        curves=boolean("curves", curves),
        signals=boolean("signals", signals),
        snapshots=boolean("snapshots", snapshots),
        weights=boolean("keep_weights", keep_weights),
    )
    check_memory(configurations, splits, len(numbers), record)
    given = _given(configurations, start, frozen, len(numbers))
    total = len(given) * len(numbers)
    with show_progress(progress) as tell:
        watch = None if tell is None else partial(_told, tell, total)
        outcomes = engine.run(given, splits, numbers, record=record, threads=threads, watch=watch)
    return _population(configurations, splits, numbers, outcomes)


def _given(
    configurations: Sequence[Configuration], start: Any, frozen: Any, n_seeds: int
) -> list[engine.Setup]:
    """What the engine takes."""
    starts: dict[Network, Any] = {}
    masks: dict[Network, Any] = {}
    for network in dict.fromkeys(it.network for it in configurations):
        starts[network] = as_start(start, network, n_seeds)
        masks[network] = as_frozen(frozen, network)
    return [
        engine.Setup(it.network, it.training, starts[it.network], masks[it.network])
        for it in configurations
    ]


def _told(tell: Watch, total: int, finished: int) -> None:
    tell(finished, total)


def _population(
    configurations: Sequence[Configuration],
    data: Dataset | RepeatedSplits,
    seeds: Sequence[int],
    outcomes: engine.Outcomes,
) -> Population:
    n_configurations, n_seeds = len(configurations), len(seeds)
    arrays: dict[str, tuple[NDArray[np.float64], ...]] = {}
    for name in ("weights", "curves", "signals", "snapshots"):
        kept = tuple(array for array in getattr(outcomes, name) if array is not None)
        if kept:
            arrays[name] = kept
    return Population(
        data=DataSummary.of(data),
        configurations=tuple(configurations),
        seed=np.tile(np.array(seeds, dtype=np.uint64), n_configurations),
        status=np.array(engine.STATUSES)[outcomes.status],
        steps=outcomes.steps,
        goal_step=outcomes.goal_step,
        final=outcomes.final,
        records=Records(
            configuration=np.repeat(np.arange(n_configurations), n_seeds),
            row=np.tile(np.arange(n_seeds), n_configurations),
            probes=tuple(outcomes.probes),
            arrays=arrays,
        ),
        version=package_version(),
    )
