"""Loss surfaces of a structure that solves and of two that do not; where failed networks stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Experiment, Finding, Number, Scale
from amenable.lecture.runs import share
from amenable.lecture.surfaces.measures import (
    ADAM,
    GOAL,
    VERDICTS,
    SolutionPaths,
    Standing,
    barriers,
    between,
    left_on_the_way,
    settings,
    spread,
    stand,
)
from amenable.lecture.surfaces.pictures import (
    draw_path,
    draw_surfaces,
    draw_verdicts,
    draw_walks,
    table,
)
from amenable.statistics import mcnemar, wilson


def checks(standings: Sequence[Standing], walks: SolutionPaths) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    good, *bad = standings
    return (
        _premise_check(good, bad),
        *(_minimum_check(it) for it in bad),
        _later_check(bad),
        _wall_check(walks),
    )


def _premise_check(good: Standing, bad: Sequence[Standing]) -> Check:
    said = [f"{it.setting.words}: {share(*it.solved)} solved" for it in (good, *bad)]
    return Check(
        "One structure solves the points, the others do not: more than half of the networks of "
        "the first are solved, beyond chance, and fewer than half of the others’.",
        wilson(*good.solved).low > 0.5 and all(wilson(*it.solved).high < 0.5 for it in bad),
        "; ".join(said) + ".",
    )


def _minimum_check(it: Standing) -> Check:
    at, of = it.at_minimum
    counted = Counter(it.verdicts)
    said = join([f"{counted[name]} {_PLACES[name]}" for name in VERDICTS if counted[name]])
    return Check(
        f"Networks that fail are “stuck in a local minimum” ({it.setting.network.structure} "
        f"{it.setting.network.activation}): more than half of them, beyond chance.",
        of > 0 and wilson(at, of).low > 0.5,
        f"Of {of} failed networks: {said}." if of else "None failed.",
    )


_PLACES = {
    "minimum": "at a minimum",
    "saddle": "at a saddle",
    "plateau": "on a plateau",
    "descending": "still descending",
}


def _later_check(bad: Sequence[Standing]) -> Check:
    ways = {"as before": [it.solved_later for it in bad], "Adam": [it.solved_by_adam for it in bad]}
    said = [
        f"{it.setting.network.structure} {it.setting.network.activation} {share(n, of)} ({way})"
        for way, rows in ways.items()
        for it, (n, of) in zip(bad, rows, strict=True)
        if of
    ]
    counts = [pair for rows in ways.values() for pair in rows]
    return Check(
        "They are stuck for good: trained on, several times as long as before or with Adam, fewer "
        "than half of them, beyond chance, are solved.",
        all(of > 0 and wilson(n, of).high < 0.5 for n, of in counts),
        f"Solved by further training: {join(said)}.",
    )


def _wall_check(walks: SolutionPaths) -> Check:
    left, n = left_on_the_way(walks.plain), len(walks.plain)
    heights, lower = barriers(walks.plain), barriers(walks.matched)
    better = int(np.sum(lower < heights))
    p = mcnemar(better, int(np.sum(lower > heights)))
    return Check(
        "The surface is complicated: on the straight walk between two solutions the goal is "
        "missed, for more than half of the pairs, beyond chance.",
        n > 0 and wilson(left, n).low > 0.5,
        f"Missed on {share(left, n)} lines; barrier {spread(heights)}; with the second network’s "
        f"neurons matched, missed on {share(left_on_the_way(walks.matched), n)}, barrier "
        f"{spread(lower)}, lower in {better} of {n} (p {shorten(p)}).",
    )


def surfaces(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds, most, times = scale.of((40, 20, 4), (8, 4, 2))
    further = scale.of(20_000, 4_000)
    standings = [stand(it, seeds, most, times, further) for it in settings(scale)]
    walks = between(standings[0].population, scale.of(12, 4))
    pictures = [draw_surfaces(standings, scale.of(101, 41)), draw_walks(walks)]
    if not scale.is_quick:
        pictures.append(draw_verdicts(standings))
        pictures.append(draw_path(standings[1].setting, 6))
    return Finding(
        summary=_summary(standings, walks),
        counts=(
            f"{seeds} seeds each of {'; '.join(it.setting.words for it in standings)}; on 200 "
            f"points of 'islands', all points in each step, float64; solved at {GOAL}. Up to "
            f"{most} failed networks of each were judged by gradient and Hessian, then trained on "
            f"for {times} times as many steps, and with Adam {ADAM.lr:g} for {further:,}. "
            f"{len(walks.plain)} pairs of solutions of the first."
        ),
        checks=checks(standings, walks),
        numbers=_numbers(standings, walks),
        tables=(table(standings),),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import amenable as am
from amenable.surfaces import around, curvature, walk
data = am.load("islands", validation=0.0)  # or your own
training = am.Training(batch="full", steps=3000, dtype="float64")
found = am.train(am.mlp(2, 10, 10, 1), data, training, seeds=8)
print(curvature(found[0], data).caption)
print(walk(found[0], found[1], data, match=True).caption)
print(around(found.best, data).caption)
"""


def _summary(standings: Sequence[Standing], walks: SolutionPaths) -> str:
    said = []
    for it in standings[1:]:
        most = Counter(it.verdicts).most_common(1)
        place = f"{most[0][1]} are {_PLACES[most[0][0]]}" if most else "none was judged"
        (n, of), (adam, _) = it.solved_later, it.solved_by_adam
        said.append(
            f"Of {len(it.verdicts)} failed {it.setting.network.structure} networks "
            f"({it.setting.network.activation}) {place}; trained further as before, {n} of {of} "
            "solve "
            f"the points, with Adam {adam}."
        )
    return (
        f"{' '.join(said)} Between two solutions of "
        f"{standings[0].setting.network.structure} the barrier is "
        f"{shorten(float(np.median(barriers(walks.plain))))} (median), and "
        f"{shorten(float(np.median(barriers(walks.matched))))} when neurons are matched."
    )


def _numbers(standings: Sequence[Standing], walks: SolutionPaths) -> dict[str, Number]:
    found: dict[str, Number] = {
        it.setting.name: {
            "solved": list(it.solved),
            "loss_quantiles": np.quantile(
                it.population.loss["training"], (0.0, 0.25, 0.5, 0.75, 1.0)
            ).tolist(),
            "verdicts": list(it.verdicts),
            "gradient_norms": list(it.gradients),
            "smallest_eigenvalues": list(it.smallest),
            "solved_later": list(it.solved_later),
            "solved_by_adam": list(it.solved_by_adam),
            "verdicts_of_solved": list(it.solved_verdicts),
        }
        for it in standings
    }
    found["walks"] = {
        "barriers": barriers(walks.plain).tolist(),
        "matched_barriers": barriers(walks.matched).tolist(),
        "missed": [left_on_the_way(it) for it in (walks.plain, walks.matched)],
    }
    return found


EXPERIMENT = Experiment(
    name="surfaces",
    title="Loss surfaces, and where failed networks stand",
    claim=(
        "Why do deeper networks fail where the wide one did not? “The loss surface is more "
        "complicated. That makes it more likely to get stuck in a local minima.”"
    ),
    run=surfaces,
)
