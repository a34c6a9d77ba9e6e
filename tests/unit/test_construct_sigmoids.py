"""Detector, passthrough and the ReLU made of them: their bounds, and what they refuse."""

import numpy as np
import pytest

from amenable.construct import detector, passthrough, passthrough_scale, relu_from_sigmoids

UNIT = {"float32": 2.0**-24, "float64": 2.0**-53}


def outputs(model, x):
    return model.decision(np.asarray(x, dtype=float)[:, None])[:, 0]


@pytest.mark.parametrize("at", [0.0, -3.0, 0.7])
@pytest.mark.parametrize("sharpness", [1.0, 100.0, 10000.0])
def test_a_detector_is_within_e_outside_its_transition(at, sharpness):
    model = detector(at, sharpness)
    for e in (0.1, 0.01, 1e-4):
        half = np.log((1 - e) / e) / sharpness + 4 * abs(at) * 2.0**-23
        away = np.concatenate([np.geomspace(half, 100, 200), [half]])
        assert outputs(model, at - away).min() >= 1 - e - 2.0**-22
        assert outputs(model, at + away).max() <= e * (1 + 1e-4)
    if at == 0:
        assert outputs(model, [0.0])[0] == 0.5


def test_the_detectors_transition_is_as_wide_as_the_docstring_says():
    x = np.linspace(-0.001, 0.001, 200_001)
    y = outputs(detector(), x)
    is_between = (y > 0.01) & (y < 0.99)
    assert np.ptp(x[is_between]) == pytest.approx(0.00092, abs=1e-6)


def test_where_float32_ends_the_detector():
    model = detector(sharpness=1.0)
    assert outputs(model, [-18.0])[0] == 1
    assert outputs(model, [104.0])[0] == 0
    assert 0 < outputs(model, [80.0])[0] < 1e-34
    # beyond the spacing of inputs at 1 it changes nothing
    x = 1 + np.array([-4, -2, 2, 4]) * 2.0**-23
    found = [outputs(detector(1.0, s), x) for s in (2.0**30, 2.0**40)]
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize("scale", [1e-5, 1e-4, 0.03, 1.0])
def test_a_passthrough_keeps_to_its_bound(scale, dtype):
    x = np.concatenate([np.linspace(-20, 20, 4001), np.geomspace(1e-6, 1e3, 500)])
    x = x.astype(dtype).astype(float)
    unit = UNIT[dtype]
    rounding = 4 / scale * 2 * unit + 4 * unit * np.abs(x)
    y = outputs(passthrough(scale, dtype), x)
    error = np.abs(y - x)
    assert np.all(error <= scale**2 * np.abs(x) ** 3 / 12 + rounding)
    assert np.all(np.abs(y) <= np.abs(x) + rounding)  # never beyond x
    if scale == 1.0:  # the bound is nearly met where x is small and rounding no matter
        k = np.argmin(np.abs(x - 0.1))
        assert error[k] >= 0.99 * scale**2 * abs(x[k]) ** 3 / 12


def test_the_slides_4000_gives_a_tenth():
    x = np.arange(-5, 6.0)
    model = passthrough(dtype="float64")
    weights = model.weights | {"2.weight": [[4000.0]], "2.bias": [-2000.0]}
    slide = type(model).from_weights(model.network, weights, "float64")
    np.testing.assert_allclose(outputs(slide, x), x / 10, atol=1e-6)
    np.testing.assert_allclose(outputs(model, x), x, atol=1e-6)


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize("radius", [0.5, 20.0, 1e4])
def test_the_best_scale_is_where_the_two_errors_meet(radius, dtype):
    scale = passthrough_scale(radius, dtype)
    bound = (24 * 2 * UNIT[dtype]) ** (2 / 3) * radius / 4
    x = np.linspace(-radius, radius, 5001).astype(dtype).astype(float)

    def worst(factor):
        return np.abs(outputs(passthrough(scale * factor, dtype), x) - x).max()

    assert worst(1) <= bound * 1.1  # and |x| 2**-22, which is 0.005 of it in float32
    assert worst(10) > bound * 5
    assert worst(0.1) > bound


