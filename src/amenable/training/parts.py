"""Optimizers and schedules as text: "adam", "adam(lr=0.01)", "step_decay(every=100)".

The same form is used in tables, JSON, study files and on the command line. A field that the text
leaves out is still open: another setting may give it, else the default holds.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any

from amenable.description import did_you_mean, fail, quote, short
from amenable.errors import DescriptionError
from amenable.training.optimizers import OPTIMIZERS, Optimizer
from amenable.training.schedules import SCHEDULES, Schedule

LITERALS = {"true": True, "false": False, "none": None}  # as TOML and JSON spell them
PLACEHOLDERS = {"every": 1, "tau": 1.0}  # for fields that have no default, to check the others


@dataclass(frozen=True, slots=True)
class Call:
    """A name and the fields that were given."""

    name: str
    fields: Mapping[str, Any]

    def without(self, names: set[str]) -> str:
        """The text without some of the fields."""
        return write_call(
            self.name, {key: it for key, it in self.fields.items() if key not in names}
        )


def write_call(name: str, values: Mapping[str, Any]) -> str:
    """The text: the name, with the given fields in brackets."""
    inside = ", ".join(f"{key}={short(value)}" for key, value in values.items())
    return f"{name}({inside})" if inside else name


def resolve(what: str, value: object) -> Any:
    """The optimizer or schedule, given as itself or as text.

    Raises
    ------
    DescriptionError
        If it is neither, or a field is unknown or out of range.
    """
    if isinstance(value, Optimizer if what == "optimizer" else Schedule):
        return value
    return make(what, read(what, value), {})


@cache
def field_names(what: str, name: str) -> tuple[str, ...]:
    """Fields of the "optimizer" or "schedule" of that name."""
    return tuple(one.name for one in fields(class_of(what, name)))


def canonical(what: str, value: object) -> str:
    """The one text that stands for an optimizer or schedule, or for a text that names it.

    Raises
    ------
    DescriptionError
        If it is neither, or a field is unknown or out of range.
    """
    if isinstance(value, Optimizer if what == "optimizer" else Schedule):
        return _text_of(value)
    part = read(what, value)
    checked = make(what, part, PLACEHOLDERS)
    settled = {key: getattr(checked, key) for key in part.fields}
    return write_call(part.name, settled)


def read(what: str, text: object) -> Call:
    """Name and fields of a text."""
    kinds = _kinds(what)
    example = (
        '"adam" or "adam(lr=0.01)"' if what == "optimizer" else '"cosine" or "cosine(floor=0.1)"'
    )
    if not isinstance(text, str):
        hint = f"call it: {text.__name__}()" if isinstance(text, type) else f"write {example}"
        fail(what, f"the name of one, or one such as {_example(what)}", text, hint)
    name, _, inside = text.partition("(")
    name = name.strip()
    if name not in kinds:
        hint = did_you_mean(name, kinds) or f"known are {', '.join(kinds)}"
        raise DescriptionError(f"unknown {what} {quote(name)}", where=what, hint=hint)
    if not inside and "(" not in text:
        return Call(name, {})
    try:
        call = ast.parse(f"f({inside.strip()}", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise ValueError
        if any(it.arg is None for it in call.keywords):  # f(**values)
            raise ValueError
        given = [_literal(it) for it in call.args]
        named = {str(it.arg): _literal(it.value) for it in call.keywords}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        fail(what, f"a text such as {example}", text)
    known = field_names(what, name)
    if len(given) > len(known):
        fail(what, f"at most {len(known)} values in {name}(…)", text)
    positional = dict(zip(known, given, strict=False))
    for key in named:
        _check_field(what, name, key, known)
        if key in positional:
            fail(what, f"{key} once", text, "it was also given by position")
    return Call(name, positional | named)


def make(what: str, part: Call, others: Mapping[str, Any]) -> Any:
    """The optimizer or schedule.

    A field that `part` leaves out takes its value from `others`, if it is there, else its default.

    Raises
    ------
    DescriptionError
        If a value is out of range, or one is missing that has no default.
    """
    known = fields(class_of(what, part.name))
    values = {one.name: others[one.name] for one in known if one.name in others}
    values.update(part.fields)
    if what == "optimizer":
        usual = _usual(part.name)
        return type(usual)(**{**{one.name: getattr(usual, one.name) for one in known}, **values})
    for one in known:
        if one.default is MISSING and one.name not in values:
            raise DescriptionError(
                f"{part.name} needs {one.name}",
                where="schedule",
                hint=(
                    f'write "{write_call(part.name, {one.name: PLACEHOLDERS[one.name] * 100})}", '
                    f"or give {one.name} as a setting of its own"
                ),
            )
    return SCHEDULES[part.name](**values)


def _text_of(value: Any) -> str:
    """The name, the learning rate and what differs from its default."""
    if isinstance(value, Optimizer):
        usual = _usual(value.name)
        names = [one.name for one in fields(value)]
        said = [it for it in names if it == "lr" or getattr(value, it) != getattr(usual, it)]
    else:
        said = [one.name for one in fields(value) if getattr(value, one.name) != one.default]
    return write_call(value.name, {key: getattr(value, key) for key in said})


def _check_field(what: str, name: str, key: str, known: tuple[str, ...]) -> None:
    if key not in known:
        hint = did_you_mean(key, known) or f"it has {', '.join(known) or 'no settings'}"
        raise DescriptionError(f"{name} has no {quote(key)}", where=what, hint=hint)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Name) and node.id.lower() in LITERALS:
        return LITERALS[node.id.lower()]
    return ast.literal_eval(node)


def _kinds(what: str) -> Mapping[str, Callable[..., Any]]:
    return OPTIMIZERS if what == "optimizer" else SCHEDULES


@cache
def class_of(what: str, name: str) -> type[Any]:
    """The class of the "optimizer" or "schedule" of that name."""
    return type(_usual(name)) if what == "optimizer" else SCHEDULES[name]


@cache
def _usual(name: str) -> Any:
    """The optimizer with its defaults: Momentum and Nesterov set fields of their class."""
    return OPTIMIZERS[name]()


def _example(what: str) -> str:
    return "Adam(0.01)" if what == "optimizer" else "Cosine()"
