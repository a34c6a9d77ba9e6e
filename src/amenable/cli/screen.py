"""Where text goes: results to stdout, progress and errors to stderr. No text is made here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

PAGE = 100  # columns of running text: longer lines are hard to read, however wide the screen
WIDE = 200  # columns of a table in a file or a pipe, where none must be cut
PLAIN = 80  # columns of running text there

INTERRUPTED = 130  # the exit status that shells expect after Ctrl-C


def results() -> Console:
    """Stdout; plain text, without colours and cut nowhere, where that is no terminal."""
    return _console(is_stderr=False)


def remarks() -> Console:
    """Stderr."""
    return _console(is_stderr=True)


def _console(is_stderr: bool) -> Console:
    stream = sys.stderr if is_stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDE
    return Console(stderr=is_stderr, highlight=False, markup=False, emoji=False, width=width)


def show(console: Console, content: RenderableType = "") -> None:
    """Print; in a file no line ends in blanks."""
    if console.is_terminal:
        console.print(content)
        return
    with console.capture() as captured:
        console.print(content)
    for line in captured.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)


def say(console: Console, text: str, indent: int = 0) -> None:
    """Running text, wrapped to the screen, or to a page where that is wider."""
    page = PLAIN if console.width == WIDE else min(console.width, PAGE)
    for line in Text(text).wrap(console, max(page - indent, 1)):
        console.print(" " * indent + line.plain.rstrip(), soft_wrap=True)


def say_all(console: Console, texts: Iterable[str], indent: int = 0) -> None:
    """One paragraph after the other."""
    for text in texts:
        say(console, text, indent)


def paste(console: Console, command: str) -> None:
    """A command, in one line however long, so that it can be copied whole."""
    console.print(Text(f"  {command}", style="cyan"), soft_wrap=True)


def fail(message: str) -> None:
    """The one line that says what is wrong."""
    print(f"amenable: {' '.join(message.split())}", file=sys.stderr)


def forgive_encoding() -> None:
    """Where the terminal's encoding lacks a character, show "?", not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # not there where tests capture
        if reconfigure is not None:
            reconfigure(errors="replace")
