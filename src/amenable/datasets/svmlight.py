"""LIBSVM files, also called svmlight: a line per sample, ``label index:value index:value …``.

Read by scikit-learn, plain or compressed as .bz2 or .gz; if it refuses a file, the mistake is
looked for here again, to name its place.
"""

import bz2
import gzip
import zlib
from collections.abc import Callable
from math import isqrt
from pathlib import Path
from typing import IO, Any

import numpy as np

from amenable.datasets.pairs import Pair
from amenable.datasets.source import check_dense
from amenable.errors import DataError

SUFFIXES = (".libsvm", ".svm", ".svmlight", ".scale", ".t")
PACKED: dict[str, Callable[..., IO[Any]]] = {".bz2": bz2.open, ".gz": gzip.open}


def is_svmlight(path: Path) -> bool:
    """Whether the name is that of a LIBSVM file: ``….libsvm``, ``….t.bz2``, or ``usps.bz2``."""
    bare = _unpacked(path.name)
    suffix = Path(bare).suffix.lower()
    return suffix in SUFFIXES or (suffix == "" and path.suffix.lower() == ".bz2")


def read_svmlight(path: Path, n_inputs: int | None = None, is_square: bool = False) -> list[Pair]:
    """Samples as dense rows, and the test pair if ``NAME.t`` is beside ``NAME``.

    A file may leave out zeros, even those of all last inputs: `n_inputs` is their number, by
    default the most that one of the files has, or the next square number.
    """
    from sklearn.datasets import load_svmlight_files

    test = _test_beside(path)
    paths = [path] if test is None else [path, test]
    try:
        read = load_svmlight_files([str(it) for it in paths], dtype=np.float64)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name}: cannot be read ({error}); copy the file again") from None
    except (ValueError, OverflowError) as error:
        for it in paths:
            _refuse_first_mistake(it)
        raise DataError(f"{path.name}: not a LIBSVM file ({error})") from None
    present = read[0].shape[1]  # of both files the same
    if is_square:
        n_inputs = (isqrt(present - 1) + 1) ** 2
    if n_inputs is not None and present > n_inputs:
        raise DataError(
            f"{path.name}: has inputs up to number {present}, got an image of {n_inputs} pixels"
        )
    pairs = []
    for it, x, y in zip(paths, read[::2], read[1::2], strict=True):
        if not len(y):
            raise DataError(f"{it.name}: no samples; expected lines such as '1 1:0.5 2:-1'")
        width = present if n_inputs is None else n_inputs
        check_dense(it.name, (len(y), width))
        x.resize((len(y), width))
        pairs.append((x.toarray(), y))
    return pairs


def _unpacked(name: str) -> str:
    """The name without .bz2 or .gz."""
    return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in PACKED else name


def _test_beside(path: Path) -> Path | None:
    """The file of test samples, named as LIBSVM's own data: ``usps.t.bz2`` beside ``usps.bz2``."""
    bare = Path(_unpacked(path.name))
    if bare.suffix.lower() == ".t":
        return None
    names = [f"{bare}.t"]
    if bare.suffix:
        names += [f"{bare.stem}.t", f"{bare.stem}.t{bare.suffix}"]
    candidates = [path.with_name(name + packing) for name in names for packing in ("", *PACKED)]
    return next((it for it in candidates if it.is_file()), None)


def _refuse_first_mistake(path: Path) -> None:
    """Raise DataError at the first line that is not a label and ascending pairs."""
    opened = PACKED.get(path.suffix.lower(), open)
    with opened(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            text = line.decode("utf-8", "replace").partition("#")[0].split()
            if text:
                _check_line(f"{path.name}: line {number}", text)


def _check_line(place: str, text: list[str]) -> None:
    if _number(text[0]) is None:
        raise DataError(
            f"{place}: label {text[0]!r} is not a number; expected a number in each line"
        )
    last = -1
    for column, item in enumerate(text[1:], start=2):
        index, colon, value = item.partition(":")
        if index == "qid":
            continue
        if not (colon and index.isascii() and index.isdigit()) or _number(value) is None:
            raise DataError(
                f"{place}, column {column}: {item[:40]!r} is not index:value, such as 3:0.5"
            )
        if int(index) <= last:
            raise DataError(
                f"{place}, column {column}: index {index} after {last}; expected ascending indices"
            )
        last = int(index)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
