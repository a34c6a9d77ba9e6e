"""`am.sweep`: what it trains, what it holds, and that it is what the command gives."""

import json
from pathlib import Path

import numpy as np
import pytest

import amenable as am
from amenable.cli import main
from amenable.errors import DescriptionError
from amenable.space import defaults
from amenable.sweep import make_plan, read_study

SMALL = {"hidden": [2, (4, 4)], "activation": ["tanh", "relu"], "seeds": 8, "epochs": 20}


@pytest.fixture(scope="module")
def found():
    return am.sweep("moons", **SMALL, progress=False)


def test_it_holds_what_it_found(found):
    assert len(found.trials) == len(found.population) == 4 * 8
    assert len(found.table.rows) == 4
    assert found.goal.startswith("test accuracy >= ")
    assert found.baselines[0].name == "majority"
    assert found.control.trials == 4 * 2
    assert found.comparisons.all
    assert found.smallest is not None
    _, seed, value = found.best  # chosen on validation rows, told on test rows
    assert found.trials.final[:, 1, 1].max() in found.trials.final[found.trials.seed == seed, 1, 1]
    assert value in found.trials.final[:, 2, 1]


def test_it_is_what_the_command_gives(found, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    words = ("--hidden", "2", "--hidden", "4,4", "--activation", "tanh", "--activation", "relu")
    assert main(["sweep", "moons", *words, "--seeds", "8", "--epochs", "20"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    mine = " ".join(str(found).split("Next, ")[0].split())
    assert mine in printed


def test_notebooks_show_it(found):
    html = found._repr_html_()
    assert html.count("<table>") == 2
    assert "2-4-4-1" in html
    assert "test accuracy &gt;=" in html
    assert repr(found) == "Sweep('moons': 32 networks, 4 configurations)"


def test_it_is_saved(found, tmp_path):
    found.save(tmp_path / "a.json")
    found.save(tmp_path / "a.csv")
    record = json.loads((tmp_path / "a.json").read_text())
    assert record["format"] == "amenable sweep"
    assert len(record["configurations"]) == 4
    assert record["sentences"] == list(found.sentences)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 5
    with pytest.raises(DescriptionError, match=r"ends in \.json or \.csv"):
        found.save(tmp_path / "a.txt")


def test_a_study_says_the_same_when_it_is_read_again(found, tmp_path):
    path = tmp_path / "a.study"
    kept = am.sweep("moons", **SMALL, study=path, progress=False)
    read = read_study(am.Study(path))
    for it in (kept, read):
        assert it.sentences == found.sentences
        assert it.baselines[1:] and [(one.name, one.score) for one in it.baselines] == [
            (one.name, one.score) for one in found.baselines
        ]
        assert it.control == found.control
        assert it.table.to_frame().equals(found.table.to_frame())


def test_what_ran_is_in_the_file(tmp_path):
    path = tmp_path / "a.study"
    lr = am.log_range(1e-3, 1)
    am.sweep("xor", hidden=4, lr=lr, draws=3, draw_seed=7, seeds=2, steps=20, study=path,
             progress=False)  # fmt: skip
    notes = am.Study(path).notes("space", "draw", "policy", "goal_reason")
    assert am.Space.from_dict(notes["space"]).varying == ("activation", "lr")
    assert notes["draw"] == {"method": "sobol", "n": 3, "seed": 7}
    assert notes["policy"]["kind"] == "fixed_seeds"
    assert "truth table" in notes["goal_reason"]


def test_a_study_that_is_extended_knows_its_first_rate(tmp_path):
    options = {"hidden": 2, "activation": "tanh", "steps": 20, "seeds": 2, "progress": False}
    am.sweep("moons", **options, study=tmp_path / "a.study")
    found = am.sweep("moons", **options, lr=0.5, study=tmp_path / "a.study")
    assert found.table.names == ("lr",)
    assert {row.settings for row in found.table.rows} == {("0.03",), ("0.5",)}


def test_the_same_call_goes_on(tmp_path):
    options = {"hidden": 2, "activation": "tanh", "steps": 20, "study": tmp_path / "a.study"}
    first = am.sweep("moons", **options, seeds=2, progress=False)
    again = am.sweep("moons", **options, seeds=4, progress=False)
    assert (first.n_trained, again.n_trained, len(again.trials)) == (2, 2, 4)


def test_the_budget_is_of_the_data():
    plans = [make_plan("iris", seeds=n) for n in (100, 1_000, 20_000)]
    assert {it.epochs for plan in plans for it in plan.trainings} == {
        defaults.epochs(am.load("iris"), 32)
    }


def test_where_time_is_dear_seeds_and_structures_are_fewer_and_it_is_said():
    rng = np.random.default_rng(0)
    data = am.Dataset.from_arrays(rng.normal(size=(60_000, 784)), np.arange(60_000) % 10, test=0)
    plan = make_plan(data)
    assert plan.n_seeds == 8
    assert any("8 seeds each" in it for it in plan.remarks)
    assert any("largest structures" in it for it in plan.remarks)


def test_any_setting_is_taken_and_checked():
    plan = make_plan("xor", hidden=3, optimizer="sgd", momentum=[0.0, 0.9], clip_norm=1.0)
    assert [it.optimizer.momentum for it in plan.trainings] == [0.0, 0.9]
    assert {it.clip_norm for it in plan.trainings} == {1.0}
    with pytest.raises(DescriptionError, match="momentun"):
        make_plan("xor", momentun=0.9)
    with pytest.raises(DescriptionError, match=r"sweep\.seeds: expected how many"):
        make_plan("xor", seeds=0)
    with pytest.raises(DescriptionError, match=r"sweep\.lr: the space has it already"):
        make_plan("xor", am.Space(hidden=3), lr=0.1)


def test_a_goal_on_training_rows_needs_no_control():
    found = am.sweep("xor", hidden=4, activation="tanh", seeds=2, steps=50, progress=False)
    assert found.control is None


def test_without_a_goal_nothing_is_counted():
    found = am.sweep("moons", hidden=2, activation="tanh", seeds=2, steps=20, goal=None,
                     progress=False)  # fmt: skip
    assert (found.goal, found.comparisons, found.smallest, found.control) == (None,) * 4
    assert "no goal" in str(found)


def test_the_next_call_is_python_that_runs(found):
    text = found.next_call
    assert text.startswith("am.sweep('moons', ")
    made = eval(text.replace("am.sweep(", "make_plan(", 1), {"make_plan": make_plan})
    assert made.goal == found.goal
    assert {it.epochs for it in made.trainings} & {20, 60}


def test_small_tables_are_split_anew_for_each_seed(tmp_path):
    path = tmp_path / "a.study"
    options = {"hidden": 3, "activation": "tanh", "seeds": 4, "steps": 50, "progress": False}
    found = am.sweep("iris", **options, study=path)
    assert len(found.plan.splits) == found.trials.n_splits == found.data.n_splits == 32
    assert "there are 32 splits" in str(found)
    assert "30 test rows of their own split" in str(found)
    assert read_study(am.Study(path)).trials.n_splits == 32
    once = am.sweep("iris", **options, splits=1)
    assert once.trials.n_splits == 1
    alone = am.train(am.mlp(4, 3, 3), found.plan.splits[3], found.trials.configurations[0].training,
                     seeds=[3], progress=False)  # fmt: skip
    assert (found.trials.final[3] == alone.final[0]).all()


def test_where_one_class_is_rare_the_goal_sees_it():
    x = np.random.default_rng(0).normal(size=(600, 2))
    data = am.Dataset.from_arrays(x, (x[:, 0] > 1.8).astype(int), name="rare")
    plan = make_plan(data, hidden=2, activation="tanh", seeds=2, steps=20)
    models = plan.models()
    assert {it.metric for it in models} == {"balanced_accuracy"}
    assert plan.with_default_goal(models).goal.startswith("test balanced_accuracy >= ")


def test_models_are_measured_as_the_goal():
    plan = make_plan("moons", hidden=2, goal="log_loss <= 0.2")
    assert {it.metric for it in plan.models()} == {"log_loss"}


def test_larger_tables_are_split_once_however_many_seeds(tmp_path):
    rows = np.random.default_rng(0).normal(size=(2_001, 3))
    np.savetxt(tmp_path / "large.csv", rows, delimiter=",", header="a,b,y", comments="")
    plans = [make_plan(tmp_path / "large.csv", hidden=8, seeds=n) for n in (2, 1000)]
    assert all(isinstance(it.splits, am.Dataset) for it in plans)
    small = [make_plan("digits", hidden=8, seeds=n) for n in (2, 1000)]
    assert [len(it.splits) for it in small] == [32, 32]


def noise(n=200):
    """Coin tosses, whatever the inputs."""
    rng = np.random.default_rng(1)
    return am.Dataset.from_arrays(rng.normal(size=(n, 4)), rng.integers(2, size=n), name="noise")


def test_coin_tosses_have_no_goal_and_nothing_to_try_next():
    found = am.sweep(noise(), hidden=[2, 8], activation="tanh", seeds=4, progress=False)
    assert found.goal is None
    assert "cannot be told from guessing" in found.goal_reason
    assert "There is no goal: " in found.sentences[0]
    assert found.suggestion is None


def test_coin_tosses_are_called_luck_where_a_goal_is_asked_for():
    found = am.sweep(noise(), hidden=[2, 8], activation="tanh", seeds=100, steps=50,
                     goal="accuracy >= 0.35", progress=False)  # fmt: skip
    said = " ".join(found.sentences)
    assert found.control.fraction > 0.5
    assert said.startswith("Even the best structure does no better than luck. ")
    assert "is reliable" not in said
    assert "on shuffled targets" in said


def test_a_goal_that_guessing_reaches_is_remarked(tmp_path):
    y = np.repeat([0, 1], [190, 10])
    rng = np.random.default_rng(0)
    data = am.Dataset.from_arrays(rng.normal(size=(200, 3)), y, name="rare")
    path = tmp_path / "a.study"
    found = am.sweep(data, hidden=2, activation="tanh", seeds=2, steps=50, goal="accuracy >= 0.9",
                     study=path, progress=False)  # fmt: skip
    assert any("Guessing the most frequent class reaches" in it for it in found.sentences)
    assert read_study(am.Study(path)).goal_remarks == found.goal_remarks


CASES = Path(__file__).parents[2].parent / "shared" / "cases"


@pytest.mark.skipif(not CASES.exists(), reason="needs cases that are not in the repository")
def test_the_case_of_noise_that_was_reliable(capsys):
    path = CASES / "02-noise-is-reliable" / "noise.csv"
    words = ("--hidden", "4", "--hidden", "16", "--activation", "tanh", "--activation", "relu")
    assert main(["sweep", str(path), *words, "--seeds", "32"]) == 0
    out = capsys.readouterr().out
    assert "is reliable" not in out
    assert "cannot be told from guessing" in " ".join(out.split())
