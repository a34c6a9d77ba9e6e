"""How far a study is, and what a call of `run` did: a few numbers and the words for them."""

from __future__ import annotations

from dataclasses import dataclass

from amenable.study.store import Store, holder


@dataclass(frozen=True, slots=True)
class Status:
    """How far a study is.

    Parameters
    ----------
    trials : int
        Finished.
    planned : int
        Finished or known to be wanted when it last ran; a policy may come to want more.
    configurations : int
        In the file, also those without trials.
    blocks : int
        In which the trials were finished.
    seconds : float
        Of training, over all places.
    is_complete : bool
        Whether the last run came to its end.
    keep : str
        Of which trials weights are kept: "none", "best" or "all".
    size_bytes : int
        Of the file.
    writer : str
        Which process is writing to it now, in words; empty where none is.
    """

    trials: int
    planned: int
    configurations: int
    blocks: int
    seconds: float
    is_complete: bool
    keep: str
    size_bytes: int
    writer: str

    def __str__(self) -> str:
        done = (
            f"{self.trials:,} of {self.planned:,} trials"
            if not self.is_complete
            else (f"complete, {self.trials:,} trials")
        )
        return f"{done} of {self.configurations:,} configurations"


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
        ended = f"{self.trials:,} trial{'' if self.trials == 1 else 's'} finished"
        return (
            f"{ended}, then interrupted: run it again to go on."
            if self.is_interrupted
            else (f"{ended}.")
        )


def status_of(store: Store) -> Status:
    """The status in a store."""
    about = store.about()
    one = store.connection.execute
    (configurations,) = one("SELECT count(*) FROM configurations").fetchone()
    blocks, trials, seconds = one(
        "SELECT count(*), coalesce(sum(trials), 0), coalesce(sum(seconds), 0.0) FROM blocks"
    ).fetchone()
    return Status(
        trials=trials,
        planned=max(int(about.get("planned", "0")), trials),
        configurations=configurations,
        blocks=blocks,
        seconds=seconds,
        is_complete=about.get("is_complete") == "1",
        keep=about["keep"],
        size_bytes=store.path.stat().st_size,
        writer=holder(store.path),
    )
