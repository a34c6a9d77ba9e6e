"""From options or a study file to what a study will run. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from amenable.baselines import baselines
from amenable.cli import plan
from amenable.cli.request import Request
from amenable.cli.study_options import read_width_range
from amenable.datasets import Dataset
from amenable.description import did_you_mean, shown
from amenable.errors import DescriptionError
from amenable.space import Space, defaults
from amenable.space.builder import candidates
from amenable.space.candidate import Candidate
from amenable.space.draws import METHODS
from amenable.space.ranges import LogRange
from amenable.study.files import SUFFIX, read_study_file
from amenable.study.files.placing import is_of_setting
from amenable.study.files.study_file import StudyFile
from amenable.study.policies import FixedSeeds, Policy, SuccessiveHalving, UntilDecided

OPTIONS_OF_STUDY = ("study", "draws", "sample", "until_decided", "halving", "keep", "on")
BESIDE_FILE = ("study", "on", "keep", "threads")  # what may be given beside a study file
KEEP, HALVING_SEEDS = "best", 3


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What a study will run.

    Parameters
    ----------
    data : Dataset
        With its splits.
    source : str
        The name or the path that it was loaded from.
    space : Space
        Settings with their values.
    method : str
        How points of it are drawn.
    candidates : tuple of Candidate
        What they are for the data.
    policy : Policy
        How many seeds.
    file : Path or None
        Where trials are kept; None for as long as the command runs.
    keep, on, curves, threads
        As for `Study.run`.
    goal : str or None
        When a network counts as solved; None also where the settings differ in it.
    goal_reason : str
        Why it is where it is; empty where it was asked for.
    """

    data: Dataset
    source: str
    space: Space
    method: str
    candidates: tuple[Candidate, ...]
    policy: Policy
    file: Path | None
    keep: str
    on: str | None
    curves: bool
    threads: int | None
    goal: str | None
    goal_reason: str = ""


def is_study(request: Request) -> bool:
    """Whether what was typed asks for more than one product of settings and seeds."""
    has_range = any(isinstance(it, LogRange) for it in (*request.lr, *request.l2))
    has_range |= any(".." in it for it in (*request.hidden, *request.batch))
    return has_range or is_file(request) or any(it in request.typed for it in OPTIONS_OF_STUDY)


def is_file(request: Request) -> bool:
    """Whether a study file was given in the place of data."""
    return request.data.endswith(SUFFIX)


def make_study_plan(request: Request, say: Callable[[str], Any]) -> StudyPlan:
    """What is to be trained; options that cannot be meant are refused by name.

    `say` is told what takes a moment.
    """
    if is_file(request):
        return _of_file(request, say)
    if request.halving is not None and request.until_decided is not None:
        raise DescriptionError("--halving and --until-decided: expected one of them, got both")
    policy = _policy(request)
    say("reading the data")
    data = plan.load_data(request)
    space = _space(request, data)
    goal, reason = _typed_goal(request, data)
    method = _method(request)
    if method == "grid":
        _check_countable(space)
    with _naming_options():
        drawn = space.draw(method, request.draws)
    if goal is None and request.solved is None:
        say("fitting scikit-learn's models")
        goal, reason = defaults.goal(data, baselines(data))
    say("building networks and trainings")
    with _naming_options():
        found = candidates(drawn, data, goal=goal)
    plan.check_parameters(it.configuration.network for it in found)
    for training in {it.configuration.training for it in found}:
        plan.check_steps(training, data)
    return StudyPlan(
        data=data,
        source=request.data,
        space=space,
        method=method,
        candidates=found,
        policy=policy,
        file=None if request.study is None else Path(request.study),
        keep=request.keep or KEEP,
        on=request.on,
        curves=False,
        threads=request.threads,
        goal=goal,
        goal_reason=reason,
    )


def _of_file(request: Request, say: Callable[[str], Any]) -> StudyPlan:
    for name in request.typed:
        if name not in BESIDE_FILE:
            raise DescriptionError(
                f"--{name.replace('_', '-')}: {request.data} says what is trained; write it there, "
                "and leave the option out"
            )
    file = read_study_file(request.data)
    say("reading the data")
    data = file.load()
    goal, reason = _goal_of_file(file, data, say)
    say("building networks and trainings")
    return StudyPlan(
        data=data,
        source=file.data,
        space=file.space,
        method=file.method,
        candidates=file.candidates(data, goal),
        policy=file.policy,
        file=file.study if request.study is None else Path(request.study),
        keep=request.keep or file.keep,
        on=request.on or file.on,
        curves=file.curves,
        threads=request.threads or file.threads,
        goal=goal,
        goal_reason=reason,
    )


