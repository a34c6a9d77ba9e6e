"""What tweaking reaches: for each structure that failed, a search for a setting that makes it work.

The search has seeds of its own; the fraction that counts is of fresh ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

import amenable as am
from amenable.figures import axes_for, figure_of, find_theme
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, ResultTable, Scale
from amenable.lecture.points import (
    GOAL,
    NAMES,
    RELIABLE,
    SEARCH_FROM,
    WORKS,
    Count,
    gallery,
)
from amenable.lecture.spaghetti.steps import JUDGED, WIDE
from amenable.lecture.tweaking.search import (
    BUDGETS,
    FINALISTS,
    FRESH,
    SETTINGS_SEED,
    Tweaked,
    failures,
    seeds_of,
    settings,
    tweak,
)

NARROW: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("sigmoid", (2,)),
    ("sigmoid", (2, 2)),
    ("sigmoid", (2, 2, 2)),
)
ARGUMENT = (
    "Argument: two lines do not enclose an island. Depth does not change that as long as no layer "
    "is wider than the two inputs: if the activation is monotone, the region to which such a "
    "network says yes has no bounded part (Johnson 2019, ICLR). It can include the points of an "
    "island only with a strip that runs past the other points to infinity."
)


def tweaking(scale: Scale) -> Finding:
    """Random search for every structure that failed, and for some with two units in a layer."""
    failed = failures(scale)
    trainings = settings(scale.of(32, 6), BUDGETS[: scale.of(2, 1)])
    found = [tweak(named, steps, trainings, scale) for named, steps in failed.items()]
    narrow = [tweak(named, {}, trainings, scale) for named in scale.of(NARROW, NARROW[:1])]
    first, second, fresh = seeds_of(scale)
    counts = {
        is_wide: {it.name: it.count for it in found if (it.network.hidden in WIDE) == is_wide}
        for is_wide in (True, False)
    }
    return Finding(
        summary=_summary(found, narrow),
        counts=(
            f"Two islands, 200 points, goal {GOAL}. A structure failed if fewer than half of its "
            "seeds solved the points in "
            f"the experiment on spaghetti solutions. For each structure the same {len(trainings)} "
            f"settings, drawn with seed {SETTINGS_SEED} over optimizer, learning rate, batch, "
            f"initializer, schedule and budget ({_budgets(trainings)} steps), with {first} seeds "
            f"from {SEARCH_FROM} on; the best {FINALISTS[scale.is_quick]} with {second} more; the "
            f"best of these on {fresh} fresh seeds from {FRESH} on, which neither the search nor "
            "the experiment before has seen."
        ),
        checks=checks(counts[True], counts[False], {it.name: it.count for it in narrow}),
        numbers={
            it.name: {
                "setting": it.training.describe(),
                "before": {step: count.record for step, count in it.failed.items()},
                "in_search": it.in_search.record,
                "fresh": it.count.record,
            }
            for it in (*found, *narrow)
        },
        tables=(_table((*found, *narrow)),),
        illustrations=(_before_and_after(found, narrow), *_pictures(found, narrow, scale)),
        code=_CODE,
    )


def checks(
    wide: Mapping[str, Count], slim: Mapping[str, Count], narrow: Mapping[str, Count]
) -> tuple[Check, ...]:
    """A structure works if more than half of the fresh seeds are solved, beyond chance."""
    reliable = [name for name, it in {**wide, **slim}.items() if it.fraction >= RELIABLE]
    n = len(wide) + len(slim)
    return (
        _works("the lecture's, of width 10", wide),
        *([_works("those of width 5, which the slides have not", slim)] if slim else []),
        Check(
            "It makes them work nearly always.",
            len(reliable) == n,
            f"{len(reliable)} of {n} solve the points in at least 95 % of the fresh seeds"
            + (f": {', '.join(reliable)}." if reliable else "."),
        ),
        Check(
            'The rest "should" work "too", also with two units in a layer.',
            all(count.interval.low > WORKS for count in narrow.values()),
            f"{_listed(narrow)}. {ARGUMENT}",
        ),
    )


def _works(which: str, found: Mapping[str, Count]) -> Check:
    working = [name for name, count in found.items() if count.interval.low > WORKS]
    return Check(
        f"Tweaking makes every structure work that failed before: {which}.",
        len(working) == len(found),
        f"{len(working)} of {len(found)}: {_listed(found)}. Rule: more than half of the fresh "
        "seeds solve the points, beyond chance.",
    )


def _listed(found: Mapping[str, Count]) -> str:
    return "; ".join(f"{name} {count}" for name, count in found.items()) or "none failed"


def _budgets(trainings: Sequence[am.Training]) -> str:
    return " or ".join(f"{steps:,}" for steps in sorted({it.steps or 0 for it in trainings}))


def _summary(found: Sequence[Tweaked], narrow: Sequence[Tweaked]) -> str:
    n_working = sum(it.count.interval.low > WORKS for it in found)
    n_reliable = sum(it.count.fraction >= RELIABLE for it in found)
    n_solved = sum(it.count.solved for it in narrow)
    n_run = sum(it.count.trials for it in narrow)
    return (
        f"Of {len(found)} structures that failed, {n_working} work with the setting that a search "
        f"found, {n_reliable} of them in at least 95 % of fresh seeds. With two units in a layer, "
        f"{n_solved} of {n_run} trials with the best settings solve the points."
    )


def _table(found: Sequence[Tweaked]) -> ResultTable:
    return ResultTable(
        "The setting found for each structure, and how often it solves the points",
        ("structure", "before", "setting", "in the search", "fresh seeds", "best accuracy"),
        tuple(
            (
                it.name,
                "; ".join(f"{step} {count.solved}" for step, count in it.failed.items())
                or "not in the slides",
                it.training.describe().partition(", goal")[0],
                f"{it.in_search.solved} of {it.in_search.trials}",
                str(it.count),
                f"{np.nanmax(it.population.metric['training']):.3f}",
            )
            for it in found
        ),
    )


def _before_and_after(found: Sequence[Tweaked], narrow: Sequence[Tweaked]) -> Illustration:
    """Fraction solved in the slides' steps, and with the setting found."""
    rows = [*found, *narrow]
    ax = axes_for(None, size=(6.4, 0.36 * len(rows) + 1.3))
    for i, it in enumerate(rows):
        _draw_row(ax, len(rows) - 1 - i, it)
    colours = find_theme("light")
    ax.set_yticks(range(len(rows)), labels=[it.name for it in reversed(rows)])
    ax.set_xlim(-0.03, 1.03)
    ax.axvline(WORKS, color=colours.faint, linestyle="--", linewidth=1, zorder=0)
    ax.set_xlabel("Fraction solved")
    handles, labels = ax.get_legend_handles_labels()
    entries = dict(zip(labels, handles, strict=True))
    figure = figure_of(ax)
    figure.legend(
        entries.values(),
        entries.keys(),
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=9,
        labelcolor=colours.ink,
    )
    said = "; ".join(f"{it.name} {it.count}" for it in rows)
    return Illustration(
        f"Before and after tweaking, on {NAMES[JUDGED]}",
        figure,
        f"Fresh seeds that solve the points with the setting found: {said}. Bars are 95 % "
        "intervals; the dashed line is at one half.",
    )


