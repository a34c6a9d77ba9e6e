"""Approximation by steps and pieces: within the error everywhere, few units, clear refusals."""

import re

import numpy as np
import pytest

import amenable as am
from amenable.construct import approximate


def worst(model, f, lo, hi, n=8_011):
    """The largest error at places that no grid of ours has."""
    low, high = np.atleast_1d(lo).astype(float), np.atleast_1d(hi).astype(float)
    places = np.random.default_rng(0).uniform(low, high, (n, len(low)))
    places[:3] = low, high, (low + high) / 2
    if len(low) == 1:
        places[: n // 2, 0] = np.linspace(low[0], high[0], n // 2)
    return np.abs(model.decision(places)[:, 0] - f(*places.T)).max()


def jagged(x):
    """Slopes of 1 either way, with corners everywhere."""
    return np.abs((x * 7) % 2 - 1) / 7


ONE = {
    "sin": (np.sin, -4, 4, 0.05, 1.0),
    "corner": (np.abs, -1, 1, 0.02, 1.0),
    "flat": (lambda x: np.full_like(x, 3.0), 0, 1, 0.1, 0.5),
    "far away": (lambda x: 2 * x, 1e4, 1e4 + 1, 0.05, 2.0),
    "very far away": (lambda x: 2 * x, 1e7, 1e7 + 1, 0.05, 2.0),
    "jagged": (jagged, 0, 3, 0.01, 1.0),
    "small": (lambda x: 1e-9 * np.cos(x), -1, 1, 1e-11, 1e-9),
}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("method", ["steps", "pieces"])
@pytest.mark.parametrize("is_proven", [True, False])
def test_one_input_is_within_the_error_everywhere(name, method, is_proven):
    f, lo, hi, error, lipschitz = ONE[name]
    model = approximate(f, lo, hi, error, method, lipschitz=lipschitz if is_proven else None)
    assert worst(model, f, lo, hi) <= error
    assert ("proven" if is_proven else "checked") in model.about
    assert len(model.network.layers) == 2
    assert model.network.activation == {"steps": "sigmoid", "pieces": "relu"}[method]
    if is_proven:
        r = lipschitz * (hi - lo) / error
        assert model.network.hidden[0] <= {"steps": 0.63, "pieces": 0.58}[method] * r + 1


@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_corners_between_all_places_of_a_check_are_met_too(method):
    corners = np.arange(22)[:, None] / 7
    for error in (0.01, 0.003, 0.002):
        model = approximate(jagged, 0, 3, error, method)
        off = np.abs(model.decision(corners)[:, 0] - jagged(corners[:, 0]))
        assert off[corners[:, 0] <= 3].max() <= error


def test_at_a_constant_slope_the_number_of_steps_is_near_the_least():
    model = approximate(lambda x: x, 0, 1, 0.01, lipschitz=1)
    assert 50 <= model.network.hidden[0] + 1 <= 64  # a constant covers 2 error at most: 50 levels
    assert approximate(lambda x: x, 0, 1, 0.01, "pieces", lipschitz=1).network.hidden == (1,)


def test_flat_parts_cost_little_and_infinite_slopes_are_met_without_a_constant():
    bent = approximate(lambda x: np.maximum(x - 0.9, 0), 0, 1, 1e-3, lipschitz=1)
    assert bent.network.hidden[0] < 70
    model = approximate(np.sqrt, 0, 1, 0.01)
    assert worst(model, np.sqrt, 0, 1) <= 0.01
    assert approximate(np.sqrt, 0, 1, 0.01, "pieces").network.hidden[0] <= 10


def hills(x, y):
    return np.sin(2 * x) * np.cos(3 * y)


TWO = {
    "product": (lambda x, y: x * y, (0, 0), (1, 1), 0.1, 2**0.5),
    "hills": (hills, (-1, 0), (1, 1), 0.25, 3.0),
    "cone": (np.hypot, (-1, -2), (2, 1), 0.2, 1.0),
    "of x": (lambda x, y: 5 + x + 0 * y, (0, 0), (1, 1), 0.1, 1.0),
    "of y": (lambda x, y: 0 * x - y, (0, 0), (1, 1), 0.1, 1.0),
    "flat": (lambda x, y: 0 * x, (0, 0), (1, 1), 0.1, 1.0),
    "corners": (lambda x, y: np.maximum(np.abs(x), y), (-1, -1), (1, 1), 0.15, 1.0),
}


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("method", ["steps", "pieces"])
@pytest.mark.parametrize("is_proven", [True, False])
def test_two_inputs_are_within_the_error_everywhere(name, method, is_proven):
    f, lo, hi, error, lipschitz = TWO[name]
    model = approximate(f, lo, hi, error, method, lipschitz=lipschitz if is_proven else None)
    assert worst(model, f, lo, hi) <= error
    assert model.network.inputs == 2
    assert len(model.network.hidden) == {"steps": 2, "pieces": 3}[method]
    if is_proven and method == "steps":
        r = lipschitz * np.subtract(hi, lo) / error
        assert model.network.hidden[1] <= (1.6 * r[0] + 2) * (1.6 * r[1] + 2)


@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_where_cells_meet_towers_and_ridges_hold_too(method):
    """Along and across the sigmoids between rows and columns, where averages of cells form."""

    def f(x, y):
        return np.sin(3 * x + y)

    model = approximate(f, (0, 0), (1, 1), 0.2, method, lipschitz=10**0.5)
    first, bias = model.weights["1.weight"], model.weights["1.bias"]
    n_x = int((first[:, 0] != 0).sum())
    xs, ys = -bias[:n_x] / first[:n_x, 0], -bias[n_x:] / first[n_x:, 1]
    reach = np.concatenate([-np.geomspace(1e-6, 0.03, 12), [0.0], np.geomspace(1e-6, 0.03, 12)])
    for x, y in ((xs[:6], ys[:3]), (xs[-6:], ys[-3:])):
        grid = np.meshgrid((x[:, None] + reach).ravel(), (y[:, None] + reach).ravel())
        places = np.clip(np.stack(grid, axis=-1).reshape(-1, 2), 0, 1)
        assert np.abs(model.decision(places)[:, 0] - f(*places.T)).max() <= 0.2


def test_the_same_call_gives_the_same_bits():
    one, other = (approximate(np.sin, 0, 3, 0.01) for _ in range(2))
    np.testing.assert_array_equal(one.flat, other.flat)
    assert one.network == other.network


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (np.sign, r"changes by 1 between x = -1\.52588e-05 and x = 0; allow a larger error"),
        (np.log, "expected finite numbers, got nan at x = -1"),
        (lambda x: 1 / x, "got inf at x = 0"),
        (lambda x: 1.0, r"to return 257 numbers for arrays of 257, got float64 of shape \(\)"),
        (lambda x: x[:, None], r"float64 of shape \(257, 1\); write it with numpy"),
        (lambda x: x[1:], r"shape \(256,\)"),
        (lambda x: x + 1j, "complex128"),
        (lambda x: ["a"] * len(x), "numbers for arrays of 257, got <U1"),
        (lambda x: [[1], [2, 3]], "expected an array"),
    ],
)
@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_a_function_that_cannot_be_met_is_refused(f, message, method):
    with pytest.raises(am.DataError, match=f"approximate.f: .*{message}"):
        approximate(f, -1, 1, 0.1, method)


