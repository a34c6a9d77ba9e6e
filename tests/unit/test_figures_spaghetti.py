"""Spaghetti: where lines are, which side is positive, what is marked; and that it can be drawn."""

import numpy as np
import pytest

import amenable as am
from amenable.errors import DataError, DescriptionError
from amenable.figures import draw_spaghetti, spaghetti_data
from amenable.figures.canvas import encode, new_figure
from amenable.figures.neurons import BROKEN, DEAD, SATURATED, WORKS


def by_hand(first, bias, last, *, activation="tanh", output="identity"):
    """A network 2-U-1 with these weights, and no bias of the output."""
    network = am.mlp(2, len(first), 1, activation=activation, output=output)
    weights = {"1.weight": first, "1.bias": bias, "2.weight": [last], "2.bias": [0.0]}
    return am.Model.from_weights(network, weights)


@pytest.fixture(scope="module")
def trained():
    return am.train(am.mlp(2, 4, 3, 1), "moons", am.Training(epochs=20), seeds=2).best


def test_a_line_is_where_the_weighted_sum_is_zero(trained):
    found = spaghetti_data(trained, "moons")
    first = [it for it in found.neurons if it.layer == 1 and it.is_visible]
    assert first
    for it in first:
        sums = trained.preactivations(it.ends)[0][:, it.unit]
        assert abs(sums).max() < 1e-5
        middle = it.ends.mean(axis=0)
        assert trained.preactivations([middle + 0.05 * it.ahead])[0][0, it.unit] > 0
        left, right, bottom, top = found.frame
        assert np.all(it.ends >= [left - 1e-9, bottom - 1e-9])
        assert np.all(it.ends <= [right + 1e-9, top + 1e-9])


def test_deeper_neurons_have_levels_on_the_grid(trained):
    found = spaghetti_data(trained, "moons", resolution=11)
    second = [it for it in found.neurons if it.layer == 2]
    assert len(second) == 3
    left, right, bottom, top = found.frame
    corner = trained.preactivations([[right, bottom]])[1][0]
    for it in second:
        assert it.level.shape == (11, 11)
        assert it.level[0, -1] == pytest.approx(corner[it.unit])
    assert found.surface[0, -1, 0] == trained.decision([[right, bottom]])[0, 0]
    assert found.surface[-1, 0, 0] == trained.decision([[left, top]])[0, 0]


@pytest.mark.parametrize(
    ("weights", "bias", "ends"),
    [
        ([1.0, 0.0], -0.5, [[0.5, -1.0], [0.5, 1.0]]),  # upright
        ([0.0, -2.0], 1.0, [[-1.0, 0.5], [1.0, 0.5]]),  # level
        ([1.0, 1.0], 0.0, [[-1.0, 1.0], [1.0, -1.0]]),  # from corner to corner
        ([1.0, 1.0], 3.0, None),  # outside
        ([0.0, 0.0], 1.0, None),  # no line at all
    ],
)
def test_lines_are_cut_at_the_frame(weights, bias, ends):
    model = by_hand([weights], [bias], [1.0])
    (it,) = spaghetti_data(model, frame=(-1, 1, -1, 1)).neurons
    assert it.is_visible == (ends is not None)
    if ends is not None:
        found = sorted(np.round(it.ends, 9).tolist())
        assert found == sorted(ends)


def test_strength_is_weight_in_the_output_times_spread():
    model = by_hand([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 0.0, 0.0], [2.0, -4.0, 0.0])
    data = am.Dataset.from_arrays(
        [[-1, -1], [-1, 1], [1, -1], [1, 1]], [0, 1, 0, 1], validation=0, test=0
    )
    found = spaghetti_data(model, data)
    assert [it.unit for it in found.neurons] == [1, 0, 2]  # strongest first
    assert [it.strength for it in found.neurons] == pytest.approx([1.0, 0.5, 0.0])


