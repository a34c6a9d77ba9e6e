"""How far training is: a bar where somebody is looking, or the caller's own function."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amenable.description import shown
from amenable.errors import DescriptionError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S = 1.0  # what is over sooner needs no bar

Watch = Callable[[int], None]


class Bar:
    """Networks finished, networks per second and time left, on stderr."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.start_s = time.monotonic()
        self.shown: tuple[Progress, TaskID] | None = None

    def __call__(self, finished: int) -> None:
        """Show how many are finished, once it has taken long enough."""
        elapsed_s = time.monotonic() - self.start_s
        if self.shown is None and elapsed_s >= PATIENCE_S and finished < self.total:
            self.shown = self._open()
        if self.shown is not None:
            progress, task = self.shown
            progress.update(task, completed=finished, rate=f"{finished / elapsed_s:,.0f}/s")

    def close(self) -> None:
        """Take the bar away."""
        if self.shown is not None:
            self.shown[0].stop()

    def _open(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("networks, {task.fields[rate]}, left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        progress.start()
        return progress, progress.add_task("training", total=self.total, rate="")


def check_progress(progress: object) -> None:
    """Refuse what is neither None, a boolean nor a function."""
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise DescriptionError(
            "progress: expected None, False or a function of (finished, total), got "
            f"{shown(progress)}"
        )


@contextmanager
def watched(
    progress: bool | Callable[[int, int], object] | None, total: int
) -> Iterator[Watch | None]:
    """What the engine tells how many trials are finished; None if nobody wants to know."""
    if progress is None or progress is True:
        if not sys.stderr.isatty():
            yield None
            return
        bar = Bar(total)
        try:
            yield bar
        finally:
            bar.close()
    elif progress is False:
        yield None
    else:
        told = progress

        def watch(finished: int) -> None:
            told(finished, total)

        yield watch
