"""Universal approximation: error against width, by hand and trained; and what depth buys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amenable.formatting import join, shorten
from amenable.lecture.approximation.measures import (
    FUNCTIONS,
    GRID,
    JUMP,
    KINDS,
    NAMES,
    Deep,
    Race,
    deepen,
    hand_made,
    trained_errors,
)
from amenable.lecture.approximation.pictures import (
    depth_table,
    draw_depth,
    draw_one,
    draw_races,
    table,
)
from amenable.lecture.finding import Check, Experiment, Finding, Number, Scale
from amenable.lecture.runs import share
from amenable.statistics import wilson

# Steps halve their error with twice the units, pieces on smooth functions quarter it (de Boor 2001,
# A Practical Guide to Splines, chapter III).
THEORY = {"steps": -1.0, "pieces": -2.0}
NEAR = 0.25  # how far a measured slope may be from theory's: widths are whole numbers
FLAT = 0.5  # of the theory's slope: from there on training no longer improves


def checks(races: Sequence[Race], deep: Sequence[Deep]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    return (
        _can_check(races),
        _will_check(races),
        _stall_check(races),
        _depth_check(deep),
        _found_check(deep),
    )


def _can_check(races: Sequence[Race]) -> Check:
    made = [it for race in races for row in race.by_hand.values() for it in row]
    within = sum(it.error <= it.asked for it in made)
    rates = {
        (race.name, kind): rate
        for race in races
        for kind in KINDS
        if (rate := race.rate(kind)) is not None
    }
    fits = [rate <= THEORY[kind] + NEAR for (_, kind), rate in rates.items()]
    said = [f"{name} by {kind} {rate:.2f}" for (name, kind), rate in rates.items()]
    return Check(
        "It can: networks made by hand are within any error asked for, and it falls with the units "
        f"as theory has it, to the power {THEORY['steps']:g} by steps and {THEORY['pieces']:g} by "
        f"pieces (or faster, or up to {NEAR:g} slower).",
        within == len(made) and all(fits),
        f"{within} of {len(made)} networks are within their error on {len(GRID):,} points; powers: "
        f"{join(said)}.",
    )


def _will_check(races: Sequence[Race]) -> Check:
    said, holds = [], True
    for race in races:
        goal = race.by_hand_within("pieces", race.widths[-1])
        errors = race.trained["relu"][-1]
        worse, n = int(np.sum(errors > goal)), len(errors)
        holds &= wilson(worse, n).low > 0.5
        said.append(
            f"{race.name} {share(worse, n)}, median "
            f"{shorten(float(np.median(errors)))} against {shorten(goal)}"
        )
    return Check(
        f"That does not mean that it will: of ReLU networks with {races[0].widths[-1]} units "
        "trained on each function, more than half, beyond chance, are worse than the one made by "
        "hand with as many units or fewer.",
        holds,
        "Worse: " + "; ".join(said) + ".",
    )


def _stall_check(races: Sequence[Race]) -> Check:
    rates = {
        (race.name, activation): race.late_rate(activation)
        for race in races
        for kind, activation in KINDS.items()
        if race.rate(kind) is not None
    }
    bound = {activation: FLAT * THEORY[kind] for kind, activation in KINDS.items()}
    said = [f"{name} {NAMES[activation]} {rate:.2f}" for (name, activation), rate in rates.items()]
    return Check(
        "Training stops improving where theory goes on: over the upper half of the widths the "
        "median error falls with less than half of theory’s power.",
        all(rate > bound[activation] for (_, activation), rate in rates.items()),
        f"Powers: {join(said)}.",
    )


def _depth_check(deep: Sequence[Deep]) -> Check:
    last = deep[-1]
    exact = all(it.error <= 2.0 ** (-2 * it.m - 2) + 2.0**-22 for it in deep)
    return Check(
        "Depth buys more than width: x squared by sawteeth, each twice as fine as the one before, "
        "has the error 2^(-2m-2) (plus 2^-22 for float32) with fewer units than any single hidden "
        "layer of ReLUs needs.",
        exact and last.units < last.shallow_units,
        f"At m = {last.m}: error {shorten(last.error)} with {last.units} units; one hidden layer "
        f"needs at least {last.shallow_units}.",
    )


def _found_check(deep: Sequence[Deep]) -> Check:
    said, holds = [], True
    for it in deep:
        worse, n = int(np.sum(it.trained > it.error)), len(it.trained)
        holds &= wilson(worse, n).low > 0.5
        said.append(
            f"m = {it.m}: {share(worse, n)} worse, best "
            f"{shorten(float(it.trained.min()))}, by hand {shorten(it.error)}"
        )
    return Check(
        "Nor will depth be used: the same deep structures, trained, are more often than not, "
        "beyond chance, worse than by hand.",
        holds,
        "; ".join(said) + ".",
    )


def approximation(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    names = scale.of(tuple(FUNCTIONS), ("sine", "abs"))
    widths = scale.of((2, 4, 8, 16, 32, 64, 128), (4, 8, 16, 32))
    seeds, steps = scale.of(20, 8), scale.of(3000, 800)
    errors = scale.of((0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002), (0.2, 0.1, 0.05, 0.02))
    races = [
        Race(
            name,
            widths,
            {kind: hand_made(name, kind, errors) for kind in KINDS},
            {it: trained_errors(name, it, widths, seeds, steps) for it in KINDS.values()},
        )
        for name in names
    ]
    deep = deepen(scale.of((2, 3, 4, 5, 6, 7), (4, 6)), seeds, steps)
    pictures = [draw_races(races), draw_depth(deep)]
    if not scale.is_quick:
        pictures.insert(1, draw_one(races[-1], seeds, steps))
    return Finding(
        summary=_summary(races, deep),
        counts=(
            f"{join(list(names))} on [-1, 1]: networks by hand for {len(errors)} errors from "
            f"{errors[0]:g} to {errors[-1]:g}, by steps (sigmoid) and by pieces (ReLU); {seeds} "
            f"seeds each of one hidden layer of {widths[0]} to {widths[-1]} units, trained on 256 "
            f"points: Adam 0.01, cosine, {steps} steps of all points. Largest errors on "
            f"{len(GRID):,} points; those nearer than {JUMP:g} to the jump of a step do not count. "
            f"x squared on [0, 1] for m = {deep[0].m} to {deep[-1].m}, by hand and {seeds} seeds."
        ),
        checks=checks(races, deep),
        numbers=_numbers(races, deep),
        tables=(table(races), depth_table(deep)),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import numpy as np
import amenable as am
from amenable.construct import approximate
model = approximate(np.cos, -3, 3, 0.01)  # your own function, interval and error
print(model, model.network.hidden, model.decision([[0.0], [1.5]]))
"""


