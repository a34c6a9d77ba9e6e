"""One neuron beside the regressions of statistics, fitted without gradient descent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import amenable as am
from amenable.figures.canvas import MARKERS, themed
from amenable.figures.legends import listed, rounded
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, Number, Scale, Table
from amenable.lecture.panels import THEME, legend_below, panels, style, titled
from amenable.lecture.runs import train
from amenable.statistics import wilson

Floats = NDArray[np.float64]

SAME = 1e-6  # of the largest weight: six digits, as many as a table of coefficients prints
START = "normal(3.0)"  # seeds begin far apart, or that they end together would say little
PROBES = 200  # on the way, for the picture


@dataclass(frozen=True, slots=True)
class Problem:
    """What a neuron is to learn, and how long it is given.

    Parameters
    ----------
    title : str
        What it is called.
    data : Dataset
        All of it is for training.
    l2 : float
        The penalty, in both models alike; 0 where the best weights are finite without.
    steps : int
        Of full-batch gradient descent; the curvature of the data asks for so many.
    """

    title: str
    data: am.Dataset
    l2: float
    steps: int

    @property
    def loss(self) -> str:
        """Squared for numbers, logistic for classes."""
        return "squared" if self.data.task == "regression" else "logistic"

    @property
    def lr(self) -> float:
        """1 / L for the largest curvature L that the loss has anywhere: it cannot diverge."""
        x = _with_constant(self.data.split("training")[0])
        largest = float(np.linalg.eigvalsh(x.T @ x / len(x))[-1])
        return 1 / ((2.0 if self.loss == "squared" else 0.25) * largest + self.l2)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One problem: the neuron from every seed, and the regression beside it."""

    problem: Problem
    population: am.Population
    reference: Floats  # (P,) weights, then the intercept
    ways: Floats  # (T, K) distance to the reference at the probes, over its largest weight
    sigmoid_squared: float | None  # distance where a sigmoid is trained on squared loss instead

    @property
    def difference(self) -> float:
        """Largest difference of any weight of any seed, over the largest weight."""
        return float(_distances(self.population.weights, self.reference).max())

    @property
    def spread(self) -> tuple[float, float]:
        """Largest distance of two seeds at the start and at the end, in the same measure."""
        ends = self.population.snapshots[:, [0, -1]]
        size = float(np.abs(self.reference).max())
        first, last = np.ptp(ends, axis=0).max(axis=1) / size
        return float(first), float(last)


def problems(scale: Scale) -> tuple[Problem, ...]:
    """Real and made-up data for both regressions."""
    cells = am.load("breast-cancer", validation=0.0)
    pair = [cells.features.index(name) for name in ("mean radius", "mean texture")]
    two = am.Dataset.from_arrays(
        cells.x[:, pair],
        cells.y,
        name="breast-cancer, 2 inputs",
        validation=0.0,
        features=[cells.features[i] for i in pair],
    )
    found = [
        Problem("diabetes", am.load("diabetes", validation=0.0), 0.0, 12_000),
        Problem("breast-cancer, 2 inputs", two, 0.0, 2_000),
    ]
    if not scale.is_quick:
        moons = am.load("moons", noise=0.3, validation=0.0)
        sine = am.load("sine", noise=0.1, validation=0.0)
        found.insert(1, Problem("sine", sine, 0.0, 500))
        found.append(Problem("moons", moons, 0.0, 2_000))
        found.append(Problem("breast-cancer, 30 inputs", cells, 0.01, 12_000))
    return tuple(found)


def regression(problem: Problem) -> Floats:
    """Weights, then the intercept (P,), as scikit-learn fits them.

    scikit-learn penalizes the sum of the losses, the training here their mean: C = 1 / (l2 N).
    """
    from sklearn.linear_model import LinearRegression, LogisticRegression

    x, y = problem.data.split("training")
    if problem.loss == "squared":
        model = LinearRegression().fit(x, y[:, 0])
        return np.append(model.coef_, model.intercept_)
    strength = 1 / (problem.l2 * len(x)) if problem.l2 else np.inf
    # Newton's steps with a Cholesky factor: precise to rounding, and no gradient descent.
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-12, max_iter=100)
    model.fit(x, y)
    return np.append(model.coef_[0], model.intercept_)


