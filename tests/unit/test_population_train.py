"""train(): what it takes, what it refuses, and that it hands everything on."""

import _thread
import subprocess
import sys
import threading

import numpy as np
import pytest

import amenable as am

NETWORK = am.mlp(2, 3, 1)
SHORT = am.Training(steps=3)
DATA = am.load("moons")


def refused(error, match, network=NETWORK, data=DATA, training=SHORT, **options):
    with pytest.raises(error, match=match) as caught:
        am.train(network, data, training, **options)
    assert "\n" not in str(caught.value)


class TestInput:
    def test_data_by_name_by_arrays_and_as_a_dataset_are_the_same(self):
        arrays = am.Dataset.from_arrays(DATA.x, DATA.y, name="moons")
        found = [
            am.train(NETWORK, data, SHORT, seeds=2).weights for data in (arrays, (DATA.x, DATA.y))
        ]
        assert np.array_equal(*found)
        by_name = am.train(NETWORK, "moons", SHORT, seeds=2)
        assert by_name.data.fingerprint == DATA.fingerprint
        assert np.array_equal(by_name.weights, am.train(NETWORK, DATA, SHORT, seeds=2).weights)

    def test_data_by_path(self, tmp_path):
        np.savez(tmp_path / "d.npz", x=DATA.x, y=DATA.y)
        assert am.train(NETWORK, tmp_path / "d.npz", SHORT, seeds=1).data.name == "d.npz"

    def test_seeds(self):
        assert am.train(NETWORK, DATA, SHORT).seeds == tuple(range(32))
        assert am.train(NETWORK, DATA, SHORT, seeds=np.int64(3)).seeds == (0, 1, 2)
        given = [5, 2**64 - 1, 0]
        assert am.train(NETWORK, DATA, SHORT, seeds=np.array(given, np.uint64)).seeds == tuple(
            given
        )

    def test_together_is_alone_to_the_bit(self):
        networks = [NETWORK, am.mlp(2, 5, 5, 1, activation="relu")]
        trainings = [am.Training(steps=20), am.Training(am.SGD(0.1), steps=30, dtype="float64")]
        together = am.train(networks, DATA, trainings, seeds=range(5, 12), threads=2)
        for it in together[::3]:
            alone = am.train(it.network, DATA, it.training, seeds=[it.seed], threads=1).best
            assert np.array_equal(alone.flat, it.flat)
            assert np.array_equal(alone.final, it.final, equal_nan=True)

    def test_threads_do_not_matter(self):
        found = [am.train(NETWORK, DATA, SHORT, threads=n).weights for n in (1, 2, 8)]
        assert np.array_equal(found[0], found[1])
        assert np.array_equal(found[0], found[2])


