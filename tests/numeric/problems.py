"""Small data to learn, all of it for training unless said otherwise."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset


def numbers(
    n: int = 21, inputs: int = 3, outputs: int = 2, *, seed: int = 0, **options: Any
) -> Dataset:
    """Regression: smooth functions of normal inputs, with noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, inputs))
    y = np.sin(x @ rng.normal(size=(inputs, outputs))) + 0.3 * rng.normal(size=(n, outputs))
    return dataset(x, y, task="regression", **options)


def classes(
    n: int = 21, inputs: int = 3, n_classes: int = 2, *, seed: int = 0, **options: Any
) -> Dataset:
    """Classification: overlapping clouds, every class present."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % n_classes)
    centres = rng.normal(size=(n_classes, inputs))
    return dataset(centres[y] + rng.normal(size=(n, inputs)), y, task="classification", **options)


def dataset(
    x: NDArray[Any], y: NDArray[Any], *, validation: float = 0.0, **options: Any
) -> Dataset:
    """Arrays as data, without a validation split where none is asked for."""
    return Dataset.from_arrays(x, y, validation=validation, test=0.0, **options)


def split(data: Dataset, *, training: list[int], validation: list[int]) -> Dataset:
    """The same samples in these splits."""
    return replace(data, training=np.array(training), validation=np.array(validation))


def all_for_training(data: Dataset) -> Dataset:
    """The same samples, none held out."""
    nothing = np.zeros(0, dtype=np.int64)
    return replace(data, training=data.seen, validation=nothing, test=nothing, has_own_test=False)
