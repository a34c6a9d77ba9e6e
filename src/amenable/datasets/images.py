"""The shape of images, (channels, height, width): what it may be, and which an array has."""

from collections.abc import Sequence
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError

Image = tuple[int, int, int]
SQUARE = "square"  # asks for grey images as wide as high

CHANNELS = (1, 3, 4)
"""Grey, colours, colours with opacity: such a short last axis must be the channels."""


def check_image(image: object, place: str) -> Image:
    """`image` as three integers >= 1, or DataError; `place` is what the error begins with."""
    sides = tuple(image) if isinstance(image, Sequence) and not isinstance(image, str) else ()
    if len(sides) != 3 or not all(_is_size(side) for side in sides):
        raise DataError(
            f"{place}: expected (channels, height, width), three integers >= 1, got {image!r}; "
            "for grey images of 16 by 16 pixels give (1, 16, 16)"
        )
    channels, height, width = (int(side) for side in sides)
    return channels, height, width


def check_pixels(image: object, n_inputs: int, name: str) -> Image:
    """`image` as `check_image` gives it, or DataError unless it has `n_inputs` pixels."""
    checked = check_image(image, f"{name}: image")
    if prod(checked) != n_inputs:
        raise DataError(
            f"{name}: images of shape {checked} have {prod(checked)} pixels, but there are "
            f"{n_inputs} inputs; give a shape with that product"
        )
    return checked


def square(n_inputs: int, name: str) -> Image:
    """The square image of so many pixels, or DataError."""
    side = isqrt(n_inputs)
    if side * side != n_inputs:
        raise DataError(
            f"{name}: rows of {n_inputs} numbers are not square images; give their shape with "
            "image=(channels, height, width)"
        )
    return 1, side, side


def check_target_shape(
    shape: object, image: Image | None, n_inputs: int, name: str
) -> tuple[Image, Image, list[str]]:
    """The images' own shape and the one to fit them to, both checked, and a note."""
    target = check_image(shape, "shape")
    if image is None:
        if prod(target) != n_inputs:
            raise DataError(
                f"{name}: its {n_inputs} inputs are not known to be images, and shape {target} has "
                f"{prod(target)} pixels; give image=(channels, height, width) to load or to "
                "Dataset.from_arrays"
            )
        return target, target, [f"{n_inputs} inputs treated as images of shape {target}"]
    if image[0] != target[0]:
        raise DataError(
            f"{name}: images of shape {image} have {image[0]} channels, got shape {target} with "
            f"{target[0]}; give ({image[0]}, {target[1]}, {target[2]})"
        )
    return image, target, []


def image_shape(sample: tuple[int, ...]) -> Image | None:
    """The images' shape where samples are (height, width) or (channels, height, width)."""
    if len(sample) == 2:
        return 1, *sample
    if len(sample) == 3 and not is_channels_last(sample):
        return sample
    return None


def is_channels_last(sample: tuple[int, ...]) -> bool:
    """Whether samples can only be (height, width, channels), as in (28, 28, 3)."""
    return len(sample) == 3 and sample[-1] in CHANNELS and sample[0] > max(CHANNELS)


def channels_first(given: NDArray[Any]) -> tuple[NDArray[Any], list[str]]:
    """`given` (N, …) with the channels of its images before height and width, and a note."""
    if not is_channels_last(given.shape[1:]):
        return given, []
    note = (
        f"images of shape {given.shape[1:]} have their channels last: channels moved to the front"
    )
    return np.moveaxis(given, -1, 1), [note]


def pixel_names(image: Image) -> list[str]:
    """``pixel 2,5`` by row and column; with the channel before them where there are several."""
    axes = image[1:] if image[0] == 1 else image
    return ["pixel " + ",".join(str(i) for i in index) for index in np.ndindex(*axes)]


def sized(image: Sequence[int]) -> str:
    """``16x16`` for grey images, else ``3x32x32``."""
    sides = image[1:] if len(image) == 3 and image[0] == 1 else image
    return "x".join(str(side) for side in sides)


def _is_size(side: object) -> bool:
    return isinstance(side, int | np.integer) and not isinstance(side, bool) and bool(side >= 1)
