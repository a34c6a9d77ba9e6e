"""Digits from openml.org: fetched once, kept, checked, and refused in one line without a network.

Nothing here needs a network: scikit-learn's client is replaced, or what it opens.
"""

import gzip
import hashlib
import http.client
import io
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import urllib.response
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn.datasets

from amenable.datasets import catalogue, fetched, load
from amenable.datasets.fetched import FETCHED, Fetched
from amenable.errors import DataError

TINY = {  # as the true rows, with 2 by 3 pixels and few digits
    "usps": Fetched(7, "tiny", (1, 2, 3), tuple(range(3, 13)), tuple(range(1, 11)), np.float32),
    "mnist": Fetched(8, "tiny", (1, 2, 3), tuple(range(3, 13)), tuple(range(1, 11)), np.uint8),
}


def labels(row: Fetched) -> np.ndarray:
    rng = np.random.default_rng(0)
    parts = [np.repeat(np.arange(10), counts) for counts in (row.training, row.test)]
    return np.concatenate([rng.permutation(part) for part in parts])


def bunch(row: Fetched, first: int = 0, low: float = -1, high: float = 1) -> SimpleNamespace:
    """What the client returns: pixels, and class names as text."""
    y = labels(row)
    x = np.random.default_rng(1).integers(0, 256, (len(y), int(np.prod(row.image)))) / 255
    x[0, :2] = 0, 1
    target = np.array([str(digit + first) for digit in y], dtype=object)
    return SimpleNamespace(data=low + x * (high - low), target=target)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def client(monkeypatch):
    """Replaces scikit-learn's client: answers in order, and counts the calls."""

    def replace(*answers):
        calls = []

        def fetch_openml(**options):
            calls.append(options)
            answer = answers[min(len(calls), len(answers)) - 1]
            if isinstance(answer, BaseException):
                raise answer
            return answer

        monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
        return calls

    return replace


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(fetched, "FETCHED", TINY)


def one_line(raised) -> str:
    message = str(raised.value)
    assert "\n" not in message
    return message


def test_usps_is_fetched_once_and_keeps_its_order(client, home):
    row = FETCHED["usps"]
    given = bunch(row, first=1)
    calls = client(given)
    data = load("usps")
    assert [call["data_id"] for call in calls] == [41082]
    assert (data.name, data.n_samples, data.image) == ("usps", 9298, (1, 16, 16))
    assert data.classes == tuple("0123456789")
    assert data.test.tolist() == list(range(7291, 9298))
    assert (data.training.size, data.validation.size) == (5833, 1458)
    assert max(data.training.max(), data.validation.max()) == 7290
    np.testing.assert_array_equal(data.x, given.data.astype(np.float32))
    np.testing.assert_array_equal(data.y, labels(row))
    assert load("usps") == data
    assert len(calls) == 1
    assert (home / "amenable" / "usps.npz").is_file()
    assert not list((home / "amenable").glob(".*"))
    assert load(home / "amenable" / "usps.npz").fingerprint == data.fingerprint


def test_the_sizes_are_those_of_the_papers():
    assert [sum(FETCHED["usps"].training), sum(FETCHED["usps"].test)] == [7291, 2007]
    assert [sum(FETCHED["mnist"].training), sum(FETCHED["mnist"].test)] == [60000, 10000]


def test_mnist_is_bytes_within_0_and_1(client, tiny):
    client(bunch(TINY["mnist"], low=0, high=255))
    data = load("mnist", validation=0)
    assert (data.x.min(), data.x.max()) == (0, 1)
    assert set(np.unique(data.x * 255)) <= set(range(256))
    assert data.image == (1, 2, 3)


def test_usps_in_another_scale_is_brought_to_its_own(client, tiny):
    client(bunch(TINY["usps"], low=0, high=2))
    scaled = load("usps")
    assert (scaled.x.min(), scaled.x.max()) == (-1, 1)


def test_the_known_numbers_of_digits_are_the_true_ones(client, shared_data):
    with np.load(shared_data / "usps.npz") as true:
        x = np.concatenate([true["x_train"], true["x_test"]]).reshape(-1, 256)
        y = np.concatenate([true["y_train"], true["y_test"]])
    client(SimpleNamespace(data=x, target=(y + 1).astype(str).astype(object)))
    assert load("usps").fingerprint == load(shared_data / "usps.npz").fingerprint


