"""AdaBoost and wide layers: the ensembles as networks, rules both ways, the quick run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import boosting
from amenable.lecture.ensembles import (
    Ensemble,
    as_steps,
    best_threshold,
    boosted_lines,
    boosted_stumps,
    multiply_adds,
)
from amenable.lecture.finding import Finding, Scale

QUICK = Scale(is_quick=True)
SPLIT = boosting.Split((0.9, 0.8, 0.85), 0, 100, 0.97, 10.0, (50, 50))


@pytest.fixture(scope="module")
def finding() -> Finding:
    return boosting.EXPERIMENT.run(QUICK)


def made_up(n: int = 10, **changes) -> list[boosting.Compared]:
    splits = tuple(replace(SPLIT, **changes) for _ in range(n))
    training = am.Training(epochs=3)
    return [boosting.Compared(boosting.PROBLEMS[0], training, splits, 2, {})]


def test_all_holds_where_the_layer_is_such_an_ensemble_and_no_better():
    assert [it.holds for it in boosting.checks(made_up())] == [True, True, True]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"mismatches": 1}, 0),
        ({"kept": 0.94}, 1),
        ({"accuracy": (0.9, 0.8, 0.92)}, 2),
    ],
)
def test_each_check_can_fail(changes, place):
    held = [it.holds for it in boosting.checks(made_up(**changes))]
    assert held == [i != place for i in range(3)]


def test_a_gain_of_less_than_a_point_or_on_few_splits_is_none():
    assert boosting.checks(made_up(accuracy=(0.9, 0.8, 0.905)))[2].holds
    assert boosting.checks(made_up(n=3, accuracy=(0.9, 0.8, 0.95)))[2].holds


def test_a_layer_is_compared_with_the_better_ensemble_of_each_split():
    (found,) = made_up(accuracy=(0.7, 0.95, 0.9))
    assert np.allclose(found.gains, -0.05)


@pytest.mark.parametrize("learner", [boosted_lines, lambda *it: boosted_stumps(*it)[0]])
@pytest.mark.parametrize("name", ["islands", "breast-cancer"])
def test_an_ensemble_and_its_network_say_the_same(learner, name):
    data = am.load(name)
    x, y = data.x.astype(np.float32).astype(float), data.y
    found = learner(x, y, 20)
    network = found.as_network
    assert network.network.activation == "step"
    assert np.array_equal(network.decision(x)[:, 0] > 0, found.classes(x) == 1)
    assert np.mean(found.classes(x) == y) > 0.75


def test_half_planes_of_stumps_are_those_of_scikit_learn():
    data = am.load("islands")
    x = data.x.astype(np.float32).astype(float)
    found, model = boosted_stumps(x, data.y, 30)
    assert np.array_equal(found.classes(x), model.predict(x))
    assert found.normals.shape == (30, 2)
    assert set(np.abs(found.normals).sum(axis=1)) <= {0.0, 1.0}  # 0: one class everywhere


def test_boosting_lines_lowers_the_training_error():
    data = am.load("islands")
    x, y = data.split("training")
    sums = boosted_lines(x, y, 60).sums(x)
    right = np.mean((sums > 0) == y, axis=1)
    assert right[-1] > right[0] + 0.1
    # The bound of Freund and Schapire: the exponential loss never rises.
    losses = np.mean(np.exp(-(2 * y - 1) * sums), axis=1)
    assert np.all(np.diff(losses) <= 1e-12)
    assert np.all(right >= 1 - losses - 1e-12)


def test_odd_data_ends_boosting_early():
    x = np.array([[0.0], [1.0], [2.0]])
    assert len(boosted_lines(x, np.array([0, 0, 1]), 10).votes) == 1  # one line is enough
    assert len(boosted_lines(x, np.array([1, 1, 1]), 10).votes) == 1
    assert boosted_lines(x, np.array([1, 1, 1]), 10).classes(x).tolist() == [1, 1, 1]
    same = boosted_lines(np.zeros((4, 1)), np.array([0, 1, 0, 1]), 10)  # nothing to be learned
    assert same.classes(np.zeros((1, 1))).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_the_best_threshold_is_the_best_of_all(seed):
    rng = np.random.default_rng([seed, 1])
    values = rng.integers(0, 6, 12).astype(float)  # with ties
    sign = rng.choice([-1.0, 1.0], 12)
    share = rng.random(12)
    share /= share.sum()
    threshold, turn, error = best_threshold(values, sign, share)
    says = np.where(values > threshold, turn, -turn)
    assert np.isclose(share[says != sign].sum(), error)
    for place in np.arange(-0.5, 6.5):
        for way in (-1, 1):
            other = np.where(values > place, way, -way)
            assert share[other != sign].sum() >= error - 1e-12


def test_a_learner_without_direction_always_says_the_same():
    one = Ensemble(np.zeros((2, 1)), np.array([-1.0, 1.0]), np.array([2.0, 1.0]))
    assert one.classes(np.array([[5.0], [-5.0]])).tolist() == [1, 1]
    assert (one.as_network.decision([[5.0]]) > 0).all()


def test_steps_stand_where_sigmoids_had_half_of_their_height():
    model = am.Model(am.mlp(1, 1, 1, activation="sigmoid"), [2.0, -1.0, 3.0, -1.5])
    stepped = as_steps(model)
    assert stepped.decision([[0.4], [0.6]]).tolist() == [[-1.5], [1.5]]
    assert multiply_adds(am.mlp(3, 5, 2)) == 25


def test_the_finding_is_complete(finding):
    assert len(finding.checks) == 3
    assert finding.checks[0].holds
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    assert all(value > 0 for value in finding.timings.values())
    compile(finding.code, "code", "exec")


def test_a_second_run_finds_the_same(finding):
    again = boosting.EXPERIMENT.run(QUICK)
    assert json.dumps(again.numbers, allow_nan=False) == json.dumps(finding.numbers)
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
