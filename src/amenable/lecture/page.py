"""The page: claims beside what was measured, as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count

from amenable.figures.canvas import encoded
from amenable.lecture.finding import FAILS, HOLDS, IN_PART, Experiment, Finding, Illustration, Table
from amenable.lecture.style import STYLE
from amenable.version import package_version

TITLE = "A network can. Will it?"
SOURCE = (
    "The claims are those of Bernhard Firner, Machine Learning Principles, lecture 19, "
    "“Intro to Neural Networks”, 10 November 2025."
)
DPI = 130  # 6 inches are 780 pixels: enough for a phone held upright and for print
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
    figures = count(1)  # their numbers, through the whole page
    body = [
        _header(sections, is_quick),
        _contents(sections),
        "<main>",
        *(_section(i, it, figures) for i, it in enumerate(sections, 1)),
        "</main>",
        _footer(sections),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(TITLE)}</title>",
            f"<style>\n{STYLE}</style>",
            "</head>",
            '<body id="top">',
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


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


def _section(i: int, it: Section, figures: Iterator[int]) -> str:
    name, found = it.experiment.name, it.finding
    parts = [
        f'<section id="{name}" aria-labelledby="{name}-title">',
        f'<h2 id="{name}-title">{i}. {escape(it.experiment.title)}</h2>',
        f'<p class="claim">{_label("The lecture")} {escape(it.experiment.claim)}</p>',
        f'<p class="found">{_badge(found.verdict)} {escape(found.summary)}</p>',
        *_checks(found),
        *(_figure(next(figures), one) for one in found.illustrations),
        *(_table(one) for one in found.tables),
        f'<p class="counts">{_label("What was run")} {escape(found.counts)}</p>',
        *_timings(found),
        *_code(it),
        '<p class="back"><a href="#contents">Contents</a></p>',
        "</section>",
    ]
    return "\n".join(parts)


def _label(text: str) -> str:
    return f'<span class="label">{text}</span>'


def _checks(found: Finding) -> list[str]:
    items = [
        f'<li class="{"yes" if check.holds else "no"}"><span class="answer">'
        f"{'✓ yes' if check.holds else '✗ no'}</span> {escape(check.claim)} "
        f'<span class="measured">{escape(check.measured)}</span></li>'
        for check in found.checks
    ]
    return ['<ul class="checks">', *items, "</ul>"]


def _figure(number: int, one: Illustration) -> str:
    width, height = (round(float(size) * DPI) for size in one.figure.get_size_inches())
    source = base64.b64encode(encoded(one.figure, "png", DPI)).decode()
    alternative = escape(f"{one.title}. {one.caption}", quote=True)
    return (
        "<figure>\n"
        f'<img width="{width}" height="{height}" alt="{alternative}" '
        f'src="data:image/png;base64,{source}">\n'
        f"<figcaption><strong>Figure {number}. {escape(one.title)}.</strong> "
        f"{escape(one.caption)}</figcaption>\n</figure>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    rows = [
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in table.rows
    ]
    return "\n".join(
        [
            '<div class="scroll">',
            "<table>",
            f"<caption>{escape(table.caption)}</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *rows,
            "</tbody>",
            "</table>",
            "</div>",
        ]
    )


def _timings(found: Finding) -> list[str]:
    if not found.timings:
        return []
    said = "; ".join(f"{name}: {_seconds(value)}" for name, value in found.timings.items())
    label = _label("Measured times, on the machine that made this page")
    return [f'<p class="timings">{label} {escape(said)}</p>']


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size or unit == "µs":
            return f"{value / size:.3g} {unit}"
    return ""


def _code(it: Section) -> list[str]:
    blocks = [("Again", it.command), ("With your own data", it.finding.code.strip())]
    return [
        f'<p class="label">{label}</p>\n<pre><code>{escape(lines)}</code></pre>'
        for label, lines in blocks
        if lines
    ]


def _footer(sections: Sequence[Section]) -> str:
    data = base64.b64encode(numbers_json(sections).encode()).decode()
    return (
        "<footer>\n"
        f"<p>Made by <code>amenable lecture</code>, amenable {escape(package_version())}. "
        f'<a download="lecture.json" href="data:application/json;base64,{data}">All numbers as '
        "JSON</a>.</p>\n</footer>"
    )
