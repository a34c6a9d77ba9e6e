"""`amenable sweep`: train many networks on some data, and say which structures learn it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from amenable.cli import options, study_options
from amenable.cli.request import SPLIT, Request
from amenable.cli.screen import INTERRUPTED

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.baselines import Baseline
    from amenable.cli.findings import Findings
    from amenable.cli.plan import Plan
    from amenable.cli.suggestion import Suggestion
    from amenable.population import Population

HELP = (
    "Train many networks on DATA and say which structures learn it, and how often.\n\n"
    "Every structure is trained with every activation and every seed. The table says what "
    "fraction of the seeds learned it, how fast and how well; below it are the models of "
    "scikit-learn that a network must beat. Nothing but DATA must be given. Repeatable options "
    "are tried in all combinations, and compared. DATA may also be a study file, such as "
    "study.toml, which says all of this and more."
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

[cyan]amenable sweep wine --study wine.study --lr 1e-4..1 --draws 200 --until-decided 0.2[/cyan]
  200 settings, each with as many seeds as it takes; kept, and continued by the same command

[cyan]amenable sweep iris --solved "accuracy >= 0.9" --json iris.json[/cyan]
  a goal of your own, and all results in a file
"""


def sweep(
    data: options.Data,
    target: options.Target = None,
    task: options.Task = None,
    split: options.Held = SPLIT,
    hidden: options.Hidden = None,
    activation: options.Activation = None,
    seeds: options.Seeds = None,
    optimizer: options.Optimizer = None,
    lr: study_options.LearningRate = None,
    batch: options.Batch = None,
    epochs: options.Epochs = None,
    steps: options.Steps = None,
    init: options.Init = None,
    l2: study_options.L2 = None,
    solved: options.Solved = None,
    threads: options.Threads = None,
    study: study_options.StudyPath = None,
    draws: study_options.Draws = None,
    sample: study_options.Sample = None,
    until_decided: study_options.UntilDecided = None,
    halving: study_options.Halving = None,
    keep: study_options.Keep = None,
    on: study_options.On = None,
    all_rows: options.AllRows = False,
    json_file: options.JsonFile = None,
    csv_file: options.CsvFile = None,
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
        study=None if study is None else str(study),
        draws=draws,
        sample=sample,
        until_decided=until_decided,
        halving=halving,
        keep=keep,
        on=on,
    )
    return _run(request, is_whole=all_rows, json_file=json_file, csv_file=csv_file)


def _run(request: Request, is_whole: bool, json_file: Path | None, csv_file: Path | None) -> int:
    """Call and print; everything that can be wrong is found before the training."""
    from amenable import engine
    from amenable.baselines import baselines
    from amenable.cli import (
        export,
        findings,
        plan,
        progress,
        screen,
        study_plan,
        study_sweep,
        suggestion,
        verdict,
    )
    from amenable.writing import check_outputs

    out, err = screen.results(), screen.remarks()
    with plan.naming("--threads"):
        engine.check_threads(request.threads)
    files = check_outputs({"--json": json_file, "--csv": csv_file}, [request.data])
    if study_plan.is_study(request):
        return study_sweep.sweep_study(request, is_whole, files)
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
    progress.say_rate(err, int((population.status != "cancelled").sum()), seconds)
    found = findings.find(population)
    said = verdict.sentences(found)
    following = suggestion.suggestion(found, request, chosen.n_seeds)
    try:
        _print_tables(out, found, models, is_whole)
        _print_verdict(out, said, following)
    finally:  # also where nobody reads to the end, as with head
        if "--json" in files:
            record = export.sweep_record(request, chosen, found, models, said, following, seconds)
            export.write_json(files["--json"], record)
        if "--csv" in files:
            export.write_csv(files["--csv"], [export.configuration(it, found) for it in found.rows])
    return INTERRUPTED if found.is_cancelled else 0


def _train(chosen: Plan, threads: int | None, err: Console) -> Population:
    from amenable.answers.cost import multiply_adds_per_step
    from amenable.cli.progress import progress_bar, work_done
    from amenable.encoding import budget
    from amenable.population import Configuration, train

    n = len(chosen.data.training)
    pairs = [Configuration(*it) for it in product(chosen.networks, chosen.trainings)]
    work = [float(multiply_adds_per_step(it, n) * budget(it.training, n)) for it in pairs]
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
    if found.rows:
        screen.show(out, rows)
    screen.say_all(out, notes)
    screen.show(out)
    screen.show(out, table.baseline_table(models, found))
    screen.show(out)


def _print_verdict(out: Console, said: Sequence[str], following: Suggestion | None) -> None:
    from amenable.cli import screen

    screen.say_all(out, said)
    if following is not None:
        screen.show(out)
        screen.say(out, f"Next, {following.purpose}:")
        screen.paste(out, following.command)
