"""Files as rows of a network's inputs: pictures brought to its input, and numbers as they are."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.cli.ink import DARK, LIGHT, InputFormat, as_input
from amenable.datasets.framing import border, paper_and_ink
from amenable.datasets.npz import read_member
from amenable.errors import DAMAGE, AmenableError, DataError, FileError
from amenable.population.pixels import INK

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
TABLES = {".csv": ",", ".tsv": "\t"}
ARRAYS = (".npy", ".npz")
MOST_PIXELS = 50_000_000
MOST_LONG = 100  # times as long as wide: what is cut into squares must not become huge

Floats = NDArray[np.float64]


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


def read_rows(path: Path, target: InputFormat) -> Rows:
    """The samples of a file.

    Raises
    ------
    FileError
        If it is not there, damaged, or of another kind.
    DataError
        If its samples do not fit the network.
    """
    suffix = path.suffix.lower()
    check_file(path)
    if suffix in PICTURES:
        return _of_picture(path, target)
    if suffix in TABLES:
        return _of_table(path, TABLES[suffix], target)
    if suffix in ARRAYS:
        return _of_array(*_named_numbers(path), target)
    known = ", ".join((".png", ".jpg", *TABLES, *ARRAYS))
    raise FileError(f"{path}: this kind of file cannot be read; expected one of {known}")


def check_file(path: Path) -> None:
    """Refuse what is not there, or no file."""
    if not path.is_file():
        what = "a folder; expected a file" if path.is_dir() else "no such file; check its path"
        raise FileError(f"{path}: {what}")


def read_numbers(path: Path) -> NDArray[Any]:
    """The array of an NPY or NPZ file as it is."""
    return _named_numbers(path)[1]


def _of_picture(path: Path, target: InputFormat) -> Rows:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileError(f"{path}: more than {MOST_PIXELS:,} pixels; make it smaller")
            if max(picture.size) > MOST_LONG * min(picture.size):
                raise FileError(f"{path}: too long and narrow for a drawing; cut it out")
            grey = _grey(ImageOps.exif_transpose(picture))  # a camera may have been held upright
    except DAMAGE as error:
        reason = "no picture" if isinstance(error, UnidentifiedImageError) else str(error)
        raise FileError(f"{path}: damaged or {reason}; save it again") from error
    except Image.DecompressionBombError as error:
        raise FileError(f"{path}: more than {MOST_PIXELS:,} pixels; make it smaller") from error
    x, done = as_input(grey, target, str(path))
    return Rows(x[None], done, is_picture=True)


def _grey(picture: Any) -> Floats:
    """Brightness (H, W) from 0 to 1; what is transparent shows paper that ink stands out from."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":  # more than 8 bits
        values = np.asarray(picture, dtype=np.float64)
        top = max(float(values.max(initial=0.0)), 255.0)  # of 10, 12 or 16 bits
        return np.clip(values / top, 0.0, 1.0)
    coloured = picture.convert("RGBA")
    brightness = np.asarray(coloured.convert("L"), dtype=np.float64)
    opacity = np.asarray(coloured.getchannel("A"), dtype=np.float64)
    is_bright = np.sum(brightness * opacity) > 127.5 * np.sum(opacity)
    paper = Image.new("RGBA", coloured.size, "black" if is_bright else "white")
    paper.alpha_composite(coloured)
    return np.asarray(paper.convert("L"), dtype=np.float64) / 255.0


def _of_table(path: Path, separator: str, target: InputFormat) -> Rows:
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


def _named_numbers(path: Path) -> tuple[str, NDArray[Any]]:
    """What a file of arrays holds, and what to call it in errors."""
    name = ""
    try:
        array = np.load(path, allow_pickle=False)
        if path.suffix.lower() == ".npz":
            with array as archive:
                name = _named(path, list(archive))
                array = read_member(archive, name, path)
    except AmenableError:
        raise
    except DAMAGE as error:
        raise FileError(f"{path}: damaged or no arrays: {error}") from error
    what = f"{path}: {name}" if name else str(path)
    if array.dtype.kind not in "buif" or not array.size:
        raise DataError(f"{what}: expected numbers, got {array.dtype} of shape {array.shape}")
    if not np.isfinite(array).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError(f"{what}[{', '.join(map(str, first))}]: expected a finite number")
    return what, array


def _named(path: Path, names: list[str]) -> str:
    """The array to predict: x, or that of the test samples, or the only one."""
    for name in ("x", "x_test", "images", "data"):
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    raise DataError(f"{path}: expected an array called x, got {', '.join(names) or 'none'}")


def _of_array(what: str, array: NDArray[Any], target: InputFormat) -> Rows:
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
    return Rows(np.stack([x for x, _ in pairs]), _summed_up([done for _, done in pairs], target))


def _summed_up(done: list[str], target: InputFormat) -> str:
    """What was done to all images of a file; what differs from one to the next is left out."""
    if len(done) == 1:
        return done[0]
    n_dark = sum(it.startswith(DARK) for it in done)
    ways = {DARK: n_dark, LIGHT: len(done) - n_dark}
    found = [f"{n:,} {way}" if n < len(done) else way for way, n in ways.items() if n]
    if "as they are" not in done[0]:
        found.append(f"drawings cut out, resized to {target.content} pixels, centred")
    return "; ".join([", ".join(found), target.values])


def _as_images(array: NDArray[Any], target: InputFormat) -> NDArray[Any] | None:
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


def _as_rows(what: str, array: NDArray[Any], target: InputFormat) -> Floats:
    expected = target.n_inputs
    if array.ndim == 1 and array.size == expected:
        array = array[None]
    if array.ndim < 2 or array[0].size != expected:
        size = f", or images of {target.size[0]}x{target.size[1]}" if target.size else ""
        raise DataError(
            f"{what}: expected rows of {expected} numbers{size}, got shape {array.shape}"
        )
    return np.asarray(array, dtype=np.float64).reshape(len(array), expected)


def _scaled(images: Floats, target: InputFormat) -> Rows:
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
