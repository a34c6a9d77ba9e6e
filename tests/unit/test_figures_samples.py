"""Accuracy and cost against samples: quantiles, growth of cost, gaps, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import encode, new_figure
from amenable.figures.samples import draw_samples, samples_data

SIZES = np.array([50, 100, 200, 400])


@pytest.fixture(scope="module")
def two_models():
    rng = np.random.default_rng(0)
    accuracy = {
        "network": 1 - 5 / SIZES[:, None] + 0.01 * rng.normal(size=(4, 20)),
        "kernel": [0.8, 0.85, 0.9, np.nan],
    }
    cost = {"network": SIZES * 1e-3, "kernel": [*(SIZES[:3] / 100.0) ** 2, np.nan]}
    return samples_data(SIZES, accuracy, cost), accuracy


def test_quantiles_are_over_repetitions(two_models):
    found, given = two_models
    expected = np.quantile(given["network"], (0.1, 0.5, 0.9), axis=1)
    np.testing.assert_allclose(found.accuracy[0], expected)
    assert found.repetitions == (20, 1)
    np.testing.assert_array_equal(found.accuracy[1, 0], found.accuracy[1, 2])


def test_cost_grows_with_a_power_of_the_samples(two_models):
    found, _ = two_models
    np.testing.assert_allclose(found.slopes, [1.0, 2.0])
    assert np.isnan(samples_data([10], {"a": [0.5]}, {"a": [1.0]}).slopes[0])
    assert np.isnan(samples_data([10, 20], {"a": [0.5, 1]}, {"a": [0.0, 0.0]}).slopes[0])


def test_sizes_that_were_not_run_are_gaps(two_models):
    found, _ = two_models
    assert np.isnan(found.accuracy[1, :, 3]).all()
    assert "kernel from 0.8 with 50 to 0.9 with 200" in found.caption


def test_the_caption_says_nothing_of_measured_times(two_models):
    slower = samples_data(SIZES, two_models[1], dict.fromkeys(("network", "kernel"), SIZES * 7.0))
    assert slower.caption == two_models[0].caption


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(two_models, theme):
    found, _ = two_models
    first, second = (encode(draw_samples(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_figure(two_models):
    figure = new_figure(size=(8, 3))
    part = figure.subfigures(1, 2)[0]
    drawn = draw_samples(two_models[0], part)
    assert drawn is figure
    assert isinstance(drawn, Figure)
    assert len(part.axes) == 2
    encode(figure, "png")


def test_one_size_and_no_cost():
    found = samples_data([10], {"a": [0.5]}, {"a": [0.0]}, "r2", "multiply-adds")
    encode(draw_samples(found), "png")
    assert found.caption.startswith("R2 and multiply-adds against")


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (
            am.DataError,
            "sizes: expected numbers of samples above 0",
            ([2, 1], {"a": [1, 1]}, {"a": [1, 1]}),
        ),
        (am.DataError, "sizes: expected numbers of samples above 0", ([], {"a": []}, {"a": []})),
        (am.DataError, "sizes: expected numbers", (["x"], {"a": [1]}, {"a": [1]})),
        (am.DescriptionError, "accuracy: expected a mapping", ([1], [1], {"a": [1]})),
        (am.DescriptionError, "accuracy: expected a mapping", ([1], {}, {})),
        (
            am.DescriptionError,
            "cost: expected the names of accuracy, a",
            ([1], {"a": [1]}, {"b": [1]}),
        ),
        (
            am.DataError,
            r"accuracy\['a'\]: expected shape \(2,\)",
            ([1, 2], {"a": [1]}, {"a": [1, 2]}),
        ),
        (am.DataError, r"cost\['a'\]: expected numbers", ([1], {"a": [1]}, {"a": ["x"]})),
    ],
)
def test_bad_input_is_named(error, match, arguments):
    with pytest.raises(error, match=match):
        samples_data(*arguments)