@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_a_function_that_is_too_steep_is_refused(method):
    with pytest.raises(ValueError, match=r"on the finest grid|max_units: expected about"):
        approximate(lambda x: np.sin(1e6 * x), -1, 1, 0.1, method)


@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_jumps_of_two_inputs_are_refused(method):
    with pytest.raises(am.DataError, match=r"changes by 1 between x = .*, y = .* and x = "):
        approximate(lambda x, y: x + y > 0.3, (-1, -1), (1, 1), 0.1, method)


@pytest.mark.parametrize("method", ["steps", "pieces"])
def test_a_lipschitz_constant_that_is_too_small_is_refused(method):
    with pytest.raises(am.DataError, match=r"lipschitz: expected at least 2, got 1\.9; f changes"):
        approximate(lambda x: 2 * x, 0, 1, 0.1, method, lipschitz=1.9)
    with pytest.raises(am.DataError, match="lipschitz: expected"):
        approximate(lambda x, y: 2 * x * y, (0, 0), (1, 1), 0.1, method, lipschitz=1.0)
    with pytest.raises(am.DataError, match="faster near x = "):  # between the places of the grid
        approximate(lambda x: np.sin(2 * np.pi * 256 * x), 0, 1, 0.25, method, lipschitz=1.0)


@pytest.mark.parametrize("method", ["steps", "pieces"])
@pytest.mark.parametrize("lipschitz", [None, 1.0])
def test_too_many_units_says_how_many(method, lipschitz):
    needed = approximate(np.sin, 0, 3, 0.001, method, lipschitz=lipschitz).network.hidden[0]
    for most in (needed // 4, needed - 1):
        with pytest.raises(am.DescriptionError, match=f"max_units: expected .*got {most:,};") as it:
            approximate(np.sin, 0, 3, 0.001, method, lipschitz=lipschitz, max_units=most)
        said = int(re.search(r"(?:about|at least) ([\d,]+)", str(it.value))[1].replace(",", ""))
        assert 0.7 * needed <= said <= 1.5 * needed
    one = approximate(np.sin, 0, 3, 0.001, method, lipschitz=lipschitz, max_units=needed)
    assert one.network.hidden == (needed,)


def test_what_rounding_takes_is_refused():
    for method in ("steps", "pieces"):
        with pytest.raises(am.DescriptionError, match=r"error: expected at least about .*rounding"):
            approximate(lambda x: 1e9 + 1e-5 * np.sin(x), 0, 3, 1e-6, method)
    with pytest.raises(am.DescriptionError, match=r"error: expected at least about .* too fine a"):
        approximate(np.sin, 0, 3, 1e-9, lipschitz=1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"f": 3}, "approximate.f: expected a function"),
        ({"lo": 1, "hi": 0}, "approximate.hi: expected more than lo, got 0; lo is 1"),
        ({"lo": 1, "hi": 1}, "approximate.hi"),
        ({"lo": (0, 0)}, "approximate.lo: expected a number like hi, or pairs"),
        ({"lo": (0, 0, 0), "hi": (1, 1, 1)}, "approximate.lo: .* pairs of numbers"),
        ({"lo": (0, "a"), "hi": (1, 1)}, r"approximate.lo\[1\]: expected a finite number"),
        ({"hi": np.inf}, "approximate.hi: expected a finite number"),
        ({"error": 0}, "approximate.error: expected a finite number > 0"),
        ({"method": "bumps"}, 'approximate.method: expected "steps" or "pieces"'),
        ({"lipschitz": -1}, "approximate.lipschitz"),
        ({"max_units": 0}, "approximate.max_units"),
    ],
)
def test_what_is_refused(arguments, message):
    given = {"f": np.sin, "lo": 0, "hi": 1, "error": 0.1} | arguments
    with pytest.raises(am.DescriptionError, match=message):
        approximate(**given)
