"""What was asked for on the command line, and the command line that asks for something else."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from amenable.space.ranges import LogRange

SPLIT = 0.2  # held out for validation


@dataclass(frozen=True, slots=True)
class Request:
    """The options of a sweep as they were typed; empty or None where the choice is ours."""

    data: str
    target: str | None = None
    task: str | None = None
    split: float = SPLIT
    hidden: tuple[str, ...] = ()
    activation: tuple[str, ...] = ()
    optimizer: tuple[str, ...] = ()
    lr: tuple[float | LogRange, ...] = ()
    batch: tuple[str, ...] = ()
    epochs: int | None = None
    steps: int | None = None
    init: tuple[str, ...] = ()
    l2: tuple[float | LogRange, ...] = ()
    seeds: int | None = None
    solved: str | None = None
    threads: int | None = None
    study: str | None = None
    draws: int | None = None
    sample: str | None = None
    until_decided: float | None = None
    halving: int | None = None
    keep: str | None = None
    on: str | None = None

    @property
    def typed(self) -> tuple[str, ...]:
        """Names of the options that were given, data apart."""
        return tuple(
            one.name
            for one in fields(Request)
            if one.name != "data" and getattr(self, one.name) != one.default
        )

    def command(self, **changes: Any) -> str:
        """The command that asks for this, with some settings changed; to be pasted into a shell.

        Changes are as in `amenable.sweep`: values, lists of them, structures as tuples.
        """
        changed = replace(self, **_as_typed(changes))
        words = ["amenable", "sweep"]
        for one in fields(Request):
            value = getattr(changed, one.name)
            if one.name == "data":
                # A name that begins with a dash would be an option.
                words.append(f"./{value}" if value.startswith("-") else value)
            elif value != one.default:
                values = value if isinstance(value, tuple) else (value,)
                for it in values:
                    words += [f"--{one.name.replace('_', '-')}", _typed(it)]
        return shlex.join(words)


REPEATED = ("hidden", "activation", "optimizer", "lr", "batch", "init", "l2")
RENAMED = {"goal": "solved"}
OTHER_BUDGET = {"epochs": "steps", "steps": "epochs"}


def _as_typed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the fields of a request; without those that have no option."""
    found: dict[str, Any] = {}
    for name, value in changes.items():
        field = RENAMED.get(name, name)
        if field in OTHER_BUDGET:
            found[OTHER_BUDGET[field]] = None
        if field in REPEATED:
            values = value if isinstance(value, list) else [value]
            is_text = field in ("hidden", "batch", "activation", "optimizer", "init")
            found[field] = tuple(_written(it) if is_text else it for it in values)
        elif hasattr(Request, field):
            found[field] = value
    return found


def _written(value: Any) -> str:
    """A structure or a batch as one types it."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return str(value)


def _typed(value: object) -> str:
    """A value as one would type it: 0.01, 1e-05, 32, 0.0001..1."""
    if isinstance(value, LogRange):
        return f"{_typed(value.low)}..{_typed(value.high)}"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
