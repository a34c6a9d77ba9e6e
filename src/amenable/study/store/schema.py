"""What a study's file holds: tables and views, for whoever opens it with another SQLite tool.

Only SQL and names. docs/studies.md explains each table; a test compares the two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

APPLICATION_ID = 0x416D5374  # "AmSt", what file(1) and other programs know the file by
VERSION = 3  # of the schema, in `PRAGMA user_version`; migrations.py leads from the ones before

TABLES = """
CREATE TABLE study (
    key   TEXT PRIMARY KEY,   -- 'data', 'version', 'keep', …
    value TEXT NOT NULL       -- text, or JSON where it has parts
) WITHOUT ROWID;

CREATE TABLE configurations (
    id         INTEGER PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,   -- of the text of network and training
    settings   TEXT NOT NULL,          -- JSON, as drawn from the space: {"hidden": [8, 8], …}
    network    TEXT NOT NULL,          -- JSON, as Network.to_dict() gives it
    training   TEXT NOT NULL,          -- JSON, as Training.to_dict() gives it
    structure  TEXT NOT NULL,          -- '2-8-8-1'
    activation TEXT NOT NULL,
    parameters INTEGER NOT NULL,
    optimizer  TEXT NOT NULL,
    lr         REAL,
    batch      NOT NULL,               -- samples in a step, or 'full'
    init       TEXT NOT NULL,
    budget     INTEGER NOT NULL,       -- steps after which a trial is exhausted
    goal       TEXT,                   -- when a trial is solved
    metric     TEXT NOT NULL,          -- what the …_metric columns of trials are
    every_setting TEXT NOT NULL DEFAULT '{}'  -- JSON, settings and all that nobody gave
);

CREATE TABLE blocks (
    id       INTEGER PRIMARY KEY,
    finished TEXT NOT NULL,      -- UTC, '2026-01-31T12:00:00Z'
    trials   INTEGER NOT NULL,
    seconds  REAL NOT NULL,      -- where it was trained
    place    TEXT NOT NULL       -- 'this machine, 2 threads'
);

CREATE TABLE trials (
    configuration     INTEGER NOT NULL REFERENCES configurations,
    seed              INTEGER NOT NULL,
    status            TEXT NOT NULL,      -- solved, exhausted, diverged, stopped
    steps             INTEGER NOT NULL,
    training_loss     REAL,               -- all six at the end; NULL where there is none
    training_metric   REAL,
    validation_loss   REAL,
    validation_metric REAL,
    block             INTEGER NOT NULL REFERENCES blocks,
    test_loss         REAL,
    test_metric       REAL,
    goal_step         INTEGER,            -- steps to solve; NULL where not solved
    PRIMARY KEY (configuration, seed)
) WITHOUT ROWID;

CREATE TABLE arrays (
    configuration INTEGER NOT NULL REFERENCES configurations,
    name          TEXT NOT NULL,      -- weights, curves
    block         INTEGER NOT NULL REFERENCES blocks,
    seed          INTEGER,            -- of the one trial; NULL: all of the block, by ascending seed
    dtype         TEXT NOT NULL,      -- '<f4', as numpy writes it
    shape         TEXT NOT NULL,      -- JSON, a row for each trial
    encoding      TEXT NOT NULL,      -- zlib, or raw where that is shorter
    data          BLOB NOT NULL,
    PRIMARY KEY (configuration, name, block)
);
"""

SUMMARIES = """
CREATE VIEW solved_by_configuration AS
SELECT c.id AS configuration, c.structure, c.activation, c.parameters, c.optimizer, c.lr,
       c.settings, c.goal, t.trials, t.solved, 1.0 * t.solved / t.trials AS fraction,
       t.exhausted, t.diverged, t.stopped, t.mean_steps_of_solved, c.metric,
       t.mean_training_metric, t.mean_validation_metric, t.mean_test_metric
FROM (
    SELECT configuration, count(*) AS trials,
           sum(status = 'solved') AS solved, sum(status = 'exhausted') AS exhausted,
           sum(status = 'diverged') AS diverged, sum(status = 'stopped') AS stopped,
           avg(goal_step) AS mean_steps_of_solved,
           avg(training_metric) AS mean_training_metric,
           avg(validation_metric) AS mean_validation_metric,
           avg(test_metric) AS mean_test_metric
    FROM trials GROUP BY configuration
) AS t JOIN configurations AS c ON c.id = t.configuration;

CREATE VIEW time_by_place AS
SELECT place, count(*) AS blocks, sum(trials) AS trials, sum(seconds) AS seconds,
       min(finished) AS first, max(finished) AS last
FROM blocks GROUP BY place;

CREATE VIEW settings_by_configuration AS
SELECT c.id AS configuration, s.key AS setting, s.value AS value
FROM configurations AS c, json_each(c.every_setting) AS s;
"""

OF_CONFIGURATION = (
    "structure", "activation", "parameters", "optimizer", "lr", "batch", "init", "budget", "goal",
    "metric",
)  # fmt: skip
OF_TRIAL = (
    "seed", "status", "solved", "steps", "goal_step", "training_loss", "training_metric",
    "validation_loss", "validation_metric", "test_loss", "test_metric", "block",
)  # fmt: skip
SAME = frozenset(("structure", "activation", "parameters", "lr", "batch", "init", "steps"))
"""Settings that are columns of their own already; a number of steps is the budget."""


def setting_columns(names: Sequence[str]) -> dict[str, str]:
    """Column in `results` of each setting of that name; without those that are columns anyway.

    SQLite's columns do not tell capitals apart, settings do; and its paths into JSON have no way to
    write a quotation mark.
    """
    taken = {"configuration", *OF_CONFIGURATION, *OF_TRIAL}
    columns: dict[str, str] = {}
    for name in names:
        if name in SAME or '"' in name:
            continue
        column = name
        while column.casefold() in taken:
            column = f"setting_{column}"
        taken.add(column.casefold())
        columns[name] = column
    return columns


def results_view(names: Sequence[str]) -> str:
    """The view of trials with what they were made with, a column for each setting.

    Configurations are the outer loop: a condition on settings is then asked once for each.
    """
    parts = [
        "c.id AS configuration",
        *(f"c.{name}" for name in OF_CONFIGURATION),
        *(
            f"json_extract(c.every_setting, {_path(name)}) AS {quote_name(column)}"
            for name, column in setting_columns(names).items()
        ),
        *(
            "t.status = 'solved' AS solved" if name == "solved" else f"t.{name}"
            for name in OF_TRIAL
        ),
    ]
    return (
        f"CREATE VIEW results AS SELECT {', '.join(parts)} "
        "FROM configurations AS c CROSS JOIN trials AS t ON t.configuration = c.id"
    )


def views(names: Sequence[str]) -> str:
    """All views, for settings of those names."""
    return f"{SUMMARIES}\n{results_view(names)};\n"


def statements(script: str) -> Iterator[str]:
    """The statements of a script; executescript would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def quote_name(name: str) -> str:
    """The name of a column, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _path(name: str) -> str:
    """Where json_extract finds a key, as a literal of SQL."""
    return "'$.\"" + name.replace("'", "''") + "\"'"
