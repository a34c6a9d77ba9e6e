"""What to try next, as arguments of a further sweep. Nothing that was asked for is dropped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.answers import RELIABLE, SummaryRow
from amenable.answers.judging import rows_error
from amenable.answers.reliability import LUCK
from amenable.population.keys import Configuration, value_of
from amenable.population.source import SPLITS
from amenable.statistics import quantiles
from amenable.sweep.layout import OF_STRUCTURE
from amenable.sweep.words import is_reliable, may_be_reliable, needs_rows, seeds_that_tell, verdict
from amenable.training import METRICS, parse_goal

if TYPE_CHECKING:
    from amenable.sweep.sweep import Sweep

MANY_SEEDS = 100  # all of them at the goal: at least 96 %
NEW_WIDTHS = 4  # structures to try between two that were
EASIER, HARDER = 0.75, 0.5
"""Share of the networks that a goal is to leave below it, where none reached it or all did."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to run next, and what for.

    Parameters
    ----------
    purpose : str
        In a few words.
    changes : mapping of str to value
        Arguments of `amenable.sweep` that are other ones, or pinned.
    """

    purpose: str
    changes: Mapping[str, Any]


def suggestion(found: Sweep) -> Suggestion | None:
    """The next sweep; None where there is nothing sensible left."""
    if found.is_interrupted:
        return Suggestion("to finish it", {})
    rows = found.table.rows
    if not rows or found.plan is None:
        return None
    goal = found.table.goal
    if goal is None:
        return _with_goal(found)
    if goal == "several":
        return None
    if len(rows) > 1 and all(row.fraction == 0 for row in rows):
        easier = _told_apart_by(found, EASIER)
        if easier is not None:
            return easier
    if verdict(found, rows[0]) == LUCK:
        return None
    row = _leader(found, rows)
    if row is None and not needs_rows(found, rows[0]):
        return _larger(found, rows[0])
    if row is None or needs_rows(found, row):
        return _more_margin(found, row or rows[0])
    if all(it.fraction == 1 for it in rows) or not row.network.hidden:
        harder = _told_apart_by(found, HARDER)
        return harder if harder is not None or len(rows) == 1 else _more_seeds(found, [row])
    return _narrower(found, row)


def _leader(found: Sweep, rows: Sequence[SummaryRow]) -> SummaryRow | None:
    """The smallest row that is reliable, or may be."""
    ordered = sorted(rows, key=lambda row: (row.parameters, -row.fraction))
    return next(
        (it for it in ordered if is_reliable(found, it) or may_be_reliable(found, it)), None
    )


def _pinned(found: Sweep, row: SummaryRow) -> dict[str, Any]:
    """All that varied, but for the structure, as the row has it; budget and goal in any case."""
    it = _configuration(found, row)
    pinned: dict[str, Any] = {}
    if row.network.activation not in ("none", "mixed") and "network" not in found.table.names:
        pinned["activation"] = row.network.activation
    for name in found.table.names:
        if name not in (*OF_STRUCTURE, "network", "goal"):
            pinned[name] = value_of(it, name, found.data.task)
    if found.plan is not None and found.plan.draws is not None:
        pinned |= {"draws": None, "method": None}  # nothing is left to draw
    return pinned | _budget(it) | {"goal": found.table.goal}


def _budget(it: Configuration, times: int = 1) -> dict[str, int]:
    if it.training.steps is not None:
        return {"steps": times * it.training.steps}
    return {"epochs": times * (it.training.epochs or 1)}


def _configuration(found: Sweep, row: SummaryRow) -> Configuration:
    return found.trials.configurations[found.trials.ids.index(row.configurations[0])]


def _with_goal(found: Sweep) -> Suggestion | None:
    """What half of the best structure's networks reached, as a goal for all."""
    row = found.table.rows[0]
    if found.goal_reason:  # there is none because nothing can be told from guessing
        return None
    if not math.isfinite(row.median) or found.table.metric not in METRICS:
        return None
    goal = _goal(found.table.split, found.table.metric, row.median)
    budget = _budget(_configuration(found, row))
    return Suggestion("to see how often each structure gets this far", {"goal": goal, **budget})


def _goal(split: str, metric: str, value: float) -> str:
    """A goal that the value just meets, in three decimals."""
    comparison = METRICS[metric][0]
    rounded = math.floor if comparison == ">=" else math.ceil
    return f"{split} {metric} {comparison} {rounded(value * 1000 + 1e-9) / 1000:g}"


