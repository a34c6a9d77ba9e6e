"""Where a value came from, so that errors can name its column and row."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError

FLOAT32_MAX = float(np.finfo(np.float32).max)  # training is in float32 unless asked otherwise

MOST_BYTES = (
    4 * 2**30
)  # of one array as float64: more is a mistake in a file, or needs another tool


@dataclass(frozen=True, slots=True)
class Source:
    """Names places in a table read from a file, or in arrays if `rows` is None."""

    name: str
    rows: NDArray[np.int64] | None = None  # (N,) row in the file, from 1 below the header

    def cell(self, array: str, row: int, column: int | None, title: str | None) -> str:
        """One place: ``iris.csv: column 'age', row 17`` or ``data: x[16, 2] (column 'age')``."""
        if self.rows is not None:
            return f"{self.name}: column {title!r}, row {self.rows[row]}"
        index = f"{row}" if column is None else f"{row}, {column}"
        return f"{self.name}: {array}[{index}]" + (f" (column {title!r})" if title else "")


def check_numbers(
    values: NDArray[np.float64],
    source: Source,
    array: str,
    titles: Sequence[str | None],
    *,
    missing: bool = False,
) -> None:
    """Raise DataError at the first of `values` (N, I) that training cannot represent.

    With `missing`, NaN means a missing value and is accepted.
    """
    if not values.size:
        return
    least, most = (np.fmin, np.fmax) if missing else (np.minimum, np.maximum)
    low, high = least.reduce(values, axis=None), most.reduce(values, axis=None)
    if low >= -FLOAT32_MAX and high <= FLOAT32_MAX:  # False at NaN; takes no memory, as masks do
        return
    bad = ~(np.abs(values) <= FLOAT32_MAX)  # also True at NaN
    if missing:
        bad &= ~np.isnan(values)
    if not bad.any():  # all are missing
        return
    row, column = (int(i) for i in np.argwhere(bad)[0])
    value = values[row, column]
    place = source.cell(array, row, column if values.shape[1] > 1 else None, titles[column])
    if np.isnan(value):
        raise DataError(f"{place} is nan; expected a finite number: fill it in or drop the row")
    raise DataError(
        f"{place} is {value:g}; expected a finite number within float32 (up to 3.4e38): "
        "correct it, rescale the column or drop the row"
    )


def check_number(value: object, place: str, hint: str) -> None:
    """Raise DataError if an object or a text is not a number that fits a float."""
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DataError(f"{place} is {value!r}, not a number; {hint}") from None
    except OverflowError:  # an integer: Python's have any length
        raise DataError(
            f"{place} is an integer beyond float64 (1.8e308); rescale the column"
        ) from None


def check_dense(name: str, shape: Sequence[int]) -> None:
    """Raise DataError if a file announces an array that would fill the memory."""
    n_bytes = prod(shape) * 8
    if n_bytes > MOST_BYTES:
        raise DataError(
            f"{name}: an array of shape {_shown(shape)} takes {_gib(n_bytes)} GiB; expected "
            f"at most {MOST_BYTES // 2**30}: use fewer samples or inputs"
        )


def _shown(shape: Sequence[int]) -> str:
    """A shape, shortened if it has too many axes."""
    return f"({', '.join(map(str, shape[:4]))}{', …' if len(shape) > 4 else ''})"


def _gib(n_bytes: int) -> str:
    """GiB in words: a file may announce more bytes than a float can count."""
    return f"{n_bytes / 2**30:,.1f}" if n_bytes < 2**60 else "more than 10^9"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """``; did you mean 'digits'?`` if a known name is close, else nothing."""
    folded = {k.lower(): k for k in known}
    close = get_close_matches(name.lower(), list(folded), n=2)
    return f"; did you mean {' or '.join(repr(folded[k]) for k in close)}?" if close else ""


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names for a message, cut after `most`."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f", … ({len(names)} in all)" if len(names) > most else "")
