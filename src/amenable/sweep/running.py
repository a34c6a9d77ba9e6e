"""A plan trained, with its control: in a study's file, which lasts or is there for the moment."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.answers import TrialTable
from amenable.baselines import Baseline
from amenable.population import Fraction, Population
from amenable.population.outcome import fraction_of
from amenable.study.status import Run
from amenable.study.study import Study
from amenable.sweep.plan import Plan
from amenable.writing import check_writable

if TYPE_CHECKING:
    from amenable.progress import Progress

FEWEST_CONTROLS, MOST_CONTROLS = 2, 4  # seeds of each configuration on shuffled targets
CONTROL_SHARE = 10  # of the seeds, one in so many


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of a plan."""

    trials: TrialTable
    population: Population | None
    control: Fraction | None
    run: Run


def train_plan(
    plan: Plan,
    models: Sequence[Baseline],
    *,
    study: str | Path | None = None,
    keep: str = "best",
    on: Any = None,
    curves: bool = False,
    control: bool = True,
    threads: int | None = None,
    progress: Progress = None,
    command: str = "",
    remarks: Sequence[str] = (),
) -> Trained:
    """Train what is missing, then the control.

    Parameters
    ----------
    plan : Plan
        With its goal.
    models : sequence of Baseline
        To be kept beside the trials.
    study : str or path, optional
        Where trials are kept.
    keep, on, curves, threads, progress, command
        As for `Study.run`.
    control : bool
        Whether to train some networks on shuffled targets.
    remarks : sequence of str
        What is to be known of the goal; kept beside the trials.
    """
    with _file(study) as path:
        kept = Study(path)
        run = kept.run(
            plan.candidates,
            plan.splits,
            policy=plan.policy,
            on=on,
            keep=keep,
            curves=curves,
            threads=threads,
            progress=progress,
            command=command,
            notes={
                "space": plan.space.to_dict(),
                "draw": {"method": plan.method, "n": plan.draws, "seed": plan.draw_seed},
                "goal_reason": plan.goal_reason,
                "goal_remarks": list(remarks),
                "baselines": [_record(it) for it in models],
            },
        )
        luck = None
        if control and plan.is_on_unseen_rows and not run.is_interrupted:
            luck = _control(kept, plan, on=on, threads=threads, progress=progress)
        trials = kept.results()
        population = kept.population() if len(trials) else None
    return Trained(trials, population, luck, run)


@contextmanager
def _file(study: str | Path | None) -> Iterator[Path]:
    """The study's file, or one that lives as long as the call."""
    if study is not None:
        path = Path(study)
        if not path.exists():
            check_writable(path, "study")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="amenable-") as folder:
        yield Path(folder, "sweep.study")


def _control(
    kept: Study, plan: Plan, on: Any, threads: int | None, progress: Progress
) -> Fraction | None:
    """How many networks reach the goal on shuffled targets; known already where that was asked."""
    n = plan.n_seeds or FEWEST_CONTROLS
    seeds = min(n, max(FEWEST_CONTROLS, min(MOST_CONTROLS, n // CONTROL_SHARE)))
    described = [[it.configuration.network.to_dict(), it.configuration.training.to_dict()]
                 for it in plan.candidates]  # fmt: skip
    of = hashlib.sha256(json.dumps([seeds, described]).encode()).hexdigest()
    known = kept.notes("control")["control"]
    if known is not None and known["of"] == of:
        solved = np.arange(known["trials"]) < known["solved"]
        return fraction_of(solved, 0.95)
    with tempfile.TemporaryDirectory(prefix="amenable-") as folder:
        study = Study(Path(folder, "control.study"))
        run = study.run(
            plan.candidates,
            plan.splits.with_permuted_targets(),
            seeds=seeds,
            on=on,
            keep="none",
            threads=threads,
            progress=progress,
        )
        if run.is_interrupted:
            return None
        solved = study.results().solved
    kept.note(control={"of": of, "solved": int(solved.sum()), "trials": len(solved)})
    return fraction_of(solved, 0.95)


def _record(it: Baseline) -> dict[str, Any]:
    """The fields, with None for numbers that are not finite, as JSON has none."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in asdict(it).items()
    }
