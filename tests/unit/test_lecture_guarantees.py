"""The experiment on what gradient descent guarantees: its rules, its mathematics, its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import guarantees
from amenable.lecture.finding import Finding
from amenable.lecture.guarantees import convergence, margins, sparsity


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("guarantees")


def test_finding_is_complete(found):
    assert len(found.checks) == 8
    assert len(found.illustrations) == 2
    assert len(found.tables) == 3
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    compile(found.code, "code", "exec")


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


def test_curvature_and_optimum_are_those_of_least_squares(quadratic):
    x, y = quadratic.data.split("training")
    assert np.array_equal(x, x.astype(np.float32))
    inputs = np.column_stack([x, np.ones(len(x))])
    assert np.abs(inputs.T @ (inputs @ quadratic.best - y[:, 0])).max() / len(x) < 1e-12
    v = np.ones(len(quadratic.best))
    for _ in range(500):  # the power method
        v = 2 * inputs.T @ (inputs @ v) / len(x)
        v /= np.linalg.norm(v)
    assert quadratic.steepest == pytest.approx(2 * np.sum((inputs @ v) ** 2) / len(x))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.1])
def test_no_step_multiplies_the_distance_by_more_than_its_factor(quadratic, share):
    lr = share * 2 / quadratic.steepest
    away = np.random.default_rng([5, 0]).normal(size=(200, len(quadratic.best)))
    grown = np.linalg.norm(away - lr * away @ quadratic.curvature, axis=1)
    sizes = grown / np.linalg.norm(away, axis=1)
    assert sizes.max() <= quadratic.factor(lr)
    vectors = np.linalg.eigh(quadratic.curvature)[1].T
    sizes = np.linalg.norm(vectors - lr * vectors @ quadratic.curvature, axis=1)
    assert sizes.max() == pytest.approx(quadratic.factor(lr))
    assert (quadratic.factor(lr) < 1) == (share < 1)


def test_order_is_the_power_of_the_small_steps(quadratic):
    usual = converged(quadratic)
    assert convergence.order(usual) == pytest.approx(1)
    errors = usual.errors["float64"] ** 1.5
    errors[:2] = 1e9  # steps that are not small do not count
    assert convergence.order(replace(usual, errors={"float64": errors})) == pytest.approx(1.5)


def test_errors_to_the_flow_halve_with_the_step(quadratic):
    errors = convergence._flow_errors(quadratic, (5, 6), "float64")
    assert errors.shape == (2, 4)
    assert np.allclose(errors[0] / errors[1], 2, atol=0.2)


def test_numbers_of_what_diverged_are_none(quadratic):
    usual = converged(quadratic)
    gaps = usual.gaps.copy()
    gaps[-1, :, -1] = np.nan
    ends = convergence.numbers(replace(usual, gaps=gaps))["median_gap_at_end"]
    assert ends[-1] is None
    assert None not in ends[:-1]


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
    data = am.Dataset.from_arrays([[2.0, 1.0], [-3.0, 1.0]], [1, 0], validation=0.0, test=0.0)
    assert margins.margins(data, np.array([[1.0, 0.0], [-5.0, 0.0]])).tolist() == [2.0, -3.0]


def test_largest_margin_of_two_samples_is_the_distance_to_the_line_through_them():
    # The second one, turned to its other side, is (4, 0); from zero to the line to (0, 3): 12 / 5.
    data = am.Dataset.from_arrays([[0.0, 3.0], [-4.0, 0.0]], [1, 0], validation=0.0, test=0.0)
    largest, direction = margins.largest_margin(data)
    assert largest == pytest.approx(2.4)
    assert direction / np.linalg.norm(direction) == pytest.approx([0.6, 0.8])


def test_where_no_line_parts_the_classes_the_margin_is_below_zero():
    data = am.Dataset.from_arrays([[1.0, 0.0], [3.0, 0.0]], [0, 1], validation=0.0, test=0.0)
    assert margins.margins(data, np.array([1.0, 0.0])) == -1.0
    wrapped = margins.with_constant(data)
    assert wrapped.x[:, -1].tolist() == [1.0, 1.0]
    assert margins.largest_margin(wrapped)[0] > 0


def test_a_line_after_few_steps_is_measured_under_every_loss():
    it = margins.measure_one("clouds", margins.clouds(), (1, 10), 2)
    assert all(rows.shape == (2, 2) for rows in it.margins.values())
    for name, weights in it.weights.items():
        one_by_one = [margins.margins(it.data, w) / it.largest for w in weights]
        assert it.margins[name][-1] == pytest.approx(one_by_one)
        assert it.last(name) == pytest.approx(np.median(one_by_one))
    drawn = margins.draw_plane(it)
    assert isinstance(drawn.figure, Figure)
    assert "Clouds" in drawn.caption


def test_one_class_of_several_is_told_from_the_others():
    data = margins.first_class("iris")
    assert [int(np.sum(data.y == k)) for k in (0, 1)] == [100, 50]
    assert margins.largest_margin(margins.with_constant(data))[0] > 0


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


def test_zeros_are_counted_among_weights_and_not_biases():
    data = am.load("breast-cancer")
    it = sparsity.compare("x", data, (3,), 20, 2)
    assert it.n_weights == 30 * 3 + 3
    assert {rows.shape for rows in (*it.zeros.values(), *it.metric.values())} == {(4, 2)}
    assert it.without.tolist() == [0.0, 0.0]
    assert not it.zeros["l2"].any()
    training = am.Training(am.SGD(sparsity.RATE), batch="full", steps=20, l1=0.1)
    models = am.train(am.mlp(30, 3, 1), data, training, seeds=2, progress=False)
    by_hand = [
        sum(int(np.sum(model.weights[name] == 0)) for name in ("1.weight", "2.weight"))
        for model in models
    ]
    assert it.zeros["l1"][-1] * it.n_weights == pytest.approx(by_hand)
    assert max(by_hand) > 0
    assert it.metric["l1"][-1] == pytest.approx(models.metric["validation"])
    assert isinstance(sparsity.draw([it]).figure, Figure)
    assert len(sparsity.table([it]).rows) == 9


def test_zeros_are_at_the_places_of_the_lasso():
    lasso = sparsity.beside_lasso(2)
    assert lasso.same == (2, 2, 2)
    assert lasso.n_inputs == 10
    assert list(lasso.zeros) == sorted(lasso.zeros)  # a stronger penalty leaves no more weights


@pytest.mark.parametrize(
    ("values", "said"), [([0.501, 0.499], "50%"), ([0.9, 0.1, 0.5], "10% to 90%")]
)
def test_span_says_once_what_is_the_same(values, said):
    assert guarantees._span(values) == said
