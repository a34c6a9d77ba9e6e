"""`amenable study`: show what is in a study's file: how far it is, the table, the best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from amenable.study.status import Status
    from amenable.study.study import Study

HELP = (
    "Show a study: how far it is, what became of each configuration, and the best.\n\n"
    "FILE is what [cyan]amenable sweep --study FILE[/cyan] or Study(FILE).run() wrote, also while "
    "it is being written. [cyan]amenable compare A B[/cyan] tells two studies apart."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable study digits.study[/cyan]
  status, table, best

[cyan]amenable study digits.study --where "activation = 'tanh' and lr < 0.1"[/cyan]
  of some trials; the condition is SQL

[cyan]amenable study digits.study --group-by activation --group-by lr[/cyan]
  a row for each activation and rate, over all else

[cyan]amenable study digits.study --trials --parquet trials.parquet[/cyan]
  a row for each trial, for other programs

[cyan]amenable compare before.study after.study[/cyan]
"""
FORMAT, VERSION = "amenable study", 1  # of --json; a change that an older reader misreads adds one

File = Annotated[Path, typer.Argument(metavar="FILE", help="The study's file.", show_default=False)]
Where = Annotated[
    str | None,
    typer.Option(
        metavar="CONDITION",
        help='Only trials that meet it, such as "lr < 0.1"; a wrong one lists the columns.',
    ),
]
GroupBy = Annotated[
    list[str] | None,
    typer.Option(metavar="SETTING", help="A row for each of its values (repeatable)."),
]
AllRows = Annotated[bool, typer.Option("--all", help="Show every row of the table.")]
CsvFile = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write the whole table.")
]
ParquetFile = Annotated[
    Path | None, typer.Option("--parquet", metavar="FILE", help="Write it as Parquet.")
]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write all that is shown, for programs."),
]
OfTrials = Annotated[
    bool, typer.Option("--trials", help="Into files, write a row for each trial instead.")
]


def study(
    file: File,
    where: Where = None,
    group_by: GroupBy = None,
    all_rows: AllRows = False,
    csv_file: CsvFile = None,
    parquet_file: ParquetFile = None,
    json_file: JsonFile = None,
    trials: OfTrials = False,
) -> int:
    """Show a study: how far it is, what became of each configuration, and the best."""
    from amenable.cli import screen, study_words
    from amenable.cli.plan import options_named
    from amenable.study.study import Study

    said: list[str] = []
    given = {"--csv": csv_file, "--parquet": parquet_file, "--json": json_file}
    files = _checked_files(given, trials, file)
    it, out = Study(file), screen.results()
    status = it.status
    with options_named({"sql": "--where", "by": "--group-by"}):
        found = it.summary(group_by or None, sql=where).to_frame()
    best = it.leader(where) if status.trials else None
    screen.say(out, study_words.head(file, status))
    screen.say_all(out, study_words.status_lines(status), indent=2)
    screen.show(out)
    try:
        said = _print(out, status, found, best, all_rows)
        _print_next(out, file, status)
    finally:  # also where nobody reads to the end, as with head
        if files:
            frame = it.to_frame(where) if trials else found
            _write(files, frame, _record(status, found, best, said))
    return 0


def show(out: Console, it: Study, is_whole: bool, files: dict[str, Path]) -> None:
    """The table of all trials and what it says, into files too: what ends a sweep."""
    status, found, said = it.status, it.summary().to_frame(), list[str]()
    best = it.leader(None) if status.trials else None
    try:
        said = _print(out, status, found, best, is_whole)
    finally:  # also where nobody reads to the end, as with head
        if files:
            _write(files, found, _record(status, found, best, said))


def _print(
    out: Console,
    status: Status,
    found: pl.DataFrame,
    best: dict[str, Any] | None,
    is_whole: bool,
) -> list[str]:
    """The table and what it says; returns that."""
    from amenable.cli import screen, study_table, study_words

    names = found.columns[: found.columns.index("parameters")]
    rows = found.to_dicts()
    metric = status.metrics[0] if len(status.metrics) == 1 else "metric"
    split = status.data.judged_on
    if rows or not status.trials:
        said = [study_words.sentence(rows, names, metric, split)]
    else:
        said = ["No finished trial meets the condition."]
    if best is not None:
        said.append(study_words.best_line(best, split))
    if rows:
        table, notes = study_table.study_table(rows, names, metric, split, out.width, is_whole)
        screen.show(out, table)
        screen.say_all(out, notes)
        screen.show(out)
    screen.say_all(out, filter(None, said))
    return said


def _print_next(out: Console, file: Path, status: Status) -> None:
    from amenable.cli import screen, study_words

    following = study_words.suggestion(file, status)
    if following is not None:
        screen.show(out)
        screen.say(out, f"Next, {following.purpose}:")
        screen.paste(out, following.command)


def _checked_files(
    given: dict[str, Path | None], is_of_trials: bool, file: Path
) -> dict[str, Path]:
    """Where to write what, by option; refused before any work is done."""
    from amenable.errors import DescriptionError
    from amenable.writing import check_outputs

    files = check_outputs(given, [file])
    if is_of_trials and not files:
        raise DescriptionError("--trials: they go into a file; add --csv, --parquet or --json FILE")
    return files


def _write(files: dict[str, Path], frame: pl.DataFrame, record: dict[str, Any]) -> None:
    from amenable.cli import export
    from amenable.writing import replacing

    for option, path in files.items():
        if option == "--json":
            export.write_json(path, record | {"rows": frame.to_dicts()})
            continue
        with replacing(path, option) as beside:
            if option == "--csv":
                frame.write_csv(beside)
            else:
                frame.write_parquet(beside)


def _record(
    status: Status, found: pl.DataFrame, best: dict[str, Any] | None, said: Sequence[str]
) -> dict[str, Any]:
    """All that was shown."""
    from dataclasses import asdict

    return {
        "format": FORMAT,
        "version": VERSION,
        "status": asdict(status),
        "settings": found.columns[: found.columns.index("parameters")],
        "best": best,
        "sentences": [it for it in said if it],
    }
