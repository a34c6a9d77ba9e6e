"""Two values of a setting, all else equal, on the same seeds."""

import numpy as np
import pytest

import amenable as am
from amenable.answers import compare, comparisons
from amenable.answers.comparing import points, signed
from amenable.answers.selection import only
from amenable.statistics import mcnemar, newcombe, paired_difference

NAMES = ("tanh", "relu", "sine")


def grid(**values):
    """All combinations as settings."""
    found = [{}]
    for name, several in values.items():
        found = [{**it, name: value} for it in found for value in several]
    return found


def test_one_stratum_is_mcnemar(simulated):
    rng = np.random.default_rng(0)
    solved = rng.random((2, 40)) < np.array([[0.8], [0.4]])
    found = compare(simulated(grid(activation=NAMES[:2]), solved), "activation", "tanh", "relu")
    plain = paired_difference(solved[0], solved[1])
    assert (found.first, found.second, found.strata) == ("tanh", "relu", 1)
    assert found.p_value == pytest.approx(mcnemar(plain.only_first, plain.only_second))
    assert found.found.interval == plain.interval


def test_all_else_is_held_equal(simulated):
    """A configuration without its partner does not count, however good it is."""
    settings = [
        {"activation": "tanh", "lr": 0.1},
        {"activation": "relu", "lr": 0.1},
        {"activation": "tanh", "lr": 0.2},
        {"activation": "relu", "lr": 0.2},
        {"activation": "tanh", "lr": 0.3},
    ]
    solved = np.zeros((5, 10), bool)
    solved[0, :6] = solved[3, :2] = solved[4] = True
    found = compare(simulated(settings, solved), "activation", "tanh", "relu")
    assert (found.strata, found.found.pairs, found.found.clusters) == (2, 20, 10)
    assert found.found.difference == pytest.approx((6 - 2) / 20)
    turned = compare(simulated(settings, solved), "activation", "relu", "tanh")
    assert (turned.first, turned.found) == ("tanh", found.found)


def test_structures_are_compared_by_depth_and_by_width(simulated):
    settings = grid(hidden=([4], [8], [4, 4], [8, 8]), activation=NAMES[:2])
    rng = np.random.default_rng(0)
    results = simulated(settings, rng.random((8, 32)) < 0.5)
    found = comparisons(results).all
    assert {it.setting for it in found} == {"depth", "width", "activation"}
    assert all(it.n_compared == 3 and it.strata == 4 for it in found)
    assert "corrected for 3 comparisons" in found[0].sentence
    deep = compare(results, "depth", 2, 1)
    assert deep.found.pairs == 4 * 32
    assert {deep.first, deep.second} == {"1", "2"}


def test_without_hidden_layers_each_width_is_a_partner(simulated):
    settings = grid(hidden=([], [4], [8]))
    results = simulated(settings, np.arange(20) < np.array([[0], [10], [20]]))
    found = compare(results, "depth", 0, 1)
    assert (found.strata, found.found.pairs) == (2, 40)
    assert found.found.difference == pytest.approx(0.75)
    # Asked for, that can be had; among all comparisons it would say a width's effect for depth's.
    assert {it.setting for it in comparisons(results).all} == {"width"}


def test_only_seeds_of_both_make_pairs(simulated):
    results = simulated(grid(lr=(0.1, 0.2)), np.ones((2, 10)))
    keep = ~((results.configuration == 0) & (results.seed < 3))
    from dataclasses import replace

    fewer = replace(
        results,
        **{
            name: getattr(results, name)[keep]
            for name in ("configuration", "seed", "status", "steps", "final")
        },
    )
    assert compare(fewer, "lr", 0.1, 0.2).found.pairs == 7
    apart = replace(results, seed=results.seed + 100 * results.configuration)
    with pytest.raises(am.DataError, match="differs in nothing else and shares a seed"):
        compare(apart, "lr", 0.1, 0.2)
    assert "share a seed" in comparisons(apart).skipped["lr"]


def test_what_only_one_value_has_is_not_held_equal(simulated):
    settings = [
        {"optimizer": "sgd", "momentum": 0.5, "lr": 0.1},
        {"optimizer": "sgd", "momentum": 0.9, "lr": 0.1},
        {"optimizer": "adam", "lr": 0.1},
        {"optimizer": "adam", "lr": 0.2},
    ]
    solved = np.arange(20) < np.array([[4], [8], [16], [20]])
    found = compare(simulated(settings, solved), "optimizer", "adam", "sgd")
    assert (found.strata, found.found.pairs) == (2, 40)
    assert found.found.difference == pytest.approx((16 + 16 - 4 - 8) / 40)
    # momentum itself is compared among those that have it
    assert compare(simulated(settings, solved), "momentum", 0.9, 0.5).found.pairs == 20


