"""Arrays as rows of the store: compressed where that is shorter, with their type and shape."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

COMPRESSION = 1  # zlib level: weights hardly compress further, and a block must not wait for it
TYPES = ("<f4", "<f8")


class Blob(NamedTuple):
    """The columns of the table `arrays` that say what an array is."""

    dtype: str
    shape: str
    encoding: str
    data: bytes


def pack(array: NDArray[np.float64], dtype: str) -> Blob:
    """An array of that type ("float32", "float64") as it is stored."""
    kept = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<"))
    plain = kept.tobytes()
    small = zlib.compress(plain, COMPRESSION)
    how, data = ("zlib", small) if len(small) < len(plain) else ("raw", plain)
    return Blob(kept.dtype.str, json.dumps(kept.shape), how, data)


def unpack(blob: Blob) -> NDArray[np.float64]:
    """The array that was stored.

    Raises
    ------
    ValueError
        If the columns do not fit each other.
    """
    shape = json.loads(blob.shape)
    if blob.dtype not in TYPES or not _is_shape(shape):
        raise ValueError(f"an array of type {blob.dtype!r} and shape {blob.shape!r}")
    n_bytes = math.prod(shape) * np.dtype(blob.dtype).itemsize
    data = _inflated(blob.data, n_bytes) if blob.encoding == "zlib" else blob.data
    return np.frombuffer(data, dtype=blob.dtype).reshape(shape).astype(np.float64)


def _inflated(data: bytes, n_bytes: int) -> bytes:
    """No more than is expected, whatever the data would grow to."""
    try:
        return zlib.decompressobj().decompress(data, n_bytes + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and all(isinstance(n, int) and n >= 0 for n in shape)
