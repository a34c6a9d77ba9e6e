"""Hidden units that begin with a huge bias: what they put out, and whether anything moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import amenable as am
from amenable import engine
from amenable.figures import MARKERS, axes_for, figure_of, find_theme
from amenable.lecture.finding import Check, Illustration, Number, ResultTable, Scale
from amenable.lecture.points import EPOCHS, GOAL, Count, count_of, points
from amenable.lecture.runs import train

NETWORK = am.mlp(2, 10, 1, activation="sigmoid")
ISLANDS = 2
BIASES = (10.0, 20.0, 50.0, 100.0, 1000.0, 100_000.0)  # the last is the lecture's
LOOSE = 0.01  # the unit tells points apart: its outputs differ by as much
PROBE = 100  # steps between looks at the weights
L2 = 0.001
_SGD, _ADAM = am.Training(am.SGD(3.0), steps=1), am.Training(am.Adam(0.03), steps=1)
KINDS = {
    "SGD": _SGD,
    "SGD, float64": replace(_SGD, dtype="float64"),
    "Adam": _ADAM,
    "Adam, float64": replace(_ADAM, dtype="float64"),
    "SGD, l2 on biases": replace(_SGD, l2=L2, penalize_biases=True),
}
PLAIN = tuple(KINDS)[:4]  # nothing but the gradient of the loss moves a parameter


@dataclass(frozen=True, slots=True)
class Stuck:
    """What became of one unit with that bias, on a few seeds.

    Parameters
    ----------
    bias, kind : float, str
        How the unit began, and how it was trained.
    gradient : float
        The largest size of the unit's gradient at the start, over its weights and bias.
    spread : float
        How far its outputs differ over the points at the start.
    moved : int
        Trials in which its weights or bias had changed at the end, be it in the last bit.
    loose : tuple of int or None
        For each trial the first probe at which it told points apart.
    leaving : float
        The median change of the weight that leaves it.
    """

    bias: float
    kind: str
    gradient: float
    spread: float
    moved: int
    loose: tuple[int | None, ...]
    leaving: float

    @property
    def median(self) -> float:
        """Steps until half of the trials were loose, infinite if they never were."""
        steps = sorted(float("inf") if it is None else float(it) for it in self.loose)
        return steps[(len(steps) - 1) // 2]


def shifted(n_seeds: int, bias: float, n_units: int, training: am.Training) -> NDArray[np.float64]:
    """Initial weights (S, P) with the biases of the first units of the hidden layer set to that."""
    weights = engine.initial_weights(NETWORK, training, points(ISLANDS), range(n_seeds))
    first = 10 * 2  # after the weights of the hidden layer
    weights[:, first : first + n_units] = bias
    return weights


def measure(scale: Scale) -> list[Stuck]:
    """One unit stuck, by bias and kind of training."""
    data, n_seeds, budget = points(ISLANDS), scale.of(4, 2), budget_of(scale)
    return [
        _one(bias, kind, data, n_seeds, budget)
        for bias in scale.of(BIASES, (10.0, 100_000.0))
        for kind in KINDS
    ]


def budget_of(scale: Scale) -> int:
    """Steps that a stuck unit is given."""
    return scale.of(20_000, 4_000)


def _one(bias: float, kind: str, data: am.Dataset, n_seeds: int, budget: int) -> Stuck:
    training = replace(KINDS[kind], steps=budget, probe_every=PROBE)
    start = shifted(n_seeds, bias, 1, training)
    own = [0, 1, 20]  # both weights and the bias of the first unit
    leaving = 30  # the weight that leaves it
    _, gradients = engine.measure(NETWORK, training, start, data, gradients=True)
    assert gradients is not None
    found = train(NETWORK, data, training, seeds=n_seeds, start=start, snapshots=True)
    weights = found.snapshots
    x = data.split("training")[0]
    spreads = np.array([_spread(of_trial, x, training.dtype) for of_trial in weights])
    steps = found.probes[0].astype(int)
    return Stuck(
        bias=bias,
        kind=kind,
        gradient=float(np.abs(gradients[:, own]).max()),
        spread=float(spreads[:, 0].max()),
        moved=int(np.any(weights[:, -1][:, own] != weights[:, 0][:, own], axis=1).sum()),
        loose=tuple(
            int(steps[np.argmax(row >= LOOSE)]) if np.any(row >= LOOSE) else None for row in spreads
        ),
        leaving=float(np.median(np.abs(weights[:, -1, leaving] - weights[:, 0, leaving]))),
    )


def _spread(
    weights: NDArray[np.float64], x: NDArray[np.float64], dtype: str
) -> NDArray[np.float64]:
    """How far the first unit's outputs differ over the points, for weights (K, P)."""
    outputs = engine.predict(NETWORK, weights, x, upto=1, dtype=dtype)[:, :, 0]
    return np.asarray(outputs.max(axis=1) - outputs.min(axis=1))


def check_constant(found: Sequence[Stuck]) -> Check:
    """The output does not depend on the input."""
    lecture = [it for it in found if it.bias == BIASES[-1]]
    return Check(
        'With a bias of 100,000 "the output will be 1, regardless of the input".',
        all(it.spread == 0.0 for it in lecture),
        f"Over the points it differs by {max(it.spread for it in lecture):g}, in float32 and in "
        "float64.",
    )


