"""Checks of what is passed in: which argument, what was expected, what came, what to do."""

from numbers import Real
from operator import index
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.errors import DataError, DescriptionError


def deviate(level: float) -> float:
    """How many standard deviations either side of the mean of a normal hold `level` of it."""
    if isinstance(level, bool) or not isinstance(level, Real) or not 0 < level < 1:
        raise DescriptionError(
            where="level",
            expected="a number between 0 and 1",
            got=repr(level),
            hint="use 0.95 for 95 %",
        )
    return -NormalDist().inv_cdf((1 - float(level)) / 2)


def check_count(name: str, value: object) -> int:
    """A whole number that is not negative."""
    try:
        number = index(value)  # type: ignore[arg-type]  # whether it is one is asked here
    except TypeError:
        number = -1
    if number < 0 or isinstance(value, bool):
        raise DataError(
            where=name, expected="a whole number >= 0", got=repr(value), hint="pass a count"
        )
    return number


def check_counts(
    successes: object, trials: object, names: tuple[str, str] = ("successes", "trials")
) -> tuple[int, int]:
    """Successes out of at least one trial."""
    n_successes, n_trials = check_count(names[0], successes), check_count(names[1], trials)
    if n_trials == 0:
        raise DataError(
            where=str(names[1]),
            expected="at least 1",
            got="0",
            hint="a fraction of nothing has no value",
        )
    if n_successes > n_trials:
        raise DataError(
            where=str(names[0]),
            expected=f"at most {names[1]} = {n_trials}",
            got=str(n_successes),
            hint="pass successes first, then trials",
        )
    return n_successes, n_trials


def check_flags(name: str, values: ArrayLike) -> NDArray[np.bool_]:
    """One boolean for each trial, at least one."""
    array = _one_dimensional(name, values)
    if array.dtype != np.bool_:
        raise DataError(
            where=name,
            expected="booleans",
            got=str(array.dtype),
            hint='compare with a value first, as in status == "solved"',
        )
    return array


def check_numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Real numbers, at least one, none of them nan."""
    array = _one_dimensional(name, values)
    if array.dtype.kind not in "iuf":
        raise DataError(where=name, expected="numbers", got=str(array.dtype))
    if np.isnan(array).any():
        place = int(np.flatnonzero(np.isnan(array))[0])
        raise DataError(
            where=f"{name}[{place}]",
            expected="a number",
            got="nan",
            hint="leave it out, or replace it with inf where it stands for the worst",
        )
    return array.astype(np.float64)


def check_same_length(first: str, n_first: int, second: str, n_second: int) -> None:
    """Two arguments with one entry for each trial."""
    if n_first != n_second:
        raise DataError(
            where=str(second),
            expected=f"{n_first} entries as in {first}",
            got=str(n_second),
            hint="pass one of each for every trial",
        )


def _one_dimensional(name: str, values: ArrayLike) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError:  # rows of unequal length
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise DataError(where=name, expected="one dimension", got=f"shape {array.shape}")
    if array.size == 0:
        raise DataError(where=name, expected="at least one entry", got="none")
    return array
