"""`amenable sweep`: train many networks on some data, and say which structures learn it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amenable.cli.request import SPLIT, Request

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.baselines import Baseline
    from amenable.cli.findings import Findings
    from amenable.cli.plan import Plan
    from amenable.population import Population

WHOLE, NUMBER = "a whole number", "a number"
INTERRUPTED = 130  # what shells expect after Ctrl-C

WHAT, HOW, RESULT = "What to train", "How to train it", "What to do with the result"

HELP = (
    "Train many networks on DATA and say which structures learn it, and how often.\n\n"
    "Every structure is trained with every activation and every seed. The table says what "
    "fraction of the seeds learned it, how fast and how well; below it are the models of "
    "scikit-learn that a network must beat. Nothing but DATA must be given. Repeatable options "
    "are tried in all combinations, and compared."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable sweep digits[/cyan]
  1,088 networks on handwritten digits, in seconds

[cyan]amenable sweep house.csv --target price[/cyan]
  your own table: CSV, TSV, Parquet, NPZ, IDX

[cyan]amenable sweep xor --hidden 2 --hidden 3 --seeds 1000[/cyan]
  how often are two hidden neurons enough, and how often three?

[cyan]amenable sweep wine --optimizer sgd --optimizer adam --activation tanh[/cyan]
  does the optimizer matter?

[cyan]amenable sweep iris --solved "accuracy >= 0.9" --json iris.json[/cyan]
  a goal of your own, and all results in a file
"""


def _whole(text: str) -> int:
    """A whole number, also as 1e5."""
    number = _number(text, WHOLE)
    if not number.is_integer():
        raise typer.BadParameter(f"expected {WHOLE}, got {text!r}")
    return int(text) if text.strip().lstrip("+-").isdecimal() else int(number)


def _number(text: str, what: str = NUMBER) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"expected {what}, got {text!r}") from None


def sweep(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A built-in name ([cyan]amenable datasets[/cyan] lists them) or a file.",
            show_default=False,
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            rich_help_panel=WHAT,
            help="Column to learn. [dim]Default: the last.[/dim]",
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="TASK",
            rich_help_panel=WHAT,
            help="classification or regression. [dim]Default: as the target looks.[/dim]",
        ),
    ] = None,
    split: Annotated[
        float,
        typer.Option(
            parser=_number,
            metavar="FRACTION",
            rich_help_panel=WHAT,
            show_default=False,
            help=f"Held out for validation. [dim]Default: {SPLIT:g}.[/dim]",
        ),
    ] = SPLIT,
    hidden: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WIDTHS",
            rich_help_panel=WHAT,
            help="Hidden layers: 10, or 10,10, or none (repeatable). "
            "[dim]Default: a dozen, from none to two layers.[/dim]",
        ),
    ] = None,
    activation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=WHAT,
            help="Of the hidden layers (repeatable). [dim]Default: tanh, relu, sigmoid.[/dim]",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            parser=_whole,
            metavar="N",
            rich_help_panel=WHAT,
            help="How often each is trained. [dim]Default: 32.[/dim]",
        ),
    ] = None,
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=HOW,
            help="sgd, momentum, nesterov, rmsprop, adam, adamw or rprop (repeatable). "
            "[dim]Default: adam.[/dim]",
        ),
    ] = None,
    lr: Annotated[
        list[float] | None,
        typer.Option(
            parser=_number,
            metavar="RATE",
            rich_help_panel=HOW,
            help="Learning rate (repeatable). [dim]Default: what suits the optimizer.[/dim]",
        ),
    ] = None,
    batch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N",
            rich_help_panel=HOW,
            help="Samples in a step, or full (repeatable). [dim]Default: 32.[/dim]",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            parser=_whole,
            metavar="N",
            rich_help_panel=HOW,
            help="Passes over the data, at most. [dim]Default: what suits its size.[/dim]",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            parser=_whole, metavar="N", rich_help_panel=HOW, help="Updates, instead of epochs."
        ),
    ] = None,
    init: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=HOW,
            help="Initial weights, such as he_normal (repeatable). "
            "[dim]Default: what suits the activation.[/dim]",
        ),
    ] = None,
    l2: Annotated[
        list[float] | None,
        typer.Option(
            parser=_number,
            metavar="SIZE",
            rich_help_panel=HOW,
            help="L2 penalty (repeatable). [dim]Default: 0.[/dim]",
        ),
    ] = None,
    solved: Annotated[
        str | None,
        typer.Option(
            metavar="GOAL",
            rich_help_panel=HOW,
            help='When a network has learned it: "accuracy >= 0.95", "r2 >= 0.8", '
            '"training loss <= 0.01"; none trains to the end. '
            "[dim]Default: nearly as good as scikit-learn's best.[/dim]",
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            parser=_whole,
            metavar="N",
            rich_help_panel=HOW,
            help="At most. [dim]Default: all cores.[/dim]",
        ),
    ] = None,
    all_rows: Annotated[
        bool, typer.Option("--all", rich_help_panel=RESULT, help="Show every row of the table.")
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=RESULT, help="Write everything that was found."
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=RESULT, help="Write a line for each configuration."
        ),
    ] = None,
) -> int:
    """Train many networks on DATA and say which structures learn it, and how often."""
    request = Request(
        data=data,
        target=target,
        task=task,
        split=split,
        hidden=tuple(hidden or ()),
        activation=tuple(activation or ()),
        optimizer=tuple(optimizer or ()),
        lr=tuple(lr or ()),
        batch=tuple(batch or ()),
        epochs=epochs,
        steps=steps,
        init=tuple(init or ()),
        l2=tuple(l2 or ()),
        seeds=seeds,
        solved=solved,
        threads=threads,
    )
    return _run(request, is_whole=all_rows, json_file=json, csv_file=csv)


