"""From each schema to the next: what turns the file of an older amenable into one of this.

A released schema never changes. A new one adds a function here, raises `schema.VERSION`, and a
file of the old one joins those in tests/fixtures, which a test opens and goes on using.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping

from amenable.population.keys import every_setting
from amenable.study.store import schema
from amenable.study.store.rows import configuration_of, settings_json, settings_of


def _add_test_rows(connection: sqlite3.Connection) -> None:
    """Schema 1 knew no test rows, and every trial was solved where it ended."""
    for column in ("test_loss REAL", "test_metric REAL", "goal_step INTEGER"):
        connection.execute(f"ALTER TABLE trials ADD COLUMN {column}")
    connection.execute("UPDATE trials SET goal_step = steps WHERE status = 'solved'")


def _add_every_setting(connection: sqlite3.Connection) -> None:
    """Schema 2 kept by name only the settings that were asked for."""
    connection.execute(
        "ALTER TABLE configurations ADD COLUMN every_setting TEXT NOT NULL DEFAULT '{}'"
    )
    rows = connection.execute("SELECT id, settings, network, training FROM configurations")
    for id_, settings, network, training in rows.fetchall():
        every = every_setting(configuration_of(network, training)) | settings_of(settings)
        connection.execute(
            "UPDATE configurations SET every_setting = ? WHERE id = ?", (settings_json(every), id_)
        )


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _add_test_rows,
    2: _add_every_setting,
}
"""By the version that it leads away from."""


def migrate(connection: sqlite3.Connection, found: int) -> None:
    """Bring a file to this schema, step by step; inside the caller's transaction.

    Tables are changed, views made anew.
    """
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    for (name,) in views:
        connection.execute(f"DROP VIEW {schema.quote_name(name)}")
    for version in range(found, schema.VERSION):
        MIGRATIONS[version](connection)
    settings = connection.execute("SELECT value FROM study WHERE key = 'settings'").fetchone()
    for statement in schema.statements(schema.views(json.loads(settings[0]) if settings else ())):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