def check_change(found: Sequence[Stuck], budget: int) -> Check:
    """Whether enough iterations change it: some parameter of the unit, in any bit."""
    lecture = {it.kind: it for it in found if it.bias == BIASES[-1]}
    plain = [lecture[kind] for kind in PLAIN]
    moved, trials = sum(it.moved for it in plain), sum(len(it.loose) for it in plain)
    decayed = lecture["SGD, l2 on biases"]
    gradient = max(it.gradient for it in plain)
    hope = ", so more steps are no help" if gradient == 0 else ""
    later = (
        f"within {budget:,} steps it did not come loose"
        if np.isinf(decayed.median)
        else f"it came loose after {decayed.median:,.0f} steps"
    )
    return Check(
        '"It will change with enough iterations."',
        moved > 0,
        f"In {moved} of {trials} trials by SGD and Adam a weight or the bias of the unit had "
        f"changed after {budget:,} steps; the largest part of its gradient "
        f"at the start is {gradient:g}{hope}. The weight that leaves it, a second output "
        f"bias, moved by {lecture['SGD'].leaving:.2g}. With l2 of {L2:g} on biases {later}.",
    )


def records(found: Sequence[Stuck]) -> list[Number]:
    """For the numbers of a finding."""
    return [
        {
            "bias": it.bias,
            "training": it.kind,
            "gradient": it.gradient,
            "spread": it.spread,
            "moved": it.moved,
            "loose": list(it.loose),
            "leaving": it.leaving,
        }
        for it in found
    ]


def table(found: Sequence[Stuck], budget: int) -> ResultTable:
    """A row for each bias."""
    return ResultTable(
        f"One unit of ten with a huge bias: steps until its outputs differ by {LOOSE:g}, of "
        f"{budget:,}",
        ("bias", "gradient in float32", "in float64", *KINDS),
        tuple(
            (
                f"{bias:,.0f}",
                *(f"{_of(found, bias, kind).gradient:.1e}" for kind in PLAIN[:2]),
                *(_said(_of(found, bias, kind)) for kind in KINDS),
            )
            for bias in dict.fromkeys(it.bias for it in found)
        ),
    )


def _of(found: Sequence[Stuck], bias: float, kind: str) -> Stuck:
    return next(it for it in found if it.bias == bias and it.kind == kind)


def _said(it: Stuck) -> str:
    if np.isfinite(it.median):
        return f"{it.median:,.0f}"
    n = len(it.loose)
    return f"never; moved at all in {it.moved} of {n}" if it.moved else "never; not by a bit"


def picture(found: Sequence[Stuck], budget: int) -> Illustration:
    """Steps until the unit comes loose, against its bias."""
    ax = axes_for(None, size=(6.4, 3.8))
    for i, kind in enumerate(KINDS):
        _draw(ax, i, [it for it in found if it.kind == kind], budget)
    colours = find_theme("light")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.axhline(budget, color=colours.faint, linestyle="--", linewidth=1, zorder=0)
    ax.text(
        1.0, budget * 0.93, "not loose when training ended", transform=ax.get_yaxis_transform(),
        ha="right", va="top", fontsize=8, color=colours.ink,
    )  # fmt: skip
    ax.set_ylim(PROBE / 2, budget * 4)
    ax.set_xlabel("Bias at the start")
    ax.set_ylabel("Steps until loose (median)")
    ax.legend(
        frameon=False, fontsize=8.5, labelcolor=colours.ink, loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
    )  # fmt: skip
    never = sum(np.isinf(it.median) for it in found)
    return Illustration(
        "How long a unit with a huge bias is stuck",
        figure_of(ax),
        f"Loose means that its outputs differ by {LOOSE:g} over the points; looked at every "
        f"{PROBE} steps. {never} of {len(found)} pairs of bias and training were not loose after "
        f"{budget:,} steps, and stand above the dashed line. The picture cannot show that they "
        "never would be: that follows from their gradient being zero, in the table.",
    )


def _draw(ax: Axes, i: int, row: Sequence[Stuck], budget: int) -> None:
    colours = find_theme("light")
    is_loose = [np.isfinite(it.median) for it in row]
    steps = [
        max(it.median, PROBE / 1.5) if ok else budget * (1.35 + 0.4 * i)
        for it, ok in zip(row, is_loose, strict=True)
    ]
    ax.plot(
        [it.bias * 1.15 ** (i - 2) for it in row],  # side by side
        steps,
        linestyle="",
        marker=MARKERS[i],
        markersize=6,
        color=colours.colours[i],
        label=list(KINDS)[i],
    )


def with_some_stuck(scale: Scale) -> tuple[ResultTable, dict[str, Number]]:
    """How often the network learns with some of its ten units stuck, and without these units."""
    training = am.Training(am.Adam(0.1), epochs=EPOCHS, goal=GOAL)
    n_seeds, data = scale.of(100, 16), points(ISLANDS)
    rows: list[tuple[str, ...]] = []
    numbers: dict[str, Number] = {}
    for n_stuck in scale.of((0, 2, 4, 5, 6, 10), (0, 5, 10)):
        start = shifted(n_seeds, BIASES[-1], n_stuck, training)
        with_them = count_of(train(NETWORK, data, training, seeds=n_seeds, start=start))
        without = "none" if n_stuck == 10 else str(_smaller(10 - n_stuck, training, n_seeds, data))
        rows.append((str(n_stuck), str(with_them), without))
        numbers[str(n_stuck)] = with_them.record
    caption = "Solved with some of ten units stuck at 100,000, and by networks without these units"
    return ResultTable(caption, ("stuck", "with them", "without them"), tuple(rows)), numbers


def _smaller(width: int, training: am.Training, n_seeds: int, data: am.Dataset) -> Count:
    network = am.mlp(2, width, 1, activation="sigmoid")
    return count_of(train(network, data, training, seeds=n_seeds))