@pytest.mark.parametrize("damage", ["cut", "other", "swapped", "text"])
def test_a_damaged_copy_is_fetched_again(client, tiny, home, damage):
    calls = client(bunch(TINY["usps"]))
    data = load("usps")
    path = home / "amenable" / "usps.npz"
    with np.load(path) as kept:
        arrays = dict(kept)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    elif damage == "other":
        np.savez(path, x=np.eye(4), y=np.arange(4))
    elif damage == "swapped":
        np.savez(path, **{**arrays, "y_train": arrays["y_train"][:-1]})
    else:
        path.write_text("half a file")
    assert load("usps") == data
    assert len(calls) == 2
    assert load("usps") == data
    assert len(calls) == 2


def mixed(given: SimpleNamespace) -> SimpleNamespace:
    order = np.random.default_rng(5).permutation(len(given.target))
    return SimpleNamespace(data=given.data[order], target=given.target[order])


def but(given: SimpleNamespace, value: float) -> SimpleNamespace:
    given.data[3, 2] = value
    return given


CHANGED = {
    "fewer": (lambda g: SimpleNamespace(data=g.data[1:], target=g.target[1:]), "(130, 6)"),
    "narrower": (lambda g: SimpleNamespace(data=g.data[:, 1:], target=g.target), "(130, 6)"),
    "another order": (mixed, "of the digits in training"),
    "a missing pixel": (lambda g: but(g, np.nan), "pixels are missing"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_changed_data_is_refused_and_not_kept(client, tiny, home, case):
    change, words = CHANGED[case]
    client(change(bunch(TINY["usps"])))
    with pytest.raises(DataError) as raised:
        load("usps")
    message = one_line(raised)
    for word in ("usps", "openml.org", "differs from the published one", words, "remove"):
        assert word in message
    assert not (home / "amenable").exists()


def test_mnist_of_other_values_is_refused(client, tiny):
    client(bunch(TINY["mnist"], low=0, high=1))
    with pytest.raises(DataError, match="whole grey values from 0 to 255"):
        load("mnist")


FAILURES = {
    "no network": (urllib.error.URLError(OSError(-2, "Name or service not known")), "service not"),
    "silence": (TimeoutError("timed out"), "timed out"),
    "half a file": (http.client.IncompleteRead(b"12", 30), "IncompleteRead"),
    "checksum": (ValueError("md5 checksum does not match\nretry"), "md5 checksum"),
    "no message": (EOFError(), "EOFError"),
    "another answer": (KeyError("data_set_description"), "KeyError: 'data_set_description"),
    "server": (urllib.error.HTTPError("https://x", 503, "Unavailable", None, None), "Unavailable"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_fails_on_the_way_is_one_line(client, tiny, case):
    failure, words = FAILURES[case]
    calls = client(failure, bunch(TINY["usps"]))
    with pytest.raises(DataError) as raised:
        load("usps")
    message = one_line(raised)
    for word in ("usps: could not be fetched from openml.org", words, "internet", "usps.npz"):
        assert word in message
    assert load("usps").n_samples == TINY["usps"].n_samples  # the next time it goes well
    assert len(calls) == 2


def test_a_folder_that_cannot_be_written(client, home, tiny):
    home.mkdir()
    (home / "amenable").write_text("in the way")
    client(bunch(TINY["usps"]))
    with pytest.raises(DataError, match="SCIKIT_LEARN_DATA") as raised:
        load("usps")
    one_line(raised)
    home.joinpath("amenable").unlink()
    home.rmdir()
    home.write_text("in the way")
    with pytest.raises(DataError, match="SCIKIT_LEARN_DATA"):
        load("usps")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"test": 0.1}, "its own test split"),
        ({"task": "regression"}, "classification problem"),
        ({"target": "int0"}, "a fixed target"),
        ({"n": 3}, "no parameters"),
        ({"image": (1, 16, 16)}, "fitted_to"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_fetched(client, options, words):
    calls = client(AssertionError("fetched"))
    with pytest.raises(DataError, match=words):
        load("usps", **options)
    assert not calls


def test_the_catalogue_marks_them():
    assert [entry.name for entry in catalogue() if entry.is_fetched] == ["usps", "mnist"]
    entry = {entry.name: entry for entry in catalogue()}["mnist"]
    assert (entry.n_samples, entry.n_inputs, entry.n_classes) == (70000, 784, 10)
    assert "fetched" in entry.description


def test_without_a_network_the_command_ends_with_2(home):
    code = "import sys; from amenable.cli import main; sys.exit(main(['sweep', 'usps']))"
    nowhere = "http://127.0.0.1:9"  # the discard port: refused at once
    unset = {"NO_PROXY": "", "no_proxy": ""}
    environment = {**os.environ, "HTTPS_PROXY": nowhere, "https_proxy": nowhere, **unset}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "could not be fetched from openml.org" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


class Server(urllib.request.HTTPSHandler):
    """Stands for openml.org: answers by the end of the address, with bytes or by raising."""

    def __init__(self, row: Fetched, cut: int | None = None) -> None:
        super().__init__()
        self.cut, self.asked = cut, []
        given = bunch(row, first=1)
        names = [f"p{i}" for i in range(given.data.shape[1])]
        lines = ["@relation tiny", *(f"@attribute {n} numeric" for n in names)]
        lines += ["@attribute int0 {" + ",".join(str(k) for k in range(1, 11)) + "}", "@data"]
        for x, y in zip(given.data, given.target, strict=True):
            lines.append(",".join([*(repr(float(v)) for v in x), y]))
        self.arff = "\n".join(lines).encode()
        flags = {"is_target": "false", "is_ignore": "false", "is_row_identifier": "false"}
        features = [
            {"index": str(i), "name": n, "data_type": "numeric", "number_of_missing_values": "0"}
            | flags
            for i, n in enumerate(names)
        ]
        target = {"index": "6", "name": "int0", "data_type": "nominal", **flags}
        target |= {"is_target": "true", "number_of_missing_values": "0"}
        about = {
            "id": str(row.openml),
            "name": "tiny",
            "version": "1",
            "format": "ARFF",
            "status": "active",
            "url": "https://www.openml.org/data/v1/download/1/tiny.arff",
            "file_id": "1",
            "default_target_attribute": "int0",
            "description": "made for tests",
            "md5_checksum": hashlib.md5(self.arff).hexdigest(),
        }
        self.answers = {
            f"features/{row.openml}": {"data_features": {"feature": [*features, target]}},
            f"qualities/{row.openml}": {"data_qualities": {"quality": []}},
            f"data/{row.openml}": {"data_set_description": about},
        }

    def https_open(self, req):
        address = req.full_url
        self.asked.append(address)
        content = next(
            (json.dumps(it).encode() for end, it in self.answers.items() if address.endswith(end)),
            self.arff[: self.cut],
        )
        headers = http.client.HTTPMessage()
        headers["Content-Encoding"] = "gzip"
        packed = io.BytesIO(gzip.compress(content))
        response = urllib.response.addinfourl(packed, headers, address, 200)
        response.msg = "OK"
        return response


@pytest.fixture
def serve(tiny):
    def install(**options):
        server = Server(TINY["usps"], **options)
        urllib.request.install_opener(urllib.request.build_opener(server))
        return server

    yield install
    urllib.request.install_opener(urllib.request.build_opener())


def test_scikit_learns_own_client_reads_it(serve, home):
    server = serve()
    data = load("usps")
    given = bunch(TINY["usps"])
    np.testing.assert_array_equal(data.x, given.data.astype(np.float32))
    np.testing.assert_array_equal(data.y, labels(TINY["usps"]))
    n_asked = len(server.asked)
    assert n_asked >= 3
    assert load("usps") == data
    assert len(server.asked) == n_asked


def test_a_download_cut_short_is_refused_and_mended(serve, home):
    serve(cut=300)
    with pytest.raises(DataError, match="could not be fetched"):
        load("usps")
    assert not (home / "amenable").exists()
    serve()
    assert load("usps").n_samples == TINY["usps"].n_samples
