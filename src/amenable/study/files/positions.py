"""Where in a TOML text each key and each value of an array stands, which `tomllib` does not say.

For texts that `tomllib` has read: nothing is checked here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")  # between values of an array, and between lines
SPACE = re.compile(r"[ \t]*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # quotes may stand before the three that end it
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}\n#]*")  # numbers, dates, true and false


def positions(text: str) -> Mapping[Place, int]:
    """Line, counted from 1, of every table, key and value of an array, by its path.

    Parameters
    ----------
    text : str
        Valid TOML.

    Examples
    --------
    >>> positions("[space]\\nlr = [0.1,\\n  0.2]")[("space", "lr", 1)]
    3
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: Mapping[Place, int], *path: str | int) -> int:
    """Line of a path, or of the longest part of it that is there; 1 if none is."""
    for n in range(len(path), 0, -1):
        if path[:n] in lines:
            return lines[path[:n]]
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0  # line, and up to where lines were counted
        self._tables: dict[Place, int] = {}  # arrays of tables: how many of them so far
        self.lines: dict[Place, int] = {}

    def document(self) -> None:
        """Headers and lines "key = value"."""
        table: Place = ()
        while self._skip(BLANK) < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        """[table] or [[array of tables]]; the path of what follows."""
        line = self._here()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        path = self._resolved(self._keys())
        self._at += 2 if is_array else 1
        if is_array:
            n = self._tables.get(path, 0)
            self._tables[path] = n + 1
            self._note(path, line)
            path = (*path, n)
        self._note(path, line)
        return path

    def _resolved(self, keys: Place) -> Place:
        """With the number of the last element after every array of tables but the last key."""
        path: Place = ()
        for i, key in enumerate(keys):
            path = (*path, key)
            if path in self._tables and i < len(keys) - 1:
                path = (*path, self._tables[path] - 1)
        return path

    def _pair(self, table: Place) -> None:
        line = self._here()
        path = (*table, *self._keys())
        self._note(path, line)
        self._at += 1  # the sign "="
        self._skip(SPACE)
        self._value(path)

    def _note(self, path: Place, line: int) -> None:
        for n in range(1, len(path) + 1):
            self.lines.setdefault(path[:n], line)

    def _keys(self) -> Place:
        """One key or several with dots between them; behind them no space is left."""
        keys: list[str] = []
        while True:
            self._skip(SPACE)
            quoted = STRING.match(self._text, self._at)
            found = quoted or BARE_KEY.match(self._text, self._at)
            if found is None:  # not TOML: an end, so that this ends
                self._at = len(self._text)
                return tuple(keys)
            self._at = found.end()
            keys.append(tomllib.loads(f"k = {found[0]}")["k"] if quoted else found[0])
            self._skip(SPACE)
            if not self._text.startswith(".", self._at):
                return tuple(keys)
            self._at += 1

    def _value(self, path: Place) -> None:
        if self._text.startswith("[", self._at):
            self._items("]", path)
        elif self._text.startswith("{", self._at):
            self._items("}", path)
        else:
            self._skip(STRING if self._text[self._at : self._at + 1] in ("'", '"') else SCALAR)

    def _items(self, end: str, path: Place) -> None:
        """An array or an inline table, from its bracket to behind the other one."""
        self._at += 1
        n = 0
        while self._skip(BLANK) < len(self._text):
            if self._text.startswith(end, self._at):
                self._at += 1
                return
            if self._text.startswith(",", self._at):
                self._at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._note((*path, n), self._here())
                self._value((*path, n))
                n += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else len(self._text)
        return self._at

    def _here(self) -> int:
        """The line of the place that is looked at."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
