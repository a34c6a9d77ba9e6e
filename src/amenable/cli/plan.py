"""From what was typed, or a study file, to the plan of a sweep. Nothing is trained here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amenable.cli.request import Request
from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.splits import SHARES
from amenable.errors import DataError, DescriptionError, called
from amenable.settings import SETTINGS
from amenable.space.typed import read_typed
from amenable.study.files import SUFFIX, read_study_file
from amenable.study.files.placing import is_of_setting
from amenable.study.policies import Policy, SuccessiveHalving, UntilDecided
from amenable.sweep import Plan, make_plan
from amenable.sweep.plan import AUTO, OWNER, load_data

BESIDE_FILE = (
    "--study",
    "--on",
    "--keep",
    "--threads",
    "--no-control",
)  # what may be given beside a study file
KEEP, HALVING_SEEDS = "best", 3
OF_PARTS = {"seeds": "--seeds", "draw.n": "--draws", "draw.method": "--method"}
"""What errors of parts are about."""
OF_DATA = {name: f"--{name}" for name in ("target", "task", "validation", "test")}
OF_DATA[SHARES] = "--validation and --test"
ARGUMENT = re.compile(rf"\b({'|'.join(OF_DATA)})='?([\w.]+)'?")  # in what errors of data advise


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """What a command asks for.

    Parameters
    ----------
    plan : Plan
        What to train.
    source : str
        The name or the path of the data.
    study : Path or None
        Where trials are kept.
    keep, on, curves, threads
        As for `Study.run`.
    """

    plan: Plan
    source: str
    study: Path | None
    keep: str
    on: str | None
    curves: bool
    threads: int | None


def plan_run(request: Request) -> PlannedRun:
    """What is to be trained; options that cannot be meant are refused by name."""
    if request.data.endswith(SUFFIX):
        return _of_file(request)
    return PlannedRun(
        plan=plan_of(request),
        source=request.data,
        study=None if request.study is None else Path(request.study),
        keep=request.keep or KEEP,
        on=request.on,
        curves=False,
        threads=request.threads,
    )


def plan_of(request: Request, data: Dataset | None = None, **settings: Any) -> Plan:
    """What is to be trained on the data that was typed, or on other data."""
    with naming_options():
        own = {} if data is not None else _of_data(request)
        given: Any = request.data if data is None else data
        plan = make_plan(given, **(own | _arguments(request) | settings))
    if plan.goal is None and not plan.needs_goal and request.until_decided is not None:
        raise DescriptionError("--until-decided: counts what is solved; give a goal by --goal")
    return plan


def data_of(request: Request) -> Dataset:
    """The data that was typed, split once."""
    with naming_options():
        loaded = load_data(request.data, **(_of_data(request) | {"splits": 1}))
    assert isinstance(loaded, Dataset)  # as it is not split again
    return loaded


def _of_data(request: Request) -> dict[str, Any]:
    """What was typed about the data."""
    return {
        "target": request.target,
        "task": request.task,
        "validation": request.validation,
        "test": request.test,
    }


def _of_file(request: Request) -> PlannedRun:
    for option in request.typed:
        if option not in BESIDE_FILE:
            raise DescriptionError(
                f"{option}: {request.data} says what is trained; write it there, and leave the "
                "option out"
            )
    file = read_study_file(request.data)
    splits = file.load()
    data = splits[0] if isinstance(splits, RepeatedSplits) else splits  # of one shape
    entry = next((it for it in file.space.entries if it.name == "goal"), None)
    choices = () if entry is None or not isinstance(entry.choices, tuple) else entry.choices
    is_one = entry is not None and len(choices) == 1 and not entry.conditions
    plan = Plan(
        data=data,
        splits=splits,
        space=file.space,
        method=file.method,
        draws=file.n,
        draw_seed=file.draw_seed,
        candidates=file.candidates(data),
        policy=file.policy,
        goal=choices[0] if is_one else None,
        needs_goal=entry is None,
    )
    return PlannedRun(
        plan=plan,
        source=file.data,
        study=file.study if request.study is None else Path(request.study),
        keep=request.keep or file.keep,
        on=request.on or file.on,
        curves=file.curves,
        threads=request.threads or file.threads,
    )


def _arguments(request: Request) -> dict[str, Any]:
    """What was typed as arguments of `amenable.sweep`."""
    settings = read_typed(request.settings)
    if {"epochs", "steps"} <= set(settings):
        raise DescriptionError("--epochs and --steps: expected one of them, got both")
    policy = _policy(request)
    given = {
        "method": request.method,
        "draws": request.draws,
        "policy": policy,
        "seeds": request.seeds if policy is None else None,
    }
    goals = settings.pop("goal", [AUTO])
    if len(goals) > 1:
        settings["goal"] = goals
    found = {name: it for name, it in given.items() if it is not None} | settings
    return found | {"goal": goals[0] if len(goals) == 1 else AUTO}


def _policy(request: Request) -> Policy | None:
    """How many seeds, where that is not a number."""
    n = request.seeds
    if request.halving is not None and request.until_decided is not None:
        raise DescriptionError("--halving and --until-decided: expected one of them, got both")
    if request.halving is not None:
        with called("--halving"):
            return SuccessiveHalving(rungs=request.halving, seeds=n or HALVING_SEEDS)
    if request.until_decided is None:
        return None
    with called("--until-decided"):
        least = UntilDecided().least
        if n is None:
            return UntilDecided(width=request.until_decided)
        return UntilDecided(width=request.until_decided, most=n, least=min(n, least))


@contextmanager
def options_named(options: Mapping[str, str]) -> Iterator[None]:
    """Errors name the option that was typed, instead of the argument that it became."""
    try:
        yield
    except DescriptionError as error:
        if error.where in options:
            raise error.at(options[error.where]) from error
        raise


@contextmanager
def naming_options() -> Iterator[None]:
    """Errors name options instead of settings and arguments."""
    try:
        yield
    except DataError as error:
        hint = ARGUMENT.sub(lambda it: f"--{it[1]} {it[2]}", error.hint)
        told = error.at(OF_DATA.get(error.where, error.parts), hint=hint)
        for place in reversed(error.places):
            told = told.within(place)
        raise told from None
    except DescriptionError as error:
        if error.where == "draw.n":
            hint = "leave it out for all, or give ranges such as --lr 1e-4..1"
            raise error.at("--draws", hint=hint) from None
        if error.where in OF_PARTS:
            raise error.at(OF_PARTS[error.where]) from None
        if error.field == "goal":
            raise error.at("--goal") from None
        if error.parts[:1] == (OWNER,) or is_of_setting(error):
            name = str(error.parts[1])
            option = SETTINGS[name].option if name in SETTINGS else f"--{name.replace('_', '-')}"
            raise error.at(option) from None
        raise
