"""What the builders of approximations are given and give back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.construct.rounding import UNIT
from amenable.network import Network

Floats = NDArray[np.float64]
U = UNIT["float64"]

TAIL = 1 / 32  # part of the error that sigmoids may take that have not quite reached 0 or 1


@dataclass(frozen=True, slots=True, eq=False)
class SampledFunction:
    """A function on an evenly spaced grid: `axes` is one array or two, values (Nx,) or (Nx, Ny)."""

    axes: tuple[Floats, ...]
    values: Floats

    @property
    def spacing(self) -> tuple[float, ...]:
        """Between neighbouring places, along each axis."""
        return tuple(float(axis[-1] - axis[0]) / (len(axis) - 1) for axis in self.axes)


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A network, its arrays by name, and how far off floating point may take it."""

    network: Network
    weights: dict[str, Floats]
    rounding: float
