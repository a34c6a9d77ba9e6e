"""The experiment on memory: bytes to arrays, its rules, its picture."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable import engine
from amenable.lecture import memory
from amenable.lecture.finding import Finding

ARRAYS = {"SGD": 2.0, "momentum": 3.0, "RMSprop": 3.0, "Adam": 3.0}


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("memory")


def test_finding_is_complete(found):
    assert len(found.checks) == 3
    assert len(found.illustrations) == 1
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert [row[0] for row in found.tables[0].rows] == list(memory.OPTIMIZERS)
    assert found.numbers["widths"] == list(memory.WIDTHS[::2])
    compile(found.code, "code", "exec")


def test_code_for_the_reader_runs(found, capsys):
    exec(compile(found.code, "code", "exec"), {})
    assert float(capsys.readouterr().out) > 4 * 4 * am.mlp(64, 64, 10).n_parameters


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [True, True, True]),
        ({"SGD": 2.29, "momentum": 3.29, "Adam": 2.71}, [True, True, True]),
        ({"SGD": 3.0, "momentum": 4.0}, [False, True, True]),
        ({"SGD": 1.0, "momentum": 2.0}, [False, True, True]),
        ({"momentum": 4.0}, [True, False, True]),
        ({"momentum": 2.0}, [True, False, True]),
        ({"Adam": 4.0}, [True, True, False]),
        ({"Adam": 2.0}, [True, True, False]),
    ],
)
def test_rules_both_ways(changes, expected):
    assert [it.holds for it in memory.checks(ARRAYS | changes)] == expected


def test_arrays_are_the_part_that_grows_with_the_parameters():
    widths = (4, 8, 16, 32)
    sizes = tuple(am.mlp(2, it, it, 1).n_parameters for it in widths)
    ratios = tuple((3 * n + 70 * w) / n for n, w in zip(sizes, widths, strict=True))
    it = memory.MemoryRatios(
        {"SGD": (99.0, *ratios[1:])}, widths, sizes
    )  # only the widest three count
    assert it.arrays("SGD") == pytest.approx(3)


def test_what_optimizers_remember_is_whole_arrays():
    widths = (64, 256, 1024)
    it = memory.measure(widths)
    assert it.parameters == tuple(w * w + 5 * w + 1 for w in widths)
    extra = {
        name: np.subtract(ratios, it.ratios["SGD"]) * it.parameters
        for name, ratios in it.ratios.items()
    }
    for name, more in {"momentum": 1, "RMSprop": 1, "Adam": 2}.items():
        # A step count and the like, a few numbers, is no array.
        assert np.all(np.abs(extra[name] - more * np.array(it.parameters)) < 8), name
    assert it.arrays("Adam") - it.arrays("SGD") == pytest.approx(2, abs=1e-3)
    assert 2 <= it.arrays("SGD") <= 2.5  # half an array more with 4 lanes


def test_ratios_are_bytes_over_those_of_the_parameters():
    it = memory.measure((8,))
    network, data = am.mlp(2, 8, 8, 1), am.load("islands", validation=0.0, test=0.0)
    bytes_ = engine.training_bytes(network, am.Training(am.Adam()), data)
    assert it.ratios["Adam"][0] == bytes_ / (4 * 105)
    assert it.ratios["Adam"][0] > 4


def test_narrow_networks_are_mostly_samples_on_their_way():
    small, wide = memory.measure((4, 512)).ratios["SGD"]
    assert small > 2 * wide
