"""`amenable predict`: pictures and rows of numbers as a network takes them, and what it says."""

import csv

import numpy as np
import pytest
from pictures_made import TARGET, drawn
from PIL import Image

import amenable as am
from amenable.cli import main
from amenable.cli.ink import InputFormat, as_input, target_of
from amenable.cli.predict_input import read_rows
from amenable.errors import DataError, FileError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Networks of images, of flat digits, of a table, of two classes and of numbers, saved."""
    it = tmp_path_factory.mktemp("saved")
    data = am.load("digits").fitted_to((1, 16, 16), scale=(-1, 1))
    signs = am.Training(epochs=6, loss="squared", targets=(-1, 1))
    trainings = {
        "lenet": (am.lenet1989(), data, signs),
        "flat": (am.mlp(64, 16, 10), "digits", am.Training(epochs=20)),
        "iris": (am.mlp(4, 8, 3), "iris", am.Training(epochs=30)),
        "moons": (am.mlp(2, 8, 1), "moons", am.Training(epochs=30, loss="hinge")),
        "sine": (am.mlp(1, 8, 1), "sine", am.Training(epochs=5)),
    }
    for name, (network, samples, training) in trainings.items():
        am.train(network, samples, training, seeds=1, progress=False).best.save(it / f"{name}.npz")
    many = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=2), seeds=3, progress=False)
    many.save(it / "many.npz")
    am.Model(am.mlp(2, 1), [1.0, 1.0, 0.0]).save(it / "by hand.npz")
    return it


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words):
        status = main(["predict", *map(str, words)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


MODES = {"png": ["L", "RGB", "RGBA", "P", "1", "LA"], "bmp": ["L", "RGB", "RGBA", "P", "1"]}


@pytest.mark.parametrize(("form", "mode"), [(it, mode) for it in MODES for mode in MODES[it]])
def test_pictures_of_every_kind_are_the_same(tmp_path, mode, form):
    path = tmp_path / f"it.{form}"
    Image.fromarray(drawn()).convert(mode).save(path)
    rows = read_rows(path, TARGET)
    assert rows.is_picture
    np.testing.assert_allclose(rows.x[0], as_input(drawn() / 255.0, TARGET, "it")[0], atol=0.02)


def test_ten_and_sixteen_bits_and_transparent_paper(tmp_path):
    deep = drawn().astype(np.uint16) * 257
    Image.fromarray(deep).save(tmp_path / "deep.png")
    clear = np.zeros((60, 60, 4), dtype=np.uint8)
    clear[10:50, 30:36, 3] = 255
    Image.fromarray(clear).save(tmp_path / "clear.png")
    expected = as_input(drawn() / 255.0, TARGET, "it")[0]
    Image.fromarray(drawn().astype(np.uint16) * 4).save(tmp_path / "ten.png")
    for name in ("deep", "clear", "ten"):
        np.testing.assert_allclose(read_rows(tmp_path / f"{name}.png", TARGET).x[0], expected)


def test_digits_written_large_are_recognized(run, folder, tmp_path):
    data = am.load("digits")
    trained = am.TrainedNetwork.load(folder / "lenet.npz")
    prepared = data.fitted_to((1, 16, 16), scale=(-1, 1))
    chosen = [i for i in data.validation[:40] if trained.predict(prepared.x[[i]])[0] == data.y[i]]
    right = 0
    for i in chosen[:10]:
        image = 255 - np.kron(data.x[i].reshape(8, 8), np.ones((9, 9))) * 255
        framed = np.pad(image, 20, constant_values=255).astype(np.uint8)
        Image.fromarray(framed).save(tmp_path / f"{i}.png")
        status, out, _ = run(folder / "lenet.npz", f"{i}.png")
        assert status == 0
        said = next(it for it in out.splitlines() if it.startswith(f"{i}.png  ")).split()[1]
        right += said == str(data.y[i])
    assert right >= 8  # cut out and blurred they are not the same images


def test_rows_give_what_predict_gives(run, folder, tmp_path):
    data = am.load("iris")
    trained = am.TrainedNetwork.load(folder / "iris.npz")
    x = data.x[:40]
    np.savetxt(tmp_path / "x.csv", x, delimiter=",", header="a,b,c,d", comments="")
    np.save(tmp_path / "x.npy", x)
    np.savez(tmp_path / "x.npz", x=x, y=data.y[:40])
    expected = [str(it) for it in trained.predict(x)]
    for name in ("x.csv", "x.npy", "x.npz"):
        status, out, _ = run(folder / "iris.npz", name, "--prepared", "--out", "said.csv")
        assert status == 0
        assert "probability" in out
        assert "10 more; said.csv has all" in out
        with open("said.csv", newline="") as file:
            lines = list(csv.DictReader(file))
        assert [line["predicted"] for line in lines] == expected
        for i, kind in enumerate(data.classes):
            sure = [float(line[f"probability of {kind}"]) for line in lines]
            np.testing.assert_allclose(sure, trained.probabilities(x)[:, i], rtol=1e-12)


def test_margins_and_numbers(run, folder, tmp_path):
    np.save(tmp_path / "x.npy", np.array([[0.0, 1.0], [1.0, -0.5]]))
    _, out, _ = run(folder / "moons.npz", "x.npy")
    assert "margin" in out
    np.save(tmp_path / "one.npy", np.array([[0.25]]))
    _, out, _ = run(folder / "sine.npz", "one.npy")
    value = am.TrainedNetwork.load(folder / "sine.npz").predict([[0.25]])[0, 0]
    assert f"{value:.6g}" in out
    assert "margin" not in out


def test_images_of_bytes_are_pictures_and_flat_networks_take_them(run, folder, tmp_path):
    np.save(tmp_path / "many.npy", np.stack([drawn(), drawn(ink=50)]))
    for name in ("lenet", "flat"):
        status, out, _ = run(folder / f"{name}.npz", "many.npy")
        assert status == 0
        assert "dark on light" in out


def test_of_a_population_the_best_is_asked(run, folder, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((1, 2)))
    status, out, _ = run(folder / "many.npz", "x.npy")
    assert status == 0
    assert "2-3-1" in out


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("1,2,3\n", "line 1 has 3 values, the network takes 4"),
        ("a,b,c,d\n1,2,3,4,5\n", "line 2 has 5 values.*leave out the column"),
        ("1,2,x,4\n", "line 1, column 3: expected a number, got 'x'"),
        ("1,2,nan,4\n", "line 1, column 3: expected a number"),
        ("", "no rows"),
        ("a,b,c,d\n", "no rows"),
    ],
)
def test_rows_that_do_not_fit_are_named(tmp_path, content, match):
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=match):
        read_rows(path, InputFormat(4, None, 16, (0.0, 1.0)))


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.zeros((3, 5)), "got shape"),
        (np.array(["a"]), "expected numbers"),
        (np.zeros((0, 256)), "expected numbers"),
        (np.zeros((2, 16)), "images of 16x16, got shape"),
        (np.zeros((2, 8, 8)), "the images are empty"),
        (np.full((2, 8, 8), np.nan), r"x.npy\[0, 0, 0\]: expected a finite number"),
    ],
)
def test_arrays_that_do_not_fit_are_named(tmp_path, array, match):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(DataError, match=match):
        read_rows(tmp_path / "x.npy", TARGET)


def test_files_that_are_none_are_named(run, folder, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    (tmp_path / "bad.npz").write_bytes(b"no archive")
    np.savez(tmp_path / "two.npz", a=np.zeros(2), b=np.zeros(2))
    (tmp_path / "x.doc").write_text("")
    for name, error, match in (
        ("bad.png", FileError, "damaged or no picture"),
        ("bad.npz", FileError, "damaged or no arrays"),
        ("two.npz", DataError, "expected an array called x, got a, b"),
        ("x.doc", FileError, "this kind of file cannot be read"),
        ("none.png", FileError, "no such file"),
    ):
        with pytest.raises(error, match=match):
            read_rows(tmp_path / name, TARGET)
    Image.fromarray(drawn()).save(tmp_path / "it.png")
    for words, match in (
        (("none.npz", "it.png"), "MODEL: none.npz: no such file"),
        (("two.npz", "it.png"), "no saved network"),
        ((folder / "by hand.npz", "it.png"), "was not trained"),
        ((folder / "iris.npz", "it.png"), "4 numbers that are no grey image"),
        ((folder / "lenet.npz", "it.png", "--content", "17"), "--content: expected 1 to 16"),
        ((folder / "lenet.npz", "it.png", "--scale", "1"), "--scale: expected two numbers"),
        ((folder / "lenet.npz", "it.png", "--scale", "1,1"), "two different numbers"),
    ):
        status, _, err = run(*words)
        assert status == 2
        assert match in err
        assert len(err.strip().splitlines()) == 1


def said_of(run, *words):
    """The classes that the table names, and the whole output as one line."""
    status, out, err = run(*words, "--out", "said.csv")
    assert status == 0, err
    with open("said.csv", newline="") as file:
        return [line["predicted"] for line in csv.DictReader(file)], " ".join(out.split())


@pytest.fixture(scope="module")
def dark(tmp_path_factory):
    """A network that learned digits in black, -1, on white, 1."""
    path = tmp_path_factory.mktemp("dark") / "dark.npz"
    data = am.load("digits").fitted_to((1, 8, 8), scale=(1, -1))
    training = am.Training(epochs=20)
    am.train(am.mlp(64, 16, 10), data, training, seeds=1, progress=False).best.save(path)
    return path


def test_pictures_take_the_values_that_the_network_learned(run, folder, dark, tmp_path):
    Image.fromarray(drawn()).save(tmp_path / "it.png")
    for path, values in (
        (folder / "lenet.npz", "paper -1 and ink 1"),
        (folder / "flat.npz", "paper 0 and ink 1"),
        (dark, "paper 1 and ink -1"),
    ):
        _, out = said_of(run, path, "it.png")
        assert f"{values}, as the network learned" in out
        assert f"{values})" in out  # what it learned
    _, out = said_of(run, dark, "it.png", "--scale", "0,9")
    assert "paper 0 and ink 9, as --scale says" in out


def test_black_and_white_digits_are_told_by_a_network_of_either(run, folder, dark, tmp_path):
    digits = am.load("digits")
    rows = digits.validation[:12]
    for path in (folder / "flat.npz", dark):
        found = []
        light = np.round(255 * digits.x[rows]).astype(np.uint8)
        for form, values in (("light", light), ("dark", 255 - light)):
            files = [f"{form}{i}.png" for i in range(len(rows))]
            for name, x in zip(files, values, strict=True):
                Image.fromarray(x.reshape(8, 8)).save(name)
            found.append(said_of(run, path, *files)[0])
        assert found[0] == found[1]
        right = np.array(found[0]) == digits.y[rows].astype(str)
        assert right.sum() >= 9


def test_images_of_numbers_are_scaled_where_they_are_others(run, folder, tmp_path):
    digits = am.load("digits")
    x = digits.x[digits.validation[:20]].reshape(-1, 8, 8)
    for name, array in (
        ("same", x),
        ("sixteen", 16 * x),
        ("inverted", 1 - x),
        ("rows", 5 - 3 * x.reshape(-1, 64)),
        ("maps", x[:, None]),
        ("bytes", np.round(255 * x).astype(np.uint8)),
    ):
        np.save(f"{name}.npy", array)
    expected, out = said_of(run, folder / "flat.npz", "same.npy")
    assert "pixels as they are" in out
    for name, words in (
        ("sixteen", "paper 0 and ink 16 scaled; paper 0 and ink 1, as the network learned"),
        ("inverted", "paper 1 and ink 0 scaled"),
        ("rows", "paper 5 and ink 2 scaled"),
        ("maps", "pixels as they are"),
    ):
        found, out = said_of(run, folder / "flat.npz", f"{name}.npy")
        assert found == expected, name
        assert words in out
    found, out = said_of(run, folder / "flat.npz", "bytes.npy")
    assert "light on dark; paper 0 and ink 1" in out
    assert sum(a == b for a, b in zip(found, expected, strict=True)) >= 18  # each to full contrast


def test_images_of_another_size_are_cut_out(run, folder, tmp_path):
    digits = am.load("digits")
    x = digits.x[digits.validation[:20]].reshape(-1, 8, 8)
    np.savez("larger.npz", x_test=np.kron(np.pad(x, ((0, 0), (2, 2), (2, 2))), np.ones((3, 3))))
    np.save("x.npy", x)
    expected, _ = said_of(run, folder / "flat.npz", "x.npy")
    found, out = said_of(run, folder / "flat.npz", "larger.npz")
    assert "drawings cut out, resized to 8 pixels, centred" in out
    # Without their faint edges they are a pixel larger, and blurred.
    assert sum(a == b for a, b in zip(found, expected, strict=True)) >= 14


def test_files_that_say_nothing_of_images_are_assumed_to_be_of_lenets():
    assert target_of(am.mlp(64, 10), None, None, None) == InputFormat(64, (8, 8), 8, (0.0, 1.0))
    found = target_of(am.lenet1(), None, None, None)
    assert (found.size, found.content, found.scale) == ((28, 28), 16, (-1.0, 1.0))
    assert "assumed" in found.values


def test_a_folder_is_its_pictures_by_name(run, folder, tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("b.png", "a.PNG", "notes.txt"):
        if name.endswith("txt"):
            (tmp_path / "inside" / name).write_text("")
        else:
            Image.fromarray(drawn()).save(tmp_path / "inside" / name)
    _, out = said_of(run, folder / "lenet.npz", "inside")
    assert "a.PNG, b.png: dark on light" in out
    assert "2 samples." in out
    status, _, err = run(folder / "lenet.npz", "empty")
    assert status == 2
    assert "empty: a folder without pictures" in err


def test_pictures_of_a_camera_are_turned(tmp_path):
    image = Image.fromarray(drawn())
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn to the right, to be seen upright
    image.rotate(90, expand=True).save(tmp_path / "turned.png", exif=exif)
    found = read_rows(tmp_path / "turned.png", TARGET).x[0]
    np.testing.assert_allclose(found, as_input(drawn() / 255.0, TARGET, "it")[0], atol=0.02)


def test_light_ink_on_transparent_paper_is_seen(tmp_path):
    clear = np.full((60, 60, 4), 255, dtype=np.uint8)
    clear[..., 3] = 255 - drawn()
    Image.fromarray(clear).save(tmp_path / "it.png")
    rows = read_rows(tmp_path / "it.png", TARGET)
    assert rows.done.startswith("light on dark")
    np.testing.assert_allclose(rows.x[0], as_input(drawn() / 255.0, TARGET, "it")[0])


def test_files_that_cannot_be_read_do_not_keep_others_from_being_answered(run, folder, tmp_path):
    Image.fromarray(drawn()).save("good.png")
    Image.fromarray(np.full((9, 9), 255, dtype=np.uint8)).save("empty.png")
    status, out, err = run(folder / "lenet.npz", "good.png", "empty.png", "none.png")
    assert status == 2
    assert "good.png: dark on light" in out
    first, second = err.strip().splitlines()
    assert "empty.png: the picture is empty" in first
    assert "none.png: no such file" in second
    status, out, err = run(folder / "lenet.npz", "none.png", "empty.png")
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_polarities_that_differ_within_a_file_are_counted(run, folder, tmp_path):
    np.save("mixed.npy", np.stack([drawn(), drawn(), drawn(ink=255, paper=0)]))
    _, out = said_of(run, folder / "lenet.npz", "mixed.npy")
    assert "2 dark on light, 1 light on dark, drawings cut out, resized to 16 pixels" in out


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Flowers as their table has them, a network that learned it, 15 rows and the truth."""
    from sklearn.datasets import load_iris

    it = tmp_path_factory.mktemp("flowers")
    bunch = load_iris()
    names = ["sl", "sw", "pl", "pw"]
    kinds = bunch.target_names[bunch.target]
    lines = [",".join([*map(str, x), y]) for x, y in zip(bunch.data, kinds, strict=True)]
    (it / "flowers.csv").write_text("\n".join([",".join([*names, "species"]), *lines]))
    rows = [*range(5), *range(50, 55), *range(100, 105)]
    new = [",".join(map(str, bunch.data[i])) for i in rows]
    (it / "new.csv").write_text("\n".join([",".join(names), *new]))
    data = am.load(it / "flowers.csv", target="species")
    training = am.Training(epochs=200, goal="accuracy >= 0.95")
    many = am.train(am.mlp(4, 8, 3, activation="tanh"), data, training, seeds=8)
    many.best.save(it / "flowers.npz")
    am.Ensemble(many.where(many.solved)).save(it / "together.npz")
    return it, kinds[rows].tolist()


