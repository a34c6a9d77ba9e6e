"""The page: what a study answers, as one HTML file that needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amenable.answers.comparing import LEVEL, points
from amenable.answers.effects import share_text
from amenable.answers.summary import SummaryRow
from amenable.formatting import (
    amount,
    format_metric,
    join,
    limits,
    percent,
    plural,
    probability,
    whole,
)
from amenable.pages import (
    Facts,
    Items,
    Paragraph,
    Section,
    TableBlock,
    TableColumn,
    json_link,
    render,
)
from amenable.pages.blocks import Block
from amenable.report import pictures
from amenable.report.contents import Contents, seeds_said, strongest

MOST_ROWS = 2_000  # of the table of configurations: some 300 bytes each
MOST_SAID = 24  # comparisons in sentences
MOST_LARGEST = 60  # comparisons in the table
MOST_INTERACTIONS = 6
NONE = "–"


def report_page(found: Contents) -> str:
    """The whole page as HTML.

    Parameters
    ----------
    found : Contents
        What is to be said, of a study finished or not, with or without goals.

    Examples
    --------
    >>> import amenable as am
    >>> from amenable.report import Subject, contents
    >>> from amenable.answers import table_of
    >>> population = am.train(am.mlp(2, 3, 1), "xor", am.Training(epochs=5), seeds=4)
    >>> found = contents(Subject("xor.study", table_of(population)))
    >>> report_page(found).startswith("<!DOCTYPE html>")
    True
    """
    sections = [
        Section(name, title, blocks)
        for name, title, make in SECTIONS
        if (blocks := [it for it in make(found) if it is not None])
    ]
    return render(
        "amenable.report",
        "report.html",
        title=f"Study {found.subject.name}",
        state=found.state,
        is_notice=found.subject.is_unfinished or not found.table.rows,
        points=list(filter(None, _points(found))),
        sections=sections,
        numbers=json_link("study.json", found.to_json(), "All numbers as JSON"),
    )


def _points(found: Contents) -> Iterator[str]:
    """What to know first."""
    yield from (found.overall, *found.sentences, found.caution)
    yield found.cheapest if found.has_goal else ""
    yield next((it.sentence for it in found.smallest if it.fraction == 0.9), "")
    yield strongest(found.effects)
    yield found.frontier.sentence if found.frontier else ""


def _configurations(found: Contents) -> Iterable[Block | None]:
    rows = found.table.rows[:MOST_ROWS]
    if not rows:
        return
    columns = [it.of(rows) for it in _columns(found)]
    yield TableBlock("Configurations, best first", columns, is_interactive=True)
    n_left = len(found.table.rows) - len(rows)
    if n_left:
        yield Paragraph(
            f"{n_left:,} more configurations are not shown here; `amenable study` shows them all."
        )
    if found.has_goal:
        yield Paragraph(
            "Solved: percentage of trials that reached the goal, with Wilson's 95 % interval for "
            "each configuration alone. Steps: until half of the trials had solved the problem "
            "(Kaplan-Meier; the others are censored at their budget), – where fewer did. Cost: "
            "multiply-adds of one training on average, and of all trainings until one solves the "
            f"problem. {found.table.split.capitalize()} {found.table.metric}: median over seeds "
            "when training ends."
        )


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column of the table of configurations: a row's number, and how it is written."""

    title: str
    number: Callable[[SummaryRow], float]
    text: Callable[[float], str]

    def of(self, rows: Sequence[SummaryRow]) -> TableColumn:
        values = [float(self.number(row)) for row in rows]
        return TableColumn(self.title, [self.text(it) for it in values], values)


@dataclass(frozen=True, slots=True)
class _Setting:
    """A column with a setting: numbers sort as such."""

    title: str
    place: int

    def of(self, rows: Sequence[SummaryRow]) -> TableColumn:
        known = [row.values[self.place] for row in rows]
        is_number = all(it is None or type(it) in (int, float) for it in known)
        values = [math.nan if it is None else float(it) for it in known] if is_number else None
        return TableColumn(self.title, [row.settings[self.place] for row in rows], values)