def _draw_row(ax: Axes, y: int, it: Tweaked) -> None:
    colours = find_theme("light")
    for count in it.failed.values():
        ax.plot(
            [count.fraction],
            [y],
            marker="o",
            markerfacecolor=colours.paper,
            color=colours.bad,
            linestyle="",
            label="a step of the slides in which it failed",
        )
    low, high = it.count.interval
    fraction = it.count.fraction
    ax.errorbar(
        [fraction],
        [y],
        xerr=[[abs(fraction - low)], [abs(high - fraction)]],
        marker="s",
        color=colours.colours[0],
        capsize=2,
        linestyle="",
        label="with the setting found, fresh seeds",
    )


def _pictures(
    found: Sequence[Tweaked], narrow: Sequence[Tweaked], scale: Scale
) -> tuple[Illustration, ...]:
    """The median trial of each with its new setting."""
    rows = scale.of([*found, *narrow], [*found[:2], *narrow])
    shown = [
        (f"{it.name}:\n{it.count.solved} of {it.count.trials}", it.population.median, JUDGED)
        for it in rows
    ]
    return (
        Illustration(
            "A typical run with the setting found",
            gallery(shown, columns=min(5, len(shown))),
            "For each structure, the trial in the middle of the ranking of the fresh seeds, and "
            "how "
            "many of them solve the points. Only the counts say how often a structure does so "
            "well.",
        ),
    )


_CODE = f"""import amenable as am
data = am.load("islands", count=2, validation=0.0)  # or your own two columns
network = am.mlp(2, 10, 10, 1, activation="sigmoid")
settings = am.grid(am.Training(epochs=500, goal="{GOAL}"),
                   lr=[0.01, 0.03, 0.1], init=["auto", "orthogonal(4)", "normal(3)"])
searched = am.train(network, data, settings, seeds=range(10_000, 10_020))
print(searched.summary())
best = searched.summary().rows[0].configurations[0]
fresh = am.train(network, data, settings[best], seeds=100)
print(fresh.fraction())"""

EXPERIMENT = Experiment(
    name="tweaking",
    title="Tweaking",
    claim=(
        '"We could probably tweak learning for all of those networks and eventually make them '
        'work. If the network with 2 hidden layers of size 10 worked, the rest should too."'
    ),
    run=tweaking,
)
