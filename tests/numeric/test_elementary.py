"""The core's elementary functions over all exponents: errors, special values, bits.

Truth is numpy's long double (64 bits of mantissa on x86; elsewhere perhaps only double, which
serves these bounds too), and the C library's erf in double. core/tests/math_test.cpp is denser.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from amenable import engine

mpmath = pytest.importorskip("mpmath")

SETS = engine.instruction_sets()
Function = Callable[[NDArray[Any]], NDArray[Any]]
WIDE = np.longdouble
INF, NAN = math.inf, math.nan

TRUTH: dict[str, Function] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sigmoid": lambda x: np.where(x > 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    "erf": np.vectorize(math.erf, otypes=[WIDE]),
    "sin": np.sin,
    "cos": np.cos,
}
LIMITS = {"sin": 1e4, "cos": 1e4}  # beyond, only that they stay between -1 and 1

SPECIALS: dict[str, list[tuple[float, float]]] = {
    "exp": [(-INF, 0), (INF, INF), (0.0, 1), (-0.0, 1), (1000, INF), (-1000, 0)],
    "expm1": [(-INF, -1), (INF, INF), (0.0, 0.0), (-0.0, -0.0), (1000, INF), (-1000, -1)],
    "log": [(0.0, -INF), (-0.0, -INF), (1, 0.0), (INF, INF), (-INF, NAN), (-1, NAN)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1, -INF), (INF, INF), (-2, NAN), (-INF, NAN)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (50, 1)],
    "sigmoid": [(-INF, 0), (INF, 1), (0.0, 0.5), (-0.0, 0.5), (100, 1), (-1000, 0)],
    "softplus": [(-INF, 0), (INF, INF), (1e30, 1e30), (-1000, 0)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (8, 1)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN)],
    "cos": [(0.0, 1), (-0.0, 1), (INF, NAN), (-INF, NAN)],
}


def every_exponent(dtype: type, n_mantissas: int) -> NDArray[Any]:
    """Both signs, all exponents with subnormals, infinities and NaN, and some mantissas."""
    bits, uint, n_bits = (23, np.uint32, 32) if dtype is np.float32 else (52, np.uint64, 64)
    rng = np.random.default_rng(0)
    high = np.arange(2 ** (n_bits - bits), dtype=uint)[:, None] << uint(bits)
    low = rng.integers(0, 2**bits, (len(high), n_mantissas), dtype=uint)
    low[:, 0], low[:, 1] = 0, 2**bits - 1
    return (high | low).reshape(-1).view(dtype)


def where_it_matters(dtype: type) -> NDArray[Any]:
    """Arguments of usual size, densely, of both signs."""
    x = np.geomspace(1e-3, 800, 20_000).astype(dtype)
    return np.concatenate([x, -x])


def arguments(name: str, dtype: type) -> NDArray[Any]:
    x = np.concatenate([every_exponent(dtype, 40), where_it_matters(dtype)])
    return x[~(np.abs(x) > LIMITS.get(name, INF))]


def truth(name: str, x: NDArray[Any]) -> NDArray[Any]:
    with np.errstate(all="ignore"):
        return TRUTH[name](x.astype(WIDE))


@pytest.mark.parametrize("name", TRUTH)
def test_float32_is_within_2_ulp(name: str) -> None:
    x = arguments(name, np.float32)
    found, expected = engine.elementary(name, x), truth(name, x)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    # Beyond the largest number, 2^128 stands for infinity
    ends = WIDE(2) ** 128
    found, expected = (np.clip(it.astype(WIDE), -ends, ends) for it in (found, expected))
    exponent = np.clip(np.frexp(np.nan_to_num(expected))[1], -125, 128)
    ulps = np.abs(found - expected) / np.ldexp(WIDE(1), exponent - 24)
    assert np.nanmax(ulps) <= 2


@pytest.mark.parametrize("name", TRUTH)
def test_float64_is_within_1e_12(name: str) -> None:
    x = arguments(name, np.float64)
    found, expected = engine.elementary(name, x), truth(name, x)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    found, expected = found[~np.isnan(found)], expected[~np.isnan(found)]
    is_usual = np.isfinite(found) & (np.abs(expected) <= np.finfo(np.float64).max)
    with np.errstate(over="ignore"):
        assert np.array_equal(found[~is_usual], expected[~is_usual].astype(np.float64))
    found, expected = found[is_usual], expected[is_usual]
    # Subnormals have fewer digits
    scale = np.maximum(np.abs(expected), np.finfo(np.float64).tiny)
    assert np.max(np.abs(found - expected) / scale) <= 1e-12


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", SPECIALS)
def test_special_values(name: str, dtype: type) -> None:
    x, expected = np.array([*SPECIALS[name], (NAN, NAN)], dtype=dtype).T.copy()
    found = engine.elementary(name, x)
    np.testing.assert_array_equal(found, expected)
    has_sign = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found[has_sign]), np.signbit(expected[has_sign]))


def test_truth_is_mpmaths() -> None:
    """What the bounds are measured by, against arithmetic of 40 digits."""
    mpmath.mp.dps = 40
    more = {
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
        "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    }
    for name in TRUTH:
        for x in (1e-300, 0.003, 0.3, 0.9, 2.5, 17.25, 600.0):
            for signed in (x, -x) if name not in ("log", "log1p") else (x,):
                exact = more.get(name, getattr(mpmath, name, None))(mpmath.mpf(signed))
                found = truth(name, np.array([signed]))[0]
                error = mpmath.mpf(str(found)) - exact if np.isfinite(found) else 0
                assert abs(error) <= 1e-15 * abs(exact), (name, signed)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", TRUTH)
def test_instruction_sets_give_the_same_bits(name: str, dtype: type) -> None:
    x = np.concatenate([every_exponent(dtype, 20), where_it_matters(dtype)])[:-1]  # not by lanes
    found = [np.nan_to_num(engine.elementary(name, x, it), nan=7.0) for it in SETS]
    assert all(y.tobytes() == found[0].tobytes() for y in found)
    for place in (0, len(x) // 2, len(x) - 1):  # whatever the lane
        one = np.nan_to_num(engine.elementary(name, x[place : place + 1]), nan=7.0)
        assert one[0] == found[0][place]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LIMITS)
def test_far_out_sine_and_cosine_stay_bounded(name: str, dtype: type) -> None:
    x = every_exponent(dtype, 40)
    y = engine.elementary(name, x[np.isfinite(x)])
    assert np.abs(y).max() <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["tanh", "sin", "erf"])
def test_odd_functions_are_exactly_odd(name: str, dtype: type) -> None:
    x = np.abs(arguments(name, dtype))
    assert np.array_equal(engine.elementary(name, -x), -engine.elementary(name, x), equal_nan=True)
