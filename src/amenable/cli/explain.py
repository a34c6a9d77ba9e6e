"""`amenable explain`: which columns matter to saved networks, and how answers depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amenable.cli.predict import ModelFile

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.inspection import Asked, Importance
    from amenable.population import Ensemble, Population, TrainedNetwork

HELP = (
    "Say which columns matter to saved networks, and draw how their answers depend on them.\n\n"
    "MODEL is a file that [cyan]amenable fit --save[/cyan], [cyan]sweep --save[/cyan] or save() "
    "wrote, or a study. The cells of each column are shuffled among the rows: what that costs is "
    "how much the networks rely on it, with an interval over the networks. Asked are the test rows "
    "of the data that was learned; of another table, all rows."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable sweep house.csv --target price --save house.npz --ensemble[/cyan]
[cyan]amenable explain house.npz[/cyan]
  house.csv is found where it was

[cyan]amenable explain house.npz march.csv --out march.svg[/cyan]
  on other rows, whose prices are known
"""
MOST_NETWORKS = 32  # that are asked: an interval over more is hardly narrower
MOST_COLUMNS = 25  # that are listed
MOST_PANELS = 6  # of the picture
MOST_SHUFFLED = 300  # columns, of which each is shuffled ten times for each network

DataName = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        help="A table with the target, or a built-in name. [dim]Default: what was learned.[/dim]",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The picture: .png, .svg or .pdf. [dim]Default: explain.png.[/dim]",
    ),
]
Theme = Annotated[str, typer.Option(metavar="THEME", help="light or dark.", show_default=False)]


def explain(
    model: ModelFile, data: DataName = None, out: Out = None, theme: Theme = "light"
) -> int:
    """Say which columns matter to saved networks, and draw how their answers depend on them."""
    from amenable.cli import screen
    from amenable.cli.learners import describe_networks, read_learned
    from amenable.errors import FileError
    from amenable.figures.canvas import FORMATS, find_theme, save
    from amenable.figures.dependence import draw_dependence
    from amenable.inspection import dependence, importances
    from amenable.writing import check_outputs

    console, err = screen.results(), screen.remarks()
    find_theme(theme)
    picture = out or Path("explain.png")
    if picture.suffix.lower().removeprefix(".") not in FORMATS:
        raise FileError(
            f"--out: expected a name that ends in .png, .svg or .pdf, got '{picture.name}'"
        )
    networks = _networks_of(read_learned(model))
    source = data or networks[0].data.name
    check_outputs({"--out": picture}, [model, source])
    with err.status("reading the data"):
        asked, about = _ask(networks, source, is_default=data is None)
    _check_size(asked[0])
    with err.status("shuffling columns"):
        found = importances(asked)
    screen.say(console, describe_networks(model, networks))
    screen.say(console, about, indent=2)
    screen.show(console)
    _show(console, found, asked)
    with err.status("drawing"):
        names = [it.column for it in found[:MOST_PANELS]]
        drawn = [dependence(asked, name) for name in names]
        save(draw_dependence(drawn, *_outputs(asked[0]), theme=theme), picture)
    screen.show(console)
    screen.say(console, f"Written: {picture}, mean answers for values of {_listed(names)}.")
    return 0


def _networks_of(found: Population | Ensemble | TrainedNetwork) -> list[TrainedNetwork]:
    """The network itself; those of an ensemble; of a population those like the best one."""
    import numpy as np

    from amenable.population import Ensemble, TrainedNetwork

    if isinstance(found, TrainedNetwork):
        return [found]
    if isinstance(found, Ensemble):
        return found.networks[:MOST_NETWORKS]
    best = int(found.ranking[0])
    is_like = found.configuration == found.configuration[best]
    is_kept = (found.records.row >= 0) & (found.status != "diverged")
    return [found[int(i)] for i in np.flatnonzero(is_like & is_kept)[:MOST_NETWORKS]]


def _ask(
    networks: Sequence[TrainedNetwork], source: str, *, is_default: bool
) -> tuple[list[Asked], str]:
    """The networks with rows, and which rows these are."""
    from amenable.errors import DataError
    from amenable.inspection import asked_of_split, asked_of_table, find_learned

    learned = networks[0].data
    found = find_learned(source, learned)
    if found is not None:
        split = "test" if learned.n_test else learned.judged_on
        asked = asked_of_split(networks, found, split)
        each = " of its own split" if learned.n_splits > 1 else ""
        whose = f"each network is asked on {len(asked[0].x):,} {split} rows{each}"
        return asked, f"{source}: the data that was learned; {whose}"
    if is_default:
        raise DataError(
            f"DATA: {source}, which was learned, is not there as it was; name a table with the "
            "target"
        )
    asked = asked_of_table(networks, source)
    return asked, (
        f"{source}: {len(asked[0].x):,} rows, which are not those that were learned, or not split "
        "alike; if the networks learned some of them, what follows is too good"
    )


def _check_size(asked: Asked) -> None:
    from amenable.errors import DataError

    if len(asked.columns) > MOST_SHUFFLED:
        raise DataError(
            f"explain: expected at most {MOST_SHUFFLED} columns, got {len(asked.columns):,}; "
            "shuffling each would take long, and say little of any"
        )


def _show(console: Console, found: Sequence[Importance], asked: Sequence[Asked]) -> None:
    """A row for each column, and what there is to say."""
    import numpy as np

    from amenable.cli import screen
    from amenable.cli.table import plain_table
    from amenable.formatting import format_metric

    metric = "accuracy" if asked[0].is_classification else "r2"
    whole = float(np.mean([it.score(it.x) for it in asked]))
    many = len(asked) > 1
    table: Any = plain_table()
    table.add_column("column", no_wrap=True)
    table.add_column(f"{metric} lost", justify="right")
    table.add_column("95 % interval", justify="right")
    for it in found[:MOST_COLUMNS]:
        low, high = it.interval
        style = "" if it.matters else "dim"
        table.add_row(it.column, f"{it.mean:.3f}", f"{low:.3f} to {high:.3f}", style=style)
    screen.show(console, table)
    if len(found) > MOST_COLUMNS:
        screen.say(console, f"… and {len(found) - MOST_COLUMNS:,} more columns that matter less.")
    over = f"over {len(asked)} networks" if many else "over shuffles, of this one network"
    screen.show(console)
    screen.say(
        console,
        f"With all columns as they are, {metric} is {format_metric(whole)}"
        f"{' on average' if many else ''}. Shuffling the cells of a column costs what is listed; "
        f"intervals are of the mean {over}.",
    )
    weak = [it.column for it in found if not it.matters]
    if weak:
        screen.say(console, f"No effect beyond chance: {_listed(weak)}.")


def _outputs(asked: Asked) -> tuple[list[str], str]:
    """What each answer is, and what all are."""
    data = asked.network.data
    if asked.is_classification:
        label = "probability" if asked.network.has_probabilities else "share"
        return list(data.classes), label
    known = asked.network.preparation
    names = list(known.target.names) if known else []
    n = asked.y.shape[1]
    return (names if len(names) == n else [""] * n), "value"


def _listed(names: Sequence[str]) -> str:
    from amenable.datasets.source import listed

    return listed(names)
