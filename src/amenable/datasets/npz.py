"""NPZ archives of numpy: (x, y), or training and test samples apart; no pickled objects."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.pairs import Pair
from amenable.datasets.source import listed
from amenable.errors import DataError

ONE_PAIR = ("x", "y")
GIVEN_SPLIT = ("x_train", "y_train", "x_test", "y_test")
_EXPECTED = "expected arrays x and y, or x_train, y_train, x_test and y_test"


def read_npz(path: Path) -> list[Pair]:
    """The pair (x, y), or the training pair and the test pair where the file keeps them apart."""
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path.name}: not an NPZ archive; {_EXPECTED}, saved with numpy.savez")
    try:
        with np.load(path, allow_pickle=False) as archive:
            present = list(archive)
            names = next((k for k in (GIVEN_SPLIT, ONE_PAIR) if set(k) <= set(present)), ())
            arrays = [_read(archive, name, path) for name in names]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,  # zipfile, of a way to compress that it does not know
    ) as error:
        raise DataError(f"{path.name}: damaged archive ({error}); save it again") from None
    if not arrays:
        raise DataError(f"{path.name} holds {listed(present) or 'no arrays'}; {_EXPECTED}")
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def _read(archive: Any, name: str, path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = archive[name]
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise DataError(
                f"{path.name}: {name} holds pickled Python objects, which are never loaded; "
                "save it as numbers or fixed-length text"
            ) from None
        raise DataError(f"{path.name}: {name} is damaged ({error}); save it again") from None
    return array
