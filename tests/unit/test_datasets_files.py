import gzip
import struct

import numpy as np
import polars as pl
import pytest

from amenable.datasets import load
from amenable.errors import DataError

ROWS = 40


@pytest.fixture
def people() -> pl.DataFrame:
    """Numbers, two and three categories, a constant, an identifier and missing values."""
    rng = np.random.default_rng(3)
    age = [None if i == 7 else float(a) for i, a in enumerate(rng.integers(18, 90, ROWS))]
    town = [None if i == 5 else ("Ulm", "Bern", "Graz")[i % 3] for i in range(ROWS)]
    return pl.DataFrame(
        {
            "id": range(1, ROWS + 1),
            "age": age,
            "town": town,
            "smokes": ["yes", "no"] * (ROWS // 2),
            "planet": ["Earth"] * ROWS,
            "mail": [f"m{i}@x.org" for i in range(ROWS)],
            "kind": ["a", "b", "b", "a"] * (ROWS // 4),
        }
    )


def save(frame: pl.DataFrame, path):
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, separator="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("name", ["people.csv", "people.tsv", "people.parquet"])
def test_a_table_becomes_inputs(people, tmp_path, name):
    data = load(save(people, tmp_path / name))
    assert (data.name, data.task, data.classes) == (name, "classification", ("a", "b"))
    assert data.features == ("age", "town=Bern", "town=Graz", "town=Ulm", "smokes=yes")
    assert (data.training.size, data.validation.size, data.test.size) == (24, 8, 8)
    assert np.isfinite(data.x).all()
    assert data.x[1, 1:].tolist() == [1, 0, 0, 0]  # Bern, no
    said = " | ".join(data.notes)
    for words in (
        "the last column, 'kind', is the target",
        "'id' left out: it only numbers the rows",
        "'mail' left out: its text is different in every row",
        "'planet' left out: constant",
        "'age': 1 missing, replaced with the median",
        "'town': 1 missing, replaced with the most common",
        "treated as classification",
    ):
        assert words in said


def test_csv_tsv_and_parquet_give_the_same_numbers(people, tmp_path):
    csv, tsv, parquet = (
        load(save(people, tmp_path / f"p{e}")) for e in (".csv", ".tsv", ".parquet")
    )
    np.testing.assert_array_equal(csv.x, tsv.x)
    np.testing.assert_array_equal(csv.x, parquet.x)
    np.testing.assert_array_equal(csv.validation, parquet.validation)


def test_everything_is_fitted_on_the_training_split_only(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(5, 3, 50)
    frame = pl.DataFrame({"x": x, "y": rng.normal(10, 2, 50)})
    data = load(save(frame, tmp_path / "a.csv"))
    training = x[data.training]
    np.testing.assert_allclose(data.x[:, 0], (x - training.mean()) / training.std())
    changed = x.copy()
    changed[data.validation] += 1000
    other = load(save(frame.with_columns(x=changed), tmp_path / "b.csv"))
    np.testing.assert_array_equal(data.x[data.training], other.x[other.training])
    assert other.split("validation")[0].mean() > 100


def test_a_column_that_varies_only_in_held_out_rows_is_left_out(tmp_path):
    frame = pl.DataFrame({"x": range(50), "flag": [0] * 50, "c": ["r"] * 50, "y": ["u", "v"] * 25})
    row = int(load(save(frame, tmp_path / "a.csv")).validation[0])
    flag, name = [0] * 50, ["r"] * 50
    flag[row], name[row] = 1, "g"
    changed = frame.with_columns(flag=pl.Series(flag), c=pl.Series(name))
    data = load(save(changed, tmp_path / "b.csv"))
    assert data.features == ("x",)
    assert "columns 'flag', 'c' left out: constant in the training split" in data.notes


def test_a_category_only_in_held_out_rows_is_encoded_as_none(tmp_path):
    x = np.arange(50)
    frame = pl.DataFrame({"x": x, "c": ["r", "g"] * 25, "y": np.arange(50) ** 2.0})
    held_out = load(save(frame, tmp_path / "a.csv")).validation
    names = np.where(np.isin(x, held_out), "blue", frame["c"].to_numpy())
    data = load(save(frame.with_columns(c=pl.Series(names)), tmp_path / "b.csv"))
    assert data.features == ("x", "c=r")
    said = "'c': 10 rows hold a category that the training rows lack ('blue')"
    assert any(said in note for note in data.notes)


def test_many_categories_share_an_input(tmp_path):
    names = [f"c{i % 80}" for i in range(400)]
    frame = pl.DataFrame({"c": names, "y": np.random.default_rng(0).random(400)})
    data = load(save(frame, tmp_path / "a.csv"), test=0)
    assert data.n_inputs == 30
    assert any("'c' has 80 categories" in note for note in data.notes)


def test_the_target_is_chosen_by_name_and_the_task_can_be_set(people, tmp_path):
    path = save(people, tmp_path / "people.csv")
    data = load(path, target="smokes")
    assert data.classes == ("no", "yes")
    assert "kind=b" in data.features
    ages = save(people.filter(pl.col("age").is_not_null()), tmp_path / "ages.csv")
    assert load(ages, target="age").task == "regression"
    numbers = save(pl.DataFrame({"x": range(9), "y": [1, 2, 3] * 3}), tmp_path / "n.csv")
    assert load(numbers).classes == ("1", "2", "3")
    assert load(numbers, task="regression").task == "regression"


def test_options_of_the_split(people, tmp_path):
    path = save(people, tmp_path / "people.csv")
    data = load(path, validation=0.25, test=0.1, seed=4)
    assert (data.training.size, data.validation.size, data.test.size) == (26, 10, 4)
    assert data == load(str(path), validation=0.25, test=0.1, seed=4)
    assert data != load(path, validation=0.25, test=0.1, seed=5)


def test_csv_as_people_write_it(tmp_path):
    path = tmp_path / "odd.csv"
    head, rows = "\ufeffwidth , note,kind", ' 1.5,"a, ""b""",x| ?,c,y||2.5,NA,x|3,c,y|4,c,x|'
    text = f"{head}|{rows}".replace("|", "\r\n")
    path.write_bytes(text.encode())
    data = load(path, validation=0, test=0)
    assert data.features == ("width", "note=c")
    assert data.n_samples == 5
    assert "1 empty row left out" in data.notes


def test_booleans_and_dates_in_parquet(tmp_path):
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 20), eager=True)
    frame = pl.DataFrame({"day": days, "wet": [True, False, False, True] * 5, "x": range(20)})
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    data = load(path, target="wet")
    assert data.classes == ("false", "true")
    assert data.features == ("day", "day (day of the week)", "x")
    assert "column 'day' read as dates" in data.notes
    with pytest.raises(DataError, match="target 'day' is of type Date"):
        load(path, target="day")


def test_npz_tables_are_standardized(tmp_path):
    x = np.random.default_rng(0).normal(7, 3, (60, 3))
    np.savez(tmp_path / "a.npz", x=x, y=np.array(["u", "v", "w"] * 20))
    data = load(tmp_path / "a.npz")
    np.testing.assert_allclose(data.split("training")[0].mean(axis=0), 0, atol=1e-12)
    assert data.classes == ("u", "v", "w")


def test_npz_keeps_the_given_split(tmp_path):
    x, y = np.arange(40.0)[:, None], np.arange(40) % 2
    np.savez(tmp_path / "a.npz", x_train=x[:30], y_train=y[:30], x_test=x[30:], y_test=y[30:])
    data = load(tmp_path / "a.npz", validation=0.5)
    assert data.test.tolist() == list(range(30, 40))
    assert (data.training.size, data.validation.size) == (15, 15)
    assert "the data's own split is kept: 10 test samples" in data.notes


def test_validation_is_stratified_by_the_training_samples_alone(tmp_path):
    y = np.array([0] * 20 + [1] * 10)
    x = np.arange(30.0)[:, None]
    np.savez(tmp_path / "a.npz", x_train=x, y_train=y, x_test=x, y_test=np.ones(30, dtype=int))
    data = load(tmp_path / "a.npz", validation=0.3)
    assert np.bincount(data.y[data.validation]).tolist() == [6, 3]


def test_bytes_are_pixels_with_one_scale(tmp_path):
    x = np.zeros((20, 4), dtype=np.uint8)
    x[:, 0] = range(0, 200, 10)
    x[3, 2] = 255
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(20) % 2)
    data = load(tmp_path / "a.npz")
    np.testing.assert_array_equal(data.x, x / 255)


