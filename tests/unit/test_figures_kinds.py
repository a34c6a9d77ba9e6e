"""The table of figures, and `plot` of a population and of a network, which go by it."""

import inspect
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import amenable as am
from amenable import figures
from amenable.errors import DataError, DescriptionError
from amenable.figures.canvas import encode, new_figure
from amenable.figures.kinds import KINDS, figure, find_kind
from amenable.figures.plotting import prepare, trial_of


@pytest.fixture(scope="module")
def population():
    training = am.Training(epochs=10, goal="training accuracy >= 0.8")
    networks = [am.mlp(2, 3, 1), am.mlp(2, 4, 1)]
    trainings = am.grid(training, lr=[0.01, 0.1])
    return am.train(
        networks, "moons", trainings, seeds=4, curves=True, signals=True, snapshots=True
    )


# What a kind cannot do without, or what makes it quick.
OPTIONS = {
    "trainability": {"x": "lr", "y": "width"},
    "first_layer": {"shape": (1, 2)},
    "samples": {"sizes": [40, 80], "seeds": 2},
    "landscape": {"resolution": 5},
    "landscape_3d": {"resolution": 5},
    "path": {"resolution": 5},
    "plane": {"resolution": 5},
    "walk": {"points": 5},
}


def subject_for(kind, population):
    """What the kind can be drawn of."""
    if kind.name == "functions":
        return am.train(am.mlp(1, 3, 1), "sine", am.Training(epochs=2), seeds=3)
    if subject_is_of_images(kind.name):
        return of_images()
    return population


@cache
def of_images():
    """Networks of images, a few steps on."""
    network = am.Network((1, 8, 8), [am.Conv2d(2, kernel=3), am.Dense(10, "identity")])
    return am.train(network, "digits", am.Training(epochs=1), seeds=3, snapshots=True)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_made_and_drawn(population, name):
    kind = KINDS[name]
    subject = subject_for(kind, population)
    options = OPTIONS.get(name, {})
    found = prepare(subject, name, None, options)
    assert found.caption.endswith(".")
    if kind.has_one_axes:
        flat = new_figure("dark")
        three = {"projection": "3d"} if name == "landscape_3d" else {}
        axes = flat.subplots(1, 2, subplot_kw=three)
        assert found.draw(axes[0], "dark") is flat
        assert axes[0].has_data()
        assert not axes[1].has_data()
    else:
        figure = found.draw(theme="dark")
        assert figure.get_facecolor() == new_figure("dark").get_facecolor()


def test_plot_draws_on_new_axes_or_the_callers(population):
    assert population.plot("survival", by="lr").axes
    ax = new_figure().add_subplot()
    assert population.plot("curves", ax=ax, measure="metric") is ax.get_figure()
    assert ax.has_data()


@pytest.mark.parametrize("name", [name for name in KINDS if not KINDS[name].is_of_population])
def test_kinds_of_one_network_are_drawn_of_a_network(population, name):
    subject = subject_for(KINDS[name], population)
    model = subject.best
    options = dict(OPTIONS.get(name, {}))
    ends = [it for it in subject if it.network == model.network][:3]
    if name == "walk":
        options["to"] = ends[0]
    if name == "plane":
        options["to"] = ends[:2]
    assert model.plot(name, **options).axes


@pytest.mark.parametrize("name", KINDS)
def test_the_functions_of_a_kind_are_public_and_what_the_table_says(name):
    kind = KINDS[name]
    assert kind.draw.__name__ in figures.__all__
    assert kind.name.replace("-", "_") == kind.name
    assert kind.about == kind.about.strip(".")
    assert len(kind.about) <= 75
    parameters = list(inspect.signature(kind.draw).parameters)
    assert parameters[1] in ("ax", "figure")
    assert "theme" in parameters


def counted_data(data, population, factor=2):
    """Arrays of a figure that somebody else wrote; its parameters stand in another order."""
    return Counted(len(population) * factor, data.name)


class Counted(NamedTuple):
    n: int
    name: str

    @property
    def caption(self):
        return f"{self.n} on {self.name}."


def draw_counted(found, ax=None, *, theme="light", marker="o"):
    ax = figures.new_figure(theme).add_subplot() if ax is None else ax
    ax.plot([found.n], marker=marker)
    return ax.get_figure()


def test_a_figure_from_outside_is_drawn_like_any_other(population, monkeypatch):
    monkeypatch.setattr("amenable.figures.kinds.KINDS", dict(KINDS))
    figure(
        "counted", "how many there are", counted_data, draw_counted, takes=("population", "data")
    )
    found = prepare(population, "counted", None, {"factor": 3, "marker": "x"})
    assert found.caption == "48 on moons."
    assert found.draw().axes[0].has_data()
    with pytest.raises(
        DescriptionError, match="'counted' has no such option; its options: factor, mark"
    ):
        population.plot("counted", colour="red")


