"""Which pictures a page has, as titles, figures and captions; those that cannot be are left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from amenable.answers import Factor, factors, summary
from amenable.answers.comparing import LEVEL
from amenable.answers.factors import binned
from amenable.answers.selection import finished, only
from amenable.answers.trial_table import TrialTable
from amenable.errors import AmenableError
from amenable.figures.effects import draw_effects
from amenable.figures.frontier import draw_frontier
from amenable.figures.interactions import draw_interactions, interaction_of
from amenable.figures.survival import MOST_BANDS, Survival, draw_survival
from amenable.figures.trainability import Trainability, cells_of, draw_trainability
from amenable.pages import PictureBlock
from amenable.report.contents import Contents

THEME = "light"  # the page shows pictures on white in the dark too
FEW = 4  # bins of numbers that are told apart by colour
MOST_CELLS = 14  # values along an axis of the map; more are put into bins


def of_effects(it: Contents) -> PictureBlock | None:
    """Main effects."""
    if it.effects is None or not it.effects.found.main:
        return None
    figure = draw_effects(it.effects, theme=THEME)
    return PictureBlock("What each setting does", figure, it.effects.caption)


def of_interaction(it: Contents) -> PictureBlock | None:
    """The strongest interaction, where there is one beyond chance."""
    if it.effects is None or not any(t.p_value < LEVEL for t in it.effects.found.interactions):
        return None
    found = interaction_of(it.effects)
    title = f"{found.names[0]} together with {found.names[1]}"
    return PictureBlock(title, draw_interactions(found, theme=THEME), found.caption)


def of_frontier(it: Contents) -> PictureBlock | None:
    """Cost against fraction."""
    if it.frontier is None:
        return None
    return PictureBlock(
        "Cost and fraction", draw_frontier(it.frontier, theme=THEME), it.frontier.caption
    )


def of_survival(it: Contents) -> PictureBlock | None:
    """Steps to solve, by the setting that matters most; many numbers in bins."""
    if not it.has_goal:
        return None
    results = finished(it.subject.results)
    groups = {"all": results}
    factor = next(filter(None, map(_in_few, _by_weight(it))), None)
    if factor is not None:
        groups = {
            f"{factor.name} {label}": only(results, factor.codes == code)
            for code, label in enumerate(factor.labels)
        }
    rows = {name: summary(one, by=[]).rows[0] for name, one in groups.items()}
    found = Survival(
        tuple(rows),
        tuple(row.curve for row in rows.values() if row.curve),
        tuple(row.found for row in rows.values() if row.found),
        None,
        (factor.name,) if factor else (),
    )
    return PictureBlock("Steps to solve", draw_survival(found, theme=THEME), found.caption)


def of_trainability(it: Contents) -> PictureBlock | None:
    """Fraction solved over two numeric settings."""
    if not it.has_goal:
        return None
    results = finished(it.subject.results)
    numeric = [one for one in _by_weight(it) if one.is_numeric]
    if len(numeric) < 2:
        return None
    found = trainability_of(results, *numeric[:2])
    title = f"{found.names[0]} and {found.names[1]}"
    return PictureBlock(title, draw_trainability(found, theme=THEME), found.caption)


def trainability_of(results: TrialTable, x: Factor, y: Factor) -> Trainability:
    """The map of two factors with numbers; many numbers go into bins about their medians."""
    return cells_of(results, _places(x), _places(y), (x.name, y.name))


def of_networks(it: Contents) -> Iterator[PictureBlock]:
    """Pictures of the best network, where its weights were kept and the samples can be had."""
    population = it.subject.population
    if population is None or not len(population):
        return
    is_best = len(population) == len(population.configurations) < len(it.subject.results)
    kept = (
        " The study keeps the weights of the best trial of each configuration; those are shown."
        if is_best
        else ""
    )
    kinds = (("spaghetti", "The best network"), ("gallery", "Kept networks"))
    for kind, title in kinds:
        try:
            from amenable.figures.plotting import prepare

            options = {"trial": "best"} if kind == "spaghetti" else {}
            found = prepare(population, kind, None, options)
            yield PictureBlock(title, found.draw(theme=THEME), found.caption + kept)
        except AmenableError:  # other inputs, no weights, no samples: then there is no picture
            continue


def _by_weight(it: Contents) -> list[Factor]:
    """Settings that vary, those with the largest share first, the others in their order."""
    known = list(factors(finished(it.subject.results)))
    if it.effects is None:
        return known
    share = {term.names[0]: term.share for term in it.effects.found.main}
    return sorted(known, key=lambda one: -share.get(one.name, 0.0))


def _in_few(factor: Factor) -> Factor | None:
    """The factor with few enough levels to be drawn with bands; None where it cannot be."""
    if len(factor.labels) > MOST_BANDS and factor.is_numeric:
        factor = binned(factor, FEW)
    return factor if len(factor.labels) <= MOST_BANDS else None


def _places(factor: Factor) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Values along an axis, ascending, and the place of each configuration on it; -1 for none."""
    numbers = factor.numbers
    cut = binned(factor, MOST_CELLS // 2) if len(numbers) > MOST_CELLS else factor
    has_one = factor.codes >= 0
    middles = np.array(
        [np.median(numbers[factor.codes[has_one & (cut.codes == code)]])
         for code in range(len(cut.labels))]
    )  # fmt: skip
    order = np.argsort(middles, kind="stable")
    rank = np.argsort(order, kind="stable")
    return middles[order], np.where(cut.codes >= 0, rank[cut.codes], -1)
