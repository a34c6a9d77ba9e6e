"""Images as networks take them, and samples found again: prepared as training saw them."""

from __future__ import annotations

from collections.abc import Iterator

from amenable.datasets import Dataset, load
from amenable.datasets.images import Image
from amenable.datasets.pictures import load_pictures
from amenable.datasets.splits import VALIDATION
from amenable.errors import AmenableError
from amenable.population.pixels import Pixels
from amenable.population.source import DataSummary

RANGE = (-1.0, 1.0)  # of paper and ink in the papers on LeNets


def light_on_dark(data: Dataset, shape: Image) -> Dataset:
    """Images of that shape with paper -1 and ink 1, as LeNets take them."""
    pixels = Pixels.of(data)
    if pixels is not None and (pixels.paper, pixels.ink) == RANGE:
        return data.fitted_to(shape)
    return data.fitted_to(shape, scale=RANGE[::-1] if pixels and pixels.is_dark else RANGE)


def fitted(data: Dataset, learned: DataSummary | None, shape: Image | None) -> Dataset:
    """Images brought to a network's input, in size and values; other data as it is.

    As those that it learned, where these are known; else light on dark, from -1 to 1.
    """
    if learned is not None and learned.pixels is not None:
        return learned.prepared(data)
    return data if shape is None or shape == data.image else light_on_dark(data, shape)


def found_again(name: str, learned: DataSummary, shape: Image | None) -> Dataset | None:
    """The data of that name or file, where it can be made what training saw; else None."""
    try:
        for read in _as_split(name, learned):
            for data in _as_prepared(read, learned, shape):
                if data.fingerprint == learned.fingerprint:
                    return data
    except (AmenableError, OSError):
        pass
    return None


def _as_split(name: str, learned: DataSummary) -> Iterator[Dataset]:
    """By default; as `amenable digits` splits; and without test rows, as files of old have it."""
    validation = VALIDATION if learned.n_validation else 0.0
    yield load(name, validation=validation)
    if not learned.n_validation:
        yield load_pictures(name)
    yield load(name, validation=validation, test=0)


def _as_prepared(read: Dataset, learned: DataSummary, shape: Image | None) -> Iterator[Dataset]:
    yield read
    yield fitted(read, learned, shape)
    if read.image is not None and shape is not None:
        yield read.fitted_to(shape)
        yield light_on_dark(read, shape)
