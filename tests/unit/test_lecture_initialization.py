"""The experiment on where training starts: its rules, units that are stuck, the quick run."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import initialization
from amenable.lecture.finding import Finding
from amenable.lecture.initialization import checks, lotteries, stuck
from amenable.lecture.initialization.stuck import Stuck, check_change, check_constant
from amenable.lecture.points import Count


@pytest.fixture(scope="module")
def finding(quick) -> Finding:
    return quick("initialization")


def units(moved: int, spread: float = 0.0, loose: int | None = None) -> list[Stuck]:
    return [Stuck(100_000.0, kind, 0.0, spread, moved, (loose, loose), 0.5) for kind in stuck.KINDS]


def test_a_unit_that_does_not_move_does_not_change():
    assert check_constant(units(moved=0)).holds
    assert not check_change(units(moved=0), 100).holds


def test_a_unit_that_moves_changes():
    assert not check_constant(units(moved=1, spread=0.1)).holds
    found = check_change(units(moved=1, loose=50), 100)
    assert found.holds
    assert "after 50 steps" in found.measured


def test_scales_widths_and_draws_that_bear_the_lecture_out():
    scales = {0.01: Count(0, 100), 1.0: Count(90, 100), 100.0: Count(10, 100)}
    widths = {5: Count(30, 100), 10: Count(51, 100)}
    assert [it.holds for it in checks(scales, widths, lotteries(widths))] == [True] * 3


def test_scales_widths_and_draws_that_do_not():
    scales = {0.01: Count(90, 100), 1.0: Count(90, 100), 100.0: Count(10, 100)}
    widths = {5: Count(30, 100), 10: Count(30, 100)}
    assert [it.holds for it in checks(scales, widths, lotteries(widths))] == [False, False, True]
    much_better = {5: Count(0, 100), 10: Count(90, 100)}
    assert not checks(scales, much_better, lotteries(much_better))[2].holds


def test_two_draws_of_a_half_are_three_quarters():
    drawn = lotteries({5: Count(5000, 10000), 7: Count(1, 2), 10: Count(7500, 10000)})
    assert [it.width for it in drawn] == [5]
    assert drawn[0].predicted.low < 0.75 < drawn[0].predicted.high
    assert drawn[0].fits


def test_only_the_biases_of_the_first_units_are_shifted():
    training = am.Training(steps=1)
    plain, shifted = (stuck.shifted(2, 7.0, n, training) for n in (0, 3))
    model = am.Model(stuck.NETWORK, shifted[1])
    assert model.weights["1.bias"][:4].tolist() == [7.0, 7.0, 7.0, 0.0]
    assert np.count_nonzero(plain != shifted) == 6


def test_a_unit_with_a_huge_bias_has_no_gradient_and_one_with_a_small_bias_has(finding: Finding):
    rows = {(it["bias"], it["training"]): it for it in finding.numbers["biases"]}
    assert rows[100_000.0, "SGD"]["gradient"] == 0.0
    assert rows[100_000.0, "Adam, float64"]["moved"] == 0
    assert rows[10.0, "SGD"]["gradient"] > 0.0
    assert rows[10.0, "SGD"]["moved"] == 2
    assert rows[100_000.0, "SGD, l2 on biases"]["moved"] == 2


def test_the_quick_run_has_a_map_and_figures(finding: Finding):
    found = np.array(finding.numbers["map"])
    assert found.shape == (len(initialization.SCALES), len(initialization.RATES))
    assert found[-1].sum() == 0  # weights of 100
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)


def test_the_code_for_the_reader_runs(finding: Finding, capsys: pytest.CaptureFixture[str]):
    exec(finding.code.replace("seeds=16", "seeds=2"), {})
    assert "of 2 solved" in capsys.readouterr().out
