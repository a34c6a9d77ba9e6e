"""The table: what is in it at which width, in characters as on the screen."""

import io

import pytest
from rich.console import Console

import amenable as am
from amenable.baselines import Baseline
from amenable.cli.findings import find
from amenable.cli.table import MOST_ROWS, baseline_table, sweep_table
from amenable.population import Configuration

GOAL = "validation accuracy >= 0.9"


def drawn(table, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


@pytest.fixture
def findings(made):
    """Rows for networks of many widths; the first half of them solved."""

    def build(n, trainings=None, status=("solved", "exhausted"), **more):
        chosen = trainings or [am.Training(steps=2000, goal=GOAL)]
        pairs = [
            Configuration(am.mlp(2, width, width, 1, activation="leaky_relu"), it)
            for width in range(1, n + 1)
            for it in chosen
        ]
        half = len(pairs) // 2
        states = [status[0]] * (20 * half) + [status[1]] * (20 * (len(pairs) - half))
        return find(made(states, configurations=pairs, **more))

    return build


def test_a_wide_screen_has_all_columns(findings):
    text = drawn(sweep_table(findings(2), 120, is_whole=False)[0], 120)
    for word in ("structure", "activation", "parameters", "interval", "steps", "best", "diverged"):
        assert word in text
    assert "2-1-1-1" in text
    assert "leaky_relu(0.01)" in text
    assert "100 [84, 100]" in text


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_nothing_is_cut_in_the_middle(findings, width):
    trainings = [
        am.Training(am.SGD(lr), steps=10, goal=GOAL, l2=l2) for lr in (0.1, 1.0) for l2 in (0, 0.5)
    ]
    found = findings(2, trainings if width >= 80 else None)
    table, notes = sweep_table(found, width, is_whole=False)
    text = drawn(table, width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    if width < 100:
        assert any("No room for" in note or "None diverged" in note for note in notes)


def test_only_what_varies_gets_a_column(findings):
    assert "lr" not in drawn(sweep_table(findings(2), 120, is_whole=False)[0], 120).split()
    rates = [am.Training(am.SGD(lr), steps=10, goal=GOAL) for lr in (0.1, 1.0)]
    text = drawn(sweep_table(findings(2, rates), 120, is_whole=False)[0], 120)
    assert "lr" in text.split()
    assert "optimizer" not in text


def test_long_tables_are_cut_and_say_so(findings):
    found = findings(40)
    table, notes = sweep_table(found, 100, is_whole=False)
    assert table.row_count == MOST_ROWS
    assert notes[0] == "… and 15 more, never solved; --all shows them"
    table, notes = sweep_table(found, 100, is_whole=True)
    assert table.row_count == 40
    assert not any("--all" in note for note in notes)


def test_diverged_networks_keep_their_column_longest(findings):
    found = findings(2, status=("solved", "diverged"))
    text = drawn(sweep_table(found, 76, is_whole=False)[0], 76)
    assert "diverged" in text
    assert "best" not in text


def test_an_interrupted_sweep_shows_how_many_seeds_each_row_has(made):
    pairs = [
        Configuration(am.mlp(2, width, 1), am.Training(steps=10, goal=GOAL)) for width in (2, 4)
    ]
    found = find(made(["solved"] * 8 + ["cancelled"] * 2, configurations=pairs))
    table, notes = sweep_table(found, 100, is_whole=False)
    assert "seeds" in drawn(table, 100)
    assert any("8 of 10 networks count" in note for note in notes)


def test_baselines_say_whether_they_reach_the_goal(findings):
    models = [
        Baseline("majority", "accuracy", 0.5, "validation", 0.0),
        Baseline("kernel [machine]", "accuracy", 0.95, "validation", 0.1, ("a [note]",)),
        Baseline("broken", "accuracy", float("nan"), "validation", 0.1),
    ]
    lines = drawn(baseline_table(models, findings(2)), 100).splitlines()[2:]
    assert [line.split()[-2:] for line in lines] == [
        ["a", "[note]"],
        ["0.500", "no"],
        ["-", "no"],
    ]
    assert "kernel [machine]" in lines[0]
    assert "yes" in lines[0]


def test_baselines_in_another_metric_do_not(findings, made):
    found = find(made(["solved"] * 2, goal="training accuracy >= 1"))
    models = [Baseline("majority", "accuracy", 0.5, "validation", 0.0)]
    assert "reaches" not in drawn(baseline_table(models, found), 100)
