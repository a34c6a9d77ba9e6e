"""`FixedSeeds`: every candidate with the same seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from amenable.answers.trial_table import TrialTable
from amenable.description import settle
from amenable.errors import DescriptionError
from amenable.formatting import plural
from amenable.population.checks import as_seeds
from amenable.space.candidate import Candidate
from amenable.study.policies.base import Policy
from amenable.study.policies.finished import Finished
from amenable.study.requests import TrialRequest

SEEDS = 32  # a fraction of half is then known to about 0.17 either way
MOST_SEEDS = 2**63  # a store keeps them as SQLite's integers
LISTED = 10_000_000  # a longer list would fill memory


@dataclass(frozen=True, slots=True)
class FixedSeeds(Policy):
    """Every candidate with the same seeds.

    Parameters
    ----------
    seeds : int, or several
        Different integers from 0 to 2**63 - 1; a number n means 0 to n - 1.

    Raises
    ------
    DescriptionError
        If they are not.

    Examples
    --------
    >>> FixedSeeds(100).describe()
    '100 seeds each'
    """

    name: ClassVar[str] = "fixed_seeds"
    seeds: Sequence[int] = range(SEEDS)

    if TYPE_CHECKING:  # what may be given, which is more than what is kept

        def __init__(self, seeds: int | Iterable[int] = SEEDS) -> None: ...

    def __post_init__(self) -> None:
        settle(self, seeds=_seeds(self.seeds))

    def requests(
        self, results: TrialTable, candidates: Sequence[Candidate]
    ) -> tuple[TrialRequest, ...]:
        """All seeds of all candidates, without those that are there."""
        finished = Finished(results)
        wanted = ((it, finished.missing(it, self.seeds)) for it in candidates)
        return tuple(TrialRequest(it, missing) for it, missing in wanted if len(missing))

    def describe(self) -> str:
        """How many."""
        return f"{plural(len(self.seeds), 'seed')} each"

    def _record(self) -> dict[str, Any]:
        is_plain = isinstance(self.seeds, range) and self.seeds == range(len(self.seeds))
        return {"seeds": len(self.seeds) if is_plain else list(self.seeds)}


def _seeds(given: Any) -> Sequence[int]:
    """Ascending; as a range where that says the same."""
    if isinstance(given, range) and given.step > 0 and given.start >= 0 and len(given):
        found: Sequence[int] = given
    elif isinstance(given, int) and not isinstance(given, bool) and given > 0:
        found = range(given)
    else:
        found = tuple(sorted(as_seeds(given)))
    if found[-1] >= MOST_SEEDS or len(found) > LISTED:
        raise DescriptionError(
            where="seeds",
            expected=f"at most {LISTED:,} integers from 0 to 2**63 - 1",
            got=f"{len(found):,} up to {found[-1]}",
            hint="take fewer",
        )
    return found