def test_the_lectures_relu_at_the_integers():
    x = np.arange(-20, 20)
    model = relu_from_sigmoids()
    assert model.dtype == "float32"
    assert [it.shape for it in model.layers(x[:, None])] == [(40, 2), (40, 2), (40, 1)]
    y = outputs(model, x)
    np.testing.assert_array_equal(y[x <= 0], 0)
    assert 0.006 < np.abs(y - np.maximum(x, 0)).max() <= 0.007


def test_the_lectures_relu_has_a_gap_beside_zero():
    model = relu_from_sigmoids()
    assert outputs(model, [1.3e-7])[0] == -80000
    assert np.abs(outputs(model, [1.1e-7, 3.3e-7])).max() < 0.03


CASES = [
    (-20, 20, 0.01),
    (-20, 20, 1e-7),
    (-1, 1, 0.1),
    (-1000, 1, 1e-3),
    (-1, 1000, 1e-2),
    (-1e-3, 1e-3, 1e-6),
    (-20, 20, 5e-9),
    (-20, 20, 30),
]


@pytest.mark.parametrize(("low", "high", "error"), CASES)
def test_the_general_relu_is_within_its_error_everywhere(low, high, error):
    model = relu_from_sigmoids(low, high, error)
    sharpness = -model.weights["1.weight"][0, 0]
    near = np.geomspace(1e-4, 60, 4001) / sharpness  # where the detector turns
    far = np.geomspace(1e-12, 1, 2001)
    x = np.concatenate([np.linspace(low, high, 8001), near, -near, far * high, far * low])
    x = x[(x >= low) & (x <= high)]
    y = outputs(model, x)
    assert np.abs(y - np.maximum(x, 0)).max() <= error
    assert np.all(y * x >= -error * np.abs(x) * 1e-3 - 1e-300)  # between 0 and x
    assert np.all(np.abs(y) <= np.abs(x) + 0.7 * error)  # the rest is rounding


def test_its_weights_are_the_smallest():
    model = relu_from_sigmoids(-20, 20, 0.001)
    x = np.concatenate([np.linspace(-20, 20, 4001), np.geomspace(1e-5, 1, 4001)])

    def worst(**changed):
        weights = {name: array.copy() for name, array in model.weights.items()}
        if "sharpness" in changed:
            weights["1.weight"][0] *= changed["sharpness"]
        if "gate" in changed:
            weights["2.weight"][:, 0] *= changed["gate"]
        if "scale" in changed:
            weights["1.weight"][1] /= changed["scale"]
            weights["3.weight"] *= changed["scale"]
        other = type(model).from_weights(model.network, weights, "float64")
        return np.abs(outputs(other, x) - np.maximum(x, 0)).max()

    assert worst() <= 0.001
    for name in ("sharpness", "gate", "scale"):
        assert worst(**{name: 0.99}) > 0.001, name


def test_what_floating_point_cannot_reach_is_refused_with_what_it_can():
    with pytest.raises(ValueError, match=r"error above 4\.84e-09, the least .* high = 20, got 4e-"):
        relu_from_sigmoids(-20, 20, 4e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: detector(sharpness=0), "detector.sharpness: expected a finite number > 0"),
        (lambda: detector(at=float("nan")), "detector.at: expected a finite number"),
        (lambda: detector(at=1e30, sharpness=1e30), r"detector.sharpness \* at: expected at most"),
        (lambda: detector(dtype="float16"), 'detector.dtype: expected "float32" or "float64"'),
        (lambda: passthrough(-1), "passthrough.scale: expected a finite number > 0"),
        (lambda: passthrough(1e-39), "passthrough.scale: expected a number from 1.18e-38"),
        (lambda: passthrough_scale(0), "passthrough_scale.radius"),
        (lambda: relu_from_sigmoids(-1, 1), "expected all of low, high and error, or none"),
        (lambda: relu_from_sigmoids(0, 1, 0.1), "relu_from_sigmoids.low: .* < 0, got 0"),
        (lambda: relu_from_sigmoids(-1, -0.5, 0.1), "relu_from_sigmoids.high: .* > 0, got -0.5"),
        (lambda: relu_from_sigmoids(-1, 1, 0), "relu_from_sigmoids.error"),
        (lambda: relu_from_sigmoids(-1, 1e300, 1), "float64 up to high = 1e"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
