"""The experiment on sigmoids: errors and bounds, its rules, its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.construct import relu_from_sigmoids
from amenable.lecture import sigmoids
from amenable.lecture.finding import Finding
from amenable.lecture.sigmoids import measures as sigmoids_measures
from amenable.lecture.sigmoids import pictures as sigmoids_pictures


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("sigmoids")


def test_finding_is_complete(found):
    assert len(found.checks) == 7
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert len(found.tables[0].rows) == 40
    compile(found.code, "code", "exec")


def test_the_slides_factor_is_a_tenth_of_the_programs(found):
    largest = found.numbers["passthrough_largest_errors"]
    assert largest["4000 float64"] == pytest.approx(18.0, rel=1e-3)
    assert largest["40000 float64"] == pytest.approx(1e-8 * 20**3 / 12, rel=1e-3)


def test_program_is_that_of_the_lecture(found):
    weights = relu_from_sigmoids().weights
    assert weights["3.weight"].tolist() == [[160_000.0, 80_000.0]]
    rows = found.tables[0].rows
    assert rows[0][0] == "-20"
    assert rows[-1][0] == "19"
    x, out = (np.array([float(row[k]) for row in rows]) for k in (0, 3))
    assert np.abs(out - np.maximum(x, 0)).max() < 0.01


def test_reach_is_measured():
    found = sigmoids_measures.reach(relu_from_sigmoids(), 2001)
    assert found.near[0] > 10_000  # the dip that a detector leaves while it turns
    assert 0 < found.near[1] < 1e-6
    assert 2000 < found.until < 5000
    assert found.limit < 20_000


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("at", [0.0, 3.0, -0.7])
def test_detector_is_within_its_bound(at, dtype):
    assert sigmoids_measures.detector_errors(at, dtype, 501).is_within


def test_rules_both_ways():
    x = np.linspace(-1, 1, 5)
    fine = sigmoids_measures.Errors(x, np.zeros(5), np.ones(5))
    poor = sigmoids_measures.Errors(x, np.full(5, 2.0), np.ones(5))
    good = sigmoids_measures.Reach(np.zeros(40), (0.0, 1e-7), 100.0, 100.0)
    bad = replace(good, whole=np.full(40, 9.0), near=(9.0, 1e-7))
    made = sigmoids_measures.General(0.1, 0.05, 3.0)
    right, wrong = (
        sigmoids_measures.Logic("a and b", 4, 4),
        sigmoids_measures.Logic("a and b", 4, 3),
    )
    so = sigmoids.checks([fine], fine, fine, good, [made], [right])
    assert [it.holds for it in so] == [True] * 7
    other = replace(made, error=0.2)
    not_so = sigmoids.checks([fine, poor], poor, poor, bad, [made, other], [right, wrong])
    assert [it.holds for it in not_so] == [False] * 7


def test_picture_of_the_whole_run():
    assert isinstance(sigmoids_pictures.draw_detector().figure, Figure)
