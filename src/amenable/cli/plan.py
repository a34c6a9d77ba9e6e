"""From what was typed, or a study file, to the plan of a sweep. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amenable.cli.request import Request
from amenable.cli.study_options import read_width_range
from amenable.datasets import Dataset
from amenable.description import shown
from amenable.errors import AmenableError, DescriptionError
from amenable.space.ranges import LogRange
from amenable.study.files import SUFFIX, read_study_file
from amenable.study.files.placing import is_of_setting
from amenable.study.policies import Policy, SuccessiveHalving, UntilDecided
from amenable.sweep import Plan, make_plan
from amenable.sweep.plan import AUTO, OWNER, is_none, load_data

BESIDE_FILE = ("study", "on", "keep", "threads")  # what may be given beside a study file
KEEP, HALVING_SEEDS = "best", 3
NAMES = {"goal": "--solved", "validation": "--split", "method": "--sample"}
"""Settings whose options are called otherwise."""
OF_PARTS = {"seeds": "--seeds", "draw.n": "--draws", "draw.method": "--sample"}
"""What errors of parts are about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks for.

    Parameters
    ----------
    plan : Plan
        What to train.
    study : Path or None
        Where trials are kept.
    keep, on, curves, threads
        As for `Study.run`.
    """

    plan: Plan
    study: Path | None
    keep: str
    on: str | None
    curves: bool
    threads: int | None


def asked_for(request: Request) -> Asked:
    """What is to be trained; options that cannot be meant are refused by name."""
    if request.data.endswith(SUFFIX):
        return _of_file(request)
    return Asked(
        plan=plan_of(request),
        study=None if request.study is None else Path(request.study),
        keep=request.keep or KEEP,
        on=request.on,
        curves=False,
        threads=request.threads,
    )


def plan_of(request: Request, data: Dataset | None = None, **settings: Any) -> Plan:
    """What is to be trained on the data that was typed, or on other data."""
    with naming_options():
        if data is None:
            data = data_of(request)
        plan = make_plan(data, **(_arguments(request) | settings))
    if plan.goal is None and not plan.needs_goal and request.until_decided is not None:
        raise DescriptionError("--until-decided: counts what is solved; give a goal by --solved")
    return plan


def data_of(request: Request) -> Dataset:
    """The data that was typed."""
    with naming_options():
        return load_data(
            request.data,
            target=request.target,
            task=request.task,
            validation=request.split,
            test=None,
        )


def _of_file(request: Request) -> Asked:
    for name in request.typed:
        if name not in BESIDE_FILE:
            raise DescriptionError(
                f"--{name.replace('_', '-')}: {request.data} says what is trained; write it there, "
                "and leave the option out"
            )
    file = read_study_file(request.data)
    data = file.load()
    entry = next((it for it in file.space.entries if it.name == "goal"), None)
    choices = () if entry is None or not isinstance(entry.choices, tuple) else entry.choices
    is_one = entry is not None and len(choices) == 1 and not entry.conditions
    plan = Plan(
        data=data,
        space=file.space,
        method=file.method,
        draws=file.n,
        draw_seed=file.draw_seed,
        candidates=file.candidates(data),
        policy=file.policy,
        goal=choices[0] if is_one else None,
        needs_goal=entry is None,
    )
    return Asked(
        plan=plan,
        study=file.study if request.study is None else Path(request.study),
        keep=request.keep or file.keep,
        on=request.on or file.on,
        curves=file.curves,
        threads=request.threads or file.threads,
    )


def _arguments(request: Request) -> dict[str, Any]:
    """What was typed as arguments of `amenable.sweep`; a range stands alone."""
    if request.epochs is not None and request.steps is not None:
        raise DescriptionError("--epochs and --steps: expected one of them, got both")
    policy = _policy(request)
    given = {
        "hidden": _whole_numbers("--hidden", request.hidden, False),
        "activation": list(request.activation),
        "optimizer": list(request.optimizer),
        "lr": _rates("--lr", request.lr),
        "batch": _whole_numbers("--batch", request.batch, True),
        "init": list(request.init),
        "l2": _rates("--l2", request.l2),
        "epochs": request.epochs,
        "steps": request.steps,
        "method": request.sample,
        "draws": request.draws,
        "policy": policy,
        "seeds": request.seeds if policy is None else None,
    }
    found = {name: _once(it) for name, it in given.items() if it is not None and it != []}
    return found | {"goal": AUTO if request.solved is None else request.solved}


def _once(values: Any) -> Any:
    """Values given twice once."""
    return list(dict.fromkeys(values)) if isinstance(values, list) else values


def hidden_widths(typed: str) -> tuple[int, ...]:
    """Widths of hidden layers: "none", "10" or "10,10"."""
    if is_none(typed):
        return ()
    try:
        widths = tuple(int(word) for word in typed.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        raise DescriptionError(
            f"--hidden: expected widths such as 10 or 10,10, or none, got {shown(typed)}; "
            "give the option again for another structure"
        )
    return widths


def batch_size(typed: str) -> int | str:
    """A number of samples, or full."""
    if typed.strip().lower() == "full":
        return "full"
    if not typed.strip().isdecimal() or int(typed) < 1:
        raise DescriptionError(
            f"--batch: expected a number of samples, at least 1, or full, got {shown(typed)}"
        )
    return int(typed)


def _whole_numbers(option: str, typed: Sequence[str], is_batch: bool) -> Any:
    """A range, or a list of widths or batches."""
    ranges = [read_width_range(option, it, log=is_batch) for it in typed]
    found = _range_or_none(option, ranges)
    if found is not None:
        return found
    return [batch_size(it) if is_batch else hidden_widths(it) for it in typed]


def _rates(option: str, typed: Sequence[float | LogRange]) -> Any:
    found = _range_or_none(option, [it if isinstance(it, LogRange) else None for it in typed])
    return list(typed) if found is None else found


def _range_or_none(option: str, ranges: Sequence[Any]) -> Any:
    """The range, where there is one and nothing beside it."""
    found = [it for it in ranges if it is not None]
    if found and len(ranges) > 1:
        raise DescriptionError(f"{option}: a range stands alone; leave the other values out")
    return found[0] if found else None


def _policy(request: Request) -> Policy | None:
    """How many seeds, where that is not a number."""
    n = request.seeds
    if request.halving is not None and request.until_decided is not None:
        raise DescriptionError("--halving and --until-decided: expected one of them, got both")
    if request.halving is not None:
        with naming("--halving"):
            return SuccessiveHalving(rungs=request.halving, seeds=n or HALVING_SEEDS)
    if request.until_decided is None:
        return None
    with naming("--until-decided"):
        least = UntilDecided().least
        if n is None:
            return UntilDecided(width=request.until_decided)
        return UntilDecided(width=request.until_decided, most=n, least=min(n, least))


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Errors name the option that caused them, instead of a field that nobody typed."""
    try:
        yield
    except AmenableError as error:
        raise error.at(option) from error


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
    """Errors name options instead of settings."""
    try:
        yield
    except DescriptionError as error:
        if error.where == "draw.n":
            hint = "leave it out for all, or give ranges such as --lr 1e-4..1"
            raise error.at("--draws", hint=hint) from None
        if error.where in OF_PARTS:
            raise error.at(OF_PARTS[error.where]) from None
        if error.field == "goal":
            raise error.at(NAMES["goal"]) from None
        if error.parts[:1] == (OWNER,) or is_of_setting(error):
            name = str(error.parts[1])
            raise error.at(NAMES.get(name, f"--{name.replace('_', '-')}")) from None
        raise
