"""All answers of a study, and of each that cannot be had the reason. No HTML."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from amenable.answers import (
    Comparisons,
    Effects,
    Frontier,
    Smallest,
    Summary,
    comparisons,
    effects,
    summary,
)
from amenable.answers.comparing import LEVEL
from amenable.answers.effects import share_text
from amenable.answers.frontier import frontier_of, smallest_of
from amenable.answers.selection import finished
from amenable.answers.summary import NUMBERS, in_a_sentence
from amenable.answers.trial_table import TrialTable
from amenable.errors import DataError, DescriptionError
from amenable.formatting import amount, join, percent, plural
from amenable.population import Population
from amenable.sweep import Sweep
from amenable.training import describe_goal, parse_goal

T = TypeVar("T")

ASKED = (0.5, 0.75, 0.9, 0.95, 0.99)  # fractions for which the smallest structure is named
MOST_IN_JSON = 5000  # configurations whose numbers the page carries: a megabyte or two
NO_GOAL = "There is no goal, so no network counts as solving the problem; they are compared by"


@dataclass(frozen=True, slots=True)
class Subject:
    """A study, as far as a page tells of it.

    Parameters
    ----------
    name : str
        What to call it, such as the name of its file.
    results : TrialTable
        Its finished trials.
    planned : int or None
        How many trials it will have; None if that is not known.
    is_complete : bool
        Whether nothing is missing: a policy may come to want more than is planned.
    facts : mapping of str to str
        What else is known, by a word or two: "Training time" to "3 min".
    population : Population or None
        With the weights that were kept, for pictures of networks.
    sweep : Sweep or None
        The same trials with the baselines and the control that the file has.
    """

    name: str
    results: TrialTable
    planned: int | None = None
    is_complete: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)
    population: Population | None = None
    sweep: Sweep | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether trials are missing."""
        is_short = self.planned is not None and len(self.results.seed) < self.planned
        return is_short or not self.is_complete


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a page says.

    Parameters
    ----------
    subject : Subject
        The study.
    table : Summary
        A row for each configuration, best first.
    smallest : tuple of Smallest
        For several fractions; empty without a goal.
    comparisons, effects, frontier
        None where they cannot be had.
    reasons : mapping of str to str
        For those that cannot, why.
    """

    subject: Subject
    table: Summary
    smallest: tuple[Smallest, ...]
    comparisons: Comparisons | None
    effects: Effects | None
    frontier: Frontier | None
    reasons: Mapping[str, str]

    @property
    def has_goal(self) -> bool:
        """Whether fractions can be had."""
        return self.table.goal is not None and bool(self.table.rows)

    @property
    def state(self) -> str:
        """How far the study is, in a sentence."""
        n, it = len(self.subject.results.seed), self.subject
        rows = plural(len(self.table.rows), "configuration")
        if not n:
            return "No trial is finished yet."
        if it.is_unfinished:
            known = it.planned is not None and n < it.planned
            share = f" of {it.planned:,}" if known else ""
            return (
                f"Unfinished: {n:,}{share} trials of {rows} are done. The numbers below will still "
                "change."
            )
        return f"{plural(n, 'trial')} of {rows}."

    @property
    def overall(self) -> str:
        """What share of all networks solve the problem."""
        if not self.table.rows:
            return ""
        if not self.has_goal:
            return f"{NO_GOAL} their {self._measure} when training ends."
        solved = sum(row.found.successes for row in self.table.rows if row.found)
        n = self.table.n_trials
        asked = "goals differ" if self.table.goal == "several" else f"goal: {self._goal}"
        return f"{percent(solved / n, n)} % of all networks solve the problem ({asked})."

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a sweep would say of the trials."""
        sweep = self.subject.sweep or Sweep(self.subject.results)
        return sweep.sentences if self.table.rows else ()

    @property
    def caution(self) -> str:
        """What a search does to fractions, where it was one."""
        if self.effects is None or not self.effects.remarks:
            return ""
        return (
            "Configurations that did well were trained longer, which flatters their fractions: "
            "train the one you choose again, with fresh seeds."
        )

    @property
    def cheapest(self) -> str:
        """Which takes the least work until a network solves the problem."""
        able = [row for row in self.table.rows if row.per_solved < math.inf]
        if not able:
            return ""
        row = min(able, key=lambda it: it.per_solved)
        named = in_a_sentence(self.table.names, row)
        return (
            f"The cheapest way to a network that solves the problem is {named}: "
            f"{amount(row.per_solved)} multiply-adds of training on average, if seeds are tried "
            "one by one until one succeeds."
        )

    @property
    def _goal(self) -> str:
        """The goal with the split that it is judged on."""
        said = describe_goal(str(self.table.goal))
        has_split = parse_goal(str(self.table.goal)).split is not None
        return said if has_split else f"{self.table.split} {said}"

    @property
    def _measure(self) -> str:
        return f"{self.table.split} {self.table.metric}"

    def to_json(self) -> str:
        """All numbers, for programs."""
        rows = [
            {"settings": dict(zip(self.table.names, row.settings, strict=True))}
            | {"structure": row.network.structure}
            | {name: _plain(of(row)) for name, of in NUMBERS.items()}
            for row in self.table.rows[:MOST_IN_JSON]
        ]
        record = {
            "study": self.subject.name,
            "data": self.subject.results.data.name,
            "goal": self.table.goal,
            "metric": self.table.metric,
            "split": self.table.split,
            "trials": self.table.n_trials,
            "n_configurations": len(self.table.rows),
            "configurations": rows,
            "comparisons": [_comparison(it) for it in self.comparisons.all]
            if self.comparisons
            else [],
            "effects": _terms(self.effects),
        }
        return json.dumps(record, ensure_ascii=True, allow_nan=False, default=str)


