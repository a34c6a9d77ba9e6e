"""Fits images to a network's input: resizes, frames and scales them.

Sums have a fixed order, without matrix products: the same images give the same bits anywhere.
"""

from fractions import Fraction
from math import floor

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.images import sized
from amenable.errors import DataError

Size = tuple[int, int]  # height and width
Floats = NDArray[np.float64]

LEAST_SIDE = 16
"""Smaller images are enlarged to this before they are framed.

LeCun et al. normalized the digits of 1989 to 16 by 16, and LeNet-1 sees them in the middle of its
28 by 28 inputs (LeCun et al. 1998, Proceedings of the IEEE 86:2278-2324).
"""

BLOCK = 1024  # images scaled at a time, so that what is in between stays small
LOOKED_AT = 2000  # images that say where paper is: more would not change a median


def border(images: Floats) -> float:
    """The median of the outermost pixels of `images` (N, …, H, W): usually the paper."""
    some = images[:LOOKED_AT]
    sides = some[..., 0, :], some[..., -1, :], some[..., 0], some[..., -1]
    return float(np.median(np.concatenate([side.reshape(-1) for side in sides])))


def paper_and_ink(images: Floats) -> tuple[float, float]:
    """The smallest and the largest value of `images`; first the one nearer to the borders."""
    low, high, edge = float(images.min()), float(images.max()), border(images)
    return (low, high) if edge - low <= high - edge else (high, low)


def content_size(size: Size, room: Size) -> Size:
    """The new size of images of `size` within `room`, with the same proportions.

    They keep their size if they fit and their longer side has at least `LEAST_SIDE` pixels.
    """
    aim = Fraction(max(*size, LEAST_SIDE), max(size))
    factor = min(aim, *(Fraction(r, s) for r, s in zip(room, size, strict=True)))
    height, width = (max(1, floor(side * factor + Fraction(1, 2))) for side in size)
    return height, width


def fitted(
    images: Floats,
    size: Size,
    training: NDArray[np.int64],
    *,
    content: Size | None,
    background: float | None,
    scale: tuple[float, float] | None,
    name: str,
) -> tuple[Floats, list[str]]:
    """`images` (N, C, H, W) fitted to `size`, and what was done; see `Dataset.fitted_to`."""
    seen = images[training]
    paper, ink = paper_and_ink(seen)
    low, high = min(paper, ink), max(paper, ink)
    own: Size = images.shape[2], images.shape[3]
    inner = content_size(own, size) if content is None else _check_content(content, size)
    frame = paper if background is None else _check_background(background)
    scale = None if scale is None else _check_scale(scale)
    images, said = _framed(images, size, inner, frame)
    if scale is not None:
        if low == high:
            raise DataError(f"{name}: scale: all pixels are {low:g}; leave scale out")
        images, note = _rescaled(images, low, high, scale)
        said.append(note)
    return images, said


