"""The data of the benchmark tasks: one copy, read by the engine and by every peer.

Not `amenable.load`: a peer must be runnable where the engine is not installed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

Array = np.ndarray

# Names the file of USPS, as --usps does: NPZ with `x_train` (7291, 16, 16) from -1 to 1 and
# `y_train`. Where there is none, digits of scikit-learn stand in for them.
USPS_VARIABLE = "BENCHMARK_USPS"
USPS_SHAPE = (7291, 16, 16)


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """Training samples; there is no other split, since every task is judged by what it learned."""

    x: Array  # (N, I) float32
    y: Array  # (N,) int64 class
    n_classes: int


@cache
def samples(name: str) -> Samples:
    """Return the data `name`: ``spirals-N`` (N points, two arms), ``digits``, ``usps`` (16 x 16
    from -1 to 1) or ``usps-28`` (the same in a frame, 28 x 28)."""
    if name == "digits":
        return _digits()
    kind, _, count = name.partition("-")
    if kind == "usps":
        return _framed(int(count)) if count else _usps()
    if kind != "spirals":
        raise ValueError(f"data: expected 'digits', 'usps' or 'spirals-N', got {name!r}")
    return _spirals(int(count))


def usps_file() -> Path | None:
    """The file of USPS, if there is one."""
    file = Path(os.environ.get(USPS_VARIABLE, ""))
    return file if file.is_file() else None


def _spirals(n_samples: int) -> Samples:
    """Two arms of one turn each, scaled to a radius of 5/3: the points of the ceiling probe."""
    half = n_samples // 2
    i = np.arange(n_samples)
    along = (i % half) / half
    angle = 2 * np.pi * along + np.where(i < half, 0.0, np.pi)
    x = (5 / 3 * along)[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return Samples(x.astype(np.float32), (i < half).astype(np.int64), 2)


def _digits() -> Samples:
    """8 x 8 digits scaled to 0..1; 1,792 of the 1,797, so that 56 batches of 32 fill an epoch.

    A ragged last batch would cost compiled peers a second program, and would make the number
    of updates depend on how each library treats it.
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return Samples((x[:1792] / 16).astype(np.float32), y[:1792].astype(np.int64), 10)


def _usps() -> Samples:
    file = usps_file()
    if file is None:
        return _made_usps()
    with np.load(file) as arrays:
        x, y = arrays["x_train"], arrays["y_train"]
    if x.shape != USPS_SHAPE:
        raise ValueError(f"{file}: expected x_train of {USPS_SHAPE}, got {x.shape}")
    return Samples(x.reshape(len(x), -1).astype(np.float32), y.astype(np.int64), 10)


def _made_usps() -> Samples:
    """Digits of 8 x 8, doubled, as often as needed, each time with other noise."""
    digits = _digits()
    row = np.arange(USPS_SHAPE[0]) % len(digits.x)
    x = np.kron(2 * digits.x[row].reshape(-1, 8, 8) - 1, np.ones((2, 2)))
    x = np.clip(x + np.random.default_rng(0).normal(0, 0.2, USPS_SHAPE), -1, 1)
    return Samples(x.reshape(len(x), -1).astype(np.float32), digits.y[row], 10)


def _framed(size: int) -> Samples:
    usps = _usps()
    side = (size - USPS_SHAPE[1]) // 2
    x = usps.x.reshape(-1, *USPS_SHAPE[1:])
    x = np.pad(x, ((0, 0), (side, side), (side, side)), constant_values=-1)
    return Samples(x.reshape(len(x), -1), usps.y, 10)
