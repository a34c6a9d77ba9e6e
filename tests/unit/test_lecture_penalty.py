"""The experiment on L2: ridge regression, its rules, its arithmetic, its pictures."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import l2 as penalty
from amenable.lecture.finding import Finding
from amenable.lecture.l2 import measures as penalty_measures
from amenable.lecture.l2 import pictures as penalty_pictures

RIDGE = {"sine": dict.fromkeys(penalty_measures.RIDGES, 1e-12)}


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("l2")


def test_finding_is_complete(found):
    assert len(found.checks) == 5
    assert found.checks[0].holds
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert len(found.tables[0].rows) == len(penalty_measures.STRENGTHS)
    compile(found.code, "code", "exec")


def _swept(
    losses: list[float], metric: list[float], is_hard: bool, draws: int = 24
) -> penalty_measures.Swept:
    """The same on every draw, but for a little noise."""
    noise = 1 + 1e-6 * np.arange(draws)
    problem = penalty_measures.PROBLEMS[0 if is_hard else 3]
    norms = np.linspace(5, 1, len(penalty_measures.STRENGTHS))[:, None] * noise
    return penalty_measures.Swept(
        problem, np.outer(losses, noise), np.outer(metric, noise), norms, draws // 3
    )


HELPS = _swept([1, 1, 0.9, 0.8, 0.7, 0.9, 2], [0.5, 0.5, 0.6, 0.7, 0.8, 0.6, 0.1], True)
USELESS = _swept([0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 2], [0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.1], False)


def _held(*found: penalty_measures.Swept, ridge=RIDGE) -> list[bool]:
    return [it.holds for it in penalty.checks(ridge, found)]


def test_all_holds_where_it_helps_the_noisy_and_not_the_clean():
    assert _held(HELPS, USELESS) == [True] * 5
    assert penalty_measures.STRENGTHS[HELPS.chosen] == 0.01
    assert HELPS.better == (16, 16)
    assert HELPS.gain == pytest.approx(0.3, abs=1e-4)


def test_each_rule_can_fail():
    off = {"sine": RIDGE["sine"], "diabetes": {0.01: 1e-12, 0.1: 2e-6}}
    assert _held(HELPS, USELESS, ridge=off) == [False, True, True, True, True]
    rising = penalty_measures.Swept(HELPS.problem, HELPS.loss, HELPS.metric, HELPS.norm[::-1], 8)
    assert _held(rising, USELESS) == [True, False, True, True, True]
    no_help = _swept(list(range(1, 8)), [0.5] * 7, True)
    assert _held(no_help, USELESS) == [True, True, False, True, True]
    helps_clean = _swept([1, 0.9, 0.8, 0.7, 0.6, 0.5, 2], [0.5, 0.6, 0.7, 0.8, 0.9, 1, 0.1], False)
    assert _held(HELPS, helps_clean) == [True, True, True, False, True]
    harmless = _swept([1, 1, 1, 1, 0.5, 0.6, 0.7], [0.5] * 7, True)
    assert _held(harmless, USELESS) == [True, True, True, True, False]


def test_one_failure_among_several_is_enough():
    no_help = _swept(list(range(1, 8)), [0.5] * 7, True)
    assert _held(HELPS, no_help, USELESS)[2] is False
    few = _swept([1, 1, 0.9, 0.8, 0.7, 0.9, 2], [0.5] * 7, True, draws=4)  # 3 of 3 may be chance
    assert few.better == (3, 3)
    assert _held(few, USELESS)[2] is False


def test_the_draws_that_choose_do_not_judge():
    loss = np.ones((len(penalty_measures.STRENGTHS), 24))
    metric = np.ones_like(loss)
    loss[3, :8] = 0.1  # best where the strength is chosen, worst where it is judged
    loss[3, 8:] = 9.0
    metric[3, 8:] = 0.4
    it = penalty_measures.Swept(HELPS.problem, loss, metric, HELPS.norm, 8)
    assert it.chosen == 3
    assert it.better == (0, 16)
    assert it.gain == pytest.approx(-0.6)


def test_a_neuron_with_l2_is_ridge_regression():
    differences = penalty_measures.ridge_differences("sine", 2)
    assert set(differences) == set(penalty_measures.RIDGES)
    assert max(differences.values()) < 1e-10


def test_another_neuron_than_ridge_regression_is_seen(monkeypatch):
    """Two seeds: one where theory has the optimum, one beside it."""

    def trained(_network, data, training, seeds):
        x, y = data.split("training")
        inputs = np.column_stack([x, np.ones(len(x))])
        free_bias = np.diag([1.0] * x.shape[1] + [0.0])
        curvature = 2 * inputs.T @ inputs / len(x) + training.l2 * free_bias
        best = np.linalg.solve(curvature, 2 * inputs.T @ y[:, 0] / len(x))
        return SimpleNamespace(weights=np.stack([best, best + off * np.abs(best).max()]))

    monkeypatch.setattr(penalty_measures, "train", trained)
    off = 0.0
    assert max(penalty_measures.ridge_differences("diabetes", 2).values()) < 1e-12
    off = -1e-3
    found = penalty_measures.ridge_differences("diabetes", 2)
    assert list(found.values()) == pytest.approx([1e-3] * 3, rel=1e-6)


@pytest.mark.parametrize("problem", penalty_measures.PROBLEMS, ids=lambda it: it.title)
def test_draws_differ_and_hold_most_out_where_few_are_left(problem):
    first, second = problem.draw(0), problem.draw(1)
    assert not np.array_equal(first.split("training")[0], second.split("training")[0])
    n = len(first.training)
    assert n < 50 if problem.is_hard else n == 600
    assert str(n) in problem.title


def test_a_sweep_takes_medians_over_seeds_and_leaves_biases_out(monkeypatch):
    monkeypatch.setattr(penalty_measures, "STEPS", 5)
    monkeypatch.setattr(penalty_measures, "WIDTH", 4)
    problem = penalty_measures.PenaltyProblem("few", "moons", {"n": 40}, True)
    it = penalty_measures.sweep(problem, 3, 3)
    assert it.loss.shape == it.metric.shape == it.norm.shape == (len(penalty_measures.STRENGTHS), 3)
    assert it.n_choosing == 1
    place, draw = 6, 2
    training = am.Training(am.Adam(0.01), steps=5, schedule=am.Cosine(), l2=1.0, probe_every=5)
    data = am.load("moons", n=40, seed=draw)
    models = am.train(am.mlp(2, 4, 1), data, training, seeds=3, progress=False)
    norms = [
        np.sqrt(sum(np.sum(model.weights[name] ** 2) for name in ("1.weight", "2.weight")))
        for model in models
    ]
    assert it.norm[place, draw] == pytest.approx(np.median(norms))
    assert it.loss[place, draw] == pytest.approx(np.median(models.loss["validation"]))
    assert it.metric[place, draw] == pytest.approx(np.median(models.metric["validation"]))


def test_picture_of_planes_shows_the_chosen_strength(monkeypatch):
    monkeypatch.setattr(penalty_measures, "STEPS", 5)
    moons = penalty_measures.Swept(
        penalty_measures.PROBLEMS[1], HELPS.loss, HELPS.metric, HELPS.norm, 8
    )
    drawn = penalty_pictures.draw_planes(moons)
    assert isinstance(drawn.figure, Figure)
    assert all(said in drawn.caption for said in ("no L2: ", "L2 0.01: ", "L2 1: "))
