"""IDX files, plain or gzipped: the format of MNIST and its kin, images beside their labels.

Layout: two zero bytes, one for the type, one for the number of axes; the axes' sizes as big-endian
32-bit numbers; the values, big-endian (http://yann.lecun.com/exdb/mnist).
"""

import gzip
import math
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.pairs import Pair
from amenable.datasets.source import check_dense
from amenable.errors import DataError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_NAME = re.compile(r"[-.]idx\d?(-ubyte)?(\.gz)?$", re.IGNORECASE)
_TEST_NAMES = (
    "t10k",
    "test",
)  # what stands for "train" in the names of MNIST and EMNIST


def is_idx(path: Path) -> bool:
    """Whether the name is that of an IDX file: ``…-idx3-ubyte``, ``….idx``, with or without .gz."""
    return bool(_NAME.search(path.name))


def read_idx_pairs(images: Path) -> list[Pair]:
    """Images with their labels; and the test pair where `images` are MNIST's training ones."""
    pairs = [(read_idx(images), read_idx(_labels_of(images)))]
    if "train" in images.name:
        for word in _TEST_NAMES:
            test = images.with_name(images.name.replace("train", word))
            if test.exists():
                return [*pairs, (read_idx(test), read_idx(_labels_of(test)))]
    return pairs


def read_idx(path: Path) -> NDArray[Any]:
    """The array of one IDX file."""
    content = _start(path, 4)
    kind = content[2] if len(content) >= 4 else 0
    if len(content) < 4 or content[:2] != b"\0\0" or kind not in TYPES or content[3] == 0:
        raise DataError(
            f"{path.name}: not an IDX file: the first bytes are '{content[:4].hex(' ')}'; "
            "expected 00 00, a type from 08 to 0e, and the number of axes"
        )
    n_axes = content[3]
    start = 4 + 4 * n_axes
    content = _start(path, start)
    if len(content) < start:
        raise DataError(f"{path.name}: the header is cut off; copy the file again")
    shape = struct.unpack(f">{n_axes}I", content[4:start])
    dtype = np.dtype(TYPES[kind])
    check_dense(path.name, shape)
    size = start + math.prod(shape) * dtype.itemsize
    content = _start(path, size + 1)
    if len(content) != size:
        got = f"{len(content)}" if len(content) < size else f"more than {size}"
        raise DataError(
            f"{path.name}: got {got} bytes, but the header (shape {shape}) says {size}; "
            "copy the file again"
        )
    values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="))


def _start(path: Path, n_bytes: int) -> bytes:
    """So many bytes, or all that there are: what is packed may grow to anything."""
    is_packed = path.suffix.lower() == ".gz"
    try:
        with gzip.open(path) if is_packed else path.open("rb") as file:
            return file.read(n_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name}: cannot be read ({error}); copy the file again") from None


def _labels_of(images: Path) -> Path:
    """The labels file beside an images file, gzipped or not."""
    if "images" not in images.name:
        raise DataError(
            f"{images.name}: expected an images file such as train-images-idx3-ubyte.gz, with "
            "its labels train-labels-idx1-ubyte.gz beside it"
        )
    named = images.name.replace("images", "labels").replace("idx3", "idx1")
    plain = named.removesuffix(".gz")
    for name in (named, plain, plain + ".gz"):
        if images.with_name(name).is_file():
            return images.with_name(name)
    raise DataError(f"{images.name}: the labels are missing; put {named} beside it")
