"""`amenable sweep`: train many networks on some data, and say which structures learn it."""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amenable.cli import options
from amenable.cli.request import Request
from amenable.cli.screen import INTERRUPTED, quote_command, typed_path
from amenable.cli.settings import typed, with_settings
from amenable.errors import DescriptionError, called

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.cli.plan import PlannedRun
    from amenable.sweep import Plan, Sweep

HELP = (
    "Train many networks on DATA and say which structures learn it, and how often.\n\n"
    "Every structure is trained with every activation and every seed. The table says what "
    "fraction of the networks solve the problem, how fast and how well, judged on rows that they "
    "did not learn from. Below it are scikit-learn's models, which a network must beat. A few "
    "networks are also trained on shuffled targets: whatever these reach is luck.\n\n"
    "You only have to give DATA. If you give an option several times, all combinations are tried "
    "and compared. DATA may also be a study file, such as study.toml, which holds the data's name "
    "and all options."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable sweep digits[/cyan]
  train 1,088 networks on handwritten digits, in seconds

[cyan]amenable sweep house.csv --target price[/cyan]
  learn a table of your own (CSV, TSV, Parquet, NPZ, IDX)

[cyan]amenable sweep xor --hidden 2 --hidden 3 --seeds 1000[/cyan]
  see how often two hidden neurons are enough, and how often three

[cyan]amenable sweep wine --optimizer sgd --optimizer adam --activation tanh[/cyan]
  see whether the optimizer matters

[cyan]amenable sweep wine --study wine.study --lr 1e-4..1 --draws 200 --until-decided 0.2[/cyan]
  try 200 settings, each with as many seeds as needed; keep all trials, so that the same
  command goes on

[cyan]amenable sweep house.csv --target price --save house.npz --ensemble[/cyan]
  keeps the networks of the recommended structure, which predict new rows together

[cyan]amenable sweep iris --goal "accuracy >= 0.9" --json iris.json[/cyan]
  set a goal of your own, and write all results to a file
"""

OPTIONS = {
    "sweep.policy": "--until-decided",
    "on": "--on",
    "keep": "--keep",
    "threads": "--threads",
    "study": "--study",
}
DEFAULTS = {
    "hidden": "a dozen, from none to two layers",
    "activation": "tanh, relu and sigmoid",
    "optimizer": "adam",
    "lr": "what suits the optimizer",
    "epochs": "what suits the data",
    "probe_every": "once an epoch, or less often",
    "goal": "nearly as good as scikit-learn's best",
}
DECISIONS = {
    "known": "known well enough",
    "worse": "clearly worse than the best",
    "most": "undecided after all seeds",
}


@with_settings(DEFAULTS, without=("network",))
def sweep(
    data: options.Data,
    target: options.Target = None,
    task: options.Task = None,
    validation: options.Validation = None,
    test: options.Test = None,
    seeds: options.Seeds = None,
    threads: options.Threads = None,
    study: options.StudyPath = None,
    draws: options.Draws = None,
    method: options.Method = None,
    until_decided: options.UntilDecided = None,
    halving: options.Halving = None,
    keep: options.Keep = None,
    on: options.On = None,
    no_control: options.NoControl = False,
    all_rows: options.AllRows = False,
    json_file: options.JsonFile = None,
    csv_file: options.CsvFile = None,
    save: options.Save = None,
    ensemble: options.Together = False,
    **settings: Any,
) -> int:
    """Train many networks on DATA and say which structures learn it, and how often."""
    request = Request(
        data=data,
        target=target,
        task=task,
        validation=validation,
        test=test,
        settings=typed(settings),
        seeds=seeds,
        threads=threads,
        study=None if study is None else str(study),
        draws=draws,
        method=method,
        until_decided=until_decided,
        halving=halving,
        keep=keep,
        on=on,
        no_control=no_control or None,
    )
    return _run(request, all_rows, json_file, csv_file, save, ensemble)


def _run(
    request: Request,
    is_whole: bool,
    json_file: Path | None,
    csv_file: Path | None,
    save: Path | None,
    ensemble: bool,
) -> int:
    """Call and print; everything that can be wrong is found before the training."""
    from amenable import engine
    from amenable.cli import export, screen, table
    from amenable.cli.learners import save_recommended
    from amenable.cli.plan import options_named, plan_run
    from amenable.sweep import run_plan
    from amenable.writing import check_outputs

    out, err = screen.results(), screen.remarks()
    if ensemble and save is None:
        raise DescriptionError("--ensemble: says what --save keeps; add --save FILE")
    with called("--threads"):
        engine.check_threads(request.threads)
    with err.status("reading the data"):
        planned = plan_run(request)
    files = check_outputs(
        {"--json": json_file, "--csv": csv_file, "--study": planned.study, "--save": save},
        [request.data, planned.source],
    )
    files.pop("--study", None)  # which is written as it goes
    # A reader may be content with less, as head is; the files are written to the end.
    unread = suppress(BrokenPipeError) if files else nullcontext()
    with unread:
        say_plan(out, planned.plan)
    with err.status("fitting scikit-learn's models"):
        models = planned.plan.models()
    with options_named(OPTIONS):
        plan = planned.plan.with_default_goal(models)
    with unread:
        _say_goal(out, plan, planned.study)
    start_s = time.monotonic()
    with options_named(OPTIONS):
        found = run_plan(
            plan,
            models,
            study=planned.study,
            keep=planned.keep,
            on=planned.on,
            curves=planned.curves,
            control=not request.no_control,
            threads=planned.threads,
            command=request.command(),
        )
    screen.say_rate(err, found.n_trained, time.monotonic() - start_s)
    try:
        table.show_found(out, found, is_whole)
        if save is not None and not found.is_interrupted:
            save_recommended(out, found, save, ensemble=ensemble, threads=planned.threads)
        _say_end(out, found, request, planned)
    finally:  # also where nobody reads to the end, as with head
        if "--json" in files:
            export.write_json(files["--json"], _record(found, request))
        if "--csv" in files:
            export.write_text(files["--csv"], found.to_csv(), "--csv")
    return INTERRUPTED if found.is_interrupted else 0


def say_plan(out: Console, plan: Plan) -> None:
    """The data and what is to be trained on it."""
    from amenable.cli import screen
    from amenable.sweep.header import data_lines, plan_lines

    for lines in (data_lines(plan.data, plan.splits), plan_lines(plan)):
        screen.say(out, lines[0])
        screen.say_all(out, lines[1:], indent=2)


def _say_goal(out: Console, plan: Plan, path: Path | None) -> None:
    from amenable.cli import screen
    from amenable.formatting import plural
    from amenable.study.study import Study
    from amenable.sweep.words import goal_line

    if plan.goal is not None or "goal" not in plan.space.names:
        screen.say(out, goal_line(plan.goal, plan.goal_reason), indent=2)
    if path is not None:
        study = Study(path)
        there = study.status.trials if study.is_begun else 0
        state = f"which has {plural(there, 'network')} already" if there else "a new study"
        screen.say(out, f"kept in {path}, {state}", indent=2)
    screen.show(out)


def _say_end(out: Console, found: Sweep, request: Request, planned: PlannedRun) -> None:
    """What the policy decided, and how to go on."""
    from amenable.cli import screen, table

    if found.is_interrupted:
        if planned.study is not None:
            screen.say(out, "What is finished is kept; the same command goes on.")
        table.show_next(out, "to finish it", request.command())
        return
    screen.say_all(out, _decided(found))
    following = found.suggestion
    if following is not None:
        table.show_next(out, following.purpose, request.command(**following.changes))
    if planned.study is not None:
        command = quote_command(["amenable", "study", typed_path(planned.study)])
        table.show_next(out, "to look at it again", command)


def _decided(found: Sweep) -> list[str]:
    """What a policy made of the seeds."""
    from amenable.formatting import join, plural
    from amenable.study.policies import SuccessiveHalving, UntilDecided

    plan = found.plan
    assert plan is not None  # it was run
    if isinstance(plan.policy, SuccessiveHalving):
        return [
            "A search: rows with less than the full budget are its first rungs, and the fractions "
            "of the best few are of those that were picked."
        ]
    if not isinstance(plan.policy, UntilDecided):
        return []
    decisions = plan.policy.decisions(found.trials, plan.candidates)
    counts = {key: sum(it.reason == key for it in decisions) for key in DECISIONS}
    parts = [f"{n:,} {DECISIONS[key]}" for key, n in counts.items() if n]
    return [
        f"Of {plural(len(decisions), 'configuration')}, {join(parts)}; by intervals that hold "
        f"at every look ({100 * plan.policy.level:g} % together)."
    ]


def _record(found: Sweep, request: Request) -> dict[str, Any]:
    """All that was found, with the command, and the next one."""
    from amenable import engine

    following = found.suggestion
    changes = None if following is None else following.changes
    return found.to_dict() | {
        "command": request.command(),
        "threads": engine.check_threads(request.threads),
        "next": None if changes is None else request.command(**changes),
    }
