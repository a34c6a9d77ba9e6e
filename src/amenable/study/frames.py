"""A study's trials as a polars frame, with the columns of the view `results`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable import engine
from amenable.answers.trial_table import TrialTable
from amenable.population.keys import every_setting
from amenable.study.store.rows import columns_of
from amenable.study.store.schema import OF_CONFIGURATION, setting_columns
from amenable.study.store.trials import MEASURES

if TYPE_CHECKING:
    import polars as pl


def trials_frame(results: TrialTable) -> pl.DataFrame:
    """A row for each trial, by configuration and seed."""
    import polars as pl

    place = pl.Series(results.configuration)
    rows = [columns_of(it, results.data) for it in results.configurations]
    each: dict[str, list[Any]] = {"configuration": list(results.ids)}
    each |= {name: [row[name] for row in rows] for name in OF_CONFIGURATION}
    names = list(dict.fromkeys(name for it in results.settings for name in it))
    settings = [
        {**every_setting(it), **given}
        for it, given in zip(results.configurations, results.settings, strict=True)
    ]
    each |= {
        column: [_cell(it.get(name)) for it in settings]
        for name, column in setting_columns(names).items()
    }
    columns = {name: _series(name, values).gather(place) for name, values in each.items()}
    final = results.final.reshape(-1, len(MEASURES))
    trials: dict[str, Any] = {
        "seed": results.seed,
        "status": pl.Series(engine.STATUSES).gather(pl.Series(results.status.astype(np.int64))),
        "solved": results.solved,
        "steps": results.steps,
        "goal_step": pl.Series(results.goal_step).replace(-1, None),
        **{name: final[:, i] for i, name in enumerate(MEASURES)},
    }
    return pl.DataFrame(columns | trials).with_columns(pl.col(pl.Float64).fill_nan(None))


def _cell(value: Any) -> Any:
    """A setting as SQLite gives it: lists as JSON, yes and no as 1 and 0."""
    if isinstance(value, bool):
        return int(value)
    is_list = isinstance(value, list | tuple | dict)
    return json.dumps(value, separators=(",", ":")) if is_list else value


def _series(name: str, values: list[Any]) -> pl.Series:
    """Values of one type as they are, whole and broken numbers as these, others as text."""
    import polars as pl

    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pl.Series(name, values, dtype=pl.Float64)
    if len(kinds) > 1:
        return pl.Series(name, [None if it is None else str(it) for it in values], dtype=pl.String)
    return pl.Series(name, values)
