"""What to try next: a command that can be pasted. Pure functions of the findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amenable.cli.findings import SETTINGS, Findings, Row
from amenable.cli.request import Request
from amenable.training import METRICS, parse_goal

MANY_SEEDS = 100  # all of them solved: at least 96 %
NEW_WIDTHS = 4  # structures to try between two that were


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A command to run next, and what for."""

    purpose: str
    command: str


def suggestion(findings: Findings, request: Request, n_seeds: int) -> Suggestion | None:
    """The next command; None where there is nothing sensible left."""
    if findings.is_cancelled:
        return Suggestion("to finish it", request.command())
    if not findings.rows:
        return None
    if findings.goal is None:
        return _with_goal(findings, request)
    row = findings.smallest_reliable
    if row is None:
        return _larger(findings, request)
    if not row.network.hidden:
        return _harder(findings, request)
    return _narrower(findings, row, request, n_seeds)


def _kept(row: Row, findings: Findings) -> dict[str, Any]:
    """Options that pin all that varied, but for the structure, to what the row has."""
    activation = row.network.activation
    kept: dict[str, Any] = {} if activation == "none" else {"activation": (activation,)}
    for name in findings.varying:
        value = SETTINGS[name](row.training)
        kept[name] = (value if isinstance(value, float) else str(value),)
    return kept


def _typed_widths(hidden: Sequence[int]) -> str:
    return ",".join(map(str, hidden)) or "none"


def _with_goal(findings: Findings, request: Request) -> Suggestion | None:
    """What half of the best structure's seeds reached, as a goal for all."""
    row = findings.rows[0]
    if not math.isfinite(row.median):
        return None
    comparison = METRICS[findings.metric][0]
    rounded = math.floor if comparison == ">=" else math.ceil
    goal = f"{findings.split} {findings.metric} {comparison} {rounded(row.median * 1000) / 1000:g}"
    return Suggestion("to see how often each comes as far", request.command(solved=goal))


def _larger(findings: Findings, request: Request) -> Suggestion:
    """Wider and longer, from the best there is; or first of all in smaller steps."""
    row = findings.rows[0]
    if row.diverged > row.trials / 2:
        smaller = float(f"{row.training.optimizer.lr / 10:.3g}")
        return Suggestion("in smaller steps", request.command(lr=(smaller,)))
    hidden = row.network.hidden or (max(row.network.inputs, row.network.outputs),)
    wider = tuple(dict.fromkeys(_typed_widths([w * k for w in hidden]) for k in (1, 2, 4)))
    return Suggestion(
        "wider and three times as long",
        request.command(hidden=wider, **_kept(row, findings), **_longer(row)),
    )


def _longer(row: Row) -> dict[str, int | None]:
    if row.training.steps is not None:
        return {"steps": 3 * row.training.steps, "epochs": None}
    return {"epochs": 3 * (row.training.epochs or 1), "steps": None}


def _harder(findings: Findings, request: Request) -> Suggestion | None:
    """A goal halfway from here to the best that was seen."""
    goal = parse_goal(str(findings.goal))
    seen = [row.best for row in findings.rows if math.isfinite(row.best)]
    is_high = goal.comparison == ">="
    if goal.metric != findings.metric or goal.split != findings.split or not seen:
        return None
    best = max(seen) if is_high else min(seen)
    value = float(f"{(goal.value + best) / 2:.3g}")
    if not (goal.value < value if is_high else value < goal.value):
        return None
    harder = f"{findings.split} {goal.metric} {goal.comparison} {value:g}"
    return Suggestion("a harder goal", request.command(solved=harder))


def _narrower(findings: Findings, row: Row, request: Request, n_seeds: int) -> Suggestion | None:
    """Widths between the smallest reliable one and the next below, or more seeds."""
    hidden = row.network.hidden
    seeds = max(MANY_SEEDS, n_seeds)
    kept = _kept(row, findings)
    below = _next_below(findings, row)
    between = _between(below, hidden)
    if between:
        widths = tuple(map(_typed_widths, between))
        purpose = "to find the narrowest that is reliable"
        return Suggestion(purpose, request.command(hidden=widths, seeds=seeds, **kept))
    more = 10 * n_seeds if n_seeds >= MANY_SEEDS else MANY_SEEDS
    known = [it for it in (below, hidden) if it]
    widths = tuple(map(_typed_widths, known))
    return Suggestion(
        "to know the fractions better", request.command(hidden=widths, seeds=more, **kept)
    )


def _next_below(findings: Findings, row: Row) -> tuple[int, ...]:
    """The widest structure of that depth that was tried, is narrower and is not reliable."""
    own = _kept(row, findings)
    found = [
        it.network.hidden
        for it in findings.rows
        if len(it.network.hidden) == len(row.network.hidden)
        and _kept(it, findings) == own
        and not it.is_reliable
        and all(a <= b for a, b in zip(it.network.hidden, row.network.hidden, strict=True))
    ]
    return max(found, default=())


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
