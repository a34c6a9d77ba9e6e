"""`amenable predict`: let a saved network classify pictures, or predict rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amenable.cli import options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from amenable.cli.ink import Target
    from amenable.cli.predict_input import Rows
    from amenable.errors import AmenableError
    from amenable.population import TrainedNetwork

MOST_ROWS = 30  # of the table on the screen; a file has them all

HELP = (
    "Let a saved network classify pictures, or predict rows of numbers.\n\n"
    "MODEL is a file that [cyan]amenable digits --save[/cyan] or save() wrote. In a picture, paper "
    "is what most of its border shows, be it light or dark, and ink what differs from it. What is "
    "drawn is cut out, resized and centred, and paper and ink take the values that they had in the "
    "images that the network learned. Arrays of images are treated alike; other numbers are taken "
    "as they are."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable digits --save lenet.npz[/cyan]
[cyan]amenable predict lenet.npz three.png seven.png[/cyan]
  your own handwriting, a digit in each picture

[cyan]amenable predict lenet.npz usps.npz --csv said.csv[/cyan]
  all images of an array x or x_test, and a file of the answers

[cyan]amenable predict iris.npz flowers.csv[/cyan]
  rows of a table, scaled as those that the network learned
"""

ModelFile = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A file of a trained network.", show_default=False)
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="PNG, JPEG and other pictures; NPY, NPZ, CSV and TSV of numbers; folders of pictures.",
        show_default=False,
    ),
]
Content = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        help="Pixels of the longer side of what is drawn. [dim]Default: as in the images that the "
        "network learned.[/dim]",
    ),
]
Scale = Annotated[
    str | None,
    typer.Option(
        metavar="PAPER,INK",
        help="Their values. [dim]Default: as in the images that the network learned.[/dim]",
    ),
]
CsvFile = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write all answers, a line for each."),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network says of one sample.

    Parameters
    ----------
    file : str
        Where it is from.
    row : int or None
        Its number in the file, from 0; None for a picture.
    said : str
        Class, or value.
    sure : float or None
        Probability of that class, or how far its output is ahead; None for numbers.
    other : str
        The class that comes next.
    """

    file: str
    row: int | None
    said: str
    sure: float | None = None
    other: str = ""


def predict(
    model: ModelFile,
    files: Files,
    content: Content = None,
    scale: Scale = None,
    csv_file: CsvFile = None,
) -> int:
    """Let a saved network classify pictures, or predict rows of numbers."""
    from amenable.cli import export, screen
    from amenable.cli.ink import target_of
    from amenable.cli.predict_input import pictures_of
    from amenable.writing import check_outputs

    console = screen.results()
    trained = load_network(model)
    target = target_of(trained.network, trained.data.pixels, content, _read_scale(scale))
    sources = pictures_of(files)
    check_outputs({"--csv": csv_file}, [model, *sources])
    read, refused = _read_all(sources, target)
    found = [answers(trained, str(path), rows) for path, rows in read]
    everything = [it for part in found for it in part]
    _say_head(console, model, trained)
    for done, paths in _by_treatment(read).items():
        screen.say(console, f"{', '.join(paths)}: {done}", indent=2)
    screen.show(console)
    screen.show(console, _table(everything[:MOST_ROWS], measure_of(trained)))
    _say_rest(console, everything, csv_file)
    if csv_file is not None:
        export.write_csv(csv_file, [_record(it, measure_of(trained)) for it in everything])
    for error in refused:
        screen.fail(str(error))
    return 2 if refused else 0


def _read_all(
    paths: list[Path], target: Target
) -> tuple[list[tuple[Path, Rows]], list[AmenableError]]:
    """What can be read, and what is wrong with the other files, unless that is all."""
    from amenable.cli.predict_input import read_rows
    from amenable.errors import AmenableError

    read, refused = [], []
    for path in paths:
        try:
            read.append((path, read_rows(path, target)))
        except AmenableError as error:
            refused.append(error)
    if not read:
        raise refused[0]
    return read, refused


def load_network(path: Path) -> TrainedNetwork:
    """The trained network of a file; of a population, the best.

    Raises
    ------
    FileError
        If the file is not there, damaged, or holds something else.
    """
    from amenable.cli import subject
    from amenable.errors import FileError
    from amenable.population import Population, TrainedNetwork

    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise FileError(f"MODEL: {path}: {what}; amenable digits --save FILE writes one")
    found = subject.read_saved(path)
    if isinstance(found, Population):
        found = found.best
    if not isinstance(found, TrainedNetwork):
        what = "a network that was not trained" if found is not None else "no saved network"
        raise FileError(f"MODEL: {path}: {what}; amenable digits --save FILE writes one")
    return found


def answers(trained: TrainedNetwork, file: str, rows: Rows) -> list[Answer]:
    """What the network says of every sample of a file."""
    numbers = [None] if rows.is_picture else list(range(len(rows.x)))
    said = trained.predict(rows.x)
    if trained.data.task != "classification":
        texts = [", ".join(f"{value:.6g}" for value in values) for values in said]
        return [Answer(file, row, text) for row, text in zip(numbers, texts, strict=True)]
    order, sure = _ranked(trained, rows.x)
    classes = trained.data.classes
    return [
        Answer(file, row, str(it), float(s), classes[o] if len(classes) > 1 else "")
        for row, it, s, o in zip(numbers, said, sure, order, strict=True)
    ]


def measure_of(trained: TrainedNetwork) -> str:
    """How sure an answer is: "probability", or "margin" where the loss knows none."""
    from amenable.training import parse_loss

    data = trained.data
    if data.task != "classification":
        return ""
    loss = parse_loss(trained.training.resolved_loss(data.task, data.n_classes))[0]
    return "probability" if loss in ("logistic", "softmax") else "margin"


def _ranked(
    trained: TrainedNetwork, x: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The class that comes second, and how sure the first is (N,)."""
    import numpy as np

    from amenable import encoding

    data = trained.data
    if measure_of(trained) == "probability":
        values = trained.probabilities(x)
        order = np.argsort(-values, axis=1, kind="stable")
        return order[:, 1], values[np.arange(len(x)), order[:, 0]]
    outputs = trained.decision(x)
    if outputs.shape[1] == 1:
        from_middle = outputs[:, 0] - encoding.middle(trained.training, data.task, data.n_classes)
        return (from_middle <= 0).astype(np.int64), np.abs(from_middle)
    order = np.argsort(-outputs, axis=1, kind="stable")
    every = np.arange(len(x))
    return order[:, 1], outputs[every, order[:, 0]] - outputs[every, order[:, 1]]


