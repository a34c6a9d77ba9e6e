"""How far a run is: a bar where somebody looks on, a line now and then in a log, or a function.

In a terminal the bar is rich's; in a notebook it is a line of HTML that is replaced in place, which
needs no widgets. Whatever ends within a second shows nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from amenable.description import quote
from amenable.errors import DescriptionError

if TYPE_CHECKING:
    from rich.progress import TaskID

PATIENCE_S = 1.0  # what is over sooner needs no bar
UPDATE_S = 0.25  # four times a second is as often as anybody reads it
LOG_S = 15.0  # between the lines of a log

Progress = bool | Callable[[int, int], object] | None
Watch = Callable[[int, int], None]
"""What is told how many networks are finished, and of how many."""


class Display(Protocol):
    """Where a bar is drawn."""

    def show(self, finished: int, total: int, text: str) -> None:
        """Draw it, or draw it anew."""

    def close(self) -> None:
        """Take it away."""


class Bar:
    """Counts, speed and time left, drawn as often as somebody can read it."""

    def __init__(self, open_display: Callable[[], Display], every_s: float) -> None:
        self._open_display = open_display
        self._every_s = every_s
        self._start_s = time.monotonic()
        self._last_s = self._start_s - every_s
        self._display: Display | None = None

    def __call__(self, finished: int, total: int) -> None:
        """Say how many are finished."""
        now_s = time.monotonic()
        elapsed_s = now_s - self._start_s
        if self._display is None:
            if elapsed_s < PATIENCE_S or finished >= total:
                return
            self._display = self._open_display()
        if now_s - self._last_s >= self._every_s or finished >= total:
            self._last_s = now_s
            self._display.show(finished, total, describe_progress(finished, total, elapsed_s))

    def close(self) -> None:
        """Take the bar away."""
        if self._display is not None:
            self._display.close()


class Terminal:
    """A bar on stderr that vanishes when it is closed."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            BarColumn(bar_width=None),
            TextColumn("{task.fields[text]}"),
            console=Console(stderr=True),
            transient=True,
            expand=True,
        )
        self._task: TaskID = self._bar.add_task("", total=None, text="")
        self._bar.start()

    def show(self, finished: int, total: int, text: str) -> None:
        """Draw it anew."""
        self._bar.update(self._task, completed=finished, total=total, text=text)

    def close(self) -> None:
        """Take it away."""
        self._bar.stop()


class Notebook:
    """A bar below the cell, replaced in place; it vanishes when it is closed."""

    def __init__(self) -> None:
        from IPython.display import HTML, display

        self._html = HTML
        self._handle: Any = display(HTML(""), display_id=True)

    def show(self, finished: int, total: int, text: str) -> None:
        """Draw it anew."""
        bar = f'<progress value="{finished}" max="{total}" style="width: 20em"></progress>'
        self._handle.update(self._html(f"<label>{bar} {text}</label>"))

    def close(self) -> None:
        """Take it away."""
        self._handle.update(self._html(""))


class Log:
    """A line on stderr now and then."""

    def show(self, finished: int, total: int, text: str) -> None:
        """Write the next line."""
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Lines stay."""


def describe_progress(finished: int, total: int, elapsed_s: float) -> str:
    """What is said beside a bar.

    Examples
    --------
    >>> describe_progress(250, 1000, 2.0)
    '250 of 1,000 networks, 125/s, 0:06 left'
    """
    text = f"{finished:,} of {total:,} networks"
    if not finished:
        return text
    left = clock(elapsed_s * (total - finished) / finished)
    return f"{text}, {finished / elapsed_s:,.0f}/s, {left} left"


def clock(seconds: float) -> str:
    """A time as on a clock.

    Examples
    --------
    >>> clock(7), clock(3727)
    ('0:07', '1:02:07')
    """
    whole = round(seconds)
    minutes = f"{whole // 60 % 60}:{whole % 60:02d}"
    return minutes if whole < 3600 else f"{whole // 3600}:{minutes:>05}"


def check_progress(progress: object) -> None:
    """Refuse what is neither None, a boolean nor a function."""
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise DescriptionError(
            "progress: expected True, False, None or a function of (finished, total), got "
            f"{quote(progress)}"
        )


@contextmanager
def show_progress(progress: Progress) -> Iterator[Watch | None]:
    """Who is to be told how many networks are finished; None if nobody wants to know.

    By default (None) a bar is shown in terminals and notebooks. True also writes lines to a log;
    False shows nothing.
    """
    if callable(progress):
        told = progress

        def tell(finished: int, total: int) -> None:
            told(finished, total)

        yield tell
        return
    bar = None if progress is False else _bar(is_wanted=progress is True)
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()


def _bar(is_wanted: bool) -> Bar | None:
    if _is_notebook():
        return Bar(Notebook, UPDATE_S)
    if sys.stderr is not None and sys.stderr.isatty():
        return Bar(Terminal, UPDATE_S)
    return Bar(Log, LOG_S) if is_wanted and sys.stderr is not None else None


def _is_notebook() -> bool:
    """Whether this runs in a kernel that shows HTML, as those of Jupyter do."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
