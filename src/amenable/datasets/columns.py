"""`Table`: columns of numbers, categories and dates, as preparation takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("number", "category", "date")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column whose kind is known.

    Parameters
    ----------
    name : str
        As in the file; unique in its table.
    kind : str
        "number", "category" or "date".
    values : array (N,)
        Numbers as float64, NaN where missing; categories as objects, str or None where missing;
        dates as datetime64[us], NaT where missing.
    """

    name: str
    kind: str
    values: NDArray[Any]

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which cells (N,) have no value."""
        if self.kind == "category":
            return np.array([it is None for it in self.values], dtype=bool)
        missing: NDArray[np.bool_] = (np.isnan if self.kind == "number" else np.isnat)(self.values)
        return missing


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The columns that networks may learn from.

    Parameters
    ----------
    name : str
        Of the file or frame, for errors.
    columns : tuple of Column
        All of one length.
    rows : array (N,) of int64
        Where each row stands in the file, from 1 below the header.
    decimal : str
        The decimal mark of its numbers, where they were text.
    """

    name: str
    columns: tuple[Column, ...]
    rows: NDArray[np.int64]
    decimal: str = "."

    @classmethod
    def of_numbers(cls, name: str, x: NDArray[np.float64], names: Sequence[str]) -> Table:
        """The columns of an array (N, I), NaN where missing."""
        columns = tuple(Column(title, "number", x[:, i]) for i, title in enumerate(names))
        return cls(name, columns, np.arange(1, len(x) + 1))
