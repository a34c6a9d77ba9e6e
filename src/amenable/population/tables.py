"""Populations as polars frames: a row for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.population.keys import value_of, varying_keys
from amenable.population.source import SPLITS

if TYPE_CHECKING:
    import polars as pl

    from amenable.population.trials import Trials

OF_EVERY_TRIAL = ("structure", "activation", "parameters", "optimizer", "lr", "batch", "init")
TITLES = {"steps": "budget"}  # Training.steps, beside the steps that were made


def trials_frame(trials: Trials) -> pl.DataFrame:
    """A row for each trial."""
    import polars as pl

    others = varying_keys(trials.configurations, trials.data.task)
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
        "goal_step": pl.Series(trials.goal_step).replace(-1, None),
    }
    for split in SPLITS:
        columns[f"{split}_loss"] = trials.loss[split]
        columns[f"{split}_metric"] = trials.metric[split]
    columns["metric"] = trials.values("metric")
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


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
