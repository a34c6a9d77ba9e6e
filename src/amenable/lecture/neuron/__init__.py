"""One neuron beside the regressions of statistics, fitted without gradient descent."""

from __future__ import annotations

from collections.abc import Sequence

from amenable.formatting import join, shorten
from amenable.lecture.finding import Check, Experiment, Finding, Number, ResultTable, Scale
from amenable.lecture.neuron.measures import REGRESSIONS, SAME, Fitted, distances, fit, problems
from amenable.lecture.neuron.pictures import draw_borders, draw_ways
from amenable.statistics import wilson


def checks(found: Sequence[Fitted]) -> tuple[Check, ...]:
    """The claim in parts; each rule is in its sentence."""
    by_loss = {loss: [it for it in found if it.problem.loss == loss] for loss in REGRESSIONS}
    return (
        *(_same_check(loss, group) for loss, group in by_loss.items()),
        _optimum_check(found),
    )


CLAIMS = {
    "squared": "One neuron is linear regression",
    "logistic": "Wrapped in a sigmoid, with the loss that goes with it, it is logistic regression",
}


def _same_check(loss: str, found: Sequence[Fitted]) -> Check:
    said = []
    for it in found:
        close = distances(it.population.weights, it.reference) <= SAME
        low, high = wilson(int(close.sum()), len(close))
        said.append(
            f"{it.problem.title}: {int(close.sum())} of {len(close)} seeds [{low:.2f}, {high:.2f}],"
            f" largest difference {shorten(it.difference)}"
        )
    return Check(
        f"{CLAIMS[loss]}: from every seed, each weight and the bias differ from those of "
        f"scikit-learn by at most {SAME:g} of the largest.",
        all(it.difference <= SAME for it in found),
        "; ".join(said) + ".",
    )


def _optimum_check(found: Sequence[Fitted]) -> Check:
    said = []
    for it in found:
        first, last = it.spread
        said.append(
            f"{it.problem.title}: {shorten(first)} at the start, {shorten(last)} at the end"
        )
    return Check(
        "Both have one optimum: seeds that start farther apart than the largest weight of the "
        f"solution end within {SAME:g} of it from one another.",
        all(it.spread[0] > 1 and it.spread[1] <= SAME for it in found),
        f"Largest distance of two seeds in any weight, over the largest weight: {'; '.join(said)}.",
    )


def neuron(scale: Scale) -> Finding:
    """Puts the claim to the test."""
    seeds = scale.of(24, 8)
    found = [fit(it, seeds) for it in problems(scale)]
    return Finding(
        summary=_summary(found),
        counts=(
            f"{seeds} seeds of one neuron on each of {join([it.problem.title for it in found])}; "
            "inputs as the catalogue standardizes them. Plain gradient descent on all samples, "
            "float64, learning rate 1 / L for the largest curvature L of the loss, initial weights "
            f"and biases normal with deviation 3; {_steps(found)}. Beside them scikit-learn’s "
            "LinearRegression and LogisticRegression (Newton’s method), without penalty"
            f"{_penalized(found)}."
        ),
        checks=checks(found),
        numbers={it.problem.title: _numbers(it) for it in found},
        tables=(_table(found),),
        illustrations=(draw_borders(found), draw_ways(found)),
        code=CODE,
    )


CODE = """
import amenable as am
data = am.load("diabetes")  # or your own file
training = am.Training(am.SGD(0.1), batch="full", steps=12000, dtype="float64")
population = am.train(am.mlp(data.n_inputs, 1), data, training, seeds=8)
from sklearn.linear_model import LinearRegression
x, y = data.split("training")
print(population.best.weights["1.weight"], LinearRegression().fit(x, y).coef_)
"""


def _steps(found: Sequence[Fitted]) -> str:
    steps = [it.problem.steps for it in found]
    return f"{min(steps):,} to {max(steps):,} steps, as the data’s curvature asks"


def _penalized(found: Sequence[Fitted]) -> str:
    penalized = [f"{it.problem.title}: {it.problem.l2:g}" for it in found if it.problem.l2]
    return f" or with the same L2 ({join(penalized)})" if penalized else ""


def _summary(found: Sequence[Fitted]) -> str:
    said = []
    for loss, name in REGRESSIONS.items():
        worst = max(it.difference for it in found if it.problem.loss == loss)
        said.append(f"from {name} regression by {shorten(worst)} of the largest weight")
    other = [it.sigmoid_squared for it in found if it.sigmoid_squared is not None]
    return (
        f"Over all data sets and seeds the neuron differs at most {join(said)}. The loss "
        "matters: "
        "a sigmoid trained with squared loss instead ends at least "
        f"{shorten(min(other))} of the largest weight away from logistic regression."
    )


def _numbers(it: Fitted) -> Number:
    return {
        "loss": it.problem.loss,
        "l2": it.problem.l2,
        "learning_rate": it.problem.lr,
        "steps": it.problem.steps,
        "regression": it.reference.tolist(),
        "largest_difference": it.difference,
        "spread_at_start": it.spread[0],
        "spread_at_end": it.spread[1],
        "sigmoid_on_squared_loss_differs_by": it.sigmoid_squared,
    }


def _table(found: Sequence[Fitted]) -> ResultTable:
    return ResultTable(
        "Differences in any weight, over the regression’s largest weight",
        (
            "data",
            "samples",
            "inputs",
            "loss",
            "L2",
            "largest difference",
            "seeds apart at start",
            "at end",
            "sigmoid on squared loss",
        ),
        tuple(
            (
                it.problem.title,
                f"{it.problem.data.n_samples:,}",
                str(it.problem.data.n_inputs),
                it.problem.loss,
                f"{it.problem.l2:g}",
                shorten(it.difference),
                shorten(it.spread[0]),
                shorten(it.spread[1]),
                "" if it.sigmoid_squared is None else shorten(it.sigmoid_squared),
            )
            for it in found
        ),
    )


EXPERIMENT = Experiment(
    name="neuron",
    title="One neuron",
    claim=(
        "“If we use a single neuron we are doing linear regression. Wrap it in a sigmoid and it is "
        "logistic regression.”"
    ),
    run=neuron,
)
