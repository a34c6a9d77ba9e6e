"""Which settings and configurations take part in main effects, and in what form.

A grid is taken as it is; numbers that were drawn go into bins; what repeats another setting, or
hardly occurs twice, is left out, and so is what successive halving chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

import numpy as np

from amenable.answers.factors import ABSENT, MOST_BINS, Factor, binned, factors, totals
from amenable.answers.selection import only
from amenable.answers.trial_table import TrialTable
from amenable.statistics.factorial import SPARE

FEWEST_BINS = 2
BUDGETS = ("epochs", "steps")  # settings by which successive halving promotes


def is_whole(known: Sequence[Factor]) -> bool:
    """Whether the configurations are all combinations of levels.

    A setting that not all have, as an optimizer's momentum, counts where it is had.
    """
    codes = np.stack([it.codes for it in known])
    is_shared = np.array([bool(np.all(row != ABSENT)) for row in codes])
    shared, place = np.unique(codes[is_shared], axis=1, return_inverse=True)
    if not is_shared.any() or any(it.is_continuous for it in known):
        return False
    if shared.shape[1] != prod(len(np.unique(row)) for row in codes[is_shared]):
        return False
    place = place.reshape(-1)
    for group in range(shared.shape[1]):
        inside = codes[~is_shared][:, place == group]
        # each setting is had by all of them with all its levels, or by none
        levels = [set(row.tolist()) for row in inside]
        owners = [set(row[row != ABSENT].tolist()) for row in codes[~is_shared]]
        if any(it not in ({ABSENT}, every) for it, every in zip(levels, owners, strict=True)):
            return False
        if inside.shape[1] != prod(map(len, levels)):
            return False
    return True


def without_twins(known: Sequence[Factor]) -> tuple[list[Factor], dict[str, str]]:
    """The settings without those that only repeat another, as a rate chosen for each optimizer."""
    kept: list[Factor] = []
    twins: dict[str, str] = {}
    for it in known:
        for other in kept:
            pairs = len(np.unique(np.stack([it.codes, other.codes]), axis=1).T)
            levels = len(np.unique(it.codes)), len(np.unique(other.codes))
            if levels == (pairs, pairs) and 2 * pairs <= len(it.codes):
                twins[it.name] = f"goes with {other.name}"
                break
        else:
            kept.append(it)
    return kept, twins


def chosen(
    known: Sequence[Factor], bins: int | None, whole: bool
) -> tuple[list[Factor], dict[str, str]]:
    """The settings that take part, in bins where they must be, and why others do not."""
    n, skipped = len(known[0].codes), {}
    kept: list[Factor] = []
    for it in known:
        if it.is_numeric or not _is_rare(it, whole):
            kept.append(it)
        elif (by_total := totals(it)) is not None:
            kept.append(by_total)
        else:
            skipped[it.name] = f"has {len(it.values)} values in {n} configurations"
    counts = [bins] if bins else list(range(MOST_BINS, FEWEST_BINS - 1, -1))
    for count in counts:
        found = [binned(it, count) if _is_cut(it, whole) else it for it in kept]
        columns = 1 + sum(len(it.labels) - 1 for it in found)
        if n >= SPARE * columns or count == counts[-1]:
            break
    return found, skipped


def _is_cut(it: Factor, whole: bool) -> bool:
    """Whether a setting goes into bins."""
    return it.is_numeric and (it.is_continuous or _is_rare(it, whole))


def _is_rare(it: Factor, whole: bool) -> bool:
    """Whether few of a setting's values occur again, outside a grid."""
    return not whole and len(it.values) > max(MOST_BINS, len(it.codes) // 4)


def first_rung(results: TrialTable) -> tuple[TrialTable, tuple[str, ...]]:
    """The configurations with the shortest budget, where the longer ones are a choice of them."""
    known = {it.name: it for it in factors(results)}
    for name in BUDGETS:
        others = [it for it in known.values() if it.name != name]
        if name in known and _is_promoted(known[name], others):
            budget = known[name]
            remark = (
                f"Only trials with {budget.labels[0]} {name} count: configurations were chosen for "
                "longer training by how they had done."
            )
            return only(results, budget.codes == 0), (remark,)
    return results, ()


def _is_promoted(budget: Factor, others: Sequence[Factor]) -> bool:
    """Whether with each further value of the budget fewer of the same configurations are left."""
    if not budget.is_numeric or np.any(budget.codes == ABSENT) or not others:
        return False
    rungs = list(_rungs(budget, others))
    return all(later < earlier for earlier, later in pairwise(rungs))


def _rungs(budget: Factor, others: Sequence[Factor]) -> Iterator[set[tuple[int, ...]]]:
    codes = np.stack([it.codes for it in others])
    for code in range(len(budget.values)):
        yield set(map(tuple, codes[:, budget.codes == code].T.tolist()))