@dataclass(frozen=True, slots=True)
class _Words:
    """A column with words."""

    title: str
    text: Callable[[SummaryRow], str]
    number: Callable[[SummaryRow], float] | None = None

    def of(self, rows: Sequence[SummaryRow]) -> TableColumn:
        values = None if self.number is None else [self.number(row) for row in rows]
        return TableColumn(self.title, [self.text(row) for row in rows], values)


def _columns(found: Contents) -> Iterator[_Measure | _Setting | _Words]:
    for i, name in enumerate(found.table.names):
        yield _Setting(name, i)
    if not {"structure", "hidden", "network"} & set(found.table.names):
        yield _Words("structure", lambda row: row.network.structure)
    if found.has_goal:
        yield _Words("solved, %", _solved, lambda row: row.fraction)
        yield _Measure("steps", lambda row: row.median_steps, lambda it: _dashed(whole(it)))
    yield _Measure("trials", lambda row: row.trials, "{:,.0f}".format)
    yield _Measure("parameters", lambda row: row.parameters, "{:,.0f}".format)
    yield _Measure("cost", lambda row: row.multiply_adds, amount)
    if found.has_goal:
        title = "cost until solved"
        yield _Measure(title, lambda row: row.per_solved, lambda it: _dashed(amount(it)))
    if found.table.metric != "mixed":
        measure = f"{found.table.split} {found.table.metric}"
        yield _Measure(measure, lambda row: row.median, format_metric)
        yield _Measure("best", lambda row: row.best, format_metric)
    if any(row.diverged for row in found.table.rows):
        yield _Measure("diverged", lambda row: row.diverged, "{:,.0f}".format)


def _dashed(text: str) -> str:
    return NONE if text == "-" else text


def _solved(row: SummaryRow) -> str:
    if row.found is None:
        return NONE
    low, high = (percent(it, row.trials) for it in row.found.interval)
    return f"{percent(row.fraction, row.trials)} [{low}, {high}]"


def _smallest(found: Contents) -> Iterable[Block | None]:
    if not found.smallest:
        return
    yield from (Paragraph(it.sentence) for it in found.smallest if it.fraction in (0.5, 0.9))
    rows = [
        [f"{100 * it.fraction:g} %", *(_named(row) for row in (it.sure, it.likely))]
        for it in found.smallest
    ]
    yield TableBlock.of_rows(
        "Smallest structure of which at least this share solves the problem",
        ("share", "by the whole interval", "as measured"),
        rows,
    )
    yield Paragraph(
        "An interval holds for its configuration alone and does not allow for the choice among "
        "many. To be sure of the one you choose, train it again with fresh seeds."
    )


def _named(row: SummaryRow | None) -> str:
    if row is None or row.found is None:
        return "none"
    share = limits(*row.found.interval, row.trials)
    return f"{row.network.structure}, {plural(row.parameters, 'parameter')} ({share})"


def _comparisons(found: Contents) -> Iterable[Block | None]:
    if found.comparisons is None:
        yield Paragraph(found.reasons.get("comparisons", ""), "note")
        return
    whole_list, beyond = found.comparisons.all, found.comparisons.beyond_chance
    if whole_list:
        yield Paragraph(
            f"{len(beyond):,} of {plural(len(whole_list), 'comparison')} show a difference beyond "
            "chance. Each compares configurations that differ in one setting only, trial by trial "
            "of the same seed. Swapping whole seeds shows what chance does (Fisher's exact "
            "randomization test; McNemar's where there is one pair of configurations). p-values "
            "are corrected for all comparisons (Holm 1979)."
        )
        chosen = sorted(beyond, key=lambda it: -it.found.difference)[:MOST_SAID]
        yield Items([it.sentence for it in chosen])
        if len(beyond) > len(chosen):
            yield Paragraph(
                f"There are {len(beyond) - len(chosen):,} more; the table has the largest."
            )
        largest = sorted(whole_list, key=lambda it: -it.found.difference)[:MOST_LARGEST]
        rows = [
            [
                it.setting,
                it.first,
                it.second,
                f"{points(it.found.difference)} "
                f"[{points(it.found.interval.low)}, {points(it.found.interval.high)}]",
                f"{it.found.pairs:,}",
                f"{it.found.clusters:,}",
                probability(it.p_value).removeprefix("p = ").removeprefix("p "),
            ]
            for it in largest
        ]
        header = ("setting", "more", "fewer", "points", "pairs", "seeds", "p")
        yield TableBlock.of_rows("Differences in the fraction solved, in points", header, rows)
        if len(whole_list) > len(rows):
            yield Paragraph(f"{len(whole_list) - len(rows):,} more comparisons are not shown here.")
    yield Items(list(_not_compared(found.comparisons.skipped)))


