"""The margin of one neuron trained on classes that a line parts, under several losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import amenable as am
from amenable.figures import MARKERS, find_theme
from amenable.formatting import join
from amenable.lecture.finding import Check, Illustration, Number, ResultTable, Scale
from amenable.lecture.panels import THEME, draw_band, legend_below, panels, set_titles, style
from amenable.lecture.runs import train

Floats = NDArray[np.float64]

ENOUGH = 0.95  # of the largest margin: a line that looks the same in a picture
# The weights' penalty beside the hinge: a soft margin is the hard one, the largest, where it is
# below 1 / (N a) for the largest dual variable a (Cortes and Vapnik 1995); here a is under 5.
SOFT = 1e-3
HARD = 1e8  # the C of the support vector machine, which asks for the hard margin
LOSSES: Mapping[str, Mapping[str, Any]] = {
    "squared": {"loss": "squared", "targets": (-1.0, 1.0)},
    "logistic": {"loss": "logistic"},
    "hinge": {"loss": "hinge"},
    "hinge and L2": {"loss": "hinge", "l2": SOFT},
}
WITHOUT = ("squared", "logistic")  # what has no margin in it


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """One data set.

    Parameters
    ----------
    title : str
        Of the data.
    data : Dataset
        The last input is 1 throughout: a neuron without bias, so that the margin is that of the
        weights, and the theory, which knows no bias, applies.
    largest : float
        The largest margin that any line has.
    direction : array (I,)
        That line's weights.
    steps : tuple of int
        Budgets after which margins were taken.
    margins : dict of str to array (K, T)
        By loss: least distance of a sample from the line over `largest`; below zero where samples
        are on the wrong side.
    weights : dict of str to array (T, I)
        At the end.
    """

    title: str
    data: am.Dataset
    largest: float
    direction: Floats
    steps: tuple[int, ...]
    margins: Mapping[str, Floats]
    weights: Mapping[str, Floats]

    def last(self, loss: str) -> float:
        """Median over seeds at the end."""
        return float(np.median(self.margins[loss][-1]))


def clouds() -> am.Dataset:
    """Two clouds with a gap between them, of different width."""
    rng = np.random.default_rng([11, 0])
    wide = rng.normal((-1.0, 0.3), (0.25, 0.9), (40, 2))
    narrow = rng.normal((1.0, -0.2), (0.35, 0.3), (40, 2))
    y = np.repeat([0, 1], 40)
    return am.Dataset.from_arrays(
        np.concatenate([wide, narrow]), y, name="clouds", validation=0.0, test=0.0
    )


def first_class(name: str) -> am.Dataset:
    """Bundled data, one of its classes against the others."""
    data = am.load(name, validation=0.0, test=0.0)
    return am.Dataset.from_arrays(
        data.x, (data.y == 0).astype(int), name=name, validation=0.0, test=0.0
    )


def with_constant(data: am.Dataset) -> am.Dataset:
    """The same with an input that is always 1."""
    x = np.column_stack([data.x, np.ones(len(data.x))])
    return am.Dataset.from_arrays(x, data.y, name=data.name, validation=0.0, test=0.0)


def largest_margin(data: am.Dataset) -> tuple[float, Floats]:
    """Largest distance from a line through zero to the nearest sample, and that line's weights.

    By a support vector machine. Each sample comes a second time with its signs turned, which
    leaves the machine's own constant at zero.
    """
    from sklearn.svm import SVC

    x, sign = data.x, 2 * data.y - 1
    machine = SVC(C=HARD, kernel="linear", tol=1e-8)
    machine.fit(np.concatenate([x, -x]), np.concatenate([sign, -sign]))
    direction = machine.coef_[0]
    return float(margins(data, direction)), direction


def margins(data: am.Dataset, weights: Floats) -> Floats:
    """Least distance of a sample from the lines of weights (..., I), on its own side."""
    sign = 2.0 * data.y - 1.0
    distances = (weights @ data.x.T) * sign
    return np.asarray(distances.min(axis=-1) / np.linalg.norm(weights, axis=-1))


def measure_one(title: str, plain: am.Dataset, steps: Sequence[int], seeds: int) -> Margins:
    """Train under every loss for every budget."""
    data = with_constant(plain)
    largest, direction = largest_margin(data)
    lr = 1 / float(np.linalg.eigvalsh(2 * data.x.T @ data.x / len(data.x))[-1])
    found, weights = {}, {}
    for name, options in LOSSES.items():
        training = am.Training(
            am.SGD(lr), batch="full", init="normal(0.1)", dtype="float64", steps=1, **options
        )
        trainings = [it for n in steps for it in am.grid(training, steps=[n], probe_every=[n])]
        population = train(am.mlp(data.n_inputs, 1, bias=False), data, trainings, seeds=seeds)
        ends = population.weights.reshape(len(steps), seeds, -1)
        found[name] = margins(data, ends) / largest
        weights[name] = ends[-1]
    return Margins(title, data, largest, direction, tuple(steps), found, weights)


def measure(scale: Scale) -> tuple[Margins, ...]:
    """All data sets."""
    steps = [10 ** (k // 2) * (3 if k % 2 else 1) for k in range(2, scale.of(11, 9))]
    seeds = 8
    found = [measure_one("two clouds", clouds(), steps, seeds)]
    if not scale.is_quick:
        found.append(measure_one("iris, setosa or not", first_class("iris"), steps, seeds))
        found.append(measure_one("wine, first grower or not", first_class("wine"), steps, seeds))
    return tuple(found)


def checks(found: Sequence[Margins]) -> tuple[Check, ...]:
    """The claim on margins in parts."""
    return (_with_check(found), _without_check(found), _creep_check(found))


def _with_check(found: Sequence[Margins]) -> Check:
    name = "hinge and L2"
    return Check(
        "Margin, where it is in the loss: with hinge loss and L2, which is a support vector "
        f"machine, the neuron ends with at least {ENOUGH:.0%} of the largest margin on all data "
        "(median over seeds).",
        all(it.last(name) >= ENOUGH for it in found),
        f"{_said(found, name)}. Hinge alone stops at the first line from which all samples are at "
        f"least 1 away, measured by its own weights: {_said(found, 'hinge')}.",
    )


def _without_check(found: Sequence[Margins]) -> Check:
    return Check(
        f"“Only if expressed”: under squared and logistic loss it is below {ENOUGH:.0%} of the "
        f"largest margin after {found[0].steps[-1]:,} steps, on all data.",
        all(it.last(name) < ENOUGH for it in found for name in WITHOUT),
        "; ".join(f"{name} loss {_said(found, name)}" for name in WITHOUT) + ".",
    )


def _creep_check(found: Sequence[Margins]) -> Check:
    rows = {it.title: np.median(it.margins["logistic"][-5::2], axis=1) for it in found}
    return Check(
        "Logistic loss, which knows no margin, creeps to the largest one nevertheless when it goes "
        "on after all samples are right (Soudry et al. 2018): the margin grows with each of the "
        "last two tenfolds of the steps.",
        all(bool(np.all(np.diff(row) > 0)) for row in rows.values()),
        f"At {join([f'{n:,}' for n in found[0].steps[-5::2]])} steps: "
        + "; ".join(
            f"{title} {', '.join(f'{it:.1%}' for it in row)}" for title, row in rows.items()
        )
        + " of the largest margin.",
    )


def _said(found: Sequence[Margins], loss: str) -> str:
    return join([f"{it.last(loss):.1%} on {it.title}" for it in found])


def numbers(found: Sequence[Margins]) -> Number:
    """For the finding."""
    return {
        it.title: {
            "largest_margin": it.largest,
            "steps": list(it.steps),
            **{name: np.median(rows, axis=1).tolist() for name, rows in it.margins.items()},
        }
        for it in found
    }


def table(found: Sequence[Margins]) -> ResultTable:
    """Margins at the end."""
    return ResultTable(
        f"Margin after {found[0].steps[-1]:,} steps, of the largest: median (least to most)",
        ("data", "largest", *LOSSES),
        tuple(
            (
                it.title,
                f"{it.largest:.3f}",
                *(
                    f"{np.median(rows[-1]):.1%} ({rows[-1].min():.1%} to {rows[-1].max():.1%})"
                    for rows in it.margins.values()
                ),
            )
            for it in found
        ),
    )


def draw(found: Sequence[Margins]) -> Illustration:
    """Margins over steps."""
    figure, axes = panels(1, len(found), (2.6 + 2.2 * len(found), 3.8), sharey=True)
    for ax, it in zip(axes, found, strict=True):
        for i, (name, rows) in enumerate(it.margins.items()):
            draw_band(ax, i, it.steps, rows, name)
        ax.axhline(1, color=find_theme(THEME).ink, lw=1, ls=":")
        ax.set_xscale("log")
        ax.set_ylim(-0.3, 1.08)
        set_titles(ax, it.title, "Steps", "Margin, of the largest" if ax is axes[0] else "")
    legend_below(figure, axes[0], 4 if len(found) > 1 else 2)
    return Illustration(
        "Margins under four losses",
        figure,
        "Smallest distance of a sample from the line, relative to the support vector machine’s "
        "(dotted): medians over seeds, with quartiles as bands. Below zero some samples are on the "
        "wrong side. At the end: "
        f"{'; '.join(f'{name} {_said(found, name)}' for name in LOSSES)}. Other steps take other "
        "paths; only hinge with L2 and squared loss determine where they end.",
    )


def draw_plane(found: Margins) -> Illustration:
    """The lines that the losses end with, in the plane of the two inputs."""
    figure, (ax,) = panels(1, 1, (6.0, 4.4))
    theme = find_theme(THEME)
    for k, name in enumerate(("one class", "the other")):
        x = found.data.x[found.data.y == k]
        colour = theme.colours[-1 if k else 5]
        ax.scatter(x[:, 0], x[:, 1], s=18, color=colour, marker=MARKERS[k], lw=0, label=name)
    x = found.data.x[:, :2]
    ends = np.array([x[:, 1].min() - 0.3, x[:, 1].max() + 0.3])
    _line(ax, found.direction, ends, color=theme.faint, lw=6, label="largest margin", zorder=1)
    for i, (name, weights) in enumerate(found.weights.items()):
        _line(ax, weights[0], ends, label=name, **style(i, marker=False))
    ax.set(xlim=(x[:, 0].min() - 0.3, x[:, 0].max() + 0.3), ylim=ends)
    set_titles(ax, "", "x0", "x1")
    legend_below(figure, ax, 4)
    return Illustration(
        "Which line each loss chooses",
        figure,
        f"{found.title.capitalize()}, the first seed after {found.steps[-1]:,} "
        "steps. A line separates the classes if its margin is above zero: "
        + "; ".join(f"{name} {found.last(name):.1%}" for name in LOSSES)
        + " of the largest margin, which counts the constant input as one of three.",
    )


def _line(ax: Axes, weights: Floats, heights: Floats, **looks: Any) -> None:
    """Where w0 x + w1 y + w2 = 0, from one height to the other."""
    ax.plot(-(weights[1] * heights + weights[2]) / weights[0], heights, **looks)
