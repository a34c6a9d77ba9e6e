"""Files of arrays beyond NPZ and IDX: LIBSVM and HDF5; and the shape of images in any file."""

import bz2
import gzip
import sys

import numpy as np
import pytest
from sklearn.datasets import dump_svmlight_file

from amenable.datasets import load
from amenable.errors import DataError, MissingExtra

RNG = np.random.default_rng(0)
X, Y = RNG.integers(1, 255, (40, 12)).astype(float), np.arange(40) % 10 + 1
U, V = RNG.integers(1, 255, (20, 12)).astype(float), np.arange(20) % 10 + 1
IMAGE = (1, 3, 4)


def one_line(raised) -> str:
    message = str(raised.value)
    assert "\n" not in message
    return message


def svmlight(path, x=X, y=Y):
    plain = path.with_name("plain.tmp")
    dump_svmlight_file(x, y, str(plain), zero_based=False)
    pack = {".bz2": bz2.compress, ".gz": gzip.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(plain.read_bytes()))
    plain.unlink()
    return path


@pytest.mark.parametrize("name", ["a.libsvm", "a.svm", "a.t", "a.svm.bz2", "usps.bz2", "a.SVM.gz"])
def test_libsvm_lines(tmp_path, name):
    data = load(svmlight(tmp_path / name), image=IMAGE)
    np.testing.assert_array_equal(data.x, X / X[data.training].max())
    assert data.classes == tuple(str(k) for k in range(1, 11))  # names, in numeric order
    assert data.y.tolist() == (Y - 1).tolist()
    assert data.image == IMAGE
    assert (data.test.size, data.has_own_test) == (8, False)


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("usps.bz2", "usps.t.bz2"),
        ("usps.bz2", "usps.t"),
        ("usps.libsvm", "usps.t"),
        ("usps.libsvm", "usps.libsvm.t"),
        ("usps.svm", "usps.t.svm"),
    ],
)
def test_libsvm_test_samples_stand_beside(tmp_path, name, test):
    svmlight(tmp_path / test, U, V)
    data = load(svmlight(tmp_path / name), image=IMAGE)
    assert data.test.tolist() == list(range(40, 60))
    assert data.training.size + data.validation.size == 40
    assert "the data's own split is kept: 20 test samples" in data.notes
    alone = load(tmp_path / test) if test.endswith((".t", ".bz2")) else None
    assert alone is None or alone.n_samples == 20


def test_libsvm_columns_are_standardized_without_a_shape(tmp_path):
    data = load(svmlight(tmp_path / "a.svm"))
    np.testing.assert_allclose(data.split("training")[0].std(axis=0), 1)
    assert data.image is None


def test_libsvm_leaves_out_zeros_at_the_end(tmp_path):
    x, u = X.copy(), U.copy()
    x[:, 8:], u[:, 10:] = 0, 0
    svmlight(tmp_path / "a.t", u, V)
    data = load(svmlight(tmp_path / "a.svm", x), image=IMAGE)
    assert data.x.shape == (60, 12)
    assert (data.x[:, 10:] == 0).all()
    np.testing.assert_array_equal(data.x[40:] * data.x.shape[0] > 0, u > 0)


def test_libsvm_real_targets_comments_and_queries(tmp_path):
    path = tmp_path / "a.svm"
    lines = [f"{i / 7} qid:1 1:{i}.5 3:{i % 4} # {i}" for i in range(30)]
    path.write_text("# made\n\n" + "\n".join(lines))
    data = load(path)
    assert (data.task, data.n_samples) == ("regression", 30)


