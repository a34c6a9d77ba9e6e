"""Weights that are exactly zero: without penalty, with L2, with L1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import amenable as am
from amenable.formatting import join
from amenable.lecture.finding import Check, Illustration, Number, ResultTable, Scale
from amenable.lecture.panels import draw_band, legend_below, panels, set_titles
from amenable.lecture.runs import train
from amenable.statistics import wilson

Floats = NDArray[np.float64]

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
PENALTIES = ("l2", "l1")
NAMES = {"l2": "L2", "l1": "L1"}
JUDGED = 1e-2  # a strength in the middle of the useful ones
RATE = 0.1
WIDTH = 10
LASSO = (0.01, 0.1, 0.5)  # L1 of the neuron that is compared with scikit-learn


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """One structure on one data set.

    Parameters
    ----------
    title : str
        What it is.
    n_weights : int
        Without biases, which are not penalized.
    zeros : dict of str to array (S, T)
        By penalty: share of weights that are exactly zero, at each of `STRENGTHS`.
    metric : dict of str to array (S, T)
        On held-out samples.
    without : array (T,)
        Share of zeros without penalty.
    metric_without : array (T,)
        Likewise.
    """

    title: str
    n_weights: int
    zeros: Mapping[str, Floats]
    metric: Mapping[str, Floats]
    without: Floats
    metric_without: Floats


@dataclass(frozen=True, slots=True)
class Lasso:
    """A neuron with squared loss and L1 beside scikit-learn's Lasso on diabetes."""

    strengths: tuple[float, ...]
    zeros: tuple[int, ...]  # of the Lasso
    same: tuple[int, ...]  # seeds whose zeros are at the same places
    seeds: int
    n_inputs: int


def compare(title: str, data: am.Dataset, hidden: Sequence[int], steps: int, seeds: int) -> Sparse:
    """Train under both penalties at all strengths, and without."""
    network = am.mlp(data.n_inputs, *hidden, 1)
    # Plain descent: its proximal step for L1 is that of the loss. Adam and momentum stretch the
    # gradient but not the proximal step, and so the penalty would be a weaker one.
    usual = am.Training(am.SGD(RATE), batch="full", steps=steps, probe_every=steps)
    trainings = [usual]
    for penalty in PENALTIES:
        trainings += am.grid(usual, **{penalty: list(STRENGTHS)})
    population = train(network, data, trainings, seeds=seeds)
    is_weight = np.concatenate(
        [
            np.full(int(np.prod(shape)), name.endswith("weight"))
            for name, shape in network.parameter_shapes
        ]
    )
    zeros = np.mean(population.weights[:, is_weight] == 0, axis=1).reshape(-1, seeds)
    metric = population.metric["validation"].reshape(-1, seeds)
    rows = {
        penalty: slice(1 + i * len(STRENGTHS), 1 + (i + 1) * len(STRENGTHS))
        for i, penalty in enumerate(PENALTIES)
    }
    return Sparse(
        title,
        int(is_weight.sum()),
        {penalty: zeros[row] for penalty, row in rows.items()},
        {penalty: metric[row] for penalty, row in rows.items()},
        zeros[0],
        metric[0],
    )


def beside_lasso(seeds: int) -> Lasso:
    """Zeros of the neuron and of scikit-learn's Lasso.

    The Lasso halves the mean of squared errors, the training here does not: alpha = l1 / 2. Plain
    gradient descent with the proximal step is ISTA (Beck and Teboulle 2009), which solves it.
    """
    from sklearn.linear_model import Lasso as Reference

    data = am.load("diabetes", validation=0.0, test=0.0)
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    lr = 1 / (2 * float(np.linalg.eigvalsh(inputs.T @ inputs / len(x))[-1]))
    training = am.Training(am.SGD(lr), batch="full", steps=6000, probe_every=6000, dtype="float64")
    trainings = am.grid(training, l1=list(LASSO))
    population = train(am.mlp(data.n_inputs, 1), data, trainings, seeds=seeds)
    weights = population.weights[:, :-1].reshape(len(LASSO), seeds, -1)
    zeros, same = [], []
    for l1, found in zip(LASSO, weights, strict=True):
        reference = Reference(alpha=l1 / 2, tol=1e-10, max_iter=100_000).fit(x, y[:, 0]).coef_
        zeros.append(int(np.sum(reference == 0)))
        same.append(int(np.sum(np.all((found == 0) == (reference == 0), axis=1))))
    return Lasso(LASSO, tuple(zeros), tuple(same), seeds, data.n_inputs)


def measure(scale: Scale) -> tuple[tuple[Sparse, ...], Lasso]:
    """All structures, and the Lasso."""
    data, seeds, steps = am.load("breast-cancer", test=0.0), 8, scale.of(3000, 1000)
    found = [compare("a neuron on breast-cancer", data, (), steps, seeds)]
    if not scale.is_quick:
        title = f"a layer of {WIDTH} tanh on "
        found.append(compare(f"{title}breast-cancer", data, (WIDTH,), steps, seeds))
        diabetes = am.load("diabetes", test=0.0)
        found.append(compare(f"{title}diabetes", diabetes, (WIDTH,), steps, seeds))
    return tuple(found), beside_lasso(scale.of(16, 4))


