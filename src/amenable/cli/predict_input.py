"""Files as rows of a network's inputs: pictures brought to its input, and numbers as they are."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.framing import border, fitted, paper_and_ink
from amenable.errors import DataError, FileError
from amenable.network import Network
from amenable.population.pixels import INK, Pixels

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
TABLES = {".csv": ",", ".tsv": "\t"}
FAINT = 0.05  # a contrast, of black to white, below which a picture counts as empty
USUAL = 16  # pixels of the longer side of a digit in USPS and in LeNet-1's frame
ASSUMED = "assumed, as its file does not say; --scale does"
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
    network: Network,
    learned: Pixels | None,
    content: int | None,
    scale: tuple[float, float] | None,
) -> Target:
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
    return Target(network.inputs, size, content or min(usual, within), values, why)


def pictures_of(paths: list[Path]) -> list[Path]:
    """The files, and in the place of each folder the pictures in it, by name."""
    found = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files = [it for it in inside if it is path or it.suffix.lower() in PICTURES]
        if not files:
            raise FileError(f"{path}: a folder without pictures; give one with .png or .jpg files")
        found += files
    return found


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
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileError(f"{path}: more than {MOST_PIXELS:,} pixels; make it smaller")
            grey = _grey(ImageOps.exif_transpose(picture))  # a camera may have been held upright
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

    Paper is what most of the border shows, ink what differs from it towards the end of the scale
    that is farther away. What is drawn is cut out, resized and centred; a picture that has the
    network's size already is neither cut nor moved.
    """
    if target.size is None:
        raise DataError(
            f"{name}: the network takes {target.n_inputs} numbers that are no grey image; give "
            "them in a .csv, .npy or .npz file"
        )
    paper, (light, dark) = border(grey[None]), paper_and_ink(grey[None])
    is_dark = dark < light
    ink = paper - grey if is_dark else grey - paper
    strongest = float(ink.max())
    if strongest < FAINT:
        raise DataError(f"{name}: the picture is empty; expected something drawn on plain paper")
    ink = np.clip(ink / strongest, 0.0, 1.0)
    done = ["dark on light" if is_dark else "light on dark"]
    if grey.shape == target.size:
        done.append(f"{grey.shape[0]}x{grey.shape[1]} pixels as they are")
    else:
        ink, how = _framed(ink, target)
        done.append(how)
    low, high = target.scale
    return (low + (high - low) * ink).reshape(-1), "; ".join([", ".join(done), target.values])


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
    images = _as_images(array, target)
    if images is None:
        return Rows(_as_rows(what, array, target), "numbers as they are")
    is_bytes = images.dtype == np.uint8
    if images.shape[1:] == target.size and not is_bytes:
        return _scaled(np.asarray(images, dtype=np.float64), target)
    low, high = (0.0, 255.0) if is_bytes else (float(images.min()), float(images.max()))
    if low == high:
        raise DataError(f"{what}: the images are empty; expected something drawn on plain paper")
    grey = (np.asarray(images, dtype=np.float64) - low) / (high - low)
    pairs = [as_input(one, target, f"{what}[{i}]") for i, one in enumerate(grey)]
    return Rows(np.stack([x for x, _ in pairs]), pairs[0][1])


def _as_images(array: NDArray[Any], target: Target) -> NDArray[Any] | None:
    """Grey images (N, H, W), where the array holds some and the network takes such."""
    if target.size is None:
        return None
    if array.ndim == 4 and array.shape[1] == 1:
        return array[:, 0]
    if array.ndim == 3:
        return array
    if array.size == target.n_inputs or (array.ndim == 2 and array.shape[1] == target.n_inputs):
        return array.reshape(-1, *target.size)
    return array[None] if array.ndim == 2 and array.dtype == np.uint8 else None


def _as_rows(what: str, array: NDArray[Any], target: Target) -> Floats:
    expected = target.n_inputs
    if array.ndim == 1 and array.size == expected:
        array = array[None]
    if array.ndim < 2 or array[0].size != expected:
        size = f", or images of {target.size[0]}x{target.size[1]}" if target.size else ""
        raise DataError(
            f"{what}: expected rows of {expected} numbers{size}, got shape {array.shape}"
        )
    return np.asarray(array, dtype=np.float64).reshape(len(array), expected)


def _scaled(images: Floats, target: Target) -> Rows:
    """Images (N, H, W) with the network's paper and ink: as they are, where they have them."""
    rows, (to_paper, to_ink) = images.reshape(len(images), -1), target.scale
    least, most = min(target.scale), max(target.scale)
    is_within = least <= rows.min() and rows.max() <= most
    paper, ink = paper_and_ink(images)
    if paper == ink or (is_within and abs(border(images) - to_paper) <= INK * (most - least)):
        return Rows(rows, "pixels as they are")
    share = (rows - paper) / (ink - paper)
    done = f"paper {paper:g} and ink {ink:g} scaled; {target.values}"
    return Rows(to_paper * (1 - share) + to_ink * share, done)
