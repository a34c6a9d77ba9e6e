"""`amenable sweep` that keeps its trials: options and study files, resumed, drawn, decided."""

import json

import pytest

import amenable as am
from amenable.cli import main
from amenable.study.policies import FixedSeeds
from amenable.study.status import Run
from amenable.study.study import Study

QUICK = ("--hidden", "2", "--hidden", "4", "--activation", "tanh", "--seeds", "4", "--steps", "50")
FILE = """
[data]
name = "xor"

[space]
hidden = [2, 4]
steps = 50

[seeds]
n = 3
"""


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs the command in an empty folder, on a screen of 120 columns; status, stdout, stderr."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)

    def call(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_sweep_with_a_study_says_what_runs_and_keeps_it(run):
    status, out, err = run("sweep", "xor", *QUICK, "--study", "xor.study")
    assert status == 0
    for said in (
        "xor: 4 samples (4 to train), 2 inputs, 2 classes",
        "8 networks: 2 structures x 1 activation x 4 seeds",
        "adam, lr 0.03, full batch, 50 steps",
        "goal: training accuracy >= 1, all rows right",
        "kept in xor.study, a new study",
        "The best network is ",
        "amenable study xor.study",
    ):
        assert said in out
    assert err.startswith("8 networks in ")
    results = Study("xor.study").results()
    command = Study("xor.study").status.command.split()
    assert command[:3] == ["amenable", "sweep", "xor"]
    assert sorted(command[3:]) == sorted([*QUICK, "--study", "xor.study"])
    assert len(results) == 8
    assert [it["hidden"] for it in results.settings] == [[2], [4]]


def test_the_same_command_goes_on_and_another_adds(run):
    run("sweep", "xor", *QUICK, "--study", "xor.study")
    status, out, err = run("sweep", "xor", *QUICK, "--study", "xor.study")
    assert status == 0
    assert "kept in xor.study, which has 8 networks already" in out
    assert err == "Nothing was left to train.\n"
    run("sweep", "xor", *QUICK, "--seeds", "6", "--hidden", "3", "--study", "xor.study")
    assert len(Study("xor.study").results()) == 3 * 6


def test_a_study_trains_what_a_sweep_trains(run):
    """To the bit: the same defaults, but for the budget, which is typed."""
    run("sweep", "moons", *QUICK, "--study", "a.study")
    population = am.train(
        [am.mlp(2, 2, 1), am.mlp(2, 4, 1)],
        "moons",
        Study("a.study").results().configurations[0].training,
        seeds=4,
    )
    results = Study("a.study").results()
    assert results.steps.tolist() == population.steps.tolist()
    assert results.final[:, 1].tolist() == population.final[:, 1].tolist()


def test_ranges_are_drawn_and_need_no_study(run):
    status, out, err = run(
        *("sweep", "xor", "--hidden", "2..9", "--lr", "1e-3..1", "--batch", "1..4"),
        *("--draws", "5", "--seeds", "2", "--steps", "20"),
    )
    assert status == 0
    assert (
        "5 configurations, drawn by sobol: hidden 2 to 9; activation tanh, relu or sigmoid; " in out
    )
    assert "lr 0.001 to 1; batch 1 to 4" in " ".join(out.split())
    assert "kept in" not in out
    assert "amenable study" not in out
    assert err.startswith("10 networks in ")


def test_until_decided_says_what_was_decided(run):
    status, out, _ = run(
        *("sweep", "xor", "--hidden", "1", "--hidden", "8", "--activation", "tanh"),
        *("--steps", "300", "--until-decided", "0.2", "--study", "x.study"),
    )
    assert status == 0
    said = " ".join(out.split())
    assert (
        "32 to 1,024 seeds each, until an interval is at most 0.2 wide or clearly below an" in said
    )
    assert "Of 2 configurations, 1 known well enough and 1 clearly worse than the best" in said


def test_seeds_bound_until_decided(run):
    _, out, _ = run(
        *("sweep", "xor", "--hidden", "2", "--activation", "tanh", "--steps", "50"),
        *("--until-decided", "0.01", "--seeds", "20"),
    )
    assert "20 to 20 seeds each" in out
    assert "1 undecided after all seeds" in " ".join(out.split())


def test_halving_searches(run):
    status, out, err = run(
        *("sweep", "moons", "--hidden", "4", "--lr", "1e-3..1", "--draws", "9", "--epochs", "18"),
        *("--activation", "tanh", "--halving", "3", "--seeds", "2", "--study", "h.study"),
    )
    assert status == 0
    assert "2 seeds each with 1/9 of the budget; the best third with 1/3, all of it" in out
    assert "A search: rows with less than the full budget" in out
    assert err.startswith("26 networks in ")  # 2 x (9 + 3 + 1)
    epochs = [it["epochs"] for it in Study("h.study").results().settings]
    assert sorted(set(epochs)) == [2, 6, 18]


def test_a_study_file_runs_and_goes_on(run, tmp_path):
    (tmp_path / "xor.toml").write_text(FILE)
    status, out, err = run("sweep", "xor.toml")
    assert status == 0
    assert "6 networks: 2 structures x 1 activation x 3 seeds" in out
    assert "goal: training accuracy >= 1, all rows right" in out  # the file says no goal
    assert err.startswith("6 networks in ")
    assert "kept in xor.study, which has 6 networks already" in run("sweep", "xor.toml")[1]
    run("sweep", "xor.toml", "--study", "other.study")
    assert len(Study("other.study").results()) == 6


def test_results_are_written_for_programs(run, tmp_path):
    run("sweep", "xor", *QUICK, "--study", "x.study", "--json", "x.json", "--csv", "x.csv")
    assert len(json.loads((tmp_path / "x.json").read_text())["configurations"]) == 2
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 3


def test_after_ctrl_c_the_command_to_go_on_is_shown(run, monkeypatch):
    run_study = Study.run

    def interrupted(study, *arguments, **options):
        found = run_study(study, *arguments, **{**options, "policy": FixedSeeds(1)})
        return Run(found.trials, found.blocks, found.seconds, True)

    with monkeypatch.context() as patch:
        patch.setattr(Study, "run", interrupted)
        status, out, _ = run("sweep", "xor", *QUICK, "--lr", "0.1", "--study", "x.study")
    assert status == 130
    assert "What is finished is kept; the same command goes on." in out
    command = out.strip().splitlines()[-1].split()
    assert command[:3] == ["amenable", "sweep", "xor"]
    assert main(command[1:]) == 0
    assert len(Study("x.study").results()) == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--lr", "1..x"),
            "--lr: expected a range of numbers, got '1..x'",
        ),
        (("--lr", "1..0.1", "--draws", "3"), "--lr: expected low < high, got 1.0 and 0.1"),
        (("--l2", "0..0.1", "--draws", "3"), "--l2: expected a finite number > 0, got 0.0"),
        (("--lr", "0.1..1"), "--lr: a range must be drawn from; add draws, such as 100"),
        (("--lr", "0.1..1", "--lr", "2", "--draws", "3"), "--lr: a range stands alone"),
        (("--hidden", "2..8", "--hidden", "3", "--draws", "3"), "--hidden: a range stands alone"),
        (("--hidden", "8..2", "--draws", "3"), "--hidden: expected low < high, got 8 and 2"),
        (("--hidden", "2..x", "--draws", "3"), "--hidden: expected a range of numbers, got '2..x'"),
        (("--hidden", "0..3", "--draws", "3"), "--hidden: expected a width or several"),
        (("--batch", "0..3", "--draws", "3"), "--batch: expected an integer >= 1"),
        (("--study", "a.study", "--batch", "x"), '--batch: expected "full", got'),
        (("--method", "sobl"), "--method: unknown method 'sobl'; did you mean 'sobol'?"),
        (("--method", "latin"), "--draws: latin needs the number of draws, such as 100"),
        (("--method", "grid", "--draws", "3"), "--draws: a grid takes all combinations"),
        (("--draws", "1000"), "--draws: expected at most 34, as the space has no more different"),
        (("--halving", "1"), "--halving: expected an integer >= 2, got 1"),
        (("--halving", "4", "--steps", "9"), "is too short for 4 rungs"),
        (("--halving", "3", "--until-decided", "0.1"), "expected one of them, got both"),
        (("--until-decided", "3"), "--until-decided: expected a number in (0, 1), got 3.0"),
        (("--until-decided", "0.1", "--goal", "none"), "give a goal by --goal"),
        (("--study", "no/x.study"), "--study: there is no folder"),
        (("--study", "x.study", "--seeds", "0"), "--seeds: expected how many to take"),
        (("--study", "x.study", "--activation", "rleu"), "--activation: unknown activation"),
        (
            ("--study", "x.study", "--optimizer", "adm"),
            "--optimizer: unknown optimizer 'adm'; did you",
        ),
        (("--study", "x.study", "--init", "he"), "--init: "),
        (
            ("--study", "x.study", "--goal", "r2 >= 1"),
            "--goal: r2 does not exist for classification",
        ),
        (("--study", "x.study", "--goal", "validation accuracy >= 1"), "--goal: "),
        (("--study", "x.study", "--epochs", "1", "--steps", "1"), "--epochs and --steps: expected"),
        (("--study", "x.study", "--steps", "10000000000"), "--steps: 10,000,000,000 are"),
        (("--study", "x.study", "--hidden", "2000000"), "--hidden: 2-2000000-1 has 8,000,001 para"),
        (("--study", "x.study", "--keep", "al"), '--keep: expected "none" or "best" or "all", got'),
        (("--study", "x.study", "--on", "rye"), "--on: expected"),
        (("--study", "x.study", "--threads", "0"), "threads: expected"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_in_one_line(run, words, said):
    status, _, err = run("sweep", "xor", *words)
    assert status == 2
    assert said in err
    assert err.startswith("amenable: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (FILE, ("--hidden", "3"), "--hidden: xor.toml says what is trained; write it there, and"),
        (FILE, ("--until-decided", "0.1"), "--until-decided: xor.toml says what is trained"),
        (
            FILE.replace("hidden", "hiden"),
            (),
            "xor.toml, line 6: space.hiden: unknown setting",
        ),
        (FILE.replace("xor", "xr"), (), "xor.toml, line 3: data.name: unknown built-in data"),
        ("", (), "xor.toml, line 1: space: expected settings"),
    ],
)
def test_what_is_wrong_with_a_study_file_is_one_line(run, tmp_path, text, words, said):
    (tmp_path / "xor.toml").write_text(text)
    status, _, err = run("sweep", "xor.toml", *words)
    assert status == 2
    assert said in err
    assert len(err.splitlines()) == 1


