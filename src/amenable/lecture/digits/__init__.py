"""LeNet on digits: what local receptive fields and shared weights buy, and what more data buys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amenable.formatting import join, shorten
from amenable.lecture.digits.measures import (
    BATCH,
    HELD_OUT,
    LEARNING_RATES,
    LENET,
    LOCAL,
    NARROW,
    WIDE,
    Accuracies,
    PairedComparison,
    compare,
    falls,
    measure,
    networks,
    plan_for,
    pool,
)
from amenable.lecture.digits.pictures import (
    compared_table,
    draw_differences,
    draw_grown,
    draw_learned,
    draw_work,
    networks_table,
)
from amenable.lecture.finding import Check, Experiment, Finding, Number, Scale
from amenable.lecture.points import LEVEL
from amenable.lecture.samples.measures import percent

FITTED = 0.95  # of a network's own images: passes that reach it were enough to learn them


def digits(scale: Scale) -> Finding:
    """Puts the claims to the test."""
    found = measure(plan_for(scale))
    compared = compare(found)
    pictures = [draw_grown(found), draw_learned(found)]
    if not scale.is_quick:
        pictures[1:1] = [draw_differences(found), draw_work(found)]
    return Finding(
        summary=_summary(found),
        counts=_counts(found),
        checks=checks(found, compared),
        numbers=_numbers(found, compared),
        tables=(networks_table(found), compared_table(compared, found.plan.draws)),
        illustrations=tuple(pictures),
        timings={
            f"{name}, {found.plan.sizes[-1]:,} samples, a network": seconds[-1]
            for name, seconds in found.seconds.items()
        },
        code=CODE,
    )


def checks(found: Accuracies, compared: Sequence[PairedComparison]) -> tuple[Check, ...]:
    """The claims in parts; each rule is in its sentence."""
    rule = (
        f"in more draws than not, at the fewest and at the most samples, beyond chance (sign test "
        f"over draws, p below {LEVEL} after Holm's correction for all {len(compared)} comparisons)"
    )
    pairs = (
        (LENET, LOCAL, "Sharing weights helps: with the same windows the LeNet beats the network"),
        (LENET, NARROW, "Structure helps: the LeNet beats the dense network of its parameters"),
        (WIDE, NARROW, "More parameters are better than less: of two dense networks the wider"),
    )
    endings = (" without sharing", "", " wins")
    paired = [
        _pair_check(f"{claim}{ending}, {rule}.", first, second, found, compared)
        for (first, second, claim), ending in zip(pairs, endings, strict=True)
    ]
    return (*paired, _time_check(found), _growth_check(found), _race_check(found))


def _pair_check(
    claim: str, first: str, second: str, found: Accuracies, compared: Sequence[PairedComparison]
) -> Check:
    ends = (found.plan.sizes[0], found.plan.sizes[-1])
    rows = [it for it in compared if (it.first, it.second) == (first, second) and it.size in ends]
    said = [
        f"{it.size:,} samples: better in {it.better} of {found.plan.draws} draws, worse in "
        f"{it.worse}, median difference {100 * it.difference:+.1f} points, p {shorten(it.p)}"
        for it in rows
    ]
    holds = all(it.better > it.worse and it.p < LEVEL for it in rows)
    return Check(claim, holds, "; ".join(said) + ".")


def _time_check(found: Accuracies) -> Check:
    plan = found.plan
    least = {name: float(np.median(rows, axis=(1, 2)).min()) for name, rows in found.fitted.items()}
    lenet = [plan.multiply_adds(networks()[LENET], n) for n in (plan.sizes[0], plan.sizes[-1])]
    return Check(
        "Training time goes up with data, no faster than the samples: equally many passes, whose "
        "work is in proportion to the samples, are enough at every size (median accuracy on its "
        f"own images at least {percent(FITTED)}, for every network).",
        all(value >= FITTED for value in least.values()),
        f"{plan.passes} passes; multiply-adds of the LeNet from {lenet[0]:.2g} to {lenet[1]:.2g}. "
        "Least median accuracy on its own images: "
        + "; ".join(f"{name} {percent(value)}" for name, value in least.items())
        + ".",
    )


def _growth_check(found: Accuracies) -> Check:
    said, holds = [], True
    for name in found.accuracy:
        first, last = (np.quantile(found.by_draw(name)[k], (0.25, 0.5, 0.75)) for k in (0, -1))
        holds &= bool(last[0] > first[2])
        said.append(f"{name} {percent(first[1])} to {percent(last[1])}")
    return Check(
        "Performance goes up with data: for every network the lower quartile over draws at the "
        "most samples is above the upper at the fewest.",
        holds,
        "Median accuracy, fewest to most samples: " + "; ".join(said) + ".",
    )


def _race_check(found: Accuracies) -> Check:
    sizes = found.plan.sizes
    grown = sizes[-1] / sizes[0]
    fallen = {name: falls(found, name) for name in found.accuracy}
    return Check(
        "Training time goes up faster than performance: from the fewest to the most samples work "
        "grows by a larger factor than errors fall, for every network.",
        all(value < grown for value in fallen.values()),
        f"Work grows {grown:g} times; errors fall "
        + join([f"{value:.1f} times ({name})" for name, value in fallen.items()])
        + ".",
    )


CODE = """
from dataclasses import replace
import amenable as am
data = am.load("digits", validation=0.3)  # or a file of your own images
mean = am.AvgPool2d(2, coefficient=True, bias=True, activation="tanh")
last = am.Dense(10, "identity")
lenet = am.Network((1, 8, 8), [am.Conv2d(6, 3, padding=1), mean, am.Conv2d(12, 3), last])
local = [am.LocallyConnected2d(6, 3, padding=1), mean, am.LocallyConnected2d(12, 3), last]
networks = [lenet, am.Network((1, 8, 8), local), am.mlp(64, 16, 10), am.mlp(64, 99, 10)]
for n in (50, 200, 800):
    part = replace(data, training=data.training[:n])
    found = am.train(networks, part, am.Training(am.Adam(0.01), batch=8, epochs=20), seeds=16)
    print(n, found.summary())
