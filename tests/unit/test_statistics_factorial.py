"""Main effects and interactions: against the textbook, and where the truth is known."""

import numpy as np
import pytest
from scipy.stats import norm

from amenable.errors import DataError
from amenable.statistics import factorial


def grid(*levels):
    """All combinations of levels, a row for each factor."""
    return np.array(np.meshgrid(*map(np.arange, levels), indexing="ij")).reshape(len(levels), -1)


def taken_apart(codes, solved, is_whole=True, **options):
    """Of solved (C, S), with the names a, b, c."""
    n, n_seeds = solved.shape
    return factorial(
        dict(zip("abcdef", codes, strict=False)),
        np.repeat(np.arange(n), n_seeds),
        np.tile(np.arange(n_seeds), n),
        solved.ravel(),
        is_whole=is_whole,
        **options,
    )


def drawn(rng, chance, n_seeds, shared=0.0):
    """Trials (C, S) with these chances, of which those of a seed go together."""
    threshold = norm.ppf(np.clip(chance, 1e-9, 1 - 1e-9)) * np.sqrt(1 + shared**2)
    noise = shared * rng.normal(size=n_seeds) + rng.normal(size=(len(chance), n_seeds))
    return threshold[:, None] + noise > 0


def term(found, *names):
    return next(it for it in (*found.main, *found.interactions) if it.names == names)


def test_effects_of_a_full_grid_are_differences_of_means():
    codes = grid(3, 4, 2)
    solved = drawn(np.random.default_rng(0), np.linspace(0.1, 0.9, 24), 20)
    fraction = solved.mean(axis=1).reshape(3, 4, 2)
    found = taken_apart(codes, solved)
    assert found.mean == pytest.approx(fraction.mean())
    for i, name in enumerate("abc"):
        means = fraction.mean(axis=tuple(k for k in range(3) if k != i))
        np.testing.assert_allclose(term(found, name).effect, means - fraction.mean(), atol=1e-12)
    cells = fraction.mean(axis=2)
    expected = (
        cells - cells.mean(axis=1, keepdims=True) - cells.mean(axis=0) + cells.mean()
    ).ravel()
    both = term(found, "a", "b")
    assert both.levels.tolist() == [[i, j] for i in range(3) for j in range(4)]
    np.testing.assert_allclose(both.effect, expected, atol=1e-12)


def test_shares_add_up_to_what_is_explained():
    codes = grid(2, 2)
    chance = np.array([0.2, 0.2, 0.8, 0.8])
    solved = np.arange(400) < 400 * chance[:, None]
    found = taken_apart(codes, solved)
    assert term(found, "a").share == pytest.approx(1.0, abs=0.01)
    assert found.rest == pytest.approx(0.0, abs=0.01)
    assert found.main[0].names == ("a",)
    # seeds that solve the same everywhere leave nothing to chance but the smoothing
    assert term(found, "a").high[0] - term(found, "a").low[0] < 0.2


@pytest.mark.parametrize("shared", [0.0, 2.0])
@pytest.mark.parametrize("is_whole", [True, False])
def test_known_effects_are_within_their_intervals(is_whole, shared):
    """Coverage by simulation, in a grid and where configurations are drawn at random."""
    rng = np.random.default_rng(4)
    effects = [np.array([-0.2, 0.0, 0.2]), np.zeros(4), np.array([-0.1, 0.1])]
    inside, false_main, false_pairs, detected, n = [], 0, 0, 0, 120
    for _ in range(n):
        if is_whole:
            codes = grid(3, 4, 2)
        else:
            codes = np.stack([rng.integers(0, len(it), 60) for it in effects])
        chance = 0.5 + sum(it[code] for it, code in zip(effects, codes, strict=True))
        found = taken_apart(codes, drawn(rng, chance, 16, shared), is_whole)
        for name, it, code in zip("abc", effects, codes, strict=True):
            truth = it - it[code].mean()
            one = term(found, name)
            inside.append((one.low <= truth) & (truth <= one.high))
        false_main += term(found, "b").p_value < 0.05
        false_pairs += any(it.p_value < 0.05 for it in found.interactions)
        detected += term(found, "a").p_value < 0.05
    # 9 x 120 intervals, not independent: a standard error of about 1 % at 95 %
    assert 0.92 <= np.mean(np.concatenate(inside)) <= 0.995
    assert detected > 0.8 * n
    assert false_main <= 13  # 6 of 120 expected, give or take 2.4
    assert false_pairs <= 13


