"""The experiment on AdaBoost and wide layers: ensembles as networks, its rules, its pictures."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import boosting
from amenable.lecture.boosting import ensembles
from amenable.lecture.boosting import measures as boosting_measures
from amenable.lecture.boosting.ensembles import (
    HalfPlaneVote,
    best_threshold,
    boosted_lines,
    boosted_stumps,
)
from amenable.lecture.finding import Finding

SPLIT = boosting_measures.SplitOutcome((0.9, 0.8, 0.85), 0, 100, 0.97, 10.0, (50, 50))


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("boosting")


def test_finding_is_complete(found):
    assert len(found.checks) == 3
    assert found.checks[0].holds
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert [len(it.rows) for it in found.tables] == [2, 2]
    assert len(found.timings) == 6
    assert all(seconds > 0 for seconds in found.timings.values())
    compile(found.code, "code", "exec")


def _compared(n: int = 10, **changes: object) -> boosting_measures.ProblemOutcome:
    splits = tuple(replace(SPLIT, **changes) for _ in range(n))
    return boosting_measures.ProblemOutcome(
        boosting_measures.PROBLEMS[0], am.Training(epochs=3), splits, 2, {}
    )


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, None),
        ({"mismatches": 1}, 0),
        ({"kept": 0.95}, None),
        ({"kept": 0.94}, 1),
        ({"accuracy": (0.9, 0.8, 0.92)}, 2),
        ({"accuracy": (0.8, 0.9, 0.92)}, 2),
        ({"accuracy": (0.9, 0.8, 0.905)}, None),  # by less than a point
        ({"accuracy": (0.9, 0.8, 0.95), "n": 3}, None),  # on too few splits to tell
    ],
)
def test_rules_both_ways(changes, place):
    checks = boosting.checks([_compared(), _compared(**changes)])
    assert [it.holds for it in checks] == [i != place for i in range(3)]


def test_a_layer_is_compared_with_the_better_ensemble_of_each_split():
    it = _compared(accuracy=(0.7, 0.95, 0.9))
    assert np.allclose(it.gains, -0.05)
    assert it.accuracy.shape == (3, 10)


def _fresh(data: am.Dataset) -> np.ndarray:
    """Points that boosting has not seen, exact in float32 as trees have them."""
    x = np.random.default_rng([3, 0]).normal(size=(3000, data.n_inputs)) * 2
    return x.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("learner", [boosted_lines, lambda *it: boosted_stumps(*it)[0]])
@pytest.mark.parametrize("name", ["islands", "breast-cancer"])
def test_an_ensemble_and_its_network_say_the_same_on_fresh_points(learner, name):
    data = am.load(name)
    x = data.x.astype(np.float32).astype(np.float64)
    ensemble = learner(x, data.y, 20)
    network, fresh = ensemble.as_network, _fresh(data)
    assert network.network.activation == "step"
    assert np.allclose(network.decision(fresh)[:, 0], ensemble.sums(fresh)[-1], atol=1e-12)
    assert np.array_equal(network.decision(fresh)[:, 0] > 0, ensemble.classes(fresh) == 1)
    assert np.mean(ensemble.classes(x) == data.y) > 0.75


def test_sums_of_votes_are_counted_learner_by_learner():
    ensemble = HalfPlaneVote(
        np.array([[1.0, 0], [0, -1]]), np.array([0.5, -2.0]), np.array([3.0, 1.0])
    )
    x = np.array([[1.0, 1.0], [0.5, 1.0], [0.0, 2.0]])  # on a threshold is not above it
    assert ensemble.sums(x).tolist() == [[3, -3, -3], [4, -2, -4]]
    assert ensemble.classes(x).tolist() == [1, 0, 0]
    assert ensemble.as_network.decision(x)[:, 0].tolist() == [4, -2, -4]


def test_half_planes_of_stumps_are_those_of_scikit_learn():
    data = am.load("islands")
    x, fresh = data.x.astype(np.float32).astype(np.float64), _fresh(data)
    ensemble, model = boosted_stumps(x, data.y, 30)
    assert np.array_equal(ensemble.classes(fresh), model.predict(fresh))
    stages = list(model.staged_predict(fresh))
    assert np.array_equal(ensemble.sums(fresh) > 0, np.array(stages) == 1)
    assert set(np.abs(ensemble.normals).sum(axis=1)) <= {0.0, 1.0}  # 0: one class everywhere


@pytest.mark.parametrize("majority", [0, 1])
def test_stumps_on_blank_inputs_say_what_most_are(majority):
    y = np.array([majority, majority, majority, 1 - majority])
    ensemble, _ = boosted_stumps(np.zeros((4, 2)), y, 3)
    assert not ensemble.normals.any()
    assert set(ensemble.classes(_fresh(am.load("moons")))) == {majority}


def test_normal_is_that_of_weighted_least_squares():
    rng = np.random.default_rng([4, 0])
    x, sign, share = rng.normal(size=(30, 3)), rng.choice([-1.0, 1.0], 30), rng.random(30)
    share /= share.sum()
    root = np.sqrt(share)
    inputs = np.column_stack([x, np.ones(30)])
    by_hand = np.linalg.lstsq(inputs * root[:, None], sign * root, rcond=None)[0]
    assert np.allclose(ensembles._regression_normal(x, sign, share), by_hand[:3])
    blank = np.column_stack([x, np.full(30, 7.0)])  # a pixel that never changes
    assert np.allclose(ensembles._regression_normal(blank, sign, share), [*by_hand[:3], 0.0])


def test_boosting_lines_lowers_the_exponential_loss():
    x, y = am.load("islands").split("training")
    sums = boosted_lines(x, y, 60).sums(x)
    right = np.mean((sums > 0) == y, axis=1)
    losses = np.mean(np.exp(-(2 * y - 1) * sums), axis=1)
    assert right[-1] > right[0] + 0.1
    assert np.all(np.diff(losses) <= 1e-12)  # Freund and Schapire: it never rises
    assert np.all(right >= 1 - losses - 1e-12)


def test_odd_data_ends_boosting_early():
    x = np.array([[0.0], [1.0], [2.0]])
    assert len(boosted_lines(x, np.array([0, 0, 1]), 10).votes) == 1  # one line is enough
    one_class = boosted_lines(x, np.array([1, 1, 1]), 10)
    assert len(one_class.votes) == 1
    assert one_class.classes(x).tolist() == [1, 1, 1]
    same = boosted_lines(np.zeros((4, 1)), np.array([0, 1, 0, 1]), 10)  # nothing to be learned
    assert same.classes(np.zeros((1, 1))).tolist() == [0]
    assert len(same.votes) == 1
    assert boosted_lines(x, np.array([0, 0, 1]), 0).classes(x).tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(8))
def test_best_threshold_is_the_best_of_all(seed):
    rng = np.random.default_rng([seed, 1])
    values = rng.integers(0, 6, 12).astype(float)  # with ties
    sign = rng.choice([-1.0, 1.0], 12)
    share = rng.random(12)
    share /= share.sum()
    threshold, turn, error = best_threshold(values, sign, share)
    says = np.where(values > threshold, turn, -turn)
    assert share[says != sign].sum() == pytest.approx(error)
    everything = [
        share[np.where(values > place, way, -way) != sign].sum()
        for place in np.arange(-0.5, 6.5)
        for way in (-1, 1)
    ]
    assert error == pytest.approx(min(everything))


def test_best_threshold_where_nothing_can_be_parted():
    threshold, turn, error = best_threshold(
        np.full(3, 2.0), np.array([1.0, 1, -1]), np.full(3, 1 / 3)
    )
    assert (threshold > 2) == (turn < 0)
    assert error == pytest.approx(1 / 3)
    assert best_threshold(np.array([2.0]), np.array([-1.0]), np.ones(1))[2] == 0.0


def test_a_learner_without_direction_always_says_the_same():
    one = HalfPlaneVote(np.zeros((2, 1)), np.array([-1.0, 1.0]), np.array([2.0, 1.0]))
    assert one.classes(np.array([[5.0], [-5.0]])).tolist() == [1, 1]
    assert (one.as_network.decision([[5.0], [-5.0]]) == 1).all()


def test_steps_stand_where_sigmoids_had_half_of_their_height():
    model = am.Model(am.mlp(1, 1, 1, activation="sigmoid"), [2.0, -1.0, 3.0, -1.5])
    assert ensembles.as_steps(model).decision([[0.4], [0.6]]).tolist() == [[-1.5], [1.5]]
    assert ensembles.multiply_adds(am.mlp(3, 5, 2)) == 25
    assert ensembles.multiply_adds(am.mlp(3, 1)) == 3


def test_kept_counts_samples_whose_class_steps_do_not_change():
    data = am.load("islands", n=100)
    network = am.mlp(2, 5, 1, activation="sigmoid")
    population = am.train(network, data, am.Training(epochs=1), seeds=3, progress=False)
    x = _fresh(data)
    shares = [
        np.mean((it.decision(x) > 0) == (ensembles.as_steps(it).decision(x) > 0))
        for it in population
    ]
    assert boosting_measures._kept(population, x) == pytest.approx(np.median(shares))


def test_passes_are_counted_to_the_first_probe_that_is_good_enough():
    metric = np.array([[0.5, 0.9, 0.8], [0.5, 0.6, 0.9], [0.95, 0.1, 0.1]])
    population = SimpleNamespace(
        curves=SimpleNamespace(metric={"training": metric}),
        probes=np.array([[0, 20, 40]] * 3),
    )
    assert boosting_measures._passes(population, 0.9, 10) == 2.0
    assert boosting_measures._passes(population, 0.95, 10) == np.inf


@pytest.mark.parametrize("name", ["moons", "digits"])
def test_a_split_holds_half_out_and_is_exact_in_float32(name):
    problem = next(it for it in boosting_measures.PROBLEMS if it.name == name)
    first, second = problem.split(0), problem.split(1)
    assert abs(len(first.training) - len(first.validation)) <= 2
    assert not np.array_equal(first.training, second.training)
    assert np.array_equal(first.x, first.x.astype(np.float32))
    assert set(first.y) == {0, 1}
    if name == "digits":
        assert first.classes == ("even", "odd")
        assert np.array_equal(first.y, am.load("digits", seed=0).y % 2)


def test_comparison_of_a_small_problem():
    problem = boosting_measures.BoostingProblem("islands", {"n": 60}, 2)
    it = boosting_measures.compare(problem, 2, 2)
    assert len(it.splits) == 2
    assert [split.mismatches for split in it.splits] == [0, 0]
    assert [split.n_compared for split in it.splits] == [60, 60]
    assert all(0 <= value <= 1 for split in it.splits for value in (*split.accuracy, split.kept))
    assert all(seconds > 0 for seconds in it.seconds.values())
    assert it.training.optimizer in boosting_measures.OPTIMIZERS


def test_numbers_and_table_where_the_goal_was_not_reached():
    it = _compared(passes=np.inf)
    assert boosting._numbers(it)["passes_to_fit_as_lines"] == [None] * 10
    assert boosting._cost_table([it]).rows[0][6] == "not in 200"
    assert boosting._cost_table([_compared()]).rows[0][6] == "10"
