"""Populations as polars frames: a row for each trial, or for each configuration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.population.keys import ALWAYS, check_key, telling, value_of
from amenable.population.outcome import costs, fraction_of, steps_to_solve
from amenable.population.source import SPLITS
from amenable.statistics import quantiles
from amenable.training import METRICS

if TYPE_CHECKING:
    import polars as pl

    from amenable.population.trials import Trials

OF_EVERY_TRIAL = ("structure", "activation", "parameters", "optimizer", "lr", "batch", "init")
TITLES = {"steps": "budget"}  # Training.steps, beside the steps that were made


def trials_frame(trials: Trials) -> pl.DataFrame:
    """A row for each trial."""
    import polars as pl

    others = telling(trials.configurations, trials.data.task)
    keys = (*OF_EVERY_TRIAL, *(key for key in others if key not in OF_EVERY_TRIAL))
    place = pl.Series(trials.configuration)
    columns: dict[str, Any] = {
        "trial": np.arange(len(trials)),
        "configuration": trials.configuration,
    }
    for key in keys:
        known = [value_of(it, key, trials.data.task) for it in trials.configurations]
        columns[TITLES.get(key, key)] = pl.Series(_cells(known)).gather(place)
    columns |= {
        "seed": trials.seed,
        "status": trials.status.tolist(),
        "solved": trials.solved,
        "steps": trials.steps,
    }
    for split in SPLITS:
        columns[f"{split}_loss"] = trials.loss[split]
        columns[f"{split}_metric"] = trials.metric[split]
    columns["metric"] = trials.values("metric")
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def summary_frame(trials: Trials, keys: Sequence[str], level: float) -> pl.DataFrame:
    """A row for each group, best first."""
    import polars as pl

    names = tuple(check_key("summary", key) for key in keys)
    shown = names or (*ALWAYS, *telling(trials.configurations, trials.data.task))
    groups = list(trials.by(*(names or ("configuration",))).values())
    columns: dict[str, Any] = {
        TITLES.get(key, key): _cells([group.values(key)[0] for group in groups]) for key in shown
    }
    rows = [_row(group, level) for group in groups]
    for name in ROW:
        columns.setdefault(name, [row[name] for row in rows])
    if not names:
        columns["configuration"] = list(dict.fromkeys(trials.configuration.tolist()))
    frame = pl.DataFrame(columns, schema_overrides=_types())
    order = sorted(range(len(rows)), key=lambda i: _merit(rows[i]))
    return frame[order]


ROW = (
    "parameters",
    "trials",
    "solved",
    "fraction",
    "low",
    "high",
    "median_steps",
    "metric",
    "split",
    "median",
    "best",
    "diverged",
)


def _types() -> dict[str, Any]:
    """Types of columns that may hold nothing but nulls."""
    import polars as pl

    floats = ("fraction", "low", "high", "median_steps", "median", "best")
    return {**dict.fromkeys(floats, pl.Float64), "solved": pl.Int64}


def _row(group: Trials, level: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ROW)
    begun = group.has_begun
    row["parameters"] = max(it.n_parameters for it in group.networks)
    row["trials"] = int(np.count_nonzero(begun))
    row["diverged"] = int(np.count_nonzero(group.status == "diverged"))
    row["metric"], row["split"] = group.metric_name, group.judged_on
    if row["trials"] and all(it.goal is not None for it in group.trainings):
        found = fraction_of(group.solved[begun], level)
        row |= {"solved": found.successes, "fraction": found.fraction}
        row |= {"low": found.interval.low, "high": found.interval.high}
        row["median_steps"] = _finite(steps_to_solve(group, level).median)
    ended = group.status != "cancelled"
    if group.metric_name in METRICS and ended.any():
        cost = costs(group.metric[group.judged_on][ended], group.metric_name)
        sign = -1.0 if METRICS[group.metric_name][0] == ">=" else 1.0
        best, median = quantiles(cost, (0.0, 0.5)).tolist()
        row |= {"best": _finite(sign * best), "median": _finite(sign * median)}
    return row


def _merit(row: dict[str, Any]) -> tuple[float, ...]:
    """What rows are sorted by: less is better, and what is unknown comes last."""
    sign = -1.0 if row["metric"] in METRICS and METRICS[row["metric"]][0] == ">=" else 1.0
    return (
        -row["fraction"] if row["fraction"] is not None else 1.0,
        row["median_steps"] if row["median_steps"] is not None else math.inf,
        sign * row["median"] if row["median"] is not None else math.inf,
        row["parameters"],
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cells(values: Sequence[Any]) -> Any:
    """Values of one column: as they are where a column can hold them, else as text."""
    present = {type(value) for value in values if value is not None}
    if present == {int} and max(filter(None, values), default=0) >= 2**63:  # seeds
        return np.array(values, dtype=np.uint64)
    if len(present) == 1 and present <= {bool, int, float, str}:
        return list(values)
    return [None if value is None else _text(value) for value in values]


def _text(value: Any) -> str:
    if hasattr(value, "describe"):
        return str(value.describe())
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return ",".join(map(str, value)) or "none"
    return str(value)
