"""Tables for the eyes, JSON for other programs."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.image_measure import ImageRow
from benchmarks.limits import Reading
from benchmarks.measure import Row

COLOURS = {"pass": "green", "miss": "bold red", "skip": "yellow"}


def coloured(verdict: str) -> str:
    colour = COLOURS.get(verdict[:4])
    return f"[{colour}]{verdict}[/]" if colour else verdict


def number(value: float | None, digits: int = 3) -> str:
    """So many significant digits, never an exponent."""
    if value is None:
        return ""
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def print_machine(console: Console, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        console.print(f"{name:>16}  {value}", highlight=False, soft_wrap=True)


def print_rows(console: Console, title: str, rows: list[Row]) -> None:
    """One line for each competitor; the ratio is of medians, the spread is of the runs."""
    table = Table(title=title, title_justify="left")
    table.add_column("competitor")
    for name in ("threads", "networks", "compile s", "networks/s", "us/step", "spread"):
        table.add_column(name, justify="right")
    for name in ("GFLOP/s", "learned", "p", "ratio", "required"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)


def cells(row: Row) -> list[str]:
    if not row.ms:
        return [row.competitor, *[""] * 11, coloured(row.verdict)]
    low, high = min(row.ms) / row.median_ms - 1, max(row.ms) / row.median_ms - 1
    return [
        row.competitor,
        str(row.threads),
        f"{row.n_networks:,}",
        number(row.compile_s, 2) if row.compile_s else "",
        number(row.rate),
        number(row.us_per_step),
        f"{low:+.0%} {high:+.0%}" if len(row.ms) > 1 else "one run",
        number(row.gflops),
        f"{row.n_learned / row.n_counted:.1%}",
        "" if row.p is None else f"{row.p:.2g}",
        number(row.ratio),
        number(row.required),
        coloured(row.verdict),
    ]


def print_image_rows(
    console: Console, title: str, rows: list[ImageRow], peak: float | None
) -> None:
    """One line for each competitor; images/s are images times networks."""
    table = Table(title=title, title_justify="left")
    table.add_column("competitor")
    for name in (
        "threads",
        "cores",
        "networks",
        "steps",
        "compile s",
        "us/step",
        "spread",
        "images/s",
    ):
        table.add_column(name, justify="right")
    for name in ("GFLOP/s", "of peak", "loss", "engine's", "outputs", "losses", "ratio", "wanted"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for row in rows:
        table.add_row(*image_cells(row, peak))
    console.print(table)


def image_cells(row: ImageRow, peak: float | None) -> list[str]:
    if not row.us:
        return [row.competitor, *[""] * 16, coloured(row.verdict)]
    low, high = min(row.us) / row.median_us - 1, max(row.us) / row.median_us - 1
    return [
        row.competitor,
        str(row.threads),
        f"{row.cores:.1f}",
        f"{row.n_networks:,}",
        f"{row.n_steps:,}",
        number(row.compile_s, 2) if row.compile_s else "",
        number(row.median_us),
        f"{low:+.0%} {high:+.0%}" if len(row.us) > 1 else "one run",
        number(row.images_per_s),
        number(row.gflops),
        "" if peak is None else f"{row.gflops / peak:.1%}",
        number(row.loss),
        number(row.engine_loss),
        "" if row.function_error is None else f"{row.function_error:.0e}",
        row.agreement,
        number(row.ratio),
        number(row.required),
        coloured(row.verdict),
    ]


def print_growth(console: Console, rows: list[Row], summary: str) -> None:
    """One line for each point of the sweeps."""
    table = Table(title="How the cost grows", title_justify="left")
    table.add_column("point")
    table.add_column("competitor")
    for name in ("networks", "us/step", "GFLOP/s", "compile s", "p", "engine over peer"):
        table.add_column(name, justify="right")
    for row in rows:
        timed = bool(row.ms)
        table.add_row(
            row.task,
            row.competitor,
            f"{row.n_networks:,}" if timed else "",
            number(row.us_per_step) if timed else coloured(row.verdict),
            number(row.gflops) if timed else "",
            number(row.compile_s, 2) if row.compile_s else "",
            "" if row.p is None else f"{row.p:.2g}",
            number(row.ratio),
        )
    console.print(table)
    console.print(summary)


def print_readings(console: Console, readings: list[Reading]) -> None:
    table = Table(title="Limits", title_justify="left")
    for name in ("limit", "what"):
        table.add_column(name)
    for name in ("value", "required"):
        table.add_column(name, justify="right")
    for name in ("verdict", "note"):
        table.add_column(name)
    for reading in readings:
        limit = reading.limit
        sign = "at least" if limit.at_least else "at most"
        bound = "" if limit.bound is None else f"{sign} {number(limit.bound)} {limit.unit}"
        value = "" if reading.value is None else f"{number(reading.value)} {limit.unit}"
        note = "" if reading.value is None else reading.note
        table.add_row(limit.name, limit.what, value, bound, coloured(reading.verdict), note)
    console.print(table)


def write_json(
    path: Path, facts: dict[str, str], rows: list[Row | ImageRow], readings: list[Reading]
) -> None:
    content = {
        "machine": facts,
        "rows": [row.to_dict() for row in rows],
        "limits": [reading.to_dict() for reading in readings],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
