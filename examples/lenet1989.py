"""LeNet of 1989 on the digits of its paper: how near do the means of 1989 come to its 102 mistakes?

    python examples/lenet1989.py --usps usps.npz [--part means-of-1989|readings|today] [--quick]

LeCun et al. 1989 (Neural Computation 1:541-551) trained one network on 7,291 digits and report 10
mistakes on them and 102 on 2,007 others. What the paper leaves open is chosen here on folds of the
training digits; the test digits are read when all choices are made. Then 32 networks of each choice
that was fixed are trained on all digits. Tables go to stdout, in Markdown, progress to stderr.

lenet1989_settings.py has what is tried, lenet1989_trials.py how it is judged, lenet1989_tables.py
how it is shown. The same numbers come out of every run, on any machine; docs/lenet1989.md has them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lenet1989_settings import (
    ALTERNATIVES,
    BUDGETS,
    DECAYS,
    N_COMBINED,
    PASSES,
    READ,
    Candidate,
    Means,
    Modern,
    alternatives,
    combined,
    modern,
    numbers,
    plain,
    second_order,
)
from lenet1989_tables import best_pass, heading, print_table, show, show_readings, show_results
from lenet1989_trials import Digits, Judged, judge, on_test, say, test_digits, training_digits

import amenable as am


class Scale(NamedTuple):
    """How much is tried. Seeds to choose by are others in each round, and not those of the end."""

    folds: int = 6
    few: int = 4  # seeds of a first round
    more: int = 8
    final: int = 32
    passes: int = PASSES
    longer: int = 30
    candidates: int | None = None


QUICK = Scale(folds=2, few=2, more=2, final=2, passes=1, longer=2, candidates=3)


def means_of_1989(path: Path | None, scale: Scale) -> None:
    """Choose what the paper leaves open in three rounds; then try the test digits."""
    digits = training_digits(path)
    few, more = range(100, 100 + scale.few), range(200, 200 + scale.more)
    last = range(300, 300 + scale.more)

    heading("Step and damping", f"{scale.few} seeds, {scale.passes} passes, all folds")
    tried = dict(islice(numbers(), scale.candidates))
    judged = judge(candidates(tried, scale.passes), digits, few, scale.folds)
    base = tried[show(judged)[0].candidate.name]

    heading("Each alternative alone", f"{scale.more} seeds, every other fold")
    tried = dict(islice(alternatives(base), scale.candidates and 4 * scale.candidates))
    judged = judge(candidates(tried, scale.passes), digits, more, scale.folds, every=2)
    show(judged)
    better = gains(judged)

    heading("Together", f"{scale.more} seeds, all folds, up to {scale.longer} passes")
    tried = dict(islice(combined(base, better), scale.candidates))
    judged = judge(candidates(tried, scale.longer), digits, last, scale.folds)
    first, second = show(judged, is_pass_free=True)[:2]

    chosen, runner_up = tried[first.candidate.name], tried[second.candidate.name]
    finalists = [
        chosen.candidate(f"chosen: {first.candidate.name}, {best_pass(first)} passes"),
        chosen.candidate(f"the same, {scale.passes} passes", scale.passes),
        runner_up.candidate(f"second: {second.candidate.name}, {best_pass(second)} passes"),
        base.candidate("chosen in the first round", scale.passes),
        plain("scaled_tanh"),
    ]
    budgets = (best_pass(first), scale.passes, best_pass(second), scale.passes, scale.passes)
    heading("Test digits", f"{scale.final} networks each, trained on all training digits")
    show_results(
        [
            on_test(with_passes(it, n), digits, test_digits(path), range(scale.final))
            for it, n in zip(finalists, budgets, strict=True)
        ]
    )


def readings(path: Path | None, scale: Scale) -> None:
    """Which squared error is the paper's 2.5e-3 and 1.8e-2? Nothing is chosen."""
    digits, test = training_digits(path), test_digits(path)
    heading("Readings of the squared error", f"{scale.final} networks each")
    tried = [plain(name, rooted) for name in ("tanh", "scaled_tanh") for rooted in (False, True)]
    tried += [second_order(longest) for longest in READ]
    results = [
        on_test(with_passes(it, scale.passes), digits, test, range(scale.final)) for it in tried
    ]
    show_readings(results)
    show_results(results)


