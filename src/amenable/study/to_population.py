"""A study's trials as a population, with whatever was kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amenable import encoding, engine
from amenable.answers.selection import finished
from amenable.answers.trial_table import TrialTable
from amenable.population import Population
from amenable.population.records import Records
from amenable.study.store import Store

NOT_KEPT = -1  # the row of a trial whose arrays were not: the last, which holds NaN


def population_of(store: Store, results: TrialTable) -> Population:
    """The trials of the results as a population."""
    results = finished(results)
    about = store.about()
    has_curves = about["curves"] == "1"
    probes = [
        encoding.probes(it.training, results.data.n_training, has_curves)
        for it in results.configurations
    ]
    row = np.full(len(results), NOT_KEPT, dtype=np.int64)
    arrays: dict[str, tuple[NDArray[np.float64], ...]] = {}
    if about["keep"] != "none":
        shapes = [(it.network.n_parameters,) for it in results.configurations]
        arrays["weights"] = _gathered(store, results, "weights", shapes, row)
    if has_curves:
        arrays["curves"] = _gathered(
            store, results, "curves", [(len(it), 2, 2) for it in probes], row
        )
    return Population(
        data=replace(results.data, preparations=store.preparations),
        configurations=results.configurations,
        seed=results.seed.astype(np.uint64),
        status=np.array(engine.STATUSES)[results.status],
        steps=results.steps,
        goal_step=results.goal_step,
        final=results.final,
        records=Records(
            configuration=results.configuration,
            row=row,
            probes=tuple(probes),
            arrays=arrays,
        ),
        version=about["version"],
    )


def _gathered(
    store: Store,
    results: TrialTable,
    name: str,
    shapes: Sequence[tuple[int, ...]],
    row: NDArray[np.int64],
) -> tuple[NDArray[np.float64], ...]:
    """Arrays (R + 1, …) of each configuration, a row of NaN last; says in `row` (T,) whose."""
    place = {number: c for c, number in enumerate(results.ids)}
    trials = results.slices()
    parts: list[list[NDArray[np.float64]]] = [[] for _ in place]
    n_rows = [0] * len(parts)
    for kept in store.arrays(name, place):
        c = place[kept.configuration]
        wanted = results.seed[trials[c]]  # ascending
        at = np.searchsorted(wanted, kept.seeds)
        is_wanted = (at < len(wanted)) & (wanted[at.clip(max=len(wanted) - 1)] == kept.seeds)
        n = int(np.count_nonzero(is_wanted))
        row[trials[c].start + at[is_wanted]] = n_rows[c] + np.arange(n)
        parts[c].append(kept.rows[is_wanted])
        n_rows[c] += n
    return tuple(
        np.concatenate([*mine, np.full((1, *shape), np.nan)])
        for mine, shape in zip(parts, shapes, strict=True)
    )
