"""What trials can be told apart by: a table of keys, each the value of a configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from amenable.description import did_you_mean, quote
from amenable.encoding import metric
from amenable.errors import DescriptionError
from amenable.network import Dense, Network
from amenable.training import Schedule, Training
from amenable.training.optimizers import KINDS


class Configuration(NamedTuple):
    """A network and how it is trained; with a seed, it makes a trial.

    Parameters
    ----------
    network : Network
        The structure.
    training : Training
        How it is trained.
    """

    network: Network
    training: Training


def _of_hidden(network: Network, field: str) -> Any:
    """A field of the hidden layers, or of the only one: one value where they agree, else all."""
    values = tuple(getattr(layer, field) for layer in network.layers[:-1] or network.layers)
    return values[0] if len(set(values)) == 1 else values


def _layers(network: Network) -> str:
    """What the layers are, besides their outputs: "conv 5x5, mean 2x2, dense"."""
    words = [layer.describe() for layer in network.layers]
    return words[0] if len(set(words)) == 1 else ", ".join(words)


OF_NETWORK: Mapping[str, Callable[[Network], Any]] = {
    "network": lambda it: it,
    "structure": lambda it: it.structure,
    "activation": lambda it: it.activation,
    "output": lambda it: it.output_activation,
    "inputs": lambda it: it.inputs,
    "hidden": lambda it: it.hidden,
    "outputs": lambda it: it.outputs,
    "depth": lambda it: len(it.layers) - 1,  # hidden layers
    "layers": _layers,
    "bias": lambda it: _of_hidden(it, "bias"),
    "dropout": lambda it: _of_hidden(it, "dropout"),
    "shortcuts": lambda it: (
        ", ".join(
            f"{source} to {k}" for k, layer in enumerate(it.layers, 1) for source in layer.shortcuts
        )
        or "none"
    ),
    "parameters": lambda it: it.n_parameters,
}
OF_TRAINING = tuple(one.name for one in fields(Training))
OF_OPTIMIZER = tuple(dict.fromkeys(one.name for kind in KINDS.values() for one in fields(kind)))
OF_TRIAL = ("seed", "status")
KEYS = tuple(
    dict.fromkeys(
        (*OF_NETWORK, "training", "configuration", *OF_TRAINING, *OF_OPTIMIZER, "metric", *OF_TRIAL)
    )
)
"""All that `Population.by` and `Population.where` take."""

ELSEWHERE = {
    "learning_rate": "lr",
    "batch_size": "batch",
    "width": "hidden",
    "kinds": "layers",
    "n_parameters": "parameters",
    "seeds": "seed",
    "solved": "status",
}


def check_key(where: str, key: object) -> str:
    """The key, or the error that suggests one."""
    if isinstance(key, str) and key in KEYS:
        return key
    hint = did_you_mean(key, KEYS, ELSEWHERE) if isinstance(key, str) else ""
    raise DescriptionError(
        f"unknown key {quote(key)}",
        where=where,
        hint=hint or "known are " + ", ".join(KEYS),
    )


def value_of(it: Configuration, key: str, task: str) -> Any:
    """A configuration's value of a key, hashable; None where its optimizer has no such setting."""
    training = it.training
    if key == "configuration":
        return it
    if key == "training":
        return training
    if key in OF_NETWORK:
        return OF_NETWORK[key](it.network)
    if key == "metric":
        return metric(training, task)
    if key == "optimizer":
        return training.optimizer.name
    if key == "schedule":
        return _in_words(training.schedule)
    if key in OF_OPTIMIZER and hasattr(training.optimizer, key):  # also weight_decay, of AdamW
        return getattr(training.optimizer, key)
    return getattr(training, key) if key in OF_TRAINING else None


def _in_words(schedule: Schedule) -> str:
    settings = (f"{one.name} {getattr(schedule, one.name)}" for one in fields(schedule))
    return " ".join([schedule.name, *settings])


ALWAYS = ("structure", "activation", "optimizer")  # in tables of configurations
MAY_VARY = tuple(
    dict.fromkeys(
        (
            "layers",
            *(one.name for one in fields(Dense) if one.name not in ("units", "activation")),
            "output",
            *(key for key in OF_OPTIMIZER if key != "weight_decay"),
            *(key for key in OF_TRAINING if key != "optimizer"),
        )
    )
)


def varying_keys(configurations: tuple[Configuration, ...], task: str) -> tuple[str, ...]:
    """The keys in which configurations differ, except those that every table has."""
    first = configurations[:1]
    return tuple(
        key
        for key in MAY_VARY
        if any(value_of(it, key, task) != value_of(first[0], key, task) for it in configurations)
    )
