"""L2: ridge regression for one neuron; for a wide layer, weights and validation by strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import amenable as am
from amenable.figures.canvas import themed
from amenable.figures.legends import listed, rounded
from amenable.figures.spaghetti import draw_spaghetti, spaghetti_data
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, Number, Scale, Table
from amenable.lecture.panels import THEME, banded, legend_below, panels, titled
from amenable.lecture.runs import train
from amenable.statistics import wilson

Floats = NDArray[np.float64]

STRENGTHS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # of the penalty: none, then tenfold
RIDGES = (0.01, 0.1, 1.0)
SAME = 1e-6  # of the largest weight, as for the neuron without penalty
LITTLE = 0.01  # of accuracy or r2: a point, less than such a validation split can tell
WIDTH = 50
BATCH = 32  # all samples, where there are few
STEPS = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of data; every draw is another training split of it.

    Parameters
    ----------
    title, name : str
        What it is called here, and by `load`.
    options : mapping
        For `load`: noise, number of samples, share held out.
    is_hard : bool
        Whether samples are few and noisy, so that a penalty should matter.
    """

    title: str
    name: str
    options: Mapping[str, Any]
    is_hard: bool

    def draw(self, seed: int) -> am.Dataset:
        """The data with that seed."""
        return am.load(self.name, seed=seed, **self.options)


PROBLEMS = (
    Problem("sine, 32 noisy", "sine", {"n": 640, "noise": 0.4, "validation": 0.95}, True),
    Problem("moons, 32 noisy", "moons", {"n": 640, "noise": 0.4, "validation": 0.95}, True),
    Problem("diabetes, 44", "diabetes", {"validation": 0.9}, True),
    Problem("sine, 600 clean", "sine", {"n": 1200, "noise": 0.0, "validation": 0.5}, False),
    Problem("moons, 600 clean", "moons", {"n": 1200, "noise": 0.1, "validation": 0.5}, False),
)


@dataclass(frozen=True, slots=True)
class Swept:
    """One problem over the strengths: arrays (strengths, draws), each a median over seeds."""

    problem: Problem
    loss: Floats  # on validation samples
    metric: Floats
    norm: Floats  # Euclidean, of all weights without biases
    n_choosing: int  # the first draws choose the strength, the others judge it

    @property
    def chosen(self) -> int:
        """Place of the strength with the least median validation loss over the choosing draws."""
        return int(np.argmin(np.median(self.loss[:, : self.n_choosing], axis=1)))

    @property
    def better(self) -> tuple[int, int]:
        """On how many of the other draws the chosen strength has less loss than none, of all."""
        judged = self.loss[:, self.n_choosing :]
        return int(np.sum(judged[self.chosen] < judged[0])), judged.shape[1]

    @property
    def gain(self) -> float:
        """Median over the other draws of the metric gained by the chosen strength."""
        judged = self.metric[:, self.n_choosing :]
        return float(np.median(judged[self.chosen] - judged[0]))


def ridge_differences(name: str, seeds: int) -> dict[float, float]:
    """Largest difference of a neuron's weights to scikit-learn's Ridge, over its largest weight.

    Ridge adds alpha |w|^2 to the sum of squared errors, the training here l2 / 2 |w|^2 to their
    mean: alpha = l2 N / 2.
    """
    from sklearn.linear_model import Ridge

    data = am.load(name, validation=0.0)
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    curvature = 2 * float(np.linalg.eigvalsh(inputs.T @ inputs / len(x))[-1])
    found = {}
    for l2 in RIDGES:
        training = am.Training(
            am.SGD(1 / (curvature + l2)),
            batch="full",
            steps=6000,
            l2=l2,
            probe_every=6000,
            dtype="float64",
        )
        weights = train(am.mlp(data.n_inputs, 1), data, training, seeds=seeds).weights
        ridge = Ridge(alpha=l2 * len(x) / 2, solver="cholesky").fit(x, y[:, 0])
        reference = np.append(ridge.coef_, ridge.intercept_)
        found[l2] = float(np.abs(weights - reference).max() / np.abs(reference).max())
    return found


