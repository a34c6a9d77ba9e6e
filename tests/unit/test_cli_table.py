"""The table on the screen: what is in it at which width."""

import io

import numpy as np
import pytest
from rich.console import Console

from amenable.baselines import Baseline
from amenable.cli.table import MOST_ROWS, show_found
from amenable.sweep import Sweep

WIDTHS = [{"hidden": [width, width], "activation": "leaky_relu"} for width in range(1, 41)]


@pytest.fixture
def shown(simulated):
    """The screen, for so many structures of which the first half is solved."""

    def show(n, width=120, is_whole=False, settings=None, baselines=(), **more):
        chosen = settings or WIDTHS[:n]
        found = Sweep(
            simulated(chosen, np.arange(len(chosen)) < len(chosen) / 2, **more), tuple(baselines)
        )
        console = Console(file=io.StringIO(), width=width, markup=False)
        show_found(console, found, is_whole)
        return console.file.getvalue()

    return show


def test_a_wide_screen_has_all_columns(shown):
    text = shown(2)
    for word in ("structure", "activation", "parameters", "seeds", "interval", "steps", "best"):
        assert word in text
    assert "2-1-1-1" in text
    assert "leaky_relu(0.01)" in text
    assert "100 [89, 100]" in text


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_nothing_is_cut_in_the_middle(shown, width):
    settings = [{"hidden": [3], "lr": lr, "batch": batch} for lr in (0.1, 1.0) for batch in (8, 16)]
    table = shown(0, width, settings=settings if width >= 80 else WIDTHS[:2]).split("Best first")[0]
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= width
    if width < 80:
        assert "No room for" in table


def test_only_what_varies_gets_a_column(shown):
    assert "lr" not in shown(2).split()
    text = shown(0, settings=[{"lr": 0.1}, {"lr": 1.0}])
    assert "lr" in text.split()
    assert "optimizer" not in text


def test_long_tables_are_cut_and_say_so(shown):
    text = shown(40, 100)
    assert sum(" leaky_relu(0.01) " in line for line in text.splitlines()) == MOST_ROWS
    assert "… and 15 more, never solved; --all shows them" in text
    assert "--all" not in shown(40, 100, is_whole=True)


def test_baselines_say_whether_they_reach_the_goal(shown):
    models = [
        Baseline("majority", "accuracy", 0.5, "validation", 0.0),
        Baseline("kernel [machine]", "accuracy", 0.95, "validation", 0.1, ("a [note]",)),
        Baseline("broken", "accuracy", float("nan"), "validation", 0.1),
    ]
    goal = "validation accuracy >= 0.9"
    text = shown(2, baselines=models, goal=goal)
    lines = text[text.index("scikit-learn") :].splitlines()[1:4]
    assert [line.split()[-2:] for line in lines] == [
        ["a", "[note]"],
        ["0.500", "no"],
        ["-", "no"],
    ]
    assert "kernel [machine]" in lines[0]
    assert "yes" in lines[0]
    assert "reaches" not in shown(2, baselines=models, goal="training accuracy >= 0.9")
