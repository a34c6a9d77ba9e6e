"""Descriptions as dictionaries and JSON, and back, with every key checked.

Records are written in full, defaults too: a saved description must not change with a default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from amenable.description.expressions import did_you_mean
from amenable.description.fields import fail, integer, quote, within
from amenable.errors import DescriptionError

Record = dict[str, Any]


def record_of(description: Any) -> Record:
    """Fields by name, tuples as lists."""
    values = {one.name: getattr(description, one.name) for one in fields(description)}
    return {key: list(it) if isinstance(it, tuple) else it for key, it in values.items()}


def brief(description: Any) -> str:
    """A description as one would write it in Python: what has its default is left out."""
    said = [
        f"{one.name}={getattr(description, one.name)!r}"
        for one in fields(description)
        if one.repr and getattr(description, one.name) != one.default
    ]
    return f"{type(description).__name__}({', '.join(said)})"


def check_keys(owner: type, record: object, where: str = "") -> Record:
    """A copy of the record, which has all required fields of a dataclass and no unknown ones."""
    where = where or owner.__name__
    entries = _object(where, record)
    taken = [one for one in fields(owner) if one.init]
    known = [one.name for one in taken]
    for key in entries:
        if key not in known:
            hint = did_you_mean(str(key), known) or "known are " + ", ".join(known)
            raise DescriptionError(f"unknown field {quote(key)}", where=where, hint=hint)
    for one in taken:
        is_required = one.default is MISSING and one.default_factory is MISSING
        if is_required and one.name not in entries:
            raise _missing(f"{where}.{one.name}", f'"{one.name}"')
    return entries


def open_envelope(owner: str, record: object, version: int) -> tuple[int, Record]:
    """The "version" of a record and what else is inside, if this program can read that version."""
    entries = _object(owner, record)
    if "version" not in entries:
        raise _missing(f"{owner}.version", f'"version": {version}')
    found = integer(f"{owner}.version", entries.pop("version"), 1)
    if found > version:
        raise DescriptionError(
            f"{found} was written by a newer amenable, this one reads versions up to {version}",
            where=f"{owner}.version",
            hint="upgrade amenable",
        )
    return found, entries


def tag(description: Any, kinds: Mapping[str, type]) -> Record:
    """The record of one of several kinds, with the name of its kind."""
    kind = next(name for name, owner in kinds.items() if isinstance(description, owner))
    return {"kind": kind, **record_of(description)}


def untag(field: str, record: object, kinds: Mapping[str, type]) -> Any:
    """The description that `tag` recorded."""
    entries = _object(field, record)
    if "kind" not in entries:
        raise _missing(f"{field}.kind", f'"kind", one of {", ".join(kinds)}')
    kind = entries.pop("kind")
    if not isinstance(kind, str) or kind not in kinds:
        suggestion = did_you_mean(kind, kinds) if isinstance(kind, str) else ""
        fail(f"{field}.kind", f"one of {', '.join(kinds)}", kind, suggestion)
    checked = check_keys(kinds[kind], entries, field)
    with within(field):
        return kinds[kind](**checked)


def write_json(record: Record) -> str:
    """One line of JSON."""
    return json.dumps(record, allow_nan=False)


def read_json(owner: str, text: object) -> object:
    """What the JSON says; a key given twice is refused."""
    if not isinstance(text, str | bytes):
        fail(owner, "JSON text", text)
    try:
        return json.loads(text, object_pairs_hook=_without_repeats)
    except DescriptionError as error:
        raise error.within(owner) from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DescriptionError(
            where=owner, expected="JSON", got=quote(text), hint=reason
        ) from error


def _without_repeats(pairs: list[tuple[str, object]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise DescriptionError(f"the key {quote(repeated)} is given twice")
    return record


def _missing(where: str, what: str) -> DescriptionError:
    return DescriptionError("missing", where=where, hint=f"add {what}")


def _object(where: str, record: object) -> Record:
    if not isinstance(record, Mapping):
        fail(where, "an object with named fields", record)
    return dict(record)
