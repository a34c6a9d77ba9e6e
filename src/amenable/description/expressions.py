"""Named expressions: "relu", "leaky_relu(0.1)", "huber(0.5)". One parser for all of them.

A table of names says which take a parameter; the canonical form always shows it, so that
"leaky_relu" and "leaky_relu(0.01)" are one thing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from amenable.description.fields import ANY, Range, fail, quote
from amenable.errors import DescriptionError

# name, or name(anything): what stands inside is judged as a number afterwards
EXPRESSION = re.compile(r"\s*(?P<name>[^\s()]+)\s*(?:\((?P<parameter>[^()]*)\)\s*)?")


@dataclass(frozen=True, slots=True)
class ExpressionParameter:
    """The one number a name can take."""

    default: float
    allowed: Range = ANY


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one kind of thing.

    Parameters
    ----------
    what : str
        The kind, for messages: "activation".
    entries : mapping
        Name to its parameter, or None where it takes none.
    elsewhere : mapping
        What other libraries call it, to its name here. Only for suggestions.
    """

    what: str
    entries: Mapping[str, ExpressionParameter | None]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def defaults(self) -> Mapping[str, float | None]:
        """Name to default parameter, or None; cannot be changed."""
        return MappingProxyType(
            {name: entry.default if entry else None for name, entry in self.entries.items()}
        )

    def parse(self, field: str, text: object) -> tuple[str, float | None]:
        """Name and parameter; the default parameter where none is given."""
        if not isinstance(text, str):
            fail(field, "a string", text, self._known())
        match = EXPRESSION.fullmatch(text)
        if match is None:
            fail(field, '"name" or "name(number)"', text, self._known())
        name, inside = match["name"], match["parameter"]
        if name not in self.entries:
            hint = did_you_mean(name, self.entries, self.elsewhere) or self._known()
            raise DescriptionError(f"unknown {self.what} {quote(name)}", where=field, hint=hint)
        entry = self.entries[name]
        if inside is None:
            return name, entry.default if entry else None
        if entry is None:
            raise DescriptionError(
                f"{name} takes no parameter, got {quote(text)}", where=field, hint=f'use "{name}"'
            )
        return name, _parameter(field, name, inside, entry)

    def canonical(self, field: str, text: object) -> str:
        """The expression written in the one way that stands for it."""
        name, parameter = self.parse(field, text)
        return name if parameter is None else f"{name}({parameter!r})"

    def canonical_or_auto(self, field: str, text: object) -> str:
        """As canonical, where "auto" is an answer too."""
        if isinstance(text, str) and text.strip() == "auto":
            return "auto"
        return self.canonical(field, text)

    def _known(self) -> str:
        return "known are " + ", ".join(self.entries)


def _parameter(field: str, name: str, text: str, entry: ExpressionParameter) -> float:
    try:
        value: object = float(text)
    except ValueError:
        value = text
    if isinstance(value, float) and value + 0.0 in entry.allowed:
        return value + 0.0
    raise DescriptionError(
        where=field, expected=f"{entry.allowed} as parameter of {name}", got=quote(value)
    )


def did_you_mean(
    word: str, options: Iterable[str], elsewhere: Mapping[str, str] | None = None
) -> str:
    """The question "did you mean 'relu'?", or nothing where no option comes close."""
    names = {_plain(option): option for option in options}
    known = {_plain(other): ours for other, ours in (elsewhere or {}).items()} | names
    close = difflib.get_close_matches(_plain(word), known, n=1)
    return f"did you mean '{known[close[0]]}'?" if close else ""


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word.casefold())
