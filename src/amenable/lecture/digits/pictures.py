"""Digits and LeNet in tables and pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import NullLocator

from amenable.figures import (
    draw_kernels,
    draw_samples,
    find_theme,
    kernels_data,
    plain_logarithmic,
    samples_data,
)
from amenable.formatting import join, shorten
from amenable.lecture.digits.measures import (
    LENET,
    Accuracies,
    PairedComparison,
    falls,
    networks,
)
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import (
    THEME,
    draw_band,
    legend_below,
    panels,
    set_titles,
    style,
    ticks_at,
)
from amenable.lecture.samples.measures import percent

RANGE = (0.1, 0.5, 0.9)  # quantiles over draws and seeds


def networks_table(found: Accuracies) -> ResultTable:
    """Each network, what it has, and what it reaches."""
    sizes = found.plan.sizes
    rows = []
    for name, network in networks().items():
        summary = network.summary()
        counts = (summary.parameters, summary.connections, summary.multiply_adds)
        spread = [np.quantile(found.accuracy[name][k], RANGE) for k in range(len(sizes))]
        reached = [
            f"{100 * middle:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
            for low, middle, high in spread
        ]
        rows.append((name, network.structure, *(f"{it:,}" for it in counts), *reached))
    return ResultTable(
        "Accuracy in % on held-out images: median over draws and seeds, with the middle 80 % in "
        "brackets. Multiply-adds are those of a forward pass for one image.",
        (
            "network",
            "structure",
            "parameters",
            "connections",
            "multiply-adds",
            *(f"{n:,} samples" for n in sizes),
        ),
        tuple(rows),
    )


def compared_table(compared: Sequence[PairedComparison], draws: int) -> ResultTable:
    """All comparisons, a row each."""
    return ResultTable(
        f"Networks compared on the same {draws} draws: the number in which the first has the "
        "better "
        "median over seeds, and p from the sign test with Holm's correction for all "
        f"{len(compared)}.",
        ("first", "second", "samples", "better", "worse", "difference in points", "p"),
        tuple(
            (
                it.first,
                it.second,
                f"{it.size:,}",
                f"{it.better}",
                f"{it.worse}",
                f"{100 * it.difference:+.1f}",
                shorten(it.p),
            )
            for it in compared
        ),
    )


def draw_grown(found: Accuracies) -> Illustration:
    """Accuracy and seconds over samples."""
    sizes = found.plan.sizes
    accuracy = {name: rows.reshape(len(sizes), -1) for name, rows in found.accuracy.items()}
    seconds = {name: np.array(row) for name, row in found.seconds.items()}
    drawn = samples_data(sizes, accuracy, seconds, unit="seconds of training, one core")
    return Illustration(
        "Accuracy and training time against the number of digits (measured time)",
        draw_samples(drawn, theme=THEME),
        f"{drawn.caption} Seconds are for one network, trained together with its other seeds; "
        "another "
        "run gives other times. The choice of learning rates is not included.",
    )


def draw_work(found: Accuracies) -> Illustration:
    """Errors against multiply-adds, a line for each network."""
    figure, (ax,) = panels(1, 1, (6.5, 4.6))
    plan, known = found.plan, networks()
    for i, (name, network) in enumerate(known.items()):
        work = np.array([plan.multiply_adds(network, n) for n in plan.sizes]) / 1e6
        errors = 100 * (1 - np.quantile(found.by_draw(name), (0.25, 0.5, 0.75), axis=1))
        looks = style(i)
        ax.plot(work, errors[1], label=name, **looks)
        ax.fill_between(work, errors[2], errors[0], color=looks["color"], alpha=0.15, lw=0)
    ax.set_xscale("log")
    ax.set_yscale("log")
    plain_logarithmic(ax.xaxis)
    ticks = (2, 3, 5, 10, 20, 30, 50)
    ax.set_yticks(ticks, [f"{it}" for it in ticks], minor=False)
    ax.yaxis.set_minor_locator(NullLocator())
    set_titles(ax, "", "Multiply-adds to train (millions)", "Errors on held-out images (%)")
    legend_below(figure, ax, 2)
    times = plan.sizes[-1] / plan.sizes[0]
    said = [f"{falls(found, name):.1f} ({name})" for name in known]
    return Illustration(
        "Errors against the work of training",
        figure,
        "Median errors over draws, with quartiles as bands, against the multiply-adds of "
        "training, "
        f"for {join([f'{n:,}' for n in plan.sizes])} samples. With {times:g} times the work, "
        f"errors fall by a factor of {join(said)}. More passes over the same samples were not "
        "tried.",
    )


def draw_differences(found: Accuracies) -> Illustration:
    """LeNet's accuracy less that of each other network on the same draw."""
    figure, (ax,) = panels(1, 1, (6.5, 4.4))
    sizes, lenet = found.plan.sizes, found.by_draw(LENET)
    ax.axhline(0, color=find_theme(THEME).faint, lw=1, zorder=0)
    ax.set_xscale("log")
    said = []
    for i, name in enumerate(name for name in found.accuracy if name != LENET):
        gap = 100 * (lenet - found.by_draw(name))
        draw_band(ax, i + 1, sizes, gap, name)
        said.append(f"{np.median(gap[0]):+.1f} and {np.median(gap[-1]):+.1f} ({name})")
    ticks_at(ax, sizes)
    set_titles(ax, "", "Samples", "LeNet’s accuracy minus the other’s (points)")
    legend_below(figure, ax, 2)
    return Illustration(
        "LeNet against each other network",
        figure,
        f"Difference between medians over seeds on the same draw: medians over {found.plan.draws} "
        "draws, with quartiles as bands. Above the horizontal line the LeNet is better. In "
        "points, "
        f"with {sizes[0]:,} and with {sizes[-1]:,} samples: {join(said)}. The table says which "
        "differences are beyond chance.",
    )


def draw_learned(found: Accuracies) -> Illustration:
    """Kernels of the median LeNet."""
    drawn = kernels_data(found.median)
    return Illustration(
        f"Kernels of the median LeNet of {found.plan.sizes[-1]:,} samples",
        draw_kernels(drawn, theme=THEME),
        f"{drawn.caption} It is the median of the first draw's seeds by its loss, seed "
        f"{found.median.seed}, with {percent(found.median.metric['validation'])} on "
        "held-out images; other seeds have other kernels.",
    )
