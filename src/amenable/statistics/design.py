"""The columns that stand for the levels of factors, and which factors they can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError

Array = NDArray[np.float64]

SAME = 1e-7
"""Length, against its own, that a column must keep beside the others to count as a new one.

Columns hold whole numbers and quotients of counts, so that those which depend on one another agree
to about 1e-13; columns that are nearly the same tell nothing apart at any number of trials.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A mean and the factors, as columns over C configurations.

    Parameters
    ----------
    codes : mapping of str to array of int (C,)
        Levels of each factor, -1 for none.
    columns : mapping of str to slice
        Rows of `inverse` that are a factor's; factors that cannot be told apart have none.
    basis : array (C, p)
        Orthonormal; spans all columns.
    inverse : array (p, C)
        From fractions to the coefficients of the columns.
    aliased : mapping of str to str
        Factors left out, and why.
    """

    codes: Mapping[str, NDArray[np.int64]]
    columns: Mapping[str, slice]
    basis: Array
    inverse: Array
    aliased: Mapping[str, str]

    @classmethod
    def of(cls, factors: Mapping[str, NDArray[np.int64]], n: int) -> Design:
        """The design of some factors over n configurations; each is added if it is new."""
        parts = [np.ones((n, 1))]
        columns: dict[str, slice] = {}
        aliased: dict[str, str] = {}
        basis = parts[0] / np.sqrt(n)
        for name, codes in factors.items():
            if codes.shape != (n,):
                raise DataError(
                    where="factors",
                    expected=f"{n} levels of '{name}', one for each configuration",
                    got=f"shape {codes.shape}",
                )
            own = contrasts(codes)
            new = independent(own, basis)
            if not own.shape[1]:
                aliased[name] = "has one value"
            elif new.shape[1] < own.shape[1]:
                aliased[name] = f"goes with {' and '.join(columns) or 'nothing'}"
            else:
                start = basis.shape[1]
                columns[name] = slice(start, start + own.shape[1])
                parts.append(own)
                basis = np.hstack([basis, new])
        inverse = np.linalg.pinv(np.hstack(parts))
        return cls(dict(factors), columns, basis, inverse, aliased)

    @property
    def n_columns(self) -> int:
        """p, of the mean and the factors."""
        return int(self.basis.shape[1])

    def own(self, name: str) -> Array:
        """Orthonormal basis (C, r) of what a factor explains that no other does."""
        rows = self.inverse[self.columns[name]]
        return np.asarray(np.linalg.qr(rows.T)[0])


def contrasts(codes: NDArray[np.int64]) -> Array:
    """Columns (C, V - 1) of a factor's levels; each adds up to nothing over the configurations.

    So the effects of levels are against the mean of those that have one, and add up to nothing when
    weighted by how many configurations have them.
    """
    levels, counts = np.unique(codes[codes >= 0], return_counts=True)
    if len(levels) < 2:
        return np.zeros((len(codes), 0))
    is_level = (codes[:, None] == levels).astype(np.float64)
    of_last = counts[:-1] / counts[-1]
    return np.asarray(is_level[:, :-1] - is_level[:, -1:] * of_last)


def independent(columns: Array, basis: Array) -> Array:
    """Orthonormal basis (C, r) of what the columns have beside a basis."""
    if not columns.shape[1]:
        return columns
    lengths = np.linalg.norm(columns, axis=0)
    columns = columns / np.where(lengths > 0, lengths, 1)
    rest = columns - basis @ (basis.T @ columns)
    rest -= basis @ (basis.T @ rest)  # once more: what rounding left
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    return np.asarray(left[:, sizes > SAME])