def idx(array: np.ndarray) -> bytes:
    codes = {"u1": 0x08, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
    big = array.astype(array.dtype.newbyteorder(">"))
    head = bytes([0, 0, codes[array.dtype.str[1:]], array.ndim])
    return head + struct.pack(f">{array.ndim}I", *array.shape) + big.tobytes()


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (30, 5, 4), dtype=np.uint8), (np.arange(30) % 3).astype(np.uint8)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ("my-images.idx", "my-labels.idx"),
    ],
)
def test_idx_images_with_the_labels_beside_them(tmp_path, pixels, images, labels):
    for name, array in zip((images, labels), pixels, strict=True):
        content = idx(array)
        (tmp_path / name).write_bytes(gzip.compress(content) if ".gz" in name else content)
    data = load(tmp_path / images)
    np.testing.assert_array_equal(data.x, pixels[0].reshape(30, 20) / 255)
    assert data.classes == ("0", "1", "2")
    assert data.features[6] == "pixel 1,2"
    assert (data.test.size, data.has_own_test) == (6, False)


def test_idx_test_files_are_the_test_split(tmp_path, pixels):
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(pixels[0]))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(pixels[1]))
    data = load(tmp_path / "train-images-idx3-ubyte")
    assert data.test.tolist() == list(range(30, 60))
    assert data.has_own_test


