"""One neuron beside the regressions: rules both ways, the quick run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.lecture import neuron
from amenable.lecture.finding import Finding, Scale

QUICK = Scale(is_quick=True)


@pytest.fixture(scope="module")
def fitted() -> list[neuron.Fitted]:
    return [neuron.fit(it, 4) for it in neuron.problems(QUICK)]


@pytest.fixture(scope="module")
def finding() -> Finding:
    return neuron.EXPERIMENT.run(QUICK)


def test_every_seed_arrives_where_the_regression_is(fitted):
    assert [it.holds for it in neuron.checks(fitted)] == [True, True, True]
    assert all(it.difference < 1e-9 and it.spread[0] > 1 for it in fitted)


def test_weights_that_are_off_are_seen(fitted):
    off = [replace(it, reference=it.reference * (1 + 1e-5)) for it in fitted]
    assert [it.holds for it in neuron.checks(off)] == [False, False, True]


def test_seeds_that_start_together_prove_nothing(fitted):
    near = [replace(it, reference=100 * it.reference) for it in fitted]
    assert not neuron.checks(near)[2].holds


def test_one_wrong_data_set_is_enough(fitted):
    linear, logistic = fitted
    off = replace(logistic, reference=logistic.reference + 1)
    assert [it.holds for it in neuron.checks([linear, off])][:2] == [True, False]


def test_the_reference_is_least_squares(fitted):
    x, y = fitted[0].problem.data.split("training")
    inputs = np.column_stack([x, np.ones(len(x))])
    by_hand = np.linalg.lstsq(inputs, y[:, 0], rcond=None)[0]
    assert np.allclose(fitted[0].reference, by_hand, atol=1e-10)


def test_a_border_lies_where_the_sum_is_zero():
    frame = np.array([[-1.0, -1.0], [1.0, 1.0]])
    for weights in ([1.0, 2.0, 0.5], [1.0, 0.0, 3.0], [0.0, -2.0, 0.0]):
        x, y = neuron._border(np.array(weights), frame)
        assert np.allclose(weights[0] * x + weights[1] * y + weights[2], 0)
        assert np.hypot(np.ptp(x), np.ptp(y)) > 2


def test_the_finding_is_complete(finding):
    assert finding.verdict == "holds"
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    assert len(finding.tables[0].rows) == len(finding.numbers)
    compile(finding.code, "code", "exec")


def test_a_second_run_finds_the_same(finding):
    again = neuron.EXPERIMENT.run(QUICK)
    assert json.dumps(again.numbers, allow_nan=False) == json.dumps(finding.numbers)
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
