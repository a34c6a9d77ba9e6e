"""`amenable study`: show what is in a study's file: how far it is, the table, the best."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amenable.formatting import join, plural
from amenable.progress import clock
from amenable.training import describe_goal

if TYPE_CHECKING:
    import polars as pl

    from amenable.study.status import Status
    from amenable.sweep import Sweep

HELP = (
    "Show a study: how far it is, how each configuration did, and the best network.\n\n"
    "FILE is what [cyan]amenable sweep --study FILE[/cyan] or Study(FILE).run() wrote, also while "
    "it is being written. [cyan]amenable compare A B[/cyan] tells two studies apart."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable study digits.study[/cyan]
  show how far the study is, the table and the best network

[cyan]amenable study digits.study --sql "activation = 'tanh' and lr < 0.1"[/cyan]
  use some of the trials only; the condition is SQL

[cyan]amenable study digits.study --by activation --by lr[/cyan]
  show a row for each activation and rate, over all other settings

[cyan]amenable study digits.study --trials --parquet trials.parquet[/cyan]
  write a row for each trial, for other programs

[cyan]amenable compare before.study after.study[/cyan]
"""
FORMAT, VERSION = "amenable study", 2  # of --json; a change that an older reader misreads adds one
WEIGHTS_KEPT = {
    "none": "no weights are kept",
    "best": "weights of the best trial of each configuration are kept",
    "all": "weights of all trials are kept",
}
MOST_GOALS = 3  # that are named one by one

File = Annotated[Path, typer.Argument(metavar="FILE", help="The study's file.", show_default=False)]
Sql = Annotated[
    str | None,
    typer.Option(
        metavar="CONDITION",
        help='Use only trials that meet this condition, such as "lr < 0.1".',
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(metavar="SETTING", help="Show a row for each value of this setting (repeatable)."),
]
AllRows = Annotated[bool, typer.Option("--all", help="Show every row of the table.")]
CsvFile = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write the whole table as CSV.")
]
ParquetFile = Annotated[
    Path | None, typer.Option("--parquet", metavar="FILE", help="Write the whole table as Parquet.")
]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write everything that is shown, for programs."),
]
OfTrials = Annotated[
    bool,
    typer.Option(
        "--trials", help="Write a row for each trial, instead of the table, to the files."
    ),
]


def study(
    file: File,
    sql: Sql = None,
    by: By = None,
    all_rows: AllRows = False,
    csv_file: CsvFile = None,
    parquet_file: ParquetFile = None,
    json_file: JsonFile = None,
    trials: OfTrials = False,
) -> int:
    """Show a study: how far it is, how each configuration did, and the best network."""
    from amenable.cli import screen, table
    from amenable.cli.plan import options_named
    from amenable.study.study import Study
    from amenable.sweep import read_study

    given = {"--csv": csv_file, "--parquet": parquet_file, "--json": json_file}
    files = _checked_files(given, trials, file)
    it, out = Study(file), screen.results()
    status = it.status
    with options_named({"sql": "--sql", "by": "--by"}):
        found = read_study(it, sql, by)
        frame = found.table.to_frame()
    screen.say(out, head(file, status))
    screen.say_all(out, status_lines(status), indent=2)
    screen.show(out)
    try:
        if status.trials and not len(found.trials):
            screen.say(out, "No finished trial meets the condition.")
        else:
            table.show_found(out, found, all_rows)
        purpose, command = _next(file, status)
        if command:
            table.show_next(out, purpose, command)
    finally:  # also where nobody reads to the end, as with head
        if files:
            _write(files, it.to_frame(sql) if trials else frame, _record(status, found))
    return 0


def head(path: Path, status: Status) -> str:
    """What the study is about."""
    data = status.data
    sizes = f"{data.n_training:,} samples to train"
    if data.n_validation:
        sizes += f", {data.n_validation:,} to validate"
    about = f"{status.description}; " if status.description else ""
    n = plural(status.configurations, "configuration")
    return f"{path}: {about}{n} on '{data.name}' ({sizes})"


def status_lines(status: Status) -> list[str]:
    """How far the study is."""
    if status.is_complete:
        done = f"complete: {plural(status.trials, 'trial')}"
    else:
        done = f"{status.trials:,} of {plural(status.planned, 'trial')} finished"
    spent = clock(status.seconds) if status.seconds >= 60 else f"{status.seconds:.1f} s"
    lines = [f"{done}, in {plural(status.blocks, 'block')} and {spent} of training"]
    if status.writer:
        lines.append(
            f"{status.writer} is writing to the file; below are the trials that have finished"
        )
    lines.append(_goals(status.goals))
    kept = WEIGHTS_KEPT[status.keep] + (", with their curves" if status.has_curves else "")
    lines.append(f"{size(status.size_bytes)}; {kept}; amenable {status.version}")
    return lines


def _goals(goals: Sequence[str]) -> str:
    """What a network must reach."""
    if not goals:
        return "no goal, so no trial counts as solved"
    if len(goals) > MOST_GOALS:
        return f"goals: {len(goals)} different ones"
    return f"goal: {join([describe_goal(it) for it in goals], 'or')}"


def size(n_bytes: int) -> str:
    """ "66 kB", "67.1 MB"."""
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 1e6 else f"{math.ceil(n_bytes / 1e3):,} kB"


def _next(path: Path, status: Status) -> tuple[str, str]:
    """What to do next, and the command; empty where there is nothing."""
    from amenable.cli.screen import own_command, quote_command, typed_path

    if not status.is_complete:
        return "to finish it", "" if status.writer else own_command(status.command)
    if not status.trials:
        return "", ""
    return "to see everything as a page with figures", quote_command(
        ["amenable", "report", typed_path(path)]
    )


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
    from amenable.writing import write_whole

    for option, path in files.items():
        if option == "--json":
            export.write_json(path, record | {"rows": frame.to_dicts()})
            continue
        content = io.BytesIO()  # polars has errors of its own where a disk is full
        if option == "--csv":
            frame.write_csv(content)
        else:
            frame.write_parquet(content)
        write_whole(path, content.getvalue(), option)


def _record(status: Status, found: Sweep) -> dict[str, Any]:
    """All that was shown."""
    from dataclasses import asdict

    shown = {name: it for name, it in found.to_dict().items() if name != "configurations"}
    return shown | {"format": FORMAT, "version": VERSION, "status": asdict(status)}
