"""`amenable lecture`: put the claims of a lecture to the test, and write a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import amenable as am
from amenable.cli.screen import INTERRUPTED

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.lecture import Experiment, ExperimentResult

PAGE = Path("lecture.html")

HELP = (
    "Put the claims of a lecture on neural networks to the test, and write a page.\n\n"
    "Each claim becomes an experiment on many networks. The page compares the claim with what was "
    "measured, with pictures, intervals and a verdict. It is one HTML file that needs no internet "
    "connection."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable lecture[/cyan]
  run all experiments, in a few minutes

[cyan]amenable lecture --quick[/cyan]
  use fewer networks, in less than a minute

[cyan]amenable lecture --only spaghetti --only vanishing --out two.html[/cyan]
  run two experiments ([cyan]--list[/cyan] names them all)
"""

Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Run only this experiment (repeatable). [dim]Default: all.[/dim]",
        show_default=False,
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Train fewer networks, for a shorter time.")]
Out = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="Where to write the page. [dim]Default: lecture.html.[/dim]",
        show_default=False,
    ),
]
JsonFile = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write all numbers, for programs."),
]
List = Annotated[bool, typer.Option("--list", help="List the experiments and stop.")]


def lecture(
    only: Only = None,
    quick: Quick = False,
    out: Out = PAGE,
    json_file: JsonFile = None,
    list_all: List = False,
) -> int:
    """Put the claims of a lecture on neural networks to the test, and write a page."""
    from amenable.cli import screen
    from amenable.lecture import experiments
    from amenable.writing import check_outputs

    try:
        chosen = experiments(only or ())
    except am.DescriptionError as error:
        raise error.at("--only") from None
    console = screen.results()
    if list_all:
        _print_list(console, chosen)
        return 0
    files = check_outputs({"--out": out, "--json": json_file})
    results, is_whole = _run(chosen, quick, console)
    if not results:
        return INTERRUPTED
    _write(results, quick, files["--out"], files.get("--json"))
    _print_end(console, results, out, is_whole)
    return 0 if is_whole else INTERRUPTED


def _run(
    chosen: Sequence[Experiment], is_quick: bool, console: Console
) -> tuple[list[ExperimentResult], bool]:
    """What was found, and whether it is all: Ctrl-C keeps the finished experiments."""
    from amenable.cli import screen
    from amenable.lecture import ExperimentResult, Scale

    found: list[ExperimentResult] = []
    with _bar(len(chosen)) as tell:
        try:
            for it in chosen:
                tell(len(found), it.title)
                found.append(ExperimentResult(it, it.run(Scale(is_quick))))
                _print_result(console, found[-1])
        except KeyboardInterrupt:
            screen.remarks().print("interrupted: what is finished is kept")
            return found, False
    return found, True


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int, str], None]]:
    """What is to be told how many are done and which one runs; a bar where somebody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from amenable.cli import screen

    console = screen.remarks()
    progress = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("", total=total)

        def tell(done: int, title: str) -> None:
            progress.update(task, completed=done, description=title)

        yield tell


def _print_list(console: Console, chosen: Sequence[Experiment]) -> None:
    from rich.table import Table

    from amenable.cli import screen

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    for it in chosen:
        table.add_row(it.name, it.title)
    screen.show(console, table)


def _print_result(console: Console, result: ExperimentResult) -> None:
    from rich.text import Text

    from amenable.cli import screen

    style = {"holds": "green", "does not hold": "red"}.get(result.finding.verdict, "yellow")
    title = Text.assemble((result.finding.verdict, style), ": ", (result.experiment.title, "bold"))
    console.print(title, soft_wrap=True)
    screen.say(console, result.finding.summary, indent=2)


def _write(
    results: Sequence[ExperimentResult], is_quick: bool, out: Path, numbers: Path | None
) -> None:
    from amenable.lecture import numbers_json, page
    from amenable.writing import write_whole

    write_whole(out, page(results, is_quick), "--out")
    if numbers:
        write_whole(numbers, numbers_json(results), "--json")


def _print_end(
    console: Console, results: Sequence[ExperimentResult], out: Path, is_whole: bool
) -> None:
    from amenable.cli import screen
    from amenable.lecture.page import tally

    of = f"Of {len(results)} claims, " if len(results) > 1 else "Of 1 claim, "
    screen.show(console)
    screen.say(console, f"{of}{tally(results)}. The page is {out}; open it in a browser.")
    if is_whole:
        screen.show(console)
        screen.say(console, "Next, one of its pictures for data of your own:")
        screen.paste(console, "amenable draw spaghetti FILE.csv")
