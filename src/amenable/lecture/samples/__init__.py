"""Accuracy and cost as samples grow: wide and deep networks of one size, and kernel machines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Experiment, Finding, Number, Scale
from amenable.lecture.points import LEVEL
from amenable.lecture.samples.measures import (
    ADAM,
    BATCH,
    Grown,
    best,
    gram_multiply_adds,
    grow,
    multiply_adds,
    percent,
    problems,
)
from amenable.lecture.samples.pictures import draw_counts, draw_grown, table
from amenable.statistics import mcnemar, wilson


def sign_test(deep: NDArray[np.float64], wide: NDArray[np.float64]) -> tuple[int, int, float]:
    """Seeds in which the first and in which the second is better, and the exact p-value."""
    first, second = int(np.sum(deep > wide)), int(np.sum(deep < wide))
    return first, second, mcnemar(first, second)


def checks(found: Sequence[Grown]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    return (_gram_check(found), _growth_check(found), _depth_check(found))


def _gram_check(found: Sequence[Grown]) -> Check:
    said, holds = [], True
    for it in found:
        n, parameters = it.problem.sizes[-1], it.problem.networks[0].n_parameters
        holds &= n * n > ADAM * parameters and it.machine.kept[-1] > it.machine.kept[0]
        inputs = it.problem.data.n_inputs
        said.append(
            f"{it.problem.name}: at {n:,} samples {n * n:,} entries against {ADAM * parameters:,} "
            f"numbers; to predict, {it.machine.kept[0]} support vectors of {inputs} inputs at "
            f"{it.problem.sizes[0]} samples, {it.machine.kept[-1]} at {n:,}, against "
            f"{parameters:,} weights at both"
        )
    return Check(
        "A kernel machine grows with its samples, a network does not: at the largest size the "
        "Gram matrix has more entries than the network in training has numbers (weights, "
        "gradient, two moments), and more support vectors are kept than at the smallest.",
        holds,
        "; ".join(said) + ".",
    )


def _growth_check(found: Sequence[Grown]) -> Check:
    said, holds = [], True
    for it in found:
        for name, accuracy in it.accuracy.items():
            first, last = (np.quantile(accuracy[k], (0.25, 0.5, 0.75)) for k in (0, -1))
            holds &= bool(last[0] > first[2])
            said.append(f"{it.problem.name} {name} {percent(first[1])} to {percent(last[1])}")
        machine = it.machine.accuracy
        holds &= machine[-1] > machine[0]
        said.append(
            f"{it.problem.name} kernel machine {percent(machine[0])} to {percent(machine[-1])}"
        )
    return Check(
        "More samples help every structure: the lower quartile at the largest size is above the "
        "upper at the smallest.",
        holds,
        "Median accuracy, smallest to largest size: " + "; ".join(said) + ".",
    )


def _depth_check(found: Sequence[Grown]) -> Check:
    said, holds = [], True
    for it in found:
        wide, *deeper = (network.structure for network in it.problem.networks)
        for name in deeper:
            first, second, p = sign_test(it.accuracy[name][-1], it.accuracy[wide][-1])
            holds &= first > second and p < LEVEL
            n = it.accuracy[name].shape[1]
            low, high = wilson(first, n)
            said.append(
                f"{it.problem.name}: {name} better than {wide} in {first} of {n} seeds "
                f"[{low:.2f}, {high:.2f}], worse in {second}, p {shorten(p)}"
            )
    return Check(
        "With one number of parameters deeper is better than wider, at the largest size and "
        f"beyond chance (sign test over seeds, p below {LEVEL}), on each problem.",
        holds,
        "; ".join(said) + ".",
    )


def samples(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds = scale.of(16, 8)
    found = [grow(problem, seeds, scale.is_quick) for problem in problems(scale)]
    pictures = [draw_grown(it) for it in found]
    pictures.insert(1, draw_counts(found[0]))
    return Finding(
        summary=_summary(found),
        counts=_counts(found, seeds),
        checks=checks(found),
        numbers={it.problem.name: _numbers(it) for it in found},
        tables=tuple(table(it) for it in found),
        illustrations=tuple(pictures),
        timings=_timings(found),
        code=CODE,
    )


CODE = """
from dataclasses import replace
import amenable as am
data = am.load("islands", n=4000, count=6, gap=0.0)  # or your own file
for n in (50, 200, 800, 3200):
    part = replace(data, training=data.training[:n])
    networks = [am.mlp(2, 75, 1), am.mlp(2, 15, 15, 1)]
    found = am.train(networks, part, am.Training(steps=3000), seeds=8)
    print(n, found.summary())
"""


def _summary(found: Sequence[Grown]) -> str:
    first = found[0].problem
    return (
        f"The Gram matrix of {first.sizes[-1]:,} samples has {first.sizes[-1] ** 2:,} entries, the "
        f"network {first.networks[0].n_parameters} weights, however many samples there are. That "
        "is "
        f"the cost; accuracy is a separate question. {best(found)}"
    )


def _counts(found: Sequence[Grown], seeds: int) -> str:
    said = [
        f"{it.problem.name}: {join([n.structure for n in it.problem.networks])}, each with "
        f"{it.problem.networks[0].n_parameters:,} parameters (tanh, Adam, batches of {BATCH}, "
        f"cosine, {it.problem.passes} passes but at least {it.problem.least_steps} steps; learning "
        f"rates {join([f'{rate:g}' for rate in it.rates.values()])}); support vector machine "
        f"with a Gaussian kernel, C {it.machine.penalty:g}, gamma {it.machine.gamma:g}; judged on "
        f"{len(it.problem.data.validation):,} samples"
        for it in found
    ]
    return (
        f"{seeds} seeds of each structure at each size. {'. '.join(said)}. Learning rates, C and "
        "gamma were chosen at the second largest size on a third of its samples."
    )


def _numbers(it: Grown) -> Number:
    return {
        "sizes": list(it.problem.sizes),
        "parameters": [network.n_parameters for network in it.problem.networks],
        "learning_rates": dict(it.rates.items()),
        "accuracy": {name: rows.tolist() for name, rows in it.accuracy.items()},
        "kernel": {
            "C": it.machine.penalty,
            "gamma": it.machine.gamma,
            "accuracy": list(it.machine.accuracy),
            "support_vectors": list(it.machine.kept),
        },
        "gram_entries": [n * n for n in it.problem.sizes],
        "network_multiply_adds": [multiply_adds(it.problem, n) for n in it.problem.sizes],
        "ridge_multiply_adds": [gram_multiply_adds(it.problem, n) for n in it.problem.sizes],
    }


def _timings(found: Sequence[Grown]) -> dict[str, float]:
    timings = {}
    for it in found:
        n, name = it.problem.sizes[-1], it.problem.name
        for structure, seconds in it.seconds.items():
            timings[f"{name}, {n:,} samples, a network {structure}"] = seconds[-1]
        timings[f"{name}, {n:,} samples, support vector machine"] = it.machine.seconds[-1]
        if it.machine.ridge_seconds:
            most = it.problem.sizes[len(it.machine.ridge_seconds) - 1]
            timings[f"{name}, {most:,} samples, kernel ridge regression"] = (
                it.machine.ridge_seconds[-1]
            )
    return timings


EXPERIMENT = Experiment(
    name="samples",
    title="More samples, the Gram matrix, and wider or deeper",
    claim=(
        "“Previous models scaled with their inputs. Think of the Gram matrix.” Here “the number of "
        "neurons is completely free.” What does that mean for us: wider, or deeper?"
    ),
    run=samples,
)
