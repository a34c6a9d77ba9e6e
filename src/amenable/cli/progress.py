"""How far a sweep is, on stderr: a bar in a terminal, one line at the end everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from amenable.phrases import counted
from amenable.progress import clock

WATCH_S = 0.2  # until the first rate can be told


def work_done(work: Sequence[float], n_seeds: int, has_goal: bool) -> NDArray[np.float64]:
    """Share of the work done when so many networks are finished, from none to all.

    `work` has an entry for each configuration. The engine begins with the largest, so time left by
    the number of networks alone would be too long at first. With a goal the larger ones are also
    solved sooner: on digits, time then goes about with the square root of the work.
    """
    each = np.repeat(np.sort(np.asarray(work, dtype=np.float64))[::-1], n_seeds)
    each = np.sqrt(each) if has_goal else each
    return np.append(0.0, np.cumsum(each) / each.sum())


@contextmanager
def progress_bar(
    console: Console, shares: NDArray[np.float64]
) -> Iterator[Callable[[int, int], None]]:
    """What is to be told (finished, total) as training goes on."""
    start_s = time.monotonic()
    with _bar(console, len(shares) - 1) as update:

        def watch(n: int, _total: int) -> None:
            elapsed_s, share = time.monotonic() - start_s, float(shares[n])
            if elapsed_s >= WATCH_S and share > 0:
                left = clock(elapsed_s * (1 - share) / share)
                update(completed=n, rate=f", {n / elapsed_s:,.0f}/s, {left} left")

        yield watch


@contextmanager
def growing_bar(console: Console) -> Iterator[Callable[[int, int], None]]:
    """As `progress_bar`, where the total is told as it grows: a study asks for more in rounds."""
    start_s = time.monotonic()
    with _bar(console, 1) as update:

        def watch(n: int, total: int) -> None:
            elapsed_s = time.monotonic() - start_s
            if elapsed_s >= WATCH_S and n:
                left = clock(elapsed_s * (total - n) / n)
                rate = f", {n / elapsed_s:,.0f}/s, {left} left of this round"
                update(completed=n, total=total, rate=rate)

        yield watch


@contextmanager
def _bar(console: Console, total: int) -> Iterator[Callable[..., None]]:
    """A bar that counts networks, where there is a terminal; what changes it."""
    bar = Progress(
        BarColumn(bar_width=None),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} networks{task.fields[rate]}"),
        console=console,
        transient=True,
        expand=True,
        disable=not console.is_terminal,
    )
    with bar:
        yield partial(bar.update, bar.add_task("", total=total, rate=""))


def say_rate(console: Console, finished: int, seconds: float) -> None:
    """The line that stays when the bar is gone."""
    rate = f"{finished / max(seconds, 1e-3):,.0f} networks/s"
    console.print(f"{counted(finished, 'network')} in {seconds:.1f} s, {rate}", style="dim")
    if console.is_terminal:
        console.print()