def _framed(
    images: Floats, size: Size, content: Size, background: float
) -> tuple[Floats, list[str]]:
    """`images` (N, C, H, W) resized to `content` in the middle of `size`, and what was done."""
    said = []
    before: Size = images.shape[2], images.shape[3]
    if before != content:
        for axis, side in zip((2, 3), content, strict=True):
            images = _resampled(images, axis, side)
        sides = f"from {sized(before)} to {sized(content)} pixels"
        said.append(f"images resized {sides}, {_how(before, content)}")
    if content == size:
        return images, said
    top, left = ((all_ - own) // 2 for all_, own in zip(size, content, strict=True))
    framed = np.full((*images.shape[:2], *size), background)
    framed[:, :, top : top + content[0], left : left + content[1]] = images
    said.append(f"images of {sized(content)} framed to {sized(size)} by {background:g}")
    return framed, said


def _rescaled(x: Floats, low: float, high: float, scale: tuple[float, float]) -> tuple[Floats, str]:
    """`x` with `low` and `high` mapped exactly to the two of `scale`, and what was done."""
    to_low, to_high = scale
    note = f"pixels scaled from {low:g} … {high:g} (training split) to {to_low:g} … {to_high:g}"
    if to_low > to_high:
        note += ", so that dark is bright"
    scaled = x if x.flags.writeable else x.copy()
    for block in np.array_split(scaled, len(x) // BLOCK + 1):
        share = (block - low) / (high - low)
        block[...] = to_low * (1 - share) + to_high * share
    return scaled, note


def _check_scale(scale: object) -> tuple[float, float]:
    """`scale` as two different finite numbers, or DataError."""
    values = tuple(scale) if isinstance(scale, tuple | list) else ()
    if len(values) == 2 and all(_is_number(value) for value in values) and values[0] != values[1]:
        return float(values[0]), float(values[1])
    raise DataError(f"scale: expected two different numbers such as (-1, 1), got {scale!r}")


def _check_background(background: object) -> float:
    """`background` as a finite number, or DataError."""
    if not _is_number(background):
        raise DataError(f"background: expected a finite number, got {background!r}")
    return float(background)  # type: ignore[arg-type]


def _check_content(content: object, room: Size) -> Size:
    """`content` as a height and a width that fit into `room`, or DataError."""
    sides = tuple(content) if isinstance(content, tuple | list) else ()
    whole = all(isinstance(s, int | np.integer) and not isinstance(s, bool) for s in sides)
    if len(sides) == 2 and whole and all(1 <= s <= r for s, r in zip(sides, room, strict=True)):
        return int(sides[0]), int(sides[1])
    raise DataError(
        f"content: expected (height, width) from 1 to {room[0]} and 1 to {room[1]}, got {content!r}"
    )


def _is_number(value: object) -> bool:
    is_real = isinstance(value, int | float | np.integer | np.floating)
    return is_real and not isinstance(value, bool) and bool(np.isfinite(value))  # type: ignore[call-overload]


def _how(before: Size, after: Size) -> str:
    ways = {
        "bilinear" if new > old else "by the mean of the area"
        for old, new in zip(before, after, strict=True)
        if old != new
    }
    return " and ".join(sorted(ways, reverse=True))


def _resampled(images: Floats, axis: int, side: int) -> Floats:
    """Resample one axis to `side` pixels: linear between centres, or the mean of the area."""
    old = images.shape[axis]
    if old == side:
        return images
    weights = _linear(old, side) if side > old else _area(old, side)
    first = (weights != 0).argmax(axis=1)
    n_taps = int((old - (weights != 0)[:, ::-1].argmax(axis=1) - first).max())
    shape = [1] * images.ndim
    shape[axis] = side
    total = np.zeros((*images.shape[:axis], side, *images.shape[axis + 1 :]))
    for tap in range(n_taps):
        index = np.minimum(first + tap, old - 1)
        weight = np.where(first + tap < old, weights[np.arange(side), index], 0.0)
        total += np.take(images, index, axis=axis) * weight.reshape(shape)
    return total


def _linear(old: int, new: int) -> Floats:
    """Weights (new, old) between the two nearest pixel centres; the outermost extend outwards.

    Centre o of the new pixels lies at (o + 1/2) old / new - 1/2 among the old ones.
    """
    weights = np.zeros((new, old))
    for o in range(new):
        whole, rest = divmod((2 * o + 1) * old - new, 2 * new)
        for i, share in ((whole, 2 * new - rest), (whole + 1, rest)):
            weights[o, min(max(i, 0), old - 1)] += share / (2 * new)
    return weights


def _area(old: int, new: int) -> Floats:
    """Weights (new, old): the share of each new pixel that each old one covers."""
    weights = np.zeros((new, old))
    for o in range(new):
        for i in range(old):  # in units of 1 / new of an old pixel, so that all are whole numbers
            covered = min((o + 1) * old, (i + 1) * new) - max(o * old, i * new)
            weights[o, i] = max(0, covered) / old
    return weights