def _summary(races: Sequence[Race], deep: Sequence[Deep]) -> str:
    units = races[0].widths[-1]
    said = [
        f"{shorten(race.by_hand_within('pieces', units))} by hand and "
        f"{shorten(float(np.median(race.trained['relu'][-1])))} trained (median) on {race.name}"
        for race in races
    ]
    last = deep[-1]
    return (
        f"With at most {units} ReLUs the largest error is {join(said)}. Depth: {last.units} "
        f"units in {last.m} sawteeth do what one layer does with {last.shallow_units} or more; "
        f"trained, the best of {len(last.trained)} is off by "
        f"{shorten(float(last.trained.min()))} instead of {shorten(last.error)}."
    )


def _numbers(races: Sequence[Race], deep: Sequence[Deep]) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for race in races:
        found[race.name] = {
            "widths": list(race.widths),
            "by_hand": {
                kind: [[it.asked, it.units, it.error] for it in row]
                for kind, row in race.by_hand.items()
            },
            "rates": {kind: race.rate(kind) for kind in KINDS},
            "trained_quantiles": {
                name: np.quantile(rows, (0.0, 0.25, 0.5, 0.75, 1.0), axis=1).T.tolist()
                for name, rows in race.trained.items()
            },
        }
    found["square"] = [
        {
            "m": it.m,
            "units": it.units,
            "error": it.error,
            "shallow_units": it.shallow_units,
            "trained_quantiles": np.quantile(it.trained, (0.0, 0.25, 0.5, 0.75, 1.0)).tolist(),
        }
        for it in deep
    ]
    return found


EXPERIMENT = Experiment(
    name="approximation",
    title="Universal approximation: can and will",
    claim=(
        "“With a wide enough neural network we could approximate any continuous function.” But: “a "
        "NN can approximate any function. That doesn’t mean that it will.”"
    ),
    run=approximation,
)
