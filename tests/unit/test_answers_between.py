"""Two studies: what they share, and how they differ."""

from dataclasses import replace

import numpy as np

from amenable.answers import between

WIDTHS = [{"hidden": [it]} for it in (2, 4, 8, 16)]
A, B = ("a.study", "b.study")


def test_what_is_in_both_is_paired_by_seed(simulated):
    a = simulated(WIDTHS[:3], np.ones((3, 10)))
    b = simulated(WIDTHS[1:], np.ones((3, 6)))
    found = between(a, b, (A, B))
    assert (found.n_shared, found.n_only, found.pairs, found.alike) == (2, (1, 1), 12, 12)
    assert found.is_same_data
    assert found.sentences[0] == (
        "a.study and b.study, on the same data, share 2 configurations; 1 only in a.study and 1 "
        "only in b.study. By seed, 12 trials of one have a pair in the other."
    )
    assert found.sentences[1] == "All pairs ended the same, to the bit."
    assert found.sentences[2].startswith(
        "In a.study, hidden 2 solves the problem most often: 100 % of 10 tri"
    )
    assert len(found.sentences) == 4


def test_a_version_that_computes_otherwise_is_noticed(simulated):
    a = simulated(WIDTHS[:2], np.ones((2, 10)))
    steps = np.full((2, 10), 100)
    steps[0, 3] = 99
    found = between(a, simulated(WIDTHS[:2], np.ones((2, 10)), steps=steps), (A, B))
    assert found.alike == 19
    assert "1 of 20 pairs ended differently" in found.sentences[1]
    assert "solve the problem equally often" in found.sentences[2]


def test_other_data_is_compared_pair_by_pair(simulated):
    a = simulated(WIDTHS, np.arange(40) < np.array([[10], [20], [30], [40]]))
    b = simulated(WIDTHS, np.arange(40) < np.array([[5], [10], [10], [40]]))
    b = replace(b, data=replace(b.data, fingerprint="0" * 64))
    found = between(a, b, (A, B))
    assert not found.is_same_data
    assert found.overall.difference == (5 + 10 + 20) / 160
    assert found.each[0].settings == "hidden 8"
    assert found.each[0].p_value < 0.001
    said = found.sentences[1]
    assert said.startswith("In what they share, networks of a.study solve the problem 21.9 points")
    assert said.endswith("2 of 4 configurations differ beyond chance (Holm's correction).")
    turned = between(b, a, (B, A))
    assert turned.sentences[1] == said


def test_where_nothing_is_the_same_settings_pair_them(simulated):
    a = simulated(WIDTHS, np.full(4, 0.75))
    b = simulated(WIDTHS[:3], np.full(3, 0.5), goal="accuracy >= 0.99")
    found = between(a, b, (A, B))
    assert found.n_shared == 3
    assert found.differing == ("goal (accuracy >= 0.9, accuracy >= 0.99)",)
    assert found.sentences[0].startswith(
        "a.study and b.study, on the same data, have 3 pairs of configurations with the same "
        "settings; 1 only in a.study. They differ in goal (accuracy >= 0.9, accuracy >= 0.99)."
    )
    assert found.overall.difference == 0.25


def test_nothing_in_common(simulated):
    a = simulated(WIDTHS[:1], np.full(1, 0.75))
    b = simulated(WIDTHS[1:], np.full(3, 0.5))
    found = between(a, b, (A, B))
    assert (found.n_shared, found.overall, found.each) == (0, None, ())
    assert found.sentences[0] == (
        "a.study and b.study, on the same data, have no configuration in common."
    )
    assert len(found.sentences) == 3
    empty = between(simulated(WIDTHS, np.zeros((4, 0))), b, (A, B))
    assert empty.best[0] is None


def test_configurations_without_settings_are_not_paired_by_them(simulated):
    a = replace(simulated(WIDTHS[:1], np.ones((1, 4))), settings=({},))
    b = replace(simulated(WIDTHS[1:2], np.ones((1, 4))), settings=({},))
    assert between(a, b).n_shared == 0


def test_without_a_goal_only_bits_are_compared(simulated):
    a, b = (simulated(WIDTHS, np.full(4, 0.5), goal=None) for _ in range(2))
    found = between(a, b, (A, B))
    assert (found.alike, found.overall) == (128, None)
    assert len(found.sentences) == 2


def test_seeds_that_are_not_shared_make_no_pairs(simulated):
    a = simulated(WIDTHS, np.ones((4, 5)))
    b = simulated(WIDTHS, np.ones((4, 5)), seeds=np.arange(100, 105))
    found = between(a, b, (A, B))
    assert (found.n_shared, found.pairs, found.overall) == (4, 0, None)
    assert found.sentences[0].endswith("share 4 configurations. They share no seed.")