MISTAKES = {
    "pair": ("1 1:2\n2 1:3 5\n", ("line 2, column 3", "'5'", "index:value")),
    "value": ("1 1:2\n\n2 1:x\n", ("line 3, column 2", "'1:x'")),
    "label": ("1 1:2\nred 1:3\n", ("line 2", "'red'", "not a number")),
    "several labels": ("1 1:2\n1,3 1:3\n", ("line 2", "'1,3'")),
    "order": ("1 1:2\n2 3:1 2:1\n", ("line 2, column 3", "index 2 after 3", "ascending")),
    "twice": ("1 1:2\n2 2:1 2:1\n", ("line 2, column 3", "index 2 after 2")),
    "negative": ("1 1:2\n2 -1:1\n", ("line 2, column 2", "'-1:1'")),
    "csv": ("1,2,3\n1,2,4\n", ("line 1", "'1,2,3'")),
    "nan": ("1 1:2\n2 1:nan\n1 1:2\n2 1:4\n", ("x[1", "nan")),
    "nothing": ("# only this\n", ("no samples", "1:0.5")),
    "wide": ("1 1:2\n2 999999999:1\n", ("GiB", "999999999")),
    "wider": ("1 1:2\n2 99999999999999:1\n", ("a.svm",)),
    "label only": ("1\n2\n1\n2\n1\n2\n", ("a.svm", "no feature varies")),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_libsvm_mistakes_are_named_with_their_place(tmp_path, case):
    content, words = MISTAKES[case]
    (tmp_path / "a.svm").write_text(content)
    with pytest.raises(DataError) as raised:
        load(tmp_path / "a.svm")
    message = one_line(raised)
    for word in ("a.svm", *words):
        assert word in message


def test_libsvm_mistakes_in_the_test_file_are_named(tmp_path):
    svmlight(tmp_path / "a.svm")
    (tmp_path / "a.t").write_text("1 1:2\n2 1:?\n")
    with pytest.raises(DataError, match=r"a\.t: line 2, column 2: '1:\?'"):
        load(tmp_path / "a.svm")


@pytest.mark.parametrize("content", [b"no archive", bz2.compress(b"1 1:2\n2 1:3\n" * 99)[:-9]])
def test_libsvm_archives_that_are_damaged(tmp_path, content):
    (tmp_path / "usps.bz2").write_bytes(content)
    with pytest.raises(DataError, match=r"usps\.bz2: cannot be read"):
        load(tmp_path / "usps.bz2")


def test_more_inputs_than_pixels_are_refused(tmp_path):
    with pytest.raises(DataError, match="up to number 12, got an image of 9 pixels"):
        load(svmlight(tmp_path / "a.svm"), image=(1, 3, 3))


@pytest.mark.parametrize("name", ["a.csv.bz2", "a.csv.gz", "a.gz", "a.tar.bz2"])
def test_other_archives_are_not_taken_for_libsvm(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match="cannot be read; expected one of"):
        load(tmp_path / name)


LAYOUTS = {
    "groups": ("train/data", "train/target", "test/data", "test/target"),
    "apart": ("x_train", "y_train", "x_test", "y_test"),
    "pair": ("x", "y"),
    "named": ("data", "target"),
    "one group": ("train/data", "train/target"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("extension", [".h5", ".hdf5"])
def test_hdf5(tmp_path, layout, extension):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / f"a{extension}"
    names = LAYOUTS[layout]
    with h5py.File(path, "w") as file:
        for name, array in zip(names, (X, Y, U, V)[: len(names)], strict=True):
            file[name] = array
    data = load(path, image=IMAGE)
    has_own_test = len(names) == 4
    assert (data.has_own_test, data.n_samples) == (has_own_test, 60 if has_own_test else 40)
    if has_own_test:
        assert data.test.tolist() == list(range(40, 60))
    np.testing.assert_array_equal(data.x[:40], X / X[data.training].max())
    assert data.classes[-1] == "10"


def test_hdf5_images_and_text(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = X.reshape(40, 3, 4).astype(np.uint8)
        file["y"] = ["odd" if k % 2 else "even" for k in Y]
    data = load(tmp_path / "a.h5")
    assert data.image == IMAGE
    assert data.classes == ("even", "odd")
    np.testing.assert_array_equal(data.x, X / 255)


def put(file, **arrays):
    for name, array in arrays.items():
        file[name] = array


def huge(file):
    file.create_dataset("x", (10**9, 9), dtype="f8", chunks=(9, 9))  # takes no room until written
    file["y"] = Y


HDF5_MISTAKES = {
    "keys": (lambda f: f.create_dataset("g/z", data=X), ("'g/z'", "train and test")),
    "nothing": (lambda f: f.create_group("train"), ("no arrays", "data and target")),
    "groups": (lambda f: [f.create_group("x"), f.create_group("y")], ("no arrays",)),
    "lengths": (lambda f: put(f, x=X, y=Y[:9]), ("(40, 12)", "(9,)")),
    "kinds": (lambda f: put(f, x=np.zeros((40, 2), "i4, f4"), y=Y), ("x has dtype",)),
    "huge": (huge, ("x: an array of shape (1000000000, 9)", "GiB")),
}


@pytest.mark.parametrize("case", HDF5_MISTAKES)
def test_hdf5_mistakes(tmp_path, case):
    h5py = pytest.importorskip("h5py")
    write, words = HDF5_MISTAKES[case]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        write(file)
    with pytest.raises(DataError) as raised:
        load(tmp_path / "a.h5")
    message = one_line(raised)
    for word in ("a.h5", *words):
        assert word in message


def test_hdf5_that_is_damaged(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = X, Y
    content = path.read_bytes()
    for damaged in (b"no such thing" * 99, content[:900], content[: len(content) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="damaged or not an HDF5 file") as raised:
            load(path)
        one_line(raised)


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "a.h5").write_bytes(b"x")
    with pytest.raises(MissingExtra, match=r"pip install 'amenable\[hdf5\]'"):
        load(tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("shape", "image", "feature"),
    [
        ((4, 5), (1, 4, 5), "pixel 3,4"),
        ((1, 4, 5), (1, 4, 5), "pixel 3,4"),
        ((3, 4, 5), (3, 4, 5), "pixel 2,3,4"),
        ((6, 5, 3), (3, 6, 5), "pixel 2,5,4"),
        ((20,), None, None),
        ((2, 2, 2, 2), None, "pixel 1,1,1,1"),
    ],
)
def test_npz_knows_the_shape_of_its_images(tmp_path, shape, image, feature):
    x = RNG.random((40, *shape))
    np.savez(tmp_path / "a.npz", x_train=x, y_train=Y, x_test=x[:9], y_test=Y[:9])
    data = load(tmp_path / "a.npz")
    assert data.image == image
    assert feature is None or data.features[-1] == feature
    if shape == (6, 5, 3):
        np.testing.assert_array_equal(data.x[:40], np.moveaxis(x, -1, 1).reshape(40, -1))
        assert any("channels last" in note for note in data.notes)


def test_flat_rows_of_npz_are_images_when_it_is_said(tmp_path):
    np.savez(tmp_path / "a.npz", x=X / 255, y=Y)
    data = load(tmp_path / "a.npz", image=IMAGE)
    np.testing.assert_array_equal(data.x, X / 255)
    assert data.features[-1] == "pixel 2,3"
    assert data.image == IMAGE
    assert load(tmp_path / "a.npz", image=[1, 3, 4]) == data


def test_shapes_that_do_not_fit_the_file(tmp_path):
    np.savez(tmp_path / "a.npz", x=X.reshape(40, 3, 4), y=Y)
    np.savez(tmp_path / "b.npz", x=X, y=Y)
    (tmp_path / "c.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match=r"contains images of shape \(1, 3, 4\)"):
        load(tmp_path / "a.npz", image=(1, 4, 3))
    with pytest.raises(DataError, match=r"16 pixels, but there are 12 inputs"):
        load(tmp_path / "b.npz", image=(1, 4, 4))
    with pytest.raises(DataError, match=r"b\.npz: image: expected \(channels, height, width\)"):
        load(tmp_path / "b.npz", image=(3, 4))
    with pytest.raises(DataError, match="a table's columns are not images"):
        load(tmp_path / "c.csv", image=(1, 1, 1))
    with pytest.raises(DataError, match="digits has a fixed shape"):
        load("digits", image=(1, 8, 8))


def test_idx_images_know_their_shape(tmp_path):
    def idx(array):
        sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
        return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()

    (tmp_path / "my-images.idx").write_bytes(idx(X.reshape(40, 3, 4)))
    (tmp_path / "my-labels.idx").write_bytes(idx(Y))
    assert load(tmp_path / "my-images.idx").image == IMAGE


def test_usps_in_every_form_is_the_same(shared_data, tmp_path):
    h5py = pytest.importorskip("h5py")
    with np.load(shared_data / "usps.npz") as whole:  # 600 and 200 digits of it: lines are slow
        sizes = {"x_train": 600, "y_train": 600, "x_test": 200, "y_test": 200}
        arrays = {name: whole[name][:size] for name, size in sizes.items()}
    np.savez(tmp_path / "usps.npz", **arrays)
    true = load(tmp_path / "usps.npz")
    assert true.image == (1, 16, 16)
    x, y, u, v = (a.reshape(-1, 256) if a.ndim == 3 else a for a in arrays.values())
    with h5py.File(tmp_path / "usps.h5", "w") as file:
        file["train/data"], file["train/target"] = x, y
        file["test/data"], file["test/target"] = u, v
    assert load(tmp_path / "usps.h5", image=(1, 16, 16)).fingerprint == true.fingerprint
    svmlight(tmp_path / "usps.bz2", x, y + 1)
    svmlight(tmp_path / "usps.t.bz2", u, v + 1)
    lines = load(tmp_path / "usps.bz2", image=(1, 16, 16))
    assert lines.classes == tuple(str(k) for k in range(1, 11))
    assert lines.test.tolist() == true.test.tolist()
    np.testing.assert_allclose(lines.x, true.x, atol=1e-7)


def test_flat_rows_are_square_images_where_that_is_asked_for(tmp_path):
    x = np.zeros((20, 16))
    x[:, 3:8] = np.random.default_rng(0).random((20, 5))
    y = np.arange(20) % 2
    np.savez(tmp_path / "rows.npz", x=x, y=y)
    np.savez(tmp_path / "images.npz", x=x.reshape(20, 2, 8), y=y)
    np.savez(tmp_path / "none.npz", x=x[:, :15], y=y)
    rows = load(tmp_path / "rows.npz", image="square")
    assert rows.image == (1, 4, 4)
    np.testing.assert_array_equal(rows.x, x)
    assert load(tmp_path / "images.npz", image="square").image == (1, 2, 8)
    lines = [
        f"{k} " + " ".join(f"{i + 1}:{v}" for i, v in enumerate(r) if v)
        for k, r in zip(y, x, strict=True)
    ]
    (tmp_path / "sparse.svm").write_text("\n".join(lines))
    sparse = load(tmp_path / "sparse.svm", image="square")
    assert sparse.image == (1, 3, 3)  # zeros behind the last number are not in the file
    for name, image, match in (
        ("none.npz", "square", "rows of 15 numbers are not square images"),
        ("rows.npz", "round", "expected \\(channels, height, width\\)"),
    ):
        with pytest.raises(DataError, match=match):
            load(tmp_path / name, image=image)
