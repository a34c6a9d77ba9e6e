"""Paired differences where pairs come in clusters, such as those of one seed."""

from itertools import product

import numpy as np
import pytest

from amenable.errors import DataError, DescriptionError
from amenable.statistics import (
    clustered_difference,
    clustered_fraction,
    clusters,
    paired_difference,
    wilson,
)
from amenable.statistics.clusters import swap_test


def by_hand(surplus):
    """The share of all ways to give signs that add up to as much, either way."""
    sizes = np.abs(surplus)
    sums = [np.dot(signs, sizes) for signs in product((-1, 1), repeat=len(sizes))]
    return np.mean(np.abs(sums) >= abs(sum(surplus)))


@pytest.mark.parametrize(
    "surplus",
    [[1], [3, -1], [2, 2, -1, 0], [5, 1, 1, -2, 4], [-7, -7, -7], [4, 8, -12, 16, 20, 8], [0, 0]],
)
def test_the_test_counts_all_ways_to_swap(surplus):
    assert swap_test(np.array(surplus)) == pytest.approx(by_hand(surplus), abs=1e-12)


def test_one_pair_in_each_cluster_is_mcnemar_and_newcombe():
    rng = np.random.default_rng(0)
    first, second = rng.random(50) < 0.7, rng.random(50) < 0.5
    found = clustered_difference(first, second, np.arange(50))
    plain = paired_difference(first, second)
    assert found.p_value == pytest.approx(plain.p_value, abs=1e-12)
    assert found.interval == plain.interval
    assert (found.both, found.only_first, found.pairs) == (plain.both, plain.only_first, 50)
    assert found.fractions == pytest.approx((first.mean(), second.mean()))
    # with every pair twice in its cluster the test says the same: nothing was added
    twice = clustered_difference(*(np.repeat(it, 2) for it in (first, second, np.arange(50))))
    assert twice.p_value == pytest.approx(plain.p_value, abs=1e-12)
    assert twice.pairs == 100


def test_few_clusters_prove_nothing_however_many_pairs():
    first, second = np.ones(3000, bool), np.zeros(3000, bool)
    found = clustered_difference(first, second, np.repeat([1, 2, 3], 1000))
    assert found.p_value == 0.25
    assert found.difference == 1.0
    one = clustered_difference(first, second, np.zeros(3000))
    assert (one.p_value, one.interval.low) == (1.0, -1.0)


def test_the_order_of_the_sides_does_not_matter():
    rng = np.random.default_rng(1)
    first, second, seed = rng.random(90) < 0.6, rng.random(90) < 0.4, np.arange(90) % 18
    one = clustered_difference(first, second, seed)
    other = clustered_difference(second, first, seed)
    assert one.p_value == other.p_value
    assert one.interval == pytest.approx((-other.interval.high, -other.interval.low))


def test_many_pairs_go_by_the_normal_curve_and_hardly_differ(monkeypatch):
    surplus = np.random.default_rng(2).integers(-9, 11, 400)
    exact = swap_test(surplus)
    monkeypatch.setattr(clusters, "MOST_WORK", 0)
    assert swap_test(surplus) == pytest.approx(exact, abs=0.005)
    assert 0.001 < exact < 0.9


@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_where_nothing_differs_few_are_called_different(shared):
    """As many false findings as allowed, also where the pairs of a seed go together."""
    rng = np.random.default_rng(3)
    wrong, naive, missed = 0, 0, 0
    for _ in range(400):
        sides = [shared * rng.normal(size=24) + rng.normal(size=(10, 24)) > 0 for _ in range(2)]
        seed = np.tile(np.arange(24), 10)
        found = clustered_difference(sides[0].ravel(), sides[1].ravel(), seed)
        wrong += found.p_value < 0.05
        missed += not found.interval.low <= 0 <= found.interval.high
        naive += paired_difference(sides[0].ravel(), sides[1].ravel()).p_value < 0.05
    # 400 times 5 % are 20, give or take 4.4; three times that is 33
    assert wrong <= 33
    assert missed <= 33
    assert (naive > 100) == (shared > 0)  # what pairs counted one by one would say


def test_wrong_input_is_named():
    yes = [True, False]
    with pytest.raises(DataError, match="cluster: expected 2 entries as in first, got 3"):
        clustered_difference(yes, yes, [1, 2, 3])
    with pytest.raises(DataError, match="cluster: expected one dimension"):
        clustered_difference(yes, yes, [[1], [2]])
    with pytest.raises(DataError, match="second: expected 2 entries"):
        clustered_difference(yes, [True], [1, 2])
    with pytest.raises(DataError, match="first: expected booleans"):
        clustered_difference([1, 0], yes, [1, 2])
    with pytest.raises(DescriptionError, match="level"):
        clustered_difference(yes, yes, [1, 1], level=2)


class TestClusteredFraction:
    def test_trials_that_are_their_own_cluster_have_wilsons_interval(self):
        solved = np.arange(40) < 31
        assert clustered_fraction(solved, np.arange(40)) == wilson(31, 40)
        crossed = np.stack([np.arange(40), np.arange(40) % 8], axis=1)
        assert clustered_fraction(solved, crossed) != wilson(31, 40)

    def test_clusters_that_end_alike_count_as_one_trial_each(self):
        solved = np.repeat(np.arange(40) < 31, 10)
        low, high = clustered_fraction(solved, np.repeat(np.arange(40), 10))
        plain = wilson(31, 40)
        assert high - low == pytest.approx(plain.high - plain.low, rel=0.06)
        assert clustered_fraction(np.ones(400, bool), np.repeat(np.arange(40), 10)) == wilson(
            40, 40
        )

    def test_one_cluster_tells_nothing(self):
        assert clustered_fraction([True, False], ["a", "a"]) == (0.0, 1.0)

    def test_order_and_names_of_clusters_do_not_matter(self):
        rng = np.random.default_rng(3)
        solved, cluster = rng.random(60) < 0.4, rng.integers(0, 9, 60)
        order = rng.permutation(60)
        names = np.array(list("abcdefghi"))[cluster]
        found = clustered_fraction(solved, cluster)
        assert clustered_fraction(solved[order], names[order]) == pytest.approx(found)
        twice = np.stack([cluster, cluster], axis=1)
        assert clustered_fraction(solved, twice) == pytest.approx(found)

    def test_what_is_wrong_is_named(self):
        with pytest.raises(DataError, match="cluster: expected 2 entries"):
            clustered_fraction([True, False], [1, 2, 3])
        with pytest.raises(DataError, match="cluster: expected one or two dimensions"):
            clustered_fraction([True], np.zeros((1, 1, 1)))
