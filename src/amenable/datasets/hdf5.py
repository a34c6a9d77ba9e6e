"""HDF5 files: the same arrays as in NPZ archives, or groups train and test as in ``usps.h5``."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.npz import GIVEN_SPLIT, ONE_PAIR
from amenable.datasets.pairs import Pair
from amenable.datasets.source import check_dense, listed
from amenable.errors import DataError, MissingExtra

EXTENSIONS = (".h5", ".hdf5")
LAYOUTS = (
    ("train/data", "train/target", "test/data", "test/target"),
    GIVEN_SPLIT,
    ("train/data", "train/target"),
    ONE_PAIR,
    ("data", "target"),
)
_EXPECTED = (
    "expected groups train and test, each with data and target; or x_train, y_train, x_test and "
    "y_test; or x and y; or data and target"
)


def read_hdf5(path: Path) -> list[Pair]:
    """The pair of samples and targets, and the test pair where the file keeps them apart."""
    try:
        import h5py
    except ImportError:
        raise MissingExtra(
            f"{path.name}: h5py, which reads HDF5 files, is not installed: "
            "pip install 'amenable[hdf5]'"
        ) from None
    try:
        with h5py.File(path, "r") as file:
            present: list[str] = []
            file.visititems(lambda name, it: _note(present, name, isinstance(it, h5py.Dataset)))
            names = next((k for k in LAYOUTS if set(k) <= set(present)), ())
            arrays = [_read(file[name], name, path) for name in names]
    except (OSError, KeyError, RuntimeError) as error:
        reason = str(error).strip("'\"")
        raise DataError(
            f"{path.name}: damaged or not an HDF5 file ({reason}); save it again"
        ) from None
    if not arrays:
        raise DataError(f"{path.name} contains {listed(present) or 'no arrays'}; {_EXPECTED}")
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def _note(present: list[str], name: str, is_array: bool) -> None:
    if is_array:
        present.append(name)


def _read(array: Any, name: str, path: Path) -> NDArray[Any]:
    import h5py

    if array.shape is None:
        raise DataError(f"{path.name}: {name} is empty; expected an array")
    check_dense(f"{path.name}: {name}", array.shape)
    if h5py.check_string_dtype(array.dtype) is not None:
        return np.asarray(array.asstr()[()], dtype=np.str_)
    return np.asarray(array[()])
