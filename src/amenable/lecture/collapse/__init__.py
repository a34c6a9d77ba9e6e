"""Depth without nonlinearity: identity layers beside the best linear fit, and folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import amenable as am
from amenable.figures import draw_spaghetti, find_theme, spaghetti_data
from amenable.formatting import join, shorten
from amenable.lecture.finding import (
    Check,
    Experiment,
    Finding,
    Illustration,
    Number,
    ResultTable,
    Scale,
)
from amenable.lecture.panels import THEME, draw_band, legend_below, panels, set_titles, ticks_at
from amenable.lecture.runs import share, train
from amenable.statistics import wilson

WIDTH = 10
DEPTHS = (1, 2, 3, 4, 5)
GOALS = {"islands": "training accuracy >= 0.98", "sine": "training r2 >= 0.98"}
ROUNDING = 1e-9  # relative: training in float64 may end this far below the best fit, by rounding
# The rounding of a sum of n products is at most about n * eps times their sizes (Higham 2002,
# section 3.1). Five layers of ten products, and sizes that cancel up to a hundredfold, give:
FOLDED = {"float64": 5 * 10 * 100 * 2.0**-53, "float32": 5 * 10 * 100 * 2.0**-24}


@dataclass(frozen=True, slots=True)
class Depths:
    """Populations over depth on one data set, without and with tanh in between."""

    data: am.Dataset
    plain: tuple[am.Population, ...]  # by depth from 1
    bent: tuple[am.Population, ...]
    best_linear: float  # least loss of any one layer
    folded: Mapping[str, float]  # largest difference of folded networks over largest output


def best_linear_loss(data: am.Dataset) -> float:
    """The least training loss that any linear function of the inputs has.

    Squared loss by least squares; logistic loss by Newton's steps, which converge from zero where
    the classes cannot be separated.
    """
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    if data.task == "regression":
        weights = np.linalg.lstsq(inputs, y, rcond=None)[0]
        return float(np.mean((inputs @ weights - y) ** 2))
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        share = 1 / (1 + np.exp(-inputs @ weights))
        curvature = inputs.T * (share * (1 - share)) @ inputs
        weights -= np.linalg.solve(curvature, inputs.T @ (share - y))
    return float(np.mean(np.logaddexp(0, inputs @ weights) - y * (inputs @ weights)))


def over_depths(name: str, seeds: int, steps: int) -> Depths:
    """Train without and with tanh in between, and fold what was trained without."""
    data = am.load(name, validation=0.0, test=0.0)
    training = am.Training(
        am.Adam(0.01),
        batch="full",
        steps=steps,
        schedule=am.Cosine(),
        goal=GOALS[name],
        probe_every=steps,  # all are trained to the end
        dtype="float64",
    )
    groups = {}
    for activation in ("identity", "tanh"):
        networks = [
            am.mlp(data.n_inputs, *[WIDTH] * (depth - 1), 1, activation=activation)
            for depth in DEPTHS
        ]
        groups[activation] = tuple(
            train(networks, data, training, seeds=seeds).by("depth").values()
        )
    folded = {
        dtype: fold_difference([it for group in groups["identity"] for it in group], data, dtype)
        for dtype in FOLDED
    }
    return Depths(data, groups["identity"], groups["tanh"], best_linear_loss(data), folded)


def fold_difference(models: Sequence[am.Model], data: am.Dataset, dtype: str) -> float:
    """Largest difference of the outputs of networks and of their folds, over the largest output."""
    from amenable.construct import fold

    worst = 0.0
    for it in models:
        model = am.Model(it.network, it.flat, dtype)
        one = fold(model)
        assert len(one.network.layers) == 1
        outputs = model.decision(data.x)
        difference = np.abs(am.Model(one.network, one.flat, dtype).decision(data.x) - outputs)
        worst = max(worst, float(difference.max() / np.abs(outputs).max()))
    return worst


def checks(found: Sequence[Depths]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    return (_bound_check(found), _fold_check(found), _tanh_check(found))


def _bound_check(found: Sequence[Depths]) -> Check:
    said, holds = [], True
    for it in found:
        least = min(float(group.loss["training"].min()) for group in it.plain)
        holds &= least >= it.best_linear * (1 - ROUNDING)
        n = sum(len(group) for group in it.plain)
        solved = sum(int(group.solved.sum()) for group in it.plain)
        said.append(
            f"{it.data.name}: lowest loss of {n} networks {least:.6f}, of the best single layer "
            f"{it.best_linear:.6f}; {share(solved, n)} solved"
        )
    return Check(
        "Without nonlinearity no depth gets below the loss of the best single layer, found "
        "without gradient descent.",
        holds,
        "; ".join(said) + ".",
    )


def _fold_check(found: Sequence[Depths]) -> Check:
    worst = {dtype: max(it.folded[dtype] for it in found) for dtype in FOLDED}
    return Check(
        "Each of those networks is one layer: folded, it gives the same outputs up to rounding "
        f"(at most {shorten(FOLDED['float64'])} of the largest in float64, "
        f"{shorten(FOLDED['float32'])} in float32).",
        all(worst[dtype] <= FOLDED[dtype] for dtype in FOLDED),
        f"Largest difference {shorten(worst['float64'])} in float64, "
        f"{shorten(worst['float32'])} in float32.",
    )


def _tanh_check(found: Sequence[Depths]) -> Check:
    said, holds = [], True
    for it in found:
        best = max(it.bent[1:], key=lambda group: int(group.solved.sum()))
        solved, n = int(best.solved.sum()), len(best)
        holds &= wilson(solved, n).low > 0.5
        said.append(f"{it.data.name}: {best.networks[0].structure} {share(solved, n)}")
    return Check(
        "With tanh in between, the same widths and training solve it: at the best depth more than "
        "half of the networks, beyond chance.",
        holds,
        "; ".join(said) + ".",
    )


def collapse(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds, steps = scale.of(24, 6), scale.of(1000, 400)
    found = [over_depths(name, seeds, steps) for name in GOALS]
    return Finding(
        summary=_summary(found),
        counts=(
            f"{seeds} seeds at each of {len(DEPTHS)} depths, {WIDTH} units a layer, with identity "
            f"and with tanh, on 200 points each of {join([it.data.name for it in found])}; Adam "
            f"0.01, cosine, {steps} steps of all points, float64. Solved: "
            f"{join([f'{goal} on {name}' for name, goal in GOALS.items()])}."
        ),
        checks=checks(found),
        numbers={it.data.name: _numbers(it) for it in found},
        tables=tuple(_table(it) for it in found),
        illustrations=(_draw_losses(found), _draw_planes(found[0])),
        code=CODE,
    )


CODE = """
import amenable as am
from amenable.construct import fold
deep = am.mlp(2, 10, 10, 10, 1, activation="identity")
model = am.train(deep, "islands", seeds=4).best
print(fold(model).weights)  # one layer that does the same
"""


def _summary(found: Sequence[Depths]) -> str:
    said = []
    for it in found:
        medians = [float(np.median(group.metric["training"])) for group in it.plain]
        said.append(
            f"on {it.data.name} the median {it.plain[0].metric_name} is {medians[0]:.3f} with one "
            f"layer and {medians[-1]:.3f} with {DEPTHS[-1]}"
        )
    worst = max(it.folded["float64"] for it in found)
    return (
        f"Without nonlinearity, {'; '.join(said)}. Folded into one layer, each network gives the "
        f"same outputs to within {shorten(worst)} of the largest."
    )


def _numbers(it: Depths) -> Number:
    return {
        "best_linear_loss": it.best_linear,
        "fold_difference": dict(it.folded),
        **{
            name: {
                "least_loss": [float(group.loss["training"].min()) for group in groups],
                "median_loss": [_median(group) for group in groups],
                "median_metric": [float(np.median(group.metric["training"])) for group in groups],
                "solved": [int(group.solved.sum()) for group in groups],
            }
            for name, groups in (("identity", it.plain), ("tanh", it.bent))
        },
    }


def _table(it: Depths) -> ResultTable:
    rows = []
    for plain, bent in zip(it.plain, it.bent, strict=True):
        cells = [plain.networks[0].structure]
        for group in (plain, bent):
            cells += [
                shorten(_median(group)),
                f"{np.median(group.metric['training']):.3f}",
                f"{int(group.solved.sum())} of {len(group)}",
            ]
        rows.append(tuple(cells))
    metric = it.plain[0].metric_name
    return ResultTable(
        f"{it.data.name}: medians over seeds. The best single layer has loss {it.best_linear:.4f}.",
        (
            "structure",
            *("identity: loss", metric, "solved"),
            *("tanh: loss", metric, "solved"),
        ),
        tuple(rows),
    )


def _draw_losses(found: Sequence[Depths]) -> Illustration:
    figure, axes = panels(1, len(found), (7.0, 3.6))
    ink = find_theme(THEME).ink
    for ax, it in zip(axes, found, strict=True):
        for i, (name, groups) in enumerate((("identity", it.plain), ("tanh", it.bent))):
            losses = np.array([group.loss["training"] for group in groups])
            draw_band(ax, i, DEPTHS, losses, f"{name} in between")
        ax.axhline(it.best_linear, color=ink, ls=":", lw=1.5, label="best single layer")
        ax.set_yscale("log")
        ticks_at(ax, DEPTHS)
        set_titles(ax, it.data.name, "Layers", "Training loss" if ax is axes[0] else "")
    legend_below(figure, axes[0], 3)
    said = [
        f"on {it.data.name} {_median(it.plain[-1]):.3g} with identity and "
        f"{_median(it.bent[-1]):.3g} with tanh, and {it.best_linear:.3g} of the best single layer"
        for it in found
    ]
    return Illustration(
        "Loss over depth, without and with nonlinearity",
        figure,
        f"Training loss: medians over seeds, with quartiles as bands. At {DEPTHS[-1]} layers it is "
        f"{'; '.join(said)}. The figure shows these data only; that no number of identity layers "
        "beats a single one is true of all data.",
    )


def _median(group: am.Population) -> float:
    return float(np.median(group.loss["training"]))


def _draw_planes(it: Depths) -> Illustration:
    figure, axes = panels(1, 3, (8.0, 3.2))
    shown = {"identity": (it.plain[0], it.plain[-1]), "tanh": (it.bent[-1],)}
    said = []
    pairs = [(name, group) for name, groups in shown.items() for group in groups]
    for ax, (name, group) in zip(axes, pairs, strict=True):
        model = group.best
        depth, accuracy = len(model.network.layers), model.metric["training"]
        title = f"{depth} layer{'s' if depth > 1 else ''}, {name}"
        draw_spaghetti(spaghetti_data(model, it.data), ax, title=title, legend=False)
        said.append(f"{accuracy:.3f} with {depth} and {name}")
    return Illustration(
        "How the networks divide the plane",
        figure,
        f"The best networks with one and with {DEPTHS[-1]} identity layers, and with {DEPTHS[-1]} "
        f"layers of tanh. Accuracy by layers: {join(said)}. Shading shows the class, lines show "
        "where a neuron’s sum is zero. Without nonlinearity the border is a straight line, or lies "
        "outside the picture.",
    )


EXPERIMENT = Experiment(
    name="collapse",
    title="Depth without nonlinearity",
    claim=(
        "Two layers, one after the other, are “just a scaled linear combination of x and y. So "
        "what’s the point?” “We need to make the network response nonlinear.”"
    ),
    run=collapse,
)