def fit(problem: Problem, seeds: int) -> Fitted:
    """Train one neuron from every seed, and fit the regression."""
    data = problem.data
    training = am.Training(
        am.SGD(problem.lr),
        loss=problem.loss,
        batch="full",
        steps=problem.steps,
        init=START,
        bias_init=START,
        l2=problem.l2,
        probe_every=max(1, problem.steps // PROBES),
        dtype="float64",
    )
    network = am.mlp(data.n_inputs, 1)
    population = train(network, data, training, seeds=seeds, snapshots=True)
    reference = regression(problem)
    return Fitted(
        problem,
        population,
        reference,
        _distances(population.snapshots, reference),
        _sigmoid_squared(problem, reference) if problem.loss == "logistic" else None,
    )


def _sigmoid_squared(problem: Problem, reference: Floats) -> float:
    """Distance of the best neuron whose sigmoid is trained on squared loss: another regression."""
    training = am.Training(
        am.SGD(problem.lr),
        loss="squared",
        batch="full",
        steps=problem.steps,
        l2=problem.l2,
        probe_every=problem.steps,
        dtype="float64",
    )
    network = am.mlp(problem.data.n_inputs, 1, output="sigmoid")
    best = train(network, problem.data, training, seeds=8).best
    return float(_distances(best.flat, reference))


def _distances(weights: Floats, reference: Floats) -> Floats:
    """Largest difference over the last axis, over the largest weight of the reference."""
    return np.asarray(np.abs(weights - reference).max(axis=-1) / np.abs(reference).max())


def _with_constant(x: Floats) -> Floats:
    return np.column_stack([x, np.ones(len(x))])


def checks(found: Sequence[Fitted]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    by_loss = {loss: [it for it in found if it.problem.loss == loss] for loss in REGRESSIONS}
    return (
        *(_same_check(loss, group) for loss, group in by_loss.items()),
        _optimum_check(found),
    )


REGRESSIONS = {"squared": "linear", "logistic": "logistic"}
CLAIMS = {
    "squared": "One neuron is linear regression",
    "logistic": "Wrapped in a sigmoid, with the loss that goes with it, it is logistic regression",
}


def _same_check(loss: str, found: Sequence[Fitted]) -> Check:
    said = []
    for it in found:
        close = _distances(it.population.weights, it.reference) <= SAME
        low, high = wilson(int(close.sum()), len(close))
        said.append(
            f"{it.problem.title}: {int(close.sum())} of {len(close)} seeds [{low:.2f}, {high:.2f}],"
            f" largest difference {rounded(it.difference)}"
        )
    return Check(
        f"{CLAIMS[loss]}: from every seed, each weight and the bias differ from those of "
        f"scikit-learn by at most {SAME:g} of the largest.",
        all(it.difference <= SAME for it in found),
        "; ".join(said) + ".",
    )


def _optimum_check(found: Sequence[Fitted]) -> Check:
    said = []
    for it in found:
        first, last = it.spread
        said.append(
            f"{it.problem.title}: {rounded(first)} at the start, {rounded(last)} at the end"
        )
    return Check(
        "Both have one optimum: seeds that start farther apart than the largest weight of the "
        f"solution end within {SAME:g} of it from one another.",
        all(it.spread[0] > 1 and it.spread[1] <= SAME for it in found),
        f"Largest distance of two seeds in any weight, over the largest weight: {'; '.join(said)}.",
    )


def neuron(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds = scale.of(24, 8)
    found = [fit(it, seeds) for it in problems(scale)]
    return Finding(
        summary=_summary(found),
        counts=(
            f"{seeds} seeds of one neuron on each of {listed([it.problem.title for it in found])}; "
            "inputs as the catalogue standardizes them. Plain gradient descent on all samples, "
            "float64, learning rate 1 / L for the largest curvature L of the loss, initial weights "
            f"and biases normal with deviation 3; {_steps(found)}. Beside them scikit-learn’s "
            "LinearRegression and LogisticRegression (Newton’s method), without penalty"
            f"{_penalized(found)}."
        ),
        checks=checks(found),
        numbers={it.problem.title: _numbers(it) for it in found},
        tables=(_table(found),),
        illustrations=(_draw_borders(found), _draw_ways(found)),
        code=CODE,
    )


CODE = """
import amenable as am
data = am.load("diabetes")  # or your own file
training = am.Training(am.SGD(0.1), batch="full", steps=12000, dtype="float64")
population = am.train(am.mlp(data.n_inputs, 1), data, training, seeds=8)
from sklearn.linear_model import LinearRegression
x, y = data.split("training")
print(population.best.weights["1.weight"], LinearRegression().fit(x, y).coef_)
"""


def _steps(found: Sequence[Fitted]) -> str:
    steps = [it.problem.steps for it in found]
    return f"{min(steps):,} to {max(steps):,} steps, as the data’s curvature asks"


def _penalized(found: Sequence[Fitted]) -> str:
    penalized = [f"{it.problem.title}: {it.problem.l2:g}" for it in found if it.problem.l2]
    return f" or with the same L2 ({listed(penalized)})" if penalized else ""


def _summary(found: Sequence[Fitted]) -> str:
    said = []
    for loss, name in REGRESSIONS.items():
        worst = max(it.difference for it in found if it.problem.loss == loss)
        said.append(f"from {name} regression by {rounded(worst)} of the largest weight")
    other = [it.sigmoid_squared for it in found if it.sigmoid_squared is not None]
    return (
        f"Over all data sets and seeds the neuron differs {listed(said)} at most. The loss is part "
        "of what it is: a sigmoid trained on squared loss instead ends "
        f"{rounded(min(other))} or more of the largest weight away from logistic regression."
    )


def _numbers(it: Fitted) -> Number:
    return {
        "loss": it.problem.loss,
        "l2": it.problem.l2,
        "learning_rate": it.problem.lr,
        "steps": it.problem.steps,
        "regression": it.reference.tolist(),
        "largest_difference": it.difference,
        "spread_at_start": it.spread[0],
        "spread_at_end": it.spread[1],
        "sigmoid_on_squared_loss_differs_by": it.sigmoid_squared,
    }


def _table(found: Sequence[Fitted]) -> Table:
    return Table(
        "Differences in any weight, over the regression’s largest weight",
        (
            "data",
            "samples",
            "inputs",
            "loss",
            "L2",
            "largest difference",
            "seeds apart at start",
            "at end",
            "sigmoid on squared loss",
        ),
        tuple(
            (
                it.problem.title,
                f"{it.problem.data.n_samples:,}",
                str(it.problem.data.n_inputs),
                it.problem.loss,
                f"{it.problem.l2:g}",
                rounded(it.difference),
                rounded(it.spread[0]),
                rounded(it.spread[1]),
                "" if it.sigmoid_squared is None else rounded(it.sigmoid_squared),
            )
            for it in found
        ),
    )


def _draw_borders(found: Sequence[Fitted]) -> Illustration:
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
        "Where either gives both classes the same probability. Faint: the neuron of eight seeds "
        "before training; after it their lines lie on one another and under the dashed one. Share "
        f"of samples that the median neuron gives the regression’s class: {listed(agree)}.",
    )


def _agreement(it: Fitted) -> float:
    x = it.problem.data.x
    ours = it.population.median.decision(x)[:, 0] > 0
    return float(np.mean(ours == (_with_constant(x) @ it.reference > 0)))


def _draw_plane(ax: Axes, it: Fitted) -> None:
    theme, data = themed(THEME), it.problem.data
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
    titled(
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


def _draw_ways(found: Sequence[Fitted]) -> Illustration:
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
        ax.axhline(SAME, color=themed(THEME).faint, lw=1, zorder=0)
        name = REGRESSIONS[loss].capitalize()
        titled(ax, f"{name} regression", "Steps, as a share of all")
        ax.legend(frameon=False, fontsize=8, labelcolor=themed(THEME).ink, loc="upper right")
    axes[0].set_ylabel("Largest difference, over largest weight", color=themed(THEME).ink)
    said = [f"{it.problem.title} {rounded(float(np.median(it.ways[:, -1])))}" for it in found]
    return Illustration(
        "The way to the regression’s weights",
        figure,
        "Largest difference of the neuron’s weights to those of scikit-learn, eight seeds each; "
        f"line across: what counts as the same. At the end, median over seeds: {listed(said)}. "
        "Where a line turns level, one of the two has no more digits.",
    )


EXPERIMENT = Experiment(
    name="neuron",
    title="One neuron",
    claim=(
        "“If we use a single neuron we are doing linear regression. Wrap it in a sigmoid and it is "
        "logistic regression.”"
    ),
    run=neuron,
)
