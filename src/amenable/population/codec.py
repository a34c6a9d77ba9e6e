"""A population as one file: which arrays and which header stand for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.archive import Archive, open_archive, write_archive
from amenable.network import Network
from amenable.population.keys import Configuration
from amenable.population.records import HOW, Records
from amenable.population.source import DataSummary
from amenable.population.trained import take_final
from amenable.training import Training

if TYPE_CHECKING:
    from amenable.population.trials import Trials

KIND = "population"
VERSION = 4  # of the file; 1 knew nothing of pixels, 2 nothing of test rows, 3 nothing of columns


def save(trials: Trials, path: str | os.PathLike[str], kind: str = KIND) -> None:
    """Write the population to a file; an ensemble is one of another kind."""
    networks = {it: n for n, it in enumerate(trials.networks)}
    trainings = {it: n for n, it in enumerate(trials.trainings)}
    codes = {status: i for i, status in enumerate(engine.STATUSES)}
    header = {
        "data": trials.data.to_dict(),
        "networks": [it.to_dict() for it in networks],
        "trainings": [it.to_dict() for it in trainings],
        "configurations": [
            [networks[it.network], trainings[it.training]] for it in trials.configurations
        ],
        "recorded": list(trials.records.arrays),
        "trained_by": trials.version,
    }
    arrays: dict[str, NDArray[Any]] = {
        "configuration": trials.configuration,
        "seed": trials.seed,
        "status": np.array([codes[it] for it in trials.status.tolist()], dtype=np.int8),
        "steps": trials.steps,
        "goal_step": trials.goal_step,
        "final": trials.final,
    }
    for c, it in enumerate(trials.configurations):
        arrays[f"{c}/probes"] = trials.records.probes[c]
        for name in trials.records.arrays:
            array = trials.records.of_configuration(name, c)
            arrays[f"{c}/{name}"] = array.astype(_kept_as(name, it.training))
    write_archive(path, kind, VERSION, header, arrays)


def _kept_as(name: str, training: Training) -> str:
    """Weights are what they were in training, which loses nothing; all else is float64."""
    return training.dtype if name in ("weights", "snapshots") else "float64"


def load(path: str | os.PathLike[str], kind: str = KIND) -> dict[str, Any]:
    """The fields of the population in a file."""
    with open_archive(path, kind, VERSION) as archive:
        header = archive.header
        data = DataSummary.from_dict(header["data"])
        networks = [Network.from_dict(it) for it in header["networks"]]
        trainings = [Training.from_dict(it) for it in header["trainings"]]
        configurations = tuple(
            Configuration(networks[n], trainings[t]) for n, t in header["configurations"]
        )
        final = take_final(archive, -1)
        status = archive.take("status", np.int8, len(final))
        if not np.all((status >= 0) & (status < len(engine.STATUSES))):
            raise ValueError("array 'status' holds an unknown status")
        steps = archive.take("steps", np.int64, len(final))
        return {
            "data": data,
            "configurations": configurations,
            "seed": archive.take("seed", np.uint64, len(final)),
            "status": np.array(engine.STATUSES)[status],
            "steps": steps,
            "goal_step": _goal_step(archive, status, steps),
            "final": final,
            "records": _records(archive, configurations, len(final)),
            "version": str(header["trained_by"]),
        }


def _goal_step(
    archive: Archive, status: NDArray[np.int8], steps: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Steps to solve (T,); of files that do not say it, the last one, at which the goal was met."""
    if archive.version > 2:
        return archive.take("goal_step", np.int64, len(steps))
    return np.where(status == engine.STATUSES.index("solved"), steps, -1)


def _records(archive: Archive, configurations: tuple[Configuration, ...], n_trials: int) -> Records:
    configuration = archive.take("configuration", np.int64, n_trials)
    if not np.all((configuration >= 0) & (configuration < len(configurations))):
        raise ValueError("array 'configuration' holds an unknown configuration")
    row = np.zeros(n_trials, dtype=np.int64)
    probes: list[NDArray[np.int64]] = []
    arrays: dict[str, list[NDArray[np.float64]]] = {name: [] for name in _recorded(archive)}
    for c, it in enumerate(configurations):
        mine = configuration == c
        n_mine = int(np.count_nonzero(mine))
        row[mine] = np.arange(n_mine)
        probes.append(archive.take(f"{c}/probes", np.int64, -1))
        for name, kept in arrays.items():
            shape = _shape(name, it.network, len(probes[-1]))
            dtype = _kept_as(name, it.training)
            array = archive.take(f"{c}/{name}", dtype, n_mine, *shape)
            kept.append(array.astype(np.float64))
    return Records(configuration, row, tuple(probes), {k: tuple(v) for k, v in arrays.items()})


def _recorded(archive: Archive) -> list[str]:
    names = list(archive.header["recorded"])
    if not set(names) <= set(HOW):
        raise ValueError(f"unknown arrays in {names}")
    return names


def _shape(name: str, network: Network, n_probes: int) -> tuple[int, ...]:
    """Shape of one trial's array."""
    return {
        "weights": (network.n_parameters,),
        "curves": (n_probes, 2, 2),
        "signals": (n_probes, len(network.layers), len(engine.SIGNALS)),
        "snapshots": (n_probes, network.n_parameters),
    }[name]
