"""`amenable fit` and `sweep --save`: a network is chosen, kept, and predicts new rows."""

import numpy as np
import pytest

import amenable as am
from amenable.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    sides = rng.uniform(0, 10, (80, 2)).round(2)
    rows = [f"{a},{b},{'big' if a + b > 10 else 'small'}" for a, b in sides]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,size", *rows]))
    (tmp_path / "new.csv").write_text("b,a\n9,9\n1,1\n")

    def call(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, " ".join(captured.out.split()), captured.err

    return call


FAST = "--epochs 40 --activation tanh"


def test_a_structure_of_ones_own(run):
    status, out, err = run(f"fit t.csv --hidden 4 {FAST} --seeds 4 --save t.npz")
    assert (status, err) == (0, "")
    assert "Saved in t.npz: 2-4-1 tanh, seed" in out
    assert "the best of 4 by validation accuracy; test accuracy" in out
    assert "amenable predict t.npz NEW.csv" in out
    it = am.TrainedNetwork.load("t.npz")
    assert it.network.hidden == (4,)
    assert it.predict("new.csv").tolist() == ["big", "small"]
    status, out, _ = run("predict t.npz new.csv")
    assert status == 0
    assert "new.csv 1 big" in out


def test_without_settings_a_quick_sweep_chooses(run):
    status, out, err = run(f"fit t.csv {FAST} --seeds 2 --save t.npz")
    assert (status, err) == (0, "")
    assert "24 networks: (11 structures x 1 activation + 1 linear) x 2 seeds" in out
    assert "structure that" in out
    assert am.TrainedNetwork.load("t.npz").predict("new.csv").tolist() == ["big", "small"]


def test_an_ensemble(run):
    status, out, err = run(f"fit t.csv --hidden 4 {FAST} --seeds 4 --save t.npz --ensemble")
    assert (status, err) == (0, "")
    assert "networks 2-4-1 tanh that solved the problem, which predict together" in out
    assert am.Ensemble.load("t.npz").predict("new.csv").tolist() == ["big", "small"]


def test_a_sweep_keeps_what_it_recommends(run):
    line = f"sweep t.csv --hidden 1 --hidden 4 {FAST} --seeds 8 --no-control --save t.npz"
    status, out, err = run(line)
    assert status == 0, err
    assert "Saved in t.npz: 2-" in out
    assert am.TrainedNetwork.load("t.npz").predict("new.csv").tolist() == ["big", "small"]
    assert run(f"{line} --ensemble")[0] == 0
    assert len(am.Ensemble.load("t.npz")) > 1


def test_what_is_kept_is_the_network_of_the_sweep_to_the_bit():
    found = am.sweep("iris", hidden=[4], activation="tanh", seeds=4, progress=False)
    again = found.train_recommended(progress=False)
    assert np.array_equal(again.flat, found.population.best.flat)
    assert again.preparation == found.population.best.preparation
    together = found.train_recommended(ensemble=True, progress=False)
    assert together.members.solved.all()
    assert len(together) == int(found.trials.solved.sum())


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("fit t.csv", "--save"),
        ("fit t.csv --save t.csv", "--save: t.csv is read by this command"),
        ("fit t.csv --save nowhere/t.npz", "--save"),
        ("fit none.csv --save t.npz", "no such file"),
        ("fit t.csv --hidden x --save t.npz", "--hidden"),
        ("fit t.csv --seeds 0 --save t.npz", "--seeds"),
        ("sweep t.csv --ensemble", "--ensemble: says what --save keeps; add --save FILE"),
        ("sweep t.csv --save t.csv", "--save: t.csv is read by this command"),
    ],
)
def test_what_cannot_be_is_one_line(run, line, match):
    status, _, err = run(line)
    assert status == 2
    assert match in err
    assert len(err.strip().splitlines()) == 1
