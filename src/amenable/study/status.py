"""How far a study is, what it is about, and what a call of `run` did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from amenable.formatting import plural
from amenable.population.source import DataSummary
from amenable.study.store import Store, holder
from amenable.study.store.opening import reading_errors
from amenable.training import METRICS, parse_goal


@dataclass(frozen=True, slots=True)
class Status:
    """How far a study is, and what it is about.

    Parameters
    ----------
    data : DataSummary
        What it trains on.
    description, command : str
        A line about it, and the command that began it, if there are such.
    version : str
        Of the package that trained it.
    trials : int
        Finished.
    planned : int
        Finished or known to be wanted when it last ran; a policy may come to want more.
    configurations : int
        In the file; of a study that is complete, those with trials.
    blocks : int
        In which the trials were finished.
    seconds : float
        Of training, over all places.
    is_complete : bool
        Whether the last run came to its end.
    keep : str
        Of which trials weights are kept: "none", "best" or "all".
    has_curves : bool
        Whether their curves are kept too.
    size_bytes : int
        Of the file, with what SQLite keeps beside it while it is written.
    writer : str
        Which process is writing to it now, in words; empty where none is.
    goals, metrics : tuple of str
        The different goals and metrics of its configurations.
    """

    data: DataSummary
    description: str
    command: str
    version: str
    trials: int
    planned: int
    configurations: int
    blocks: int
    seconds: float
    is_complete: bool
    keep: str
    has_curves: bool
    size_bytes: int
    writer: str
    goals: tuple[str, ...]
    metrics: tuple[str, ...]

    def __str__(self) -> str:
        n = plural(self.configurations, "configuration")
        if self.is_complete:
            return f"complete, {plural(self.trials, 'trial')} of {n} on '{self.data.name}'"
        return f"{self.trials:,} of {self.planned:,} trials of {n} on '{self.data.name}'"


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What one call of `Study.run` did.

    Parameters
    ----------
    trials, blocks : int
        That were finished in it.
    seconds : float
        Of training, over all places.
    is_interrupted : bool
        Whether Ctrl-C ended it; what is finished is kept.
    """

    trials: int
    blocks: int
    seconds: float
    is_interrupted: bool

    def __repr__(self) -> str:
        ended = ", then interrupted: run it again to go on." if self.is_interrupted else "."
        return f"{plural(self.trials, 'trial')} finished{ended}"


def status_of(store: Store) -> Status:
    """The status in a store."""
    with reading_errors(store.path):
        return _status_of(store, store.about())


def _status_of(store: Store, about: Mapping[str, str]) -> Status:
    one = store.connection.execute
    # A search trains few of its candidates with the whole budget: in the end those without a trial
    # were not asked for.
    tried = "WHERE EXISTS (SELECT 1 FROM trials WHERE configuration = configurations.id)"
    is_complete = about.get("is_complete") == "1"
    asked = f"SELECT count(*) FROM configurations {tried if is_complete else ''}"
    (configurations,) = one(asked).fetchone()
    blocks, trials, seconds = one(
        "SELECT count(*), coalesce(sum(trials), 0), coalesce(sum(seconds), 0.0) FROM blocks"
    ).fetchone()
    keep = about.get("keep", "none")
    metrics = tuple(it for (it,) in one("SELECT DISTINCT metric FROM configurations"))
    goals = tuple(it for (it,) in one("SELECT DISTINCT goal FROM configurations") if it)
    for goal in goals:
        parse_goal(goal)
    if (
        keep not in ("none", "best", "all")
        or not set(metrics) <= set(METRICS)
        or not math.isfinite(seconds)
    ):
        raise ValueError("what it says of its trials makes no sense")
    return Status(
        data=store.data,
        description=about.get("description", ""),
        command=about.get("command", ""),
        version=about.get("version", ""),
        trials=trials,
        planned=max(int(about.get("planned", "0")), trials),
        configurations=configurations,
        blocks=blocks,
        seconds=seconds,
        is_complete=is_complete,
        keep=keep,
        has_curves=about.get("curves") == "1",
        size_bytes=_size(store.path),
        writer=holder(store.path),
        goals=goals,
        metrics=metrics,
    )


def _size(path: Path) -> int:
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(it.stat().st_size for it in files if it.exists())
