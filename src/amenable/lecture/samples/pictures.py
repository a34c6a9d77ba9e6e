"""What grows with samples, in tables and pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from amenable.figures import draw_samples, samples_data
from amenable.lecture.finding import Illustration, ResultTable
from amenable.lecture.panels import THEME, legend, panels, set_titles, style, ticks_at
from amenable.lecture.samples.measures import (
    ADAM,
    Grown,
    gram_multiply_adds,
    multiply_adds,
    percent,
)


def table(it: Grown) -> ResultTable:
    """Accuracy and cost by size."""
    structures = list(it.accuracy)
    rows = []
    for k, n in enumerate(it.problem.sizes):
        accuracies = [percent(float(np.median(it.accuracy[name][k]))) for name in structures]
        kernel = [percent(it.machine.accuracy[k]), f"{it.machine.kept[k]:,}", f"{n * n:,}"]
        work = [f"{multiply_adds(it.problem, n):.2g}", f"{gram_multiply_adds(it.problem, n):.2g}"]
        rows.append((f"{n:,}", *accuracies, *kernel, *work))
    return ResultTable(
        f"{it.problem.name}: accuracy on held-out samples (for networks, the median over seeds); "
        "what "
        "the kernel machine stores; multiply-adds to train a network and a kernel ridge "
        "regression.",
        (
            "samples",
            *structures,
            "kernel machine",
            "support vectors",
            "Gram entries",
            "network’s work",
            "kernel’s work",
        ),
        tuple(rows),
    )


def draw_grown(it: Grown) -> Illustration:
    """Accuracy and seconds over samples."""
    accuracy: dict[str, NDArray[np.float64]] = dict(it.accuracy)
    seconds = {name: np.array(row) for name, row in it.seconds.items()}
    machine, ridge = "support vector machine", "kernel ridge regression"
    accuracy[machine], seconds[machine] = (
        np.array(it.machine.accuracy),
        np.array(it.machine.seconds),
    )
    if it.machine.ridge_seconds:  # it is only timed: it would fit classes as numbers
        accuracy[ridge] = np.full(len(it.problem.sizes), np.nan)
        seconds[ridge] = np.array(it.machine.ridge_seconds)
        rest = len(it.problem.sizes) - len(seconds[ridge])
        seconds[ridge] = np.append(seconds[ridge], np.full(rest, np.nan))
    found = samples_data(it.problem.sizes, accuracy, seconds, unit="seconds of training, one core")
    return Illustration(
        f"Accuracy and training time as samples of {it.problem.name} grow (measured time)",
        draw_samples(found, theme=THEME),
        f"{found.caption} Seconds are for one network, trained together with its other seeds; "
        "another "
        "run gives other times. The choice of settings is not included.",
    )


def draw_counts(it: Grown) -> Illustration:
    """Numbers in memory and multiply-adds over samples."""
    figure, (left, right) = panels(1, 2, (7.5, 3.8))
    sizes = np.array(it.problem.sizes)
    parameters = it.problem.networks[0].n_parameters
    left.plot(sizes, sizes**2, label="Gram matrix", **style(0))
    left.plot(
        sizes, np.full(len(sizes), ADAM * parameters), label="network in training", **style(1)
    )
    kept = np.array(it.machine.kept) * (it.problem.data.n_inputs + 1)
    left.plot(sizes, kept, label="support vectors kept", **style(2))
    left.plot(sizes, np.full(len(sizes), parameters), label="network kept", **style(3))
    work = [
        [count(it.problem, n) for n in it.problem.sizes]
        for count in (gram_multiply_adds, multiply_adds)
    ]
    right.plot(sizes, work[0], label="kernel ridge regression", **style(0))
    right.plot(sizes, work[1], label="network", **style(1))
    for ax, what in ((left, "Numbers in memory"), (right, "Multiply-adds to train")):
        ax.set_xscale("log")
        ax.set_yscale("log")
        ticks_at(ax, it.problem.sizes[::2])
        set_titles(ax, "", f"Samples ({it.problem.name})", what)
        legend(ax)
    n = it.problem.sizes[-1]
    return Illustration(
        "Cost against the number of samples",
        figure,
        f"Left: numbers held in memory; for the network they do not depend on the samples. "
        f"Right: multiply-adds to train; at {n:,} samples {work[0][-1]:.2g} for a kernel ridge "
        f"regression, which solves with the whole Gram matrix, and {work[1][-1]:.2g} for a "
        "network, whose passes over the samples were chosen by hand. Support vector machines "
        "often need less.",
    )
