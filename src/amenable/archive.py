"""One file of arrays and a JSON header: an NPZ archive, written whole or not at all, no pickle."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike, NDArray

from amenable.description import Record
from amenable.errors import DAMAGE, AmenableError, FileError
from amenable.version import package_version
from amenable.writing import replacing

HEADER = "header"
KINDS = {
    "ensemble": "Ensemble.load",
    "model": "Model.load",
    "population": "Population.load",
    "trained network": "TrainedNetwork.load",
}


@dataclass(frozen=True, slots=True)
class Archive:
    """What a file holds, read but not yet understood."""

    path: Path
    header: Record
    arrays: Mapping[str, NDArray[Any]]

    @property
    def version(self) -> int:
        """Of the form that the file is written in."""
        return int(self.header["version"])

    def take(self, name: str, dtype: DTypeLike, *shape: int) -> NDArray[Any]:
        """An array that must be there, of that type and shape; -1 is any length."""
        if name not in self.arrays:
            raise ValueError(f"array '{name}' is missing")
        array = self.arrays[name]
        fits = array.ndim == len(shape) and all(
            expected in (-1, got) for expected, got in zip(shape, array.shape, strict=True)
        )
        if array.dtype != np.dtype(dtype) or not fits:
            raise ValueError(
                f"array '{name}' is {array.dtype} of shape {array.shape}, expected "
                f"{np.dtype(dtype)} of shape {shape}"
            )
        return array


def write_archive(
    path: str | os.PathLike[str],
    kind: str,
    version: int,
    header: Record,
    arrays: Mapping[str, NDArray[Any]],
) -> None:
    """Write beside the file, then put it in its place; a failure leaves what was there."""
    target = _as_path(path)
    whole = {"format": f"amenable {kind}", "version": version, "amenable": package_version()}
    text = json.dumps(whole | header, allow_nan=False).encode()
    members: dict[str, Any] = {HEADER: np.frombuffer(text, np.uint8), **arrays}
    with replacing(target) as beside, open(beside, "xb") as file:
        np.savez(file, **members)


@contextmanager
def open_archive(path: str | os.PathLike[str], kind: str, version: int) -> Iterator[Archive]:
    """The contents of a file of that kind; what goes wrong in using them is the file's damage."""
    target = _as_path(path)
    try:
        archive = _read(target)
        _check_header(archive, kind, version)
        yield archive
    except FileError:
        raise
    except AmenableError as error:  # a description that is no longer one, or of a newer version
        raise FileError(f"{target.name}: cannot be read: {error}") from error
    except DAMAGE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        if "allow_pickle" in reason:
            reason = "it holds pickled objects, which are never loaded"
        raise FileError(f"{target.name}: damaged: {reason}; use a copy of the file") from error


def _as_path(path: str | os.PathLike[str]) -> Path:
    if not isinstance(path, str | os.PathLike) or not str(path) or "\0" in str(path):
        raise FileError(f"path: expected the name of a file, got {path!r}")
    return Path(path)


def _read(path: Path) -> Archive:
    if not os.path.isfile(path):  # False, not an error, for a name too long
        what = "a folder" if os.path.isdir(path) else "no such file"
        raise FileError(f"{path}: {what}; expected a file that save() wrote")
    if not zipfile.is_zipfile(path):
        raise FileError(f"{path.name}: cut short, or not a file that amenable saved")
    # Opened here: numpy leaves a file of its own open when the archive proves damaged.
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as members:
        if HEADER not in members.files:
            _refuse_foreign(path)
        if sum(it.file_size for it in members.zip.infolist()) > path.stat().st_size:
            raise ValueError("its arrays are packed, which save() never does")  # to any size
        arrays = {name: members[name] for name in members.files}
    header = json.loads(arrays.pop(HEADER).tobytes())
    if not isinstance(header, dict) or not str(header.get("format")).startswith("amenable "):
        _refuse_foreign(path)
    return Archive(path, header, arrays)


def _refuse_foreign(path: Path) -> NoReturn:
    raise FileError(f"{path.name}: not a file that amenable saved; to load data, use load()")


def _check_header(archive: Archive, kind: str, version: int) -> None:
    name, header = archive.path.name, archive.header
    found = str(header["format"]).removeprefix("amenable ")
    if found != kind:
        hint = f"; use {KINDS[found]}" if found in KINDS else ""
        raise FileError(
            f"{name}: holds {_with_article(found)}, expected {_with_article(kind)}{hint}"
        )
    written = header["version"]
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise ValueError(f"its version is {written!r}")
    if written > version:
        raise FileError(
            f"{name}: saved by a newer amenable ({header.get('amenable')}) in version {written} "
            f"of the format, this one reads up to {version}; upgrade amenable"
        )


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
