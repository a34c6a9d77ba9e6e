"""Defaults: rules of thumb, and a goal that can be reached but not by guessing."""

import math
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from amenable.baselines import Baseline, baselines
from amenable.datasets import Dataset, load
from amenable.datasets.catalogue import load_for_sweep
from amenable.datasets.repeated import REPEATS, WIDE_REPEATS
from amenable.space import defaults
from amenable.sweep import make_plan
from amenable.training import OPTIMIZERS, Training, parse_goal


def scored(*scores: float, metric: str = "accuracy") -> list[Baseline]:
    """Baselines with these scores, the first of them the one that guesses."""
    return [Baseline(f"model {i}", metric, it, "validation", 0.0) for i, it in enumerate(scores)]


def random_data(n: int, inputs: int, classes: int = 2) -> Dataset:
    rng = np.random.default_rng(0)
    return Dataset.from_arrays(rng.normal(size=(n, inputs)), np.arange(n) % classes)


def test_structures_go_from_none_to_two_hidden_layers():
    for name in ("xor", "moons", "digits", "parity"):
        found = defaults.structures(load(name))
        assert "none" in found
        assert {it.count(",") for it in found} == {0, 1}


def test_digits_get_a_thousand_networks():
    n_hidden = len(defaults.structures(load("digits"))) - 1
    assert (n_hidden * len(defaults.ACTIVATIONS) + 1) * defaults.SEEDS[0] >= 1000


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize("inputs", [2, 10, 200])
def test_every_optimizer_has_a_rate_and_a_batch_for_all_data(name, inputs):
    data = random_data(100, inputs)
    assert 0 < defaults.learning_rate(name, data) < 1
    assert defaults.batch(name, data) in ("full", 32)


def test_signs_of_gradients_are_taken_of_all_samples():
    assert defaults.batch("rprop", load("digits")) == "full"
    assert defaults.batch("adam", load("digits")) == 32
    assert defaults.batch("adam", load("xor")) == "full"


def test_little_data_is_passed_more_often_than_much():
    few, many = (defaults.epochs(random_data(n, 2), 32) for n in (200, 20_000))
    assert few > 10 * many
    assert many >= defaults.FEWEST_EPOCHS


def test_where_training_is_dear_there_are_fewer_seeds_then_fewer_structures():
    assert defaults.seeds(1e9) == defaults.SEEDS[0]
    assert defaults.seeds(defaults.MOST_WORK) == defaults.SEEDS[-1]
    each = [defaults.MOST_WORK / defaults.SEEDS[-1] / 6] * 9
    assert defaults.affordable([1e9] * 9) == 9
    assert defaults.affordable(each) == 6
    assert defaults.affordable([1e15] * 9) == defaults.FEWEST_STRUCTURES


def test_budgets_are_round_numbers():
    assert [defaults._rounded(n) for n in (1, 20, 34, 102, 5000)] == [1, 20, 40, 150, 5000]


def test_the_goal_is_looked_at_often_but_not_always():
    data = load("xor")
    training = Training(batch="full", epochs=5000)
    assert defaults.probe_every(data, training) == 10
    assert defaults.probe_every(load("digits"), Training(epochs=40)) == 34


def test_truth_tables_must_be_learned_whole():
    goal, _ = defaults.goal(load("xor"), scored(0.5, 1.0))
    assert parse_goal(goal).value == 1
    assert parse_goal(goal).split == "training"


def test_the_goal_is_nearly_as_good_as_the_best_model():
    goal, reason = defaults.goal(load("digits"), scored(0.1, 0.964, 0.994, math.nan))
    assert goal == "test accuracy >= 0.97"
    assert "model 2" in reason


@pytest.mark.parametrize(
    ("floor", "others", "has_goal"),
    [
        (0.5, [0.5, 0.5], False),
        (0.9, [0.8, math.nan], False),
        (0.5, [math.nan], False),
        (1.0, [1.0], False),
        (0.98, [0.981], True),
    ],
)
def test_the_goal_is_never_met_by_guessing_and_never_impossible(floor, others, has_goal):
    goal, reason = defaults.goal(load("moons"), scored(floor, *others))
    assert (goal is not None) == has_goal
    if goal is None:
        assert "cannot be told from guessing" in reason or "could be fitted" in reason
    else:
        assert floor < parse_goal(goal).value <= 1


