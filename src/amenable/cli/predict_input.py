"""Files as rows of a network's inputs: pictures brought to its input, and numbers as they are."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.framing import fitted
from amenable.errors import DataError, FileError
from amenable.network import Network

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
TABLES = {".csv": ",", ".tsv": "\t"}
INK = 0.25  # of the way from background to the darkest stroke; below is paper and its noise
FAINT = 0.05  # a contrast, of black to white, below which a picture counts as empty
USUAL = 16  # pixels of the longer side of a digit in USPS and in LeNet-1's frame
IN_MNIST = 20  # and in MNIST's: LeCun et al. 1998, Proc. IEEE 86:2278-2324
MOST_PIXELS = 50_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """What a network takes.

    Parameters
    ----------
    n_inputs : int
        Numbers of a row.
    size : (height, width) or None
        Of grey images; None where a row is no such image.
    content : int
        Pixels of the longer side of what is drawn, within the frame.
    scale : (low, high)
        Values of paper and ink.
    """

    n_inputs: int
    size: tuple[int, int] | None
    content: int
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a file holds, ready for the network.

    Parameters
    ----------
    x : array (N, I)
        Samples.
    done : str
        What was done to them.
    is_picture : bool
        Whether the file is one picture, so that rows need no numbers.
    """

    x: Floats
    done: str
    is_picture: bool = False


def target_of(
    network: Network, data_name: str, content: int | None, scale: tuple[float, float] | None
) -> Target:
    """What the network takes, as far as that is known.

    Networks described with images have learned pixels from -1 to 1 if `amenable digits` made them,
    others from 0 to 1.
    """
    shape = network.input_shape
    side = round(network.inputs**0.5)
    if shape is None and side * side == network.inputs and side > 3:
        shape = (1, side, side)
    size = None if shape is None or shape[0] != 1 else (shape[1], shape[2])
    usual = IN_MNIST if "mnist" in data_name.lower() or "idx" in data_name else USUAL
    within = min(size) if size else usual
    if content is not None and not 1 <= content <= within:
        raise DataError(
            f"--content: expected 1 to {within}, the network's input, got {content}; {usual} is "
            "usual"
        )
    return Target(
        network.inputs,
        size,
        min(usual, within) if content is None else content,
        scale or ((0.0, 1.0) if network.input_shape is None else (-1.0, 1.0)),
    )


def read_rows(path: Path, target: Target) -> Rows:
    """The samples of a file.

    Raises
    ------
    FileError
        If it is not there, damaged, or of another kind.
    DataError
        If its samples do not fit the network.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        what = "a folder; expected a file" if path.is_dir() else "no such file; check its path"
        raise FileError(f"{path}: {what}")
    if suffix in PICTURES:
        return _of_picture(path, target)
    if suffix in TABLES:
        return _of_table(path, TABLES[suffix], target)
    if suffix in (".npy", ".npz"):
        return _of_arrays(path, suffix, target)
    known = ", ".join((".png", ".jpg", *TABLES, ".npy", ".npz"))
    raise FileError(f"{path}: files of this kind are not read; expected one of {known}")


def _of_picture(path: Path, target: Target) -> Rows:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileError(f"{path}: more than {MOST_PIXELS:,} pixels; make it smaller")
            grey = _grey(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        reason = "no picture" if isinstance(error, UnidentifiedImageError) else str(error)
        raise FileError(f"{path}: damaged or {reason}; save it again") from error
    except Image.DecompressionBombError as error:
        raise FileError(f"{path}: more than {MOST_PIXELS:,} pixels; make it smaller") from error
    x, done = as_input(grey, target, str(path))
    return Rows(x[None], done, is_picture=True)


def _grey(picture: Any) -> Floats:
    """Brightness (H, W) from 0 to 1, on white where the picture is transparent."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":  # more than 8 bits
        values = np.asarray(picture, dtype=np.float64)
        top = 65535.0 if values.max(initial=0.0) > 255 else 255.0
        return np.clip(values / top, 0.0, 1.0)
    coloured = picture.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return np.asarray(paper.convert("L"), dtype=np.float64) / 255.0


