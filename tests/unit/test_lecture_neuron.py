"""The experiment on one neuron beside the regressions: its rules, its arithmetic, its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import neuron
from amenable.lecture.finding import Finding, Scale
from amenable.lecture.neuron import measures as neuron_measures
from amenable.lecture.neuron import pictures as neuron_pictures


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("neuron")


@pytest.fixture(scope="module")
def fitted() -> list[neuron_measures.Fitted]:
    sine = am.load("sine", n=80, noise=0.1, validation=0.0, test=0.0)
    moons = am.load("moons", n=80, noise=0.4, validation=0.0, test=0.0)
    problems = [
        neuron_measures.NeuronProblem("sine", sine, 0.0, 500),
        neuron_measures.NeuronProblem("moons", moons, 0.0, 2000),
    ]
    return [neuron_measures.fit(it, 4) for it in problems]


def test_finding_is_complete(found):
    assert len(found.checks) == 3
    assert found.verdict == "holds"
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert len(found.tables[0].rows) == len(found.numbers) == 2
    compile(found.code, "code", "exec")


def test_every_seed_arrives_where_the_regression_is(fitted):
    assert [it.holds for it in neuron.checks(fitted)] == [True] * 3
    assert all(it.difference < 1e-9 and it.spread[0] > 1 for it in fitted)
    assert all(np.all(it.ways[:, 0] > 1e-3) for it in fitted)
    assert all(it.ways[:, -1].max() == it.difference for it in fitted)
    assert fitted[0].sigmoid_squared is None
    assert fitted[1].sigmoid_squared > 0.01


def test_weights_that_are_off_are_seen(fitted):
    off = [replace(it, reference=it.reference * (1 + 1e-5)) for it in fitted]
    assert [it.holds for it in neuron.checks(off)] == [False, False, True]
    assert [it.holds for it in neuron.checks([fitted[0], off[1]])] == [True, False, True]
    assert [it.holds for it in neuron.checks([off[0], fitted[1]])] == [False, True, True]


def test_seeds_that_start_together_or_end_apart_are_seen(fitted):
    near = replace(fitted[0], reference=100 * fitted[0].reference)
    assert not neuron.checks([near, fitted[1]])[2].holds
    apart = [neuron_measures.fit(replace(it.problem, steps=3), 4) for it in fitted]
    assert [it.holds for it in neuron.checks(apart)] == [False] * 3


def test_distances_are_over_the_largest_weight():
    weights = np.array([[[1.0, -4.0], [2.0, -4.5]]])
    assert neuron_measures.distances(weights, np.array([1.0, -4.0])).tolist() == [[0.0, 0.25]]


@pytest.mark.parametrize("name", ["diabetes", "sine"])
def test_regression_is_least_squares(name):
    problem = neuron_measures.NeuronProblem(name, am.load(name, validation=0.0, test=0.0), 0.0, 1)
    x, y = problem.data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    by_hand = np.linalg.lstsq(inputs, y[:, 0], rcond=None)[0]
    assert np.allclose(neuron_measures.regression(problem), by_hand, atol=1e-10)


@pytest.mark.parametrize("l2", [0.0, 0.01, 1.0])
def test_regression_is_where_the_gradient_of_the_logistic_loss_is_zero(l2):
    data = am.load("moons", n=80, noise=0.4, validation=0.0, test=0.0)
    w = neuron_measures.regression(neuron_measures.NeuronProblem("moons", data, l2, 1))
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    p = 1 / (1 + np.exp(-inputs @ w))
    gradient = inputs.T @ (p - y) / len(x) + l2 * np.append(w[:-1], 0.0)
    assert np.abs(gradient).max() < 1e-10


@pytest.mark.parametrize(("name", "per_sample"), [("sine", 2.0), ("moons", 0.25)])
def test_rate_is_one_over_the_largest_curvature(name, per_sample):
    data = am.load(name, n=50, validation=0.0, test=0.0)
    x = np.column_stack([data.x, np.ones(50)])
    v = np.ones(x.shape[1])
    for _ in range(2000):  # the power method
        v = x.T @ (x @ v) / 50
        size = np.linalg.norm(v)
        v /= size
    for l2 in (0.0, 0.5):
        lr = neuron_measures.NeuronProblem(name, data, l2, 1).lr
        assert 1 / lr == pytest.approx(per_sample * size + l2, rel=1e-9)


def test_a_border_lies_where_the_sum_is_zero():
    frame = np.array([[-1.0, -1.0], [1.0, 1.0]])
    for weights in ([1.0, 2.0, 0.5], [1.0, 0.0, 3.0], [0.0, -2.0, 0.0]):
        x, y = neuron_pictures._border(np.array(weights), frame)
        assert np.allclose(weights[0] * x + weights[1] * y + weights[2], 0)
        assert np.hypot(np.ptp(x), np.ptp(y)) > 2


def test_agreement_is_the_share_of_samples_in_the_same_class(fitted):
    it = fitted[1]
    assert neuron_pictures._agreement(it) == 1.0
    assert neuron_pictures._agreement(replace(it, reference=-it.reference)) == 0.0


def test_whole_run_takes_in_more_data_and_a_penalty():
    few, many = (neuron_measures.problems(Scale(is_quick=it)) for it in (True, False))
    assert {it.title for it in few} < {it.title for it in many}
    assert [it.title for it in many if it.l2] == ["breast-cancer, 30 inputs"]
    assert {it.loss for it in few} == set(neuron_measures.REGRESSIONS)
    assert "or with the same L2" in neuron._penalized(
        [neuron_measures.Fitted(it, *[None] * 4) for it in many]
    )
