"""Reads Boolean expressions: from text to a tree, with errors that point at the place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from amenable.description import did_you_mean
from amenable.errors import DescriptionError

FIELD = "logic.expression"
DEEPEST = 100  # parentheses and nots inside each other: far below Python's own limit
TOKEN = re.compile(r"\s*(?:(?P<word>[^\W\d]\w*)|(?P<number>\d\w*)|(?P<sign>[(),])|(?P<other>\S))")
CONSTANTS = {"true": True, "false": False, "1": True, "0": False}
WORDS = ("and", "or", "xor", "not", "parity", *CONSTANTS)
ELSEWHERE = {
    "&": "and", "&&": "and", "*": "and", "∧": "and", "|": "or", "||": "or", "+": "or", "∨": "or",
    "^": "xor", "⊕": "xor", "!=": "xor", "!": "not", "~": "not", "¬": "not",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """An input."""

    name: str


@dataclass(frozen=True, slots=True)
class TruthValue:
    """True or False."""

    value: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """`kind` is "not" of one part, or "and", "or" or "xor" of one or more."""

    kind: str
    parts: tuple[Tree, ...]


Tree = Name | TruthValue | Operation


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, and where it begins; an empty one stands for the end."""

    text: str
    start: int


def parse(text: str) -> Tree:
    """The tree of an expression; refuses text that is not one.

    Examples
    --------
    >>> parse("a or not b")
    Operation(kind='or', parts=(Name(name='a'), Operation(kind='not', parts=(Name(name='b'),))))
    """
    return _Reader(text).whole()


def names_of(tree: Tree) -> Iterator[str]:
    """The names in it, as often as they occur."""
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, Operation):
        for part in tree.parts:
            yield from names_of(part)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key to sort names by, x2 before x10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(it), "") if it.isdecimal() else (1, 0, it) for it in parts]


def values_of(tree: Tree, columns: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """What it is where each name has these values."""
    if isinstance(tree, Name):
        return columns[tree.name]
    if isinstance(tree, TruthValue):
        return np.full_like(next(iter(columns.values())), tree.value)
    parts = [values_of(part, columns) for part in tree.parts]
    call: Any = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}.get(tree.kind)
    found: NDArray[np.bool_] = call.reduce(parts) if call else ~parts[0]
    return found


class _Reader:
    """Recursive descent: or < xor < and < not, as Python has |, ^, &."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [
            Token(it[it.lastgroup or 0], it.start(it.lastgroup or 0))
            for it in TOKEN.finditer(text.rstrip())
        ]
        self.tokens.append(Token("", len(text.rstrip())))
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def word(self) -> str:
        """The token's text, where keywords may be written large."""
        lower = self.token.text.lower()
        return lower if lower in WORDS else self.token.text

    def whole(self) -> Tree:
        tree = self.chain(0)
        if self.token.text:
            self.fail('"and", "or", "xor" or the end')
        return tree

    def chain(self, level: int) -> Tree:
        kinds = ("or", "xor", "and")
        if level == len(kinds):
            return self.negated()
        parts = [self.chain(level + 1)]
        while self.word == kinds[level]:
            self.place += 1
            parts.append(self.chain(level + 1))
        return parts[0] if len(parts) == 1 else Operation(kinds[level], tuple(parts))

    def negated(self) -> Tree:
        if self.word != "not":
            return self.atom()
        self.place += 1
        self.enter()
        tree = Operation("not", (self.negated(),))
        self.depth -= 1
        return tree

    def atom(self) -> Tree:
        word = self.word
        if word == "(":
            return self.inside()[0]
        if word in CONSTANTS:
            self.place += 1
            return TruthValue(CONSTANTS[word])
        if word == "parity":
            self.place += 1
            if self.word != "(":
                self.fail('"(" after "parity", as in parity(x1, x2)')
            return Operation("xor", self.inside(is_list=True))
        if word in WORDS or not word.isidentifier():
            self.fail('a name, a constant, "not" or "("')
        self.place += 1
        return Name(word)

    def inside(self, is_list: bool = False) -> tuple[Tree, ...]:
        """What stands in parentheses."""
        opening = self.token
        self.place += 1
        self.enter()
        parts = [self.chain(0)]
        while is_list and self.word == ",":
            self.place += 1
            parts.append(self.chain(0))
        if self.word != ")":
            closes = f'")" for the "(" at character {opening.start + 1}'
            self.fail(f'{closes} or "and", "or", "xor"{" or a comma" if is_list else ""}')
        self.place += 1
        self.depth -= 1
        return tuple(parts)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"at most {DEEPEST} parentheses and nots inside each other")

    def fail(self, expected: str) -> NoReturn:
        """The error that points at the token."""
        text, start = self.token.text, self.token.start
        got = f'"{text}"' if text else "the end"
        before, after = self.text[:start][-40:], self.text[start + len(text) :][:40]
        place = f"{before}>>>{text}<<<{after}" if text else before
        other = self.text[start : start + 2].strip()
        hint = ELSEWHERE.get(other) or ELSEWHERE.get(text) or ""
        hint = f'; did you mean "{hint}"?' if hint else self._close(text)
        raise DescriptionError(
            f"{FIELD}: expected {expected} at character {start + 1}, got {got}: {place}{hint}"
        )

    def _close(self, text: str) -> str:
        hint = did_you_mean(text, WORDS[:4]) if len(text) > 1 and text not in WORDS else ""
        return f"; {hint}" if hint else ""
