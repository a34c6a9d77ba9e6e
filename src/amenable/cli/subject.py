"""What `amenable draw` draws: networks trained for the picture, or saved ones, and their data."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable import engine
from amenable.archive import HEADER
from amenable.baselines import baselines
from amenable.cli import plan, screen
from amenable.cli.request import Request
from amenable.datasets import Dataset
from amenable.errors import DAMAGE, DataError, DescriptionError, called
from amenable.figures.kinds import KINDS, Kind, Recipe, list_kinds
from amenable.figures.plotting import input_shape
from amenable.formatting import plural
from amenable.model import Model
from amenable.network import Dense, lenet1989
from amenable.network.presets import ACTIVATION
from amenable.population import (
    Configuration,
    DataSummary,
    Ensemble,
    Population,
    TrainedNetwork,
    train,
)
from amenable.population.held import hold_data, places_of
from amenable.population.keys import check_key, value_of
from amenable.population.samples import fitted, found_again, light_on_dark
from amenable.space.typed import write_typed
from amenable.sweep import Plan
from amenable.sweep.header import data_lines, plan_lines
from amenable.sweep.words import goal_line

OF_DATA = ("--target", "--task", "--validation", "--test")

if TYPE_CHECKING:
    from rich.console import Console

# What groups and maps are made of where nothing is asked for: the settings that vary, in order.
COMPARED = ("structure", "activation", "optimizer", "lr", "batch", "init", "l2")
NUMERIC = ("lr", "init", "batch", "l2")

LOADERS: dict[str, Callable[[Path], Population | Ensemble | Model]] = {
    "amenable population": Population.load,
    "amenable ensemble": Ensemble.load,
    "amenable trained network": TrainedNetwork.load,
    "amenable model": Model.load,
}


def read_saved(path: Path) -> Population | Ensemble | Model | None:
    """What `save` wrote, if the file is one of those; None for data."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return None
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as members:
            found = json.loads(members[HEADER].tobytes())["format"]
    except DAMAGE:
        return None  # data, or nothing: the reader of data says what is wrong with it
    return LOADERS[found](path) if found in LOADERS else None


def read_drawable(path: Path) -> Population | Model | None:
    """What a file holds, an ensemble as the population that it is."""
    found = read_saved(path)
    return found.members if isinstance(found, Ensemble) else found


def data_of_saved(
    request: Request, samples: str | None, shown: Population | Model, err: Console
) -> Dataset | None:
    """The data for saved networks, where it is named; training options are refused.

    Where it can be, it is made what they learned, to the split; else images are brought to their
    input, and it is said that the samples are other ones.
    """
    for option in request.typed:
        if option not in OF_DATA:
            raise DescriptionError(
                f"{option}: {request.data} is trained already; leave the option out"
            )
    if samples is None:
        return None
    request = replace(request, data=samples)
    learned = shown.data if isinstance(shown, Population | TrainedNetwork) else None
    shape = input_shape(shown)
    if learned is not None and request == Request(samples):
        found = found_again(samples, learned, shape)
        if found is not None:
            return found
    with called("--data"):
        data = fitted(plan.data_of(request), learned, shape)
    if learned is not None and data.fingerprint != learned.fingerprint:
        screen.say(err, f"{data.name}: not the samples that were learned, or split otherwise")
    return data


def plan_training(
    kind: Kind, request: Request, samples: str | None, inputs: Sequence[str], err: Console
) -> Plan:
    """What is to be trained so that there is what the kind shows."""
    if samples is not None:
        raise DescriptionError(f"--data: {request.data} is data itself; leave the option out")
    with called("--threads"):
        engine.check_threads(request.threads)
    with err.status("reading the data"):
        data = plan.data_of(request)
    shown = hold_data(data, choose_inputs(kind, data, inputs)) if inputs else data
    check_data(kind, shown)
    whole = complete(request, kind.recipe)
    if kind.recipe.has_goal and whole.settings.get("goal") == ("none",):
        raise DescriptionError(
            f"{kind.name} counts the networks that solve the problem",
            where="--goal",
            hint='leave it out, or give one such as "accuracy >= 0.95"',
        )
    if "hidden" in request.settings or not kind.recipe.has_images:
        return plan.plan_of(whole, data)
    return _of_images(whole, request, data)


def complete(request: Request, recipe: Recipe) -> Request:
    """The request, with what was not asked for."""
    own: dict[str, tuple[str, ...]] = {
        "hidden": recipe.hidden,
        "activation": recipe.activation,
        "lr": tuple(map(write_typed, recipe.lr)),
        "init": recipe.init,
        "goal": () if recipe.has_goal else ("none",),
    }
    ours = {name: texts for name, texts in own.items() if texts}
    seeds = recipe.seeds if request.seeds is None else request.seeds
    return replace(request, settings={**ours, **request.settings}, seeds=seeds)


def _of_images(whole: Request, request: Request, data: Dataset) -> Plan:
    """The plan with LeNets, and the data as images of their input, from -1 to 1."""
    activations = request.settings.get("activation", (ACTIVATION,))
    last = Dense(data.n_outputs(), "identity")
    lenets = (lenet1989(activation) for activation in activations)
    networks = [replace(it, layers=(*it.layers[:-1], last)) for it in lenets]
    bare = whole.changed(hidden=None, activation=None)
    return plan.plan_of(bare, light_on_dark(data, (1, 16, 16)), network=networks)


