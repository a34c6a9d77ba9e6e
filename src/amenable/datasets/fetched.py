"""Digits too large to bundle: fetched once from openml.org, then kept on this machine.

scikit-learn fetches them. The number of each digit in each split is checked, so that neither a
changed data set nor another order is mistaken for the published one.
"""

import socket
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.images import Image
from amenable.datasets.npz import GIVEN_SPLIT, read_npz
from amenable.datasets.pairs import Pair, unsplit_pairs
from amenable.datasets.target import check_task
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError, FileError
from amenable.writing import replacing

PATIENCE_S = 30.0  # a server silent for so long is taken for no network; scikit-learn sets no limit


@dataclass(frozen=True, slots=True)
class Fetched:
    """A row of the table: where to fetch the data, and what a true copy contains."""

    openml: int  # number of the data set at openml.org
    description: str
    image: Image
    training: tuple[int, ...]  # how many of each digit, 0 to 9, in the first rows …
    test: tuple[int, ...]  # … and in the rows after them
    dtype: type[np.float32] | type[np.uint8]  # uint8: grey values from 0 to 255; else -1 … 1

    @property
    def n_samples(self) -> int:
        """Number of samples, training and test."""
        return sum(self.training) + sum(self.test)


FETCHED: Mapping[str, Fetched] = MappingProxyType(
    {
        "usps": Fetched(
            41082,
            "handwritten digits of zip codes, 16 by 16 pixels; fetched once from openml.org",
            (1, 16, 16),
            (1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644),
            (359, 264, 198, 166, 200, 160, 170, 147, 166, 177),
            np.float32,
        ),
        "mnist": Fetched(
            554,
            "handwritten digits of NIST, 28 by 28 pixels; fetched once from openml.org",
            (1, 28, 28),
            (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
            (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
            np.uint8,
        ),
    }
)


def load_fetched(name: str, *, task: str | None = None) -> Unsplit:
    """The data set `name` of the table, from this machine or, the first time, from openml.org."""
    check_task(task)
    if task not in (None, "classification"):
        raise DataError(
            f"{name} is a classification problem, got {task!r}", where="task", hint="leave it out"
        )
    return unsplit_pairs(name, _pairs(name), task="classification")


def kept_at(name: str) -> Path:
    """The file in scikit-learn's data folder in which `name` is kept."""
    from sklearn.datasets import get_data_home

    try:
        return Path(get_data_home()) / "amenable" / f"{name}.npz"
    except OSError as error:
        raise _unwritable(name, error) from None


def _pairs(name: str) -> list[Pair]:
    """Training and test digits: from the kept file if it is intact, else fetched and kept."""
    row, path = FETCHED[name], kept_at(name)
    if path.is_file():
        with suppress(DataError):  # damaged, or not ours: fetched again
            kept = read_npz(path)
            x, y = (np.concatenate([pair[part] for pair in kept]) for part in (0, 1))
            return _checked(name, row, x.reshape(len(x), -1), y)
    x, y = _fetch(name, row)
    pairs = _checked(name, row, x, y)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside, open(beside, "xb") as file:
            arrays: dict[str, Any] = dict(zip(GIVEN_SPLIT, chain(*pairs), strict=True))
            np.savez_compressed(file, **arrays)
    except (OSError, FileError) as error:
        raise _unwritable(name, error) from None
    return pairs


def _fetch(name: str, row: Fetched) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pixels (N, I) and labels (N,), as openml.org has them."""
    import sklearn.datasets

    try:
        with _impatient(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of retries: the error below says it all
            found: Any = sklearn.datasets.fetch_openml(
                data_id=row.openml,
                as_frame=False,
                parser="liac-arff",  # slower than pandas' parser, but needs no pandas
                n_retries=1,
                delay=0.5,
            )
        x = np.asarray(found.data, dtype=np.float64)
        return x, np.asarray(found.target).astype(np.float64)
    except PermissionError as error:
        raise _unwritable(name, error) from None
    except Exception as error:  # no network, a proxy, a page instead of data, half a file: anything
        raise DataError(
            f"{name}: could not be fetched from openml.org ({_reason(error)}); connect to "
            f"the internet and try again (once is enough), or give a file such as {name}.npz"
        ) from None


def _reason(error: Exception) -> str:
    """What went wrong, with the kind of error if its message alone says too little."""
    text = str(getattr(error, "reason", "") or error)
    speaks = isinstance(error, OSError | ValueError) and text
    return text if speaks else f"{type(error).__name__}: {text}".removesuffix(": ")


def _checked(name: str, row: Fetched, x: NDArray[Any], labels: NDArray[Any]) -> list[Pair]:
    """The training and the test pair, or DataError if it is not the published data."""
    expected = (row.n_samples, prod(row.image))
    if x.shape != expected or labels.shape != expected[:1]:
        raise _changed(name, row, f"expected {expected} pixels, got {x.shape}")
    if not np.isfinite(x).all() or x.min() == x.max():
        raise _changed(name, row, "pixels are missing")
    digits = labels - labels.min()  # some copies count classes from 1
    pixels = _pixels(name, row, x).reshape(-1, *row.image[1:])
    n_training = sum(row.training)
    pairs: list[Pair] = []
    for part, counts, rows in (
        ("training", row.training, slice(n_training)),
        ("test", row.test, slice(n_training, None)),
    ):
        got = tuple(int((digits[rows] == digit).sum()) for digit in range(10))
        if got != counts:
            raise _changed(name, row, f"expected {counts} of the digits in {part}, got {got}")
        pairs.append((pixels[rows], digits[rows].astype(np.uint8)))
    return pairs


def _pixels(name: str, row: Fetched, x: NDArray[Any]) -> NDArray[Any]:
    """Grey values as bytes, or within -1 … 1 whatever the scale of the copy."""
    if row.dtype is np.uint8:
        if x.min() != 0 or x.max() != 255 or not np.array_equal(x, np.floor(x)):
            raise _changed(name, row, "expected whole grey values from 0 to 255")
        return x.astype(np.uint8)
    low, high = float(x.min()), float(x.max())
    return (x if (low, high) == (-1, 1) else (x - low) / (high - low) * 2 - 1).astype(row.dtype)


@contextmanager
def _impatient() -> Iterator[None]:
    """Let connections opened meanwhile time out after `PATIENCE_S` of silence."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE_S if before is None else before)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _changed(name: str, row: Fetched, what: str) -> DataError:
    return DataError(
        f"{name}: data set {row.openml} of openml.org differs from the published one: {what}; "
        "remove the folder openml in scikit-learn's data folder to fetch it again, or give a file"
    )


def _unwritable(name: str, error: Exception) -> DataError:
    return DataError(
        f"{name}: cannot be saved in scikit-learn's data folder ({error}); set SCIKIT_LEARN_DATA "
        "to a writable folder"
    )
