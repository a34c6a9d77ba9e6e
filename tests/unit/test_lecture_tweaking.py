"""The experiment on tweaking: its rules, the search, the quick run."""

import pytest
from matplotlib.figure import Figure

from amenable.lecture.finding import Finding, Scale
from amenable.lecture.points import SEARCH_FROM, Count
from amenable.lecture.tweaking import checks
from amenable.lecture.tweaking.search import FRESH, SECOND_ROUND, failures, seeds_of, settings


@pytest.fixture(scope="module")
def finding(quick) -> Finding:
    return quick("tweaking")


def test_all_claims_hold_where_every_structure_is_made_to_work():
    first, second = {"a": Count(100, 100)}, {"b": Count(95, 100)}
    assert [it.holds for it in checks(first, second, first)] == [True] * 4


def test_no_claim_holds_where_the_search_is_no_help():
    none = {"a": Count(100, 100), "b": Count(50, 100)}
    assert [it.holds for it in checks(none, none, none)] == [False] * 4


def test_working_as_a_rule_is_not_working_nearly_always():
    found = checks({"a": Count(80, 100)}, {}, {"b": Count(0, 100)})
    assert [it.holds for it in found] == [True, False, False]


def test_settings_are_the_same_on_each_call_and_differ_from_each_other():
    assert settings(8) == settings(16)[:8]
    assert len(set(settings(32))) == 32


def test_the_quick_run_searches_for_what_failed(finding: Finding):
    failed = failures(Scale(is_quick=True))
    assert failed
    for (activation, hidden), steps in failed.items():
        assert all(count.fraction < 0.5 for count in steps.values())
        name = f"{activation} {'-'.join(map(str, hidden))}"
        assert finding.numbers[name]["fresh"]["trials"] == 20
        assert set(finding.numbers[name]["before"]) == set(steps)
    assert finding.numbers["sigmoid 2"]["fresh"]["solved"] == 0
    assert len(finding.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in finding.illustrations)


def test_search_and_measurement_share_no_seed():
    scale = Scale()
    first, second, fresh = seeds_of(scale)
    starts = (SEARCH_FROM, SECOND_ROUND, FRESH)
    ranges = [
        range(start, start + n) for start, n in zip(starts, (first, second, fresh), strict=True)
    ]
    assert len(set().union(*ranges)) == first + second + fresh


def test_the_code_for_the_reader_runs(finding: Finding, capsys: pytest.CaptureFixture[str]):
    exec(finding.code.replace("seeds=100", "seeds=4").replace("10_020", "10_002"), {})
    assert "of 4 solved" in capsys.readouterr().out
