"""Gradient descent on least squares: which steps converge, how near small steps come to the flow
that they stand for, and where rounding ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.figures import find_theme
from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Illustration, Number, ResultTable, Scale
from amenable.lecture.panels import THEME, legend, panels, set_titles, slope, style
from amenable.lecture.runs import train

Floats = NDArray[np.float64]

SHARES = (0.1, 0.25, 0.5, 0.9, 0.99, 1.01, 1.1, 1.2)  # of the longest stable step, 2 / L
STEPS = 1000
TIME = 8  # of the flow, in units of 2 / L: long enough to be well under way, far from over
HALVINGS = tuple(range(1, 14))  # of the step 2 / L
FIRST = 3  # halvings until steps are small: from there on the order is measured
NEAR = 0.1  # how far the measured order may be from 1, which Euler's method has
START = "normal(1.0)"


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """Least squares as gradient descent sees it: (w - best) H (w - best) / 2, and a constant."""

    data: am.Dataset
    curvature: Floats  # H (P, P)
    best: Floats  # (P,)

    @property
    def steepest(self) -> float:
        """L, the largest eigenvalue of H."""
        return float(np.linalg.eigvalsh(self.curvature)[-1])

    def gaps(self, weights: Floats) -> Floats:
        """Loss above the least, for weights (..., P); without subtracting losses."""
        away = weights - self.best
        return np.asarray(0.5 * np.sum((away @ self.curvature) * away, axis=-1))

    def flow(self, start: Floats, time: float) -> Floats:
        """Where dw/dt = -gradient takes weights (T, P) in that time: what tiny steps stand for."""
        values, vectors = np.linalg.eigh(self.curvature)
        along = (start - self.best) @ vectors
        return np.asarray(self.best + (along * np.exp(-values * time)) @ vectors.T)

    def factor(self, lr: float) -> float:
        """What a step multiplies the distance to the optimum by at most (Nesterov 2004, 1.2)."""
        return float(np.abs(1 - lr * np.linalg.eigvalsh(self.curvature)).max())


@dataclass(frozen=True, slots=True, eq=False)
class Convergence:
    """What was measured.

    Parameters
    ----------
    quadratic : Quadratic
        The problem.
    probes : array (K,)
        Steps at which gaps were taken.
    gaps : array (C, T, K)
        Loss above the least for each of `SHARES`, each seed; NaN from where it is not finite.
    halvings : tuple of int
        Steps were 2 / L over 2 to that power.
    errors : dict of str to array (H, T)
        By dtype: distance to the flow at the end.
    floors : dict of str to float
        By dtype: distance to the optimum where descent no longer gets nearer, median.
    """

    quadratic: Quadratic
    probes: Floats
    gaps: Floats
    halvings: tuple[int, ...]
    errors: dict[str, Floats]
    floors: dict[str, float]


def diabetes() -> Quadratic:
    """The bundled data, rounded to what float32 holds, so that both precisions see the same."""
    data = am.load("diabetes", validation=0.0, test=0.0)
    x, y = (it.astype(np.float32).astype(np.float64) for it in (data.x, data.y))
    rounded_data = am.Dataset.from_arrays(x, y, name="diabetes", validation=0.0, test=0.0)
    inputs = np.column_stack([x, np.ones(len(x))])
    best = np.asarray(np.linalg.lstsq(inputs, y[:, 0], rcond=None)[0], dtype=np.float64)
    return Quadratic(rounded_data, 2 * inputs.T @ inputs / len(x), best)


def converge(scale: Scale) -> Convergence:
    """Run it all."""
    quadratic = diabetes()
    seeds = scale.of(16, 8)
    halvings = HALVINGS[:: scale.of(1, 2)]
    probes, gaps = _gaps(quadratic, seeds)
    return Convergence(
        quadratic,
        probes,
        gaps,
        halvings,
        {dtype: _flow_errors(quadratic, halvings, dtype) for dtype in ("float64", "float32")},
        {dtype: _floor(quadratic, dtype) for dtype in ("float64", "float32")},
    )


def _descent(lr: float, steps: int, dtype: str, every: int | None = None) -> am.Training:
    return am.Training(
        am.SGD(lr),
        batch="full",
        steps=steps,
        init=START,
        bias_init=START,
        probe_every=every or steps,
        dtype=dtype,
    )


def _gaps(quadratic: Quadratic, seeds: int) -> tuple[Floats, Floats]:
    longest = 2 / quadratic.steepest
    trainings = [_descent(share * longest, STEPS, "float64", STEPS // 50) for share in SHARES]
    network = am.mlp(quadratic.data.n_inputs, 1)
    found = train(network, quadratic.data, trainings, seeds=seeds, snapshots=True)
    gaps = quadratic.gaps(found.snapshots)
    return found.probes[0], gaps.reshape(len(SHARES), seeds, -1)


def _flow_errors(quadratic: Quadratic, halvings: Sequence[int], dtype: str) -> Floats:
    """Distance (H, T) to where the flow is after the same time, lr times steps."""
    longest, seeds = 2 / quadratic.steepest, 4
    trainings = [_descent(longest / 2**k, TIME * 2**k, dtype) for k in halvings]
    network = am.mlp(quadratic.data.n_inputs, 1)
    found = train(network, quadratic.data, trainings, seeds=seeds, snapshots=True)
    ends = found.weights.reshape(len(halvings), seeds, -1)
    flow = quadratic.flow(found.snapshots[:seeds, 0], TIME * longest)
    return np.asarray(np.linalg.norm(ends - flow, axis=-1))


def _floor(quadratic: Quadratic, dtype: str) -> float:
    training = _descent(1 / quadratic.steepest, 15_000, dtype)
    found = train(am.mlp(quadratic.data.n_inputs, 1), quadratic.data, training, seeds=8)
    return float(np.median(np.linalg.norm(found.weights - quadratic.best, axis=1)))


def order(found: Convergence) -> float:
    """Power of the step by which the error to the flow falls, in float64."""
    small = [i for i, k in enumerate(found.halvings) if k >= FIRST]
    steps = np.array([0.5 ** found.halvings[i] for i in small])
    errors = np.median(found.errors["float64"], axis=1)[small]
    return slope(np.log(steps), np.log(errors))[0]


def checks(found: Convergence) -> tuple[Check, ...]:
    """The claim on convergence in parts."""
    return (_stable_check(found), _order_check(found), _rounding_check(found))


def _stable_check(found: Convergence) -> Check:
    longest = 2 / found.quadratic.steepest
    met, outgrown, n = 0, 0, found.gaps.shape[1]
    below = [c for c, share in enumerate(SHARES) if share < 1]
    above = [c for c, share in enumerate(SHARES) if share > 1]
    for c in below:
        factor = found.quadratic.factor(SHARES[c] * longest) ** (2 * STEPS)
        bound = factor * found.gaps[c, :, 0] * (1 + 1e-9)  # rounding of a thousand steps
        met += int(np.sum(found.gaps[c, :, -1] <= bound))
    for c in above:
        end = found.gaps[c, :, -1]
        outgrown += int(np.sum(~(end <= found.gaps[c, :, 0])))
    return Check(
        "On a convex loss it converges, at the rate that theory promises at least, with steps "
        "below 2 / L, where L is the largest curvature, and diverges above.",
        met == n * len(below) and outgrown == n * len(above),
        f"{met} of {n * len(below)} runs with steps of {join([f'{SHARES[c]:g}' for c in below])} "
        f"times 2 / L are within the bound after {STEPS:,} steps; {outgrown} of {n * len(above)} "
        f"with {join([f'{SHARES[c]:g}' for c in above])} times it are farther from the optimum "
        "than at the start.",
    )


def _order_check(found: Convergence) -> Check:
    measured = order(found)
    first, last = np.median(found.errors["float64"], axis=1)[[0, -1]]
    return Check(
        "“If step sizes are arbitrarily small”: the path comes as near as one likes to the flow "
        "down the gradient; in float64 its distance falls in proportion to the step (power 1, "
        f"give or take {NEAR:g}).",
        abs(measured - 1) <= NEAR,
        f"Power {measured:.3f}; median distance {shorten(float(first))} at a step of 1 / L, "
        f"{shorten(float(last))} at one of 2 / L over {2 ** found.halvings[-1]:,}.",
    )


def _rounding_check(found: Convergence) -> Check:
    double, single = (np.median(found.errors[it], axis=1) for it in ("float64", "float32"))
    best = int(np.argmin(single))
    return Check(
        "“If floating point numbers were real valued”: they are not. In float32 smaller steps stop "
        "helping and at last are at least twice as far off as the best; in float64 they help all "
        "the way.",
        bool(single[-1] >= 2 * single[best] and np.all(np.diff(double) < 0)),
        f"float32: least distance {shorten(float(single[best]))} at 2 / L over "
        f"{2 ** found.halvings[best]:,}, {shorten(float(single[-1]))} at the smallest step; "
        f"float64 there {shorten(float(double[-1]))}. With steps of 1 / L descent ends "
        f"{shorten(found.floors['float32'])} from the optimum in float32 and "
        f"{shorten(found.floors['float64'])} in float64.",
    )


def numbers(found: Convergence) -> Number:
    """For the finding."""
    return {
        "largest_curvature": found.quadratic.steepest,
        "share_of_longest_step": list(SHARES),
        "median_gap_at_end": [
            float(it) if np.isfinite(it) else None for it in np.median(found.gaps[:, :, -1], axis=1)
        ],
        "halvings": list(found.halvings),
        "median_distance_to_flow": {
            dtype: np.median(it, axis=1).tolist() for dtype, it in found.errors.items()
        },
        "order": order(found),
        "distance_to_optimum": dict(found.floors),
    }


def table(found: Convergence) -> ResultTable:
    """Gaps by step."""
    rows = []
    for share, gaps in zip(SHARES, found.gaps, strict=True):
        factor = found.quadratic.factor(share * 2 / found.quadratic.steepest)
        first, last = np.median(gaps[:, 0]), np.median(gaps[:, -1])
        rows.append((f"{share:g}", f"{factor:.4f}", shorten(float(first)), shorten(float(last))))
    return ResultTable(
        f"Loss above the minimum, median over seeds, before and after {STEPS:,} steps. The factor "
        "is "
        "the most by which a step multiplies the distance to the optimum.",
        ("step times L / 2", "factor", "before", "after"),
        tuple(rows),
    )


def draw(found: Convergence) -> Illustration:
    """Gaps over steps, and distance to the flow over the size of steps."""
    figure, (left, right) = panels(1, 2, (8.0, 4.2))
    shown = [c for c, share in enumerate(SHARES) if share not in (0.25, 0.99)]
    for i, c in enumerate(shown):
        middle = np.median(found.gaps[c], axis=0)
        left.plot(
            found.probes, middle, label=f"{SHARES[c]:g} times 2 / L", **style(i, marker=False)
        )
    left.set_yscale("log")
    left.set_ylim(1e-7, 1e7)
    set_titles(left, "", "Steps", "Loss above the least")
    legend(left, 2)
    steps = [0.5**k for k in found.halvings]
    for i, (dtype, errors) in enumerate(found.errors.items()):
        right.plot(steps, np.median(errors, axis=1), label=dtype, **style(i))
    middle = np.median(found.errors["float64"], axis=1)
    line = middle[-1] * np.array(steps) / steps[-1]
    right.plot(
        steps, line, color=find_theme(THEME).ink, ls=":", lw=1, label="in proportion to the step"
    )
    right.set_xscale("log", base=2)
    right.set_yscale("log")
    right.invert_xaxis()
    set_titles(right, "", "Step times L / 2 (smaller to the right)", "Distance to the flow")
    legend(right, 2)
    single = np.median(found.errors["float32"], axis=1)
    return Illustration(
        "Convergence, and where rounding ends it",
        figure,
        "One neuron with squared loss on diabetes. Left: loss above the minimum, median over "
        "seeds; "
        "steps above 2 / L leave the picture at the top. Right: distance to the gradient flow "
        f"after the same time; at the smallest step {shorten(float(middle[-1]))} in "
        f"float64 and {shorten(float(single[-1]))} in float32. The loss is convex; for "
        "others nothing of this is guaranteed.",
    )