def test_an_interaction_is_found_and_named_where_it_is():
    rng = np.random.default_rng(5)
    codes = grid(3, 3, 2)
    chance = np.full(18, 0.4)
    chance[(codes[0] == 2) & (codes[1] == 0)] = 0.9
    found = taken_apart(codes, drawn(rng, chance, 40, 1.0))
    assert found.interactions[0].names == ("a", "b")
    assert found.interactions[0].p_value < 0.001
    assert all(it.p_value > 0.05 for it in found.interactions[1:])
    strongest = np.argmax(np.abs(found.interactions[0].effect))
    assert found.interactions[0].levels[strongest].tolist() == [2, 0]
    truth = 0.5 * 4 / 9  # of the cell, less its row and column, of a table with one cell 0.5 higher
    assert found.interactions[0].low[strongest] <= truth <= found.interactions[0].high[strongest]


def test_all_or_nothing_is_not_certainty():
    codes = grid(2, 3)
    solved = np.repeat(codes[0][:, None] == 1, 12, axis=1)  # level 1 always, level 0 never
    found = taken_apart(codes, solved)
    one = term(found, "a")
    np.testing.assert_allclose(one.effect, [-0.5, 0.5], atol=1e-12)
    assert one.p_value < 0.001
    assert np.all(one.high - one.low > 0.01)
    assert term(found, "b").p_value == pytest.approx(1.0)
    for value in (True, False):
        same = taken_apart(codes, np.full((6, 12), value))
        assert same.mean == float(value)
        assert all(it.p_value == 1.0 for it in (*same.main, *same.interactions))
        assert all(np.all(np.isfinite(it.high)) for it in same.main)
        lone = taken_apart(np.tile(codes, 2), np.full((12, 1), value), is_whole=False)
        assert all(it.share == 0 and np.all(it.low < it.high) for it in lone.main)


def test_one_seed_leaves_the_mean_open_and_counts_as_drawn():
    codes = grid(4, 4, 2)
    found = taken_apart(codes, np.random.default_rng(6).random((32, 1)) < 0.5)
    assert found.interval == (0.0, 1.0)
    assert not found.is_whole


def test_factors_that_go_together_are_not_told_apart():
    codes = np.stack([grid(2, 4)[0], grid(2, 4)[1], grid(2, 4)[0], np.zeros(8, int)])
    found = taken_apart(codes, np.random.default_rng(7).random((8, 10)) < 0.5)
    assert dict(found.aliased) == {"c": "goes with a and b", "d": "has one value"}
    assert {it.names for it in found.main} == {("a",), ("b",)}


def test_a_setting_that_only_some_have_is_compared_among_those():
    optimizer = np.array([0, 0, 0, 1] * 2)
    momentum = np.array([0, 1, 2, -1] * 2)
    width = np.repeat([0, 1], 4)
    chance = np.array([0.2, 0.4, 0.6, 0.7] * 2)
    found = taken_apart(
        np.stack([optimizer, momentum, width]), np.arange(100) < 100 * chance[:, None]
    )
    np.testing.assert_allclose(term(found, "b").effect, [-0.2, 0.0, 0.2], atol=1e-9)
    optimizers = term(found, "a").effect  # against the mean of all, of which three in four have 0
    np.testing.assert_allclose(optimizers[1] - optimizers[0], 0.3, atol=1e-9)
    assert not found.aliased


def test_names_and_order_of_seeds_are_no_matter():
    codes = grid(2, 3)
    solved = drawn(np.random.default_rng(8), np.linspace(0.2, 0.8, 6), 9)
    one = taken_apart(codes, solved)
    order = np.random.default_rng(9).permutation(9)
    other = taken_apart(codes, solved[:, order])
    np.testing.assert_allclose(one.main[0].low, other.main[0].low, atol=1e-12)


def test_wrong_input_is_named():
    codes, solved = grid(2, 3), np.ones((6, 4), bool)
    trial, seed = np.repeat(np.arange(6), 4), np.tile(np.arange(4), 6)
    with pytest.raises(DataError, match="at least 8 for 4 parameters of 2 factors, got 6"):
        taken_apart(codes, solved, is_whole=False)
    with pytest.raises(DataError, match="levels of 'a', one for each configuration"):
        factorial({"a": [0, 1]}, trial, seed, solved.ravel(), is_whole=True)
    with pytest.raises(DataError, match="got none of number 0"):
        factorial({"a": codes[0]}, trial + 1, seed, solved.ravel(), is_whole=True)
    with pytest.raises(DataError, match="cluster: expected 24"):
        factorial({"a": codes[0]}, trial, seed[1:], solved.ravel(), is_whole=True)
