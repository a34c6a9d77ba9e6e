"""Labelled images by name or file, with test samples and none to validate, as in the papers."""

from math import isqrt
from pathlib import Path

from amenable.datasets.catalogue import load
from amenable.datasets.dataset import Dataset

TEST = 0.2  # held out where the data has no test samples of its own
SMALLEST = 4  # pixels of an image's side
TABLES = (".csv", ".tsv", ".parquet")  # whose columns are no images


def load_pictures(name: str) -> Dataset:
    """The data, with test samples and none to validate.

    Rows of a file of arrays that are as long as a square has pixels are taken for images.
    """
    read = _load(name, 0.0)
    return read if len(read.test) else _load(name, TEST)


def _load(name: str, test: float) -> Dataset:
    read = load(name, validation=0.0, test=test)
    side = isqrt(read.n_inputs)
    is_square = side >= SMALLEST and side * side == read.n_inputs
    path = Path(name)
    if read.image is None and is_square and path.is_file() and path.suffix.lower() not in TABLES:
        return load(name, validation=0.0, test=test, image=(1, side, side))
    return read
