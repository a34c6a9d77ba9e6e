"""The experiment on digits and LeNet: its networks, its draws, its rules both ways."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import digits
from amenable.lecture.digits import measures
from amenable.lecture.digits.measures import LENET, LINEAR, LOCAL, NARROW, WIDE
from amenable.lecture.finding import HOLDS, Finding, Scale

QUICK = measures.plan_for(Scale(is_quick=True))


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("digits")


def test_finding_is_complete(found):
    assert len(found.checks) == 6
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    assert ["(measured time)" in it.title for it in found.illustrations] == [True, False]
    assert all(value > 0 for value in found.timings.values())
    shape = (len(QUICK.sizes), QUICK.draws, QUICK.seeds)
    for rows in found.numbers["accuracy"].values():
        assert np.shape(rows) == shape
        assert np.median(rows) > 0.5  # of ten classes
    compile(found.code, "code", "exec")


def test_networks_are_what_their_names_say():
    known = {name: it.summary() for name, it in measures.networks().items()}
    lenet, local = known[LENET], known[LOCAL]
    assert (lenet.parameters, lenet.connections) == (1222, 7450)
    assert (local.connections, local.multiply_adds) == (lenet.connections, lenet.multiply_adds)
    assert not any(row.is_shared and row.kind.startswith("local") for row in local.rows)
    assert known[NARROW].parameters == pytest.approx(lenet.parameters, rel=0.02)
    assert known[WIDE].connections == pytest.approx(lenet.connections, rel=0.02)
    assert known[LINEAR].parameters == 650


def test_draws_differ_and_never_train_on_images_that_judge():
    first, second = measures.draw(0, 40), measures.draw(1, 40)
    assert set(first.training) != set(second.training)
    np.testing.assert_array_equal(first.validation, second.validation)
    everything = measures.draw(0, 1200)
    assert not set(everything.training) & set(everything.validation)
    np.testing.assert_array_equal(everything.training[:40], first.training)


def test_work_is_counted():
    linear = am.mlp(64, 10)
    assert QUICK.multiply_adds(linear, 100) == 3 * 640 * 100 * QUICK.passes
    assert QUICK.training(41, 0.01).steps == QUICK.passes * 6


def test_the_same_to_the_bit():
    plan = replace(QUICK, sizes=(24, 40), draws=3, seeds=2, passes=3, is_rate_chosen=True)
    one, two = measures.measure(plan), measures.measure(plan)
    assert one.rates == two.rates
    for name, rows in one.accuracy.items():
        np.testing.assert_array_equal(rows, two.accuracy[name])
        np.testing.assert_array_equal(one.fitted[name], two.fitted[name])
    np.testing.assert_array_equal(one.median.flat, two.median.flat)
    alone = am.train(
        measures.networks()[LOCAL],
        measures.draw(2, 40),
        plan.training(40, one.rates[LOCAL]),
        seeds=range(4, 6),
        progress=False,
    )
    np.testing.assert_array_equal(one.accuracy[LOCAL][1, 2], alone.metric["validation"])


def _measured(last: dict[str, float], fitted: float = 1.0) -> measures.Accuracies:
    """Accuracy `last` at the most samples, a quarter less at the fewest, with a little noise."""
    draws = np.linspace(0, 0.001, QUICK.draws)[:, None]
    noise = np.broadcast_to(draws, (QUICK.draws, QUICK.seeds))
    accuracy = {name: np.array([0.75 * it + noise, it + noise]) for name, it in last.items()}
    own = {name: np.full_like(rows, fitted) for name, rows in accuracy.items()}
    model = am.train(am.mlp(64, 10), "digits", am.Training(steps=1), seeds=1, progress=False)[0]
    return measures.Accuracies(QUICK, dict.fromkeys(last, 0.01), accuracy, own, {}, model)


def test_rules_both_ways():
    good = _measured({LENET: 0.8, LOCAL: 0.7, NARROW: 0.6, WIDE: 0.7, LINEAR: 0.5})
    assert [it.holds for it in digits.checks(good, measures.compare(good))] == [True] * 6
    bad = _measured({LENET: 0.7, LOCAL: 0.7, NARROW: 0.7, WIDE: 0.6, LINEAR: 0.5}, fitted=0.5)
    bad = replace(bad, accuracy={name: rows[::-1] for name, rows in bad.accuracy.items()})
    held = [it.holds for it in digits.checks(bad, measures.compare(bad))]
    assert held == [False, False, False, False, False, True]
    perfect = _measured({LENET: 1.0, LOCAL: 0.7, NARROW: 0.6, WIDE: 0.7, LINEAR: 0.5})
    perfect.accuracy[LENET][-1] = 1.0
    assert measures.falls(perfect, LENET) == np.inf
    assert not digits.checks(perfect, measures.compare(perfect))[-1].holds


def test_comparisons_count_draws_and_correct_for_all():
    it = _measured({LENET: 0.8, LOCAL: 0.8, NARROW: 0.6, WIDE: 0.7, LINEAR: 0.5})
    rows = measures.compare(it)
    assert len(rows) == len(measures.PAIRS) * len(QUICK.sizes)
    assert (rows[0].better, rows[0].worse, rows[0].p) == (0, 0, 1.0)  # all equal
    won = [row for row in rows if row.better]
    assert {row.better for row in won} == {QUICK.draws}
    assert won[0].p == pytest.approx(2 * 0.5**QUICK.draws * len(rows))
    assert won[0].difference == pytest.approx(0.75 * 0.2)


def test_verdict_follows_from_checks(found):
    assert (found.verdict == HOLDS) == all(it.holds for it in found.checks)
