"""Quantiles: by hand, with infinities, wrong input."""

from math import inf, nan

import numpy as np
import pytest

from amenable.errors import DataError, DescriptionError
from amenable.statistics import quantiles


def test_quantiles_by_hand() -> None:
    assert quantiles([4, 1, 3, 2, 5]).tolist() == [1, 2, 3, 4, 5]
    assert quantiles([1, 2], at=[0.5, 0.9]).tolist() == pytest.approx([1.5, 1.9])
    assert quantiles([7], at=[0.3]).tolist() == [7.0]
    assert quantiles(np.array([1, 2, 3], dtype=np.int32), at=[0.5]).tolist() == [2.0]


def test_quantiles_of_trials_that_never_got_there() -> None:
    assert quantiles([1, 2, 3, inf], at=[0.5, 0.75, 0.9]).tolist() == [2.5, inf, inf]
    assert quantiles([1, 2, inf], at=[0.5]).tolist() == [2.0]  # the middle one itself is finite
    assert quantiles([inf, inf]).tolist() == [inf] * 5
    assert quantiles([-inf, 1, inf], at=[0.0, 0.25, 0.5, 1.0]).tolist() == [-inf, -inf, 1, inf]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "values: expected at least one entry"),
        ([1.0, nan], r"values\[1\]: expected a number, got nan"),
        (["a"], "values: expected numbers"),
        ([True], "values: expected numbers, got bool"),
        (3.0, "values: expected one dimension"),
        ([[1.0]], "values: expected one dimension"),
    ],
)
def test_wrong_values(values: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        quantiles(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [[1.5], [-0.1], [nan], ["median"], 0.5])
def test_wrong_places(at: object) -> None:
    with pytest.raises(DescriptionError, match=r"^at: expected a row of numbers from 0 to 1"):
        quantiles([1.0, 2.0], at=at)  # type: ignore[arg-type]
