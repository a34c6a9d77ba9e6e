"""`amenable report`: write a study as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amenable.errors import called

if TYPE_CHECKING:
    from amenable.population import Population
    from amenable.report import Subject
    from amenable.study.status import Status
    from amenable.study.study import Study

HELP = (
    "Write everything that a study answers on one HTML page.\n\n"
    "The page has the table, comparisons, effects of the settings, the smallest reliable "
    "structure, and cost against fraction, with figures and a sentence for each. It needs no other "
    "file and no internet connection. You can also write it while the study is unfinished."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable report digits.study[/cyan]
  write digits.html in this folder

[cyan]amenable report digits.study --out monday.html --sql "optimizer = 'adam'"[/cyan]
  report some of the trials only, in a file of your choice
"""

File = Annotated[Path, typer.Argument(metavar="FILE", help="The study's file.", show_default=False)]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where to write the page. "
        "[dim]Default: the study's name with .html, in this folder.[/dim]",
        show_default=False,
    ),
]
Sql = Annotated[
    str | None,
    typer.Option(
        metavar="CONDITION", help='Use only trials that meet this condition, such as "lr < 0.1".'
    ),
]


def report(file: File, out: Out = None, sql: Sql = None) -> int:
    """Write everything that a study answers on one HTML page."""
    from amenable.cli import screen
    from amenable.report import contents, report_page
    from amenable.study.study import Study
    from amenable.writing import check_outputs, write_whole

    study = Study(file)
    status = study.status
    page = Path(f"{file.stem or file.name}.html") if out is None else out
    target = check_outputs({"--out": page}, [file])["--out"]
    with screen.remarks().status("counting, comparing, drawing"):
        with called("--sql") if sql else called(str(file)):
            subject = _subject(study, file, status, sql)
        found = contents(subject)
        text = report_page(found)
    write_whole(target, text, "--out")
    console = screen.results()
    screen.say(console, found.state)
    screen.say_all(console, filter(None, (found.overall, *found.sentences, found.caution)))
    screen.show(console)
    screen.say(console, f"The page is {page}; open it in a browser.")
    return 0


def _subject(study: Study, file: Path, status: Status, sql: str | None) -> Subject:
    """What a page tells about the study."""
    from amenable.cli.study import WEIGHTS_KEPT, size, status_lines
    from amenable.errors import DescriptionError
    from amenable.report import Subject
    from amenable.sweep import read_study

    facts = {
        "About": status.description,
        "State": status_lines(status)[0],
        "Begun with": status.command,
        "Only trials with": sql or "",
        "Trained with": f"amenable {status.version}",
        "File": f"{size(status.size_bytes)}; {WEIGHTS_KEPT[status.keep]}",
    }
    found = read_study(study, sql)
    if sql and status.trials and not len(found.trials):
        raise DescriptionError("no finished trial meets the condition; `amenable study` shows all")
    is_running = bool(status.writer) or not status.is_complete
    return Subject(
        name=file.name,
        results=found.trials,
        planned=max(status.planned, status.trials) if sql is None else None,
        is_complete=not is_running,
        facts={name: text for name, text in facts.items() if text},
        population=_pictured(study, status, sql) if len(found.trials) else None,
        sweep=found,
    )


def _pictured(study: Study, status: Status, sql: str | None) -> Population | None:
    """The trials with weights, where networks of two inputs can be drawn from them."""
    if status.keep == "none" or status.data.n_inputs != 2:
        return None
    population = study.population(sql)
    return population.where(population.records.row >= 0)
