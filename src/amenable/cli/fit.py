"""`amenable fit`: choose and train a network for some data, and keep it to predict new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from amenable.cli import options
from amenable.cli.request import Request
from amenable.cli.screen import INTERRUPTED
from amenable.cli.settings import typed, with_settings

HELP = (
    "Choose and train a network for DATA, and keep it to predict new rows.\n\n"
    "Without settings, a quick sweep tries structures and activations with a few seeds each, and "
    "the smallest structure that is reliable is kept. With --hidden and others, it is the best of "
    "a few seeds. What was done to the columns of a table is kept with it. [cyan]amenable "
    "sweep[/cyan] asks the same with more seeds, and says what it found at length."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable fit house.csv --target price --save house.npz[/cyan]
  then [cyan]amenable predict house.npz new.csv[/cyan]

[cyan]amenable fit wine.csv --hidden 8 --activation tanh --seeds 32 --save wine.npz[/cyan]
  the best of 32 networks of one structure

[cyan]amenable fit wine.csv --save wine.npz --ensemble[/cyan]
  several networks that predict together
"""
SEEDS = 8  # a quarter of a sweep's: to find a structure that works, not to tell how often it does
DEFAULTS = {
    "hidden": "a dozen are tried, from none to two layers",
    "activation": "tanh, relu and sigmoid are tried",
    "optimizer": "adam",
    "lr": "what suits the optimizer",
    "epochs": "what suits the data",
    "probe_every": "once an epoch, or more seldom",
    "goal": "nearly as good as scikit-learn's best",
}

SaveTo = Annotated[
    Path,
    typer.Option("--save", metavar="FILE", help="Where to keep it.", show_default=False),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        rich_help_panel=options.WHAT,
        help=f"How often each is trained. [dim]Default: {SEEDS}.[/dim]",
    ),
]
Together = Annotated[
    bool,
    typer.Option(
        "--ensemble",
        help="Keep all networks that solved the problem; they predict together.",
    ),
]


@with_settings(DEFAULTS, without=("network",))
def fit(
    data: options.Data,
    save: SaveTo,
    ensemble: Together = False,
    target: options.Target = None,
    task: options.Task = None,
    validation: options.Validation = None,
    test: options.Test = None,
    seeds: Seeds = None,
    threads: options.Threads = None,
    **settings: Any,
) -> int:
    """Choose and train a network for some data, and keep it to predict new rows."""
    request = Request(
        data=data,
        target=target,
        task=task,
        validation=validation,
        test=test,
        settings=typed(settings),
        seeds=SEEDS if seeds is None else seeds,
        threads=threads,
    )
    return _run(request, save, ensemble)


def _run(request: Request, save: Path, ensemble: bool) -> int:
    """Plan, train, choose, keep; everything that can be wrong is found before the training."""
    from amenable import engine
    from amenable.cli import screen
    from amenable.cli.learners import save_recommended
    from amenable.cli.plan import options_named, plan_run
    from amenable.cli.sweep import OPTIONS, say_plan
    from amenable.errors import called
    from amenable.sweep import run_plan
    from amenable.sweep.words import goal_line
    from amenable.writing import check_outputs

    out, err = screen.results(), screen.remarks()
    with called("--threads"):
        engine.check_threads(request.threads)
    with err.status("reading the data"):
        planned = plan_run(request)
    check_outputs({"--save": save}, [request.data, planned.source])
    say_plan(out, planned.plan)
    with err.status("fitting scikit-learn's models"):
        models = planned.plan.models()
    with options_named(OPTIONS):
        plan = planned.plan.with_default_goal(models)
    screen.say(out, goal_line(plan.goal, plan.goal_reason), indent=2)
    found = run_plan(plan, models, control=False, threads=planned.threads)
    if found.is_interrupted:
        screen.fail("cancelled; nothing is saved")
        return INTERRUPTED
    screen.show(out)
    screen.say_all(out, found.sentences[:1])
    save_recommended(out, found, save, ensemble=ensemble, threads=planned.threads)
    return 0
