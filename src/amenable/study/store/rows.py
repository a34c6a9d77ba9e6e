"""Configurations as rows of the store, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from amenable import encoding
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.population.keys import Configuration, every_setting
from amenable.population.source import DataSummary
from amenable.space.candidate import Candidate
from amenable.training import Training

MOST_KEPT = 4096  # descriptions whose JSON is at hand: candidates come in runs of the same


class ConfigurationRow(NamedTuple):
    """A row of the table `configurations`, but for its number; in the order of its columns."""

    digest: str
    settings: str
    network: str
    training: str
    structure: str
    activation: str
    parameters: int
    optimizer: str
    lr: float | None
    batch: int | str
    init: str
    budget: int
    goal: str | None
    metric: str
    every_setting: str


def row_of(it: Candidate, data: DataSummary) -> ConfigurationRow:
    """The row of a candidate's configuration."""
    network, training = _network_json(it.configuration.network), _json(it.configuration.training)
    return ConfigurationRow(
        digest=hashlib.sha256(f"{network}\n{training}".encode()).hexdigest()[:32],
        settings=settings_json(it.settings),
        network=network,
        training=training,
        **columns_of(it.configuration, data),
        every_setting=settings_json({**every_setting(it.configuration), **it.settings}),
    )


def columns_of(it: Configuration, data: DataSummary) -> dict[str, Any]:
    """What is said of a configuration for readers, by column."""
    network, training = it
    return {
        "structure": _structure(network),
        "activation": network.activation,
        "parameters": network.n_parameters,
        "optimizer": training.optimizer.name,
        "lr": getattr(training.optimizer, "lr", None),
        "batch": training.batch,
        "init": training.init,
        "budget": encoding.budget(training, data.n_training),
        "goal": training.goal,
        "metric": encoding.metric(training, data.task),
    }


def configuration_of(network: str, training: str) -> Configuration:
    """The configuration in two columns of JSON."""
    return Configuration(_network(network), _training(training))


def settings_json(settings: Mapping[str, Any]) -> str:
    """Settings as they are stored."""
    try:
        return json.dumps(dict(settings), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise DescriptionError(f"settings: expected what JSON can say: {error}") from error


def settings_of(text: str) -> dict[str, Any]:
    """The settings that `settings_json` stored."""
    settings = json.loads(text)
    if not isinstance(settings, dict):
        raise TypeError("settings of a configuration are no object")
    return settings


def _json(it: Network | Training) -> str:
    return json.dumps(it.to_dict(), sort_keys=True, allow_nan=False)


_network_json = lru_cache(MOST_KEPT)(_json)


@lru_cache(MOST_KEPT)
def _structure(it: Network) -> str:
    return it.structure


@lru_cache(MOST_KEPT)
def _network(text: str) -> Network:
    return Network.from_dict(json.loads(text))


@lru_cache(MOST_KEPT)
def _training(text: str) -> Training:
    return Training.from_dict(json.loads(text))
