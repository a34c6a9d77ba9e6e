"""What the settings of a space ask of each other: conditions, their order, who has which field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from amenable.description import did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.settings import (
    OF_MLP,
    OF_OPTIMIZER,
    OF_SCHEDULE,
    OF_TRAINING,
    SPACE,
    WITHOUT_HIDDEN,
    field_of,
)
from amenable.space.entries import SpaceEntry, Values
from amenable.training import parts


def check_network(entries: Mapping[str, SpaceEntry]) -> None:
    """Whole networks leave nothing of `mlp` to be set."""
    if "network" in entries:
        for name in OF_MLP:
            if name in entries:
                raise DescriptionError(
                    f"network has whole networks, which have their {name}",
                    where=(SPACE, name),
                    hint="leave one out",
                )


def read_condition(
    name: str, condition: tuple[str, Any], entries: Mapping[str, SpaceEntry]
) -> tuple[str, Values]:
    """The setting that a condition is about, and the values of it that are meant."""
    other, wanted = condition
    if other not in entries:
        hint = did_you_mean(other, entries) or "add it"
        _refuse(f"{quote(other)} is no setting of this space", hint, name, other)
    if other == name:
        _refuse("depends on itself", "", name, other)
    values = wanted if isinstance(wanted, list) else [wanted]
    meant: list[Any] = []
    for value in values:
        try:
            found = entries[other].matching(value)
        except DescriptionError as error:
            raise error.at((SPACE, name, "when", other)) from None
        if not found:
            takes = f"it takes {_takes(entries[other])}"
            _refuse(f"{other} is never {quote(value)}", takes, name, other)
        meant += [it for it in found if it not in meant]
    if not meant:
        _refuse("expected at least one value", "", name, other)
    return other, tuple(meant)


def _refuse(problem: str, hint: str, name: str, *other: str) -> NoReturn:
    raise DescriptionError(problem, where=(SPACE, name, "when", *other), hint=hint)


def _takes(entry: SpaceEntry) -> str:
    if isinstance(entry.choices, tuple):
        return ", ".join(map(quote, entry.choices))
    return f"any number of a {entry.choices.kind}, and a condition needs values of a list"


def _depends_on(entry: SpaceEntry) -> tuple[str, ...]:
    """Settings that must be known before this one: of its conditions, and hidden layers."""
    own = tuple(name for name, _ in entry.conditions)
    return (*own, "hidden") if entry.name in WITHOUT_HIDDEN else own


def in_order(entries: dict[str, SpaceEntry]) -> dict[str, SpaceEntry]:
    """As given, but each after those that it depends on."""
    ordered: dict[str, SpaceEntry] = {}
    waiting = dict(entries)
    while waiting:
        ready = next(
            (it for it in waiting.values() if not any(o in waiting for o in _depends_on(it))), None
        )
        if ready is None:
            names = ", ".join(waiting)
            problem = f"the conditions of {names} depend on each other"
            _refuse(problem, "", next(iter(waiting)))
        ordered[ready.name] = waiting.pop(ready.name)
    return ordered


def check_owners(entry: SpaceEntry, entries: Mapping[str, SpaceEntry]) -> None:
    """Refuse a field where the optimizer or schedule beside it may be one that has none such."""
    if entry.name in OF_TRAINING:
        return
    for what, owners in (("optimizer", OF_OPTIMIZER), ("schedule", OF_SCHEDULE)):
        if entry.name in owners and what in entries:
            for text in _possible(entry, what, entries):
                name = text.partition("(")[0]
                if field_of(entry.name) not in parts.field_names(what, name):
                    having = owners[entry.name]
                    raise DescriptionError(
                        f"{name} has no {field_of(entry.name)}, only {', '.join(having)}",
                        where=(SPACE, entry.name),
                        hint=f"let it exist when {what} is one of these: "
                        f'when(…, {what}="{having[0]}")',
                    )


def _possible(entry: SpaceEntry, what: str, entries: Mapping[str, SpaceEntry]) -> Values:
    """The optimizers or schedules that a setting can stand beside, by all it depends on."""
    choices = entries[what].choices
    possible: Values = choices if isinstance(choices, tuple) else ()
    waiting, seen = [entry], {entry.name}
    while waiting:
        for other, allowed in waiting.pop().conditions:
            if other == what:
                possible = tuple(it for it in possible if it in allowed)
            elif other not in seen:
                seen.add(other)
                waiting.append(entries[other])
    return possible
