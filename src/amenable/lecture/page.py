"""The page: claims beside what was measured, as one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amenable.lecture.finding import FAILS, HOLDS, IN_PART, Experiment, Finding
from amenable.pages import Block, Code, Paragraph, PictureBlock, TableBlock, json_link, render

TITLE = "A network can. Will it?"
SOURCE = (
    "The claims are those of Bernhard Firner, Machine Learning Principles, lecture 19, "
    "“Intro to Neural Networks”, 10 November 2025."
)
CLASSES = {HOLDS: "holds", IN_PART: "part", FAILS: "fails"}
MARKS = {HOLDS: "✓", IN_PART: "◐", FAILS: "✗"}


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """An experiment and what it found."""

    experiment: Experiment
    finding: Finding

    @property
    def command(self) -> str:
        """What repeats it."""
        return f"amenable lecture --only {self.experiment.name}"


def numbers_json(results: Sequence[ExperimentResult]) -> str:
    """All numbers by experiment as JSON: the same text on every run, but for the timings."""
    record = {
        it.experiment.name: {
            "claim": it.experiment.claim,
            "verdict": it.finding.verdict,
            "checks": [
                {"claim": check.claim, "holds": check.holds, "measured": check.measured}
                for check in it.finding.checks
            ],
            "counts": it.finding.counts,
            "numbers": it.finding.numbers,
            "timings": dict(it.finding.timings),
        }
        for it in results
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def page(results: Sequence[ExperimentResult], is_quick: bool = False) -> str:
    """The whole page as HTML.

    Parameters
    ----------
    results : sequence of ExperimentResult
        In the order of the page.
    is_quick : bool
        Whether the experiments were the quick ones, which the page then says.
    """
    return render(
        "amenable.lecture",
        "lecture.html",
        title=TITLE,
        source=SOURCE,
        tally=tally(results),
        sections=[_Shown(it.experiment, it.finding, list(_blocks(it))) for it in results],
        classes=CLASSES,
        marks=MARKS,
        is_quick=is_quick,
        numbers=json_link("lecture.json", numbers_json(results), "All numbers as JSON"),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A result as the template takes it: its claim and checks, and the blocks below them."""

    experiment: Experiment
    finding: Finding
    blocks: list[Block]


def tally(results: Sequence[ExperimentResult]) -> str:
    """How many claims hold, in part or not: "3 hold, 13 hold in part"."""
    n = Counter(it.finding.verdict for it in results)
    return ", ".join(
        f"{n[verdict]} {verdict if n[verdict] == 1 else _plural(verdict)}"
        for verdict in (HOLDS, IN_PART, FAILS)
        if n[verdict]
    )


def _plural(verdict: str) -> str:
    return {HOLDS: "hold", IN_PART: "hold in part", FAILS: "do not hold"}[verdict]


def _blocks(it: ExperimentResult) -> Iterator[Block]:
    found = it.finding
    for one in found.illustrations:
        yield PictureBlock(one.title, one.figure, one.caption)
    for table in found.tables:
        yield TableBlock.of_rows(table.caption, table.header, table.rows)
    yield Paragraph(found.counts, "counts", "What was run")
    if found.timings:
        said = "; ".join(f"{name}: {_seconds(value)}" for name, value in found.timings.items())
        yield Paragraph(said, "timings", "Times measured on the machine that made this page")
    yield Code("Again", it.command)
    if found.code.strip():
        yield Code("With your own data", found.code.strip())


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size or unit == "µs":
            return f"{value / size:.3g} {unit}"
    return ""