def test_strength_counts_shortcuts():
    layers = (am.Dense(2, "tanh"), am.Dense(1, "tanh"), am.Dense(1, "identity", shortcuts=(1,)))
    network = am.Network(2, layers)
    weights = {
        "1.weight": [[1, 0], [0, 1]],
        "1.bias": [0, 0],
        "2.weight": [[1, 0]],
        "2.bias": [0],
        "3.weight": [[0, 0, 5]],  # of layer 2, then of both units of layer 1
        "3.bias": [0],
    }
    found = spaghetti_data(am.Model.from_weights(network, weights), resolution=21)
    strengths = {it.unit: it.strength for it in found.neurons if it.layer == 1}
    assert strengths[1] == 1.0
    assert strengths[0] == pytest.approx(0.2)


def test_dead_and_saturated_neurons_are_marked():
    relus = by_hand([[1.0, 0.0], [1.0, 0.0]], [0.0, -100.0], [1.0, 1.0], activation="relu")
    found = spaghetti_data(relus, "moons")
    assert {it.unit: it.state for it in found.neurons} == {0: WORKS, 1: DEAD}
    sigmoids = by_hand([[1e5, 0.0], [1.0, 0.0], [0.0, 1.0]], [0.0, 0.0, 1e5], [1.0, 1.0, 1.0])
    for activation in ("sigmoid", "tanh"):
        model = by_hand(sigmoids.weights["1.weight"], [0.0, 0.0, 1e5], [1, 1, 1])
        found = spaghetti_data(model, "moons")
        states = {it.unit: it.state for it in found.neurons}
        assert states == {0: SATURATED, 1: WORKS, 2: SATURATED}, activation
    assert "2 saturated (dotted)" in found.caption
    assert found.n_outside == 1


def test_without_hidden_layers_the_border_is_all():
    model = am.Model(am.mlp(2, 1), [1.0, -1.0, 0.0])
    found = spaghetti_data(model, "moons")
    assert found.neurons == ()
    assert "no hidden neuron" in found.caption
    figure = draw_spaghetti(found)
    assert "border" in _legend(figure)


def test_regression_shows_values():
    x = np.random.default_rng([0]).uniform(-1, 1, (60, 2))
    data = am.Dataset.from_arrays(x, x[:, 0] * 3.0, task="regression")
    found = spaghetti_data(am.Model(am.mlp(2, 1), [3.0, 0.0, 0.0]), data)
    assert found.fit == "r2 1"
    assert found.reading.kind == "value"
    figure = draw_spaghetti(found)
    assert len(figure.axes) == 2  # with a colour bar


def test_the_side_of_the_border_is_that_of_predict():
    for loss, targets, output in (
        ("squared", (0.0, 1.0), "identity"),
        ("squared", (-1.0, 1.0), "tanh"),
        ("hinge", None, "identity"),
        ("softmax", None, "identity"),
    ):
        network = am.mlp(2, 3, 2 if loss == "softmax" else 1, output=output)
        training = am.Training(am.Adam(0.05), epochs=30, loss=loss, targets=targets)
        it = am.train(network, "moons", training, seeds=1).best
        found = spaghetti_data(it, "moons")
        data = am.load("moons")
        x, y = data.split("training")
        assert found.is_right.tolist() == (it.predict(x) == y).tolist(), loss
        assert found.fit == f"{int(sum(it.predict(x) == y))} of 160 right"


def test_models_by_hand_have_a_threshold_that_suits_them():
    step = by_hand([[1, 1], [1, 1]], [-0.5, -1.5], [1, -1], activation="step", output="step")
    assert spaghetti_data(step, "xor").fit == "4 of 4 right"
    soft = am.Model(am.mlp(2, 1, output="sigmoid"), [0.0, 0.0, 0.1])
    assert spaghetti_data(soft, "xor").reading.threshold == 0.5
    assert spaghetti_data(soft, "xor", threshold=0.9).found.max() < 0
    assert spaghetti_data(soft).reading.kind == "border"
    linear = am.Model(am.mlp(2, 1), [1.0, 0.0, 0.0])
    assert spaghetti_data(linear).reading.kind == "value"
    assert spaghetti_data(linear, threshold=0.3).reading.kind == "border"


