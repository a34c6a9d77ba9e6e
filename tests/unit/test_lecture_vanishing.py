"""The experiment on vanishing gradients: its measurements, its rules, its pictures."""

from fractions import Fraction

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable import engine
from amenable.lecture import vanishing
from amenable.lecture.finding import Finding
from amenable.lecture.vanishing import chains
from amenable.lecture.vanishing import measures as vanishing_measures
from amenable.lecture.vanishing import pictures as vanishing_pictures


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("vanishing")


def test_finding_is_complete(found):
    assert len(found.checks) == 5
    assert 1 <= len(found.illustrations) <= 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    compile(found.code, "code", "exec")


def test_first_over_last_is_what_gradients_say():
    norms = vanishing_measures.first_gradients("tanh", "pytorch", 2, depths=(3,))
    network = am.mlp(2, 10, 10, 1)
    training = am.Training(am.SGD(0.1), batch="full", init="pytorch", dtype="float64")
    data = am.load("islands", validation=0.0, test=0.0)
    weights = engine.initial_weights(network, training, data, [0, 1])
    _, gradients = engine.measure(network, training, weights, data, gradients=True)
    first = np.linalg.norm(gradients[:, :30], axis=1)
    assert norms[0, :, 0] == pytest.approx(first, rel=1e-12)


def test_ratio_of_dead_networks_is_zero():
    norms = np.array([[[0.0]], [[0.0]]]).repeat(2, axis=2)
    assert vanishing_measures.first_over_last(norms).tolist() == [[0.0], [0.0]]


def test_fall_of_a_power_is_its_base():
    ratios = 0.25 ** np.arange(20.0)[:, None].repeat(3, axis=1)
    fall = vanishing_measures.fall_of(ratios)
    assert fall.factor == pytest.approx(0.25)
    assert fall.r2 == pytest.approx(1.0)


def _fall(factor: float) -> vanishing_measures.Fall:
    return vanishing_measures.Fall(factor, 0.999, factor**19)


@pytest.mark.parametrize("is_so", [True, False])
def test_rules_both_ways(is_so):
    chain = vanishing_measures.chain(600 if is_so else 5)
    lost, kept = (_fall(0.2), _fall(1.0)) if is_so else (_fall(1.01), _fall(0.5))
    falls = {
        (a, i): lost for a in vanishing_measures.CURES for i in vanishing_measures.INITIALIZERS
    }
    falls |= dict.fromkeys(vanishing_measures.CURES.items(), kept)
    few, many = [(1, 20), (1, 20)], [(1, 20), (18 if is_so else 1, 20)]
    solved = {(a, "pytorch"): few for a in vanishing_measures.CURES}
    solved |= dict.fromkeys(vanishing_measures.CURES.items(), many)
    checks = vanishing.checks(falls, chain, None, solved, (2, 8))
    assert [it.holds for it in checks] == [is_so] * 5


def test_forward_probabilities_are_right():
    faces = np.array([5, 5, 0])
    start = [Fraction(1, 2) * Fraction(1, 6), Fraction(1, 2) * Fraction(1, 2)]
    assert chains.forward(faces)[0] == pytest.approx(float(sum(start)))
    total = Fraction(0)  # over all paths, as the definition has it
    for path in np.ndindex(2, 2, 2):
        p = chains.START[path[0]]
        for i, state in enumerate(path):
            p *= (chains.FAIR, chains.LOADED)[state][faces[i]]
            p *= chains.MOVES[path[i - 1]][state] if i else 1
        total += p
    assert chains.forward(faces)[-1] == pytest.approx(float(total), rel=1e-14)
    assert np.exp(chains.log_forward(faces)[-1]) == pytest.approx(float(total), rel=1e-13)
    assert np.exp(chains.exact_log(faces)) == pytest.approx(float(total), rel=1e-14)


def test_arithmetic_ends_where_its_numbers_end():
    chain = vanishing_measures.chain(600)
    least = np.log10(np.finfo(np.float32).smallest_subnormal)
    assert chain.zero_single is not None
    assert abs(chain.logs[chain.zero_single - 1] - least) < 3
    assert chain.log_error < 1e-12
    assert chains.first_zero(np.array([0.5, 0.1])) is None
    assert vanishing_measures.chain(10).zero_double is None


def test_pictures_of_the_whole_run():
    settings = [
        (a, i)
        for a, cure in vanishing_measures.CURES.items()
        for i in (*vanishing_measures.INITIALIZERS, cure)
    ]
    norms = {it: np.geomspace(1e-9, 1.0, 20)[None, None].repeat(2, axis=1) for it in settings}
    assert "1e-09" in vanishing_pictures.draw_layers(norms).caption
    assert isinstance(vanishing_pictures.draw_steps(40).figure, Figure)
