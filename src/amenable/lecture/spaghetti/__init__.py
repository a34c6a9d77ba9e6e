"""Spaghetti solutions: the same points with more layers; SGD, then Adam, then tanh, then ReLU.

How often each is solved, and which of these changes matter beyond chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amenable.formatting import probability
from amenable.lecture.finding import Check, Experiment, Finding, ResultTable, Scale
from amenable.lecture.points import (
    EPOCHS,
    GOAL,
    NAMES,
    SEARCH_FROM,
    WORKS,
    Count,
    count_of,
    spell,
)
from amenable.lecture.spaghetti import pictures as spaghetti_pictures
from amenable.lecture.spaghetti.steps import (
    ADAM,
    JUDGED,
    SGD,
    STEPS,
    WIDE,
    Hidden,
    StepChange,
    StepRuns,
    compare,
    trials,
)

LARGE = 0.25  # a quarter of all seeds: a large change of the results


def spaghetti(scale: Scale) -> Finding:
    """One, two and three hidden layers in the order of the slides."""
    found = trials(scale)
    compared = compare(found)
    counts = found.counts()
    n_seeds, n_searched = scale.of(300, 24), scale.of(40, 6)
    illustrations = [spaghetti_pictures.fractions(found), spaghetti_pictures.medians(found)]
    if not scale.is_quick:
        illustrations += [spaghetti_pictures.failures(found), spaghetti_pictures.rates(found)]
    rates = "; ".join(
        f"{NAMES[n]}, {step} {training.optimizer.lr:g}"
        for (n, step), training in found.rates.items()
    )
    return Finding(
        summary=f"{_summary(counts, compared)} {_at_one_rate(found)}",
        counts=(
            f"Inputs 2, hidden layers of 10 or 5, one output; 200 points, all for training; goal "
            f"{GOAL}; batch 32, {EPOCHS} epochs. Seeds 0 to {n_seeds - 1} for each fraction. "
            f"Each step has one learning rate, the one of {_grids()} with which most of "
            f"{n_searched} seeds from {SEARCH_FROM} on, solved the points, over the three "
            "structures of width 10: "
            f"{rates}. The checks are judged on two islands; on one island most networks solve "
            "the points. "
            f"P-values: McNemar's exact test on the same seeds, corrected by Holm for "
            f"{len(compared)} comparisons."
        ),
        checks=checks(counts, compared),
        numbers={
            "rates": {
                f"{NAMES[n]}, {step}": it.optimizer.lr for (n, step), it in found.rates.items()
            },
            "fractions": {
                f"{NAMES[n]}, {step}, {spell(hidden)}": count_of(population).record
                for (n, step, hidden), population in found.populations.items()
            },
            "comparisons": [
                {
                    "before": f"{it.before[0]}, {spell(it.before[1])}",
                    "after": f"{it.after[0]}, {spell(it.after[1])}",
                    "difference": it.difference,
                    "p_value": it.p_value,
                }
                for it in compared
            ],
        },
        tables=(_table(found), _changes(compared)),
        illustrations=tuple(illustrations),
        code=(
            "import amenable as am\n"
            'data = am.load("islands", count=2, validation=0.0)  # or your own two columns\n'
            'networks = [am.mlp(2, 10, 10, 1, activation=it) for it in ("sigmoid", "tanh")]\n'
            f'training = am.Training(am.Adam(0.03), epochs={EPOCHS}, goal="{GOAL}")\n'
            "population = am.train(networks, data, training, seeds=100)\n"
            'groups = population.by("activation")\n'
            'print(groups["tanh"].paired(groups["sigmoid"]))'
        ),
    )


def checks(
    counts: Mapping[tuple[str, Hidden], Count], compared: Sequence[StepChange]
) -> tuple[Check, ...]:
    """The rules: the lecture shows one run of each, so a structure works if more than half do."""
    first, second, third, last = STEPS
    deeper = [it for it in compared if it.before == (first, (10,)) and it.after[0] == first]
    to_tanh = [it for it in compared if it.before[0] == second and it.after[0] == third]
    to_tanh = [it for it in to_tanh if it.after[1] in WIDE]
    worst = min(WIDE, key=lambda hidden: counts[second, hidden].fraction)
    return (
        Check(
            'The simple, wide network learned this "just fine" (sigmoid, SGD).',
            counts[first, (10,)].interval.low > WORKS,
            f"10: {counts[first, (10,)]}. Rule: more than half of the seeds, beyond chance.",
        ),
        Check(
            "Deeper networks of sigmoids get stuck under SGD.",
            all(it.matters and it.difference < 0 for it in deeper),
            f"{_said(counts, first)}; {_tests(deeper)}. Rule: both deeper ones solve the points "
            "less often, beyond chance.",
        ),
        Check(
            "Adam does not rescue all of them.",
            counts[second, worst].interval.high < WORKS,
            f"{_said(counts, second)}. Rule: for some structure of width 10 fewer than half of "
            "the seeds solve the points, beyond chance.",
        ),
        Check(
            "tanh for sigmoid is a subtle change with a large change of the results.",
            any(it.matters and it.difference >= LARGE for it in to_tanh),
            f"{_said(counts, third)}; {_tests(to_tanh)}. Rule: some structure of width 10 gains a "
            "quarter of all seeds or more, beyond chance.",
        ),
        Check(
            "With ReLU all three structures learn.",
            all(counts[last, hidden].interval.low > WORKS for hidden in WIDE),
            f"{_said(counts, last)}. Rule: each by more than half of the seeds, beyond chance.",
        ),
    )


def _grids() -> str:
    return " and ".join(
        f"{name} {', '.join(f'{it.optimizer.lr:g}' for it in grid)}"
        for name, grid in (("SGD", SGD), ("Adam", ADAM))
    )


def _said(counts: Mapping[tuple[str, Hidden], Count], step: str) -> str:
    return "; ".join(f"{spell(hidden)}: {counts[step, hidden]}" for hidden in WIDE)


def _tests(compared: Sequence[StepChange]) -> str:
    return "; ".join(
        f"{spell(it.after[1])} {100 * it.difference:+.0f} points ({probability(it.p_value)})"
        for it in compared
    )


def _summary(counts: Mapping[tuple[str, Hidden], Count], compared: Sequence[StepChange]) -> str:
    n_beyond = sum(it.matters for it in compared)
    return (
        f"Two islands, {spaghetti_pictures.solved(counts)}. {n_beyond} of {len(compared)} "
        "comparisons are beyond chance."
    )


def _at_one_rate(found: StepRuns) -> str:
    """Sigmoid and tanh where the learning rate was not chosen for sigmoid."""
    _, second, third, _ = STEPS
    place = ADAM.index(found.rates[JUDGED, third])
    rows = {
        step: [found.searched[JUDGED, step, hidden][place] for hidden in WIDE]
        for step in (second, third)
    }
    said = ", ".join(
        f"{step.split(',')[0]} {', '.join(str(it.solved) for it in row)}"
        for step, row in rows.items()
    )
    return (
        f"With the rate that suits tanh, {ADAM[place].optimizer.lr:g}, for both, the search seeds "
        f"that solve the points are, of {rows[second][0].trials}: {said}."
    )


def _table(found: StepRuns) -> ResultTable:
    shown = dict.fromkeys((n, hidden) for n, _, hidden in found.populations)
    return ResultTable(
        "Solved, by step and hidden layers",
        ("points", "hidden layers", *STEPS),
        tuple(
            (
                NAMES[n],
                spell(hidden),
                *(str(count_of(found.populations[n, step, hidden])) for step in STEPS),
            )
            for n, hidden in shown
        ),
    )


def _changes(compared: Sequence[StepChange]) -> ResultTable:
    return ResultTable(
        "Changes on two islands: difference between the fractions solved on the same seeds",
        ("from", "to", "difference", "95 %", "test", "beyond chance"),
        tuple(
            (
                f"{it.before[0]}, {spell(it.before[1])}",
                f"{it.after[0]}, {spell(it.after[1])}",
                f"{100 * it.difference:+.0f} points",
                f"{100 * it.found.interval.low:+.0f} to {100 * it.found.interval.high:+.0f}",
                probability(it.p_value),
                "yes" if it.matters else "no",
            )
            for it in compared
        ),
    )


EXPERIMENT = Experiment(
    name="spaghetti",
    title="Spaghetti solutions",
    claim=(
        'The wide network learned the points "just fine"; deeper ones of sigmoids get stuck, and '
        'Adam does not rescue all of them. tanh is "a subtle change" with "a large change to the '
        'results"; then comes ReLU. A network "can" does not mean that it "will".'
    ),
    run=spaghetti,
)
