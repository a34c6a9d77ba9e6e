"""What `amenable predict` shows and writes: a table, tallies, and a file of all answers."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable.cli import screen
from amenable.errors import FileError
from amenable.writing import write_whole

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

    from amenable.cli.predict import Part
    from amenable.population import TrainedNetwork
    from amenable.population.predictions import Predictions

MOST_ROWS = 30  # of the table on the screen; a file has them all
MOST_CLASSES = 12  # that are counted in words
FORMS = (".csv", ".tsv", ".parquet")


def check_form(out: Path | None) -> None:
    """Refuse a name that ends otherwise."""
    if out is not None and out.suffix.lower() not in FORMS:
        raise FileError(f"--out: expected a name that ends in {', '.join(FORMS)}, got '{out.name}'")


def say_treatment(console: Console, parts: Sequence[Part]) -> None:
    """What was done to the files, the same once, and what to know of their rows."""
    treated: dict[str, list[str]] = {}
    for part in parts:
        treated.setdefault(part.done, []).append(Path(part.file).name)
    for done, names in treated.items():
        screen.say(console, f"{', '.join(names)}: {done}", indent=2)
    for part in parts:
        screen.say_all(console, part.found.remarks, indent=4)


def show_answers(
    console: Console, parts: Sequence[Part], classes: Sequence[str], out: Path | None
) -> None:
    """The first rows as a table; how many there are, and how many of each class."""
    rows = [row for part in parts for row in _rows(part, classes, MOST_ROWS)]
    total = sum(len(part.found.values) for part in parts)
    has_rows = any(not part.is_picture for part in parts)
    screen.show(console, _table(rows[:MOST_ROWS], parts[0].found.measure, has_rows))
    if total > MOST_ROWS:
        hint = f"{out} has all" if out else "--out FILE writes all"
        screen.say(console, f"… and {total - MOST_ROWS:,} more; {hint}.")
    if total > 1 and parts[0].found.sure is not None:
        tally = Counter(str(it) for part in parts for it in part.found.values.tolist())
        counts = ", ".join(f"{name}: {n:,}" for name, n in tally.most_common(MOST_CLASSES))
        screen.show(console)
        screen.say(console, f"{total:,} samples. {counts}")


def write_answers(out: Path, parts: Sequence[Part], network: TrainedNetwork) -> None:
    """All rows with what is said beside them; of several files one below the other."""
    import polars as pl

    frames = [_frame(part, network, has_file=len(parts) > 1) for part in parts]
    whole = pl.concat(frames, how="diagonal_relaxed")
    content = io.BytesIO()
    form = out.suffix.lower()
    if form == ".parquet":
        whole.write_parquet(content)
    else:
        whole.write_csv(content, separator="\t" if form == ".tsv" else ",")
    write_whole(out, content.getvalue(), "--out")


def _frame(part: Part, network: TrainedNetwork, has_file: bool) -> pl.DataFrame:
    import polars as pl

    found, n = part.found, len(part.found.values)
    frame = found.frame
    is_table = frame is not None
    if frame is None:
        number = [None] if part.is_picture else list(range(1, n + 1))
        frame = pl.DataFrame({"row": pl.Series(number, dtype=pl.Int64)})
    if has_file or not is_table:
        frame = frame.insert_column(0, pl.Series(_free("file", frame), [part.file] * n))
    for name, values in _columns(found, network).items():
        frame = frame.with_columns(pl.Series(_free(name, frame), values))
    return frame


def _columns(found: Predictions, network: TrainedNetwork) -> dict[str, Any]:
    """What is said, by the names of columns."""
    if found.sure is not None:
        classes = network.data.classes
        sure = {f"{found.measure} of {it}": found.sure[:, i] for i, it in enumerate(classes)}
        return {"predicted": found.values} | sure
    if found.values.shape[1] == 1:
        return {"predicted": found.values[:, 0]}
    known = network.preparation and network.preparation.target.names
    names = known if known and len(known) == found.values.shape[1] else ()
    each = names or [str(i) for i in range(1, found.values.shape[1] + 1)]
    return {f"predicted {name}": found.values[:, i] for i, name in enumerate(each)}


def _free(name: str, frame: pl.DataFrame) -> str:
    """The name, numbered where the table has a column of that name."""
    found, n = name, 2
    while found in frame.columns:
        found, n = f"{name} {n}", n + 1
    return found


def _rows(part: Part, classes: Sequence[str], most: int) -> list[tuple[str, str, str, str, str]]:
    """File, row, what is said, how sure, and what comes next, of the first rows."""
    found = part.found
    values = found.values[:most]
    numbers = [""] if part.is_picture else [str(i) for i in range(1, len(values) + 1)]
    if found.sure is None:
        said = [", ".join(f"{value:.6g}" for value in row) for row in values]
        return [(part.file, i, it, "", "") for i, it in zip(numbers, said, strict=True)]
    sure = found.sure[:most]
    order = np.argsort(-sure, axis=1, kind="stable")
    best = np.take_along_axis(sure, order[:, :1], axis=1)[:, 0]
    return [
        (part.file, i, str(it), f"{s:.3f}", classes[k])
        for i, it, s, k in zip(numbers, values, best, order[:, 1], strict=True)
    ]


def _table(rows: Sequence[tuple[str, str, str, str, str]], measure: str, has_rows: bool) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("file")
    if has_rows:
        table.add_column("row", justify="right")
    table.add_column("predicted", style="bold")
    if measure:
        table.add_column(measure, justify="right")
        table.add_column("next")
    for file, row, said, sure, other in rows:
        cells = [file, *([row] if has_rows else []), said]
        table.add_row(*cells, *([sure, other] if measure else []))
    return table