"""


def _summary(found: Accuracies) -> str:
    known, last = networks(), found.plan.sizes[-1]
    medians = {name: float(np.median(found.by_draw(name)[-1])) for name in known}
    best = max(medians, key=lambda name: medians[name])
    others = (
        f"{percent(medians[name])} ({name}, {known[name].n_parameters:,})"
        for name in known
        if name != LENET
    )
    return (
        f"With {last:,} images of 8 x 8 the LeNet, {known[LENET].n_parameters:,} parameters, "
        f"reaches {percent(medians[LENET])} on held-out images, the others {join(list(others))}; "
        f"the best is {best}. Which goes up faster? With {last / found.plan.sizes[0]:g} times the "
        f"work the LeNet makes {falls(found, LENET):.1f} times fewer errors."
    )


def _counts(found: Accuracies) -> str:
    plan = found.plan
    chosen = (
        f"chosen from {join([f'{rate:g}' for rate in LEARNING_RATES])} on images of a further draw"
        if plan.is_rate_chosen
        else "not chosen but the same for all"
    )
    return (
        f"{plan.seeds} seeds of each network on each of {plan.draws} draws of each number of "
        f"samples, from {len(pool()):,} of the bundled digits; all are judged on the same "
        f"{HELD_OUT} images. Large draws share most of their samples, so the results hold "
        f"for these images. Tanh, cross-entropy, Adam, batches of {BATCH}, cosine, {plan.passes} "
        "passes at every size; learning rates "
        f"{join([f'{rate:g} ({name})' for name, rate in found.rates.items()])}, {chosen}. "
        "In images of 8 x 8 pixels the LeNet has little to share: its second convolution has only "
        "2 x 2 positions. For images of 16 x 16, see amenable digits."
    )


def _numbers(found: Accuracies, compared: Sequence[PairedComparison]) -> dict[str, Number]:
    plan, known = found.plan, networks()
    pairs: list[Number] = [
        {
            "first": it.first,
            "second": it.second,
            "size": it.size,
            "better": it.better,
            "worse": it.worse,
            "difference": it.difference,
            "p": it.p,
        }
        for it in compared
    ]
    return {
        "sizes": list(plan.sizes),
        "passes": plan.passes,
        "learning_rates": dict(found.rates.items()),
        "parameters": {name: it.n_parameters for name, it in known.items()},
        "connections": {name: it.summary().connections for name, it in known.items()},
        "multiply_adds": {
            name: [plan.multiply_adds(it, n) for n in plan.sizes] for name, it in known.items()
        },
        "accuracy": {name: rows.tolist() for name, rows in found.accuracy.items()},
        "accuracy_on_training": {name: rows.tolist() for name, rows in found.fitted.items()},
        "compared": pairs,
    }


EXPERIMENT = Experiment(
    name="digits",
    title="Digits and LeNet",
    claim=(
        "LeNet “popularized what we now call convolutions, but was originally called a local "
        "receptive field”: networks crafted “for particular problem classes”. Before it stood "
        "questions: “Which goes up faster? Training time goes up with data. Performance goes up "
        "with data.” And “What structure is best? More parameters or less?”"
    ),
    run=digits,
)
