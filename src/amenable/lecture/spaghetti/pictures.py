"""The pictures of the experiment on spaghetti solutions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from amenable.figures import LINES, MARKERS, axes_for, find_theme, new_figure
from amenable.lecture.finding import Illustration
from amenable.lecture.points import NAMES, Count, gallery, spell, typical
from amenable.lecture.spaghetti.steps import JUDGED, STEPS, WIDE, Hidden, StepRuns


def solved(counts: Mapping[tuple[str, Hidden], Count]) -> str:
    """How many were solved in each step with one, two and three layers."""
    rows = "; ".join(
        f"{step} {', '.join(str(counts[step, hidden].solved) for hidden in WIDE)}" for step in STEPS
    )
    n = counts[next(iter(STEPS)), (10,)].trials
    return f"seeds of {n} that solve the points with one, two, three layers of 10: {rows}"


def fractions(found: StepRuns) -> Illustration:
    """Fraction solved by step, a line for each structure."""
    islands = list(dict.fromkeys(n for n, _, _ in found.populations))
    figure = new_figure(size=(4.2 * len(islands) + 0.4, 3.8))
    axes = figure.subplots(1, len(islands), sharey=True, squeeze=False)[0]
    for ax, n in zip(axes, islands, strict=True):
        _draw_fractions(ax, found.counts(n))
        ax.set_title(NAMES[n].capitalize(), color=find_theme("light").ink)
    axes[0].set_ylabel("Fraction solved")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=6,
        frameon=False,
        fontsize=9,
        labelcolor=find_theme("light").ink,
    )
    return Illustration(
        "Fraction solved, in the order of the slides",
        figure,
        f"Hidden layers of 10 filled, of 5 hollow; bars are 95 % intervals. "
        f"Two islands, {solved(found.counts())}. Each step has its own learning rate.",
    )


def _draw_fractions(ax: Axes, counts: Mapping[tuple[str, Hidden], Count]) -> None:
    axes_for(ax)
    colours = find_theme("light")
    steps = list(STEPS)
    shown = list(dict.fromkeys(hidden for _, hidden in counts))
    for i, hidden in enumerate(shown):
        row = [counts[step, hidden] for step in steps]
        y = np.array([it.fraction for it in row])
        low, high = np.array([it.interval for it in row]).T
        depth = len(hidden) - 1
        ax.errorbar(
            np.arange(len(steps)) + 0.08 * (i - (len(shown) - 1) / 2),  # side by side
            y,
            yerr=np.abs([y - low, high - y]),
            marker=MARKERS[depth],
            color=colours.colours[depth],
            markerfacecolor=colours.colours[depth] if hidden in WIDE else colours.paper,
            linestyle=LINES[0] if hidden in WIDE else LINES[3],
            linewidth=1.1,
            markersize=5,
            capsize=2,
            label=spell(hidden),
        )
    ax.set_ylim(-0.03, 1.03)
    ax.set_xticks(range(len(steps)), labels=[step.replace(", ", "\n") for step in steps])


def medians(found: StepRuns) -> Illustration:
    """The lecture's slides: each step, each depth, one network."""
    counts = found.counts()
    shown = [
        (
            f"{step}, {spell(hidden)}: {counts[step, hidden].solved}",
            found.populations[JUDGED, step, hidden].median,
            JUDGED,
        )
        for step in STEPS
        for hidden in WIDE
    ]
    n = counts[next(iter(STEPS)), (10,)].trials
    return Illustration(
        "Spaghetti solutions: a typical run of each structure",
        gallery(shown, columns=len(WIDE)),
        f"Rows are the steps, columns one, two and three layers of 10; each is the trial in the "
        f"middle of the ranking of its {n}, with the number that solve the points. Lines show "
        "where "
        "a neuron's weighted sum is zero, by layer. Only the numbers say how often a structure "
        "does "
        "so well.",
    )


def failures(found: StepRuns) -> Illustration:
    """Of each step a typical failure and a typical success with two layers."""
    hidden = WIDE[1]
    shown = []
    for is_solved, word in ((False, "failed"), (True, "solved")):
        for step in STEPS:
            population = found.populations[JUDGED, step, hidden]
            trained = typical(population, is_solved)
            if trained is not None:
                n = int(np.count_nonzero(population.solved == is_solved))
                shown.append((f"{step}:\none of {n} {word}", trained, JUDGED))
    return Illustration(
        "Typical failures and typical successes of two layers of 10",
        gallery(shown, columns=len(STEPS)),
        "Failures above, successes below, by step. The typical trial is in the middle of the "
        "ranking, among the failures or among the successes; if there are none, there is no "
        "picture. Only the numbers say how common each is.",
    )


def rates(found: StepRuns) -> Illustration:
    """Fraction solved against learning rate, on the search seeds."""
    figure = new_figure(size=(8.4, 3.2))
    axes = figure.subplots(1, len(STEPS), sharey=True)
    colours = find_theme("light")
    for ax, (step, (_, trainings)) in zip(axes, STEPS.items(), strict=True):
        axes_for(ax)
        for hidden in WIDE:
            depth = len(hidden) - 1
            ax.plot(
                [it.optimizer.lr for it in trainings],
                [it.fraction for it in found.searched[JUDGED, step, hidden]],
                marker=MARKERS[depth],
                linestyle=LINES[depth],
                color=colours.colours[depth],
                linewidth=1.2,
                markersize=5,
                label=spell(hidden),
            )
        chosen = found.rates[JUDGED, step].optimizer.lr
        ax.axvline(chosen, color=colours.faint, linewidth=1, zorder=0)
        ax.set_xscale("log")
        ax.set_title(step, color=colours.ink, fontsize=10)
        ax.set_xlabel("Learning rate", color=colours.ink)
    axes[0].set_ylabel("Fraction solved", color=colours.ink)
    axes[0].legend(frameon=False, fontsize=9, labelcolor=colours.ink, loc="upper left")
    n = found.searched[JUDGED, next(iter(STEPS)), (10,)][0].trials
    return Illustration(
        "The effect of the learning rate",
        figure,
        f"Two islands, layers of 10, {n} search seeds for each point. The vertical line is the "
        "rate "
        "chosen for the step. Since these seeds chose it, their fractions at that rate are a "
        "little "
        "too good; the first figure shows other seeds.",
    )
