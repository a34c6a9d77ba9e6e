"""A study's file opened: checked, brought to this schema, and every error of SQLite in one line."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from amenable.errors import DAMAGE, AmenableError, FileError
from amenable.study.store import schema
from amenable.study.store.migrations import migrate
from amenable.writing import replacing

BUSY_S = 60.0  # for another program that has the file open and writes to it
KEEP_ON = "what is finished is kept; run the same again to go on"


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite, and of texts in the file, into a FileError."""
    try:
        yield
    except sqlite3.Error as error:
        raise FileError(f"{path}: {_reason(error)}") from error
    except UnicodeDecodeError as error:  # of names and texts that a flipped bit has changed
        raise FileError(f"{path}: damaged: {error.reason}; use a copy of the file") from error


def _reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None) or 0
    said = " ".join(str(error).split())
    return {
        sqlite3.SQLITE_FULL: f"the disk is full; make room: {KEEP_ON}",
        sqlite3.SQLITE_IOERR: f"the disk cannot be read or written ({said}); {KEEP_ON}",
        sqlite3.SQLITE_NOTADB: "not a study, nor any SQLite file; give another name",
        sqlite3.SQLITE_CORRUPT: f"damaged ({said}); use a copy of the file",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened; is the folder there, and may it be read?",
        sqlite3.SQLITE_READONLY: "cannot be written; is the file or its folder read-only?",
        sqlite3.SQLITE_BUSY: "another program has it open; close that, and try again",
    }.get(code & 0xFF, f"cannot be used: {said}")


@contextmanager
def connect(path: Path, is_writing: bool) -> Iterator[sqlite3.Connection]:
    """A connection to a study's file, which is there."""
    if path.is_dir():
        raise FileError(f"{path}: a folder; give the name of a file")
    if not path.exists():
        raise FileError(f"{path}: no such file; expected a study")
    with sqlite_errors(path), closing(_open(path, is_writing)) as connection:
        if is_writing:
            _make_ready(path, connection)
            try:
                yield connection
            finally:
                _lay_down(connection)
        else:
            with _of_this_schema(path, connection) as current:
                yield current


def _open(path: Path, is_writing: bool) -> sqlite3.Connection:
    """Without implicit transactions: each is begun and ended in words."""
    path = path.resolve()  # SQLite's own files lie beside the study, not beside a link to it
    uri = path.as_uri()
    if is_writing:
        return sqlite3.connect(f"{uri}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_S)
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_S)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        # In a folder that may not be written, SQLite cannot make the files that readers and a
        # writer share; where nobody can write, none are needed.
        uri += "?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    except BaseException:
        connection.close()
        raise
    return connection


def create(path: Path, entries: Mapping[str, str]) -> None:
    """Make the file of a study of which the table `study` says this; whole or not at all."""
    with (
        replacing(path) as beside,
        sqlite_errors(path),
        closing(sqlite3.connect(beside, isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA synchronous = OFF")  # it is on the disk before it has its name
        with transaction(connection):
            _fill(connection, entries)
    _settle(path.parent)


def _fill(connection: sqlite3.Connection, entries: Mapping[str, str]) -> None:
    """Tables, views, and what the study is about."""
    for statement in schema.statements(schema.TABLES + schema.views(())):
        connection.execute(statement)
    connection.executemany("INSERT INTO study VALUES (?, ?)", storable(entries).items())
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")


def storable(entries: Mapping[str, str]) -> dict[str, str]:
    """With escapes where a command names files whose names are not UTF-8."""
    return {key: it.encode(errors="backslashreplace").decode() for key, it in entries.items()}


def _settle(folder: Path) -> None:
    """Have the folder's list of names on the disk: a file that nobody finds is lost."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _make_ready(path: Path, connection: sqlite3.Connection) -> None:
    """Settings of a writer; this schema, where the file has an older one."""
    found = _version(path, connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA fullfsync = ON")  # on macOS only this brings anything to the disk
    if found < schema.VERSION:
        with reading_errors(path), transaction(connection):
            migrate(connection, found)


def _lay_down(connection: sqlite3.Connection) -> None:
    """Leave a single file behind: one without a log, from which readers make none either.

    Where somebody reads just now it stays as it is, and SQLite's other two files with it.
    """
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def transaction(connection: sqlite3.Connection, is_durable: bool = False) -> Iterator[None]:
    """All of it, or nothing; if durable, it is on the disk at the end, also where the power goes.

    What is not durable is there once something later is: the log is written in order.
    """
    if is_durable:
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back on some errors, as of a full disk
            connection.execute("ROLLBACK")
        raise
    finally:
        if is_durable:
            connection.execute("PRAGMA synchronous = NORMAL")


def _version(path: Path, connection: sqlite3.Connection) -> int:
    """The schema's version, if this program can read it."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not n_tables:
        raise FileError(f"{path}: an empty file; expected a study")
    if application != schema.APPLICATION_ID or found < 1:
        raise FileError(f"{path}: an SQLite file, but not a study of amenable; give another name")
    if found > schema.VERSION:
        raise FileError(
            f"{path}: written by a newer amenable, in version {found} of the schema; this one "
            f"reads up to {schema.VERSION}; upgrade amenable"
        )
    return int(found)


@contextmanager
def _of_this_schema(path: Path, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The connection, or where the file has an older schema, one to a migrated copy in memory."""
    found = _version(path, connection)
    if found == schema.VERSION:
        yield connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        connection.backup(copy)
        with reading_errors(path), transaction(copy):
            migrate(copy, found)
        yield copy


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong in reading the file's contents into a FileError."""
    try:
        yield
    except FileError:
        raise
    except AmenableError as error:  # a description that is no longer one
        raise FileError(f"{path}: cannot be read: {error}") from error
    except DAMAGE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise FileError(f"{path}: damaged: {reason}; use a copy of the file") from error
