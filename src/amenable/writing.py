"""Files written whole or not at all, and the question beforehand whether they can be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from amenable.errors import DescriptionError, FileError

LONGEST = 80  # characters of a name that a name beside it repeats: names end at 255 bytes


@contextmanager
def replacing(path: Path, option: str = "") -> Iterator[Path]:
    """A path to write to, beside the file; what fails leaves what was there.

    Where the block ends well, what it wrote takes the place of the file. `option` is what asked for
    the file, for the error.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    target = _resolved(path, option)
    beside = _beside(target)
    try:
        yield beside
        with open(beside, "rb") as file:
            os.fsync(file.fileno())  # after a loss of power too: the old file or the new one
        os.replace(beside, target)
    except OSError as error:
        raise _unwritable(path, option, error.strerror or str(error)) from error
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str, option: str = "") -> None:
    """Write a file; in texts, names of files that are not UTF-8 are written with escapes."""
    if isinstance(content, str):
        content = content.encode(errors="backslashreplace")
    with replacing(path, option) as beside, open(beside, "xb") as file:
        file.write(content)


def check_writable(path: Path, option: str) -> Path:
    """The file to write, or the error that would else come after all the work.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    target = _resolved(path, option)
    if not target.parent.is_dir():
        raise FileError(f"{option}: there is no folder {target.parent}; make it first")
    trial = _beside(target)
    try:
        open(trial, "xb").close()
    except OSError as error:
        raise _unwritable(path, option, error.strerror or str(error)) from error
    finally:
        trial.unlink(missing_ok=True)
    return target


def check_outputs(
    written: Mapping[str, Path | None], read: Iterable[str | os.PathLike[str]] = ()
) -> dict[str, Path]:
    """The files that a command will write, by option, those left out left out.

    Parameters
    ----------
    written : mapping
        Paths by the option that asks for them; None where it was not given.
    read : iterable of path
        Files that the command reads; a name that is no file, as of bundled data, is passed over.

    Raises
    ------
    FileError
        If one cannot be written.
    DescriptionError
        If one is a file that is read, or the file of another option, by whatever name or link.
    """
    files = {option: check_writable(path, option) for option, path in written.items() if path}
    sources = [Path(it) for it in read]
    seen: dict[str, Path] = {}
    for option, path in files.items():
        if source := next((it for it in sources if _is_same(path, it)), None):
            raise DescriptionError(
                f"{option}: {source} is read by this command; name another file to write"
            )
        if other := next((it for it in seen if _is_same(path, seen[it])), None):
            raise DescriptionError(
                f"{other} and {option}: expected two files, got the same one twice"
            )
        seen[option] = path
    return files


def _is_same(path: Path, other: Path) -> bool:
    """Whether both names lead to one file, also by links of any kind."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # one is not there, or no name of a file at all
        return path == other  # of outputs, which are resolved


def _resolved(path: Path, option: str) -> Path:
    """The file behind all links, which stay: a plain one, or none yet."""
    try:
        target = Path(os.path.realpath(path))
        kind = None if target.is_file() or not target.exists() else _kind(target)
    except (OSError, ValueError) as error:  # a name that is too long, or holds a zero
        reason = getattr(error, "strerror", None) or str(error)
        raise _unwritable(path, option, reason) from error
    if kind is not None:  # a device would be replaced like any file
        raise FileError(f"{_place(path, option)} is {kind}; give the name of a file")
    return target


def _unwritable(path: Path, option: str, reason: str) -> FileError:
    return FileError(f"{_place(path, option)}: cannot be written: {reason}")


def _place(path: Path, option: str) -> str:
    return f"{option}: {path}" if option else f"{path}"


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "not a plain file"


def _beside(path: Path) -> Path:
    """A name in the same folder that nothing has."""
    return path.with_name(f".{path.name[:LONGEST]}.{os.urandom(8).hex()}.tmp")