def checks(found: Sequence[Sparse], lasso: Lasso) -> tuple[Check, ...]:
    """The claim on sparsity in parts."""
    return (_only_check(found), _lasso_check(lasso))


def _only_check(found: Sequence[Sparse]) -> Check:
    place = STRENGTHS.index(JUDGED)
    none = [row for it in found for row in (it.without, it.zeros["l2"].ravel())]
    without = int(sum(np.sum(row > 0) for row in none))
    n = sum(row.size for row in none)
    sparse = int(sum(np.sum(it.zeros["l1"][place] > 0) for it in found))
    n_sparse = sum(it.zeros["l1"].shape[1] for it in found)
    low, high = wilson(sparse, n_sparse)
    medians = [
        f"{it.title} {np.median(it.zeros['l1'][place]):.0%} of {it.n_weights}" for it in found
    ]
    return Check(
        "Sparsity, “only if expressed in the loss function”: no network without penalty or with "
        f"L2, however strong, has a weight that is exactly zero; with L1 of {JUDGED:g} every one "
        "has.",
        without == 0 and sparse == n_sparse,
        f"Without penalty or with L2: {without} of {n} networks have one. With L1: {sparse} of "
        f"{n_sparse} [{low:.2f}, {high:.2f}], in the median {join(medians)} weights.",
    )


def _lasso_check(lasso: Lasso) -> Check:
    said = [
        f"L1 {l1:g}: {same} of {lasso.seeds} seeds ({zeros} of {lasso.n_inputs} weights are zero)"
        for l1, zeros, same in zip(lasso.strengths, lasso.zeros, lasso.same, strict=True)
    ]
    return Check(
        "They are the right ones: a neuron with squared loss and L1 has its zeros where "
        "scikit-learn’s Lasso has them, from every seed.",
        all(same == lasso.seeds for same in lasso.same),
        f"On diabetes the same zeros with {join(said)}.",
    )


def numbers(found: Sequence[Sparse], lasso: Lasso) -> Number:
    """For the finding."""
    return {
        "strengths": list(STRENGTHS),
        **{
            it.title: {
                "weights": it.n_weights,
                "zeros_without": float(np.median(it.without)),
                "metric_without": float(np.median(it.metric_without)),
                **{
                    f"{name}_{penalty}": np.median(rows[penalty], axis=1).tolist()
                    for name, rows in (("zeros", it.zeros), ("metric", it.metric))
                    for penalty in PENALTIES
                },
            }
            for it in found
        },
        "lasso": {
            "l1": list(lasso.strengths),
            "zeros": list(lasso.zeros),
            "seeds_with_the_same": list(lasso.same),
            "seeds": lasso.seeds,
        },
    }


def table(found: Sequence[Sparse]) -> ResultTable:
    """Zeros and what they cost."""
    rows = []
    for it in found:
        none = (it.without, it.metric_without)
        rows.append((it.title, "none", *(f"{np.median(row):.3f}" for row in none)))
        for penalty in PENALTIES:
            for k, strength in enumerate(STRENGTHS):
                zeros, metric = it.zeros[penalty][k], it.metric[penalty][k]
                cells = (f"{np.median(zeros):.3f}", f"{np.median(metric):.3f}")
                rows.append((it.title, f"{NAMES[penalty]} {strength:g}", *cells))
    return ResultTable(
        "Share of weights that are exactly zero, and accuracy or r2 on held-out samples: medians",
        ("structure", "penalty", "zeros", "accuracy or r2"),
        tuple(rows),
    )


def draw(found: Sequence[Sparse]) -> Illustration:
    """Share of zeros over strength."""
    figure, axes = panels(1, len(found), (2.6 + 2.0 * len(found), 3.4), sharey=True)
    for ax, it in zip(axes, found, strict=True):
        for i, penalty in enumerate(PENALTIES):
            draw_band(ax, i, STRENGTHS, it.zeros[penalty], NAMES[penalty])
        ax.set_xscale("log")
        ax.set_ylim(-0.03, 1.03)
        label = "Weights exactly zero" if ax is axes[0] else ""
        set_titles(ax, it.title.replace(" on ", "\non "), "Strength of the penalty", label)
    legend_below(figure, axes[0], 2)
    said = [
        f"{it.title} {float(it.zeros['l2'].max()):.0%} with L2 and "
        f"{float(np.median(it.zeros['l1'][-1])):.0%} with L1 of {STRENGTHS[-1]:g}"
        for it in found
    ]
    return Illustration(
        "Exact zeros",
        figure,
        f"Share of weights that are exactly zero, medians over seeds, with quartiles as "
        f"bands: {'; '.join(said)}. L2 makes weights small; whether small weights can be left out "
        "is another question.",
    )
