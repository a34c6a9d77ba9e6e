"""The experiment on widths: its rules, the network made by hand, the quick run."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.lecture import lines
from amenable.lecture.finding import Finding
from amenable.lecture.points import Count, best_trainings, points


@pytest.fixture(scope="module")
def finding(quick) -> Finding:
    return quick("lines")


def made_up(ten: int, three: int = 0, two: int = 0) -> dict:
    row = {2: Count(two, 100), 3: Count(three, 100), 10: Count(ten, 100)}
    return {(n, optimizer): row for n in (1, 2) for optimizer in ("SGD", "Adam")}


def test_all_claims_hold_where_few_lines_fail_and_many_do():
    found = lines.checks(made_up(ten=90, three=20), 1.0, {1: 3, 2: 3})
    assert [it.holds for it in found] == [True] * 5


def test_no_claim_holds_where_it_is_the_other_way_round():
    found = lines.checks(made_up(ten=20, three=100, two=1), 0.9, {1: 3, 2: 3})
    assert [it.holds for it in found] == [False] * 5


def test_half_of_the_seeds_are_not_more_than_half():
    assert not lines.checks(made_up(ten=55), 1.0, {1: 3, 2: 3})[2].holds


def test_a_width_that_nobody_solved_decides_nothing():
    found = lines.checks(made_up(ten=0), 1.0, {1: 3, 2: None})[4]
    assert not found.holds
    assert "None of the widths" in found.measured


def test_three_sigmoids_part_the_island_from_the_rest():
    assert lines.accuracy(lines.disc(), points(1)) == 1.0
    angles = np.linspace(0, 2 * np.pi, 100)
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model = lines.disc(radius=0.4)
    assert np.all(model.decision(0.38 * around) > 0)
    assert np.all(model.decision(0.42 * around) < 0)


def test_the_quick_run_has_figures_tables_and_numbers(finding: Finding):
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    fractions = finding.numbers["fractions"]["two islands, SGD"]
    assert list(fractions) == ["1", "2", "3", "5", "10"]
    assert fractions["1"]["solved"] == 0
    assert len(finding.tables[0].rows) == 5


def test_the_best_training_is_the_more_accurate_where_none_solves():
    import amenable as am

    network = am.mlp(2, 5, 1)
    trainings = [am.Training(am.SGD(lr), epochs=20, goal=lines.GOAL) for lr in (0.0, 1.0)]
    assert best_trainings([network], trainings, points(1), range(4)) == {network: trainings[1]}