def train_planned(
    kind: Kind, chosen: Plan, request: Request, console: Console, err: Console
) -> Population:
    """The population that was planned; says what is trained."""
    if chosen.needs_goal:
        with err.status("fitting scikit-learn's models"):
            chosen = chosen.with_default_goal(baselines(chosen.data))
    for line in (data_lines(chosen.data)[0], *plan_lines(chosen)):
        screen.say(console, line)
    if chosen.goal:
        screen.say(console, goal_line(chosen.goal, chosen.goal_reason))
    return train(
        chosen.networks,
        chosen.data,
        chosen.trainings,
        seeds=chosen.n_seeds or 1,
        threads=request.threads,
        **{record: True for record in kind.records if record != "weights"},
    )


def suits(kind: Kind, data: Dataset | DataSummary) -> bool:
    """Whether the kind can show networks that learn such data."""
    return kind.inputs in (None, data.n_inputs) and kind.task in (None, data.task)


def check_data(kind: Kind, data: Dataset) -> None:
    """Refuse data that the kind cannot show before anything is trained."""
    if suits(kind, data):
        return
    expected = f"{kind.inputs} input{'s' * (kind.inputs != 1)}" if kind.inputs else "classes"
    got = f"{data.n_inputs} inputs" if kind.inputs else "numbers to predict"
    raise DataError(
        f"{kind.name}: expected data with {expected}, got {got} in '{data.name}'; "
        + ("choose two by --inputs A,B, or draw " if kind.inputs == 2 < data.n_inputs else "draw ")
        + ", ".join(it.name for it in list_kinds() if suits(it, data))
    )


def choose_inputs(kind: Kind, data: Dataset, inputs: Sequence[str]) -> list[int]:
    """Which inputs vary, as many as the kind shows."""
    if kind.inputs is None:
        raise DescriptionError(f"--inputs: {kind.name} shows all inputs; leave the option out")
    if len(inputs) != kind.inputs:
        raise DescriptionError(
            where="--inputs",
            expected=f"{plural(kind.inputs, 'input')}, such as "
            + ",".join(data.features[: kind.inputs]),
            got=",".join(inputs),
        )
    try:
        return places_of(data, inputs)
    except DataError as error:
        raise error.at("--inputs") from None


def data_to_hold(shown: Population | Model, data: Dataset | None) -> Dataset:
    """The data of saved networks, whose inputs are named and have medians."""
    if data is None and isinstance(shown, Population | TrainedNetwork):
        data = found_again(shown.data.name, shown.data, input_shape(shown))
    if data is None:
        raise DescriptionError(
            "--inputs: the data that was learned is not found; name it by --data"
        )
    return data


def configurations_of(chosen: Plan) -> tuple[Configuration, ...]:
    """Every network with every training."""
    return tuple(Configuration(*it) for it in product(chosen.networks, chosen.trainings))


def check_trial(trial: object, n_networks: int) -> None:
    """Refuse a number that no trial will have."""
    if isinstance(trial, int) and not 0 <= trial < n_networks:
        raise DescriptionError(
            f"--trial: expected best, median, worst or a number from 0 to {n_networks - 1}, "
            f"got {trial}"
        )


def axes(
    kind: Kind, configurations: Sequence[Configuration], by: tuple[str, ...]
) -> dict[str, Any]:
    """The keys that are compared or span a map: those asked for, else those that vary."""

    def varies(key: str) -> bool:
        return len({value_of(it, key, "") for it in configurations}) > 1  # of no task

    own = kind.options["make"]
    if not {"by", "x"} & set(own):
        if by:
            raise DescriptionError(f"--by: '{kind.name}' compares nothing; leave the option out")
        return {}
    for key in by:
        if key != "width":
            check_key("--by", key)
    if "by" in own:
        keys = by or tuple(key for key in COMPARED if varies(key))
        return {"by": keys} if keys else {}
    keys = by or (*filter(varies, NUMERIC), *_shapes(configurations))[:2]
    if len(keys) != 2:
        raise DescriptionError(
            f"--by: expected two settings for the axes of '{kind.name}', got "
            f"{', '.join(keys) or 'none'}; give several values of two options, such as "
            "--lr 0.01 --lr 0.1 --hidden 4 --hidden 8"
        )
    return {"x": keys[0], "y": keys[1]}


def _shapes(configurations: Sequence[Configuration]) -> tuple[str, ...]:
    """Width and depth, where they vary."""
    hidden = [it.network.hidden for it in configurations]
    widths, depths = {max(it, default=0) for it in hidden}, {len(it) for it in hidden}
    return tuple(key for key, values in (("width", widths), ("depth", depths)) if len(values) > 1)


def find_next(kind: Kind, shown: Population | Model, is_saved: bool) -> Kind | None:
    """The kind to look at next, if it can be drawn of the same."""
    it = KINDS[kind.recipe.following]
    if not isinstance(shown, Population) or not suits(it, shown.data):
        return None
    if not is_saved:
        return it
    is_there = all(name in shown.records.arrays for name in it.records)
    has_goal = all(training.goal for training in shown.trainings)
    needs_goal = it.recipe.has_goal
    return it if is_there and not it.required and (has_goal or not needs_goal) else None
