"""`TrialRequest`: a candidate, and the seeds with which it is to be trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amenable.space.candidate import Candidate


@dataclass(frozen=True, slots=True, eq=False)
class TrialRequest:
    """Trials that are wanted: a candidate with some seeds, in ascending order."""

    candidate: Candidate
    seeds: Sequence[int]