def today(path: Path | None, scale: Scale) -> None:
    """Choose means of today in three rounds; then try the test digits."""
    digits = training_digits(path)
    given = list(islice(modern(), scale.candidates))
    if scale.candidates:
        given = [replace(it, passes=scale.passes) for it in given]

    heading("Activation, rate, dropout", "2 seeds, every other fold")
    kept = race(given, digits, range(100, 102), scale, 3)
    heading("Weight decay", f"{scale.few} seeds, every other fold")
    given = [replace(it, weight_decay=decay) for it in kept for decay in DECAYS]
    kept = race(given, digits, range(200, 200 + scale.few), scale, 2)
    heading("Passes", f"{scale.more} seeds, every other fold")
    budgets = [scale.passes] if scale.candidates else BUDGETS
    given = [replace(it, passes=n) for it in kept for n in budgets]
    first, second = race(given, digits, range(300, 300 + scale.more), scale, 2)

    falling = with_passes(Means().candidate("means of 1989, but a rate that falls"), scale.passes)
    falling = falling._replace(training=replace(falling.training, schedule=am.Cosine()))
    heading("Test digits", f"{scale.final} networks each, trained on all training digits")
    show_results(
        [
            on_test(it, digits, test_digits(path), range(scale.final))
            for it in (first.candidate(), second.candidate(), falling)
        ]
    )


def race(
    given: Sequence[Modern], digits: Digits, seeds: Sequence[int], scale: Scale, n: int
) -> list[Modern]:
    """The n best of these means of today."""
    by_name = {it.candidate().name: it for it in given}
    judged = judge([it.candidate() for it in given], digits, seeds, scale.folds, every=2)
    return [by_name[it.candidate.name] for it in show(judged)[:n]]


def candidates(tried: dict[str, Means], passes: int) -> list[Candidate]:
    """Of each, by its name."""
    return [means.candidate(name, passes) for name, means in tried.items()]


def with_passes(candidate: Candidate, passes: int) -> Candidate:
    """The same, trained for as many."""
    return candidate._replace(training=replace(candidate.training, epochs=passes))


def gains(judged: Iterable[Judged]) -> list[str]:
    """The alternatives that were better than none, at the better rate of each: the best of each
    field, and of these the best few. Prints what was found."""
    at_best: dict[str, Judged] = {}
    for it in judged:
        name = it.candidate.name.partition(", lr")[0]
        if name not in at_best or it.mean[-1] < at_best[name].mean[-1]:
            at_best[name] = it
    base = at_best.pop("as it is").mistakes[:, -1]
    fewer = {name: base - it.mistakes[:, -1] for name, it in at_best.items()}  # pairs: same seeds
    by_gain = sorted(fewer, key=lambda name: -fewer[name].mean())
    rows = [
        [name, f"{fewer[name].mean():+.1f} ± {fewer[name].std(ddof=1) / len(base) ** 0.5:.1f}"]
        for name in by_gain
    ]
    print_table(["alternative, at its better rate", "fewer mistakes than as it is"], rows)
    of_field: dict[str, str] = {}
    for name in by_gain:
        if fewer[name].mean() > 0:
            of_field.setdefault(ALTERNATIVES[name][0], name)
    return list(of_field.values())[:N_COMBINED]


PARTS = {"means-of-1989": means_of_1989, "readings": readings, "today": today}


def main() -> None:
    """Read the options and run the parts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--usps", type=Path, help="NPZ; scikit-learn's digits with --quick")
    parser.add_argument("--part", choices=PARTS, help="all by default")
    parser.add_argument("--quick", action="store_true", help="whether it runs, in seconds")
    given = parser.parse_args()
    if given.usps is None and not given.quick:
        parser.error("--usps FILE is needed: x_train, y_train, x_test, y_test of the paper's split")
    begun = time.monotonic()
    for part in [given.part] if given.part else PARTS:
        print(f"\n## {part}")
        PARTS[part](given.usps, QUICK if given.quick else Scale())
    say(f"{time.monotonic() - begun:.0f} s, of all cores together {time.process_time():.0f} s")


if __name__ == "__main__":
    main()