def test_few_rows_that_judge_do_not_ask_for_luck():
    data = load("iris")
    goal, reason = defaults.goal(data, scored(0.33, 0.96))
    assert len(data.test) == 30
    assert goal == "test accuracy >= 0.84"  # 26 of 30, and not 0.94, which is 29 of 30
    assert "bad luck with 30 test rows" in reason


def test_the_luck_of_rows_is_measured_over_splits():
    few, many = (
        replace(scored(0.5, 0.95)[1], by_split=(0.95 - d, 0.95, 0.95 + d)) for d in (0.04, 0.001)
    )
    data = load("digits")
    assert defaults.goal(data, [scored(0.5)[0], few])[0] == "test accuracy >= 0.85"
    # Splits that agree by chance are not believed: 359 rows are known to 0.011 and no better.
    assert defaults.goal(data, [scored(0.5)[0], many])[0] == "test accuracy >= 0.92"


def test_numbers_have_a_goal_too():
    goal, _ = defaults.goal(load("sine"), scored(-0.02, 0.575, 0.998, metric="r2"))
    assert goal is not None
    assert goal.endswith("r2 >= 0.97")
    hopeless, _ = defaults.goal(load("sine"), scored(math.nan, -0.5, -0.2, metric="r2"))
    assert hopeless is None


def test_errors_have_a_goal_below_that_of_the_mean():
    goal, _ = defaults.goal(load("sine"), scored(1.0, 0.1, 0.5, metric="rmse"))
    assert goal is not None
    assert goal.endswith("rmse <= 0.13")


def test_what_cannot_be_told_from_guessing_has_no_default_goal():
    rng = np.random.default_rng(0)
    coins = Dataset.from_arrays(rng.normal(size=(200, 5)), rng.integers(0, 2, 200))
    goal, reason = defaults.goal(coins, baselines(coins))
    assert goal is None
    assert re.fullmatch(
        r"the best of scikit-learn's models \(.*, 0\.\d+\) cannot be told from guessing "
        r"\(0\.\d+\) on 40 validation rows",
        reason,
    )


def test_remarks_on_goals():
    x = np.arange(100.0)[:, None]
    data = Dataset.from_arrays(x, np.arange(100) % 10 == 0, validation=0.3)
    models = scored(0.9, 0.95)
    said = partial(defaults.goal_remarks, data=data, baselines=models)
    assert said("validation accuracy >= 0.94") == ()
    assert said("validation accuracy >= 0.9") == (
        "Guessing the most frequent class reaches this goal: its accuracy on the validation rows "
        "is 0.900.",
    )
    assert said("validation accuracy >= 0.995") == (
        "None of scikit-learn's models reaches this goal: the best, model 1, has 0.950.",
        "With 30 validation rows, this goal asks for all of them: one wrong makes 0.967.",
    )
    assert "the mean" in defaults.goal_remarks("r2 >= -0.1", load("sine"), ())[0]


def test_wide_tables_get_few_steps_and_few_splits(tmp_path):
    """A micro-array: more inputs than rows."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(72, 5000)), np.arange(72) % 2
    data = Dataset.from_arrays(x, y)
    assert defaults.epochs(data, 32) * defaults.steps_per_epoch(data, 32) == defaults.STEPS_WIDE
    narrow = Dataset.from_arrays(x[:, :40], y)
    steps = defaults.epochs(narrow, 32) * defaults.steps_per_epoch(narrow, 32)
    assert steps > defaults.STEPS_WIDE
    np.savez(tmp_path / "wide.npz", x=x, y=y)
    np.savez(tmp_path / "narrow.npz", x=x[:, :40], y=y)
    assert len(load_for_sweep(tmp_path / "wide.npz")) == WIDE_REPEATS
    assert len(load_for_sweep(tmp_path / "narrow.npz")) == REPEATS


def test_the_time_is_said_where_it_is_long():
    rng = np.random.default_rng(0)
    data = Dataset.from_arrays(rng.normal(size=(72, 5000)), np.arange(72) % 2)
    (said,) = [it for it in make_plan(data, hidden=[64], seeds=500).remarks if "will take" in it]
    assert re.fullmatch(r"it will take about \d+ minutes? on \d+ cores? of this machine", said)
    quick = make_plan(data, hidden=[2], seeds=2, activation="tanh")
    assert not any("will take" in it for it in quick.remarks)
