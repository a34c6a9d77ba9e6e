"""`amenable draw`: draw a picture of networks, trained for it or saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from amenable.cli import options
from amenable.cli import picture_options as picture
from amenable.cli.request import Request
from amenable.cli.screen import INTERRUPTED, quote_command
from amenable.cli.settings import typed, with_settings
from amenable.errors import AmenableError

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.datasets import Dataset
    from amenable.figures import Kind
    from amenable.figures.plotting import Prepared
    from amenable.model import Model
    from amenable.population import Population

HELP = (
    "Draw a picture of networks that are trained on DATA, or of saved ones.\n\n"
    "Without KIND, the command lists all kinds of pictures. Data, networks and settings that you "
    "leave out are chosen to suit the picture."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable draw[/cyan]
  list the kinds of pictures

[cyan]amenable draw spaghetti spirals --hidden 8,8[/cyan]
  show what every neuron does, in the median network of 32

[cyan]amenable draw frames islands --hidden 5 --activation relu --theme dark[/cyan]
  show how the neurons move during training, as a GIF

[cyan]amenable draw trainability moons --lr 0.01 --lr 0.1 --lr 1 --hidden 2 --hidden 8[/cyan]
  draw a map of the fraction of networks that solve the problem, over two settings

[cyan]amenable draw curves digits --set measure=metric -o curves.pdf[/cyan]
  choose an option of the figure, and the file's name and format

[cyan]amenable draw spaghetti iris --inputs "petal length (cm),petal width (cm)"[/cyan]
  two of four inputs, the others at their median

[cyan]amenable draw confusion saved.npz --data digits[/cyan]
  draw networks from a file that save() wrote
"""


DEFAULTS = {
    **dict.fromkeys(("hidden", "init"), "what suits the picture"),
    "activation": "tanh for most pictures",
    "optimizer": "adam",
    "lr": "what suits the optimizer",
    "epochs": "what suits the data",
    "probe_every": "once an epoch, or less often",
    "goal": "none, or nearly as good as scikit-learn's best if the picture needs a goal",
}


@with_settings(DEFAULTS, without=("network",))
def draw(
    kind: picture.KindName = None,
    data: picture.DataName = None,
    target: options.Target = None,
    task: options.Task = None,
    validation: options.Validation = None,
    test: options.Test = None,
    seeds: picture.Seeds = None,
    threads: options.Threads = None,
    learned: picture.Samples = None,
    trial: picture.Trial = None,
    by: picture.By = None,
    inputs: picture.Inputs = None,
    figure: picture.Set = None,
    theme: picture.Theme = "light",
    out: picture.Out = None,
    **settings: Any,
) -> int:
    """Draw a picture of networks that are trained on DATA, or of saved ones."""
    if kind is None:
        return _list_kinds()
    request = Request(
        data=data or "",
        target=target,
        task=task,
        validation=validation,
        test=test,
        settings=typed(settings),
        seeds=seeds,
        threads=threads,
    )
    wanted = _read_settings(figure or []) | ({} if trial is None else {"trial": _plain(trial)})
    chosen = tuple(it.strip() for it in (inputs or "").split(",") if it.strip())
    name = kind.replace("-", "_")
    return _run(name, request, wanted, tuple(by or ()), chosen, learned, theme, out)


def _run(
    name: str,
    request: Request,
    wanted: dict[str, Any],
    by: tuple[str, ...],
    inputs: tuple[str, ...],
    samples: str | None,
    theme: str,
    out: Path | None,
) -> int:
    """Check the request, train or load networks, and draw them."""
    from amenable.cli import screen, subject
    from amenable.cli.rehearsal import rehearse
    from amenable.figures.canvas import find_theme
    from amenable.figures.kinds import find_kind
    from amenable.figures.plotting import check_options
    from amenable.population import Population
    from amenable.population.held import hold_data, hold_inputs

    console, err = screen.results(), screen.remarks()
    kind = find_kind(name)
    find_theme(theme)
    request = replace(request, data=request.data or kind.recipe.data)
    target = _target(kind, out, filter(None, (request.data, samples)))
    shown = subject.read_drawable(Path(request.data))
    is_saved = shown is not None
    data: Dataset | None
    if shown is None:
        plan = subject.plan_training(kind, request, samples, inputs, err)
        data, configurations = plan.data, subject.configurations_of(plan)
        subject.check_trial(wanted.get("trial"), plan.n_networks or 1)
    else:
        find_kind(name, of_one=not isinstance(shown, Population))
        data = subject.data_of_saved(request, samples, shown, err)
        configurations = shown.configurations if isinstance(shown, Population) else ()
        if inputs:
            data = subject.data_to_hold(shown, data)
    places = subject.choose_inputs(kind, data, inputs) if inputs and data is not None else []
    given = {**kind.recipe.options, **subject.axes(kind, configurations, by), **wanted}
    with _as_typed(wanted):
        check_options(kind, given)
    if shown is None:
        with err.status("checking"), _as_typed(wanted):
            rehearse(kind, plan, given, request.threads, places)
        shown = subject.train_planned(kind, plan, request, console, err)
        if shown.is_cancelled:
            screen.fail("cancelled; nothing is drawn")
            return INTERRUPTED
    if places and data is not None:
        shown, data = hold_inputs(shown, data, places), hold_data(data, places)
        screen.say(
            console,
            f"Varied: {', '.join(data.features)}; the others are at their median, of samples too.",
        )
    with _as_typed(wanted):
        _write(kind, shown, data, given, theme, target, console, err)
    after = subject.find_next(kind, shown, is_saved)
    if after is not None:
        screen.show(console)
        screen.say(console, f"Next, {after.about}:")
        screen.paste(console, _command(after, request, samples, inputs))
    return 0


