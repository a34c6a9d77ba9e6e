"""Keys by which trials can be grouped, each with its value for a configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from amenable.description import did_you_mean, quote
from amenable.encoding import metric
from amenable.errors import DescriptionError
from amenable.network import Dense, Network
from amenable.settings import OF_MLP, SETTINGS, WITHOUT_HIDDEN, field_of
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


def every_setting(it: Configuration) -> dict[str, Any]:
    """A configuration's settings by name, also those that nobody gave, as values of JSON.

    What its optimizer, its schedule or its layers do not have is left out.

    Parameters
    ----------
    it : Configuration
        A network and its training.

    Returns
    -------
    dict of str to JSON value
        In the order of `docs/settings.md`; tuples are lists.

    Examples
    --------
    >>> from amenable import Training, mlp
    >>> found = every_setting(Configuration(mlp(2, 8, 1), Training("sgd", steps=9)))
    >>> found["hidden"], found["lr"], found["momentum"], "beta1" in found
    ([8], 0.01, 0.0, False)
    """
    training = it.training
    found = _settings_of_mlp(it.network)
    for name, setting in SETTINGS.items():
        if setting.part == "network":
            continue
        if name in ("optimizer", "schedule"):
            found[name] = getattr(training, name).name
            continue
        parts = (training.schedule,) if setting.part == "schedule" else (training.optimizer,)
        if setting.part == "training":
            parts = (*parts, training)  # an optimizer's own weight_decay comes first
        owner = next((part for part in parts if hasattr(part, field_of(name))), None)
        if owner is not None:
            value = getattr(owner, field_of(name))
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def _settings_of_mlp(network: Network) -> dict[str, Any]:
    """What `mlp` was given; nothing where layers are of other kinds or see more than the last."""
    if any(type(layer) is not Dense or layer.shortcuts for layer in network.layers):
        return {}
    names = [it for it in OF_MLP if network.hidden or it not in WITHOUT_HIDDEN]
    found = {"hidden": network.hidden, **{name: OF_NETWORK[name](network) for name in names}}
    return {name: list(it) if isinstance(it, tuple) else it for name, it in found.items()}


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
