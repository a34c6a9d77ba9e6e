"""Loss surfaces and standings in tables and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.ticker import MaxNLocator

from amenable.figures import draw_landscape, find_theme
from amenable.formatting import join, shorten
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import THEME, legend_below, panels, set_titles, style
from amenable.lecture.runs import train
from amenable.lecture.surfaces.measures import (
    VERDICTS,
    SolutionPaths,
    Standing,
    SurfaceCase,
    barriers,
    islands,
    spread,
)
from amenable.surfaces import along_path, around


def table(standings: Sequence[Standing]) -> ResultTable:
    """Verdicts counted."""
    rows = []
    for it in standings:
        for name, verdicts in (("failed", it.verdicts), ("solved", it.solved_verdicts)):
            if verdicts:
                counted = Counter(verdicts)
                pairs = (it.solved_later, it.solved_by_adam) if name == "failed" else ()
                later = [f"{n} of {of}" for n, of in pairs] or ["", ""]
                cells = [str(counted[verdict]) for verdict in VERDICTS]
                rows.append((it.setting.words, f"{len(verdicts)} {name}", *cells, *later))
    return ResultTable(
        "Where networks end up, judged by gradient and Hessian; failed networks were trained "
        "further.",
        ("network and training", "judged", *VERDICTS, "solved later", "by Adam"),
        tuple(rows),
    )


def draw_surfaces(standings: Sequence[Standing], resolution: int) -> Illustration:
    """Loss around the median network that solves and the one that does not."""
    data = islands()
    figure, axes = panels(1, 2, (8.0, 3.8))
    said = []
    for ax, it in zip(axes, standings, strict=False):
        order = np.argsort(it.population.loss["training"], kind="stable")
        model = it.population[int(order[len(order) // 2])]
        surface = around(model, data, resolution=resolution)
        draw_landscape(surface, ax)
        ax.set_title(
            f"{it.setting.network.activation}: loss {model.loss['training']:.3g}", fontsize=10
        )
        said.append(
            f"{it.setting.network.activation} from {shorten(float(np.nanmin(surface.loss)))} to "
            f"{shorten(float(np.nanmax(surface.loss)))}"
        )
    return Illustration(
        "The loss around a network that solves the problem and one that does not",
        figure,
        f"Loss around the median network of each, {standings[0].setting.network.structure}, in two "
        f"random directions, each neuron moved by as much as its own weights are long: "
        f"{join(said)}. These are two of {standings[0].setting.network.n_parameters} directions: "
        "what looks flat or like a minimum here need not be so in the others.",
    )


def draw_walks(walks: SolutionPaths) -> Illustration:
    """All walks, and their median, as they are and matched."""
    figure, axes = panels(1, 2, (7.0, 3.6), sharey=True)
    colours = find_theme(THEME)
    for i, (ax, name, group) in enumerate(
        zip(
            axes,
            ("neurons as they are", "neurons matched"),
            (walks.plain, walks.matched),
            strict=True,
        )
    ):
        for it in group:
            ax.plot(it.positions, it.loss, color=colours.colours[i], lw=0.8, alpha=0.5)
        middle = np.median([it.loss for it in group], axis=0)
        ax.plot(group[0].positions, middle, **style(i, marker=False) | {"lw": 2.5}, label="median")
        set_titles(ax, name, "From one solution to the other", "Training loss" if i == 0 else "")
    return Illustration(
        "Straight lines between two solutions",
        figure,
        f"{len(walks.plain)} pairs of seeds; thick: median. Barrier: "
        f"{spread(barriers(walks.plain))} unchanged, {spread(barriers(walks.matched))} with the "
        "neurons of the second put into the order of the first. There may be a way around a "
        "barrier on the straight line.",
    )


def draw_verdicts(standings: Sequence[Standing]) -> Illustration:
    """Verdicts as bars."""
    figure, (ax,) = panels(1, 1, (6.5, 3.2))
    colours = find_theme(THEME)
    rows: list[tuple[str, tuple[str, ...]]] = []
    for it in standings:
        name = f"{it.setting.network.structure} {it.setting.network.activation}"
        rows += [
            (f"{name}\n{what}", verdicts)
            for what, verdicts in (("solved", it.solved_verdicts), ("failed", it.verdicts))
            if verdicts
        ]
    hatches = ("", "//", "..", "xx")
    left = np.zeros(len(rows))
    for verdict, colour, hatch in zip(VERDICTS, colours.colours, hatches, strict=False):
        sizes = np.array([verdicts.count(verdict) for _, verdicts in rows], dtype=np.float64)
        ax.barh(
            range(len(rows)),
            sizes,
            left=left,
            label=verdict,
            color=colour,
            hatch=hatch,
            edgecolor=colours.paper,
            height=0.65,
        )
        left += sizes
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.invert_yaxis()
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    set_titles(ax, "", "Networks", "")
    legend_below(figure, ax, 4)
    said = [
        f"{_said(it)} of the failed {it.setting.network.structure} {it.setting.network.activation}"
        for it in standings
        if it.verdicts
    ]
    return Illustration(
        "Where training ended",
        figure,
        f"At a minimum: {join(said)}. A verdict applies to the final weights only: it says how "
        "small steps along gradient and Hessian change the loss, in float64.",
    )


def _said(it: Standing) -> str:
    return f"{it.at_minimum[0]} of {it.at_minimum[1]}"


def draw_path(setting: SurfaceCase, times: int) -> Illustration:
    """The path of one failed network, trained on, in its own plane."""
    data = islands()
    training = replace(setting.training(times), goal=None, probe_every=setting.steps * times // 60)
    population = train(setting.network, data, training, seeds=1, snapshots=True, curves=True)
    surface = along_path(population, data, resolution=61)
    figure, (left, right) = panels(1, 2, (8.5, 3.8))
    draw_landscape(surface, left)
    curves = population.curves
    right.plot(curves.steps[0], curves.loss["training"][0], **style(0, marker=False))
    right.axvline(setting.steps, color=find_theme(THEME).ink, ls=":", lw=1.2)
    set_titles(right, "", "Steps", "Training loss")
    loss = curves.loss["training"][0]
    first = np.searchsorted(curves.steps[0], setting.steps)
    return Illustration(
        f"The path of one {setting.network.activation} network, trained further",
        figure,
        f"{surface.caption} Right: its loss, {shorten(float(loss[first]))} at step "
        f"{setting.steps:,} (dotted), where it was judged, and {shorten(float(loss[-1]))} at the "
        "end.",
    )