def test_what_is_wrong_is_said_before_models_are_fitted(run, monkeypatch):
    monkeypatch.setattr("amenable.baselines.baselines", lambda data: pytest.fail("fitted"))
    status, _, err = run("sweep", "moons", "--study", "x.study", "--init", "he")
    assert status == 2
    assert "--init: " in err


def test_a_study_file_that_is_not_there(run):
    assert "no.toml: cannot be read: No such file" in run("sweep", "no.toml")[2]


def test_help_tells_of_studies(run):
    _, out, _ = run("sweep", "--help")
    for option in (
        "--study",
        "--draws",
        "--method",
        "--until-decided",
        "--halving",
        "--keep",
        "--on",
    ):
        assert option in out
    assert "1e-4..1" in out
    assert "study.toml" in out


def test_an_empty_file_becomes_a_study(run, tmp_path):
    (tmp_path / "empty.study").touch()
    status, out, _ = run("sweep", "xor", *QUICK, "--study", "empty.study")
    assert status == 0
    assert "kept in empty.study, a new study" in out


@pytest.mark.parametrize("option", ["--csv", "--json"])
def test_results_do_not_replace_the_study(run, tmp_path, option):
    assert run("sweep", "xor", *QUICK, "--study", "a.study")[0] == 0
    before = (tmp_path / "a.study").read_bytes()
    for words in (("sweep", "xor", *QUICK, "--study", "a.study"), ("study", "./a.study")):
        status, _, err = run(*words, option, "a.study")
        assert status == 2
        assert option in err
        assert "name another file" in err or "the same one twice" in err
    assert (tmp_path / "a.study").read_bytes() == before


def test_the_same_again_has_nothing_left(run):
    run("sweep", "xor", *QUICK, "--study", "a.study")
    status, _, err = run("sweep", "xor", *QUICK, "--study", "a.study")
    assert status == 0
    assert "Nothing was left to train." in err


@pytest.mark.parametrize("typed", ["1e-4...1", "..1", "1e-4.."])
def test_half_ranges_are_no_ranges(run, typed):
    status, _, err = run("sweep", "xor", "--lr", typed, "--draws", "3")
    assert status == 2
    assert "a range is typed as 1e-4..1" in err


def test_conditions_and_comparisons_that_cannot_be_say_how(run):
    run("sweep", "xor", *QUICK, "--study", "a.study")
    for words, said in (
        (("study", "a.study", "--sql", "activation = tanh"), "texts stand in quotes, 'tanh'"),
        (("report", "a.study", "--sql", "hidden = '[77]'"), "no finished trial meets"),
        (("compare", "a.study"), "Write: amenable compare A B"),
    ):
        status, _, err = run(*words)
        assert status == 2
        assert said in err