BAD = [
    (am.DescriptionError, r"networks: expected a Network or a list", {"network": 5}),
    (am.DescriptionError, r"networks: expected at least one", {"network": []}),
    (am.DescriptionError, r"networks\[1\]: expected a Network, got 3", {"network": [NETWORK, 3]}),
    (am.DescriptionError, r"networks\[1\]: the same as networks\[0\]", {"network": [NETWORK] * 2}),
    (
        am.DescriptionError,
        r"network: Network.inputs: expected 2.*got 4",
        {"network": am.mlp(4, 1)},
    ),
    (
        am.DescriptionError,
        r"networks\[1\]: Network.inputs: expected 2",
        {"network": [NETWORK, am.mlp(3, 1)]},
    ),
    (
        am.DescriptionError,
        r"network: Network.layers\[0\]: .*gradient",
        {"network": am.mlp(2, 2, 1, activation="step")},
    ),
    (
        am.DescriptionError,
        r"networks\[1\], training: Network.layers: expected 1 unit",
        {"network": [NETWORK, am.mlp(2, 3)]},
    ),
    (am.DescriptionError, r"trainings: expected a Training", {"training": "adam"}),
    (am.DescriptionError, r"trainings\[0\]: expected a Training", {"training": [am.Adam()]}),
    (
        am.DescriptionError,
        r"trainings\[2\]: the same as trainings\[0\]",
        {"training": [SHORT, am.Training(), SHORT]},
    ),
    (
        am.DescriptionError,
        r"network, trainings\[1\]: Training.goal: r2 does not exist for classification",
        {"training": [SHORT, am.Training(goal="r2 >= 0.5")]},
    ),
    (
        am.DescriptionError,
        r"goal: needs validation samples, but 'xor'",
        {"data": "xor", "training": am.Training(goal="validation accuracy >= 1")},
    ),
    (
        am.DescriptionError,
        r"patience: needs validation samples",
        {"data": "xor", "training": am.Training(patience=3)},
    ),
    (am.DataError, r"no data set named 'moon'.*did you mean 'moons'", {"data": "moon"}),
    (am.DataError, r"data: expected a Dataset", {"data": np.eye(3)}),
    (am.DataError, r"data: expected a Dataset", {"data": (1, 2, 3)}),
    (am.DescriptionError, r"seeds: expected at least one, got 0", {"seeds": 0}),
    (am.DescriptionError, r"seeds: expected at least one, got none", {"seeds": []}),
    (am.DescriptionError, r"seeds\[1\]: expected an integer from 0", {"seeds": [0, -1]}),
    (am.DescriptionError, r"seeds\[0\]: expected an integer from 0", {"seeds": [2**64]}),
    (am.DescriptionError, r"seeds\[0\]: expected an integer from 0", {"seeds": [1.5]}),
    (am.DescriptionError, r"seeds\[0\]: expected an integer from 0", {"seeds": [True]}),
    (am.DescriptionError, r"seeds\[2\]: 4 is there already", {"seeds": [4, 5, 4]}),
    (am.DescriptionError, r"seeds: expected a number of seeds", {"seeds": "3"}),
    (am.DescriptionError, r"threads: expected an integer", {"threads": 0}),
    (am.DescriptionError, r"curves: expected True or False", {"curves": 3}),
    (am.DescriptionError, r"progress: expected True, False, None or a function", {"progress": 3}),
    (
        am.DescriptionError,
        r"recording: .* GiB",
        {"snapshots": True, "training": am.Training(steps=10**9, probe_every=1)},
    ),
    (
        am.DataError,
        r"start: expected a Model.*\(13,\) or \(32, 13\)",
        {"start": np.zeros(5)},
    ),
    (am.DataError, r"start: expected a Model", {"start": "weights"}),
    (am.DataError, r"start: weight 0 is nan", {"start": np.full(13, np.nan)}),
    (
        am.DataError,
        r"start: weight 3, 1 is inf",
        {"start": np.where(np.arange(52) == 40, np.inf, 0.0).reshape(4, 13), "seeds": 4},
    ),
    (am.DataError, r"start: '1.bias' is missing", {"start": {"1.weight": np.zeros((3, 2))}}),
    (
        am.DataError,
        r"no parameters called '1.weights'; did you mean '1.weight'",
        {"start": {"1.weights": 0}},
    ),
    (
        am.DataError,
        r"start\['1.weight'\]: expected numbers of shape \(3, 2\)",
        {"start": dict.fromkeys(["1.weight", "1.bias", "2.weight", "2.bias"], np.zeros(3))},
    ),
    (am.DataError, r"frozen: expected booleans of shape \(13,\)", {"frozen": True}),
    (
        am.DataError,
        r"frozen: expected booleans of shape \(13,\), got int64",
        {"frozen": np.zeros(13, int)},
    ),
    (
        am.DataError,
        r"frozen\['1.bias'\]: expected True, False or booleans",
        {"frozen": {"1.bias": [True]}},
    ),
    (
        am.DataError,
        r"frozen: 2-3-1 has no parameters called '3.bias'",
        {"frozen": {"3.bias": True}},
    ),
    (am.DataError, r"frozen: all parameters are", {"frozen": np.ones(13, bool)}),
]


@pytest.mark.parametrize(("error", "match", "given"), BAD)
def test_bad_input_is_one_line_that_names_the_culprit(error, match, given):
    refused(error, match, **given)


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        (
            (1, 16, 16),
            r"expected images of 8x8, as in data 'digits', got 16x16; use data.fitted_to",
        ),
        ((1, 4, 16), r"expected images of 8x8, as in data 'digits', got 4x16"),
        ((4, 4, 4), r"expected images of 8x8, as in data 'digits', got 4x4x4"),
    ],
)
def test_images_of_another_shape_are_refused_also_where_pixels_are_as_many(shape, match):
    network = am.Network(shape, [am.Dense(10)])
    with pytest.raises(am.DescriptionError, match=match):
        am.train(network, "digits", SHORT, seeds=1)
    one = am.Model(network, np.zeros(network.n_parameters))
    with pytest.raises(am.DataError, match="data: 'digits' has images of 8x8, but the network"):
        one.plot("confusion", "digits")


class TestStart:
    def test_by_name_flat_and_trained_are_the_same(self):
        first = am.train(NETWORK, DATA, SHORT, seeds=1).best
        found = [
            am.train(NETWORK, DATA, SHORT, seeds=3, start=start).weights
            for start in (first, first.flat, first.weights, np.tile(first.flat, (3, 1)))
        ]
        for one in found[1:]:
            assert np.array_equal(one, found[0])

    def test_a_row_for_each_seed(self):
        start = np.random.default_rng(0).normal(size=(3, 13)).astype(np.float32)
        frozen = dict.fromkeys(("1.weight", "1.bias", "2.weight"), True)
        found = am.train(NETWORK, DATA, SHORT, seeds=3, start=start, frozen=frozen)
        assert np.array_equal(found.weights[:, :-1], start[:, :-1])
        assert np.all(found.weights[:, -1] != start[:, -1])

    def test_frozen_parameters_do_not_move(self):
        found = am.train(NETWORK, DATA, SHORT, seeds=4, snapshots=True, frozen={"1.weight": True})
        first, last = found.snapshots[:, 0], found.snapshots[:, -1]
        assert np.array_equal(first[:, :6], last[:, :6])
        assert np.any(first[:, 6:] != last[:, 6:])
        mask = np.arange(13) < 6
        assert np.array_equal(am.train(NETWORK, DATA, SHORT, seeds=4, frozen=mask).weights, last)
        part = {"1.weight": np.ones((3, 2), bool), "2.bias": False}
        assert np.array_equal(am.train(NETWORK, DATA, SHORT, seeds=4, frozen=part).weights, last)

    def test_of_another_network_is_refused(self):
        other = am.train(am.mlp(2, 4, 1), DATA, SHORT, seeds=1).best
        refused(am.DataError, "start: expected weights of 2-3-1, got those of 2-4-1", start=other)