def _read_scale(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    words = text.split(",")
    if len(words) != 2:
        raise typer.BadParameter(f"--scale: expected two numbers such as -1,1, got {text!r}")
    paper, ink = (options.read_number(word) for word in words)
    if paper == ink:
        raise typer.BadParameter(f"--scale: expected two different numbers, got {text!r}")
    return paper, ink


def _say_head(console: Console, path: Path, trained: TrainedNetwork) -> None:
    from amenable.cli import screen
    from amenable.datasets.images import sized

    data = trained.data
    learned = f"{data.n_classes} classes" if data.n_classes else "numbers"
    images = ""
    if (it := data.pixels) is not None:
        images = f", images of {sized(it.shape)}, paper {it.paper:g} and ink {it.ink:g}"
    screen.say(
        console,
        f"{path}: {trained.network.structure}, which learned {learned} of {data.name} "
        f"({data.n_training:,} samples{images})",
    )


def _by_treatment(read: list[tuple[Path, Rows]]) -> dict[str, list[str]]:
    """Files by what was done to them, so that the same is said once."""
    found: dict[str, list[str]] = {}
    for path, rows in read:
        found.setdefault(rows.done, []).append(path.name)
    return found


def _table(shown: list[Answer], measure: str) -> Any:
    from rich.table import Table

    has_rows = any(it.row is not None for it in shown)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("file")
    if has_rows:
        table.add_column("row", justify="right")
    table.add_column("predicted", style="bold")
    if measure:
        table.add_column(measure, justify="right")
        table.add_column("next")
    for it in shown:
        cells = [it.file]
        if has_rows:
            cells.append("" if it.row is None else str(it.row))
        cells.append(it.said)
        if measure:
            cells += ["" if it.sure is None else f"{it.sure:.3f}", it.other]
        table.add_row(*cells)
    return table


def _say_rest(console: Console, everything: list[Answer], csv_file: Path | None) -> None:
    """What the table leaves out, and how many of each class there are."""
    from collections import Counter

    from amenable.cli import screen

    left = len(everything) - MOST_ROWS
    if left > 0:
        hint = f"{csv_file} has all" if csv_file else "--csv FILE writes all"
        screen.say(console, f"… and {left:,} more; {hint}.")
    if len(everything) > 1 and everything[0].sure is not None:
        tally = Counter(it.said for it in everything)
        counts = ", ".join(f"{name}: {n:,}" for name, n in tally.most_common(12))
        screen.show(console)
        screen.say(console, f"{len(everything):,} samples. {counts}")


def _record(it: Answer, measure: str) -> dict[str, Any]:
    """One line of the file."""
    found: dict[str, Any] = {"file": it.file, "row": it.row, "predicted": it.said}
    return found | ({measure: it.sure, "next": it.other} if measure else {})
