"""Whose weights and curves are kept: of none, of the best, of all."""

import numpy as np
import pytest
from study_made import candidate, making

import amenable as am
from amenable.population import Configuration
from amenable.space.candidate import Candidate
from amenable.study.store import blobs, reading

P = 13  # parameters of 2-3-1


def final(values, losses=None):
    """Metrics and losses on the validation split."""
    found = np.full((len(values), 2, 2), np.nan)
    found[:, 1, 1] = values
    found[:, 1, 0] = 0 if losses is None else losses
    return found


def weights(seeds):
    """Of each trial its seed, everywhere."""
    return [np.repeat(np.array(seeds, dtype=float)[:, None], P, axis=1)]


def write(made, ids, one, seeds, **more):
    made.write(ids, [one], seeds, weights=weights(seeds), **more)


def kept(path):
    with reading(path) as store:
        return {
            seed: row[0]
            for it in store.arrays("weights", {1: None})
            for seed, row in zip(it.seeds.tolist(), it.rows, strict=True)
        }


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_best_is_kept_whatever_the_order(tmp_path, order):
    one = candidate()
    blocks = [
        ([0, 1, 2], [0.5, 0.9, 0.7], [1, 3, 1]),
        ([3, 4], [0.9, 0.9], [3, 2]),  # 4: as good, with less loss
        ([5, 6], [0.9, np.nan], [2, 0]),  # 5: the same in all, but later
    ]
    for part in (order[:1], order[1:]):  # the second time it has to remember
        with making(tmp_path / "a", "best") as made:
            made.keeper.remember(made.writer.results())
            ids = made.add(one)
            for b in part:
                seeds, values, losses = blocks[b]
                write(made, ids, one, seeds, final=final(values, losses))
    assert kept(tmp_path / "a") == {4: 4.0}


def test_diverged_ones_come_last(tmp_path):
    one = candidate()
    with making(tmp_path / "a", "best") as made:
        ids = made.add(one)
        write(made, ids, one, [0, 1], final=final([0.9, 0.1]), status=["diverged", "exhausted"])
    assert kept(tmp_path / "a") == {1: 1.0}
    with making(tmp_path / "b", "best") as made:
        ids = made.add(one)
        write(made, ids, one, [0], final=final([np.nan]), status="diverged")
    assert kept(tmp_path / "b") == {0: 0.0}


def test_where_less_is_better(tmp_path):
    it = Configuration(am.mlp(2, 3, 1), am.Training(steps=9, goal="rmse <= 0.1"))
    one = Candidate({}, it)
    with making(tmp_path / "a", "best") as made:
        ids = made.add(one)
        write(made, ids, one, [0, 1, 2], final=final([0.5, 0.2, 0.9]))
    assert kept(tmp_path / "a") == {1: 1.0}


def test_all_and_none(tmp_path):
    one = candidate()
    for keep, expected in (("all", {0: 0.0, 7: 7.0, 3: 3.0}), ("none", {})):
        with making(tmp_path / keep, keep) as made:
            ids = made.add(one)
            write(made, ids, one, [0, 7])
            write(made, ids, one, [3])
        assert kept(tmp_path / keep) == expected


def test_the_best_is_what_a_population_ranks_first(tmp_path):
    networks = [am.mlp(2, 3, 1), am.mlp(2, 4, 1, activation="relu")]
    training = am.Training(epochs=5, optimizer=am.SGD(5.0))  # some diverge
    population = am.train(networks, "moons", training, seeds=40)
    study = am.Study(tmp_path / "a")
    study.run(networks, "moons", training, seeds=40, keep="best")
    for network in networks:
        best = population.where(network=network).best
        with reading(study.path) as store:
            (id_,) = [n for n, it in zip(study.results().ids, study.results().configurations,
                                         strict=True) if it.network == network]  # fmt: skip
            (found,) = store.arrays("weights", {id_: None})
        assert found.seeds.tolist() == [best.seed]
        assert np.array_equal(found.rows[0], best.flat)


def test_arrays_come_back_to_the_bit():
    rng = np.random.default_rng(0)
    for dtype in ("float32", "float64"):
        for shape in ((0, 3), (4, 0), (3, 5, 2), (1,)):
            array = rng.normal(size=shape).astype(dtype).astype(np.float64)
            array.flat[:1] = np.nan
            packed = blobs.pack(array, dtype)
            assert packed.dtype in ("<f4", "<f8")
            assert np.array_equal(blobs.unpack(packed), array, equal_nan=True)
    assert blobs.pack(np.zeros((100, 100)), "float64").encoding == "zlib"
    assert blobs.pack(rng.normal(size=(1, 3)), "float64").encoding == "raw"


@pytest.mark.parametrize(
    "change",
    [{"dtype": "|O"}, {"dtype": "nonsense"}, {"shape": "[3]"}, {"shape": "[-1]"}, {"shape": "{}"},
     {"shape": "["}, {"encoding": "raw"}, {"data": b"x"}, {"data": b""}],
)  # fmt: skip
def test_damaged_arrays_are_refused(change):
    packed = blobs.pack(np.zeros((10, 10)), "float64")
    with pytest.raises(ValueError, match=r"."):
        blobs.unpack(packed._replace(**change))
