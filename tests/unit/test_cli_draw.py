"""`amenable draw` as a user runs it: what is trained, written, said and refused."""

import shlex
from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.cli import digits_setup, main
from amenable.figures import KINDS

QUICK = ("--steps", "60", "--seeds", "2")


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs the command in a folder of its own; returns status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words):
        status = main(["draw", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a population, a trained network, a model, and a network of images."""
    folder = tmp_path_factory.mktemp("saved")
    training = am.Training(epochs=5, goal="accuracy >= 0.9")
    population = am.train(am.mlp(2, 3, 1), "moons", training, seeds=3, curves=True)
    population.save(folder / "many.npz")
    population.best.save(folder / "one.npz")
    am.Model(am.mlp(2, 1, output="sigmoid"), [5.0, 5.0, -7.5]).save(folder / "by hand.npz")
    lenet = digits_setup.with_classes(am.lenet1989(), am.load("digits"))
    data = digits_setup.load_digits("digits", lenet)
    one = am.train(lenet, data, am.Training(epochs=3), seeds=1).best
    one.save(folder / "lenet.npz")
    am.Model(lenet, one.flat).save(folder / "lenet by hand.npz")
    return folder


def test_alone_it_lists_the_kinds(run):
    status, out, _ = run()
    assert status == 0
    for kind in KINDS.values():
        assert f"{kind.name} " in out
        assert kind.about in out
    assert "amenable draw KIND DATA" in out


def test_every_kind_has_a_recipe_with_a_next_kind():
    for kind in KINDS.values():
        assert kind.recipe.following in KINDS


SMALL = {
    "trainability": ("--lr", "0.1", "--lr", "0.01", "--init", "normal(1)", "--init", "normal(0.1)"),
    "samples": ("--hidden", "4", "--set", "sizes=[40,80]", "--set", "seeds=2"),
    "walk": ("--set", "points=5"),
    "frames": ("--hidden", "2", "-o", "frames.png"),
    **dict.fromkeys(
        ("landscape", "landscape_3d", "path", "plane"),
        ("--set", "resolution=5", "--hidden", "3", "--seeds", "3"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_something_by_itself(run, tmp_path, kind):
    status, out, err = run(kind, *QUICK, *SMALL.get(kind, ()))
    assert status == 0, err
    assert (tmp_path / f"{kind}.png").read_bytes().startswith(b"\x89PNG")
    assert f"Written: {kind}.png" in out
    assert "networks:" in out


def test_it_says_what_is_trained_drawn_and_next(run, tmp_path):
    status, out, _ = run("spaghetti", "moons", "--hidden", "3", *QUICK, "-o", "a b.svg")
    assert status == 0
    for said in (
        "moons: 200 samples (160 to train, 40 to validate) and 2,000 to test, 2 inputs, 2 classes",
        "2 networks: 1 structure x 1 activation x 2 seeds",
        "Drawn is trial ",
        "by validation accuracy: 2-3-1 tanh, seed",
        "Network 2-3-1 tanh on the training samples of moons, ",
        "Written: a b.svg",
        "Next, ",
        "  amenable draw frames moons --hidden 3 --steps 60 --seeds 2",
    ):
        assert said in out
    assert (tmp_path / "a b.svg").is_file()
    command = shlex.split(out.strip().splitlines()[-1])
    assert run(*command[2:], "--hidden", "2", "-o", "next.png")[0] == 0


def test_a_kind_may_be_typed_with_a_dash(run, tmp_path):
    assert run("first-layer", "digits", "--hidden", "2", *QUICK)[0] == 0
    assert (tmp_path / "first_layer.png").is_file()


def test_frames_move(run, tmp_path):
    status, out, _ = run(
        "frames", "moons", "--hidden", "2", *QUICK, "--set", "most=3", "--trial", "1"
    )
    assert status == 0
    assert (tmp_path / "frames.gif").read_bytes().startswith(b"GIF")
    assert "Drawn is trial 1 of 2" in out


def test_groups_and_axes_are_what_varies_or_what_is_asked_for(run):
    _, out, _ = run(
        "survival", "xor", *QUICK, "--hidden", "2", "--activation", "relu", "--activation", "tanh"
    )
    assert "by activation" in out
    _, out, _ = run("survival", "xor", *QUICK, "--hidden", "2", "--hidden", "3", "--by", "seed")
    assert "by seed" in out
    _, out, _ = run("trainability", "xor", *QUICK, *SMALL["trainability"], "--hidden", "2")
    assert "lr and init" in out
    _, out, _ = run(
        *("trainability", "xor", *QUICK, "--lr", "0.1", "--lr", "0.01", "--by", "width"),
        *("--by", "lr", "--hidden", "2", "--hidden", "4", "--init", "auto"),
    )
    assert "width and lr" in out or "Units in the widest hidden layer and" in out


def test_saved_networks_are_drawn(run, saved, tmp_path):
    many = str(saved / "many.npz")
    status, out, _ = run("curves", many)
    assert status == 0
    assert "networks:" not in out
    assert f"amenable draw survival {many}" in out
    status, out, _ = run("spaghetti", many, "--trial", "best")
    assert "Drawn is trial" in out
    assert "samples of moons" in out  # found by its name
    assert run("confusion", str(saved / "one.npz"), "--data", "moons")[0] == 0
    status, out, _ = run("spaghetti", str(saved / "by hand.npz"))
    assert status == 0
    assert "Next" not in out


def test_files_of_data_are_data(run, tmp_path):
    rng = np.random.default_rng([3])
    np.savez(tmp_path / "xy.npz", x=rng.normal(size=(40, 2)), y=np.arange(40) % 2)
    status, out, _ = run("spaghetti", "xy.npz", "--hidden", "2", *QUICK)
    assert status == 0
    assert "xy.npz: 40 samples" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("spagetti",), "did you mean 'spaghetti'"),
        (("spaghetti", "digits"), "spaghetti: expected data with 2 inputs, got 64 inputs"),
        (("functions", "moons"), "functions: expected data with 1 input, got 2 inputs"),
        (("confusion", "sine"), "confusion: expected data with classes, got numbers"),
        (("spaghetti", "no-such"), "no data set named 'no-such'"),
        (("spaghetti", "moons", "--data", "moons"), "--data: moons is data itself"),
        (("spaghetti", "moons", "-o", "a.gif"), "only frames can be a GIF or MP4"),
        (("spaghetti", "moons", "-o", "a.jpg"), "ends in .png, .svg or .pdf, got 'a.jpg'"),
        (("frames", "moons", "-o", "a.jpg"), "ends in .gif or .mp4"),
        (("spaghetti", "moons", "-o", "no/a.png"), "--out: there is no folder"),
        (("spaghetti", "moons", "--theme", "blue"), 'theme: expected "light" or "dark"'),
        (("spaghetti", "moons", "--trial", "2", "--seeds", "2"), "--trial: expected best"),
        (("spaghetti", "moons", "--trial", "mean"), 'trial: expected "best"'),
        (("curves", "moons", "--trial", "best"), "trial: 'curves' has no such option"),
        (("spaghetti", "moons", "--set", "most"), "--set: expected NAME=VALUE, got 'most'"),
        (("spaghetti", "moons", "--set", "mots=3"), "did you mean 'most'"),
        (("curves", "moons", "--by", "lr"), "--by: 'curves' compares nothing"),
        (("survival", "moons", "--by", "lrr"), "--by: unknown key 'lrr'"),
        (("trainability", "moons", "--lr", "1", "--init", "auto"), "--by: expected two settings"),
        (("spaghetti", "moons", "--hidden", "x"), "--hidden: expected a width"),
        (("spaghetti", "moons", "--epochs", "1", "--steps", "1"), "--epochs and --steps"),
        (("first_layer", "wine"), "13 inputs do not form a square"),
        (("first_layer", "iris", "--set", "shape=(2,3)"), "shape: expected a product of 4"),
        (("kernels", "digits", "--hidden", "4"), "model: expected a network with convolutions"),
        (("kernels", "iris"), "not known to be images"),
        (("feature_maps", "wine", "--hidden", "3"), "inputs that are pixels"),
        (("feature_maps", "digits", "--set", "sample=359"), "sample: expected an integer from 0"),
        (("hardest", "wine", "--hidden", "3"), "inputs that are pixels"),
        (("passes", "digits", "--hidden", "3", "--hidden", "4"), "expected one configuration"),
        (("confusion", "iris", "--set", "split=tset"), "split: expected"),
        (("curves", "moons", "--set", "measure=los"), "measure: expected"),
        (("gallery", "islands", "--set", "columns=0"), "columns: expected an integer >= 1"),
        (("samples", "moons", "--set", "sizes=[40,20]"), "sizes: expected numbers of samples, asc"),
        (("samples", "moons", "--set", "seeds=0"), "seeds: expected at least one"),
        (("plane", "moons", "--seeds", "2"), "to: expected 2 more networks"),
        (("walk", "moons", "--seeds", "8", "--set", "to=8"), "trial: expected"),
        (("spectrum", "moons", "--hidden", "60,60"), "at most 2,000 parameters"),
        (("landscape", "moons", "--set", "resolution=2"), "resolution: expected an integer >= 3"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_before_anything_is_trained(run, tmp_path, words, message):
    status, out, err = run(*words)
    assert status == 2
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_saved_networks_refuse_what_they_cannot_give(run, saved):
    many, one = str(saved / "many.npz"), str(saved / "one.npz")
    for words, message in (
        (("curves", many, "--hidden", "3"), "--hidden: "),
        (("gradients", many), "signals: not recorded; train with signals=True"),
        (("gallery", one), "'gallery' needs many networks"),
        (("confusion", str(saved / "by hand.npz")), "'confusion' needs the samples"),
        (("spaghetti", many, "--data", "iris"), "'iris' has 4 inputs"),
    ):
        status, _, err = run(*words)
        assert status == 2
        assert message in err


@pytest.mark.parametrize("name", ["lenet", "lenet by hand"])
def test_data_is_fitted_to_saved_networks_of_images(run, saved, name):
    path = str(saved / f"{name}.npz")
    for kind in ("feature_maps", "confusion", "histograms"):
        status, out, err = run(kind, path, "--data", "digits")
        assert status == 0, err
        assert f"Written: {kind}.png" in out
    assert run("first_layer", path)[0] == 2


def test_what_was_learned_is_what_is_shown(run, saved):
    path = str(saved / "lenet.npz")
    for words in (("confusion", path), ("confusion", path, "--data", "digits")):
        status, out, err = run(*words, "--set", "split=test")
        assert status == 0
        assert "359 test samples of 'digits'" in out
        assert "not the samples" not in err
    _, out, err = run("confusion", path, "--data", "digits", "--validation", "0.5")
    assert "899 validation samples of 'digits'" in out
    assert "digits: not the samples that were learned, or split otherwise" in err
    status, _, err = run("confusion", path, "--data", "iris")
    assert status == 2
    assert "'iris' has 4 inputs" in err


def test_after_ctrl_c_nothing_is_drawn(run, tmp_path, monkeypatch):
    from amenable.cli import subject

    def cancelled(*_):
        found = am.train(am.mlp(2, 1), "moons", am.Training(epochs=1), seeds=1)
        return replace(found, status=np.array(["cancelled"]))

    monkeypatch.setattr(subject, "train_planned", cancelled)
    status, _, err = run("spaghetti", "moons", *QUICK)
    assert status == 130
    assert "cancelled" in err
    assert list(tmp_path.iterdir()) == []


class TestInputs:
    """Pictures of a plane, of data with more inputs."""

    def test_two_are_chosen_and_the_others_held(self, run):
        words = ("--seeds", "2", "--epochs", "3", "--hidden", "3")
        status, _, err = run("spaghetti", "iris", *words)
        assert status == 2
        assert "choose two by --inputs A,B, or draw" in err
        names = "petal length (cm),petal width (cm)"
        status, out, err = run("spaghetti", "iris", *words, "--inputs", names)
        out = " ".join(out.split())
        assert (status, err) == (0, "")
        assert "Varied: petal length (cm), petal width (cm); the others are at" in out
        assert "2-3-3" in out
        assert f"--inputs '{names}'" in out

    def test_saved_networks(self, run, tmp_path):
        many = am.train(am.mlp(4, 3, 3), "iris", am.Training(epochs=2), seeds=2, progress=False)
        many.save(tmp_path / "many.npz")
        many.best.save(tmp_path / "one.npz")
        for name in ("many.npz", "one.npz"):
            status, _, err = run("spaghetti", name, "--inputs", "2,3", "--out", "it.png")
            assert (status, err) == (0, "")

    @pytest.mark.parametrize(
        ("words", "match"),
        [
            (("spaghetti", "iris", "--inputs", "2"), "--inputs: expected 2 inputs, such as sepal"),
            (("spaghetti", "iris", "--inputs", "2,petal"), "--inputs: 'iris' has no input 'petal'"),
            (("curves", "iris", "--inputs", "2,3"), "--inputs: curves shows all inputs"),
        ],
    )
    def test_what_cannot_be_is_one_line(self, run, words, match):
        status, _, err = run(*words)
        assert status == 2
        assert match in err
        assert len(err.strip().splitlines()) == 1
