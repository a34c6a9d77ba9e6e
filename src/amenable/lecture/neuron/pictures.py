"""Pictures of one neuron: its border, and its way to the regression's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from amenable.figures import MARKERS, find_theme
from amenable.formatting import join, shorten
from amenable.lecture.finding import Illustration
from amenable.lecture.neuron.measures import REGRESSIONS, SAME, Fitted, Floats, with_constant
from amenable.lecture.panels import THEME, legend_below, panels, set_titles, style


def draw_borders(found: Sequence[Fitted]) -> Illustration:
    """The neuron's border from several seeds, at the start and at the end."""
    shown = [it for it in found if it.problem.data.n_inputs == 2]
    figure, axes = panels(1, len(shown), (3.0 + 3.0 * len(shown), 3.6))
    for ax, it in zip(axes, shown, strict=True):
        _draw_plane(ax, it)
    legend_below(figure, axes[0], 3)
    agree = [f"{_agreement(it):.2%} on {it.problem.title}" for it in shown]
    return Illustration(
        "One neuron with a sigmoid, and logistic regression",
        figure,
        "Lines show where each model gives both classes the same probability. Faint lines are "
        "eight "
        "neurons before training; after training their lines coincide with the dashed one. Share "
        "of "
        f"samples that the median neuron classifies like the regression: {join(agree)}.",
    )


def _agreement(it: Fitted) -> float:
    x = it.problem.data.x
    ours = it.population.median.decision(x)[:, 0] > 0
    return float(np.mean(ours == (with_constant(x) @ it.reference > 0)))


def _draw_plane(ax: Axes, it: Fitted) -> None:
    theme, data = find_theme(THEME), it.problem.data
    for k, name in enumerate(data.classes):
        x = data.x[data.y == k]
        ax.scatter(
            x[:, 0],
            x[:, 1],
            s=12,
            color=theme.colours[k],
            marker=MARKERS[k],
            alpha=0.45,
            lw=0,
            label=f"class {name}",
        )
    frame = np.stack([data.x.min(axis=0), data.x.max(axis=0)])
    frame += 0.06 * np.ptp(frame, axis=0) * np.array([[-1], [1]])
    looks: Mapping[str, tuple[int, float, float]] = {"before": (0, 0.9, 0.5), "after": (-1, 3.5, 1)}
    for label, (probe, width, alpha) in looks.items():
        for t in range(8):
            ax.plot(
                *_border(it.population.snapshots[t, probe], frame),
                color=theme.colours[2],
                lw=width,
                alpha=alpha,
                label=f"neuron, {label} training" if t == 0 else None,
                zorder=3,
            )
    ax.plot(
        *_border(it.reference, frame),
        color=theme.ink,
        ls="--",
        lw=1.2,
        label="logistic regression",
        zorder=4,
    )
    ax.set(xlim=frame[:, 0], ylim=frame[:, 1])
    set_titles(
        ax,
        it.problem.title.split(",")[0],
        *(f"{name} (standardized)" if "mean" in name else name for name in data.features),
    )


def _border(weights: Floats, frame: Floats) -> tuple[Floats, Floats]:
    """The line where the weighted sum is zero, longer than the frame."""
    normal, bias = weights[:2], float(weights[2])
    foot = -bias * normal / (normal @ normal)
    along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
    reach = 2 * float(np.ptp(frame, axis=0).max() + np.abs(foot - frame.mean(axis=0)).max())
    ends = foot + np.array([[-reach], [reach]]) * along
    return ends[:, 0], ends[:, 1]


def draw_ways(found: Sequence[Fitted]) -> Illustration:
    """Distances to the regressions over the steps."""
    figure, axes = panels(1, 2, (7.5, 3.8), sharey=True)
    for ax, loss in zip(axes, REGRESSIONS, strict=True):
        group = [it for it in found if it.problem.loss == loss]
        for i, it in enumerate(group):
            looks = style(i, marker=False)
            steps = it.population.probes[0] / it.problem.steps
            for t, way in enumerate(it.ways[:8]):
                ax.plot(
                    steps,
                    np.maximum(way, 1e-17),
                    **looks | {"lw": 0.9},
                    label=f"{it.problem.title} ({it.problem.steps:,} steps)" if t == 0 else None,
                )
        ax.set_yscale("log")
        ax.axhline(SAME, color=find_theme(THEME).faint, lw=1, zorder=0)
        name = REGRESSIONS[loss].capitalize()
        set_titles(ax, f"{name} regression", "Steps, as a share of all")
        ax.legend(frameon=False, fontsize=8, labelcolor=find_theme(THEME).ink, loc="upper right")
    axes[0].set_ylabel("Largest difference, over largest weight", color=find_theme(THEME).ink)
    said = [f"{it.problem.title} {shorten(float(np.median(it.ways[:, -1])))}" for it in found]
    return Illustration(
        "The path to the regression’s weights",
        figure,
        "Largest difference between the neuron’s weights and scikit-learn’s, for eight seeds each; "
        f"values below the horizontal line count as equal. At the end, median over seeds: "
        f"{join(said)}. Where a line levels off, one of the two has run out of digits.",
    )
