"""What was asked for on the command line, and the command line that asks for something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from amenable.cli.screen import quote_command, typed_path
from amenable.settings import SETTINGS
from amenable.space.typed import write_typed
from amenable.training import describe_goal

OTHER_BUDGET = {"epochs": "steps", "steps": "epochs"}


@dataclass(frozen=True, slots=True)
class Request:
    """The options of a sweep as they were typed; empty or None where the choice is ours.

    `settings` has the texts of each setting, by its name.
    """

    data: str
    target: str | None = None
    task: str | None = None
    validation: float | None = None
    test: float | None = None
    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seeds: int | None = None
    threads: int | None = None
    study: str | None = None
    draws: int | None = None
    method: str | None = None
    until_decided: float | None = None
    halving: int | None = None
    keep: str | None = None
    on: str | None = None
    no_control: bool | None = None

    @property
    def typed(self) -> tuple[str, ...]:
        """The options that were given, data apart: "--lr"."""
        own = [
            f"--{one.name.replace('_', '-')}"
            for one in fields(Request)
            if one.name not in ("data", "settings") and getattr(self, one.name) is not None
        ]
        return (*(SETTINGS[name].option for name in self.settings), *own)

    def changed(self, **changes: Any) -> Request:
        """The request with some settings changed, as `amenable.sweep` takes them.

        A list stands for several values, None for no option.
        """
        settings = dict(self.settings)
        own: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in SETTINGS:
                own[name] = value
                continue
            settings.pop(OTHER_BUDGET.get(name, ""), None)
            if value is None:
                settings.pop(name, None)
                continue
            values = value if isinstance(value, list) else [value]
            settings[name] = tuple(_typed(name, it) for it in values)
        return replace(self, settings=settings, **own)

    def command(self, **changes: Any) -> str:
        """The command that asks for this, changed as by `changed`; to be pasted into a shell."""
        return quote_command(["amenable", "sweep", *self.changed(**changes).words()])

    def words(self) -> list[str]:
        """Data and options as they are typed."""
        words = []
        for one in fields(Request):
            value = getattr(self, one.name)
            option = f"--{one.name.replace('_', '-')}"
            if one.name == "data":
                words.append(typed_path(value))
            elif one.name == "settings":
                for name, texts in value.items():
                    for text in texts:
                        words += [SETTINGS[name].option, text]
            elif one.name == "study" and value is not None:
                words += [option, typed_path(value)]
            elif value is True:
                words.append(option)
            elif value is not None:
                words += [option, write_typed(value)]
        return words


def _typed(name: str, value: Any) -> str:
    """The value of a setting as it is typed; goals as headers and tables have them."""
    if name == "goal":
        return describe_goal(value)
    return value if isinstance(value, str) else write_typed(value)
