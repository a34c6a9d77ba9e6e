"""Checks the arguments of `train` before anything runs; errors name what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from operator import index
from typing import Any, TypeVar

import numpy as np

from amenable import encoding
from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.datasets.dataset import SPLITS
from amenable.datasets.images import sized
from amenable.datasets.splits import SHARES
from amenable.description import quote, within
from amenable.engine import Recording
from amenable.engine.memory import available_bytes
from amenable.errors import DataError, DescriptionError
from amenable.network import Network
from amenable.population.keys import Configuration
from amenable.training import Training, parse_goal

One = TypeVar("One", Network, Training)
MOST_SEEDS = 2**64
MOST_COUNTED = 10_000_000  # in one call, as in one study


def as_dataset(data: object) -> Dataset:
    """A Dataset: itself, by name or path, or of a pair of arrays."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, str | os.PathLike):
        return load(data)
    if isinstance(data, tuple) and len(data) == 2:
        try:
            return Dataset.from_arrays(data[0], data[1])
        except DataError as error:
            if error.where != SHARES:
                raise
            hint = "add samples, or give Dataset.from_arrays(x, y, validation=0, test=0)"
            raise error.at(error.parts, hint=hint) from None
    raise DataError(
        where="data",
        expected="a Dataset, the name of one, a file or a pair (x, y)",
        got=quote(data),
    )


def as_list(name: str, kind: type[One], given: object) -> list[One]:
    """One description or several, all different."""
    if isinstance(given, kind):
        return [given]
    example = "mlp(2, 10, 1)" if kind is Network else "Training()"
    if not isinstance(given, Iterable) or isinstance(given, str | bytes):
        raise DescriptionError(
            where=name,
            expected=f"a {kind.__name__} or a list of them",
            got=quote(given),
            hint=f"write {example}",
        )
    found = list(given)
    places: dict[One, int] = {}
    for i, one in enumerate(found):
        if not isinstance(one, kind):
            raise DescriptionError(
                where=f"{name}[{i}]",
                expected=f"a {kind.__name__}",
                got=quote(one),
                hint=f"write {example}",
            )
        if one in places:
            raise DescriptionError(
                f"the same as {name}[{places[one]}], and would count twice",
                where=f"{name}[{i}]",
                hint="leave one out",
            )
        places[one] = i
    if not found:
        raise DescriptionError(where=name, expected=f"at least one {kind.__name__}", got="none")
    return found


def as_seeds(seeds: object) -> list[int]:
    """Different integers from 0 to 2**64 - 1; a number n means 0 to n - 1."""
    if isinstance(seeds, int | np.integer) and not isinstance(seeds, bool):
        if seeds < 1:
            raise DescriptionError(
                where="seeds", expected="at least one", got=str(seeds), hint="use seeds=32"
            )
        if seeds > MOST_COUNTED:  # a list of them alone would fill the memory
            raise DescriptionError(
                where="seeds", expected=f"at most {MOST_COUNTED:,}", got=quote(seeds)
            )
        return list(range(int(seeds)))
    if not isinstance(seeds, Iterable) or isinstance(seeds, str | bytes):
        raise DescriptionError(
            where="seeds",
            expected="a number of seeds or a list of them",
            got=quote(seeds),
            hint="use seeds=32 or seeds=range(32)",
        )
    found = [_as_seed(i, seed) for i, seed in enumerate(seeds)]
    if not found:
        raise DescriptionError(
            where="seeds", expected="at least one", got="none", hint="use seeds=32"
        )
    if len(set(found)) < len(found):
        first = {seed: i for i, seed in reversed(list(enumerate(found)))}
        i = next(i for i, seed in enumerate(found) if first[seed] != i)
        raise DescriptionError(
            f"{found[i]} is there already, and would count twice",
            where=f"seeds[{i}]",
            hint="leave it out",
        )
    return found


def _as_seed(i: int, seed: Any) -> int:
    try:
        number = -1 if isinstance(seed, bool | np.bool_) else index(seed)
    except TypeError:
        number = -1
    if not 0 <= number < MOST_SEEDS:
        raise DescriptionError(
            where=f"seeds[{i}]", expected="an integer from 0 to 2**64 - 1", got=quote(seed)
        )
    return number


