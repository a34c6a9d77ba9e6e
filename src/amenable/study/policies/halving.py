"""`SuccessiveHalving`: many candidates with a short budget, the best of them with a longer one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from amenable import engine
from amenable.answers.ranking import costs
from amenable.answers.trial_table import TrialTable
from amenable.description import integer, settle
from amenable.encoding import budget, metric
from amenable.errors import DescriptionError
from amenable.formatting import plural
from amenable.population.keys import Configuration
from amenable.population.source import SPLITS, DataSummary
from amenable.space.candidate import Candidate
from amenable.study.policies.base import Policy
from amenable.study.policies.finished import Finished
from amenable.study.requests import TrialRequest

DIVERGED = engine.STATUSES.index("diverged")
MOST_RUNGS, MOST_REDUCTION = 12, 100
Score = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SuccessiveHalving(Policy):
    """A search: all candidates with a fraction of their budget, the best of them with more.

    A candidate's own budget, in epochs or steps, is that of the last rung; the rung before has
    1 / `reduction` of it, and so on down. Candidates enter the first rung in blocks, in the order
    in which they were drawn. When a block and the promotions beside it are finished, every rung
    promotes the best 1 / `reduction` of all that it has seen, as ASHA does, and the next block
    enters. In the end each rung that has promoted none promotes its best, so that something reaches
    the full budget. Candidates are ranked by the median over seeds of the validation metric
    (training where nothing is held out), a diverged seed being the worst; then by the steps taken.

    Parameters
    ----------
    rungs : int
        Budgets, at least 2.
    reduction : int
        At least 2: by how much a rung has fewer candidates, and a longer budget.
    seeds : int
        Of each candidate in each rung: 0 to n - 1.
    at_once : int
        Candidates in a block. As many as there are: plain successive halving, which promotes no one
        too early; fewer: the first full budgets are trained sooner.

    Raises
    ------
    DescriptionError
        If a field is out of range.

    Notes
    -----
    ASHA promotes whenever a worker is free, so its search depends on which trial ended first;
    blocks make it the same on every machine, at the price of waiting for the slowest trial of a
    block. A promoted candidate is trained from the start with the longer budget, under settings
    that name it ("epochs" or "steps"), as no optimizer's state is kept: half as much work again
    with a reduction of three. A rung whose epochs would be a fraction is counted in steps. More
    candidates behind the others change no promotion but those of the end.

    References
    ----------
    Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar 2020, "A System for
    Massively Parallel Hyperparameter Tuning", MLSys. Jamieson and Talwalkar 2016, AISTATS
    (successive halving).

    Examples
    --------
    >>> SuccessiveHalving().describe()
    '3 seeds each with 1/27 of the budget; the best third with 1/9, 1/3, all of it'
    """

    name: ClassVar[str] = "successive_halving"
    rungs: int = 4
    reduction: int = 3
    seeds: int = 3
    at_once: int = 256

    def __post_init__(self) -> None:
        owner = "SuccessiveHalving"
        settle(
            self,
            rungs=integer(f"{owner}.rungs", self.rungs, 2, MOST_RUNGS),
            reduction=integer(f"{owner}.reduction", self.reduction, 2, MOST_REDUCTION),
            seeds=integer(f"{owner}.seeds", self.seeds, 1, 10_000),
            at_once=integer(f"{owner}.at_once", self.at_once, self.reduction),
        )

    def requests(
        self, results: TrialTable, candidates: Sequence[Candidate]
    ) -> tuple[TrialRequest, ...]:
        """The trials of the turn that is not finished: promotions, and the next block."""
        finished, seeds = Finished(results), range(self.seeds)
        search = _Search(self, candidates, results.data)
        while turn := search.turn():
            asked = [search.candidate(rung, i) for rung, i in turn]
            wanted = [(it, finished.missing(it, seeds)) for it in asked]
            missing = tuple(TrialRequest(it, left) for it, left in wanted if len(left))
            if missing:
                return missing
            for (rung, i), it in zip(turn, asked, strict=True):
                search.ranks[rung].append((_score(finished, it, seeds), i))
        return ()

    def describe(self) -> str:
        """Seeds and budgets."""
        parts = [self.reduction**k for k in range(self.rungs - 1, 0, -1)]
        first, *others = (f"1/{it}" for it in parts)
        share = {2: "half", 3: "third"}.get(self.reduction, f"1/{self.reduction}")
        return (
            f"{plural(self.seeds, 'seed')} each with {first} of the budget; the best {share} with "
            f"{', '.join((*others, 'all of it'))}"
        )


@dataclass(slots=True)
class _Search:
    """A search as far as it is: who was ranked in which rung, and who was promoted."""

    policy: SuccessiveHalving
    candidates: Sequence[Candidate]
    data: DataSummary
    entered: int = 0
    ranks: list[list[tuple[Score, int]]] = field(init=False)
    promoted: list[set[int]] = field(init=False)
    _made: dict[tuple[int, int], Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ranks = [[] for _ in range(self.policy.rungs)]
        self.promoted = [set() for _ in range(self.policy.rungs)]

    def turn(self) -> list[tuple[int, int]]:
        """(rung, number) of all that is to be trained next; nothing when the search is over."""
        turn = self._promotions(least=0)
        block = range(self.entered, len(self.candidates))[: self.policy.at_once]
        self.entered += len(block)
        turn += [(0, i) for i in block]
        return turn or self._promotions(least=1)

    def _promotions(self, least: int) -> list[tuple[int, int]]:
        """The best of each rung that are not promoted yet; `least`, where none was, at least."""
        found = []
        for rung in range(self.policy.rungs - 1):
            ranked = sorted(self.ranks[rung])
            n = max(len(ranked) // self.policy.reduction, least)
            new = [i for _, i in ranked[:n] if i not in self.promoted[rung]]
            self.promoted[rung].update(new)
            found += [(rung + 1, i) for i in new]
        return found

    def candidate(self, rung: int, i: int) -> Candidate:
        """A candidate with the budget of a rung."""
        key = (rung, i)
        if key not in self._made:
            self._made[key] = _with_budget(self.candidates[i], rung, self.policy, self.data)
        return self._made[key]


def _with_budget(
    it: Candidate, rung: int, policy: SuccessiveHalving, data: DataSummary
) -> Candidate:
    training = it.configuration.training
    parts = policy.reduction ** (policy.rungs - 1)
    share = policy.reduction**rung / parts
    unit = "steps" if training.steps is not None else "epochs"
    full = training.steps or training.epochs or 1
    if rung < policy.rungs - 1 and unit == "epochs" and full < parts:
        unit, full = "steps", budget(training, data.n_training)
    if full < parts:
        raise DescriptionError(
            f"a budget of {plural(full, 'step')} is too short for {policy.rungs} "
            f"rungs, of which the first has 1/{parts}",
            where="SuccessiveHalving",
            hint="take fewer rungs, or more epochs or steps",
        )
    n = max(1, round(full * share))
    changes: dict[str, Any] = {"epochs": None, "steps": None, unit: n}
    others = {key: value for key, value in it.settings.items() if key not in changes}
    configuration = Configuration(it.configuration.network, replace(training, **changes))
    return Candidate({**others, unit: n}, configuration)


def _score(finished: Finished, it: Candidate, seeds: Sequence[int]) -> Score:
    """What candidates are ranked by; less is better."""
    results = finished.results
    places = finished.of_seeds(it, seeds)
    measured = results.final[places, SPLITS.index(results.data.chosen_on), 1]
    cost = costs(measured, metric(it.configuration.training, results.data.task))
    cost = np.where(results.status[places] == DIVERGED, math.inf, cost)
    return float(np.median(cost)), float(np.median(results.steps[places]))
