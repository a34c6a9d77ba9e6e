"""The page: what a study answers, as one HTML file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from amenable.answers.comparing import LEVEL, points
from amenable.answers.effects import share_text
from amenable.answers.table import Row
from amenable.pages import STYLE, Figures, document, json_link, rows_table
from amenable.phrases import amount, counted, limits, measured, percent, probability, whole
from amenable.report import pictures
from amenable.report.contents import MOST_IN_JSON, Contents, seeds_said, strongest
from amenable.report.pictures import Picture
from amenable.version import package_version

MOST_ROWS = 30  # of the table of configurations
MOST_SAID = 24  # comparisons in sentences
MOST_INTERACTIONS = 6

OWN_STYLE = """
.short li { padding: .2rem 0; }
dl { display: grid; gap: .25rem 1rem; grid-template-columns: max-content 1fr; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
td, th { white-space: nowrap; }
"""


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
    >>> from amenable.answers import results_of
    >>> population = am.train(am.mlp(2, 3, 1), "xor", am.Training(epochs=5), seeds=4)
    >>> found = contents(Subject("xor.study", results_of(population)))
    >>> report_page(found).startswith("<!DOCTYPE html>")
    True
    """
    figures = Figures()
    sections = [
        (name, title, lines)
        for name, title, make in SECTIONS
        if (lines := list(filter(None, make(found, figures))))
    ]
    body = [
        _header(found),
        '<nav id="contents" aria-label="Contents">',
        "<h2>Contents</h2>",
        "<ol>",
        *(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title, _ in sections),
        "</ol>",
        "</nav>",
        "<main>",
        *(_section(*it) for it in sections),
        "</main>",
        _footer(found),
    ]
    return document(f"Study {_text(found.subject.name)}", body, STYLE + OWN_STYLE)


def _header(found: Contents) -> str:
    said = [
        found.overall,
        found.best,
        found.caution,
        found.cheapest if found.has_goal else "",
        next((it.sentence for it in found.smallest if it.fraction == 0.9), ""),
        strongest(found.effects),
        found.frontier.sentence if found.frontier else "",
    ]
    notice = ' class="note"' if found.subject.is_unfinished or not found.table.rows else ""
    return "\n".join(
        [
            "<header>",
            f"<h1>Study {escape(_text(found.subject.name))}</h1>",
            f"<p{notice}>{escape(found.state)}</p>",
            '<ul class="short">' if any(said) else "",
            *(f"<li>{escape(_text(it))}</li>" for it in said if it),
            "</ul>" if any(said) else "",
            "</header>",
        ]
    )


def _section(name: str, title: str, lines: Iterable[str]) -> str:
    return "\n".join(
        [
            f'<section id="{name}" aria-labelledby="{name}-title">',
            f'<h2 id="{name}-title">{escape(title)}</h2>',
            *lines,
            '<p class="back"><a href="#contents">Contents</a></p>',
            "</section>",
        ]
    )


def _configurations(found: Contents, _: Figures) -> Iterable[str]:
    rows = found.table.rows
    if not rows:
        return
    columns = _columns(found)
    cells = [[cell(row) for _, cell in columns] for row in rows[:MOST_ROWS]]
    yield rows_table("Configurations, best first", [title for title, _ in columns], cells)
    if len(rows) > MOST_ROWS:
        last = rows[MOST_ROWS]
        most = f", solved in at most {percent(last.fraction, last.trials)} % of trials"
        solved = most if last.found and last.fraction < 1 else ""
        how_many = "them" if len(rows) <= MOST_IN_JSON else "more of them"
        yield _paragraph(
            f"{len(rows) - MOST_ROWS:,} more configurations are left out here{solved}; the numbers "
            f"at the end of the page have {how_many}."
        )
    if found.has_goal:
        yield _paragraph(
            "Solved: fraction of trials that met the goal, with Wilson's 95 % interval, of each "
            "configuration alone. Steps: until half were solved (Kaplan-Meier, trials that were "
            "not solved are censored at their budget); – where fewer were. Cost: multiply-adds of "
            "one training on average, and of trainings until one is solved. "
            f"{found.table.split.capitalize()} {found.table.metric}: median over seeds when "
            "training ended."
        )


def _columns(found: Contents) -> list[tuple[str, Callable[[Row], str]]]:
    columns: list[tuple[str, Callable[[Row], str]]] = []
    for i, name in enumerate(found.table.names):
        columns.append((_text(name), lambda row, i=i: _text(row.settings[i])))  # type: ignore[misc]
    if not {"structure", "hidden", "network"} & set(found.table.names):
        columns.append(("structure", lambda row: row.network.structure))
    if found.has_goal:
        columns.append(("solved, %", _solved))
        columns.append(("steps", lambda row: whole(row.median_steps).replace("-", "–")))
    columns.append(("trials", lambda row: f"{row.trials:,}"))
    columns.append(("parameters", lambda row: f"{row.parameters:,}"))
    columns.append(("cost", lambda row: amount(row.multiply_adds)))
    if found.has_goal:
        columns.append(("cost of one solved", lambda row: amount(row.per_solved).replace("-", "–")))
    if found.table.metric != "mixed":
        columns += [
            (f"{found.table.split} {found.table.metric}", lambda row: measured(row.median)),
            ("best", lambda row: measured(row.best)),
        ]
    if any(row.diverged for row in found.table.rows):
        columns.append(("diverged", lambda row: f"{row.diverged:,}"))
    return columns


def _solved(row: Row) -> str:
    if row.found is None:
        return "–"
    low, high = (percent(it, row.trials) for it in row.found.interval)
    return f"{percent(row.fraction, row.trials)} [{low}, {high}]"


def _smallest(found: Contents, _: Figures) -> Iterable[str]:
    if not found.smallest:
        return
    yield from (_paragraph(it.sentence) for it in found.smallest if it.fraction in (0.5, 0.9))
    rows = [
        [f"{100 * it.fraction:g} %", *(_named(row) for row in (it.sure, it.likely))]
        for it in found.smallest
    ]
    yield rows_table(
        "Smallest structure with at least so many solved",
        ("fraction", "the whole interval", "as measured"),
        rows,
    )
    yield _paragraph(
        "The interval is that of the configuration alone, not of the choice among many: to be sure "
        "of the one chosen, train it with fresh seeds."
    )


def _named(row: Row | None) -> str:
    if row is None or row.found is None:
        return "none"
    share = limits(*row.found.interval, row.trials)
    return f"{row.network.structure}, {counted(row.parameters, 'parameter')} ({share})"


def _comparisons(found: Contents, _: Figures) -> Iterable[str]:
    if found.comparisons is None:
        yield _reason(found, "comparisons")
        return
    whole_list, beyond = found.comparisons.all, found.comparisons.beyond_chance
    if whole_list:
        yield _paragraph(
            f"{len(beyond):,} of {counted(len(whole_list), 'comparison')} differ by more than "
            "chance. Compared are configurations that differ in one setting only, trial by trial "
            "of the same seed; whole seeds are swapped to see what chance does (Fisher's "
            "randomization test, exact; McNemar's where there is one pair of configurations), and "
            "p-values are corrected for all comparisons (Holm 1979)."
        )
        chosen = sorted(beyond, key=lambda it: -it.found.difference)[:MOST_SAID]
        yield from _items([it.sentence for it in chosen])
        if len(beyond) > len(chosen):
            yield _paragraph(f"And {len(beyond) - len(chosen):,} more; the table has the largest.")
        largest = sorted(whole_list, key=lambda it: -it.found.difference)[: 2 * MOST_ROWS]
        rows = [
            [
                _text(it.setting),
                _text(it.first),
                _text(it.second),
                f"{points(it.found.difference)} "
                f"[{points(it.found.interval.low)}, {points(it.found.interval.high)}]",
                f"{it.found.pairs:,}",
                f"{it.found.clusters:,}",
                probability(it.p_value).removeprefix("p = ").removeprefix("p "),
            ]
            for it in largest
        ]
        header = ("setting", "more", "fewer", "points", "pairs", "seeds", "p")
        yield rows_table("Differences in the fraction solved, in points", header, rows)
        if len(whole_list) > len(rows):
            yield _paragraph(f"{len(whole_list) - len(rows):,} more comparisons are left out here.")
    yield from _items(
        [f"{name} was not compared: {why}." for name, why in found.comparisons.skipped.items()]
    )


def _effects(found: Contents, figures: Figures) -> Iterable[str]:
    if found.effects is None:
        yield _reason(found, "effects")
        return
    yield from _items(found.effects.sentences)
    yield _drawn(pictures.of_effects(found), figures)
    skipped = [f"{name} took no part: it {why}." for name, why in found.effects.skipped.items()]
    yield from _items([*skipped, *found.effects.remarks])
    yield f'<p class="counts">{escape(found.effects.model)}</p>'


def _interactions(found: Contents, figures: Figures) -> Iterable[str]:
    if found.effects is None:
        return
    terms = found.effects.found.interactions
    if not terms:
        return
    beyond = sum(term.p_value < LEVEL for term in terms)
    yield _paragraph(
        f"{beyond} of {counted(len(terms), 'pair')} of settings do something together, beyond "
        f"chance, that is more or less than the sum of the two. What neither effects nor pairs "
        f"explain is {share_text(found.effects.found.rest)} of the differences between "
        "configurations."
    )
    yield from _items([found.effects.said(term) for term in terms[:MOST_INTERACTIONS]])
    yield _drawn(pictures.of_interaction(found), figures)


def _frontier(found: Contents, figures: Figures) -> Iterable[str]:
    if found.frontier is None:
        return
    yield _paragraph(found.frontier.sentence)
    yield _drawn(pictures.of_frontier(found), figures)


def _steps(found: Contents, figures: Figures) -> Iterable[str]:
    yield _drawn(pictures.of_survival(found), figures)


def _map(found: Contents, figures: Figures) -> Iterable[str]:
    yield _drawn(pictures.of_trainability(found), figures)


def _networks(found: Contents, figures: Figures) -> Iterable[str]:
    yield from (_drawn(it, figures) for it in pictures.of_networks(found))


def _about(found: Contents, _: Figures) -> Iterable[str]:
    subject, data = found.subject, found.subject.results.data
    samples = f"{data.n_training:,} training and {data.n_validation:,} validation samples"
    facts = {
        "Data": f"{data.name}, {data.task}, {counted(data.n_inputs, 'input')}, {samples}",
        "Fingerprint of the data": data.fingerprint,
        "Seeds": seeds_said(subject.results),
        "Settings": ", ".join(found.table.names) or "one configuration",
        **subject.facts,
    }
    if found.table.rows:
        it = subject.results.configurations[0]
        facts["First configuration"] = f"{it.network.structure}, {it.training.describe()}"
    yield "<dl>"
    yield from (f"<dt>{escape(_text(a))}</dt><dd>{escape(_text(b))}</dd>" for a, b in facts.items())
    yield "</dl>"
    yield _paragraph(
        "A trial is one network trained with one seed. The seed fixes its initial weights and the "
        "order of its samples; the same trial gives the same bits on every machine. Where the "
        "number of seeds was made to depend on what came out, intervals of single configurations "
        "hold only roughly."
    )


SECTIONS: Sequence[tuple[str, str, Callable[[Contents, Figures], Iterable[str]]]] = (
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


def _drawn(picture: Picture | None, figures: Figures) -> str:
    if picture is None:
        return ""
    return figures.add(_text(picture.title), picture.figure, _text(picture.caption))


def _items(sentences: Iterable[str]) -> list[str]:
    said = [f"<li>{escape(_text(it))}</li>" for it in sentences]
    return ["<ul>", *said, "</ul>"] if said else []


def _paragraph(text: str) -> str:
    return f"<p>{escape(_text(text))}</p>"


def _reason(found: Contents, name: str) -> str:
    return f'<p class="note">{escape(_text(found.reasons.get(name, "")))}</p>'


def _text(text: str) -> str:
    """Without what HTML cannot hold: control characters, halves of characters in names of files."""
    plain = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(it if it.isprintable() else " " for it in plain)
    return re.sub(r" (?=%)|(?<=\bp) (?=[<=])|(?<=\bp [<=]) ", "\u00a0", text)  # not parted


def _footer(found: Contents) -> str:
    numbers = json_link("study.json", found.to_json(), "All numbers as JSON")
    return (
        "<footer>\n"
        f"<p>Made by <code>amenable report</code>, amenable {escape(package_version())}. "
        f"{numbers}.</p>\n</footer>"
    )
