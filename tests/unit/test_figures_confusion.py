"""Confusion matrices: counts of one network and of several, names, intervals, the drawing."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.confusion import confusion_data, draw_confusion
from amenable.statistics import wilson

MOONS = am.load("moons")


def lettered(classes, n=40, seed=0):
    """Data whose only input is the number of the class."""
    labels = np.arange(n * classes) % classes
    names = np.array([f"class {chr(97 + k)}" for k in range(classes)])
    data = am.Dataset.from_arrays(labels[:, None].astype(float), names[labels], name="letters")
    return data, am.mlp(1, classes if classes > 2 else 1)


def test_counts_are_those_of_the_predictions(population):
    best = population.best
    found = confusion_data(best, MOONS)
    x, labels = MOONS.split("validation")
    for i, j in np.ndindex(2, 2):
        assert found.counts[i, j] == np.sum((labels == i) & (best.predict(x) == j))
    assert found.accuracies[0] == best.metric["validation"]
    low, high = wilson(int(np.trace(found.counts)), 40)
    assert f"[{low:.3f}, {high:.3f}]" in found.title


def test_a_bare_model_says_the_class_by_sign_or_by_the_largest():
    data = am.Dataset.from_arrays([[-1.0], [1.0], [2.0]], ["no", "yes", "no"], validation=0, test=0)
    one = am.Model(am.mlp(1, 1), [1.0, 0.0])
    np.testing.assert_array_equal(confusion_data(one, data).counts, [[1, 1], [0, 1]])
    two = am.Model(am.mlp(1, 2), [-1.0, 1.0, 0.0, 0.0])
    np.testing.assert_array_equal(confusion_data(two, data).counts, [[1, 1], [0, 1]])


def test_of_several_networks_counts_add_up(population):
    several = population.where(structure="2-3-1")
    found = confusion_data(several, MOONS, "training")
    assert found.counts.sum() == len(several) * 160
    np.testing.assert_allclose(found.accuracies, several.metric["training"])
    assert f"median of {len(several)}" in found.title
    assert "saw the same samples" in found.caption


def test_networks_that_are_not_finite_are_left_out_and_told(made):
    population = made(["exhausted", "diverged", "exhausted"])
    weights = np.zeros((3, 13))
    weights[1, 4] = np.nan
    records = replace(population.records, arrays={"weights": (weights,)})
    data = am.Dataset.from_arrays(np.eye(2), ["no", "yes"], validation=0, test=0)
    found = confusion_data(replace(population, records=records), data)
    np.testing.assert_array_equal(found.counts, [[2, 0], [2, 0]])
    assert "1 network is left out" in found.caption
    with pytest.raises(am.DataError, match="expected finite weights"):
        confusion_data(am.Model(am.mlp(2, 1), [np.nan, 0.0, 0.0]), data)


def test_classes_keep_their_names_and_empty_ones_are_told():
    data, network = lettered(3)
    model = am.Model(network, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    found = confusion_data(model, data, "training")
    assert found.classes == ("class a", "class b", "class c")
    np.testing.assert_array_equal(found.counts[:, 1:], 0)
    assert "takes 'class b' for 'class a': 24 of 24 (100 %)" in found.caption


def test_without_an_error_it_says_so():
    data, _ = lettered(2)
    found = confusion_data(am.Model(am.mlp(1, 1), [1.0, -0.5]), data)
    assert "No sample is misclassified" in found.caption


@pytest.mark.parametrize("classes", [2, 5, 26])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(classes, theme):
    data, network = lettered(classes)
    flat = np.random.default_rng(0).normal(size=network.n_parameters)
    found = confusion_data(am.Model(network, flat), data)
    first, second = (encode(draw_confusion(found, theme=theme), "png", 60) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_axes(population):
    ax = axes_for(None)
    found = confusion_data(population.best, MOONS)
    figure = draw_confusion(found, ax)
    assert isinstance(figure, Figure)
    assert figure is ax.figure
    assert ax.get_title() == found.title
    shown = [text.get_text() for text in ax.texts]
    assert shown == [str(it) for it in found.counts.ravel() if it]


def test_bad_input_is_named(population):
    best = population.best
    with pytest.raises(am.DescriptionError, match="model: expected a Model"):
        confusion_data("best", MOONS)
    with pytest.raises(am.DataError, match="data: expected a Dataset for classification"):
        confusion_data(best, am.load("sine"))
    with pytest.raises(am.DescriptionError, match="split: expected"):
        confusion_data(best, MOONS, "all")
    with pytest.raises(am.DataError, match="no test samples"):
        confusion_data(best, am.load("moons", test=0), "test")
    with pytest.raises(am.DescriptionError, match="expected an output for each of 2 classes"):
        confusion_data(am.Model(am.mlp(2, 3), np.zeros(9)), MOONS)
    data, _ = lettered(27)
    with pytest.raises(am.DataError, match="expected 2 to 26 classes"):
        confusion_data(am.Model(am.mlp(1, 27), np.zeros(54)), data)


def test_dollars_in_names_are_no_formulas_on_the_callers_figure():
    data, network = lettered(3)
    named = replace(data, classes=("$0-$10", "$10-$20", "$_$"))
    model = am.Model(network, np.zeros(network.n_parameters))
    figure = Figure()
    draw_confusion(confusion_data(model, named), figure.add_subplot())
    with np.errstate(all="ignore"):
        encode(figure, "png")  # raises where "$_$" is read as TeX