def contents(subject: Subject, level: float = 0.95) -> Contents:
    """Ask a study everything.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> networks = [am.mlp(2, width, 1) for width in (1, 8)]
    >>> training = am.Training(epochs=100, goal="accuracy >= 1")
    >>> population = am.train(networks, "xor", training, seeds=16, progress=False)
    >>> found = contents(Subject("xor.study", table_of(population)))
    >>> found.state
    '32 trials of 2 configurations.'
    """
    results = finished(subject.results)
    rows = summary(results, level=level)
    reasons: dict[str, str] = {}

    def asked(name: str, answer: Callable[[], T]) -> T | None:
        if not rows.rows:
            reasons[name] = "No trial is finished."
        elif rows.goal is None:
            reasons[name] = f"{NO_GOAL} their {rows.split} {rows.metric}."
        elif name in ("comparisons", "effects", "frontier") and len(rows.rows) == 1:
            reasons[name] = "There is only one configuration, so there is nothing to compare."
        else:
            try:
                return answer()
            except (DataError, DescriptionError) as error:
                reasons[name] = str(error)
        return None

    small = asked("smallest", lambda: tuple(smallest_of(rows, fraction) for fraction in ASKED))
    return Contents(
        subject=subject,
        table=rows,
        smallest=small or (),
        comparisons=asked("comparisons", lambda: comparisons(results, level)),
        effects=asked("effects", lambda: effects(results, level=level)),
        frontier=asked("frontier", lambda: frontier_of(rows, level=level)),
        reasons=reasons,
    )


def strongest(found: Effects | None) -> str:
    """Which setting matters most, in a sentence; nothing where none does."""
    if found is None or not found.found.main:
        return ""
    main = found.found.main
    beyond = [it for it in main if it.p_value < LEVEL]
    if not beyond:
        return "No setting has an effect on the fraction solved beyond chance."
    rest = [it.names[0] for it in main if it.p_value >= LEVEL]
    others = f" No effect of {join(rest, 'or')} is beyond chance." if rest else ""
    share = f"{share_text(beyond[0].share)} of the differences between configurations"
    return f"What matters most is {beyond[0].names[0]}: it explains {share}.{others}"


def seeds_said(results: TrialTable) -> str:
    """How many seeds each configuration has."""
    n = np.bincount(results.configuration, minlength=len(results.ids))
    n = n[n > 0]
    if not n.size:
        return "none"
    if n.min() == n.max():
        return f"{n[0]:,} each"
    return f"{n.min():,} to {n.max():,}, {n.mean():,.0f} on average"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _comparison(it: Any) -> dict[str, Any]:
    return {
        "setting": it.setting,
        "first": it.first,
        "second": it.second,
        "difference": it.found.difference,
        "interval": list(it.found.interval),
        "pairs": it.found.pairs,
        "seeds": it.found.clusters,
        "only_first": it.found.only_first,
        "only_second": it.found.only_second,
        "p_corrected": it.p_value,
    }


def _terms(found: Effects | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {
            "settings": list(term.names),
            "levels": list(found.labels(term)),
            "effect": term.effect.tolist(),
            "low": term.low.tolist(),
            "high": term.high.tolist(),
            "share": term.share,
            "p_corrected": term.p_value,
        }
        for term in (*found.found.main, *found.found.interactions)
    ]
