"""Prints the polynomials of math_float.h and math_double.h.

Each is the minimax fit (Lawson's reweighted least squares, 60 digits) of a smooth part of the
function. Coefficients for float are rounded one by one, from the lowest order up, and the rest
fitted again after each, so that later ones make up for the rounding. Where math_float.h says so,
floats near these were tried in the function itself, and those with the least error taken.
Run: python core/lanes/coefficients.py [name ...]
"""

import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from mpmath import cos, erf, erfc, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tanh

mp.dps = 60
Function = Callable[[mpf], mpf]


class Fit(NamedTuple):
    """`target` on [low, high] by a polynomial whose error counts times `weight`."""

    name: str
    meaning: str
    low: mpf
    high: mpf
    target: Function
    weight: Function
    degree: dict[str, int]


def grid(fit: Fit, n: int = 120) -> list[mpf]:
    """Points that crowd at both ends, as the extrema do; never the ends, where 0/0 may lurk."""
    half = (fit.high - fit.low) / 2
    return [fit.low + half * (1 - cos(pi * (i + mpf(1) / 2) / n)) for i in range(n)]


def minimax(points: list[mpf], values: list[mpf], weights: list[mpf], orders: range) -> list[mpf]:
    """Coefficients of x**k, k in orders, whose largest weighted error on the points is least."""
    n = len(orders)
    rows = [[w * x**k for k in orders] for x, w in zip(points, weights, strict=True)]
    share = [mpf(1)] * len(points)
    best, least = [], mpf("inf")
    for _ in range(15):
        normal, right = matrix(n, n), matrix(n, 1)
        for row, s, v, w in zip(rows, share, values, weights, strict=True):
            for i in range(n):
                right[i] += s * row[i] * v * w
                for j in range(i, n):
                    normal[i, j] += s * row[i] * row[j]
                    normal[j, i] = normal[i, j]
        c = list(lu_solve(normal, right))
        errors = [
            abs(v * w - sum(a * b for a, b in zip(c, row, strict=True)))
            for row, v, w in zip(rows, values, weights, strict=True)
        ]
        if max(errors) < least:
            best, least = c, max(errors)
        total = sum(s * e for s, e in zip(share, errors, strict=True))
        share = [s * e / total for s, e in zip(share, errors, strict=True)]
    return best


def coefficients(fit: Fit, kind: str) -> tuple[list[float], float]:
    """Rounded coefficients and their largest weighted error."""
    points, orders = grid(fit), range(fit.degree[kind] + 1)
    values, weights = [fit.target(x) for x in points], [fit.weight(x) for x in points]
    chosen: list[float] = []
    rest, c = values, minimax(points, values, weights, orders)
    for k in orders:
        if kind == "float" and k > 0:
            c = [mpf(0)] * k + minimax(points, rest, weights, orders[k:])
        chosen.append(np.float32(float(c[k])) if kind == "float" else float(c[k]))
        rest = [v - mpf(float(chosen[-1])) * x**k for v, x in zip(rest, points, strict=True)]
    return chosen, float(max(abs(v * w) for v, w in zip(rest, weights, strict=True)))


# A little more than the range that reduction leaves.
half_log2, half_pi = log(2) / 2 * mpf("1.001"), pi / 2 * mpf("1.001")
FITS = [
    Fit("tanh_tail", "(r / tanh(r) - 1) / r^2 in r^2, |r| <= log(2)/4", mpf(0), half_log2**2 / 4,
        lambda u: (sqrt(u) / tanh(sqrt(u)) - 1) / u, lambda u: u * tanh(sqrt(u)) / sqrt(u),
        {"float": -1, "double": 4}),
    Fit("exp_tail", "(exp(r) - 1 - r) / r^2, |r| <= log(2)/2", -half_log2, half_log2,
        lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / expm1(r),
        {"float": 4, "double": 9}),
    Fit("log_tail", "(log(1 + f) - f) / f^2, sqrt(1/2) <= 1 + f <= sqrt(2)",
        sqrt(mpf("0.4999")) - 1, sqrt(mpf("2.0001")) - 1,
        lambda f: (log1p(f) - f) / f**2, lambda f: f**2 / log1p(f),
        {"float": 7, "double": 18}),
    Fit("log_unit_tail", "(log(1 + y) - y) / y^2, 0 <= y <= 1", mpf(0), mpf(1),
        lambda y: (log1p(y) - y) / y**2, lambda y: y**2 / log1p(y),
        {"float": 8, "double": 19}),
    Fit("sin_tail", "(sin(r) / r - 1) / r^2 in r^2, |r| <= pi/2", mpf(0), half_pi**2,
        lambda u: (sin(sqrt(u)) / sqrt(u) - 1) / u, lambda u: u * sqrt(u) / sin(sqrt(u)),
        {"float": 3, "double": 7}),
    Fit("erf_tail", "log(erfc(-z)) / z - 1, -4 <= z <= 0", mpf(-4), mpf(0),
        lambda z: log(erfc(-z)) / z - 1, lambda z: z * erfc(-z) / erf(-z),
        {"float": 8, "double": -1}),
    Fit("erf_tail", "log(erfc(-z)) / z - 1, -6 <= z <= 0", mpf(-6), mpf(0),
        lambda z: log(erfc(-z)) / z - 1, lambda z: z * erfc(-z) / erf(-z),
        {"float": -1, "double": 22}),
]  # fmt: skip

if __name__ == "__main__":
    for kind, suffix in (("float", "f"), ("double", "")):
        for fit in FITS:
            if fit.degree[kind] < 0 or (len(sys.argv) > 1 and fit.name not in sys.argv):
                continue
            c, error = coefficients(fit, kind)
            print(f"  // {fit.meaning}; error {error:.1e}.")
            print(f"  static constexpr {kind} {fit.name}[] = {{")
            print("      " + ", ".join(f"{x!s}{suffix}" for x in c) + "};", flush=True)
