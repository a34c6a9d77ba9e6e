"""What was asked for on the command line, and the command line that asks for something else."""

from __future__ import annotations

import shlex
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
        """The command that asks for this, with some options changed; to be pasted into a shell."""
        changed = replace(self, **changes)
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


def _typed(value: object) -> str:
    """A value as one would type it: 0.01, 1e-05, 32, 0.0001..1."""
    if isinstance(value, LogRange):
        return f"{_typed(value.low)}..{_typed(value.high)}"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
