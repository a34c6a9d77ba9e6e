"""L2: ridge regression, rules both ways, the quick run."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.lecture import penalty
from amenable.lecture.finding import Finding, Scale

QUICK = Scale(is_quick=True)
RIDGE = {"sine": dict.fromkeys(penalty.RIDGES, 1e-12)}


@pytest.fixture(scope="module")
def finding() -> Finding:
    return penalty.EXPERIMENT.run(QUICK)


def swept(losses: list[float], metric: list[float], is_hard: bool, draws: int = 24):
    """The same on every draw, but for a little noise."""
    noise = 1 + 1e-6 * np.arange(draws)
    problem = penalty.PROBLEMS[0 if is_hard else 3]
    norms = np.linspace(5, 1, len(penalty.STRENGTHS))[:, None] * noise
    return penalty.Swept(
        problem, np.outer(losses, noise), np.outer(metric, noise), norms, draws // 3
    )


HELPS = swept([1, 1, 0.9, 0.8, 0.7, 0.9, 2], [0.5, 0.5, 0.6, 0.7, 0.8, 0.6, 0.1], True)
USELESS = swept([0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 2], [0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.1], False)


def held(*found, ridge=RIDGE):
    return [it.holds for it in penalty.checks(ridge, found)]


def test_all_holds_where_it_helps_the_noisy_and_not_the_clean():
    assert held(HELPS, USELESS) == [True] * 5
    assert penalty.STRENGTHS[HELPS.chosen] == 0.01
    assert HELPS.better == (16, 16)
    assert HELPS.gain == pytest.approx(0.3, abs=1e-4)


def test_another_ridge_is_seen():
    assert held(HELPS, USELESS, ridge={"sine": {0.1: 1e-3}})[0] is False


def test_each_rule_can_fail():
    no_help = swept(list(range(1, 8)), [0.5] * 7, True)
    assert held(no_help, USELESS) == [True, True, False, True, True]
    helps_clean = swept([1, 0.9, 0.8, 0.7, 0.6, 0.5, 2], [0.5, 0.6, 0.7, 0.8, 0.9, 1, 0.1], False)
    assert held(HELPS, helps_clean) == [True, True, True, False, True]
    harmless = swept([1, 1, 1, 1, 0.5, 0.6, 0.7], [0.5] * 7, True)
    assert held(harmless, USELESS) == [True, True, True, True, False]


def test_a_norm_that_rises_is_seen():
    rising = penalty.Swept(HELPS.problem, HELPS.loss, HELPS.metric, HELPS.norm[::-1], 8)
    assert held(rising, USELESS)[1] is False


def test_the_draws_that_choose_do_not_judge():
    loss = np.ones((len(penalty.STRENGTHS), 24))
    loss[3, :8] = 0.1  # best where the strength is chosen, worst where it is judged
    loss[3, 8:] = 9.0
    found = penalty.Swept(HELPS.problem, loss, HELPS.metric, HELPS.norm, 8)
    assert found.chosen == 3
    assert found.better == (0, 16)


@pytest.mark.parametrize("problem", penalty.PROBLEMS, ids=lambda it: it.title)
def test_draws_differ_and_hold_most_out_where_few_are_left(problem):
    first, second = problem.draw(0), problem.draw(1)
    assert not np.array_equal(first.split("training")[0], second.split("training")[0])
    n = len(first.training)
    assert n < 50 if problem.is_hard else n == 600
    assert str(n) in problem.title


def test_the_finding_is_complete(finding):
    assert len(finding.checks) == 5
    assert finding.checks[0].holds
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    assert len(finding.tables[0].rows) == len(penalty.STRENGTHS)
    compile(finding.code, "code", "exec")


def test_a_second_run_finds_the_same(finding):
    again = penalty.EXPERIMENT.run(QUICK)
    assert json.dumps(again.numbers, allow_nan=False) == json.dumps(finding.numbers)
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
