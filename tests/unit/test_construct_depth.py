"""Telgarsky's wave and Yarotsky's square: exact, as far as floating point goes."""

from fractions import Fraction

import numpy as np
import pytest

import amenable as am
from amenable.construct import sawtooth, square


def outputs(model, x):
    return model.decision(np.asarray(x, dtype=float)[:, None])[:, 0]


def multiples(m, n=2000):
    """Whole numbers from 0 to 2**m: all, or some."""
    if m <= 10:
        return np.arange(2**m + 1)
    some = np.random.default_rng(m).integers(0, 2**m + 1, n)
    return np.unique(np.concatenate([some, [0, 1, 2, 2**m - 2, 2**m - 1, 2**m]]))


@pytest.mark.parametrize("m", [1, 2, 3, 10, 30, 52, 53])
def test_a_wave_is_0_at_even_and_1_at_odd_multiples(m):
    model = sawtooth(m)
    assert model.network.hidden == (2,) * m
    k = multiples(m)
    np.testing.assert_array_equal(outputs(model, k * 2.0**-m), k % 2)


@pytest.mark.parametrize("m", [1, 4, 11, 40])
def test_a_wave_is_exact_at_any_double(m):
    x = np.random.default_rng(m).uniform(0, 1, 300)
    x = np.concatenate([x, x * 2.0**-30, [0.1, 1 / 3, 1 - 2.0**-53, 2.0**-1000]])
    found = outputs(sawtooth(m), x)
    for value, y in zip(x.tolist(), found.tolist(), strict=True):
        exact = Fraction(value)
        for _ in range(m):
            exact = min(2 * exact, 2 - 2 * exact)
        assert Fraction(y) == exact


def test_a_wave_outside():
    np.testing.assert_array_equal(outputs(sawtooth(3), [-1.0, 2.0, 1e6]), 0)
    np.testing.assert_array_equal(outputs(sawtooth(1), [-1.0, 2.0]), [0, -2])


@pytest.mark.parametrize("m", [1, 2, 5, 10, 20, 25, 26])
def test_a_square_is_exact_at_its_places_and_off_by_its_bound_between(m):
    model = square(m)
    assert model.network.hidden == (2,) * m
    k = multiples(m)
    for x, y in zip(k.tolist(), outputs(model, k * 2.0**-m).tolist(), strict=True):
        assert Fraction(y) == Fraction(x, 2**m) ** 2
    k = multiples(m)[:-1]
    middle = (2 * k + 1) * 2.0 ** -(m + 1)
    bound = Fraction(1, 2 ** (2 * m + 2))
    for x, y in zip(middle.tolist(), outputs(model, middle).tolist(), strict=True):
        assert Fraction(y) - Fraction(x) ** 2 == bound


@pytest.mark.parametrize("m", [1, 3, 8, 26])
def test_nowhere_is_a_square_further_off(m):
    x = np.random.default_rng(m).uniform(0, 1, 500)
    bound = Fraction(1, 2 ** (2 * m + 2)) + Fraction(m, 2**53)
    for value, y in zip(x.tolist(), outputs(square(m), x).tolist(), strict=True):
        assert abs(Fraction(y) - Fraction(value) ** 2) <= bound


@pytest.mark.parametrize(("make", "most"), [(sawtooth, 53), (square, 26)])
def test_beyond_floating_point_is_refused(make, most):
    for m in (0, most + 1, 2.0, True):
        with pytest.raises(am.DescriptionError, match=rf"{make.__name__}\.m: expected an integer"):
            make(m)
    assert make(most).dtype == "float64"
