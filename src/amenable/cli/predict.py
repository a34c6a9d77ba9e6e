"""`amenable predict`: predict new rows of a table, or let a saved network classify pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amenable.cli import options

if TYPE_CHECKING:
    from amenable.cli.ink import InputFormat
    from amenable.errors import AmenableError
    from amenable.population import TrainedNetwork
    from amenable.population.predictions import Predictions

HELP = (
    "Predict new rows of a table, or let a saved network classify pictures.\n\n"
    "MODEL is a file that [cyan]amenable fit --save[/cyan], [cyan]sweep --save[/cyan] or save() "
    "wrote, or a study. Columns of a table go by their names, in any order, and are prepared as "
    "those that were learned; answers are classes, or values in the units of the target. What the "
    "network never saw is said. In a picture, paper is what most of its border shows, be it light "
    "or dark, and ink what differs from it. What is drawn is cut out, resized and centred, and "
    "paper and ink take the values that they had in the images that the network learned."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable fit house.csv --target price --save house.npz[/cyan]
[cyan]amenable predict house.npz new.csv --out said.csv[/cyan]
  new.csv with its predictions beside it

[cyan]amenable predict wine.study new.csv[/cyan]
  the best network of a study

[cyan]amenable digits --save lenet.npz[/cyan]
[cyan]amenable predict lenet.npz three.png seven.png[/cyan]
  your own handwriting, a digit in each picture

[cyan]amenable predict lenet.npz usps.npz --out said.csv[/cyan]
  all images of an array x or x_test, and a file of the answers
"""

ModelFile = Annotated[
    Path,
    typer.Argument(
        metavar="MODEL", help="A file of a trained network, or a study.", show_default=False
    ),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Tables; NPY and NPZ of numbers; PNG, JPEG and other pictures, and folders of them.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write all rows with what is predicted, and how sure each class is: "
        ".csv, .tsv or .parquet.",
    ),
]
Prepared = Annotated[
    bool,
    typer.Option(
        "--prepared",
        help="Numbers are prepared already, as Dataset.x has them, and stand in their order.",
    ),
]
Content = Annotated[
    int | None,
    typer.Option(
        parser=options.read_whole,
        metavar="N",
        help="Of pictures: pixels of the longer side of what is drawn. [dim]Default: as in the "
        "images that the network learned.[/dim]",
    ),
]
Scale = Annotated[
    str | None,
    typer.Option(
        metavar="PAPER,INK",
        help="Of pictures: their values. [dim]Default: as in the images that the network "
        "learned.[/dim]",
    ),
]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What is said of one file.

    Parameters
    ----------
    file : str
        Its path.
    found : Predictions
        Of its rows.
    done : str
        What was done to them.
    is_picture : bool
        Whether the file is one picture, so that rows need no numbers.
    """

    file: str
    found: Predictions
    done: str
    is_picture: bool = False


def predict(
    model: ModelFile,
    files: Files,
    out: Out = None,
    prepared: Prepared = False,
    content: Content = None,
    scale: Scale = None,
) -> int:
    """Predict new rows of a table, or let a saved network classify pictures."""
    from amenable.cli import predict_output as output
    from amenable.cli import screen
    from amenable.cli.ink import target_of
    from amenable.cli.learners import describe_networks, load_networks
    from amenable.cli.predict_input import pictures_of
    from amenable.writing import check_outputs

    console = screen.results()
    networks = load_networks(model)
    first = networks[0]
    target = target_of(first.network, first.data.pixels, content, _read_scale(scale))
    sources = pictures_of(files)
    check_outputs({"--out": out}, [model, *sources])
    output.check_form(out)
    parts, refused = _answer_all(networks, sources, target, prepared)
    screen.say(console, describe_networks(model, networks))
    output.say_treatment(console, parts)
    screen.show(console)
    output.show_answers(console, parts, first.data.classes, out)
    if out is not None:
        output.write_answers(out, parts, first)
    for error in refused:
        screen.fail(str(error))
    return 2 if refused else 0


def _answer_all(
    networks: list[TrainedNetwork], paths: list[Path], target: InputFormat, prepared: bool
) -> tuple[list[Part], list[AmenableError]]:
    """What is said of each file, and what is wrong with others, unless that is all."""
    from amenable.errors import AmenableError

    parts, refused = [], []
    for path in paths:
        try:
            parts.append(_answer(networks, path, target, prepared))
        except AmenableError as error:
            refused.append(error)
    if not parts:
        raise refused[0]
    return parts, refused


def _answer(
    networks: list[TrainedNetwork], path: Path, target: InputFormat, prepared: bool
) -> Part:
    """What the networks say of one file."""
    from amenable.cli.predict_input import ARRAYS, PICTURES, check_file, read_numbers, read_rows
    from amenable.population.predictions import predictions

    kind = path.suffix.lower()
    has_columns = all(it.preparation and it.preparation.columns for it in networks)
    check_file(path)
    if has_columns and not prepared and kind not in PICTURES:
        x = read_numbers(path) if kind in ARRAYS else path
        found = predictions(networks, x, str(path), prepared=False if kind in ARRAYS else None)
        how = "in the order" if kind in ARRAYS else "by the names"
        return Part(str(path), found, f"columns {how} of those that were learned, prepared alike")
    rows = read_rows(path, target)
    return Part(str(path), predictions(networks, rows.x, str(path)), rows.done, rows.is_picture)


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
