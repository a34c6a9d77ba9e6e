"""The page of a study: valid, whole, and right about studies of every kind."""

import base64
import json
import re
from dataclasses import replace

import html5lib
import numpy as np
import pytest

import amenable as am
from amenable.answers import factors
from amenable.answers.selection import only, table_of
from amenable.report import Subject, contents, report_page
from amenable.report.pictures import trainability_of

GRID = [
    {"hidden": [h], "activation": a, "lr": lr}
    for h in (2, 4, 8)
    for a in ("tanh", "relu")
    for lr in (0.01, 0.1)
]


@pytest.fixture(scope="module")
def results(simulated):
    rng = np.random.default_rng(0)
    chance = np.array([0.2 + 0.08 * it["hidden"][0] + 0.1 * (it["lr"] > 0.05) for it in GRID])
    steps = rng.integers(1, 100, (12, 40))
    solved = rng.random((12, 40)) < chance[:, None]
    return simulated(GRID, solved, steps=np.where(solved, steps, 100))


@pytest.fixture(scope="module")
def page(results):
    return report_page(contents(Subject("a & <b>.study", results, facts={"Begun with": "x < y"})))


def plain(text):
    """The words of a page."""
    html5lib.HTMLParser(strict=True).parse(text)  # raises at the first error
    text = re.sub(r'"data:[^"]*"', '""', text[text.index("<body") :])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")


def test_it_is_one_valid_file_that_fetches_nothing(page):
    html5lib.HTMLParser(strict=True).parse(page)
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert address.startswith(("data:", "#"))
    assert page.count("<script") == 1  # of the page itself, which its policy names by hash
    assert "url(" not in page
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    assert all(" alt=" in it for it in re.findall(r"<img [^>]*>", page))
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page


def test_everything_is_on_it(page):
    said = plain(page)
    for part in (
        "480 trials of 12 configurations.",
        "of all networks solve the problem (goal: validation accuracy &gt;= 0.9)",
        "2-8-1 tanh",
        "The cheapest way to a network that solves the problem is hidden",
        "The smallest structure",
        "Networks with width 8 solve",
        "corrected for 5 comparisons",
        "What matters most is hidden: it explains",
        "functional analysis of variance",
        "of 3 pairs of settings interact beyond chance",
        "on the frontier",
        "Kaplan-Meier",
        "Figure 1. What each setting does.",
        "Fraction solved over hidden and lr, of 480 trials",
        "Seeds 40 each",
        "x &lt; y",
    ):
        assert part in said, part


def test_names_are_escaped(page):
    assert "<title>Study a &amp; &lt;b&gt;.study</title>" in page
    assert "<b>" not in page


def test_all_numbers_are_in_it(page, results):
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', page)
    record = json.loads(base64.b64decode(data))
    assert record["trials"] == 480
    assert len(record["configurations"]) == 12
    assert sum(it["solved"] for it in record["configurations"]) == int(
        np.sum(results.final[:, 1, 1] == 1)
    )
    assert len(record["comparisons"]) == 5
    assert len(record["effects"]) == 6
    assert record["configurations"][0]["settings"].keys() == {"hidden", "activation", "lr"}


def test_the_same_results_give_the_same_page(results, page):
    again = report_page(contents(Subject("a & <b>.study", results, facts={"Begun with": "x < y"})))
    assert again == page


def test_an_unfinished_study_says_so(results):
    keep = results.configuration < 5
    some = only(results, np.arange(12) < 5)
    assert np.count_nonzero(keep) == len(some.seed)
    said = plain(report_page(contents(Subject("s", some, planned=480, is_complete=False))))
    assert "Unfinished: 200 of 480 trials of 5 configurations are done." in said
    still = contents(Subject("s", results, planned=480, is_complete=False))
    assert still.state.startswith("Unfinished: 480 trials of ")  # a policy may want more
    assert contents(Subject("s", results, planned=480)).state.startswith("480 trials of 12")


def test_nothing_finished(simulated):
    empty = simulated(GRID, np.zeros((12, 0)))
    said = plain(report_page(contents(Subject("s", empty, planned=480, is_complete=False))))
    assert "No trial is finished yet." in said
    assert "No trial is finished." in said
    assert "Figure" not in said


def test_without_goals_networks_are_compared_by_the_metric(simulated):
    metric = np.random.default_rng(1).random((12, 20))
    results = simulated(GRID, np.zeros((12, 20)), goal=None, metric=metric)
    said = plain(report_page(contents(Subject("s", results))))
    assert "they are compared by their validation acc" in said
    assert "The best by its median over seeds is 2-" in said
    assert "solved, %" not in said