class TestTables:
    """Rows as they are in a file go by the names of their columns."""

    @pytest.mark.parametrize("name", ["flowers.npz", "together.npz"])
    def test_raw_rows_are_named_right(self, run, files, name):
        import polars as pl

        it, truth = files
        status, out, err = run(it / name, it / "new.csv", "--out", "said.csv")
        assert (status, err) == (0, "")
        out = " ".join(out.split())
        assert "which learned 3 classes of species from flowers.csv" in out
        assert "columns by the names of those that were learned" in out
        said = pl.read_csv("said.csv")
        assert said.columns == [
            *("sl", "sw", "pl", "pw", "predicted"),
            *(f"probability of {kind}" for kind in ("setosa", "versicolor", "virginica")),
        ]
        assert said.select("sl", "sw", "pl", "pw").equals(pl.read_csv(it / "new.csv"))
        assert sum(a == b for a, b in zip(said["predicted"], truth, strict=True)) >= 14
        sums = said.select(pl.sum_horizontal(pl.col("^probability.*$"))).to_series()
        assert sums.to_list() == pytest.approx([1.0] * 15)

    def test_a_study_predicts_too(self, run, files):
        it, truth = files
        data = am.load(it / "flowers.csv", target="species")
        study = am.Study("a.study")
        study.run(am.Space(hidden=[(8,)], epochs=[200]), data, seeds=4, progress=False)
        status, _, err = run("a.study", it / "new.csv", "--out", "said.csv")
        assert (status, err) == (0, "")
        with open("said.csv", newline="") as file:
            said = [line["predicted"] for line in csv.DictReader(file)]
        assert sum(a == b for a, b in zip(said, truth, strict=True)) >= 14
        bare = am.Study("none.study")
        bare.run(am.Space(hidden=[(2,)], epochs=[1]), data, seeds=1, keep="none", progress=False)
        status, _, err = run("none.study", it / "new.csv")
        assert status == 2
        assert "keeps no weights" in err

    @pytest.mark.parametrize(
        ("content", "match"),
        [
            ("sl,sw,pl\n1,2,3\n", "new.csv lacks the column 'pw', which the network learned from"),
            ("sl,sw,pl,pw\n1,2,3,4\n1,2,x,4\n", "new.csv: column 'pl', row 2 is 'x'"),
            ("", "empty"),
        ],
    )
    def test_what_is_wrong_is_one_line(self, run, files, content, match):
        with open("new.csv", "w") as file:
            file.write(content)
        status, out, err = run(files[0] / "flowers.npz", "new.csv")
        assert (status, out) == (2, "")
        assert match in err
        assert len(err.strip().splitlines()) == 1

    def test_several_files_and_a_column_called_predicted(self, run, files):
        import polars as pl

        it, _ = files
        run(it / "flowers.npz", it / "new.csv", "--out", "once.parquet")
        status, out, err = run(it / "flowers.npz", "once.parquet", it / "new.csv", "--out", "a.tsv")
        assert (status, err) == (0, "")
        assert "columns 'predicted', 'probability of setosa'" in out
        assert "ignored" in out
        said = pl.read_csv("a.tsv", separator="\t")
        assert len(said) == 30
        assert said["file"].n_unique() == 2
        assert said["predicted"][:15].equals(said["predicted 2"][:15])
        status, _, err = run(it / "flowers.npz", it / "new.csv", "--out", "said.xyz")
        assert status == 2
        assert "--out: expected a name that ends in .csv, .tsv, .parquet, got 'said.xyz'" in err

    def test_arrays_of_rows_as_they_are(self, run, files):
        import polars as pl

        it, truth = files
        np.save("new.npy", pl.read_csv(it / "new.csv").to_numpy())
        assert run(it / "flowers.npz", "new.npy", "--out", "said.csv")[0] == 0
        with open("said.csv", newline="") as file:
            said = [line["predicted"] for line in csv.DictReader(file)]
        assert sum(a == b for a, b in zip(said, truth, strict=True)) >= 14

    def test_prices_are_prices(self, run):
        rng = np.random.default_rng(0)
        rows = []
        for _ in range(200):
            sqm, age, city = (
                rng.uniform(40, 160),
                rng.integers(0, 80),
                rng.choice(["Berlin", "Paris"]),
            )
            price = 3000 * sqm - 500 * age + (200_000 if city == "Paris" else 0)
            rows.append(f"{sqm:.1f},{age},{city},{price:.0f}")
        with open("house.csv", "w") as file:
            file.write("\n".join(["sqm,age,city,price", *rows]))
        data = am.load("house.csv", target="price")
        network = am.mlp(data.n_inputs, 8, 1, activation="tanh")
        training = am.Training(epochs=200, goal="r2 >= 0.97")
        am.train(network, data, training, seeds=8, progress=False).best.save("house.npz")
        with open("new.csv", "w") as file:
            file.write("sqm,age,city\n100,10,Berlin\n100,10,Paris\n")
        status, out, _ = run("house.npz", "new.csv", "--out", "said.csv")
        assert status == 0
        assert "which learned price from house.csv" in out
        with open("said.csv", newline="") as file:
            berlin, paris = (float(line["predicted"]) for line in csv.DictReader(file))
        assert berlin == pytest.approx(295_000, rel=0.05)
        assert paris == pytest.approx(495_000, rel=0.05)