def _goal_of_file(
    file: StudyFile, data: Dataset, say: Callable[[str], Any]
) -> tuple[str | None, str]:
    """The goal of the settings, if they agree, or the one that suits the data."""
    entry = next((it for it in file.space.entries if it.name == "goal"), None)
    if entry is not None:
        choices = entry.choices if isinstance(entry.choices, tuple) else ()
        return (choices[0] if len(choices) == 1 and not entry.conditions else None), ""
    say("fitting scikit-learn's models")
    return defaults.goal(data, baselines(data))


def _space(request: Request, data: Dataset) -> Space:
    """The options as settings; a range stands alone."""
    if request.epochs is not None and request.steps is not None:
        raise DescriptionError("--epochs and --steps: expected one of them, got both")
    settings: dict[str, Any] = {
        "hidden": _whole_numbers("--hidden", request.hidden or defaults.structures(data), False),
        "activation": list(request.activation or defaults.ACTIVATIONS),
    }
    given = {
        "optimizer": list(request.optimizer),
        "lr": _rates("--lr", request.lr),
        "batch": _whole_numbers("--batch", request.batch, True),
        "init": list(request.init),
        "l2": _rates("--l2", request.l2),
        "epochs": request.epochs,
        "steps": request.steps,
    }
    settings |= {name: it for name, it in given.items() if it is not None and it != []}
    with _naming_options():
        return Space(**{name: _unrepeated(it) for name, it in settings.items()})


def _unrepeated(values: Any) -> Any:
    """Values given twice once."""
    return list(dict.fromkeys(values)) if isinstance(values, list) else values


def _whole_numbers(option: str, typed: Sequence[str], is_batch: bool) -> Any:
    """A range, or a list of widths or batches."""
    ranges = [read_width_range(option, it, log=is_batch) for it in typed]
    found = _range_or_none(option, ranges)
    if found is not None:
        return found
    return [plan.batch_size(it) if is_batch else plan.hidden_widths(it) for it in typed]


def _rates(option: str, typed: Sequence[float | LogRange]) -> Any:
    found = _range_or_none(option, [it if isinstance(it, LogRange) else None for it in typed])
    return list(typed) if found is None else found


def _range_or_none(option: str, ranges: Sequence[Any]) -> Any:
    """The range, where there is one and nothing beside it."""
    found = [it for it in ranges if it is not None]
    if found and len(ranges) > 1:
        raise DescriptionError(f"{option}: a range stands alone; leave the other values out")
    return found[0] if found else None


def _method(request: Request) -> str:
    """How the settings are drawn; ranges must be."""
    method = request.sample or ("grid" if request.draws is None else "sobol")
    if method not in METHODS:
        hint = did_you_mean(method, METHODS) or f"known are {', '.join(METHODS)}"
        raise DescriptionError(f"--sample: unknown method {shown(method)}; {hint}")
    if method == "grid" and request.draws is not None:
        raise DescriptionError("--draws: a grid takes all settings; leave --sample or --draws out")
    if method != "grid" and request.draws is None:
        raise DescriptionError(f"--sample: {method} needs to know how many; add --draws 100")
    return method


def _check_countable(space: Space) -> None:
    """Refuse ranges where all combinations are wanted."""
    for entry in space.entries:
        if not isinstance(entry.choices, tuple) and not entry.choices.grid():
            raise DescriptionError(
                f"--{entry.name}: some values of a range must be drawn; add --draws 100"
            )


def _policy(request: Request) -> Policy:
    n = request.seeds
    if n is not None and n < 1:
        raise DescriptionError(f"--seeds: expected how many to take, at least 1, got {n}; use 32")
    if request.halving is not None:
        with plan.naming("--halving"):
            return SuccessiveHalving(rungs=request.halving, seeds=n or HALVING_SEEDS)
    if request.until_decided is not None:
        with plan.naming("--until-decided"):
            policy = UntilDecided(width=request.until_decided)
            return policy if n is None else replace(policy, most=n, least=min(n, policy.least))
    return FixedSeeds(n or defaults.SEEDS[0])


def _typed_goal(request: Request, data: Dataset) -> tuple[str | None, str]:
    if request.solved is None or plan.is_none(request.solved):
        if request.solved is not None and request.until_decided is not None:
            raise DescriptionError(
                "--until-decided: counts what is solved; give a goal by --solved"
            )
        return None, ""
    return plan.checked_goal(request.solved, data), ""


@contextmanager
def _naming_options() -> Iterator[None]:
    """Errors name options instead of settings."""
    try:
        yield
    except DescriptionError as error:
        if error.where == "draw.n":
            hint = "leave it out for all, or give ranges such as --lr 1e-4..1"
            raise error.at("--draws", hint=hint) from None
        if error.field == "goal" or is_of_setting(error):
            name = str(error.parts[1])
            raise error.at("--solved" if name == "goal" else f"--{name}") from None
        raise
