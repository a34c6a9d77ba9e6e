"""Labelled images by name or file, with test samples and none to validate, as in the papers."""

from pathlib import Path

from amenable.datasets.catalogue import builtin_name, load
from amenable.datasets.dataset import Dataset
from amenable.datasets.images import SQUARE

TABLES = (".csv", ".tsv", ".parquet")  # whose columns are no images


def load_pictures(name: str) -> Dataset:
    """The data, with test samples and none to validate.

    Flat rows of a file of arrays are taken for square images.
    """
    is_of_arrays = builtin_name(name) is None and Path(name).suffix.lower() not in TABLES
    return load(name, validation=0.0, image=SQUARE if is_of_arrays else None)
