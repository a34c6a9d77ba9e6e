"""Results as JSON and CSV, written whole or not at all. For programs, not for reading."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from amenable.sweep.sweep import plain
from amenable.writing import write_whole


def write_json(path: Path, record: dict[str, Any]) -> None:
    """The record, with null for what is not a number."""
    text = json.dumps(plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(path, f"{text}\n", "--json")


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """A line for each configuration; empty where there is no number."""
    text = io.StringIO()
    names = list(rows[0]) if rows else ["structure"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(plain(row) for row in rows)
    write_whole(path, text.getvalue(), "--csv")


def write_text(path: Path, text: str, option: str) -> None:
    """Lines that are there."""
    write_whole(path, text, option)
