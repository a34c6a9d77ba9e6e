"""The data of the benchmark tasks: one copy, read by the engine and by every peer.

Not `amenable.load`: a peer must be runnable where the engine is not installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """Training samples; there is no other split, since every task is judged by what it learned."""

    x: Array  # (N, I) float32
    y: Array  # (N,) int64 class
    n_classes: int


@cache
def samples(name: str) -> Samples:
    """Return the data `name`: ``spirals-N`` (N points, two arms) or ``digits``."""
    if name == "digits":
        return _digits()
    kind, _, count = name.partition("-")
    if kind != "spirals":
        raise ValueError(f"data: expected 'digits' or 'spirals-N', got {name!r}")
    return _spirals(int(count))


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
