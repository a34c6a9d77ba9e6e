"""What gradient descent guarantees: convergence, margin, sparsity; each in a module of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amenable.formatting import join, shorten
from amenable.lecture.finding import Experiment, Finding, Scale
from amenable.lecture.guarantees import convergence, margins, sparsity


def guarantees(scale: Scale) -> Finding:
    """Puts the three claims to the test."""
    converged = convergence.converge(scale)
    parted = margins.measure(scale)
    sparse, lasso = sparsity.measure(scale)
    pictures = [convergence.draw(converged), margins.draw(parted)]
    if not scale.is_quick:
        pictures += [margins.draw_plane(parted[0]), sparsity.draw(sparse)]
    return Finding(
        summary=_summary(converged, parted, sparse),
        counts=_counts(converged, parted, sparse, lasso),
        checks=(
            *convergence.checks(converged),
            *margins.checks(parted),
            *sparsity.checks(sparse, lasso),
        ),
        numbers={
            "convergence": convergence.numbers(converged),
            "margins": margins.numbers(parted),
            "sparsity": sparsity.numbers(sparse, lasso),
        },
        tables=(
            convergence.table(converged),
            margins.table(parted),
            sparsity.table(sparse),
        ),
        illustrations=tuple(pictures),
        code=CODE,
    )


CODE = """
import amenable as am
plain = am.Training(am.SGD(0.1), batch="full", steps=2000)
trainings = am.grid(plain, l1=[0, 1e-3, 1e-2], loss=["logistic", "hinge"])
population = am.train(am.mlp(30, 1), "breast-cancer", trainings, seeds=16)  # or your own data
for training, group in population.by("training").items():
    print(training.describe(), (group.weights == 0).mean())  # share of exact zeros
"""


def _summary(
    converged: convergence.Convergence,
    parted: Sequence[margins.Margins],
    sparse: Sequence[sparsity.Sparse],
) -> str:
    ends = [f"{name} loss {_span([it.last(name) for it in parted])}" for name in margins.LOSSES]
    place = sparsity.STRENGTHS.index(sparsity.JUDGED)
    zeros = [float(np.median(it.zeros["l1"][place])) for it in sparse]
    most = max(float(it.zeros["l2"].max()) for it in sparse)
    return (
        "On least squares the distance to the flow down the gradient falls with the step to the "
        f"power {convergence.order(converged):.2f}; in float32 descent ends "
        f"{shorten(converged.floors['float32'])} from the optimum. Of the largest margin the "
        f"neuron ends with: {join(ends)}. Weights that are exactly zero: {most:.0%} at most with "
        f"L2, {_span(zeros)} with L1 of {sparsity.JUDGED:g}."
    )


def _span(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    one, other = f"{low:.0%}", f"{high:.0%}"
    return one if one == other else f"{one} to {other}"


def _counts(
    converged: convergence.Convergence,
    parted: Sequence[margins.Margins],
    sparse: Sequence[sparsity.Sparse],
    lasso: sparsity.Lasso,
) -> str:
    n_margins = parted[0].margins["hinge"].shape[1]
    n_sparse = sparse[0].zeros["l1"].shape[1]
    return (
        f"Convergence: one neuron with squared loss on diabetes, {converged.gaps.shape[1]} seeds, "
        f"{convergence.STEPS:,} steps of all samples; the flow is followed for a time of "
        f"{convergence.TIME} times 2 / L with 4 seeds. Margins: one neuron with a constant input "
        f"and no bias on {join([it.title for it in parted])}, {n_margins} seeds, float64, plain "
        f"gradient descent up to {parted[0].steps[-1]:,} steps, L2 of {margins.SOFT:g} beside the "
        f"hinge. Sparsity: {join([it.title for it in sparse])}, {n_sparse} seeds, plain "
        f"gradient descent with steps of {sparsity.RATE:g}, penalties of "
        f"{join([f'{it:g}' for it in sparsity.STRENGTHS])} on weights and not on biases; beside "
        f"the Lasso {lasso.seeds} seeds in float64."
    )


EXPERIMENT = Experiment(
    name="guarantees",
    title="What gradient descent guarantees",
    claim=(
        "Convergence: “theoretically, if step sizes are arbitrarily small and if floating point "
        "numbers were real valued and a few other assumptions”. Margin: “only if expressed in the "
        "loss function”. Sparsity: “only if expressed in the loss function”."
    ),
    run=guarantees,
)
