"""Every exception that Amenable raises on purpose.

::

    AmenableError
    ├── ClusterError                             machines cannot be reached, or were lost too often
    ├── DescriptionError  (also a ValueError)    a network, a training or an option is invalid
    ├── DataError         (also a ValueError)    data, or a file of data, cannot be used
    ├── FileError                                a saved file is damaged or from a newer version
    └── MissingExtra      (also an ImportError)  an optional dependency is not installed

A message is one line that names the culprit, what was expected, what came and what to do, so that
the command line can print it as it is. It is made from fields, here and nowhere else: a layer that
knows more, such as the option or the line of a file that a value came from, adds it by `at` and
never reads the sentence. A network that diverges is a result, never an exception.
"""

from __future__ import annotations

import re
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

__all__ = [
    "AmenableError",
    "ClusterError",
    "DataError",
    "DescriptionError",
    "FileError",
    "MissingExtra",
]

# What reading a file that is damaged, or made to harm, may raise in the libraries that read it.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,  # also of arrays of pickled objects, JSON that is none, and bytes that are no text
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RuntimeError,  # an encrypted member, a way to compress that zipfile does not know, a recursion
    MemoryError,  # a size that damage has made huge
    OverflowError,
    tokenize.TokenError,
    SyntaxError,  # the header of an array, which is written as Python writes a dictionary
)

Parts = tuple[str | int, ...]
PART = re.compile(r"\[(\d+)\]|\w+")


class AmenableError(Exception):
    r"""Base of all errors of this package; its message is always a single line.

    The message reads "places: where: problem; hint", with "expected this, got that" for the
    problem where these are given.

    Parameters
    ----------
    problem : str
        What is wrong, in place of `expected` and `got`. Line breaks, as in text quoted from
        another library, become spaces.
    where : str, or tuple of str and int
        What is at fault, such as "Adam.lr" or ("Adam", "lr"); a number is the place in a list.
    expected, got, hint : str
        What would have been right, what came, and what to do.
    places : tuple of str
        What the culprit is part of, the outermost first.

    Attributes
    ----------
    parts : tuple of str and int
        `where`, in its parts.

    Examples
    --------
    >>> str(AmenableError("batch: expected an integer >= 1,\n  got 0"))
    'batch: expected an integer >= 1, got 0'
    >>> error = DescriptionError(where="Adam.lr", expected="a number", got="'x'", hint="use 0.1")
    >>> str(error)
    "Adam.lr: expected a number, got 'x'; use 0.1"
    >>> str(error.at("--lr"))
    "--lr: expected a number, got 'x'; use 0.1"
    """

    def __init__(
        self,
        problem: str = "",
        *,
        where: str | Parts = (),
        expected: str = "",
        got: str = "",
        hint: str = "",
        places: tuple[str, ...] = (),
    ) -> None:
        self.problem = problem
        self.parts = _parts(where) if isinstance(where, str) else where
        self.expected, self.got, self.hint = expected, got, hint
        self.places = places
        lines = (line.strip() for line in self._text().splitlines())
        super().__init__(" ".join(line for line in lines if line))

    @property
    def where(self) -> str:
        """What is at fault, as it is written: "Network.layers[1]"."""
        return _written(self.parts)

    @property
    def field(self) -> str:
        """The last name of `where`: "layers" of "Network.layers[1]"; empty without one."""
        return next((it for it in reversed(self.parts) if isinstance(it, str)), "")

    def at(self, where: str | Parts, *, line: int | None = None, hint: str | None = None) -> Self:
        """The same error, of a place that the caller knows better.

        Parameters
        ----------
        where : str, or tuple of str and int
            What the user calls it, such as "--lr", instead of the field that it became. With a
            line, the file that it stands in, which is put in front.
        line : int, optional
            Of the file, from 1.
        hint : str, optional
            What to do there, instead of the hint that the error has.

        Examples
        --------
        >>> error = DescriptionError(where="space.lr", expected="a number", got="'x'")
        >>> str(error.at("study.toml", line=6))
        "study.toml, line 6: space.lr: expected a number, got 'x'"
        """
        if line is not None:
            return self.within(f"{where}, line {line}")
        return self._changed(where, (), self.hint if hint is None else hint)

    def within(self, place: str) -> Self:
        """The same error, of a part of something else.

        Examples
        --------
        >>> str(DescriptionError("missing", where="Dense.units").within("Network.layers[1]"))
        'Network.layers[1]: Dense.units: missing'
        """
        return self._changed(self.parts, (place, *self.places), self.hint)

    def _changed(self, where: str | Parts, places: tuple[str, ...], hint: str) -> Self:
        return type(self)(
            self.problem,
            where=where,
            expected=self.expected,
            got=self.got,
            hint=hint,
            places=places,
        )

    def _text(self) -> str:
        got = f", got {self.got}" if self.got else ""
        problem = self.problem or f"expected {self.expected}{got}"
        hint = f"; {self.hint}" if self.hint else ""
        return ": ".join(it for it in (*self.places, self.where, f"{problem}{hint}") if it)


class ClusterError(AmenableError):
    """Machines cannot be reached, or were lost too often; what they had finished is kept."""


class DescriptionError(AmenableError, ValueError):
    """A network, a training or an option is invalid."""


class DataError(AmenableError, ValueError):
    """Data cannot be used; names the file or array, the column and the row."""


class FileError(AmenableError):
    """A file that Amenable saved is damaged, or was saved by a newer version."""


class MissingExtra(AmenableError, ImportError):
    """An optional dependency is not installed; names the extra to install."""


@contextmanager
def called(name: str) -> Iterator[None]:
    """Errors name what the user wrote, such as an option, instead of the field that it became.

    Examples
    --------
    >>> from amenable import Adam
    >>> with called("--lr"):
    ...     Adam(lr=-1)
    Traceback (most recent call last):
    ...
    amenable.errors.DescriptionError: --lr: expected a finite number >= 0, got -1
    """
    try:
        yield
    except AmenableError as error:
        raise error.at(name) from error


def _parts(where: str) -> Parts:
    """The names and numbers of "Network.layers[1]"; an option or a file's name stays whole."""
    if not re.fullmatch(r"\w+(\.\w+|\[\d+\])*", where):
        return (where,) if where else ()
    return tuple(int(it[1]) if it[1] else it[0] for it in PART.finditer(where))


def _written(path: Parts) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
