"""Options made from the table of settings, so that every setting is one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

import typer

from amenable.cli.options import HOW, WHAT
from amenable.formatting import join
from amenable.settings import NETWORK, OPTIMIZER, SCHEDULE, SETTINGS, TRAINING, Setting, canonical
from amenable.space.typed import write_typed

PANELS = {
    NETWORK: "More about networks",
    TRAINING: "More about training",
    OPTIMIZER: "Settings of optimizers",
    SCHEDULE: "Settings of schedules of the learning rate",
}
COMMON = {
    **dict.fromkeys(("hidden", "activation"), WHAT),
    **dict.fromkeys(("optimizer", "lr", "batch", "epochs", "steps", "init", "l2", "goal"), HOW),
}
"""Settings that most people look for, and the panel they stand in; the others have their own."""
Command = TypeVar("Command", bound=Callable[..., Any])


def with_settings(
    defaults: Mapping[str, str] | None = None, without: Iterable[str] = ()
) -> Callable[[Command], Command]:
    """Give a command an option for each setting, in place of its parameter ``**settings``.

    What the command gets there is for `typed`.

    Parameters
    ----------
    defaults : mapping of str to str, optional
        What the command takes where nothing is typed, in words, by the name of the setting; where
        that is not the default of the table.
    without : iterable of str
        Settings that the command has no option for.

    Examples
    --------
    >>> @with_settings({"lr": "what suits the optimizer"}, without=["network"])
    ... def command(data: str, **settings: Any) -> None:
    ...     print(typed(settings))
    >>> "weight_decay" in inspect.signature(command).parameters
    True
    >>> command("xor", lr=["0.1"], schedule_steps=["100"], every=None)
    {'lr': ('0.1',), 'schedule.steps': ('100',)}
    """
    said = defaults or {}
    left_out = set(without)
    options = [_parameter(one, said) for name, one in SETTINGS.items() if name not in left_out]

    def give(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [it for it in signature.parameters.values() if it.kind is not it.VAR_KEYWORD]
        parameters = [
            it.replace(kind=it.KEYWORD_ONLY) for it in sorted([*own, *options], key=_place)
        ]
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {it.name: it.annotation for it in parameters}
        return command

    return give


def typed(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What was typed, by the name of the setting: for `amenable.space.typed.read_typed`."""
    names = {_variable(one): name for name, one in SETTINGS.items()}
    return {names[variable]: tuple(texts) for variable, texts in given.items() if texts}


def usual(one: Setting) -> str:
    """The default as it is typed; empty where there is none."""
    return "" if one.default is None else write_typed(canonical(one.name, one.default))


def _variable(one: Setting) -> str:
    """The setting as the name of a parameter."""
    return one.name.replace(".", "_")


def _parameter(one: Setting, defaults: Mapping[str, str]) -> inspect.Parameter:
    option = typer.Option(
        one.option,
        metavar=one.metavar,
        rich_help_panel=COMMON.get(one.name, PANELS[one.part]),
        help=_help(one, defaults),
        show_default=False,
    )
    return inspect.Parameter(
        _variable(one),
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[list[str] | None, option],
    )


def _help(one: Setting, defaults: Mapping[str, str]) -> str:
    """What it is, whose it is, and what is taken where nothing is typed."""
    sentence = one.help.replace("[", r"\[")
    owners = f" [dim]Of {join(one.owners)}.[/dim]" if one.owners and one.name != "lr" else ""
    default = defaults.get(one.name, usual(one))
    taken = f" [dim]Default: {default}.[/dim]" if default else ""
    return f"{sentence}{owners}{taken}"


def _place(parameter: inspect.Parameter) -> tuple[int, int]:
    """Common panels first, then those of the command, then those of few settings."""
    info = getattr(parameter.annotation, "__metadata__", (None,))[0]
    panel = getattr(info, "rich_help_panel", None)
    first, last = [None, WHAT, HOW], list(PANELS.values())
    last_of_own = -1 if panel == WHAT else len(COMMON)
    common = list(COMMON).index(parameter.name) if parameter.name in COMMON else last_of_own
    if panel in last:
        return 10 + last.index(panel), 0
    return (first.index(panel) if panel in first else 5), common