@contextmanager
def _as_typed(wanted: Mapping[str, Any]) -> Iterator[None]:
    """Errors name the option that set what a figure is made with."""
    try:
        yield
    except AmenableError as error:
        if error.field not in wanted:
            raise
        option = "--trial" if error.field == "trial" else f"--set {error.field}"
        raise error.at(option) from error


def _list_kinds() -> int:
    from rich.table import Table

    from amenable.cli import screen
    from amenable.figures.kinds import list_kinds

    console = screen.results()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    for kind in list_kinds():
        table.add_row(kind.name, kind.about)
    screen.show(console, table)
    screen.show(console)
    screen.say(console, "To draw one: amenable draw KIND DATA. For options: amenable draw --help.")
    return 0


def _target(kind: Kind, out: Path | None, read: Iterable[str]) -> Path:
    """The file to write, or the error that would else come after all the work."""
    from amenable.errors import FileError
    from amenable.figures.canvas import FORMATS
    from amenable.figures.frames import check_animation
    from amenable.writing import check_outputs

    moves = kind.name == "frames"
    path = out or Path(f"{kind.name}.{'gif' if moves else 'png'}")
    form = path.suffix.lower().removeprefix(".")
    if moves and form not in FORMATS:
        check_animation(path)
    elif form not in FORMATS:
        moving = "; only frames can be a GIF or MP4" if form in ("gif", "mp4") else ""
        raise FileError(
            f"--out: expected a name that ends in .png, .svg or .pdf, got '{path.name}'{moving}"
        )
    check_outputs({"--out": path}, read)
    return path


def _write(
    kind: Kind,
    shown: Population | Model,
    data: Dataset | None,
    given: dict[str, Any],
    theme: str,
    target: Path,
    console: Console,
    err: Console,
) -> None:
    """Draw, write and say what is to be seen."""
    from amenable.cli import screen
    from amenable.figures import animate_frames, save, save_animation
    from amenable.figures.canvas import FORMATS
    from amenable.figures.plotting import prepare

    with err.status("drawing") as status:
        found: Prepared = prepare(shown, kind.name, data, given)
        if target.suffix.lower().removeprefix(".") in FORMATS:
            save(found.draw(theme=theme), target)
        else:

            def tell(k: int, total: int) -> None:
                status.update(f"drawing frame {k} of {total}")

            save_animation(animate_frames(found.found, theme=theme), target, progress=tell)
    screen.show(console)
    screen.say_all(console, filter(None, (_which(shown, found.trial), found.caption)))
    screen.show(console)
    screen.say(console, f"Written: {target}")


def _which(shown: Population | Model, trial: int | None) -> str:
    """Which of many networks is drawn."""
    from amenable.formatting import format_metric
    from amenable.population import Population

    if trial is None or not isinstance(shown, Population):
        return ""
    one, split = shown[trial], shown.judged_on
    place = int((shown.ranking == trial).argmax()) + 1
    value = f"{split} {shown.metric_name} {format_metric(one.metric[split])}"
    return (
        f"Drawn is trial {trial} of {len(shown)}, number {place} by {split} {shown.metric_name}: "
        f"{one.network.structure} {one.network.activation}, seed {one.seed}, {value}."
    )


def _command(kind: Kind, request: Request, samples: str | None, inputs: tuple[str, ...]) -> str:
    """The command that draws that kind of the same."""
    is_left_out = kind.recipe.has_goal and request.settings.get("goal") == ("none",)
    kept = request.changed(goal=None) if is_left_out else request
    words = ["amenable", "draw", kind.name, *kept.words()]
    words += ["--inputs", ",".join(inputs)] if inputs and kind.inputs else []
    return quote_command([*words, "--data", samples] if samples else words)


def _read_settings(typed: list[str]) -> dict[str, Any]:
    """Options of the figure, by name."""
    found = {}
    for text in typed:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise typer.BadParameter(f"--set: expected NAME=VALUE, got {text!r}")
        found[name.strip().replace("-", "_")] = _plain(value)
    return found


def _plain(text: str) -> Any:
    """What was typed as a Python value, where it is one: 3, 0.5, (0, 1), True; else as text."""
    import ast

    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return {"true": True, "false": False}.get(text.strip().lower(), text.strip())
