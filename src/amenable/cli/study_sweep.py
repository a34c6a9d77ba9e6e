"""A sweep whose trials are kept: said, run, and shown as `amenable study` shows it."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from amenable.cli import header, progress, screen
from amenable.cli.plan import options_named
from amenable.cli.request import Request
from amenable.cli.screen import INTERRUPTED
from amenable.cli.study_plan import StudyPlan, make_study_plan
from amenable.phrases import counted, goal, joined
from amenable.space.candidate import Candidate
from amenable.space.entries import Entry
from amenable.study.policies import SuccessiveHalving, UntilDecided
from amenable.study.study import Study
from amenable.writing import check_outputs, check_writable

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.study.status import Run

MOST_VALUES = 4  # of a setting, that are named and not counted
OPTIONS = {"on": "--on", "keep": "--keep", "threads": "--threads"}  # what Study.run looks at first
DECISIONS = {
    "known": "known well enough",
    "worse": "clearly worse than the best",
    "most": "undecided after all seeds",
}


def sweep_study(request: Request, is_whole: bool, files: dict[str, Path]) -> int:
    """Plan, train what is missing, and show what is there; the exit status."""
    out, err = screen.results(), screen.remarks()
    with err.status("reading") as status:
        plan = make_study_plan(request, status.update)
    check_outputs({**files, "--study": plan.file}, [plan.source])
    with _file(plan) as path:
        study = Study(path)
        _say_plan(out, plan)
        start_s = time.monotonic()
        run = _run(study, plan, request.command(), err)
        if run.trials or run.is_interrupted:
            progress.say_rate(err, run.trials, time.monotonic() - start_s)
        else:
            screen.say(err, "Nothing was left to train.")
        _show(out, study, is_whole, files)
        _say_end(out, study, plan, run, request)
    return INTERRUPTED if run.is_interrupted else 0


def space_lines(plan: StudyPlan) -> list[str]:
    """What varies and how much of it is tried, as few lines."""
    n = counted(len(plan.candidates), "configuration")
    varying = [_entry_words(it) for it in plan.space.entries if not it.is_fixed]
    drawn = "" if plan.method == "grid" else f", drawn by {plan.method}"
    among = f": {'; '.join(varying)}" if varying else ""
    fixed = [_entry_words(it) for it in plan.space.entries if it.is_fixed and it.name != "goal"]
    lines = [f"{n}{drawn}{among}", plan.policy.describe()]
    return [lines[0], *(["all with " + ", ".join(fixed)] if fixed else []), *lines[1:]]


def _entry_words(entry: Entry) -> str:
    """ "lr 0.0001 to 1", "hidden 12 values", "activation tanh or relu"."""
    if not isinstance(entry.choices, tuple):
        low, high = f"{entry.choices.low:g}", f"{entry.choices.high:g}"
        return f"{entry.name} {low} to {high}"
    if len(entry.choices) > MOST_VALUES or entry.name == "network":
        return f"{entry.name} {counted(len(entry.choices), 'value')}"
    return f"{entry.name} {joined([_value(it) for it in entry.choices], 'or')}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


@contextmanager
def _file(plan: StudyPlan) -> Iterator[Path]:
    """The study's file, or one that lives as long as the command."""
    if plan.file is not None:
        if not plan.file.exists():
            check_writable(plan.file, "--study")
        yield plan.file
        return
    with tempfile.TemporaryDirectory(prefix="amenable-") as folder:
        yield Path(folder, "sweep.study")


def _say_plan(out: Console, plan: StudyPlan) -> None:
    name, *notes = header.data_lines(plan.data)
    screen.say(out, name)
    screen.say_all(out, notes, indent=2)
    first, *others = space_lines(plan)
    screen.say(out, first)
    screen.say_all(out, others, indent=2)
    reason = f": {plan.goal_reason}" if plan.goal_reason else ""
    if plan.goal is not None:
        screen.say(out, f"solved at {goal(plan.goal)}{reason}", indent=2)
    if plan.file is not None:
        study = Study(plan.file)
        there = study.status.trials if study.is_begun else 0
        state = f"which has {counted(there, 'network')} already" if there else "a new study"
        screen.say(out, f"kept in {plan.file}, {state}", indent=2)
    screen.show(out)


def _run(study: Study, plan: StudyPlan, command: str, err: Console) -> Run:
    with options_named(OPTIONS), progress.growing_bar(err) as watch:
        return study.run(
            plan.candidates,
            plan.data,
            policy=plan.policy,
            on=plan.on,
            keep=plan.keep,
            curves=plan.curves,
            threads=plan.threads,
            progress=watch,
            command=command,
        )


def _show(out: Console, study: Study, is_whole: bool, files: dict[str, Path]) -> None:
    """The table and what it says, as `amenable study` prints them; written to files too."""
    from amenable.cli import study as command

    command.show(out, study, is_whole, files)


def _say_end(out: Console, study: Study, plan: StudyPlan, run: Run, request: Request) -> None:
    """What the policy decided, and how to go on."""
    said = []
    if run.is_interrupted:
        if plan.file is not None:
            said.append("Interrupted; what is finished is kept. The same command goes on:")
    elif isinstance(plan.policy, UntilDecided):
        said.append(_decided(study, plan.policy, plan.candidates))
    elif isinstance(plan.policy, SuccessiveHalving):
        said.append(
            "A search: rows with less than the full budget are its first rungs, and the fractions "
            "of the best few are of those that were picked."
        )
    screen.say_all(out, said)
    if run.is_interrupted and said:
        screen.paste(out, request.command())
    elif plan.file is not None:
        screen.show(out)
        screen.say(out, "Next, to look at it again:")
        screen.paste(out, shlex.join(["amenable", "study", str(plan.file)]))


def _decided(study: Study, policy: UntilDecided, candidates: tuple[Candidate, ...]) -> str:
    decisions = policy.decisions(study.results(), candidates)
    counts = {key: sum(it.reason == key for it in decisions) for key in DECISIONS}
    parts = [f"{n:,} {DECISIONS[key]}" for key, n in counts.items() if n]
    return (
        f"Of {counted(len(decisions), 'configuration')}, {joined(parts)}; by intervals that hold "
        f"at every look ({100 * policy.level:g} % together)."
    )
