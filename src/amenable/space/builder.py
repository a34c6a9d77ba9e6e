"""From the settings of a space to networks and trainings for some data, checked to fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from amenable.datasets import Dataset
from amenable.description import fail, quote
from amenable.errors import DescriptionError
from amenable.network import Network, mlp
from amenable.population.checks import as_dataset, check_validation
from amenable.population.keys import Configuration
from amenable.settings import (
    OF_MLP,
    OF_OPTIMIZER,
    OF_SCHEDULE,
    OF_TRAINING,
    PARTS,
    SPACE,
    canonical,
    check_name,
    field_of,
    read_network,
)
from amenable.space import defaults
from amenable.space.candidate import Candidate
from amenable.space.space import Space
from amenable.training import Training, parts

HIDDEN = (8,)  # where a space does not say: enough for most small problems
OTHER_BUDGET = {"epochs": "steps", "steps": "epochs"}
SCHEDULE = Training().schedule
# Floats of these are kept as they are, and checked by what is built of them.
AS_IT_IS = frozenset((*OF_OPTIMIZER, *OF_SCHEDULE, "dropout", "l1", "l2", "weight_decay"))
LABEL_DIGITS = 6  # of a fingerprint: one in 16 million


def candidates(
    space: Space | Mapping[str, Any] | Iterable[Mapping[str, Any]],
    data: Any,
    training: Training | None = None,
    goal: str | None = None,
) -> tuple[Candidate, ...]:
    """What a space's settings mean for some data.

    Parameters
    ----------
    space : Space, or settings, or several
        A space, of which this is the grid; or what `Space.draw` gave.
    data : Dataset, str, path or tuple
        As for `train`; gives inputs, outputs and task.
    training : Training or None
        Has all that the settings do not say. By default that is what `amenable sweep` takes: a
        learning rate and a batch that suit the optimizer and the data, and a budget that does not
        depend on how many are trained, so that a study can be extended.
    goal : str or None
        Where neither the settings nor `training` have one.

    Returns
    -------
    tuple of Candidate
        One for each different network and training, in the order of the settings.

    Raises
    ------
    DescriptionError
        If settings cannot stand together, or do not fit the data; it shows them.

    Examples
    --------
    >>> from amenable import Space
    >>> first, second = candidates(Space(hidden=[4, (8, 8)], lr=0.1, epochs=50), "moons")
    >>> first.settings, second.configuration.network.structure
    ({'hidden': [4], 'lr': 0.1, 'epochs': 50}, '2-8-8-1')
    """
    dataset = as_dataset(data)
    if training is not None and not isinstance(training, Training):
        fail("candidates.training", "a Training", training, "write Training()")
    builder = _Builder(dataset, training, goal)
    found: dict[Configuration, Candidate] = {}
    for settings in _points(space):
        candidate = builder.candidate(settings)
        found.setdefault(candidate.configuration, candidate)
    return tuple(found.values())


def _points(space: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(space, Space):
        return space.draw()
    if isinstance(space, Mapping):
        return (space,)
    if not isinstance(space, Iterable) or isinstance(space, str | bytes):
        fail("candidates.space", "a Space or what its draw() gives", space)
    return space


class _Builder:
    """Builds for one data set; remembers what it has checked."""

    def __init__(self, data: Dataset, training: Training | None, goal: str | None) -> None:
        self._data = data
        self._base = training
        self._goal = goal
        self._n_outputs = data.n_outputs()
        self._networks: dict[str, tuple[Network, str]] = {}
        self._values: dict[tuple[str, str], Any] = {}
        self._probe_every: dict[tuple[Any, ...], int] = {}

    def candidate(self, given: Mapping[str, Any]) -> Candidate:
        """Of the settings of one point."""
        if not isinstance(given, Mapping):
            fail("candidates.space", "settings by name", given, 'such as {"hidden": [8]}')
        settings = {}
        for name, value in given.items():
            kept, one = self._kept(name, value)
            settings[kept] = one
        try:
            network, label = self._network(settings)
            training = self._training(settings)
            data = self._data
            training.check(
                network,
                data.task,
                data.n_classes,
                self._n_outputs if data.task == "regression" else None,
            )
            check_validation(training, data)
        except DescriptionError as error:
            raise _blamed(error, settings) from None
        if "network" in settings:
            settings["network"] = label
        return Candidate(settings, Configuration(network, training))

    def _kept(self, name: Any, value: Any) -> tuple[str, Any]:
        """Name and value as they are kept; looked at once, and numbers where they are used."""
        if name in AS_IT_IS and type(value) is float:
            return name, value
        key = (str(name), f"{type(value).__name__} {value!r}")
        if key not in self._values:
            kept = check_name(name)
            try:
                self._values[key] = kept, canonical(kept, value)
            except DescriptionError as error:
                raise error.at((SPACE, str(name))) from None
        found: tuple[str, Any] = self._values[key]
        return found

    def _network(self, settings: Mapping[str, Any]) -> tuple[Network, str]:
        own = {name: settings[name] for name in ("network", *OF_MLP) if name in settings}
        key = json.dumps(own)
        if key not in self._networks:
            if "network" in own:
                if len(own) > 1:
                    raise DescriptionError(
                        f"leaves nothing to {', '.join(list(own)[1:])}", where=(SPACE, "network")
                    )
                network = read_network(own["network"])
            else:
                hidden = own.pop("hidden", HIDDEN)
                network = mlp(self._data.n_inputs, *hidden, self._n_outputs, **own)
            if network.inputs != self._data.n_inputs:
                raise DescriptionError(
                    f"{network.structure} has {network.inputs} inputs, data '{self._data.name}' "
                    f"{self._data.n_inputs}",
                    where=(SPACE, "network"),
                    hint=f"give networks with {self._data.n_inputs} inputs",
                )
            network.check_trainable()
            self._networks[key] = network, _label(network)
        return self._networks[key]

    def _training(self, settings: Mapping[str, Any]) -> Training:
        optimizer = self._optimizer(settings)
        schedule = self._schedule(settings)
        outer: dict[str, Any] = {
            name: tuple(it) if isinstance(it, list) else it
            for name, it in settings.items()
            if name in OF_TRAINING and name not in PARTS and not hasattr(optimizer, name)
        }
        if self._base is None or self._base.goal is None:
            outer.setdefault("goal", self._goal)
        if self._base is not None:
            for name, other in OTHER_BUDGET.items():
                if name in outer:
                    outer.setdefault(other, None)
            return replace(self._base, optimizer=optimizer, schedule=schedule, **outer)
        outer.setdefault("batch", defaults.batch(optimizer.name, self._data))
        if "epochs" not in outer and "steps" not in outer:
            outer["epochs"] = defaults.epochs(self._data, outer["batch"])
        outer.setdefault("probe_every", self._usual_probes(outer))
        return Training(optimizer=optimizer, schedule=schedule, **outer)

    def _usual_probes(self, outer: Mapping[str, Any]) -> int:
        own = {name: outer[name] for name in ("batch", "epochs", "steps") if name in outer}
        key = tuple(own.items())
        if key not in self._probe_every:
            self._probe_every[key] = defaults.probe_every(self._data, Training(**own))
        return self._probe_every[key]

    def _optimizer(self, settings: Mapping[str, Any]) -> Any:
        inner = {name: it for name, it in settings.items() if name in OF_OPTIMIZER}
        if "optimizer" not in settings and self._base is not None:
            optimizer: Any = self._base.optimizer
            name = optimizer.name
            known = parts.field_names("optimizer", name)
            _check_fields("optimizer", name, known, inner)
            return replace(optimizer, **{key: it for key, it in inner.items() if key in known})
        part = parts.read("optimizer", settings.get("optimizer", defaults.OPTIMIZER))
        known = parts.field_names("optimizer", part.name)
        _check_fields("optimizer", part.name, known, inner)
        lr = defaults.learning_rate(part.name, self._data)
        return parts.make(
            "optimizer", parts.Call(part.name, {**part.fields, **_only(inner, known)}), {"lr": lr}
        )

    def _schedule(self, settings: Mapping[str, Any]) -> Any:
        inner = {field_of(name): it for name, it in settings.items() if name in OF_SCHEDULE}
        if "schedule" not in settings:
            schedule: Any = SCHEDULE if self._base is None else self._base.schedule
            known = parts.field_names("schedule", schedule.name)
            _check_fields("schedule", schedule.name, known, inner)
            return replace(schedule, **inner) if inner else schedule
        part = parts.read("schedule", settings["schedule"])
        known = parts.field_names("schedule", part.name)
        _check_fields("schedule", part.name, known, inner)
        return parts.make("schedule", parts.Call(part.name, {**part.fields, **inner}), {})


def _only(values: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {name: it for name, it in values.items() if name in known}


def _check_fields(what: str, name: str, known: tuple[str, ...], given: Mapping[str, Any]) -> None:
    """Refuse settings that this optimizer or schedule does not have, and the training neither."""
    for field in given:
        if field not in known and (field not in OF_TRAINING or what == "schedule"):
            owners = OF_OPTIMIZER if what == "optimizer" else OF_SCHEDULE
            key = "schedule.steps" if field == "steps" else field
            raise DescriptionError(
                f"{name} has no {field}, only {', '.join(owners[key])}",
                where=(SPACE, key),
                hint=f'say which: {what}="{owners[key][0]}"',
            )


def _label(network: Network) -> str:
    """A network in a few words, and where they would not do, with a fingerprint."""
    words = network.structure
    if network.activation != "none":
        words += f" {network.activation}"
    name = "tanh" if network.activation == "none" else network.activation
    is_dense = network.activation != "mixed" and network.input_shape is None
    if is_dense and network == mlp(*network.widths, activation=name):
        return words
    mark = hashlib.sha256(network.to_json().encode()).hexdigest()[:LABEL_DIGITS]
    return f"{words} #{mark}"


def _blamed(error: DescriptionError, settings: Mapping[str, Any]) -> DescriptionError:
    """The error with the settings it came from; of one of them, where it names that."""
    if error.parts[:1] == (SPACE,):
        return error
    others = [f"{name}={quote(it)}" for name, it in settings.items() if name != error.field]
    point = f"{SPACE}({', '.join(others)})" if others else SPACE
    if error.field in settings:
        return error.at((point, error.field))
    return error.within(point)
