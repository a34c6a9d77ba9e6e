"""The tables of lenet1989.py, in Markdown on stdout. Nothing is worked out here but medians and
intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from lenet1989_trials import Judged, Result, say
from numpy.typing import NDArray

import amenable as am

PAPER = 102  # mistakes
BANDS = {"training": (2.0e-3, 3.0e-3), "test": (1.5e-2, 2.1e-2)}  # 2.5e-3 and 1.8e-2, and about
READINGS = {  # of a squared error, as factors on the mean over digits and the ten outputs
    "mean over outputs": 1.0,
    "half the mean": 0.5,
    "half the sum over outputs": 5.0,
    "sum over outputs": 10.0,
}


def show(judged: Sequence[Judged], is_pass_free: bool = False) -> list[Judged]:
    """Print a table, best first; by the last pass, or by the best one of each. Returns them so."""
    score = (lambda it: it.mean.min()) if is_pass_free else (lambda it: it.mean[-1])
    ranked = sorted(judged, key=score)
    rows = [
        [it.candidate.name, f"{it.mean[-1]:.1f} ± {it.standard_error:.1f}"]
        + ([f"{it.mean.min():.1f} after {best_pass(it)}"] if is_pass_free else [])
        for it in ranked
    ]
    head = ["candidate", f"mistakes in {judged[0].judged:,} held-out digits"]
    print_table(head + ["at its best pass"] * is_pass_free, rows)
    return ranked


def show_readings(results: Sequence[Result]) -> None:
    """Squared errors of both splits as they come out by each definition; a star is in the band."""
    for split in ("training", "test"):
        rows = []
        for it in results:
            loss = it.training_loss if split == "training" else it.test_loss
            rows.append(
                [it.candidate.name]
                + [spread(factor * loss, ".2e", BANDS[split]) for factor in READINGS.values()]
            )
        print_table([f"{split} squared error: median (least to most)", *READINGS], rows)


def show_results(results: Sequence[Result]) -> None:
    """The table of mistakes and squared errors on training and test digits, and notes on it."""
    rows = []
    for it in results:
        is_squared = it.candidate.training.loss == "squared"
        as_good = int(np.sum(it.test <= PAPER))
        rows.append(
            [
                it.candidate.name,
                spread(it.test, ".4g"),
                f"{as_good} of {len(it.test)}",
                spread(it.training, ".4g"),
                spread(it.training_loss, ".2e") if is_squared else "",
                spread(it.test_loss, ".2e") if is_squared else "",
                str(it.together),
            ]
        )
    rows.append(["LeCun et al. 1989, one network", "102", "", "10", "2.5e-3", "1.8e-2", ""])
    head = ["median (least to most)", "test mistakes", f"at most {PAPER}", "training mistakes"]
    print_table([*head, "training sq. error", "test sq. error", "mean output"], rows)
    for it in results:
        print(f"- {it.candidate.name}: {remark(it)}")


def remark(result: Result) -> str:
    """How far the median and the share of the good ones may be off, and what peeping would give."""
    median = float(np.median(result.test))
    error = [100 * it for it in am.statistics.wilson(round(median), result.n_test)]
    share = am.statistics.wilson(int(np.sum(result.test <= PAPER)), len(result.test))
    least = np.median(result.each_pass[:, 1:].min(axis=1))
    return (
        f"median error {100 * median / result.n_test:.2f} % [{error[0]:.2f}, {error[1]:.2f}]; "
        f"share of networks with at most {PAPER} mistakes [{share.low:.2f}, {share.high:.2f}]; "
        "had each network's pass been chosen by the test digits, which it was not: "
        f"median {least:.4g}."
    )


def spread(values: NDArray[np.float64], form: str, band: tuple[float, float] | None = None) -> str:
    """Median, least and most; with a star where the median is within the band."""
    median = float(np.median(values))
    star = "*" if band and band[0] <= median <= band[1] else ""
    return f"{median:{form}}{star} ({values.min():{form}} to {values.max():{form}})"


def heading(title: str, words: str) -> None:
    """Of a table, and on stderr, where one waits for it."""
    say(title)
    print(f"\n### {title}\n\n{words}.\n", flush=True)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """In Markdown."""
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def best_pass(judged: Judged) -> int:
    """After which the mean over seeds is least."""
    return int(judged.mean.argmin()) + 1
