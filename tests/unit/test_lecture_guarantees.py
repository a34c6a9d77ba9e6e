"""What gradient descent guarantees: rules both ways, the mathematics behind them, the quick run."""

import json
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import convergence, guarantees, margins, sparsity
from amenable.lecture.finding import Finding, Scale

QUICK = Scale(is_quick=True)


@pytest.fixture(scope="module")
def finding() -> Finding:
    return guarantees.EXPERIMENT.run(QUICK)


@pytest.fixture(scope="module")
def quadratic() -> convergence.Quadratic:
    return convergence.diabetes()


def converged(quadratic, **changes) -> convergence.Convergence:
    """As theory has it: gaps shrink below 2 / L and grow above, errors halve with the step."""
    ends = np.where(np.array(convergence.SHARES) < 1, 1e-9, 1e9)
    gaps = np.stack([np.full((8, 4), 1.0), np.repeat(ends[:, None], 4, axis=1)], axis=-1)
    halving = np.repeat(0.5 ** np.array(convergence.HALVINGS)[:, None], 4, axis=1)
    floored = np.maximum(halving, 0.001)
    floored[-1] = 0.01
    usual = convergence.Convergence(
        quadratic,
        np.array([0.0, 1000.0]),
        gaps,
        convergence.HALVINGS,
        {"float64": halving, "float32": floored},
        {"float64": 1e-14, "float32": 1e-5},
    )
    return replace(usual, **changes)


def test_convergence_as_theory_has_it_holds(quadratic):
    assert [it.holds for it in convergence.checks(converged(quadratic))] == [True] * 3


def test_a_run_that_stays_or_one_that_does_not_diverge_is_seen(quadratic):
    usual = converged(quadratic)
    for place, end in ((0, 1.0), (-1, 0.5)):
        gaps = usual.gaps.copy()
        gaps[place, 2, -1] = end
        assert not convergence.checks(replace(usual, gaps=gaps))[0].holds
    gaps = usual.gaps.copy()
    gaps[-1, 2, -1] = np.nan  # diverged beyond the numbers: that is what is claimed
    assert convergence.checks(replace(usual, gaps=gaps))[0].holds


def test_another_order_and_no_rounding_are_seen(quadratic):
    usual = converged(quadratic)
    squared = {"float64": usual.errors["float64"] ** 2, "float32": usual.errors["float32"]}
    assert not convergence.checks(replace(usual, errors=squared))[1].holds
    alike = dict.fromkeys(("float64", "float32"), usual.errors["float64"])
    assert not convergence.checks(replace(usual, errors=alike))[2].holds


def test_gaps_are_losses_above_the_least(quadratic):
    x, y = quadratic.data.split("training")
    rng = np.random.default_rng([1, 0])
    weights = quadratic.best + rng.normal(size=(3, len(quadratic.best)))

    def loss(w):
        return np.mean((np.column_stack([x, np.ones(len(x))]) @ w - y[:, 0]) ** 2)

    expected = [loss(w) - loss(quadratic.best) for w in weights]
    assert np.allclose(quadratic.gaps(weights), expected)


def test_the_flow_is_what_tiny_steps_do(quadratic):
    start = np.ones((1, len(quadratic.best)))
    w, time, n = start.copy(), 0.5, 20_000
    for _ in range(n):
        w -= time / n * (w - quadratic.best) @ quadratic.curvature
    assert np.allclose(quadratic.flow(start, time), w, atol=1e-4)
    assert np.allclose(quadratic.flow(start, 1e9), quadratic.best)


def made_up(**shares: list[float]) -> margins.Margins:
    usual = {name: [0.99] * 5 for name in margins.LOSSES} | {
        "squared": [0.5] * 5,
        "logistic": [0.5, 0.6, 0.7, 0.8, 0.9],
    }
    rows = {
        name: np.repeat(np.array(row)[:, None], 3, axis=1)
        for name, row in (usual | {k.replace("_", " "): v for k, v in shares.items()}).items()
    }
    data = margins.with_constant(margins.clouds())
    steps = (100, 300, 1000, 3000, 10_000)
    return margins.Margins("made up", data, 1.0, np.ones(3), steps, rows, {})


def test_margins_as_theory_has_them_hold():
    assert [it.holds for it in margins.checks([made_up()])] == [True] * 3


@pytest.mark.parametrize(
    ("shares", "place"),
    [
        ({"hinge_and_L2": [0.94] * 5}, 0),
        ({"squared": [0.96] * 5}, 1),
        ({"logistic": [0.5, 0.6, 0.7, 0.8, 0.65]}, 2),
    ],
)
def test_each_check_on_margins_can_fail(shares, place):
    held = [it.holds for it in margins.checks([made_up(), made_up(**shares)])]
    assert held == [i != place for i in range(3)]


def test_a_margin_is_the_distance_to_the_nearest_sample():
    data = am.Dataset.from_arrays([[2.0, 1.0], [-3.0, 1.0]], [1, 0], validation=0.0)
    assert margins.margins(data, np.array([[1.0, 0.0], [-5.0, 0.0]])).tolist() == [2.0, -3.0]


def test_no_direction_has_a_larger_margin_than_the_machine():
    data = margins.with_constant(margins.clouds())
    largest, direction = margins.largest_margin(data)
    rng = np.random.default_rng([2, 0])
    others = direction + rng.normal(size=(5000, 3)) * np.abs(direction).max() * 0.2
    assert largest > 0
    assert margins.margins(data, others).max() <= largest + 1e-9
    assert margins.margins(data, others).max() > 0.9 * largest


def sparse(l1: float, l2: float = 0.0, without: float = 0.0) -> sparsity.Sparse:
    rows = (len(sparsity.STRENGTHS), 6)
    zeros = {"l1": np.full(rows, l1), "l2": np.full(rows, l2)}
    metric = dict.fromkeys(("l1", "l2"), np.full(rows, 0.9))
    return sparsity.Sparse("x", 30, zeros, metric, np.full(6, without), np.full(6, 0.9))


def test_rules_on_sparsity_both_ways():
    lasso = sparsity.Lasso(sparsity.LASSO, (1, 2, 3), (4, 4, 4), 4, 10)
    assert [it.holds for it in sparsity.checks([sparse(0.5)], lasso)] == [True, True]
    for other in (sparse(0.0), sparse(0.5, l2=0.1), sparse(0.5, without=0.1)):
        assert not sparsity.checks([sparse(0.5), other], lasso)[0].holds
    assert not sparsity.checks([sparse(0.5)], replace(lasso, same=(4, 3, 4)))[1].holds


def test_the_finding_is_complete(finding):
    assert len(finding.checks) == 8
    assert len(finding.illustrations) == 2
    assert len(finding.tables) == 3
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    compile(finding.code, "code", "exec")


def test_a_second_run_finds_the_same(finding):
    again = guarantees.EXPERIMENT.run(QUICK)
    assert json.dumps(again.numbers, allow_nan=False) == json.dumps(finding.numbers)
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
