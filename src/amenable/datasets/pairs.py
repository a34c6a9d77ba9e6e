"""Plain arrays of images or columns, with or without separate test samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.arrays import as_inputs
from amenable.datasets.columns import Table
from amenable.datasets.dataset import Dataset
from amenable.datasets.images import (
    SQUARE,
    Image,
    channels_first,
    check_image,
    check_pixels,
    image_shape,
    pixel_names,
    square,
)
from amenable.datasets.preparation import prepared_target
from amenable.datasets.source import Source, check_numbers
from amenable.datasets.splits import Split
from amenable.datasets.target import read_target
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError

# x (N, I), (N, height, width) or (N, channels, height, width), and y (N,) or (N, O)
Pair = tuple[NDArray[Any], NDArray[Any]]

BYTE_WHITE = 255.0


def unsplit_pairs(
    name: str,
    pairs: Sequence[Pair],
    *,
    task: str | None,
    image: Image | str | None = None,
) -> Unsplit:
    """Prepare one pair to be split; if there are two, the second is the test split.

    `image` is the shape of the images in flat rows, or "square".

    All pixels of images share one scale: scaling each pixel by itself would blow up those that are
    nearly always blank. Other inputs are standardized column by column.
    """
    _check_pairs(name, pairs)
    source = Source(name)
    given, y = (_joined(name, part, [pair[i] for pair in pairs]) for i, part in enumerate("xy"))
    given, said = channels_first(given)
    x, flattened = as_inputs(given, source)
    said += flattened
    own = image_shape(given.shape[1:])
    image = own if image is None else _asked(name, image, own, x.shape[1])
    features = _feature_names(given.shape[1:]) if image is None else pixel_names(image)
    check_numbers(x, source, "x", [None] * x.shape[1])
    target = read_target(y, task, source)
    n_own_test = len(pairs[1][0]) if len(pairs) == 2 else 0
    if n_own_test:
        said.append(f"the data's own split is kept: {n_own_test} test samples")
    is_bytes = given.dtype == np.uint8

    table = Table.of_numbers(name, x, features)

    def prepare_pixels(rows: Split) -> Dataset:
        notes = list(said)
        pixels = _scaled(x, is_bytes, rows.training, notes)
        scaled, preparation = prepared_target(target, rows.training, notes)
        return Dataset.of_target(
            name,
            pixels,
            scaled,
            features,
            rows,
            notes=notes,
            image=image,
            preparation=preparation,
        )

    def prepare_columns(rows: Split) -> Dataset:
        return Dataset.prepared(table, target, rows, notes=said)

    prepare = prepare_columns if image is None and not _is_pixels(given) else prepare_pixels
    return Unsplit(name, len(x), target.labels, prepare, n_own_test)


def _check_pairs(name: str, pairs: Sequence[Pair]) -> None:
    for (x, y), part in zip(pairs, ("", "test "), strict=False):
        if x.ndim < 1 or y.ndim < 1 or len(x) != len(y):
            raise DataError(
                f"{name}: {part}x of shape {x.shape} and y of shape {y.shape} do not match; "
                "expected one target per sample"
            )


def _joined(name: str, part: str, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    shapes = {array.shape[1:] for array in arrays}
    is_text = {array.dtype.kind in "US" for array in arrays}
    if len(shapes) > 1 or len(is_text) > 1:
        kinds = " and ".join(f"{array.dtype} {array.shape}" for array in arrays)
        raise DataError(f"{name}: {part} of training and test must be of one kind, got {kinds}")
    return np.concatenate(arrays)


def _asked(name: str, image: Image | str, own: Image | None, n_inputs: int) -> Image:
    """The shape that was asked for, or DataError where the samples have another."""
    if image == SQUARE:
        return square(n_inputs, name) if own is None else own
    if own is not None and check_image(image, f"{name}: image") != own:
        raise DataError(
            f"{name}: contains images of shape {own}, got image={image}; leave image out"
        )
    return check_pixels(image, n_inputs, name)


def _is_pixels(given: NDArray[Any]) -> bool:
    """Arrays of rank 3 and up, or bytes that use the upper half of their range."""
    are_bytes = given.dtype == np.uint8 and given.max() > BYTE_WHITE / 2
    return given.ndim > 2 or bool(are_bytes)


def _scaled(
    x: NDArray[np.float64],
    is_bytes: bool,
    training: NDArray[np.int64],
    said: list[str],
) -> NDArray[np.float64]:
    """Pixels within -1 … 1: bytes by 255, others by the largest size in the training split."""
    largest = BYTE_WHITE if is_bytes else float(np.abs(x[training]).max())
    if largest <= 1:
        return x
    said.append(f"pixels divided by {largest:g}, so that they are within -1 … 1")
    return x / largest


def _feature_names(shape: tuple[int, ...]) -> list[str]:
    """``x3`` for columns, ``pixel 2,5`` for what has more axes but is no image."""
    if len(shape) <= 1:
        return [f"x{i}" for i in range(int(np.prod(shape)))]
    return ["pixel " + ",".join(str(i) for i in index) for index in np.ndindex(*shape)]
