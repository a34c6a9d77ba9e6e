"""From each schema to the next: what turns the file of an older amenable into one of this.

A released schema never changes. A new one adds a function here, raises `schema.VERSION`, and a
file of the old one joins those in tests/fixtures, which a test opens and goes on using.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from amenable.study.store import schema

MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {}
"""By the version that it leads away from."""


def migrate(connection: sqlite3.Connection, found: int) -> None:
    """Bring a file to this schema, step by step; inside the caller's transaction."""
    for version in range(found, schema.VERSION):
        MIGRATIONS[version](connection)
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
