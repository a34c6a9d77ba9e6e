"""NPZ archives of numpy: (x, y), or training and test samples apart; no pickled objects."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.pairs import Pair
from amenable.datasets.source import check_dense, listed
from amenable.errors import DAMAGE, AmenableError, DataError

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
            arrays = [read_member(archive, name, path) for name in names]
    except AmenableError:
        raise
    except DAMAGE as error:
        raise DataError(f"{path.name}: damaged archive ({error}); save it again") from None
    if not arrays:
        raise DataError(f"{path.name} contains {listed(present) or 'no arrays'}; {_EXPECTED}")
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def read_member(archive: Any, name: str, path: Path) -> NDArray[Any]:
    """One array of an archive that numpy has opened, its size looked at before it takes memory.

    Raises
    ------
    DataError
        If it is damaged, larger than any data that is read, or holds objects.
    """
    try:
        shape, dtype = _header(archive.zip, name)
        if dtype.hasobject:
            raise DataError(
                f"{path.name}: {name} contains pickled Python objects, which are never loaded; "
                "save it as numbers or fixed-length text"
            )
        check_dense(f"{path.name}: {name}", shape)
        return np.asarray(archive[name])
    except AmenableError:
        raise
    except DAMAGE as error:
        reason = str(error)[:80]  # some quote all that they could not read
        raise DataError(f"{path.name}: {name} is damaged ({reason}); save it again") from None


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of a member, which is not read any further."""
    from numpy.lib import format as npy

    names = archive.namelist()
    with archive.open(f"{name}.npy" if f"{name}.npy" in names else name) as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read(file)
    return shape, dtype