def test_all_pairs_with_holms_correction(simulated):
    rng = np.random.default_rng(1)
    settings = grid(activation=NAMES, lr=(0.1, 0.2))
    chance = np.array([0.9, 0.9, 0.2, 0.2, 0.2, 0.2])
    results = simulated(settings, rng.random((6, 40)) < chance[:, None])
    found = comparisons(results)
    assert [it.setting for it in found.all] == ["activation"] * 3 + ["lr"]
    assert all(it.n_compared == 4 for it in found.all)
    alone = {(it.first, it.second): compare(results, it.setting, it.first, it.second).p_value
             for it in found.all}  # fmt: skip
    smallest = min(alone, key=alone.get)
    corrected = next(it for it in found.all if (it.first, it.second) == smallest)
    assert corrected.p_value == pytest.approx(min(1, 4 * alone[smallest]))
    beyond = {(it.first, it.second) for it in found.beyond_chance}
    assert beyond == {("tanh", "relu"), ("tanh", "sine")}
    assert not found.skipped


def test_draws_have_no_partners_and_say_so(simulated):
    rng = np.random.default_rng(2)
    settings = [{"lr": float(rng.random()), "activation": NAMES[i % 3]} for i in range(30)]
    results = simulated(settings, rng.random((30, 4)) < 0.5)
    found = comparisons(results)
    assert not found.all
    assert found.skipped["lr"] == "it has 30 values, too many to pair each"
    assert "no two configurations differ in it alone" in found.skipped["activation"]
    with pytest.raises(am.DataError, match="ask for main effects"):
        compare(results, "activation", "tanh", "relu")


def test_sentences(simulated):
    settings = grid(activation=("tanh", "relu"), lr=(0.1, 0.2))
    solved = np.arange(50) < np.array([[40], [44], [10], [14]])
    found = comparisons(simulated(settings, solved))
    first, second = found.all
    assert first.sentence.startswith(
        "Networks with tanh solve the problem 60.0 points more often than those with relu ("
    )
    assert "in 100 pairs of 50 seeds and 2 pairs of configurations; p < 0.001" in first.sentence
    assert first.sentence.endswith("corrected for 2 comparisons.")
    assert second.sentence.startswith(
        "Networks with lr 0.2 solve the problem 8.0 points more often than those with lr 0.1 ("
    )
    same = comparisons(simulated(settings[:2], np.ones((2, 9)))).all[0]
    assert same.sentence.startswith(
        "Networks with lr 0.1 and with lr 0.2 solve the problem equally often ("
    )
    assert same.sentence.endswith("in 9 pairs of 9 seeds; p = 1.")
    doubtful = comparisons(simulated(settings[:2], np.arange(9) < [[4], [5]])).all[0]
    assert "which may be chance" in doubtful.sentence
    assert (points(-0.0001), signed(-0.04), signed(0.123)) == ("0.0", "−4.0", "+12.3")


def test_what_is_wrong_is_named(simulated):
    results = simulated(grid(lr=(0.1, 0.2)), np.ones((2, 4)))
    with pytest.raises(am.DescriptionError, match="setting: no setting 'rl' varies"):
        compare(results, "rl", 0.1, 0.2)
    with pytest.raises(am.DescriptionError, match="lr: no configuration has 3; there are"):
        compare(results, "lr", 0.1, 3)
    with pytest.raises(am.DescriptionError, match="no training has a goal"):
        comparisons(simulated(grid(lr=(0.1, 0.2)), np.ones((2, 4)), goal=None))
    assert comparisons(only(results, np.array([True, False]))).all == ()


def test_newcombe_is_wider_than_pairs_that_go_together(simulated):
    """Pairing pays: with seeds that decide, the same trials unpaired would say less."""
    solved = np.arange(60) < np.array([[40], [30]])
    found = compare(simulated(grid(lr=(0.1, 0.2)), solved), "lr", 0.1, 0.2)
    apart = newcombe(40, 60, 30, 60)
    assert found.found.interval.high - found.found.interval.low < 0.8 * (
        apart.interval.high - apart.interval.low
    )
