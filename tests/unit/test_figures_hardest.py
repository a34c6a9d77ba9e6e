"""The hardest samples: votes, order, the drawing; and errors against passes."""

import numpy as np
import pytest

import amenable as am
from amenable.figures.canvas import axes_for, encode, new_figure
from amenable.figures.hardest import draw_hardest, hardest_data
from amenable.figures.passes import draw_passes, passes_data


@pytest.fixture(scope="module")
def data():
    return am.load("digits", test=0.1)


@pytest.fixture(scope="module")
def population(data):
    return am.train(
        am.mlp(64, 8, 10), data, am.Training(epochs=4), seeds=5, snapshots=True, progress=False
    )


def test_votes_are_what_networks_predict_and_the_hardest_come_first(data, population):
    found = hardest_data(population, data, n=7)
    x, labels = data.split("test")
    said = np.stack([it.predict(x) for it in population])  # (T, N)
    right = (said == labels).sum(axis=0)
    assert found.right.tolist() == sorted(right)[:7]
    np.testing.assert_array_equal(found.right, right[found.samples])
    for k, sample in enumerate(found.samples):
        np.testing.assert_array_equal(found.votes[k], np.bincount(said[:, sample], minlength=10))
        assert found.labels[k] == labels[sample]
        np.testing.assert_array_equal(found.images[k].reshape(-1), x[sample])
    votes = np.stack([np.bincount(it, minlength=10) for it in said.T])
    assert found.n_missed == (votes.argmax(axis=1) != labels).sum()
    assert f"miss {found.n_missed}" in found.caption


@pytest.mark.parametrize("loss", ["logistic", "hinge", "squared"])
def test_two_classes_with_one_output(loss):
    rng = np.random.default_rng([2])
    x = rng.normal(size=(40, 2, 2))
    data = am.Dataset.from_arrays(x, np.where(x[:, 0, 0] > 0, "yes", "no"))
    codes = (-1.0, 3.0) if loss == "squared" else None  # the middle is not 0
    training = am.Training(epochs=3, loss=loss, targets=codes)
    population = am.train(am.mlp(4, 1), data, training, seeds=3, progress=False)
    found = hardest_data(population, data, "training", n=32)
    rows = data.split("training")[0]
    for k, sample in enumerate(found.samples):
        said = [it.predict(rows[[sample]])[0] for it in population]
        assert found.votes[k].tolist() == [said.count("no"), said.count("yes")]


def test_networks_that_diverged_have_no_vote(data):
    wild = am.Training(am.SGD(1e9), loss="squared", epochs=1)
    both = [am.Training(epochs=1), wild]
    population = am.train(am.mlp(64, 8, 10, activation="relu"), data, both, seeds=2, progress=False)
    assert hardest_data(population, data, n=3).n_networks == 2
    with pytest.raises(am.DataError, match="all networks have diverged"):
        hardest_data(population.where(status="diverged"), data)


@pytest.mark.parametrize("n", [1, 5, 24])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(data, population, n, theme):
    found = hardest_data(population, data, n=n)
    first, second = (encode(draw_hardest(found, theme=theme), "png", 40) for _ in range(2))
    assert first == second


def test_it_draws_on_the_callers_figure(data, population):
    figure = new_figure()
    part, other = figure.subfigures(1, 2)
    assert draw_hardest(hardest_data(population, data, n=2), part) is figure
    assert part.axes
    assert not other.axes


def test_bad_input_is_named(data, population):
    with pytest.raises(am.DescriptionError, match="population: expected a Population"):
        hardest_data(population.best, data)
    with pytest.raises(am.DataError, match="for classification"):
        hardest_data(population, am.load("sine"))
    with pytest.raises(am.DataError, match="expected inputs 64"):
        hardest_data(population, am.load("iris"))
    with pytest.raises(am.DescriptionError, match="n: expected"):
        hardest_data(population, data, n=0)


def test_passes_are_errors_at_probes(data, population):
    found = passes_data(population, data)
    assert found.passes.tolist() == [0, 1, 2, 3, 4]
    assert list(found.errors) == ["training", "validation", "test"]
    np.testing.assert_allclose(
        found.errors["validation"][:, -1], 1 - population.metric["validation"]
    )
    x, labels = data.split("test")
    expected = [np.mean(it.predict(x) != labels) for it in population]
    np.testing.assert_allclose(found.errors["test"][:, -1], expected, atol=1e-12)
    assert "4 passes" in found.caption or "was least" in found.caption


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_passes_are_drawn_the_same_twice(data, population, theme):
    found = passes_data(population, data)
    first, second = (encode(draw_passes(found, theme=theme), "png", 50) for _ in range(2))
    assert first == second
    ax = axes_for(None)
    assert draw_passes(found, ax) is ax.get_figure()


def test_passes_with_trials_that_diverged():
    wild = am.Training(am.SGD(1e6), loss="squared", epochs=3)
    population = am.train(
        am.mlp(2, 8, 1, activation="relu"), "moons", wild, seeds=2, snapshots=True, progress=False
    )
    found = passes_data(population, am.load("moons"))
    assert np.isnan(found.errors["training"][:, -1]).all()
    assert "2 networks diverged" in found.caption
    encode(draw_passes(found), "png", 50)


def test_passes_need_snapshots_and_one_configuration(data):
    population = am.train(am.mlp(64, 10), data, am.Training(epochs=1), seeds=1, progress=False)
    with pytest.raises(am.DescriptionError, match="snapshots"):
        passes_data(population, data)
    several = am.grid(am.Training(epochs=1), lr=[0.1, 0.01])
    population = am.train(am.mlp(64, 10), data, several, seeds=1, snapshots=True, progress=False)
    with pytest.raises(am.DescriptionError, match="one configuration"):
        passes_data(population, data)
