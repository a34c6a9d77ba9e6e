"""`UntilDecided`: more seeds until a fraction is known, or is clearly not the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from amenable.answers.trial_table import TrialTable
from amenable.description import Range, boolean, integer, number, settle
from amenable.errors import DescriptionError
from amenable.space.candidate import Candidate
from amenable.statistics import Interval
from amenable.statistics.sequences import sequence_limits
from amenable.study.policies.base import Policy
from amenable.study.policies.finished import Finished
from amenable.study.requests import TrialRequest

GROWTH = 1.5  # of the seeds from look to look: at most a third of the seeds come too late to matter
OPEN, KNOWN, WORSE, MOST = "open", "known", "worse", "most"
MOST_SEEDS = 10_000_000
BETWEEN = Range(0.0, 1.0, is_low_open=True, is_high_open=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """How far a candidate is.

    Parameters
    ----------
    candidate : Candidate
        Which.
    reason : str
        Why it stopped: "known", its interval is narrow enough; "worse", it is clearly worse than
        the best; "most", it has had all seeds. Or "open": it has not stopped.
    solved, seeds : int
        Solved out of the seeds that were looked at; 0 of 0 before the first look.
    interval : Interval
        Of the fraction, by `confidence_sequence`.
    """

    candidate: Candidate
    reason: str
    solved: int
    seeds: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class UntilDecided(Policy):
    """Seeds in rounds, until each candidate's fraction is known or clearly not the best.

    All candidates begin with `least` seeds. When all of them are there, those are stopped whose
    interval is no wider than `width`, and those whose fraction is clearly below another's; the
    others go on to half as many seeds again, up to `most`.

    Parameters
    ----------
    width : float or None
        Of an interval that is narrow enough, from limit to limit; None never is.
    least, most : int
        Seeds of the first look, and at most.
    level : float
        Coverage of the intervals, and one minus the chance of a wrong "worse".
    worse : bool
        Whether to stop what is clearly worse than the best.

    Raises
    ------
    DescriptionError
        If a field is out of range.

    Notes
    -----
    Intervals that are looked at repeatedly must be made for it. These are confidence sequences (see
    `amenable.statistics.confidence_sequence`): one holds at all looks at once with probability at
    least `level`, so that the interval a candidate stops with is right in that many cases. A
    candidate is worse when the whole of its interval is below that of another; for this each
    interval takes 1 / C of the error for C candidates (a union bound), so that with probability at
    least `level` no candidate at all is stopped that is as good as the best. Seeds are taken as
    independent draws from a fixed chance of being solved, which is what they are.

    With more candidates each look is more cautious, and a decision may be taken later than before.

    References
    ----------
    Robbins 1970, Annals of Mathematical Statistics 41:1397-1409. Howard, Ramdas, McAuliffe and
    Sekhon 2021, Annals of Statistics 49:1055-1080.

    Examples
    --------
    >>> UntilDecided(width=0.1).describe()
    '32 to 1,024 seeds each, until an interval is at most 0.1 wide or clearly below another'
    """

    name: ClassVar[str] = "until_decided"
    width: float | None = 0.1
    least: int = 32
    most: int = 1024
    level: float = 0.95
    worse: bool = True

    def __post_init__(self) -> None:
        if self.width is not None:
            settle(self, width=number("UntilDecided.width", self.width, BETWEEN))
        least = integer("UntilDecided.least", self.least, 1, MOST_SEEDS)
        most = integer("UntilDecided.most", self.most, 1, MOST_SEEDS)
        if least > most:
            raise DescriptionError(
                where="UntilDecided.least",
                expected=f"at most most={most}",
                got=str(least),
                hint="take fewer",
            )
        level = number("UntilDecided.level", self.level, BETWEEN)
        settle(self, least=least, most=most, level=level)
        settle(self, worse=boolean("UntilDecided.worse", self.worse))
        if self.width is None and not self.worse:
            raise DescriptionError(
                "expected a number where worse=False, or nothing would ever be decided",
                where="UntilDecided.width",
                hint="use FixedSeeds for that",
            )

    def requests(
        self, results: TrialTable, candidates: Sequence[Candidate]
    ) -> tuple[TrialRequest, ...]:
        """The seeds of the round that is not finished."""
        return self._look(results, candidates).missing

    def decisions(
        self, results: TrialTable, candidates: Sequence[Candidate]
    ) -> tuple[Decision, ...]:
        """How far each candidate is, by the last round that is finished.

        Parameters
        ----------
        results, candidates
            As for `requests`.
        """
        state = self._look(results, candidates)
        low, high = sequence_limits(state.solved, state.seeds, 1.0 - self.level)
        return tuple(
            Decision(it, reason, int(s), int(n), Interval(a, b))
            for it, reason, s, n, a, b in zip(
                candidates,
                state.reasons,
                state.solved,
                state.seeds,
                low.tolist(),
                high.tolist(),
                strict=True,
            )
        )

    def describe(self) -> str:
        """Seeds, and when they are enough."""
        when = [f"is at most {self.width:g} wide"] if self.width is not None else []
        when += ["clearly below another" if when else "is clearly below another"] * self.worse
        return f"{self.least:,} to {self.most:,} seeds each, until an interval {' or '.join(when)}"

    def _look(self, results: TrialTable, candidates: Sequence[Candidate]) -> _State:
        """All rounds that are finished, from the first; stops where a trial is missing."""
        for it in candidates:
            if it.configuration.training.goal is None:
                raise DescriptionError(
                    "counts solved seeds, but a training has no goal",
                    where="UntilDecided",
                    hint='add one, such as goal="accuracy >= 0.9"',
                )
        state = _State(len(candidates))
        finished = Finished(results)
        n = self.least
        while state.open:
            counts = [finished.solved(candidates[i], n) for i in state.open]
            if any(it is None for it in counts):
                state.missing = _missing(finished, candidates, state.open, counts, n)
                break
            state.solved[state.open] = np.array(counts, dtype=np.int64)
            state.seeds[state.open] = n
            self._decide(state, is_last=n == self.most)
            n = min(self.most, math.ceil(GROWTH * n))
        return state

    def _decide(self, state: _State, is_last: bool) -> None:
        """Stop those of which enough is known; the others stay open."""
        error = 1.0 - self.level
        low, high = sequence_limits(state.solved, state.seeds, error)
        at_least, at_most = sequence_limits(state.solved, state.seeds, error / len(low))
        best = at_least.max()
        for i in state.open:
            if self.worse and at_most[i] < best:
                state.reasons[i] = WORSE
            elif self.width is not None and high[i] - low[i] <= self.width:
                state.reasons[i] = KNOWN
            elif is_last:
                state.reasons[i] = MOST
        state.open = [i for i in state.open if state.reasons[i] == OPEN]


class _State:
    """Of every candidate, as rounds go by."""

    def __init__(self, n: int) -> None:
        self.open = list(range(n))
        self.reasons = [OPEN] * n
        self.solved: NDArray[np.int64] = np.zeros(n, dtype=np.int64)
        self.seeds: NDArray[np.int64] = np.zeros(n, dtype=np.int64)
        self.missing: tuple[TrialRequest, ...] = ()


def _missing(
    finished: Finished,
    candidates: Sequence[Candidate],
    numbers: Sequence[int],
    counts: Sequence[int | None],
    n: int,
) -> tuple[TrialRequest, ...]:
    seeds = range(n)
    wanted = (
        (candidates[i], finished.missing(candidates[i], seeds))
        for i, count in zip(numbers, counts, strict=True)
        if count is None
    )
    return tuple(TrialRequest(it, missing) for it, missing in wanted)