@pytest.mark.parametrize(
    ("name", "takes", "message"),
    [
        ("curves", ("population",), "'curves' is registered already"),
        ("counted", ("model",), "takes: expected parameters of counted_data among .*got 'model'"),
        ("counted", ("factor",), "got 'factor'"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(name, takes, message):
    with pytest.raises(ValueError, match=message):
        figure(name, "nothing", counted_data, draw_counted, takes=takes)
    assert "counted" not in KINDS


def test_public_names_are_there():
    assert len(set(figures.__all__)) == len(figures.__all__)
    for name in figures.__all__:
        assert inspect.getdoc(getattr(figures, name))
    assert am.figures is figures
    assert am.surfaces.__name__ == "amenable.surfaces"
    assert am.construct.__name__ == "amenable.construct"


def test_the_trial_that_is_meant(population):
    assert trial_of(population, "best") == population.ranking[0]
    assert trial_of(population, "worst") == population.ranking[-1]
    assert trial_of(population, 3) == 3
    found = prepare(population, "spaghetti", None, {})
    assert found.trial == trial_of(population, "median")
    assert population[found.trial].seed == population.median.seed
    best = prepare(population, "spaghetti", None, {"trial": "best"})
    assert best.found.fit == f"{round(160 * population.best.metric['training'])} of 160 right"
    assert prepare(population, "curves", None, {}).trial is None


def test_data_is_found_by_its_name_if_it_is_what_training_saw(population):
    assert prepare(population, "spaghetti", None, {}).found.name == "moons"
    other = am.train(am.mlp(2, 2, 1), am.load("moons", noise=0.3), am.Training(epochs=1), seeds=1)
    assert prepare(other, "spaghetti", None, {}).found.name == ""
    with pytest.raises(DataError, match="'histograms' needs the samples of 'moons'"):
        other.plot("histograms")
    assert other.plot("histograms", am.load("moons", noise=0.3)).axes
    with pytest.raises(DataError, match="'confusion' needs the samples; pass"):
        am.Model(am.mlp(2, 1), [1, 1, 0]).plot("confusion")


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("spagetti", {}, "did you mean 'spaghetti'"),
        (3, {}, "unknown figure 3; there are confusion, curves"),
        (
            "curves",
            {"trial": "best"},
            "trial: 'curves' has no such option; its options: measure, split",
        ),
        ("spaghetti", {"trial": 16}, 'trial: expected "best", "median", "worst" or a number from'),
        ("spaghetti", {"trial": "mean"}, "trial: expected"),
        ("spaghetti", {"trial": True}, "trial: expected"),
        ("spaghetti", {"framme": 1}, "framme: 'spaghetti' has no such option; did you mean 'frame"),
        ("trainability", {}, "x: required for 'trainability'; pass x="),
        ("spaghetti", {"theme": "blue"}, 'theme: expected "light" or "dark"'),
    ],
)
def test_what_cannot_be_drawn_is_said(population, kind, options, message):
    with pytest.raises(DescriptionError, match=message):
        population.plot(kind, **options)


def test_what_was_not_recorded_says_what_to_pass_to_train(population):
    bare = am.train(am.mlp(2, 2, 1), "moons", am.Training(epochs=1), seeds=1, keep_weights=False)
    for kind, record in (
        ("curves", "curves=True"),
        ("gradients", "signals=True"),
        ("frames", "keep_weights=True"),
        ("spaghetti", "keep_weights=True"),
    ):
        with pytest.raises(DescriptionError, match=f"not recorded; train with {record}"):
            bare.plot(kind)
    with pytest.raises(DataError, match="at least one trial"):
        population[:0].plot("spaghetti")


def test_one_network_is_no_population(population):
    with pytest.raises(DescriptionError, match="'survival' needs many networks, expected one of"):
        population.best.plot("survival")
    with pytest.raises(DescriptionError, match="there is only one network"):
        population.best.plot("spaghetti", trial="best")
    with pytest.raises(DescriptionError) as raised:
        find_kind("x", of_one=True)
    assert "survival" not in str(raised.value)


def test_figures_with_several_axes_refuse_one(population):
    ax = new_figure().add_subplot()
    with pytest.raises(DescriptionError, match=r"'gallery' makes its own axes; .*draw_gallery"):
        population.plot("gallery", ax=ax)


# What people call their columns and classes; two dollar signs would be TeX, and "_^{" wrong TeX.
DOLLARS = ("$0-$10", "$10-$20", "$_$ ^{")


@pytest.mark.parametrize("name", KINDS)
def test_dollar_signs_in_names_are_shown(name):
    kind = KINDS[name]
    population = dollar_population(kind.name)
    found = prepare(population, name, dollar_data(kind.name), OPTIONS.get(name, {}))
    drawn = [found.draw()]
    if kind.has_one_axes:  # of somebody else's figure
        three = {"projection": "3d"} if name == "landscape_3d" else {}
        drawn.append(found.draw(Figure().add_subplot(**three)))
    for each in drawn:
        encode(each, "svg")
        names = [it for it in each.findobj(Text) if "$0" in it.get_text()]
        assert not any(it.get_parse_math() for it in names)


@cache
def dollar_data(kind):
    """Data of which everything that has a name has a dollar sign in it."""
    if kind == "functions":
        return am.load("sine")
    source = am.load("digits" if subject_is_of_images(kind) else "moons")
    classes = (*DOLLARS[: source.n_classes], *source.classes[3:])
    features = tuple(f"${it}$ in $" for it in source.features)
    return replace(source, name="$a_$b", classes=classes, features=features)


def subject_is_of_images(kind):
    return kind in ("kernels", "feature_maps", "hardest", "passes")


@cache
def dollar_population(kind):
    data = dollar_data(kind)
    if kind == "functions":
        return am.train(am.mlp(1, 3, 1), data, am.Training(epochs=2), seeds=3)
    if subject_is_of_images(kind):
        network = am.Network((1, 8, 8), [am.Conv2d(2, kernel=3), am.Dense(10, "identity")])
        return am.train(network, data, am.Training(epochs=1), seeds=3, snapshots=True)
    trainings = am.grid(am.Training(epochs=5, goal="training accuracy >= 0.8"), lr=[0.01, 0.1])
    networks = [am.mlp(2, 3, 1), am.mlp(2, 4, 1)]
    return am.train(networks, data, trainings, seeds=2, curves=True, signals=True, snapshots=True)
