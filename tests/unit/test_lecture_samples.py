"""The experiment on samples: what is counted, its rules, its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.lecture import samples
from amenable.lecture.finding import Finding, Scale
from amenable.lecture.samples import measures as samples_measures


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("samples")


def test_finding_is_complete(found):
    assert len(found.checks) == 3
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert [it.title for it in found.illustrations if "(measured time)" in it.title]
    assert all(value > 0 for value in found.timings.values())
    compile(found.code, "code", "exec")


@pytest.mark.parametrize("is_quick", [True, False])
def test_networks_of_a_problem_have_one_number_of_parameters(is_quick):
    for it in samples_measures.problems(Scale(is_quick)):
        assert len({network.n_parameters for network in it.networks}) == 1
        assert not set(it.data.training) & set(it.data.validation)
        assert len(it.data.training) >= it.sizes[-1]


def test_work_is_counted():
    (problem,) = samples_measures.problems(Scale(is_quick=True))
    problem = replace(problem, passes=10, least_steps=1)
    assert problem.steps(33) == 20
    assert samples_measures.multiply_adds(problem, 33) == 3 * (2 * 75 + 75) * 32 * 20
    assert samples_measures.gram_multiply_adds(problem, 60) == 60 * 60 + 60**3 // 6


def _grown(
    small: float, large: float, deep: float, kept: tuple[int, ...]
) -> samples_measures.Grown:
    (problem,) = samples_measures.problems(Scale(is_quick=True))
    noise = np.linspace(0, 0.01, 8)
    wide, *deeper = (network.structure for network in problem.networks)
    accuracy = {wide: np.array([small + noise, large + noise])}
    accuracy |= {name: np.array([small + noise, deep + noise]) for name in deeper}
    machine = samples_measures.Machine(1.0, 1.0, (small, large), kept, (1.0, 1.0), ())
    return samples_measures.Grown(problem, dict.fromkeys(accuracy, 0.01), accuracy, {}, machine)


def test_rules_both_ways():
    good = samples.checks([_grown(0.5, 0.9, 0.95, (5, 50))])
    assert [it.holds for it in good] == [True, True, True]
    bad = samples.checks([_grown(0.9, 0.9, 0.9, (50, 5))])
    assert [it.holds for it in bad] == [False, False, False]


def test_sign_test_leaves_ties_out():
    first, second, p = samples.sign_test(np.array([1.0, 1.0, 2.0]), np.array([1.0, 0.0, 1.0]))
    assert (first, second, p) == (2, 0, 0.5)
