"""Complete results as JSON and CSV, written whole or not at all. For programs, not for reading."""

from __future__ import annotations

import csv
import io
import json
import math
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from amenable import engine
from amenable.baselines import Baseline
from amenable.cli.findings import RELIABLE, SETTINGS, Findings, Row
from amenable.cli.plan import Plan
from amenable.cli.request import Request
from amenable.cli.suggestion import Suggestion
from amenable.version import package_version
from amenable.writing import write_whole

FORMAT, VERSION = "amenable sweep", 1  # a change that an older reader misreads adds one


def write_json(path: Path, record: dict[str, Any]) -> None:
    """The record, with null for what is not a number."""
    text = json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(path, f"{text}\n".encode(), "--json")


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each configuration; empty where there is no number."""
    text = io.StringIO()
    names = list(rows[0]) if rows else ["structure"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(plain(row) for row in rows)
    write_whole(path, text.getvalue().encode(), "--csv")


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


def plain(value: Any) -> Any:
    """The value with None for every number that is not finite, as JSON and CSV know none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(it) for key, it in value.items()}
    if isinstance(value, list | tuple):
        return [plain(it) for it in value]
    return value
