"""The contract of policies: which trials of a study are wanted next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from amenable.answers.trial_table import TrialTable
from amenable.description import Record, record_of
from amenable.space.candidate import Candidate
from amenable.study.requests import TrialRequest


class Policy(ABC):
    """How many seeds each candidate gets, and which candidates go on.

    Promises of every implementation, all of them frozen dataclasses:

    - `requests` is a function of the candidates and of the trials that are finished, never of the
      order in which they came or of what was asked for before. So a study that was killed goes on
      as if nothing had happened.
    - It asks for all that can be trained now, and for nothing that is there; when nothing is
      missing any more, and only then, it asks for nothing.
    - What else the study holds, other candidates or further seeds, changes nothing.
    - Where more candidates come behind the others, or a larger budget of seeds, what was decided
      among the first may change only where the docstring says so.
    """

    __slots__ = ()
    name: ClassVar[str]
    """In records and study files."""

    @abstractmethod
    def requests(
        self, results: TrialTable, candidates: Sequence[Candidate]
    ) -> tuple[TrialRequest, ...]:
        """The trials that are missing now.

        Parameters
        ----------
        results : TrialTable
            What is finished, of the whole study.
        candidates : sequence of Candidate
            All that the policy decides about, in the order in which they were drawn.

        Raises
        ------
        DescriptionError
            If the policy cannot decide about a candidate, such as for want of a goal.
        """

    @abstractmethod
    def describe(self) -> str:
        """In a few words, for the user: "32 seeds each"."""

    def to_dict(self) -> Record:
        """The policy as JSON knows it."""
        return {"kind": self.name, **self._record()}

    def _record(self) -> dict[str, Any]:
        return record_of(self)
