"""Complete results as JSON and CSV, written whole or not at all. For programs, not for reading."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import platform
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from amenable import engine
from amenable.baselines import Baseline
from amenable.cli.findings import RELIABLE, SETTINGS, Findings, Row
from amenable.cli.plan import Plan
from amenable.cli.request import Request
from amenable.cli.suggestion import Suggestion
from amenable.errors import DescriptionError, FileError
from amenable.version import package_version

FORMAT, VERSION = "amenable sweep", 1  # a change that an older reader misreads adds one


def check_writable(option: str, path: Path) -> Path:
    """The file to write, or the error that would else come after all the work."""
    try:
        target = path.resolve()
        is_there, is_file = target.exists(), target.is_file()
        has_folder = target.parent.is_dir()
    except OSError as error:  # such as a name that is too long
        raise FileError(f"{option}: {path} cannot be written: {error.strerror}") from error
    if is_there and not is_file:
        what = "a folder" if target.is_dir() else "not a plain file"
        raise DescriptionError(f"{option}: {path} is {what}; give the name of a file")
    if not has_folder:
        raise DescriptionError(f"{option}: there is no folder {target.parent}; make it first")
    _written(option, target, "", lambda beside: None)
    return target


def write_json(path: Path, record: dict[str, Any]) -> None:
    """The record, with null for what is not a number."""
    text = json.dumps(_plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    _written("--json", path, text + "\n", lambda beside: os.replace(beside, path))


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each configuration; empty where there is no number."""
    text = io.StringIO()
    names = list(rows[0]) if rows else ["structure"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    _written("--csv", path, text.getvalue(), lambda beside: os.replace(beside, path))


def sweep_record(
    request: Request,
    plan: Plan,
    findings: Findings,
    baselines: Sequence[Baseline],
    sentences: Sequence[str],
    suggestion: Suggestion | None,
    seconds: float,
) -> dict[str, Any]:
    """Everything that a sweep found, with what is needed to run it again."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "command": request.command(),
        "versions": _versions(),
        "instruction_set": engine.instruction_sets()[0],
        "threads": engine.check_threads(request.threads),
        "seconds": round(seconds, 3),
        "is_complete": not findings.is_cancelled,
        "data": _data(plan),
        "goal": findings.goal,
        "goal_reason": plan.goal_reason,
        "reliable_fraction": RELIABLE,
        "seeds": list(range(plan.n_seeds)),
        "metric": findings.metric,
        "split": findings.split,
        "configurations": [
            configuration(row, findings)
            | {"network": row.network.to_dict(), "training": row.training.to_dict()}
            for row in findings.rows
        ],
        "comparisons": [asdict(it) for it in findings.comparisons],
        "baselines": [asdict(it) for it in baselines],
        "sentences": list(sentences),
        "next": suggestion.command if suggestion else None,
    }


def configuration(row: Row, findings: Findings) -> dict[str, Any]:
    """One configuration, flat."""
    low, high = row.found.interval if row.found else (math.nan, math.nan)
    return {
        "structure": row.network.structure,
        "activation": row.network.activation,
        **{name: value(row.training) for name, value in SETTINGS.items()},
        "epochs": row.training.epochs,
        "steps": row.training.steps,
        "parameters": row.network.n_parameters,
        "goal": findings.goal,
        "trials": row.trials,
        "solved": row.found.successes if row.found else None,
        "fraction": row.fraction,
        "fraction_low": low,
        "fraction_high": high,
        "median_steps": row.median_steps,
        "median_steps_low": row.steps_interval.low,
        "median_steps_high": row.steps_interval.high,
        "metric": findings.metric,
        "split": findings.split,
        "median": row.median,
        "best": row.best,
        "diverged": row.diverged,
    }


def _data(plan: Plan) -> dict[str, Any]:
    data = plan.data
    return {
        "name": data.name,
        "fingerprint": data.fingerprint,
        "task": data.task,
        "classes": list(data.classes),
        "features": list(data.features),
        "samples": data.n_samples,
        "training": len(data.training),
        "validation": len(data.validation),
        "test": len(data.test),
        "notes": list(data.notes),
    }


def _versions() -> dict[str, str]:
    import numpy
    import sklearn

    return {
        "amenable": package_version(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def _plain(value: Any) -> Any:
    """The value with None for every number that is not finite, as JSON and CSV know none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(it) for key, it in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(it) for it in value]
    return value


def _written(option: str, path: Path, text: str, then: Callable[[Path], None]) -> None:
    """Write beside the file and put it in its place; a failure leaves what was there."""
    beside = path.with_name(f".{path.name[:80]}.{uuid.uuid4().hex}.tmp")
    try:
        with open(beside, "x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        then(beside)
    except OSError as error:
        reason = error.strerror or error
        raise FileError(f"{option}: {path} cannot be written: {reason}") from error
    finally:
        beside.unlink(missing_ok=True)