def _not_compared(skipped: Mapping[str, str]) -> Iterator[str]:
    """Why some settings were not compared, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for name, why in skipped.items():
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        yield f"{join(names)} {'was' if len(names) == 1 else 'were'} not compared: {why}."


def _effects(found: Contents) -> Iterable[Block | None]:
    if found.effects is None:
        yield Paragraph(found.reasons.get("effects", ""), "note")
        return
    yield Items(found.effects.sentences)
    yield pictures.of_effects(found)
    skipped = [f"{name} is left out: it {why}." for name, why in found.effects.skipped.items()]
    yield Items([*skipped, *found.effects.remarks])
    yield Paragraph(found.effects.model, "counts")


def _interactions(found: Contents) -> Iterable[Block | None]:
    if found.effects is None:
        return
    terms = found.effects.found.interactions
    if not terms:
        return
    beyond = sum(term.p_value < LEVEL for term in terms)
    yield Paragraph(
        f"{beyond} of {plural(len(terms), 'pair')} of settings interact beyond chance: together "
        "they do more or less than the sum of their effects. Neither effects nor pairs explain "
        f"{share_text(found.effects.found.rest)} of the differences between configurations."
    )
    yield Items([found.effects.said(term) for term in terms[:MOST_INTERACTIONS]])
    yield pictures.of_interaction(found)


def _frontier(found: Contents) -> Iterable[Block | None]:
    if found.frontier is None:
        return
    yield Paragraph(found.frontier.sentence)
    yield pictures.of_frontier(found)


def _steps(found: Contents) -> Iterable[Block | None]:
    yield pictures.of_survival(found)


def _map(found: Contents) -> Iterable[Block | None]:
    yield pictures.of_trainability(found)


def _networks(found: Contents) -> Iterable[Block | None]:
    yield from pictures.of_networks(found)


def _about(found: Contents) -> Iterable[Block | None]:
    subject, data = found.subject, found.subject.results.data
    samples = f"{data.n_training:,} training and {data.n_validation:,} validation samples"
    facts = {
        "Data": f"{data.name}, {data.task}, {plural(data.n_inputs, 'input')}, {samples}",
        "Fingerprint of the data": data.fingerprint,
        "Seeds": seeds_said(subject.results),
        "Settings": ", ".join(found.table.names) or "one configuration",
        **subject.facts,
    }
    if found.table.rows:
        it = subject.results.configurations[0]
        facts["First configuration"] = f"{it.network.structure}, {it.training.describe()}"
    yield Facts(facts)
    yield Paragraph(
        "A trial is one network trained with one seed. The seed fixes its initial weights and the "
        "order of its samples; the same trial gives the same bits on every machine. Where the "
        "number of seeds depended on the results so far, intervals of single configurations hold "
        "only roughly."
    )


SECTIONS: Sequence[tuple[str, str, Callable[[Contents], Iterable[Block | None]]]] = (
    ("configurations", "Configurations", _configurations),
    ("smallest", "The smallest structure", _smallest),
    ("comparisons", "Comparisons, all else equal", _comparisons),
    ("effects", "What each setting does", _effects),
    ("interactions", "Settings together", _interactions),
    ("frontier", "Cost and fraction solved", _frontier),
    ("steps", "Steps to solve", _steps),
    ("map", "Two settings as a map", _map),
    ("networks", "Networks", _networks),
    ("about", "About this study", _about),
)