def as_input(grey: Floats, target: Target, name: str) -> tuple[Floats, str]:
    """Brightness (H, W) as a row of the network's inputs, and what was done.

    What is drawn is made bright on dark, cut out, resized and centred; a picture that has the
    network's size already is neither cut nor moved.
    """
    if target.size is None:
        raise DataError(
            f"{name}: the network takes {target.n_inputs} numbers that are no grey image; give "
            "them in a .csv, .npy or .npz file"
        )
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    background = float(np.median(edge))
    ink = grey - background if background <= 0.5 else background - grey
    strongest = float(ink.max(initial=0.0))
    if strongest < FAINT:
        raise DataError(f"{name}: the picture is empty; expected something drawn on plain paper")
    ink = np.clip(ink / strongest, 0.0, 1.0)
    done = ["dark on light, inverted"] if background > 0.5 else []
    size = f"{grey.shape[0]}x{grey.shape[1]}"
    if grey.shape == target.size:
        done.append(f"{size} pixels, as they are")
    else:
        ink, how = _framed(ink, target)
        done.append(how)
    low, high = target.scale
    done.append(f"pixels from {low:g} to {high:g}")
    return (low + (high - low) * ink).reshape(-1), ", ".join(done)


def _framed(ink: Floats, target: Target) -> tuple[Floats, str]:
    """What is drawn, cut out, resized to the content's size and put into the middle."""
    assert target.size is not None  # the caller has looked
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = Fraction(target.content, max(cut.shape))
    content = tuple(
        min(n, max(1, round(s * factor))) for n, s in zip(target.size, cut.shape, strict=True)
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
    how = (
        f"{cut.shape[0]}x{cut.shape[1]} of {ink.shape[0]}x{ink.shape[1]} pixels cut out, resized "
        f"to {content[0]}x{content[1]}, centred in {height}x{width}"
    )
    return image / image.max(), how  # thin strokes fade where many pixels become one


def _of_table(path: Path, separator: str, target: Target) -> Rows:
    """Rows of numbers; a first row that has none is a header."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [(n, line) for n, line in enumerate(csv.reader(file, delimiter=separator), 1)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path}: cannot be read: {error}") from error
    lines = [(n, line) for n, line in lines if any(cell.strip() for cell in line)]
    if lines and not any(_is_number(cell) for cell in lines[0][1]):
        lines = lines[1:]
    if not lines:
        raise DataError(f"{path}: no rows; expected {target.n_inputs} numbers in each")
    rows = [_numbers(path, n, line, target.n_inputs) for n, line in lines]
    return Rows(np.array(rows), "numbers as they are")


def _numbers(path: Path, n: int, line: list[str], expected: int) -> list[float]:
    if len(line) != expected:
        also = "; leave out the column that is to be predicted" if len(line) == expected + 1 else ""
        raise DataError(
            f"{path}: line {n} has {len(line)} values, the network takes {expected}{also}"
        )
    for column, cell in enumerate(line, 1):
        if not _is_number(cell):
            raise DataError(f"{path}: line {n}, column {column}: expected a number, got {cell!r}")
    return [float(cell) for cell in line]


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _of_arrays(path: Path, suffix: str, target: Target) -> Rows:
    """Rows or images of numbers; images of bytes are pictures."""
    name = ""
    try:
        array = np.load(path, allow_pickle=False)
        if suffix == ".npz":
            with array as archive:
                name = _named(path, list(archive))
                array = archive[name]
    except DataError:
        raise
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise FileError(f"{path}: damaged or no arrays: {error}") from error
    what = f"{path}: {name}" if name else str(path)
    if array.dtype.kind not in "buif" or not array.size:
        raise DataError(f"{what}: expected numbers, got {array.dtype} of shape {array.shape}")
    return _of_array(what, array, target)


def _named(path: Path, names: list[str]) -> str:
    """The array to predict: x, or that of the test samples, or the only one."""
    for name in ("x", "x_test", "images", "data"):
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    raise DataError(f"{path}: expected an array called x, got {', '.join(names) or 'none'}")


def _of_array(what: str, array: NDArray[Any], target: Target) -> Rows:
    expected = target.n_inputs
    if array.ndim == 1 and array.size == expected:
        array = array[None]
    is_one = target.size is not None and array.ndim == 2 and array.shape[1] != expected
    if is_one:  # one image
        array = array[None]
    if array.dtype == np.uint8 and array.ndim == 3 and target.size is not None:
        pairs = [as_input(one / 255.0, target, f"{what}[{i}]") for i, one in enumerate(array)]
        return Rows(np.stack([x for x, _ in pairs]), pairs[0][1])
    if array.ndim < 2 or array[0].size != expected:
        size = f", or images of {target.size[0]}x{target.size[1]}" if target.size else ""
        raise DataError(
            f"{what}: expected rows of {expected} numbers{size}, got shape {array.shape}"
        )
    x = np.asarray(array, dtype=np.float64).reshape(len(array), expected)
    return Rows(x, "numbers as they are")
