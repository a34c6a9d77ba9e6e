"""What a study's file says, in sentences. Pure functions of its status and its table."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from amenable.cli.findings import RELIABLE
from amenable.cli.suggestion import Suggestion
from amenable.phrases import counted, goal, joined, limits, measured, whole
from amenable.progress import clock
from amenable.study.status import Status

ENOUGH = f"at least {100 * RELIABLE:.0f} % of trials solved"
KEPT = {
    "none": "no weights are kept",
    "best": "weights of the best trial of each configuration are kept",
    "all": "weights of all trials are kept",
}

MOST_GOALS = 3  # that are named
PLAIN = ("structure", "activation", "optimizer", "network")  # settings whose values say all

Row = Mapping[str, Any]  # of `Study.summary`


def head(path: Path, status: Status) -> str:
    """What it is a study of."""
    data = status.data
    sizes = f"{data.n_training:,} samples to train"
    if data.n_validation:
        sizes += f", {data.n_validation:,} to validate"
    about = f"{status.description}; " if status.description else ""
    n = counted(status.configurations, "configuration")
    return f"{path}: {about}{n} on '{data.name}' ({sizes})"


def status_lines(status: Status) -> list[str]:
    """How far it is."""
    if status.is_complete:
        done = f"complete: {counted(status.trials, 'trial')}"
    else:
        done = f"{status.trials:,} of {counted(status.planned, 'trial')} finished"
    spent = clock(status.seconds) if status.seconds >= 60 else f"{status.seconds:.1f} s"
    lines = [f"{done}, in {counted(status.blocks, 'block')} and {spent} of training"]
    if status.writer:
        lines.append(f"{status.writer} is writing to it: what follows is of what is finished")
    lines.append(_goals(status.goals))
    kept = KEPT[status.keep] + (", with their curves" if status.has_curves else "")
    lines.append(f"{size(status.size_bytes)}; {kept}; amenable {status.version}")
    return lines


def _goals(goals: Sequence[str]) -> str:
    """When a trial is solved."""
    if not goals:
        return "no goal: nothing can be solved"
    if len(goals) > MOST_GOALS:
        return f"solved at {len(goals)} different goals"
    return f"solved at {joined([goal(it) for it in goals], 'or')}"


def size(n_bytes: int) -> str:
    """ "66 kB", "67.1 MB"."""
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e6 else f"{math.ceil(n_bytes / 1e3):,} kB"


def sentence(rows: Sequence[Row], names: Sequence[str], metric: str, split: str) -> str:
    """The one thing to know: the smallest that is reliable, or else what comes closest."""
    solvable = [row for row in rows if row["fraction"] is not None]
    if not rows:
        return "No trial is finished yet."
    if not solvable:
        known = [row for row in rows if row["median"] is not None]
        if not known:
            return ""
        value = measured(known[0]["median"])
        return f"By the median, {_named(known[0], names)} is best: {split} {metric} {value}."
    reliable = [row for row in solvable if row["fraction"] >= RELIABLE]
    if not reliable:
        row = solvable[0]
        if not row["solved"]:
            return "No trial was solved."
        return f"None is reliable ({ENOUGH}): the best, {_named(row, names)}, {_share(row)}."
    row = min(reliable, key=lambda it: (it["parameters"], -it["fraction"]))
    return (
        f"The smallest that is reliable ({ENOUGH}) is {_named(row, names)}, with "
        f"{counted(row['parameters'], 'parameter')}: it {_share(row)}; half of them within "
        f"{whole(row['median_steps'] or math.inf)} steps."
    )


def best_line(best: Mapping[str, Any], split: str) -> str:
    """The trial that did best."""
    value, loss = best[f"{split}_metric"], best[f"{split}_loss"]
    measures = [
        f"{split} {name} {measured(it)}"
        for name, it in ((best["metric"], value), ("loss", loss))
        if it is not None
    ]
    activation = "" if best["activation"] == "none" else f" {best['activation']}"
    return (
        f"Best trial: {best['structure']}{activation}, {best['optimizer']} lr {best['lr']:g}, "
        f"seed {best['seed']}: {', '.join(measures) or best['status']} after {best['steps']:,} "
        "steps."
    )


def suggestion(path: Path, status: Status) -> Suggestion | None:
    """What to do next."""
    if not status.is_complete:
        if status.writer:
            return None
        if status.command:
            return Suggestion("to finish it", status.command)
        return None
    if not status.trials:
        return None
    return Suggestion(
        "all of it as a page with figures", shlex.join(["amenable", "report", typed(path)])
    )


def typed(path: Path) -> str:
    """A path as one would type it: a name that begins with a dash would be an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def setting(value: Any) -> str:
    """A value of a setting: numbers in four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _named(row: Row, names: Sequence[str]) -> str:
    """A row in words: "hidden 8, tanh, lr 0.01"."""
    said = [
        setting(row[name]) if name in PLAIN else f"{name} {setting(row[name])}" for name in names
    ]
    return ", ".join(said) or "the only configuration"


def _share(row: Row) -> str:
    interval = limits(row["low"], row["high"], row["trials"])
    return (
        f"was solved in {row['solved']:,} of {counted(row['trials'], 'trial')}, 95 % interval "
        f"{interval}"
    )