@pytest.mark.parametrize("dtype", ["i2", "i4", "f4", "f8"])
def test_idx_of_other_types(tmp_path, dtype):
    x = (np.arange(24).reshape(12, 2) * 3 - 30).astype(dtype)
    (tmp_path / "a-images.idx").write_bytes(idx(x))
    (tmp_path / "a-labels.idx").write_bytes(idx(np.arange(12).astype("u1") % 2))
    data = load(tmp_path / "a-images.idx", validation=0, test=0)
    np.testing.assert_allclose(data.x, (x - x.mean(axis=0)) / x.std(axis=0), atol=1e-6)


def test_usps_loads_by_path(shared_data):
    data = load(shared_data / "usps.npz", validation=0)
    assert (data.training.size, data.test.size, data.n_inputs) == (7291, 2007, 256)
    assert data.x.min() == -1
    assert data.x.max() == 1
    (x, y), (u, v) = data.split("training"), data.split("test")
    distance = (x**2).sum(axis=1) - 2 * u @ x.T  # squared, less what is the same in a row
    assert int((y[distance.argmin(axis=1)] != v).sum()) == 113  # stated beside the file


def test_a_proben1_table_as_csv(shared_data, tmp_path):
    lines = (shared_data / "proben1" / "cancer1.dt").read_text().split("\n")
    sizes = dict(line.split("=") for line in lines[:7])
    rows = [line.split() for line in lines[7:] if line.strip()]
    names = [*(f"i{k}" for k in range(int(sizes["real_in"]))), "benign", "malignant"]
    frame = pl.DataFrame(rows, schema=names, orient="row").drop("malignant")
    data = load(save(frame, tmp_path / "cancer1.csv"), target="benign", test=0.25)
    assert (data.n_samples, data.n_inputs, data.classes) == (699, 9, ("0", "1"))
    assert np.bincount(data.y).tolist() == [241, 458]


def test_brackets_in_a_file_name_are_letters(tmp_path):
    path = tmp_path / "made [up].csv"
    path.write_text("a,b\n" + "\n".join(f"{i},{i % 2}" for i in range(10)))
    assert load(path).n_samples == 10


def test_lines_may_end_as_those_of_an_old_mac(tmp_path):
    lines = ["a,b,kind", *(f"{i},{i * i},{'xy'[i % 2]}" for i in range(30))]
    for name, end in (("mac.csv", "\r"), ("unix.csv", "\n")):
        (tmp_path / name).write_bytes(end.join([*lines, ""]).encode())
    mac, unix = load(tmp_path / "mac.csv"), load(tmp_path / "unix.csv")
    assert mac.classes == ("x", "y")
    assert mac.fingerprint == unix.fingerprint
