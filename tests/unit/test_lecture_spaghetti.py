"""The experiment on depth, optimizer and activation: its rules and the quick run."""

import pytest
from matplotlib.figure import Figure

from amenable.lecture import spaghetti
from amenable.lecture.finding import FAILS, HOLDS, Finding, Scale
from amenable.lecture.points import SEARCH_FROM, Count
from amenable.lecture.spaghetti import checks
from amenable.lecture.spaghetti.steps import JUDGED, STEPS, WIDE, StepChange, trials_on
from amenable.statistics import Interval, PairedDifference


@pytest.fixture(scope="module")
def finding(quick) -> Finding:
    return quick("spaghetti")


def verdict(solved: dict[str, tuple[int, int, int]], depth: float, tanh: float, p: float) -> str:
    """Of made-up counts out of 100, and differences by depth under SGD and by tanh."""
    counts = {
        (step, hidden): Count(n, 100)
        for step, row in solved.items()
        for hidden, n in zip(WIDE, row, strict=True)
    }
    first, second, third, _ = STEPS
    compared = [comparison((first, WIDE[0]), (first, it), depth, p) for it in WIDE[1:]]
    compared += [comparison((second, it), (third, it), tanh, p) for it in WIDE]
    found = checks(counts, compared)
    return Finding("", "", found, {}).verdict


def comparison(before, after, difference: float, p_value: float) -> StepChange:
    found = PairedDifference(0, 0, 0, 100, difference, Interval(-1, 1), p_value)
    return StepChange(before, after, found, p_value)


def test_all_claims_hold_where_the_lecture_is_right():
    solved = dict(zip(STEPS, [(90, 5, 5), (90, 90, 5), (90, 90, 90), (99, 99, 99)], strict=True))
    assert verdict(solved, depth=-0.85, tanh=0.4, p=0.001) == HOLDS


def test_no_claim_holds_where_it_is_wrong():
    solved = dict(zip(STEPS, [(5, 90, 90), (90, 90, 90), (90, 90, 90), (50, 9, 9)], strict=True))
    assert verdict(solved, depth=0.85, tanh=0.1, p=0.001) == FAILS


def test_differences_within_chance_do_not_count():
    solved = dict(zip(STEPS, [(9, 5, 5), (90, 90, 90), (90, 90, 90), (50, 9, 9)], strict=True))
    assert verdict(solved, depth=-0.85, tanh=0.4, p=0.2) == FAILS


def test_the_quick_run_compares_each_step_and_each_depth(finding: Finding):
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)
    assert len(finding.numbers["fractions"]) == len(STEPS) * len(WIDE)
    comparisons = finding.numbers["comparisons"]
    assert len(comparisons) == 3 * len(WIDE) + 2 * len(STEPS)
    fractions = finding.numbers["fractions"]
    for it in comparisons:
        after, before = (fractions[f"two islands, {it[end]}"] for end in ("after", "before"))
        assert it["difference"] == pytest.approx((after["solved"] - before["solved"]) / 24)


def test_the_seeds_that_choose_are_not_those_that_measure():
    found = trials_on(JUDGED, Scale(is_quick=True))
    for population in found.populations.values():
        assert max(population.seeds) < SEARCH_FROM


def test_a_second_quick_run_finds_the_same(finding: Finding):
    trials_on.cache_clear()
    again = spaghetti.EXPERIMENT.run(Scale(is_quick=True))
    assert again.numbers == finding.numbers
    assert (again.summary, again.checks) == (finding.summary, finding.checks)
