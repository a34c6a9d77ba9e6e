"""What each setting does to the fraction solved, and which two settings do more than add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from amenable.answers.comparing import LEVEL, points, signed
from amenable.answers.eligibility import chosen, first_rung, is_whole, without_twins
from amenable.answers.factors import ABSENT, Factor, factors
from amenable.answers.selection import finished
from amenable.answers.trial_table import TrialTable
from amenable.description import integer
from amenable.errors import DataError
from amenable.formatting import join, probability
from amenable.population.outcome import check_goals
from amenable.statistics import Factorial, Term, factorial


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The fraction solved, taken apart by settings.

    Parameters
    ----------
    factors : mapping of str to Factor
        Settings by name, continuous ones in bins.
    found : Factorial
        Mean, main effects and interactions.
    n_configurations, n_trials : int
        How many took part.
    skipped : mapping of str to str
        Settings that took no part, with the reason.
    remarks : tuple of str
        What was left out besides, in sentences.
    level : float
        Coverage of the intervals.
    """

    factors: Mapping[str, Factor]
    found: Factorial
    n_configurations: int
    n_trials: int
    skipped: Mapping[str, str]
    remarks: tuple[str, ...]
    level: float

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence for each setting, the one that matters most first."""
        return tuple(self.said(term) for term in self.found.main)

    def labels(self, term: Term) -> tuple[str, ...]:
        """The levels of a term in words."""
        known = [self.factors[name].labels for name in term.names]
        return tuple(
            " with ".join(labels[code] for labels, code in zip(known, codes, strict=True))
            for codes in term.levels.tolist()
        )

    def said(self, term: Term) -> str:
        """A term in a sentence."""
        name, labels = " with ".join(term.names), self.labels(term)
        p = probability(term.p_value)
        if term.p_value >= LEVEL:
            return f"{name}: no effect beyond chance ({p})."
        share = f"{share_text(term.share)} of the differences between configurations"
        high, low = int(np.argmax(term.effect)), int(np.argmin(term.effect))
        if len(term.names) == 1:
            best, worst = (self._against(term, labels, i) for i in (high, low))
            return (
                f"{name}: networks solve the problem most often with {best}, least often with "
                f"{worst}, in points above or below the mean; this explains {share} ({p})."
            )
        most = high if abs(term.effect[high]) >= abs(term.effect[low]) else low
        sign, verb = (1, "more") if term.effect[most] > 0 else (-1, "less")
        size = points(sign * float(term.effect[most]))
        limits = sorted((sign * float(term.low[most]), sign * float(term.high[most])))
        return (
            f"{name}: for {labels[most]}, networks solve the problem {size} points {verb} often "
            f"({points(limits[0])} to {points(limits[1])}) than the two effects add up to; this "
            f"explains {share} ({p})."
        )

    def _against(self, term: Term, labels: Sequence[str], i: int) -> str:
        limits = f"{signed(float(term.low[i]))} to {signed(float(term.high[i]))}"
        return f"{labels[i]} ({signed(float(term.effect[i]))}, {limits})"

    @property
    def caption(self) -> str:
        """What a picture of the main effects shows and what it cannot show."""
        beyond = [it.names[0] for it in self.found.main if it.p_value < LEVEL]
        said = f"Beyond chance are those of {join(beyond)}" if beyond else "None is beyond chance"
        widest = max((float(np.max(it.high - it.low)) for it in self.found.main), default=0.0)
        return (
            f"Effect of each setting on the fraction of {self.n_trials:,} trials solved, averaged "
            f"over all else, with {100 * self.level:.0f} % intervals (the widest spans "
            f"{points(widest)} points). In brackets: what each explains of the variance between "
            f"configurations. {said}. An average says nothing of single configurations, nor of "
            "settings that only work together."
        )

    @property
    def model(self) -> str:
        """What was done, for a reader who wants to judge it."""
        chance = (
            "These are all combinations of the settings, so chance is in the seeds alone"
            if self.found.is_whole
            else "The configurations are a sample of many: what the effects do not explain "
            "counts as chance too"
        )
        is_partial = any(np.any(it.codes == ABSENT) for it in self.factors.values())
        among = (
            "; a setting that only some configurations have is compared among those"
            if is_partial
            else ""
        )
        return (
            "Least squares split the fraction solved into a mean, an effect of each setting and an "
            "effect of each pair of settings, with equal weight for every configuration "
            "(functional analysis of variance, Hooker 2007). An effect is in percentage points, "
            f"averaged over all else{among}. {chance}. Each {100 * self.level:.0f} % interval "
            "holds for itself and allows for what trials of one seed have in common. p-values "
            "(Brunner, Dette and Munk 1997) are corrected for the number of effects, and those of "
            "pairs for the number of pairs (Holm 1979)."
        )


def share_text(share: float) -> str:
    """A share in per cent: "54 %", "under 1 %"."""
    return f"{100 * share:.0f} %" if share >= 0.01 else "under 1 %"


def effects(results: TrialTable, bins: int | None = None, level: float = 0.95) -> Effects:
    """Main effects of each setting and interactions of each pair on the fraction solved.

    Parameters
    ----------
    results : TrialTable
        Of trainings with a goal.
    bins : int, optional
        How many bins of as many configurations each a setting with many different numbers is cut
        into; by default up to five, fewer where there are few configurations.
    level : float
        Coverage of the intervals, each for itself.

    Returns
    -------
    Effects
        See `amenable.statistics.factorial` for the model. Where configurations were promoted to
        longer budgets, only the shortest counts: those that went on are a choice of the best.

    Raises
    ------
    DescriptionError
        If a training has no goal.
    DataError
        If nothing varies, or there are too few configurations for so many settings.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.answers import table_of
    >>> pairs = [(width, name) for width in (1, 8) for name in ("tanh", "relu")]
    >>> networks = [am.mlp(2, width, 1, activation=name) for width, name in pairs]
    >>> training = am.Training(epochs=50, goal="accuracy >= 0.9")
    >>> found = effects(table_of(am.train(networks, "moons", training, seeds=16)))
    >>> found.found.main[0].names, len(found.found.interactions)
    (('structure',), 1)
    """
    if bins is not None:
        integer("bins", bins, 2)
    results = finished(results)
    check_goals("effects", [it.training for it in results.configurations])
    results, remarks = first_rung(results)
    varying = factors(results)
    if not varying:
        raise DataError(
            where="settings", expected="one that varies", got="none", hint="vary one in the space"
        )
    known, twins = without_twins(varying)
    whole = is_whole(known)
    taken, skipped = chosen(known, bins, whole)
    found = factorial(
        {it.name: it.codes for it in taken},
        results.configuration,
        results.units,
        results.solved,
        is_whole=whole,
        level=level,
    )
    return Effects(
        factors={it.name: it for it in taken},
        found=found,
        n_configurations=len(results.ids),
        n_trials=len(results.seed),
        skipped={**twins, **skipped, **found.aliased},
        remarks=remarks,
        level=level,
    )