def product(
    networks: Sequence[Network], trainings: Sequence[Training], data: Dataset
) -> list[Configuration]:
    """Each network with each training, if all fit the data."""
    for n, network in enumerate(networks):
        with within(_place("networks", n, networks)):
            network.check_trainable()
            _check_inputs(network, data)
    for t, training in enumerate(trainings):
        with within(_place("trainings", t, trainings)):
            check_validation(training, data)
    n_targets = data.n_outputs() if data.task == "regression" else None
    for n, network in enumerate(networks):
        for t, training in enumerate(trainings):
            place = f"{_place('networks', n, networks)}, {_place('trainings', t, trainings)}"
            with within(place):
                training.check(network, data.task, data.n_classes, n_targets)
    return [Configuration(network, training) for network in networks for training in trainings]


def _check_inputs(network: Network, data: Dataset) -> None:
    """Refuse data with other inputs, and images of another shape with as many pixels."""
    taken, image = network.input_shape, data.image
    if taken is not None and image is not None and taken != image:
        raise DescriptionError(
            where="Network.inputs",
            expected=f"images of {sized(image)}, as in data '{data.name}'",
            got=str(sized(taken)),
            hint=f"use data.fitted_to({taken})",
        )
    if network.inputs != data.n_inputs:
        raise DescriptionError(
            where="Network.inputs",
            expected=f"{data.n_inputs}, as in data '{data.name}'",
            got=str(network.inputs),
            hint=f"use {data.n_inputs}",
        )


def _place(name: str, i: int, among: Sequence[object]) -> str:
    """The name of "networks[2]", or "network" where there is one only."""
    return f"{name}[{i}]" if len(among) > 1 else name.removesuffix("s")


def check_validation(training: Training, data: Dataset) -> None:
    """Refuse what looks at samples of a split where there are none."""
    split = parse_goal(training.goal).split if training.goal else None
    for field, needed, is_wanted in (
        ("goal", split, split is not None),
        ("patience", "validation", training.patience is not None),
        ("restore", "validation", training.restore == "best"),
    ):
        if is_wanted and needed is not None and not len(getattr(data, needed)):
            raise DescriptionError(
                f"needs {needed} samples, but '{data.name}' has none",
                where=f"Training.{field}",
                hint=f"hold some out, or leave {field} out",
            )


def check_memory(
    configurations: Sequence[Configuration],
    data: Dataset | RepeatedSplits,
    n_seeds: int,
    record: Recording,
) -> None:
    """Refuse to record more than the memory holds, and samples that it does not hold besides."""
    datasets = data.datasets if isinstance(data, RepeatedSplits) else (data,)
    size = sum(_n_numbers(it, datasets[0], n_seeds, record) for it in configurations) * 8
    available = available_bytes()
    if size > available:
        raise DescriptionError(
            f"{len(configurations) * n_seeds} trials would fill {size / 2**30:.3g} "
            f"GiB, more than the {available / 2**30:.3g} GiB that there are",
            where="recording",
            hint=(
                "probe less often with Training(probe_every=...), record less, or train "
                "fewer at once"
            ),
        )
    samples = _sample_bytes(configurations, datasets[0]) * min(len(datasets), n_seeds)
    if size + samples > available:
        raise DescriptionError(
            f"the samples would take {samples / 2**30:.3g} GiB, with what the trials leave behind "
            f"{(size + samples) / 2**30:.3g} GiB, more than the {available / 2**30:.3g} GiB that "
            "there are",
            where="memory",
            hint="use fewer samples, fewer splits or float32",
        )


def _sample_bytes(configurations: Sequence[Configuration], data: Dataset) -> int:
    """Bytes of the samples of one data set as the core takes them, once for each coding."""
    codings = {
        (
            it.training.dtype,
            it.network.outputs,
            encoding.target_codes(it.training, data.task, data.n_classes),
            it.training.class_weights,
        )
        for it in configurations
    }
    n = sum(len(getattr(data, split)) for split in SPLITS)
    return sum(
        n * (data.n_inputs + n_outputs + 1) * np.dtype(dtype).itemsize
        for dtype, n_outputs, _, _ in codings
    )


def _n_numbers(it: Configuration, data: Dataset, n_seeds: int, record: Recording) -> int:
    """How many numbers a configuration's trials leave behind."""
    n = len(data.training)
    every = it.training.probe_every or encoding.steps_per_epoch(it.training, n)
    n_probes = 2 + encoding.budget(it.training, n) // every
    training = it.training
    is_watched = training.goal or training.patience or training.restores_best
    n_parameters = it.network.n_parameters
    at_probe = 4 * record.curves + n_parameters * record.snapshots
    at_probe += 5 * len(it.network.layers) * record.signals
    at_end = 9 + n_parameters * record.weights
    return n_seeds * (n_probes * at_probe + at_end) + (
        n_probes if record.at_probes or is_watched else 1
    )
