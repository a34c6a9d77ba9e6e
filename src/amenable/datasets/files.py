"""Files of data: the name decides which module reads the file."""

import os
from io import BytesIO
from math import prod
from pathlib import Path

from amenable.datasets.delimited import read_delimited
from amenable.datasets.frames import RawTable, unsplit_table
from amenable.datasets.hdf5 import EXTENSIONS as HDF5
from amenable.datasets.hdf5 import read_hdf5
from amenable.datasets.idx import is_idx, read_idx_pairs
from amenable.datasets.images import SQUARE, Image, check_image
from amenable.datasets.npz import read_npz
from amenable.datasets.pairs import Pair, unsplit_pairs
from amenable.datasets.source import did_you_mean, listed
from amenable.datasets.svmlight import is_svmlight, read_svmlight
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError

SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": ",", ".data": ",", ".dat": ","}
EXTENSIONS = (
    *(*SEPARATORS, ".parquet", ".npz", *HDF5),
    *("-idx3-ubyte", "-idx3-ubyte.gz", ".libsvm", ".svm", ".t", ".bz2"),
)

_PARQUET_MAGIC = b"PAR1"  # the first and the last four bytes of a whole file


def load_file(
    path: Path,
    *,
    target: str | None = None,
    task: str | None = None,
    image: Image | str | None = None,
) -> Unsplit:
    """The data of one file; `target` names a column of a table, `image` is the shape of rows."""
    extension = path.suffix.lower()
    is_table = extension in SEPARATORS or extension == ".parquet"
    if path.is_dir():
        raise DataError(f"{path}: expected a file, got a folder")
    if os.path.exists(path) and not path.is_file():  # it may end never, or be read but once
        raise DataError(f"{path}: a pipe or device; expected a file: write it to one first")
    if not (is_table or extension in (".npz", *HDF5) or is_idx(path) or is_svmlight(path)):
        known = listed(EXTENSIONS, most=len(EXTENSIONS))
        raise DataError(f"{path.name}: this kind of file cannot be read; expected one of {known}")
    _check_file(path)
    if is_table:
        if image is not None:
            raise DataError(
                f"{path.name}: a table's columns are not images, got image={image}; leave it out"
            )
        return unsplit_table(read_table(path), target=target, task=task)
    if target is not None:
        raise DataError(
            f"{path.name} has its own array of targets, got {target!r}",
            where="target",
            hint="leave it out",
        )
    if image is not None and image != SQUARE:
        image = check_image(image, f"{path.name}: image")
    pairs = _read_pairs(path, extension, image)
    return unsplit_pairs(path.name, pairs, task=task, image=image)


def _read_pairs(path: Path, extension: str, image: Image | str | None) -> list[Pair]:
    if extension == ".npz":
        return read_npz(path)
    if extension in HDF5:
        return read_hdf5(path)
    if is_idx(path):
        return read_idx_pairs(path)
    n_inputs = prod(image) if isinstance(image, tuple) else None
    return read_svmlight(path, n_inputs, is_square=image == SQUARE)


def read_table(path: Path) -> RawTable:
    """The columns of a table, as they stand in the file."""
    extension = path.suffix.lower()
    if extension not in (*SEPARATORS, ".parquet"):
        known = listed((*SEPARATORS, ".parquet"))
        raise DataError(f"{path.name}: not a table of columns; expected one of {known}")
    _check_file(path)
    if extension == ".parquet":
        return read_parquet(path)
    return read_delimited(path, SEPARATORS[extension])


def read_parquet(path: Path) -> RawTable:
    """The columns of a Parquet file."""
    import numpy as np
    import polars as pl

    content = path.read_bytes()
    if not (content.startswith(_PARQUET_MAGIC) and content.endswith(_PARQUET_MAGIC)):
        raise DataError(f"{path.name}: damaged or not a Parquet file; save it again")
    try:
        frame = pl.read_parquet(BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DataError(f"{path.name}: damaged Parquet file ({reason}); save it again") from None
    floats = pl.col(pl.Float32, pl.Float64)
    frame = frame.with_columns(floats.fill_nan(None))  # NaN is missing, as in the other tables
    return RawTable(path.name, frame, np.arange(1, len(frame) + 1))


def _check_file(path: Path) -> None:
    if not os.path.exists(path):  # False, not an error, for a name too long
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(
            f"{path}: no such file" + (did_you_mean(path.name, beside) or "; check its path")
        )
    if path.stat().st_size == 0:
        raise DataError(f"{path.name}: the file is empty; expected a header and rows, or arrays")
