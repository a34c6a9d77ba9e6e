"""`amenable explain`: columns that matter, in order, with a picture."""

import numpy as np
import pytest

import amenable as am
from amenable.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = [f"{a},{b},{3 * a:.2f}" for a, b in rng.uniform(0, 10, (120, 2)).round(2)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *rows]))
    (tmp_path / "u.csv").write_text("\n".join(["a,b,y", *rows[:40]]))

    def call(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, " ".join(captured.out.split()), captured.err

    return call


@pytest.fixture
def many(run):
    data = am.load("t.csv", target="y")
    found = am.train(am.mlp(2, 4, 1), data, am.Training(epochs=100), seeds=3, progress=False)
    found.save("many.npz")
    found.best.save("one.npz")
    am.Ensemble(found).save("together.npz")
    return found


@pytest.mark.parametrize("name", ["many.npz", "together.npz"])
def test_several_networks(run, many, tmp_path, name):
    status, out, err = run(f"explain {name}")
    assert (status, err) == (0, "")
    assert "3 networks 2-4-1, which learned y from t.csv" in out
    assert "the data that was learned; each network is asked on 24 test rows" in out
    assert out.index(" a ") < out.index(" b ")
    assert "of the mean over 3 networks" in out
    assert (tmp_path / "explain.png").read_bytes().startswith(b"\x89PNG")


def test_one_network_and_another_table(run, many, tmp_path):
    status, out, err = run("explain one.npz u.csv --out u.svg")
    assert (status, err) == (0, "")
    assert "40 rows, which are not those that were learned" in out
    assert "over shuffles, of this one network" in out
    assert (tmp_path / "u.svg").is_file()


def test_of_a_sweep_with_repeated_splits(run):
    line = "fit t.csv --target y --hidden 4 --activation tanh --epochs 60 --save a.npz --ensemble"
    assert run(line)[0] == 0
    status, out, err = run("explain a.npz --theme dark")
    assert (status, err) == (0, "")
    assert "test rows of its own split" in out


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("explain none.npz", "MODEL: none.npz: no such file"),
        ("explain one.npz none.csv", "no such file"),
        ("explain one.npz --out a.gif", "--out: expected a name that ends in .png"),
        ("explain one.npz --theme blue", "blue"),
        ("explain one.npz --out one.npz", "--out"),
        ("explain t.csv", "no saved network"),
    ],
)
def test_what_cannot_be_is_one_line(run, many, line, match):
    status, _, err = run(line)
    assert status == 2
    assert match in err
    assert len(err.strip().splitlines()) == 1


def test_data_that_is_gone_is_asked_for(run, many, tmp_path):
    (tmp_path / "t.csv").unlink()
    status, _, err = run("explain one.npz")
    assert status == 2
    assert "DATA: t.csv, which was learned, is not there as it was; name a table" in err
