"""One writer: a lock of the operating system on a file beside the study's.

The lock dies with the process that holds it, however that ends; the file may then stay, and says
nothing. It is not the study's own file, since closing that would drop SQLite's locks on it.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from amenable.errors import FileError

ENDING = ".lock"


def lock_path(path: Path) -> Path:
    """The file beside a study, wherever a link to it may lie."""
    real = Path(os.path.realpath(path))
    return real.with_name(real.name + ENDING)


@contextmanager
def writing_alone(path: Path) -> Iterator[None]:
    """Hold the lock of a study's file.

    Raises
    ------
    FileError
        If another holds it: says who and since when. If the lock cannot be made.
    """
    beside = lock_path(path)
    try:
        lock = _locked(beside)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror or error}") from error
    if lock is None:
        raise FileError(
            f"{path}: {holder(path) or 'another process'} is writing to it; wait until that has "
            "ended, or stop it: what is finished is kept"
        )
    try:
        yield
    finally:
        _release(lock, beside)


def holder(path: Path) -> str:
    """Who holds the lock, in words; nothing where nobody does."""
    beside = lock_path(path)
    try:
        lock = os.open(beside, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return ""
    try:
        if _try(lock, is_shared=True):
            return ""
        text = os.read(lock, 4096)
        who = json.loads(text)
        return f"process {who['pid']} on {who['host']}, since {who['since']},"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
    finally:
        os.close(lock)


def _locked(beside: Path) -> int | None:
    """The open, locked file; None where another has it."""
    while True:
        lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        if not _try(lock):
            os.close(lock)
            return None
        if _is_still(lock, beside):
            break
        os.close(lock)  # the one before took the file away when it was done
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": utc_now()}
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(who).encode(), 0)
    except BaseException:  # such as of a full disk: a lock that stays open would lock out ourselves
        _release(lock, beside)
        raise
    return lock


def _release(lock: int, beside: Path) -> None:
    beside.unlink(missing_ok=True)  # while it is held: whoever waits looks at the name again
    os.close(lock)


def _try(lock: int, is_shared: bool = False) -> bool:
    """Take the lock if it is free."""
    import fcntl

    how = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(lock: int, beside: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), os.stat(beside))
    except FileNotFoundError:
        return False


def utc_now() -> str:
    """As the file writes times: "2026-01-31T12:00:00Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
