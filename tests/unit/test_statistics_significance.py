"""Exact tests and Holm's correction: published values and wrong input."""

from math import comb

import pytest

from amenable.errors import DataError
from amenable.statistics import fisher, holm, mcnemar


def test_mcnemar_by_hand() -> None:
    assert mcnemar(1, 7) == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar(6, 16) == pytest.approx(2 * sum(comb(22, k) for k in range(7)) / 2**22)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(4, 4) == 1.0
    assert mcnemar(0, 10) == pytest.approx(2 * 0.5**10)
    assert mcnemar(10, 0) == mcnemar(0, 10)


def test_fisher_on_the_lady_tasting_tea() -> None:
    # Fisher 1935, The Design of Experiments, section 5: 1, 16, 36, 16 and 1 of 70 ways to guess.
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_fisher_where_nothing_differs() -> None:
    assert fisher(0, 5, 0, 9) == 1.0
    assert fisher(5, 5, 9, 9) == 1.0


def test_holm_by_hand() -> None:
    # Smallest times 4, next times 3, next times 2, last as it is; never decreasing.
    assert holm([0.01, 0.02, 0.03, 0.5]).tolist() == pytest.approx([0.04, 0.06, 0.06, 0.5])
    assert holm([0.5, 0.03, 0.02, 0.01]).tolist() == pytest.approx([0.5, 0.06, 0.06, 0.04])


def test_holm_edges() -> None:
    assert holm([]).tolist() == []
    assert holm([0.2]).tolist() == [0.2]
    assert holm([0, 1]).tolist() == [0.0, 1.0]
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("p_values", "message"),
    [
        ([0.1, 1.5], r"p_values\[1\]: expected a number from 0 to 1, got 1.5"),
        ([-0.1], r"p_values\[0\]"),
        ([0.5, float("nan")], r"p_values\[1\]: .* got nan"),
        (0.5, "p_values: expected one row"),
        ([[0.5]], "p_values: expected one row"),
        (["0.5"], "p_values: expected one row"),
    ],
)
def test_wrong_p_values(p_values: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        holm(p_values)  # type: ignore[arg-type]


def test_wrong_counts() -> None:
    with pytest.raises(DataError, match=r"^only_second: expected a whole number >= 0, got -1"):
        mcnemar(3, -1)
    with pytest.raises(DataError, match=r"^only_first: .* got 2\.5"):
        mcnemar(2.5, 1)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"^s1: expected at most n1 = 2, got 3"):
        fisher(3, 2, 1, 2)
    with pytest.raises(DataError, match=r"^n2: expected at least 1"):
        fisher(1, 2, 0, 0)