def test_one_configuration(simulated):
    said = plain(report_page(contents(Subject("s", simulated(GRID[:1], np.array([0.75]))))))
    assert "32 trials of 1 configuration." in said
    assert "There is only one configuration, so there is nothing to compare." in said
    assert "The best is 2-2-1 tanh, with 9 parameters: 24 of 32 networks solve it" in said
    assert "Figure 1. Steps to solve." in said


def test_all_and_none_solved(simulated):
    for value in (0.0, 1.0):
        said = plain(report_page(contents(Subject("s", simulated(GRID, np.full(12, value))))))
        assert f"{100 * value:.1f} % of all networks solve the problem" in said
        assert "No setting has an effect on the fraction solved beyond chance." in said
        assert ("No structure solves the problem with at least 90 %" in said) == (value == 0)


def test_random_draws_have_effects_but_no_comparisons(simulated):
    rng = np.random.default_rng(2)
    settings = [
        {"lr": float(10 ** rng.uniform(-3, 0)), "l2": float(rng.random())} for _ in range(60)
    ]
    said = plain(report_page(contents(Subject("s", simulated(settings, rng.random(60))))))
    assert "lr and l2 were not compared: it has 60 values, too many to pair each." in said
    assert "What the effects do not explain counts as chance" in said.replace(": what", ": What")
    assert "of 1,920 trials. The largest is" in said


def test_too_few_draws_say_what_is_missing(simulated):
    settings = [{"lr": 0.1 * it, "l2": 1.0 / it, "batch": 2**it} for it in range(1, 4)]
    said = plain(report_page(contents(Subject("s", simulated(settings, np.full(3, 0.5))))))
    assert "configurations: expected at least" in said


def test_a_large_study_is_cut_with_a_remark(simulated, monkeypatch):
    rng = np.random.default_rng(3)
    settings = [
        {"hidden": [h], "lr": lr, "batch": b}
        for h in range(1, 26)
        for lr in np.geomspace(1e-4, 1, 10).tolist()
        for b in (8, 16)
    ]
    found = contents(Subject("s", simulated(settings, rng.random((500, 6)) < 0.5)))
    text = report_page(found)
    assert text.count("<tr>") > 500
    assert "not shown here" not in plain(text)
    monkeypatch.setattr("amenable.report.page.MOST_ROWS", 40)
    text = report_page(found)
    assert "460 more configurations are not shown here" in plain(text)
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', text)
    assert len(json.loads(base64.b64decode(data))["configurations"]) == 500


@pytest.mark.parametrize(
    "name",
    ["</title><script>", "a\x00b\x07\n", "caf\udce9", "x" * 300, "$\\frac$", "\ufffe\U0001f600"],
)
def test_weird_names_do_no_harm(simulated, name):
    settings = [{name: value, "b": i} for value in (name, f"{name}2") for i in (0, 1)]
    results = simulated(settings, np.array([0.1, 0.4, 0.6, 0.9]))
    text = report_page(contents(Subject(name, results, facts={name: name})))
    html5lib.HTMLParser(strict=True).parse(text)
    text.encode()
    assert text.count("<script") == 1


def test_pictures_of_networks_where_weights_were_kept(population):
    results = table_of(population)
    found = contents(Subject("s", results, population=population[:16]))
    text = report_page(found)
    assert "The best network." in text
    assert "Kept networks." in text
    without = report_page(contents(Subject("s", results)))
    assert "The best network." not in without


def test_the_map_pools_what_shares_a_cell(simulated):
    settings = [{"lr": lr, "batch": b, "x": x} for lr in (0.1, 1) for b in (8, 16) for x in (1, 2)]
    results = simulated(settings, np.arange(10) < np.arange(8)[:, None])
    lr, batch, _ = factors(results)
    found = trainability_of(results, lr, batch)
    assert found.trials.tolist() == [[20, 20], [20, 20]]
    assert found.solved.tolist() == [[0 + 1, 4 + 5], [2 + 3, 6 + 7]]
    assert found.pooled == 2


def test_goals_that_differ(simulated):
    a = simulated(GRID[:6], np.full(6, 0.5))
    b = simulated(GRID[6:], np.full(6, 0.5), goal="accuracy >= 0.99")
    mixed = replace(
        simulated(GRID, np.full(12, 0.5)), configurations=(*a.configurations, *b.configurations)
    )
    said = plain(report_page(contents(Subject("s", mixed))))
    assert "of all networks solve the problem (goals differ)" in said
    no_goal = simulated(GRID[6:], np.full(6, 0.5), goal=None)
    some = replace(mixed, configurations=(*a.configurations, *no_goal.configurations))
    assert "There is no goal" in plain(report_page(contents(Subject("s", some))))


def test_wrong_input_is_named():
    with pytest.raises(am.DescriptionError, match="results: expected TrialTable"):
        contents(Subject("s", 3))
