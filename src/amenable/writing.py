"""Files written whole or not at all, and the question beforehand whether they can be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
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
    target = Path(os.path.realpath(path))  # a link stays a link
    place = f"{option}: {path}" if option else f"{path}"
    if target.exists() and not target.is_file():  # a device would be replaced like any file
        raise FileError(f"{place}: cannot be written: {_kind(target)}; give the name of a file")
    beside = _beside(target)
    try:
        yield beside
        with open(beside, "rb") as file:
            os.fsync(file.fileno())  # after a loss of power too: the old file or the new one
        os.replace(beside, target)
    except OSError as error:
        raise FileError(f"{place}: cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, option: str = "") -> None:
    """Write a file."""
    with replacing(path, option) as beside, open(beside, "xb") as file:
        file.write(content)


def check_writable(path: Path, option: str) -> Path:
    """The file to write, or the error that would else come after all the work."""
    try:
        target = path.resolve()
        is_there, is_file = target.exists(), target.is_file()
        has_folder = target.parent.is_dir()
    except OSError as error:  # such as a name that is too long
        raise FileError(f"{option}: {path}: cannot be written: {error.strerror}") from error
    if is_there and not is_file:
        raise DescriptionError(f"{option}: {path} is {_kind(target)}; give the name of a file")
    if not has_folder:
        raise DescriptionError(f"{option}: there is no folder {target.parent}; make it first")
    trial = _beside(target)
    try:
        open(trial, "xb").close()
    except OSError as error:
        raise FileError(f"{option}: {path}: cannot be written: {error.strerror}") from error
    finally:
        trial.unlink(missing_ok=True)
    return target


def check_apart(written: Mapping[str, Path], kept: Path) -> None:
    """Refuse to write results over the file that they come from; `written` is by option."""
    for option, path in written.items():
        if path.resolve() == kept.resolve():
            raise DescriptionError(f"{option}: {path.name} is the study itself; name another file")


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "not a plain file"


def _beside(path: Path) -> Path:
    """A name in the same folder that nothing has."""
    return path.with_name(f".{path.name[:LONGEST]}.{os.urandom(8).hex()}.tmp")
