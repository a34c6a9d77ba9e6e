"""A wide single layer beside AdaBoost over stumps and over regression lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from amenable.formatting import join
from amenable.lecture.boosting.ensembles import multiply_adds
from amenable.lecture.boosting.measures import LEARNERS, METHODS, PROBLEMS, ProblemOutcome, compare
from amenable.lecture.boosting.pictures import draw_accuracy, draw_borders, draw_growth
from amenable.lecture.finding import Check, Experiment, Finding, Number, ResultTable, Scale
from amenable.statistics import wilson

SAME_CLASS = 0.95  # of held-out samples keep their class where the trained layer is made of lines
POINT = 0.01  # of accuracy: less is not worth the name better


def checks(found: Sequence[ProblemOutcome]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    return (_same_check(found), _kept_check(found), _better_check(found))


def _same_check(found: Sequence[ProblemOutcome]) -> Check:
    wrong = sum(split.mismatches for it in found for split in it.splits)
    n = sum(split.n_compared for it in found for split in it.splits)
    return Check(
        "A boosted ensemble, of stumps or of regression lines, is a network with one layer: steps "
        "for units, a line each, and the votes for weights of the output. It says the same.",
        wrong == 0,
        f"{wrong} of {n:,} held-out samples are given another class than by the ensemble.",
    )


def _kept_check(found: Sequence[ProblemOutcome]) -> Check:
    shares = {it.problem.title: [split.kept for split in it.splits] for it in found}
    return Check(
        "The other way round: a wide layer that was trained is such an ensemble. With steps in "
        f"place of its sigmoids, at the same lines, at least {SAME_CLASS:.0%} of held-out samples "
        "keep their class, on all data (median over seeds and splits).",
        all(float(np.median(row)) >= SAME_CLASS for row in shares.values()),
        "Kept: "
        + "; ".join(
            f"{name} {np.median(row):.1%} ({min(row):.1%} to {max(row):.1%} over {len(row)} splits)"
            for name, row in shares.items()
        )
        + ".",
    )


def _better_check(found: Sequence[ProblemOutcome]) -> Check:
    said = []
    for it in found:
        wins, n = int(np.sum(it.gains > 0)), len(it.gains)
        low, high = wilson(wins, n)
        said.append(
            f"{it.problem.title}: better on {wins} of {n} splits [{low:.2f}, {high:.2f}], median "
            f"{np.median(it.gains):+.1%}"
        )
    return Check(
        "The wide layer is no better than AdaBoost: on no data is it more accurate than the better "
        f"of the two ensembles, with as many lines each, by {POINT:.0%} or more in the median and "
        "on more than half of the splits beyond chance.",
        not any(_is_better(it) for it in found),
        "; ".join(said) + ".",
    )


def _is_better(it: ProblemOutcome) -> bool:
    wins = int(np.sum(it.gains > 0))
    return wilson(wins, len(it.gains)).low > 0.5 and float(np.median(it.gains)) >= POINT


def boosting(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    splits, seeds = scale.of(8, 6), scale.of(8, 4)
    shown = scale.of(PROBLEMS, PROBLEMS[:2])
    found = [compare(it, splits, seeds) for it in shown]
    wanted = scale.of(("islands", "spirals"), ("islands",))
    drawn = [it for it in found if it.problem.name in wanted]
    pictures = [draw_borders(drawn), draw_accuracy(found, _summary(found))]
    if not scale.is_quick:
        pictures.append(draw_growth(drawn))
    return Finding(
        summary=_summary(found),
        counts=(
            f"{join([it.title for it in shown])}; {splits} splits of each into halves, for "
            f"training and held out; {LEARNERS} learners or hidden units. Stumps by scikit-learn "
            "(split by Gini impurity). A regression line is the least-squares fit to -1 and 1 "
            "under boosting’s weights, cut where it parts them best. The layer is of sigmoids, "
            f"{seeds} seeds on each split, batches of 32, cosine; optimizer and rate chosen on two "
            f"more splits ({_chosen(found)})."
        ),
        checks=checks(found),
        numbers={it.problem.title: _numbers(it) for it in found},
        tables=(_accuracy_table(found), _cost_table(found)),
        illustrations=tuple(pictures),
        timings={
            f"{it.problem.title}, {method}{f', {seeds} seeds' if method == METHODS[2] else ''}": s
            for it in found
            for method, s in it.seconds.items()
        },
        code=CODE,
    )


CODE = """
import amenable as am
from amenable.lecture.boosting.ensembles import boosted_lines
data = am.load("islands", n=600)  # or your own file with two classes
x, y = data.split("training")
network = boosted_lines(x, y, 50).as_network
held, truth = data.split("validation")
print(((network.decision(held)[:, 0] > 0) == truth).mean())
training = am.Training(am.Adam(0.1), epochs=200, schedule=am.Cosine())
wide = am.train(am.mlp(data.n_inputs, 50, 1, activation="sigmoid"), data, training, seeds=8)
print(wide.metric["validation"])
"""


def _chosen(found: Sequence[ProblemOutcome]) -> str:
    return join(
        [
            f"{it.problem.title} {it.training.describe().partition(',')[0]}, "
            f"{it.problem.epochs} passes"
            for it in found
        ]
    )


def _summary(found: Sequence[ProblemOutcome]) -> str:
    said = []
    for it in found:
        stumps, lines, layer = np.median(it.accuracy, axis=1)
        said.append(f"{it.problem.title} {stumps:.1%}, {lines:.1%} and {layer:.1%}")
    return (
        f"Held-out accuracy of {LEARNERS} boosted stumps, {LEARNERS} boosted lines and a layer of "
        f"{LEARNERS} sigmoids: {'; '.join(said)}."
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _numbers(it: ProblemOutcome) -> Number:
    return {
        "training": it.training.describe(),
        "accuracy": {
            method: row.tolist() for method, row in zip(METHODS, it.accuracy, strict=True)
        },
        "kept_with_steps": [split.kept for split in it.splits],
        "mismatches": [split.mismatches for split in it.splits],
        "passes_to_fit_as_lines": [_finite(split.passes) for split in it.splits],
        "learners": [list(split.learners) for split in it.splits],
    }


def _accuracy_table(found: Sequence[ProblemOutcome]) -> ResultTable:
    rows = []
    for it in found:
        cells = [
            f"{np.median(row):.1%} ({row.min():.1%} to {row.max():.1%})" for row in it.accuracy
        ]
        kept = [split.kept for split in it.splits]
        rows.append((it.problem.title, *cells, f"{np.median(kept):.1%}"))
    return ResultTable(
        "Accuracy on held-out samples: median over splits, least and most; and the share of "
        "classes that the layer keeps with steps for sigmoids.",
        ("data", *METHODS, "kept with steps"),
        tuple(rows),
    )


def _cost_table(found: Sequence[ProblemOutcome]) -> ResultTable:
    rows = []
    for it in found:
        network = it.network
        passes = float(np.median([split.passes for split in it.splits]))
        reached = f"{passes:.0f}" if np.isfinite(passes) else f"not in {it.problem.epochs}"
        rows.append(
            (
                it.problem.title,
                f"{3 * LEARNERS:,}",
                f"{network.n_parameters:,}",
                f"{LEARNERS:,}",
                f"{multiply_adds(network):,}",
                f"{LEARNERS}",
                reached,
                f"{it.problem.epochs}",
            )
        )
    return ResultTable(
        "Cost, counted: numbers to keep (a stump has input, threshold and vote), multiply-adds for "
        "one prediction (a stump has one comparison and one addition), passes over the training "
        "samples (boosting makes one for each learner; the layer until half of the seeds fit them "
        "as well as the boosted lines, and in all).",
        (
            "data",
            "numbers: stumps",
            "lines or layer",
            "multiply-adds: stumps",
            "lines or layer",
            "passes: boosting",
            "layer until as good",
            "layer in all",
        ),
        tuple(rows),
    )


EXPERIMENT = Experiment(
    name="boosting",
    title="A wide layer and AdaBoost",
    claim=(
        "An “ensemble of linear regression lines … was equivalent to a wide, single layer neural "
        "network. Instead of adding the regression lines individually, we start with all of them. "
        "Let SGD sort it out.” But “right now, this is no better than AdaBoost with regression or "
        "stumps.”"
    ),
    run=boosting,
)