def test_many_classes_have_soft_colours_and_borders():
    data = am.load("gaussians", classes=5)
    it = am.train(am.mlp(2, 6, 5), data, am.Training(epochs=5), seeds=1).best
    found = spaghetti_data(it, data)
    assert found.surface.shape == (161, 161, 5)
    assert found.reading.classes == data.classes
    legend = _legend(draw_spaghetti(found))
    assert [f"class {name}" in legend for name in data.classes] == [True] * 5


def test_what_is_not_finite_is_left_blank(trained):
    broken = trained.with_flat(np.full(trained.flat.shape, np.nan))
    found = spaghetti_data(broken, "moons")
    assert found.fit == "0 of 160 right"
    assert {it.state for it in found.neurons} == {BROKEN}
    legend = _legend(draw_spaghetti(found))
    assert "not finite: 7" in legend
    assert "border" not in legend


def test_frames_hold_the_data_and_keep_lengths_where_inputs_are_alike():
    left, right, bottom, top = spaghetti_data(am.Model(am.mlp(2, 1), [1, 1, 0]), "moons").frame
    assert right - left == pytest.approx(top - bottom)
    x = np.array([[0.0, 0.0], [1000.0, 1.0], [500.0, 0.3], [20.0, 0.1]])
    data = am.Dataset.from_arrays(x, [0, 1, 0, 1], validation=0, test=0)
    left, right, bottom, top = spaghetti_data(am.Model(am.mlp(2, 1), [1, 1, 0]), data).frame
    assert left < 0 < 1000 < right
    assert bottom < 0 < 1 < top < 1.2


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((am.Model(am.mlp(3, 1), np.zeros(4)),), {}, "expected a network with 2 inputs, got 3"),
        (("moons",), {}, "model: expected a Model"),
        ((am.Model(am.mlp(2, 4), np.zeros(12)), "moons"), {}, "with 1 or 2 outputs for 'moons'"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)), "iris"), {}, "'iris' has 4 inputs"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)), "xor", "validation"), {}, "no validation samples"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)),), {"frame": (0, 1, 2)}, "frame: expected left"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)),), {"frame": (0, 1, 2, 1)}, "left < right"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)),), {"output": 1}, "output: expected an integer"),
        ((am.Model(am.mlp(2, 1), np.zeros(3)),), {"resolution": 1}, "resolution: expected"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, options, message):
    with pytest.raises((DataError, DescriptionError), match=message):
        spaghetti_data(*arguments, **options)


def test_a_dataset_with_more_inputs_than_the_network_is_refused():
    x = np.random.default_rng([0]).normal(size=(20, 3))
    data = am.Dataset.from_arrays(x, np.arange(20) % 2)
    with pytest.raises(DataError, match="'data' has 3 inputs"):
        spaghetti_data(am.Model(am.mlp(2, 1), np.zeros(3)), data)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_drawing_is_the_same_every_time_and_on_the_callers_axes(trained, theme):
    found = spaghetti_data(trained, "moons", resolution=21)
    first, second = (encode(draw_spaghetti(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second
    figure = new_figure(theme)
    axes = figure.subplots(1, 2)
    assert draw_spaghetti(found, axes[1], theme=theme, legend=False, title="mine") is figure
    assert axes[1].get_title() == "mine"
    assert not axes[0].get_title()


def test_only_the_strongest_lines_of_many_are_drawn():
    network = am.mlp(2, 50, 1)
    model = am.Model(network, np.random.default_rng([1]).normal(size=network.n_parameters))
    found = spaghetti_data(model, "moons")
    assert "layer 1: 10 of 50" in _legend(draw_spaghetti(found, most=10))
    assert "layer 1: 50 neurons" in _legend(draw_spaghetti(found, most=50))


def _legend(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
