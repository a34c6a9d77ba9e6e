"""Functions and their approximations: errors on the grid, what the caption says, the drawing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import encode, new_figure
from amenable.figures.functions import draw_functions, functions_data

RELU = am.Model(am.mlp(1, 1, output="relu"), [1.0, 0.0], "float64")
HALF = am.Model(am.mlp(1, 1, output="relu"), [0.5, 0.0], "float64", "half")
OVERFLOWS = am.Model(am.mlp(1, 1), [3e38, 3e38])


def test_errors_are_those_of_the_arithmetic():
    found = functions_data(np.abs, {"relu": RELU, "half": HALF}, -2, 4, points=13)
    x = np.linspace(-2, 4, 13)
    np.testing.assert_array_equal(found.x, x)
    np.testing.assert_allclose(found.errors[0], np.maximum(x, 0) - np.abs(x))
    np.testing.assert_allclose(found.largest_errors, [2.0, 2.0])
    assert "2 for relu and 2 for half" in found.caption


def test_names_are_what_models_say_of_themselves_and_differ():
    assert functions_data(np.abs, [RELU, HALF, HALF], 0, 1).names == (
        "1-1 none",
        "half",
        "half (2)",
    )
    assert functions_data(np.abs, [RELU, HALF], 0, 1, names=["a", "b"]).names == ("a", "b")


def test_a_constant_is_a_function_too():
    found = functions_data(lambda x: 0.25, RELU, 0, 1, points=5)
    np.testing.assert_allclose(found.errors[0], [-0.25, 0, 0.25, 0.5, 0.75])


def test_without_a_function_nothing_is_said_of_errors():
    found = functions_data(None, RELU, 0, 1)
    assert "rror" not in found.caption
    assert len(draw_functions(found).axes) == 1


def test_outputs_that_are_not_finite_are_infinitely_wrong():
    nan = am.Model(am.mlp(1, 2, 1, activation="relu"), [3e38, 3e38, 0, 0, 1, -1, 0])
    found = functions_data(np.abs, [RELU, OVERFLOWS, nan], -20, 19)
    assert np.isnan(found.values[2]).any()
    assert found.largest_errors[1:].tolist() == [np.inf, np.inf]
    assert "infinite for" in found.caption
    assert "cut off" in found.caption
    encode(draw_functions(found), "png")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(theme):
    found = functions_data(np.abs, [RELU, HALF], -1, 1)
    first, second = (encode(draw_functions(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_errors_of_different_sizes_are_on_a_logarithmic_scale():
    close = am.Model(am.mlp(1, 1, output="relu"), [1.0, 1e-6], "float64")
    scales = [
        draw_functions(functions_data(lambda x: np.maximum(x, 0), models, -1, 1))
        .axes[1]
        .get_yscale()
        for models in ([HALF], [HALF, close])
    ]
    assert scales == ["linear", "log"]


def test_it_draws_on_the_callers_figure():
    figure = new_figure()
    left, _ = figure.subfigures(1, 2)
    drawn = draw_functions(functions_data(np.abs, RELU, -1, 1), left)
    assert drawn is figure
    assert isinstance(drawn, Figure)
    assert len(left.axes) == 2


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (
            am.DescriptionError,
            "models: expected one input",
            (np.abs, am.Model(am.mlp(2, 1), np.zeros(3)), 0, 1),
        ),
        (am.DescriptionError, r"models\[0\]: expected a Model", (np.abs, "x", 0, 1)),
        (am.DescriptionError, "models: expected at least one", (np.abs, [], 0, 1)),
        (am.DescriptionError, "hi: expected a number above lo = 1", (np.abs, RELU, 1, 1)),
        (am.DescriptionError, "points", (np.abs, RELU, 0, 1, 1)),
        (am.DescriptionError, "names: expected 1 texts", (np.abs, RELU, 0, 1, 5, ["a", "b"])),
        (am.DescriptionError, "f: expected a function", ("sin", RELU, 0, 1)),
        (
            am.DataError,
            "f: expected finite numbers.*at x = 0",
            (lambda x: np.where(x == 0, np.nan, x), RELU, 0, 1),
        ),
        (am.DataError, "f: expected numbers of shape", (lambda x: x[:3], RELU, 0, 1)),
    ],
)
def test_bad_input_is_named(error, match, arguments):
    with pytest.raises(error, match=match):
        functions_data(*arguments)


def test_a_long_description_is_no_name():
    model = am.construct.approximate(np.sin, -1, 1, 0.2)
    found = functions_data(np.sin, [model], -1, 1)
    assert list(found.names) == [f"{model.network.structure} sigmoid"]