def sweep(problem: Problem, draws: int, seeds: int) -> Swept:
    """Train a wide layer on every draw with every strength and seed."""
    trainings = am.grid(_training(), l2=list(STRENGTHS))
    rows = []
    for seed in range(draws):
        data = problem.draw(seed)
        network = am.mlp(data.n_inputs, WIDTH, 1)
        population = train(network, data, trainings, seeds=seeds)
        is_weight = np.concatenate(
            [
                np.full(int(np.prod(shape)), name.endswith("weight"))
                for name, shape in network.parameter_shapes
            ]
        )
        norms = np.linalg.norm(population.weights[:, is_weight], axis=1)
        measured = (population.loss["validation"], population.metric["validation"], norms)
        rows.append([np.median(it.reshape(len(STRENGTHS), seeds), axis=1) for it in measured])
    loss, metric, norm = np.array(rows).transpose(1, 2, 0)
    return Swept(problem, loss, metric, norm, draws // 3)


def _training(l2: float = 0.0) -> am.Training:
    return am.Training(
        am.Adam(0.01), batch=BATCH, steps=STEPS, schedule=am.Cosine(), l2=l2, probe_every=STEPS
    )


def checks(ridge: Mapping[str, Mapping[float, float]], found: Sequence[Swept]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    hard = [it for it in found if it.problem.is_hard]
    easy = [it for it in found if not it.problem.is_hard]
    return (
        _ridge_check(ridge),
        _norm_check(found),
        _help_check(hard),
        _little_check(easy),
        _much_check(found),
    )


def _ridge_check(ridge: Mapping[str, Mapping[float, float]]) -> Check:
    worst = {name: max(row.values()) for name, row in ridge.items()}
    return Check(
        "As in linear regression: one neuron with L2 is ridge regression, each weight within "
        f"{SAME:g} of the largest, from every seed.",
        all(it <= SAME for it in worst.values()),
        f"Largest difference to scikit-learn’s Ridge over L2 of "
        f"{listed([f'{it:g}' for it in RIDGES])}: "
        + listed([f"{name} {rounded(it)}" for name, it in worst.items()])
        + ".",
    )


def _norm_check(found: Sequence[Swept]) -> Check:
    medians = [np.median(it.norm, axis=1) for it in found]
    return Check(
        "It shrinks the weights: with every tenfold of L2 their median norm falls, on all data.",
        all(bool(np.all(np.diff(row) < 0)) for row in medians),
        "Norms without and with the strongest: "
        + "; ".join(
            f"{it.problem.title} {rounded(float(row[0]))} and {rounded(float(row[-1]))}"
            for it, row in zip(found, medians, strict=True)
        )
        + ".",
    )


def _help_check(hard: Sequence[Swept]) -> Check:
    return Check(
        "Where samples are few and noisy it lowers the validation loss: the strength chosen on "
        "some draws of the data is better than none on more than half of the others, beyond "
        "chance.",
        all(wilson(*it.better).low > 0.5 for it in hard),
        "; ".join(_judged(it) for it in hard) + ".",
    )


def _little_check(easy: Sequence[Swept]) -> Check:
    return Check(
        "Where they are many and clean there is little to gain: less than a point of accuracy or "
        "r2, in the median.",
        all(it.gain < LITTLE for it in easy),
        "; ".join(_judged(it) for it in easy) + ".",
    )


def _judged(it: Swept) -> str:
    better, n = it.better
    low, high = wilson(better, n)
    return (
        f"{it.problem.title}: {_strength(it.chosen)} is better on {better} of {n} draws "
        f"[{low:.2f}, {high:.2f}], median gain in {_metric(it)} {it.gain:+.3f}"
    )


def _much_check(found: Sequence[Swept]) -> Check:
    counts = [(int(np.sum(it.loss[-1] > it.loss[0])), it.loss.shape[1]) for it in found]
    said = []
    for it, (worse, n) in zip(found, counts, strict=True):
        low, high = wilson(worse, n)
        said.append(f"{it.problem.title} {worse} of {n} [{low:.2f}, {high:.2f}]")
    return Check(
        f"It must be chosen: L2 of {STRENGTHS[-1]:g} is worse than none on more than half of the "
        "draws, beyond chance, on all data.",
        all(wilson(*it).low > 0.5 for it in counts),
        f"Worse on: {'; '.join(said)}.",
    )


def penalty(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    draws, seeds = scale.of(24, 9), 4
    shown = scale.of(PROBLEMS, (PROBLEMS[1], PROBLEMS[4]))
    names = scale.of(("diabetes", "sine"), ("sine",))
    ridge = {name: ridge_differences(name, scale.of(16, 4)) for name in names}
    found = [sweep(it, draws, seeds) for it in shown]
    pictures = [_draw_losses(found), _draw_norms(found)]
    if not scale.is_quick:
        pictures.append(_draw_planes(found[1]))
    return Finding(
        summary=_summary(ridge, found),
        counts=(
            f"A layer of {WIDTH} tanh units on each of {listed([it.title for it in shown])} "
            f"training samples; {draws} draws of each, {seeds} seeds on each draw, of which the "
            f"median counts; Adam 0.01, cosine, batches of {BATCH}, {STEPS:,} steps; L2 of "
            f"{listed([f'{it:g}' for it in STRENGTHS])} on weights, not on biases. The first "
            f"{found[0].n_choosing} draws choose its strength, the other "
            f"{draws - found[0].n_choosing} judge it. Ridge: {scale.of(16, 4)} seeds, plain "
            "gradient descent in float64."
        ),
        checks=checks(ridge, found),
        numbers={
            "ridge": {
                name: {f"{l2:g}": it for l2, it in row.items()} for name, row in ridge.items()
            },
            "strengths": list(STRENGTHS),
            **{it.problem.title: _numbers(it) for it in found},
        },
        tables=(_table(found),),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import amenable as am
trainings = am.grid(am.Training(steps=2000), l2=[0, 1e-4, 1e-3, 1e-2, 1e-1])
population = am.train(am.mlp(2, 100, 1), "moons", trainings, seeds=16)  # or your own data
print(population.summary("l2"))
"""


def _summary(ridge: Mapping[str, Mapping[float, float]], found: Sequence[Swept]) -> str:
    worst = max(it for row in ridge.values() for it in row.values())
    gains = [f"{it.gain:+.3f} on {it.problem.title} ({_strength(it.chosen)})" for it in found]
    return (
        f"One neuron with L2 is ridge regression to {rounded(worst)} of the largest weight. "
        f"For a wide layer the chosen strength changes accuracy or r2 by {listed(gains)}."
    )


def _strength(place: int) -> str:
    return f"L2 {STRENGTHS[place]:g}" if place else "none"


def _metric(it: Swept) -> str:
    return "accuracy" if it.problem.name == "moons" else "r2"


def _numbers(it: Swept) -> Number:
    better, n = it.better
    return {
        "median_validation_loss": np.median(it.loss, axis=1).tolist(),
        "median_validation_metric": np.median(it.metric, axis=1).tolist(),
        "median_norm": np.median(it.norm, axis=1).tolist(),
        "chosen": STRENGTHS[it.chosen],
        "better": better,
        "judged": n,
        "gain": it.gain,
    }


def _table(found: Sequence[Swept]) -> Table:
    return Table(
        "Median over draws: validation loss, accuracy or r2, norm of the weights",
        ("L2", *(it.problem.title for it in found)),
        tuple(
            (
                f"{l2:g}",
                *(
                    f"{rounded(float(np.median(it.loss[k])))}; {np.median(it.metric[k]):.3f}; "
                    f"{rounded(float(np.median(it.norm[k])))}"
                    for it in found
                ),
            )
            for k, l2 in enumerate(STRENGTHS)
        ),
    )


def _draw_losses(found: Sequence[Swept]) -> Illustration:
    groups = {"Few and noisy": True, "Many and clean": False}
    figure, axes = panels(1, 2, (7.5, 4.0), sharey=True)
    for ax, (title, is_hard) in zip(axes, groups.items(), strict=True):
        for i, it in enumerate(found):
            if it.problem.is_hard == is_hard:
                banded(ax, i, range(len(STRENGTHS)), it.loss / it.loss[0], it.problem.title)
        ax.axhline(1, color=themed(THEME).faint, lw=1, zorder=0)
        ax.set_yscale("log")
        _strength_ticks(ax)
        titled(ax, title, "L2", "Validation loss, over that without" if ax is axes[0] else "")
        ax.legend(frameon=False, fontsize=8, labelcolor=themed(THEME).ink, loc="upper left")
    least = [
        f"{float(np.median(it.loss, axis=1).min() / np.median(it.loss[0])):.2f} on "
        f"{it.problem.title}"
        for it in found
    ]
    return Illustration(
        "Validation loss over the strength of L2",
        figure,
        f"Median over draws, bands quartiles; below the line across, L2 helps. Least median loss "
        f"over that without: {listed(least)}. Losses so near zero that only their ratio is large "
        "mean little: see the table.",
    )


def _strength_ticks(ax: Axes) -> None:
    ax.set_xticks(range(len(STRENGTHS)), ["none", *(f"{it:g}" for it in STRENGTHS[1:])])


def _draw_norms(found: Sequence[Swept]) -> Illustration:
    figure, (ax,) = panels(1, 1, (6.0, 4.0))
    for i, it in enumerate(found):
        banded(ax, i, range(len(STRENGTHS)), it.norm, it.problem.title)
    ax.set_ylim(bottom=0)
    _strength_ticks(ax)
    titled(ax, "", "L2", "Norm of all weights")
    legend_below(figure, ax, 3)
    shares = [float(np.median(it.norm[-1]) / np.median(it.norm[0])) for it in found]
    return Illustration(
        "Weights over the strength of L2",
        figure,
        f"Euclidean norm of all weights, median over draws, bands quartiles. With L2 "
        f"{STRENGTHS[-1]:g} it is {min(shares):.2g} to {max(shares):.2g} of that without.",
    )


def _draw_planes(it: Swept) -> Illustration:
    """The first draw learned without, with the chosen and with the strongest penalty."""
    data = it.problem.draw(0)
    places = dict.fromkeys((0, it.chosen, len(STRENGTHS) - 1))
    figure, axes = panels(1, len(places), (8.0, 3.2))
    said = []
    for ax, place in zip(axes, places, strict=True):
        network = am.mlp(data.n_inputs, WIDTH, 1)
        model = train(network, data, _training(STRENGTHS[place]), seeds=4).median
        title = _strength(place).replace("none", "no L2")
        draw_spaghetti(spaghetti_data(model, data), ax, title=title, legend=False)
        training, validation = model.metric["training"], model.metric["validation"]
        said.append(f"{title}: {training:.3f} and {validation:.3f}")
    return Illustration(
        f"{it.problem.title} samples, learned",
        figure,
        "One draw of the data, the median of four seeds; accuracy on training and on validation "
        f"samples: {'; '.join(said)}. Shading: the class given; thick: the border; thin: where a "
        "neuron’s weighted sum is zero. Other draws look different; how often L2 helps is in the "
        "checks.",
    )


EXPERIMENT = Experiment(
    name="l2",
    title="L2 is easy to add",
    claim=(
        "Gradient descent works with any loss function: “L2 norm is easy to add (recall linear "
        "regression)”."
    ),
    run=penalty,
)
