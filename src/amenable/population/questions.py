"""What may be asked of trials, whoever holds them: a population, a study, or a table of trials.

Each method is the function of that name in `amenable.answers`, asked of the holder's trials; what
it takes, returns and refuses is explained there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amenable.answers import (
        Comparison,
        Comparisons,
        Distribution,
        Effects,
        Frontier,
        Smallest,
        Summary,
        TrialTable,
    )


class Questions(ABC):
    """The answers that trials give."""

    __slots__ = ()

    @abstractmethod
    def table(self) -> TrialTable:
        """The trials as a table; see `amenable.answers.TrialTable`."""

    def summary(self, by: str | Sequence[str] | None = None, level: float = 0.95) -> Summary:
        """How many trials solved the problem, and how fast; see `amenable.answers.summary`."""
        from amenable import answers

        return answers.summary(self.table(), by, level)

    def compare(
        self, setting: str, first: object, second: object, level: float = 0.95
    ) -> Comparison:
        """Two values of a setting, all else equal; see `amenable.answers.compare`."""
        from amenable import answers

        return answers.compare(self.table(), setting, first, second, level)

    def comparisons(self, level: float = 0.95) -> Comparisons:
        """All pairs of values of all settings; see `amenable.answers.comparisons`."""
        from amenable import answers

        return answers.comparisons(self.table(), level)

    def distribution(
        self,
        by: str | Sequence[str] = (),
        of: str = "metric",
        split: str | None = None,
        level: float = 0.95,
    ) -> Distribution:
        """How losses or metrics are spread; see `amenable.answers.distribution`."""
        from amenable import answers

        return answers.distribution(self.table(), by, of, split, level)

    def effects(self, bins: int | None = None, level: float = 0.95) -> Effects:
        """What each setting does to the fraction solved; see `amenable.answers.effects`."""
        from amenable import answers

        return answers.effects(self.table(), bins, level)

    def smallest(self, fraction: float = 0.95, level: float = 0.95) -> Smallest:
        """The smallest structure that is reliable; see `amenable.answers.smallest`."""
        from amenable import answers

        return answers.smallest(self.table(), fraction, level)

    def frontier(self, cost: str = "training", level: float = 0.95) -> Frontier:
        """Cost against the fraction solved; see `amenable.answers.frontier`."""
        from amenable import answers

        return answers.frontier(self.table(), cost, level)