def _told_apart_by(found: Sweep, share: float) -> Suggestion | None:
    """A goal that so large a share of the networks misses; None where it would be the same."""
    goal = parse_goal(str(found.table.goal))
    split = goal.split or found.table.split
    if goal.metric != found.table.metric or split not in SPLITS:
        return None
    is_high = goal.comparison == ">="
    values = found.trials.final[:, SPLITS.index(split), 1]
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    (value,) = quantiles(values, (share if is_high else 1 - share,)).tolist()
    new = parse_goal(_goal(split, goal.metric, value))
    is_other = new.value > goal.value if is_high == (share == HARDER) else new.value < goal.value
    if not is_other:
        return None
    kind = "harder" if share == HARDER else "easier"
    budget = _budget(found.trials.configurations[0]) if found.has_one_budget else {}
    return Suggestion(
        f"with a{'n' if kind == 'easier' else ''} {kind} goal, which tells them apart",
        {"goal": str(new), **budget},
    )


def _larger(found: Sweep, row: SummaryRow) -> Suggestion:
    """Wider and longer than the best so far; first of all with a smaller learning rate."""
    it = _configuration(found, row)
    if row.diverged > row.trials / 2:
        smaller = float(f"{it.training.optimizer.lr / 10:.3g}")
        return Suggestion("with a smaller learning rate", {**_pinned(found, row), "lr": smaller})
    changes = _pinned(found, row) | _budget(it, 3)
    if "network" in found.table.names:
        return Suggestion("with three times the budget", changes)
    hidden = row.network.hidden or (max(row.network.inputs, row.network.outputs),)
    wider = list(dict.fromkeys(tuple(width * k for width in hidden) for k in (1, 2, 4)))
    return Suggestion(
        "with wider networks and three times the budget", {"hidden": wider, **changes}
    )


def _narrower(found: Sweep, row: SummaryRow) -> Suggestion | None:
    """Widths between the smallest that is reliable and the next below, or more seeds."""
    if "network" in found.table.names:
        return _more_seeds(found, [row])
    below = _next_below(found, row)
    between = _between(below.network.hidden if below else (), row.network.hidden)
    if between and not may_be_reliable(found, row):
        seeds = max(MANY_SEEDS, found.n_seeds)
        return Suggestion(
            "to find the narrowest reliable structure",
            {"hidden": between, "seeds": seeds, **_pinned(found, row)},
        )
    return _more_seeds(found, [it for it in (below, row) if it is not None])


def _more_seeds(found: Sweep, rows: Sequence[SummaryRow]) -> Suggestion:
    """As many as would tell, or ten times as many."""
    row = rows[-1]
    enough = seeds_that_tell(row) if may_be_reliable(found, row) else None
    n = found.n_seeds
    seeds = 10 * n if n >= MANY_SEEDS and enough is None else max(MANY_SEEDS, enough or 0)
    hidden = (
        {} if "network" in found.table.names else {"hidden": [it.network.hidden for it in rows]}
    )
    purpose = "to show whether it is reliable" if enough else "for narrower intervals"
    return Suggestion(purpose, {**hidden, "seeds": seeds, **_pinned(found, row)})


def _more_margin(found: Sweep, row: SummaryRow) -> Suggestion:
    """A goal so far below this one that chance in the rows would not hide who reaches it.

    For all structures, where none is known to be the one.
    """
    goal = parse_goal(str(found.table.goal))
    error = rows_error(_configuration(found, row).training, found.data)
    sign = 1 if goal.comparison == ">=" else -1
    easier = _goal(goal.split or found.table.split, goal.metric, goal.value - sign * 2 * error.one)
    changes = {"hidden": [row.network.hidden]} if "network" not in found.table.names else {}
    purpose = "with a goal that so few rows can show"
    if row.fraction < RELIABLE and found.has_one_budget:
        return Suggestion(purpose, _budget(_configuration(found, row)) | {"goal": easier})
    seeds = max(MANY_SEEDS, found.n_seeds)
    return Suggestion(purpose, {**changes, **_pinned(found, row), "goal": easier, "seeds": seeds})


def _next_below(found: Sweep, row: SummaryRow) -> SummaryRow | None:
    """The widest structure of that depth that was tried, is narrower and is not reliable."""
    own = _pinned(found, row)
    narrower = [
        it
        for it in found.table.rows
        if len(it.network.hidden) == len(row.network.hidden)
        and _pinned(found, it) == own
        and not is_reliable(found, it)
        and it.network.hidden != row.network.hidden
        and all(a <= b for a, b in zip(it.network.hidden, row.network.hidden, strict=True))
    ]
    return max(narrower, key=lambda it: it.network.hidden, default=None)


def _between(low: Sequence[int], high: Sequence[int]) -> list[tuple[int, ...]]:
    """Some structures strictly between two of one depth; from nothing if there is none below."""
    start = tuple(low) or (0,) * len(high)
    widest = max(b - a for a, b in zip(start, high, strict=True))
    n = min(NEW_WIDTHS, widest - 1)
    steps = [k / (n + 1) for k in range(1, n + 1)]
    structures = [
        tuple(max(1, round(a + (b - a) * t)) for a, b in zip(start, high, strict=True))
        for t in steps
    ]
    return [it for it in dict.fromkeys(structures) if it not in (tuple(high), tuple(low))]
