"""L2: ridge regression for one neuron; for a wide layer, weights and validation by strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Experiment, Finding, Number, ResultTable, Scale
from amenable.lecture.l2.measures import (
    BATCH,
    PROBLEMS,
    RIDGES,
    STEPS,
    STRENGTHS,
    WIDTH,
    Swept,
    ridge_differences,
    strength,
    sweep,
)
from amenable.lecture.l2.pictures import draw_losses, draw_norms, draw_planes
from amenable.lecture.runs import share
from amenable.statistics import wilson

SAME = 1e-6  # of the largest weight, as for the neuron without penalty
LITTLE = 0.01  # of accuracy or r2: a point, less than such a validation split can tell


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
        f"{join([f'{it:g}' for it in RIDGES])}: "
        + join([f"{name} {shorten(it)}" for name, it in worst.items()])
        + ".",
    )


def _norm_check(found: Sequence[Swept]) -> Check:
    medians = [np.median(it.norm, axis=1) for it in found]
    return Check(
        "It shrinks the weights: with every tenfold of L2 their median norm falls, on all data.",
        all(bool(np.all(np.diff(row) < 0)) for row in medians),
        "Norms without and with the strongest: "
        + "; ".join(
            f"{it.problem.title} {shorten(float(row[0]))} and {shorten(float(row[-1]))}"
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
        f"{it.problem.title}: {strength(it.chosen)} is better on {better} of {n} draws "
        f"[{low:.2f}, {high:.2f}], median gain in {_metric(it)} {it.gain:+.3f}"
    )


def _much_check(found: Sequence[Swept]) -> Check:
    counts = [(int(np.sum(it.loss[-1] > it.loss[0])), it.loss.shape[1]) for it in found]
    said = []
    for it, (worse, n) in zip(found, counts, strict=True):
        said.append(f"{it.problem.title} {share(worse, n)}")
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
    pictures = [draw_losses(found), draw_norms(found)]
    if not scale.is_quick:
        pictures.append(draw_planes(found[1]))
    return Finding(
        summary=_summary(ridge, found),
        counts=(
            f"A layer of {WIDTH} tanh units on each of {join([it.title for it in shown])} "
            f"training samples; {draws} draws of each, {seeds} seeds on each draw, of which the "
            f"median counts; Adam 0.01, cosine, batches of {BATCH}, {STEPS:,} steps; L2 of "
            f"{join([f'{it:g}' for it in STRENGTHS])} on weights, not on biases. The first "
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
    gains = [f"{it.gain:+.3f} on {it.problem.title} ({strength(it.chosen)})" for it in found]
    return (
        f"One neuron with L2 is ridge regression to {shorten(worst)} of the largest weight. "
        f"For a wide layer, the chosen strength changes accuracy or r2 by {join(gains)}."
    )


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


def _table(found: Sequence[Swept]) -> ResultTable:
    return ResultTable(
        "Median over draws: validation loss, accuracy or r2, norm of the weights",
        ("L2", *(it.problem.title for it in found)),
        tuple(
            (
                f"{l2:g}",
                *(
                    f"{shorten(float(np.median(it.loss[k])))}; {np.median(it.metric[k]):.3f}; "
                    f"{shorten(float(np.median(it.norm[k])))}"
                    for it in found
                ),
            )
            for k, l2 in enumerate(STRENGTHS)
        ),
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
