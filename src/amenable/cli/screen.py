"""Where text goes: results to stdout, progress and errors to stderr. No text is made here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from amenable.phrases import counted

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


def say_rate(console: Console, finished: int, seconds: float) -> None:
    """How many networks were trained, and how fast."""
    if not finished:
        say(console, "Nothing was left to train.")
        return
    rate = f"{finished / max(seconds, 1e-3):,.0f} networks/s"
    console.print(f"{counted(finished, 'network')} in {seconds:.1f} s, {rate}", style="dim")
    if console.is_terminal:
        console.print()


def typed_path(path: Path) -> str:
    """A path as one would type it: a name that begins with a dash would be an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def fail(message: str) -> None:
    """The one line that says what is wrong."""
    print(f"amenable: {' '.join(message.split())}", file=sys.stderr)


def forgive_encoding() -> None:
    """Where the terminal's encoding lacks a character, show "?", not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # not there where tests capture
        if reconfigure is not None:
            reconfigure(errors="replace")