def _run(request: Request, is_whole: bool, json_file: Path | None, csv_file: Path | None) -> int:
    """Call and print; everything that can be wrong is found before the training."""
    from amenable import engine
    from amenable.baselines import baselines
    from amenable.cli import export, findings, plan, screen, suggestion, verdict

    out, err = screen.results(), screen.remarks()
    with plan.naming("--threads"):
        engine.check_threads(request.threads)
    files = _checked_files(json_file, csv_file)
    with err.status("reading the data"):
        data = plan.load_data(request)
        chosen = plan.make_plan(request, data)
    _say_plan(out, chosen)
    with err.status("fitting scikit-learn's models"):
        models = baselines(data)
    if plan.needs_goal(request):
        chosen = plan.default_goal(chosen, models)
    _say_goal(out, chosen)
    start_s = time.monotonic()
    population = _train(chosen, request.threads, err)
    seconds = time.monotonic() - start_s
    found = findings.find(population)
    said = verdict.sentences(found)
    following = suggestion.suggestion(found, request, chosen.n_seeds)
    for option, path in files.items():
        if option == "--json":
            record = export.sweep_record(request, chosen, found, models, said, following, seconds)
            export.write_json(path, record)
        else:
            export.write_csv(path, [export.configuration(row, found) for row in found.rows])
    _print_tables(out, found, models, is_whole)
    _print_verdict(out, said, following)
    return INTERRUPTED if found.is_cancelled else 0


def _checked_files(json_file: Path | None, csv_file: Path | None) -> dict[str, Path]:
    """Where to write what, by option; refused before any work is done."""
    from amenable.cli.export import check_writable
    from amenable.errors import DescriptionError

    given = {"--json": json_file, "--csv": csv_file}
    files = {option: check_writable(option, path) for option, path in given.items() if path}
    if len(files) > len(set(files.values())):
        raise DescriptionError("--json and --csv: expected two files, got the same one twice")
    return files


def _train(chosen: Plan, threads: int | None, err: Console) -> Population:
    from amenable.cli.progress import progress_bar, work_done
    from amenable.encoding import budget
    from amenable.population import train

    n_samples = len(chosen.data.training)
    work = [
        float(network.n_parameters)
        * budget(it, n_samples)
        * (n_samples if it.batch == "full" else int(it.batch))
        for network in chosen.networks
        for it in chosen.trainings
    ]
    shares = work_done(work, chosen.n_seeds, has_goal=chosen.goal is not None)
    with progress_bar(err, shares) as watch:
        return train(
            chosen.networks,
            chosen.data,
            chosen.trainings,
            seeds=chosen.n_seeds,
            threads=threads,
            keep_weights=False,
            progress=watch,
        )


def _say_plan(out: Console, chosen: Plan) -> None:
    from amenable.cli import header, screen

    name, *notes = header.data_lines(chosen.data)
    screen.say(out, name)
    screen.say_all(out, notes, indent=2)
    networks, *settings = header.plan_lines(chosen)
    screen.say(out, networks)
    screen.say_all(out, settings, indent=2)


def _say_goal(out: Console, chosen: Plan) -> None:
    from amenable.cli import header, screen

    screen.say(out, header.goal_line(chosen), indent=2)
    screen.show(out)


def _print_tables(
    out: Console, found: Findings, models: Sequence[Baseline], is_whole: bool
) -> None:
    from amenable.cli import screen, table

    rows, notes = table.sweep_table(found, out.width, is_whole)
    screen.show(out, rows)
    screen.say_all(out, notes)
    screen.show(out)
    screen.show(out, table.baseline_table(models, found))
    screen.show(out)


def _print_verdict(out: Console, said: Sequence[str], following: object) -> None:
    from amenable.cli import screen
    from amenable.cli.suggestion import Suggestion

    screen.say_all(out, said)
    if isinstance(following, Suggestion):
        screen.show(out)
        screen.say(out, f"Next, {following.purpose}:")
        screen.paste(out, following.command)
