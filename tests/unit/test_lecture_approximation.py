"""The experiment on approximation: its functions, its rules, its pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.lecture import approximation
from amenable.lecture.approximation import measures as approximation_measures
from amenable.lecture.approximation import pictures as approximation_pictures
from amenable.lecture.finding import Finding


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("approximation")


def test_finding_is_complete(found):
    assert len(found.checks) == 5
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    compile(found.code, "code", "exec")


@pytest.mark.parametrize("name", list(approximation_measures.FUNCTIONS))
def test_functions_are_those_of_the_toys(name):
    data = am.load(name, n=101, validation=0.0, test=0.0)
    assert approximation_measures.FUNCTIONS[name](data.x[:, 0]) == pytest.approx(
        data.y[:, 0], abs=1e-12
    )


@pytest.mark.parametrize("kind", list(approximation_measures.KINDS))
@pytest.mark.parametrize("name", list(approximation_measures.FUNCTIONS))
def test_networks_by_hand_are_as_good_as_asked(name, kind):
    for it in approximation_measures.hand_made(name, kind, (0.2, 0.05)):
        assert it.error <= it.asked


def test_a_layer_needs_the_pieces_it_needs():
    # with two pieces the best error for x squared on [0, 1] is 1/32, and one unit makes two pieces
    assert approximation_measures.shallow_units(1 / 32) == 1
    assert approximation_measures.shallow_units(1 / 33) == 2
    assert approximation_measures.shallow_units(1 / 8) == 1


def test_step_is_not_judged_at_its_jump():
    model = approximation_measures._ramp()
    errors = approximation_measures.largest_errors(
        model.network,
        model.flat[None],
        approximation_measures.step,
        approximation_measures.GRID,
        "step",
    )
    assert errors[0] < 1e-5
    assert approximation_measures.largest_errors(
        model.network, model.flat[None], approximation_measures.step, approximation_measures.GRID
    )[0] == pytest.approx(0.5, abs=0.05)


def _race(by_hand: float, trained: float, late: float) -> approximation_measures.Race:
    """Errors by hand fall to the power `by_hand`, trained ones `late` over the upper half."""
    widths = (2, 4, 8, 16)
    units = np.array(widths, dtype=float)
    made = {
        kind: tuple(
            approximation_measures.ByHand(error, int(n), 0.9 * error)
            for n, error in zip(units, units**by_hand, strict=True)
        )
        for kind in approximation_measures.KINDS
    }
    errors = np.repeat(trained * units[:, None] ** late, 12, axis=1)
    return approximation_measures.Race("sine", widths, made, {"sigmoid": errors, "relu": errors})


def _deep(error: float, units: int, trained: float) -> approximation_measures.Deep:
    return approximation_measures.Deep(4, units, error, 11, np.full(12, trained))


@pytest.mark.parametrize("is_so", [True, False])
def test_rules_both_ways(is_so):
    race = _race(-2.0, 1.0, -0.1) if is_so else _race(-0.1, 0.1, -2.0)
    deep = _deep(2.0**-10, 8, 0.5) if is_so else _deep(0.1, 20, 0.01)
    checks = approximation.checks([race], [deep])
    assert [it.holds for it in checks] == [is_so] * 5


def test_pictures_of_the_whole_run():
    errors = (0.2, 0.1)
    race = approximation_measures.Race(
        "bumps",
        (4, 32),
        {
            kind: approximation_measures.hand_made("bumps", kind, errors)
            for kind in approximation_measures.KINDS
        },
        {},
    )
    picture = approximation_pictures.draw_one(race, 2, 20)
    assert isinstance(picture.figure, Figure)
    assert "by hand" in picture.caption
