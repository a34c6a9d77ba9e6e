"""`reliability`: whether enough seeds solve a problem, or whether more seeds are needed to tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from amenable.description import number
from amenable.description.fields import FRACTION
from amenable.formatting import limits, plural
from amenable.population.outcome import Fraction
from amenable.statistics.arguments import deviate

RELIABLE = 0.95
"""The share of seeds that must solve a problem for a structure to be called reliable."""

YES, NO, OPEN, LUCK = "reliable", "not reliable", "cannot be told", "luck"


@dataclass(frozen=True, slots=True)
class Reliability:
    """Whether a fraction reaches a share, as far as its trials can tell.

    Parameters
    ----------
    verdict : str
        "reliable" where the whole interval lies at or above the share, "not reliable" where it lies
        below, "cannot be told" where it does neither; "luck" where permuted targets are solved as
        often, whatever the share.
    found : Fraction
        What was measured.
    share : float
        What was asked for.
    needed : int
        Seeds that would show the share, if all of them solve the problem.
    """

    verdict: str
    found: Fraction
    share: float
    needed: int

    @property
    def is_reliable(self) -> bool:
        """Whether the trials show it."""
        return self.verdict == YES

    @property
    def needs_rows(self) -> bool:
        """Whether more seeds would not tell, since other rows might judge otherwise."""
        found = self.found
        if self.verdict != OPEN or found.by_seeds is None:
            return False
        return found.by_seeds.high < self.share or found.fraction >= self.share > found.low_by_rows

    def sentence(self, name: str, unit: str = "seed") -> str:
        """What was found of the structure of that name, and what follows, as one sentence."""
        n, solved = self.found.trials, self.found.successes
        said = f"{name} solves it with {solved:,} of {plural(n, unit)}"
        share = f"{100 * self.share:g} %"
        if self.needs_rows:
            return (
                f"{said} ({limits(*self.found.interval, n)}), and other rows might judge "
                f"otherwise: more rows, or an easier goal, would tell whether {share} or more would"
            )
        if self.verdict == OPEN and solved == n:
            return f"{said}; showing {share} takes {plural(self.needed, unit)}"
        said += f" ({limits(*self.found.interval, n)})"
        if self.verdict == LUCK:
            return (
                f"{said}, no more often than luck: networks reach the goal on shuffled targets too"
            )
        if self.verdict == OPEN:
            return f"{said}, too few to tell whether {share} or more would"
        return f"{said}, and is {'' if self.is_reliable else 'not '}reliable at {share}"


def reliability(
    found: Fraction,
    share: float = RELIABLE,
    *,
    control: Fraction | None = None,
    level: float = 0.95,
) -> Reliability:
    """Whether a fraction reaches a share, as far as its trials can tell.

    Parameters
    ----------
    found : Fraction
        Solved out of run, with its interval.
    share : float
        What is asked for, from 0 to 1.
    control : Fraction, optional
        The same of trainings on permuted targets. Where some of them solve the problem, a fraction
        that is not above the interval of this one is luck.
    level : float
        Coverage that `Reliability.needed` counts on: that of the interval.

    Raises
    ------
    DescriptionError
        If the share is none.

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=2000, goal="accuracy >= 1")
    >>> found = reliability(am.train(am.mlp(2, 16, 1), "xor", training, seeds=32).fraction())
    >>> found.verdict, found.needed
    ('cannot be told', 73)
    >>> found.sentence("2-16-1 tanh")
    '2-16-1 tanh solves it with 32 of 32 seeds; showing 95 % takes 73 seeds'
    """
    asked = number("share", share, FRACTION, "write 0.95 for 95 %")
    if control is not None and control.successes and found.fraction <= control.interval.high:
        verdict = LUCK
    elif found.interval.low >= asked:
        verdict = YES
    else:
        verdict = NO if found.interval.high < asked else OPEN
    return Reliability(verdict, found, asked, seeds_needed(asked, level))


def seeds_needed(share: float, level: float = 0.95) -> int:
    """Seeds of which all must solve a problem for Wilson's interval to lie at or above a share.

    Its lower limit is then n / (n + z^2).

    Examples
    --------
    >>> seeds_needed(0.95), seeds_needed(0.5)
    (73, 4)
    """
    z = deviate(level)
    return 1 if share == 0 else ceil(z * z * share / (1 - share)) if share < 1 else 0
