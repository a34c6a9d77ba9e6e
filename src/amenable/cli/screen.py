"""Where text goes: results to stdout, progress and errors to stderr. No text is made here."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from unicodedata import category

from rich.console import (
    Console,
    ConsoleOptions,
    ConsoleRenderable,
    RenderableType,
    RenderHook,
    RenderResult,
)
from rich.segment import Segment
from rich.text import Text

from amenable.formatting import plural

PAGE = 100  # columns of running text: longer lines are hard to read, however wide the screen
WIDE = 200  # columns of a table in a file or a pipe, where none must be cut
PLAIN = 80  # columns of running text there

TURNING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # text, to hide what it is

INTERRUPTED = 130  # the exit status that shells expect after Ctrl-C


def results() -> Console:
    """Stdout; plain text, without colours and cut nowhere, where that is no terminal."""
    return _console(is_stderr=False)


def remarks() -> Console:
    """Stderr."""
    return _console(is_stderr=True)


def _console(is_stderr: bool) -> Console:
    stream = sys.stderr if is_stderr else sys.stdout
    has_width = os.environ.get("COLUMNS", "").strip("0").isdigit()
    if not has_width:
        os.environ.pop("COLUMNS", None)  # with none, rich would show nothing
    width = None if stream.isatty() or has_width else WIDE
    console = _Console(stderr=is_stderr, highlight=False, markup=False, emoji=False, width=width)
    console.push_render_hook(_Harmless())
    return console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Left to the command, which may have files to write."""
        raise BrokenPipeError


def harmless(text: str) -> str:
    """Text of a file as a terminal may have it: without escape sequences."""
    return "".join(_picture(it) if _is_harmful(it) else it for it in text)


def _is_harmful(character: str) -> bool:
    return (category(character) == "Cc" and character != "\n") or character in TURNING


def _picture(character: str) -> str:
    """Control characters have pictures in Unicode; others become a mark."""
    code = ord(character)
    return chr(0x2400 + code) if code < 32 else "\N{REPLACEMENT CHARACTER}"


class _Harmless(RenderHook):
    """What is printed, with only those escape sequences that are the printer's own."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Cleaned(it) for it in renderables]


class _Cleaned:
    def __init__(self, content: ConsoleRenderable) -> None:
        self.content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for it in console.render(self.content, options):
            yield it if it.control else Segment(harmless(it.text), it.style)


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
    console.print(f"{plural(finished, 'network')} in {seconds:.1f} s, {rate}", style="dim")
    if console.is_terminal:
        console.print()


def own_command(text: str) -> str:
    """A command that a file says, if it is one of ours in one line and runs nothing else."""
    try:
        words = shlex.split(text)
    except ValueError:
        return ""
    is_ours = words[:1] == ["amenable"] and quote_command(words) == text
    return text if is_ours and harmless(text) == text else ""


def typed_path(path: str | Path) -> str:
    """A path as one would type it: a dash begins options, and `study compare` is told apart."""
    is_word = str(path).startswith("-") or str(path) == "compare"
    return f"./{path}" if is_word else str(path)


def quote_command(words: Iterable[str]) -> str:
    """Words as one line of a shell, whatever characters are in the names of files."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    return f"$'{''.join(map(_escaped, word))}'"


def _escaped(character: str) -> str:
    """As bash, zsh and ksh read it within $'...'."""
    if character.isprintable() and character not in "'\\":
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def fail(message: str) -> None:
    """The one line that says what is wrong."""
    print(harmless(f"amenable: {' '.join(message.split())}"), file=sys.stderr)


def settle_streams() -> None:
    """Have somewhere to print to, and no traceback where an encoding lacks a character."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # not there where tests capture
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
