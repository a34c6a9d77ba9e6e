"""Approximation in tables and pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amenable.figures import draw_functions, functions_data
from amenable.formatting import join, shorten
from amenable.lecture.approximation.measures import (
    FUNCTIONS,
    GRID,
    KINDS,
    NAMES,
    Deep,
    Race,
    largest_errors,
    network_by_hand,
    train_layer,
)
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import (
    THEME,
    draw_band,
    legend,
    legend_below,
    panels,
    set_titles,
    style,
    ticks_at,
)


def table(races: Sequence[Race]) -> ResultTable:
    """Errors by units."""
    rows = []
    for race in races:
        for k, width in enumerate(race.widths):
            cells = [race.name, str(width)]
            for kind, activation in KINDS.items():
                errors = race.trained[activation][k]
                by_hand = race.by_hand_within(kind, width)
                cells += [
                    shorten(by_hand) if np.isfinite(by_hand) else "none",
                    shorten(float(np.median(errors))),
                    shorten(float(errors.min())),
                ]
            rows.append(tuple(cells))
    return ResultTable(
        "Largest error by units: by hand with that many or fewer; trained, median and best.",
        (
            "function",
            "units",
            *("steps by hand", "sigmoid, median", "best"),
            *("pieces by hand", "ReLU, median", "best"),
        ),
        tuple(rows),
    )


def depth_table(deep: Sequence[Deep]) -> ResultTable:
    """x squared by depth."""
    return ResultTable(
        "x squared: sawteeth by hand; what one hidden layer needs at least; the deep one trained.",
        ("m", "units", "error", "2^(-2m-2)", "one layer needs", "trained, median", "best"),
        tuple(
            (
                str(it.m),
                str(it.units),
                shorten(it.error),
                shorten(2.0 ** (-2 * it.m - 2)),
                str(it.shallow_units),
                shorten(float(np.median(it.trained))),
                shorten(float(it.trained.min())),
            )
            for it in deep
        ),
    )


def draw_races(races: Sequence[Race]) -> Illustration:
    """Errors over units, by hand and trained, for each function."""
    rows = -(-len(races) // 2)
    figure, axes = panels(rows, 2, (7.5, 0.9 + 2.6 * rows), sharex=True)
    least = min(row[0].units for race in races for row in race.by_hand.values())
    floor = 1e-5  # exact networks by hand are drawn there
    for ax, race in zip(axes, races, strict=True):
        for i, (kind, activation) in enumerate(KINDS.items()):
            units = [it.units for it in race.by_hand[kind]]
            errors = [max(it.error, floor) for it in race.by_hand[kind]]
            ax.plot(units, errors, label=f"by hand, {kind} ({NAMES[activation]})", **style(2 * i))
            label = f"trained, {NAMES[activation]}"
            draw_band(ax, 2 * i + 1, race.widths, race.trained[activation], label)
            best = race.trained[activation].min(axis=1)
            looks = style(2 * i + 1) | {"lw": 0.6, "ms": 2.5}
            ax.plot(race.widths, best, label=f"the best, {NAMES[activation]}", **looks)
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlim(least * 0.8, race.widths[-1] * 1.3)
        ax.set_ylim(floor * 0.6, 3.0)
        ticks_at(ax, race.widths)
        set_titles(ax, race.name, "Units in one hidden layer", "Largest error")
    legend_below(figure, axes[0], 3)
    said = [
        f"{shorten(float(np.median(race.trained['relu'][-1])))} on {race.name}" for race in races
    ]
    return Illustration(
        "Can and will: error against width",
        figure,
        "Largest error on a fine grid. For trained networks, medians over seeds, with quartiles "
        "as "
        f"bands and the best as a thin line. By hand the error keeps falling; with "
        f"{races[0].widths[-1]} trained ReLUs the median is {join(said)}. Errors below {floor:g} "
        f"are drawn at {floor:g}. Longer training or other settings may do better.",
    )


def draw_one(race: Race, seeds: int, steps: int) -> Illustration:
    """The last function by hand, and trained: the median seed and the worst."""
    width = 32
    fitting = [it for it in race.by_hand["pieces"] if it.units <= width]
    asked = min(fitting, key=lambda it: it.error).asked
    population = train_layer(race.name, "relu", (width,), seeds, steps)
    errors = largest_errors(
        population.networks[0], population.weights, FUNCTIONS[race.name], GRID, race.name
    )
    order = np.argsort(errors, kind="stable")
    models = {
        "by hand": network_by_hand(race.name, "pieces", asked),
        "trained, median seed": population[int(order[len(order) // 2])],
        "trained, worst seed": population[int(order[-1])],
    }
    found = functions_data(FUNCTIONS[race.name], models, -1.0, 1.0)
    return Illustration(
        f"{race.name.capitalize()} with at most {width} ReLUs",
        draw_functions(found, theme=THEME),
        found.caption,
    )


def draw_depth(deep: Sequence[Deep]) -> Illustration:
    """Errors over units for x squared."""
    figure, (ax,) = panels(1, 1, (6.0, 4.2))
    ms = [it.m for it in deep]
    ax.plot([it.units for it in deep], [it.error for it in deep], label="deep, by hand", **style(0))
    needed = [it.shallow_units for it in deep]
    bounds = [2.0 ** (-2 * m - 2) for m in ms]
    ax.plot(needed, bounds, label="one hidden layer needs at least", **style(1))
    draw_band(ax, 2, [it.units for it in deep], [it.trained for it in deep], "deep, trained")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ticks_at(ax, (2, 5, 10, 20, 50, 100))
    set_titles(ax, "", "Units in all hidden layers", "Largest error for x squared")
    legend(ax)
    last = deep[-1]
    return Illustration(
        "What depth buys",
        figure,
        f"x squared on [0, 1] for m = {ms[0]} to {ms[-1]} sawteeth. At the same error, "
        f"{shorten(bounds[-1])}, the deep network has {last.units} units and one hidden layer at "
        f"least {last.shallow_units}. Trained from random weights (median, quartiles), the "
        "deep networks do not use their depth; other training may do better.",
    )