class TestProgress:
    def test_a_function_hears_of_the_end(self):
        told = []
        am.train(NETWORK, DATA, SHORT, seeds=7, progress=lambda *numbers: told.append(numbers))
        assert told[-1] == (7, 7)
        assert told == sorted(told)

    def test_what_the_function_raises_ends_training(self):
        def fail(finished, total):
            raise RuntimeError("enough")

        before = threading.active_count()
        with pytest.raises(RuntimeError, match="enough"):
            am.train(NETWORK, DATA, am.Training(steps=10**9), seeds=1, progress=fail)
        assert threading.active_count() == before

    def test_ctrl_c_keeps_what_is_finished(self):
        endless = am.Training(am.SGD(0.0), steps=10**9, probe_every=10**9)
        brief = am.Training(steps=2)

        pressed = []

        def interrupt(finished, total):
            if finished == 4 and not pressed:
                pressed.append(True)
                _thread.interrupt_main()

        found = am.train(NETWORK, DATA, [brief, endless], seeds=4, threads=2, progress=interrupt)
        assert found.is_cancelled
        assert found.status.tolist() == ["exhausted"] * 4 + ["cancelled"] * 4
        assert np.isfinite(found.loss["validation"][:4]).all()
        assert not found[:4].is_cancelled
        assert found.best.training == brief
        assert "4 cancelled" in repr(found)
        assert found.summary().rows[0].trials == 4


@pytest.mark.parametrize("seeds", [2**64, 10**9, 10**400])
def test_more_seeds_than_a_list_can_hold(seeds):
    with pytest.raises(am.DescriptionError, match="seeds: expected at most 10,000,000"):
        am.train(am.mlp(2, 3, 1), "xor", am.Training(steps=1), seeds=seeds)


def test_each_seed_of_repeated_splits_learns_its_own(tmp_path):
    iris = am.load("iris")
    splits = am.RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(3)))
    found = am.train(am.mlp(4, 3, 3), splits, am.Training(epochs=3), seeds=range(2, 7))
    assert found.split.tolist() == [2, 0, 1, 2, 0]
    alone = am.train(am.mlp(4, 3, 3), splits[1], am.Training(epochs=3), seeds=[4])
    assert np.array_equal(found.final[2], alone.final[0])
    assert (found.data.n_splits, alone.data.n_splits) == (3, 1)
    assert found.data.fingerprint != alone.data.fingerprint
    found.save(tmp_path / "file")
    assert am.Population.load(tmp_path / "file").split.tolist() == found.split.tolist()


@pytest.mark.parametrize("networks", ["2, 6000, 6000, 1", "2, 4000, 4000, 1"])
def test_memory_that_does_not_suffice_is_said_with_sizes(networks):
    code = (
        "import resource\n"
        "import amenable as am\n"
        "data = am.load('moons', n=40)\n"
        "am.train(am.mlp(2, 2, 1), data, am.Training(steps=1), seeds=1, threads=1)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9,) * 2)\n"
        "try:\n"
        f"    am.train(am.mlp({networks}), data, am.Training(steps=1), seeds=1, threads=1)\n"
        "except am.DescriptionError as error:\n"
        "    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "memory: training needs more than the 1.86 GiB that there are" in done.stdout
    assert networks.replace(", ", "-") in done.stdout


def test_samples_that_the_memory_does_not_hold_are_refused_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of each split and in each precision: 1,797 digits of 64 inputs, 10 targets and a weight."""
    splits = am.RepeatedSplits(tuple(am.load("digits").with_split(seed=n) for n in range(3)))
    trainings = [am.Training(steps=1), am.Training(steps=1, dtype="float64")]
    expected = 3 * 1797 * 75 * (4 + 8)
    for some_more, is_refused in ((100_000, False), (-1, True)):
        monkeypatch.setattr(
            am.population.checks, "available_bytes", lambda more=some_more: expected + more
        )
        if not is_refused:
            am.train(am.mlp(64, 10), splits, trainings, seeds=3, keep_weights=False)
            continue
        with pytest.raises(
            am.DescriptionError, match=r"^memory: the samples would take 0\.00452 GiB"
        ):
            am.train(am.mlp(64, 10), splits, trainings, seeds=3, keep_weights=False)
