"""Brightness of a picture as ink on paper, brought to a network's input: cut out and centred."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.framing import border, fitted, paper_and_ink
from amenable.errors import DataError
from amenable.network import Network
from amenable.population.pixels import INK, Pixels

FAINT = 0.05  # a contrast, of black to white, below which a picture counts as empty
DARK, LIGHT = "dark on light", "light on dark"
USUAL = 16  # pixels of the longer side of a digit in USPS and in LeNet-1's frame
SPARE = 4  # times as many pixels as the drawing will have; in more there is only noise
ASSUMED = "assumed, as its file does not say; --scale does"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class InputFormat:
    """What a network takes.

    Parameters
    ----------
    n_inputs : int
        Numbers of a row.
    size : (height, width) or None
        Of grey images; None where a row is no such image.
    content : int
        Pixels of the longer side of what is drawn, within the frame.
    scale : (paper, ink)
        Their values.
    why : str
        Where the scale is from.
    """

    n_inputs: int
    size: tuple[int, int] | None
    content: int
    scale: tuple[float, float]
    why: str = ASSUMED

    @property
    def values(self) -> str:
        """What pixels become, in words."""
        return f"paper {self.scale[0]:g} and ink {self.scale[1]:g}, {self.why}"


def target_of(
    network: Network,
    learned: Pixels | None,
    content: int | None,
    scale: tuple[float, float] | None,
) -> InputFormat:
    """What the network takes: as the images that it learned, as far as they are known.

    Else images of its input's shape or a square, paper -1 and ink 1 where the network is described
    with images, as LeNets are, and 0 and 1 where it is not.
    """
    shape = network.input_shape or (learned.shape if learned else None)
    side = isqrt(network.inputs)
    if shape is None and side * side == network.inputs and side > 3:
        shape = (1, side, side)
    size = None if shape is None or shape[0] != 1 else (shape[1], shape[2])
    usual = learned.content if learned else USUAL
    within = min(size) if size else usual
    if content is not None and not 1 <= content <= within:
        raise DataError(
            f"--content: expected 1 to {within}, the network's input, got {content}; {usual} is "
            "usual"
        )
    values, why = (0.0, 1.0) if network.input_shape is None else (-1.0, 1.0), ASSUMED
    if scale is not None:
        values, why = scale, "as --scale says"
    elif learned is not None:
        values, why = (learned.paper, learned.ink), "as the network learned"
    return InputFormat(network.inputs, size, content or min(usual, within), values, why)


def as_input(grey: Floats, target: InputFormat, name: str) -> tuple[Floats, str]:
    """Brightness (H, W) as a row of the network's inputs, and what was done.

    Paper is what most of the border shows, ink what differs from it towards the end of the scale
    that is farther away. What is drawn is cut out, resized and centred; a picture that has the
    network's size already is neither cut nor moved.
    """
    if target.size is None:
        raise DataError(
            f"{name}: the network takes {target.n_inputs} numbers that are no grey image; give "
            "them in a .csv, .npy or .npz file"
        )
    is_ready = grey.shape == target.size
    factor = 1 if is_ready else max(1, max(grey.shape) // (SPARE * target.content))
    grey = _shrunk(grey, factor)
    light, dark = paper_and_ink(grey[None])
    paper = border(grey[None]) if is_ready else _paper(grey)
    ink = (grey - paper) * (-1 if dark < light else 1)
    if float(ink.max()) < FAINT:
        raise DataError(f"{name}: the picture is empty; expected something drawn on plain paper")
    if dark < light:  # paper and ink are darker in the shade in the same proportion
        ink = ink / np.maximum(paper, FAINT)
    ink = np.clip(ink / ink.max(), 0.0, 1.0)
    done = DARK if dark < light else LIGHT
    if is_ready:
        done += f", {grey.shape[0]}x{grey.shape[1]} pixels as they are"
    else:
        ink, how = _framed(ink, target, factor)
        done += f", {how}"
    low, high = target.scale
    return (low + (high - low) * ink).reshape(-1), f"{done}; {target.values}"


def _shrunk(grey: Floats, factor: int) -> Floats:
    """Means of squares of so many pixels: noise goes, and strokes stay."""
    height, width = (-(-n // factor) * factor for n in grey.shape)
    whole = np.pad(grey, ((0, height - grey.shape[0]), (0, width - grey.shape[1])), mode="edge")
    squares = whole.reshape(height // factor, factor, width // factor, factor)
    return np.asarray(squares.mean(axis=(1, 3)))


def _paper(grey: Floats) -> Floats | float:
    """What paper would be: the median of the border, or in uneven light a plane through it."""
    median = border(grey[None])
    rows, columns = np.indices(grey.shape)
    is_edge = np.ones(grey.shape, dtype=bool)
    is_edge[1:-1, 1:-1] = False
    places = np.stack([np.ones(grey.shape), rows, columns], axis=-1)
    edge = grey[is_edge]
    if np.median(np.abs(edge - median)) < FAINT:
        return median
    plane = np.linalg.lstsq(places[is_edge], edge, rcond=None)[0]
    return np.asarray(places @ plane)


def _framed(ink: Floats, target: InputFormat, factor: int) -> tuple[Floats, str]:
    """What is drawn, cut out, resized to the content's size and put into the middle."""
    assert target.size is not None  # the caller has looked
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ratio = Fraction(target.content, max(cut.shape))
    content = tuple(
        min(n, max(1, round(s * ratio))) for n, s in zip(target.size, cut.shape, strict=True)
    )
    only = np.zeros(1, dtype=np.int64)
    framed, _ = fitted(
        cut[None, None],
        target.size,
        only,
        content=(content[0], content[1]),
        background=0.0,
        scale=None,
        name="",
    )
    image = framed[0, 0]
    height, width = target.size
    sides = (f"{it.shape[0] * factor}x{it.shape[1] * factor}" for it in (cut, ink))
    how = (
        f"{' of '.join(sides)} pixels cut out, resized to "
        f"{content[0]}x{content[1]}, centred in {height}x{width}"
    )
    return image / image.max(), how  # thin strokes fade where many pixels become one
