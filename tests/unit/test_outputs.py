"""No command writes over what it reads, or over another of its files."""

import shutil

import pytest

from amenable import Training, mlp, train
from amenable.cli import main
from amenable.errors import FileError
from amenable.writing import check_outputs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a table, a network, a study and a study file of the table."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(40))
    (tmp_path / "flowers.csv").write_text(f"u,v,w\n{rows}")
    (tmp_path / "rows.csv").write_text("u,v\n1,2\n3,4\n")
    train(mlp(2, 1), "xor", Training(steps=1), seeds=1).best.save("model.npz")
    (tmp_path / "s.toml").write_text(
        '[data]\nfile = "flowers.csv"\n[space]\nhidden = [2]\nsteps = 1\n'
        '[study]\nfile = "toml.study"\n'
    )
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "sweep flowers.csv --csv flowers.csv",
        "sweep flowers.csv --json ./flowers.csv",
        "sweep flowers.csv --csv soft.csv",
        "sweep flowers.csv --csv hard.csv",
        "sweep flowers.csv --lr 0.1..1 --draws 2 --csv flowers.csv",
        "sweep s.toml --csv s.toml",
        "sweep s.toml --json flowers.csv",
        "predict model.npz rows.csv --out model.npz",
        "predict model.npz rows.csv --out rows.csv",
        "draw spaghetti flowers.csv --hidden 2 --out flowers.svg",
        "digits --data d.npz --save d.npz",
        "digits --data d.npz --json d.npz",
    ],
)
def test_what_is_read_is_never_replaced(folder, capsys, line):
    (folder / "soft.csv").symlink_to("flowers.csv")
    (folder / "hard.csv").hardlink_to(folder / "flowers.csv")
    (folder / "flowers.svg").symlink_to("flowers.csv")
    shutil.copy("model.npz", "d.npz")
    before = {it.name: it.read_bytes() for it in folder.iterdir()}
    assert main(line.split()) == 2
    assert "is read by this command; name another file to write" in capsys.readouterr().err
    assert {it.name: it.read_bytes() for it in folder.iterdir()} == before


@pytest.mark.parametrize(
    "line",
    [
        "sweep flowers.csv --csv out --json out",
        "sweep flowers.csv --study out --json out",
        "lecture --out out --json out",
        "digits --save out --json ./out",
    ],
)
def test_two_outputs_are_two_files(folder, capsys, line):
    assert main(line.split()) == 2
    assert "expected two files, got the same one twice" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_bundled_data_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_outputs({"--csv": tmp_path / "iris", "--json": None}, ["iris"]) == {
        "--csv": tmp_path / "iris"
    }


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "x" * 5000])
def test_names_that_no_file_can_have_are_file_errors(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    model = train(mlp(2, 1), "xor", Training(steps=1), seeds=1).best
    with pytest.raises(FileError, match=r"cannot be written|expected the name of a file"):
        model.save(name)
    with pytest.raises(FileError):
        type(model).load(name)
    assert list(tmp_path.iterdir()) == []
