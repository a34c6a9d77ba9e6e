"""`amenable digits`: training in passes, what it is compared with, the command as users run it."""

import json
from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable import engine
from amenable.cli import digits_results, digits_setup, digits_table, main
from amenable.cli.digits_training import train_in_passes
from amenable.errors import DataError, DescriptionError

QUICK = ("--seeds", "2", "--epochs", "1")
SLOWLY = digits_setup.training_of(0.03, "lecun1989", 3)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs the command in a folder of its own; returns status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")

    def call(*words):
        status = main(["digits", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def data():
    """A few digits as LeNet takes them."""
    whole = digits_setup.load_digits("digits", am.lenet1989())
    return replace(whole, training=whole.training[:120], test=whole.test[:80])


@pytest.fixture(scope="module")
def trained(data):
    return train_in_passes(am.lenet1989(), SLOWLY, data, range(3))


def test_passes_one_by_one_are_the_same_bits_as_all_at_once(data, trained):
    whole = am.train(am.lenet1989(), data, SLOWLY, seeds=3, snapshots=True)
    np.testing.assert_array_equal(trained.population.weights, whole.weights)
    np.testing.assert_array_equal(trained.population.steps, whole.steps)
    np.testing.assert_array_equal(trained.population.final, whole.final)
    assert trained.population.configurations == whole.configurations
    assert (trained.population.status == whole.status).all()
    for k in range(4):
        found, _ = engine.measure(am.lenet1989(), SLOWLY, whole.snapshots[:, k], data, "test")
        np.testing.assert_array_equal(trained.measured[:, k, 1], found)


def test_what_is_told_after_each_pass(data):
    told = []
    train_in_passes(
        am.mlp(256, 4, 10), SLOWLY, data, [7], tell=lambda k, found: told.append((k, found.shape))
    )
    assert told == [(k, (1, 2, 2)) for k in range(4)]


def test_networks_that_diverge_stay_behind(data):
    network = am.Network(256, (am.Dense(8, "identity"), am.Dense(10, "identity")))
    wild = digits_setup.training_of(0.3, "normal(1)", 2)
    found = train_in_passes(network, wild, data, range(2))
    assert (found.population.status == "diverged").all()
    assert np.isnan(found.measured[:, 1:]).all()
    assert np.isfinite(found.measured[:, 0]).all()
    row = digits_results.as_row("wild", network, found.last, data, 2, 1.0)
    assert "diverged" in digits_results.sentences([row], None, None)[0]


@pytest.mark.parametrize(
    "change",
    [
        {"order": "shuffled"},
        {"optimizer": am.Momentum(0.01)},
        {"schedule": am.Cosine()},
        {"warmup": 3},
        {"epochs": None, "steps": 5},
        {"goal": "accuracy >= 0.9"},
    ],
)
def test_what_cannot_be_stopped_and_continued_is_refused(data, change):
    with pytest.raises(DescriptionError, match="training: expected sgd"):
        train_in_passes(am.lenet1989(), replace(SLOWLY, **change), data, [0])
    with pytest.raises(DescriptionError, match="no dropout"):
        train_in_passes(am.mlp(256, 4, 10, dropout=0.5), SLOWLY, data, [0])


def test_rivals_have_the_counts_that_they_are_named_for():
    network = am.lenet1989()
    local, few, many = (it.network for it in digits_setup.rivals(network))
    assert local.n_parameters == network.summary().connections == 64_660
    assert abs(few.n_parameters - 9760) <= 267 / 2
    assert abs(many.n_parameters - 64_660) <= 267 / 2
    assert [it.kind for it in local.layers] == ["local", "local", "dense", "dense"]
    assert local.shapes == network.shapes


def test_every_network_has_a_title_and_initial_weights():
    assert set(digits_setup.NETWORKS) == set(digits_setup.INITS) == set(digits_setup.TITLES)


@pytest.mark.parametrize("name", digits_setup.NETWORKS)
def test_every_network_has_rivals_of_its_own_inputs(name):
    network = digits_setup.network_named(name)
    for rival in digits_setup.rivals(network):
        assert (rival.network.inputs, rival.network.outputs) == (network.inputs, network.outputs)


def test_data_is_brought_to_the_network_and_its_own_test_samples_are_kept(tmp_path):
    rng = np.random.default_rng([0])
    path = tmp_path / "made.npz"
    x, y = rng.normal(size=(40, 20, 20)), np.arange(40) % 4
    np.savez(path, x_train=x[:30], y_train=y[:30], x_test=x[30:], y_test=y[30:])
    data = digits_setup.load_digits(str(path), am.lenet1989())
    assert (len(data.training), len(data.validation), len(data.test)) == (30, 0, 10)
    assert data.image == (1, 16, 16)
    assert np.abs(data.x[data.training]).max() <= 1
    assert digits_setup.with_classes(am.lenet1989(), data).outputs == 4
    own = digits_setup.load_digits("digits", am.lenet1())
    assert own.image == (1, 28, 28)
    assert len(own.test) == 359


def test_print_is_inverted_and_flat_rows_of_a_square_are_images(tmp_path):
    digits = am.load("digits")
    x = np.round(255 * digits.x)
    np.savez(tmp_path / "light.npz", x=x.reshape(-1, 8, 8), y=digits.y)
    np.savez(tmp_path / "dark.npz", x=255 - x.reshape(-1, 8, 8), y=digits.y)
    np.savez(tmp_path / "rows.npz", x=x, y=digits.y)
    light, dark, rows = (
        digits_setup.load_digits(str(tmp_path / f"{name}.npz"), am.lenet1())
        for name in ("light", "dark", "rows")
    )
    assert (light.x.min(), light.x.max()) == (-1, 1)
    np.testing.assert_allclose(dark.x, light.x, atol=1e-12)
    assert any("so that dark is bright" in note for note in dark.notes)
    np.testing.assert_array_equal(rows.x, light.x)


@pytest.mark.parametrize(("name", "match"), [("iris", "--data"), ("diabetes", "--data")])
def test_data_without_images_or_classes_is_refused(name, match):
    with pytest.raises((DataError, DescriptionError), match=match):
        digits_setup.load_digits(name, am.lenet1989())


@pytest.mark.parametrize(
    ("x", "match"),
    [
        (np.random.default_rng(0).random((20, 3, 8, 8)), "has images of 3 channels; expected grey"),
        (np.ones((20, 8, 8)), "images that are all alike"),
        (np.random.default_rng(0).random((20, 13)), "rows of 13 numbers are not square"),
    ],
)
def test_images_that_cannot_be_told_are_refused_in_words_of_the_command(tmp_path, x, match):
    np.savez(tmp_path / "it.npz", x=x, y=np.arange(20) % 2)
    with pytest.raises(DataError, match=match):
        digits_setup.load_digits(str(tmp_path / "it.npz"), am.lenet1989())
    with pytest.raises(DataError, match="wine has 13 inputs and no images"):
        digits_setup.load_digits("wine", am.lenet1989())


@pytest.mark.parametrize("name", digits_setup.NETWORKS)
def test_outputs_reach_the_targets(name):
    for activation in ("relu", "sigmoid", "leaky_relu(0.2)", "gelu"):
        network = digits_setup.network_named(name, activation)
        assert network.layers[0].activation == activation
        assert network.output_activation == "scaled_tanh"
    assert digits_setup.network_named(name, "tanh").output_activation == "tanh"


def test_pairs_are_spoken_of_where_there_are_several(data, trained):
    row = digits_results.as_row("LeNet", am.lenet1989(), trained.last, data, 3, 3.0)
    other = digits_results.as_row("other", am.lenet1989(), trained.last, data, 3, 3.0)
    (said,) = digits_results.sentences([row, other], None, None)
    assert "worse in 50 % of pairs" in said
    one = digits_results.as_row("LeNet", am.lenet1989(), trained.last[:1], data, 3, 3.0)
    (said,) = digits_results.sentences([one, one], None, None)
    assert "Without shared weights the median is: LeNet" in said
    assert "pairs" not in said


def test_time_is_compared_pass_for_pass(data, trained):
    network = am.lenet1989()
    paper = digits_results.DigitsRow(
        digits_results.PUBLISHED, *np.ones((2, 1, 2)), 1, 1, passes=23, fit_s=3 * 86_400.0
    )
    for passes, factor in ((23, "times as long"), (1, "23 passes, pass for pass")):
        row = digits_results.as_row("LeNet", network, trained.last, data, passes, 3.0)
        (said,) = digits_results.sentences([row], None, paper)
        assert factor in said
        assert ("260,000" if passes == 23 else "11,000") in said


def test_rows_count_mistakes_and_sentences_compare_them(data, trained):
    row = digits_results.as_row("LeNet", am.lenet1989(), trained.last, data, 3, 6.0)
    for i, split in enumerate(("training", "test")):
        x, labels = data.split(split)
        mistakes = [int((it.predict(x) != labels).sum()) for it in trained.population]
        assert row.spread(split, 1) == (np.median(mistakes), min(mistakes), max(mistakes))
        assert row.count(split) == (120, 80)[i]
    np.testing.assert_array_equal(row.training[:, 0], trained.last[:, 0, 0])
    votes = digits_results.votes_of(trained.population, data.split("test")[0], 10)
    assert (votes.sum(axis=1) == 3).all()
    (said,) = digits_results.sentences([row], 11, None)
    assert "half of 3 networks" in said
    assert "Voting together they make 11." in said
    assert "6.0 s, 2 s a network" in said


def test_the_published_row_is_of_its_own_network_and_split_only(data):
    assert digits_results.published(data, am.lenet1989()) is None
    network = am.lenet1989()

    class Usps:
        training, test, n_classes = range(7291), range(2007), 10

    row = digits_results.published(Usps, network)
    assert row.spread("test", 1)[0] == 102
    assert row.spread("training", 0)[0] == 2.5e-3
    assert digits_results.published(Usps, am.lenet1()) is None
    assert digits_results.published(Usps, am.lenet1989("tanh", "tanh")) is not None


def test_the_table_leaves_out_columns_where_the_screen_is_narrow(data, trained):
    row = digits_results.as_row("LeNet", am.lenet1989(), trained.last, data, 3, 6.0)
    table, left_out = digits_table.results_table([row], 1, 200)
    assert len(table.columns) == 9
    assert not left_out
    table, left_out = digits_table.results_table([row], 1, 40)
    assert len(table.columns) == 9 - len(left_out)
    assert left_out[0] == "seeds"
    assert len(table.columns) >= 4


def test_a_run_trains_compares_draws_and_saves(run, tmp_path):
    words = (*QUICK, "--save", "lenet.npz", "--json", "found.json", "-o", "pictures")
    status, out, err = run(*words)
    assert status == 0
    for text in ("LeNet 1989", "locally connected", "dense (same weights)", "linear", "nearest"):
        assert text in out
    assert "published" not in out
    assert "pass 1 of 1" in err
    assert "amenable predict lenet.npz" in out
    names = {"passes", "kernels", "feature_maps", "confusion", "hardest"}
    assert {it.name for it in (tmp_path / "pictures").iterdir()} == {f"{it}.png" for it in names}
    found = json.loads((tmp_path / "found.json").read_text())
    assert [len(row["test"]["mistakes"]) for row in found["rows"]] == [2, 2, 2, 2, 1, 1]
    assert len(found["passes"]["test"]["accuracy"][0]) == 2
    trained = am.TrainedNetwork.load(tmp_path / "lenet.npz")
    assert trained.network == am.lenet1989()
    first = {**found, "seconds": None, "sentences": None}
    run(*words, "--no-figures")
    again = json.loads((tmp_path / "found.json").read_text())
    assert {**again, "seconds": None, "sentences": None} == first


def test_other_networks_and_no_extras(run, tmp_path):
    status, out, _ = run(*QUICK, "--network", "lenet1", "--no-compare", "--no-figures")
    assert status == 0
    assert "28x28-4@24x24" in out
    assert "locally" not in out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("--network", "lenet9"), "--network: expected one of lenet1989"),
        (("--seeds", "0"), "--seeds: expected 1 to"),
        (("--epochs", "0"), "--epochs"),
        (("--lr", "-1"), "--lr"),
        (("--lr", "x"), "expected a number"),
        (("--activation", "wavy"), "--activation"),
        (("--activation", "step"), "--activation"),
        (("--init", "nothing"), "--init"),
        (("--data", "nothing.npz"), "no such file"),
        (("--data", "moons"), "--data"),
        (("--sample", "359"), "--sample: expected 0 to 358"),
        (("--save", "no/such/folder.npz"), "--save: there is no folder"),
        (("--threads", "0"), "--threads"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_before_any_training(run, words, match):
    status, _, err = run(*words)
    assert status == 2
    assert match in err
    assert "pass" not in err
    assert len(err.strip().splitlines()) == 1


def test_a_file_in_the_place_of_the_folder_is_refused(run, tmp_path):
    (tmp_path / "digits").write_text("")
    status, _, err = run(*QUICK)
    assert status == 2
    assert "is a file" in err


def test_usps_has_the_published_row(run, shared_data):
    path = shared_data / "usps.npz"
    if not path.is_file():
        pytest.skip(f"no {path}: the digits of LeCun et al. 1989")
    status, out, _ = run("--data", str(path), *QUICK, "--no-compare", "--no-figures")
    assert status == 0
    (line,) = [line for line in out.splitlines() if line.startswith("published")]
    assert line.split()[3:] == ["1", "9,760", "0.14", "10", "2.5", "5.0", "102", "18.0"]
    assert "in 1989 one took three days" in out
