"""The page: claims beside what was measured, as one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from amenable.lecture.finding import FAILS, HOLDS, IN_PART, Experiment, Finding
from amenable.pages import Figures, document, json_link, label, rows_table
from amenable.version import package_version

TITLE = "A network can. Will it?"
SOURCE = (
    "The claims are those of Bernhard Firner, Machine Learning Principles, lecture 19, "
    "“Intro to Neural Networks”, 10 November 2025."
)
CLASSES = {HOLDS: "holds", IN_PART: "part", FAILS: "fails"}
MARKS = {HOLDS: "✓", IN_PART: "◐", FAILS: "✗"}


@dataclass(frozen=True, slots=True)
class Section:
    """An experiment and what it found."""

    experiment: Experiment
    finding: Finding

    @property
    def command(self) -> str:
        """What repeats it."""
        return f"amenable lecture --only {self.experiment.name}"


def numbers_json(sections: Sequence[Section]) -> str:
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
        for it in sections
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def page(sections: Sequence[Section], is_quick: bool = False) -> str:
    """The whole page as HTML.

    Parameters
    ----------
    sections : sequence of Section
        In the order of the page.
    is_quick : bool
        Whether the experiments were the quick ones, which the page then says.
    """
    figures = Figures()  # numbered through the whole page
    body = [
        _header(sections, is_quick),
        _contents(sections),
        "<main>",
        *(_section(i, it, figures) for i, it in enumerate(sections, 1)),
        "</main>",
        _footer(sections),
    ]
    return document(TITLE, body)


def _header(sections: Sequence[Section], is_quick: bool) -> str:
    tally = Counter(it.finding.verdict for it in sections)
    said = ", ".join(
        f"{tally[verdict]} {verdict if tally[verdict] == 1 else _plural(verdict)}"
        for verdict in (HOLDS, IN_PART, FAILS)
        if tally[verdict]
    )
    n = len(sections)
    lines = [
        "<header>",
        f"<h1>{escape(TITLE)}</h1>",
        "<p>A lecture on neural networks makes claims. Here each stands beside an experiment on "
        "many networks: fractions with intervals, pictures, and a verdict that follows from the "
        "numbers by rules set beforehand.</p>",
        f"<p><strong>{n} group{'s' if n != 1 else ''} of claims: {escape(said)}.</strong> "
        "Intervals are for 95 %; of fractions they are Wilson’s. The numbers are the same on "
        "every run, but for those marked as times.</p>",
    ]
    if is_quick:
        lines.append(
            '<p class="note">This is the quick version, with few seeds and short training: '
            "intervals are wide, and verdicts may differ from those of the whole one, "
            "<code>amenable lecture</code>.</p>"
        )
    return "\n".join([*lines, f'<p class="source">{escape(SOURCE)}</p>', "</header>"])


def _plural(verdict: str) -> str:
    return {HOLDS: "hold", IN_PART: "hold in part", FAILS: "do not hold"}[verdict]


def _contents(sections: Sequence[Section]) -> str:
    items = [
        f'<li><a href="#{it.experiment.name}">{escape(it.experiment.title)}</a> '
        f"{_badge(it.finding.verdict)}</li>"
        for it in sections
    ]
    opening = '<nav id="contents" aria-label="Contents">'
    return "\n".join([opening, "<h2>Contents</h2>", "<ol>", *items, "</ol>", "</nav>"])


def _badge(verdict: str) -> str:
    return f'<span class="badge {CLASSES[verdict]}">{MARKS[verdict]} {verdict}</span>'


def _section(i: int, it: Section, figures: Figures) -> str:
    name, found = it.experiment.name, it.finding
    parts = [
        f'<section id="{name}" aria-labelledby="{name}-title">',
        f'<h2 id="{name}-title">{i}. {escape(it.experiment.title)}</h2>',
        f'<p class="claim">{label("The lecture")} {escape(it.experiment.claim)}</p>',
        f'<p class="found">{_badge(found.verdict)} {escape(found.summary)}</p>',
        *_checks(found),
        *(figures.add(one.title, one.figure, one.caption) for one in found.illustrations),
        *(rows_table(one.caption, one.header, one.rows) for one in found.tables),
        f'<p class="counts">{label("What was run")} {escape(found.counts)}</p>',
        *_timings(found),
        *_code(it),
        '<p class="back"><a href="#contents">Contents</a></p>',
        "</section>",
    ]
    return "\n".join(parts)


def _checks(found: Finding) -> list[str]:
    items = [
        f'<li class="{"yes" if check.holds else "no"}"><span class="answer">'
        f"{'✓ yes' if check.holds else '✗ no'}</span> {escape(check.claim)} "
        f'<span class="measured">{escape(check.measured)}</span></li>'
        for check in found.checks
    ]
    return ['<ul class="checks">', *items, "</ul>"]


def _timings(found: Finding) -> list[str]:
    if not found.timings:
        return []
    said = "; ".join(f"{name}: {_seconds(value)}" for name, value in found.timings.items())
    heading = label("Measured times, on the machine that made this page")
    return [f'<p class="timings">{heading} {escape(said)}</p>']


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size or unit == "µs":
            return f"{value / size:.3g} {unit}"
    return ""


def _code(it: Section) -> list[str]:
    blocks = [("Again", it.command), ("With your own data", it.finding.code.strip())]
    return [
        f'<p class="label">{heading}</p>\n<pre><code>{escape(lines)}</code></pre>'
        for heading, lines in blocks
        if lines
    ]


def _footer(sections: Sequence[Section]) -> str:
    numbers = json_link("lecture.json", numbers_json(sections), "All numbers as JSON")
    return (
        "<footer>\n"
        f"<p>Made by <code>amenable lecture</code>, amenable {escape(package_version())}. "
        f"{numbers}.</p>\n</footer>"
    )
