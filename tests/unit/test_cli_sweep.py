"""`amenable sweep` as a user runs it: what is printed, what is written, what is refused."""

import csv
import json
import shlex
import sys

import pytest
from typer.testing import CliRunner

from amenable.cli import app, main
from amenable.study.policies import FixedSeeds
from amenable.study.status import Run
from amenable.study.study import Study

QUICK = (
    "--hidden",
    "none",
    "--hidden",
    "4",
    "--activation",
    "tanh",
    "--seeds",
    "8",
    "--steps",
    "200",
)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command on a screen of 100 columns; returns status, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_sweep_tells_what_runs_what_came_of_it_and_what_is_next(run):
    status, out, err = run("sweep", "xor", *QUICK)
    assert status == 0
    for said in (
        "xor: 4 samples (4 to train), 2 inputs, 2 classes",
        "16 networks: (1 structure x 1 activation + 1 linear) x 8 seeds",
        "adam, lr 0.03, full batch, 200 steps",
        "goal: training accuracy >= 1, all rows right",
        "2-4-1      tanh                17      8  100 [68, 100]",
        "2-1        none                 3      8    0 [0, 32]",
        "kernel machine",
        "The smallest structure that may be reliable is 2-4-1 tanh",
        "takes 73 seeds, if all of them solve it",
        "No network solves it with 2-1, whatever the activation.",
        "amenable sweep xor --hidden 4 --activation tanh --steps 200 --goal",
    ):
        assert said in " ".join(out.split()) or said in out
    assert err.startswith("16 networks in ")
    assert len(err.splitlines()) == 1


def test_what_is_piped_is_plain_text_without_trailing_blanks(run):
    _, out, err = run("sweep", "xor", *QUICK)
    assert "\x1b" not in out + err
    assert all(line == line.rstrip() for line in out.splitlines())


def test_the_next_command_runs(run):
    _, out, _ = run("sweep", "xor", *QUICK)
    command = shlex.split(out.strip().splitlines()[-1])
    assert command[:2] == ["amenable", "sweep"]
    words = [*command[1:], "--seeds", "2"]  # the last one counts
    status, out, _ = run(*words)
    assert status == 0
    assert "2 networks: 1 structure x 1 activation x 2 seeds" in out


def test_defaults_suit_a_small_problem(run):
    status, out, _ = run("sweep", "xor", "--seeds", "1", "--steps", "10")
    assert status == 0
    assert "(11 structures x 3 activations + 1 linear) x 1 seed" in out
    assert "… and 9 more" in out
    status, out, _ = run("sweep", "xor", "--seeds", "1", "--steps", "10", "--all")
    assert "more" not in out.split("scikit-learn")[0]


def test_a_goal_is_put_between_guessing_and_the_best_model(run):
    _, out, _ = run("sweep", "iris", *QUICK)
    assert "goal: test accuracy >= 0.84, about 97 % of the way from guessing" in out


def test_regression_is_said_aloud(run, tmp_path):
    path = tmp_path / "made up.csv"
    lines = ["a,b,price [k]", *(f"{i},{'xy'[i % 2]},{3 * i + 0.5}" for i in range(50))]
    path.write_text("\n".join(lines))
    status, out, _ = run("sweep", str(path), *QUICK)
    assert status == 0
    assert "made up.csv: 50 samples (30 to train, 10 to validate, 10 to test), 2 inputs" in out
    assert "target 'price [k]': 50 distinct numbers" in out  # brackets are no markup
    assert "1 number to predict" in out
    assert "treated as regression" in out
    assert "test r2 >=" in out
    assert "linear regression" in out


def test_options_reach_the_training(run):
    options = ("--optimizer", "sgd", "--lr", "0.5", "--batch", "2", "--l2", "0.01", "--init")
    _, out, _ = run("sweep", "xor", *QUICK, *options, "normal(0.3)", "--goal", "loss <= 0.1")
    assert "sgd, lr 0.5, batch 2, init normal(0.3), l2 0.01, 200 steps" in out
    assert "goal: training loss <= 0.1" in out


def test_repeated_options_get_columns_and_are_compared(run):
    _, out, _ = run("sweep", "xor", *QUICK, "--optimizer", "sgd", "--optimizer", "adam")
    assert "x 2 settings x 8 seeds" in out
    assert "sgd or adam, lr 0.3 or 0.03" in out
    assert "optimizer" in out.split("scikit-learn")[0]


def test_without_a_goal_all_train_to_the_end(run):
    status, out, _ = run("sweep", "moons", *QUICK, "--goal", "none")
    assert status == 0
    assert "no goal: every network trains to the end" in out
    assert "Best first, by the median accuracy over seeds." in out
    assert "solved, %" not in out


def test_without_a_validation_split_the_test_rows_still_judge(run):
    status, out, _ = run("sweep", "iris", *QUICK, "--validation", "0")
    assert status == 0
    assert "iris: 150 samples (120 to train, 30 to test), 4 inputs" in out
    assert "goal: test accuracy >= 0.9" in out


def test_json_is_complete(run, tmp_path):
    path = tmp_path / "out.json"
    words = ("sweep", "xor", *QUICK, "--json", str(path))
    status, out, _ = run(*words)
    assert status == 0
    found = json.loads(path.read_text())
    assert (found["format"], found["version"], found["is_complete"]) == ("amenable sweep", 2, True)
    assert found["command"].startswith("amenable sweep xor --hidden none --hidden 4")
    assert found["goal"] == "training accuracy >= 1.0"
    assert len(found["data"]["fingerprint"]) == 64
    assert set(found["versions"]) == {"amenable", "python", "numpy", "scikit-learn"}
    best, linear = found["configurations"]
    assert (best["structure"], best["solved"], best["fraction"]) == ("2-4-1", 8, 1.0)
    assert 0 < best["low"] < best["high"] == 1
    assert (linear["solved"], linear["median_steps"]) == (0, None)
    assert best["training"]["optimizer"]["kind"] == "adam"
    assert found["baselines"][0]["name"] == "majority"
    assert " ".join(found["sentences"]) in " ".join(out.split())
    assert found["next"] in out
    assert [it.name for it in tmp_path.iterdir()] == ["out.json"]


def test_csv_has_a_line_for_each_configuration(run, tmp_path):
    path = tmp_path / "out.csv"
    run("sweep", "xor", *QUICK, "--lr", "0.1", "--lr", "0.01", "--csv", str(path))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["structure"], row["lr"]) for row in rows} == {
        (structure, lr) for structure in ("2-1", "2-4-1") for lr in ("0.1", "0.01")
    }
    assert rows[0]["trials"] == "8"


def test_results_are_the_same_on_one_thread(run, tmp_path):
    found = []
    for threads in ("1", "2"):
        path = tmp_path / f"{threads}.csv"
        run("sweep", "moons", *QUICK, "--threads", threads, "--csv", str(path))
        found.append(path.read_text())
    assert found[0] == found[1]


WRONG = [
    ((), 0, ""),
    (("sweep",), 2, "Missing argument 'DATA'"),
    (("swep", "xor"), 2, "sweep"),
    (("wine",), 2, "amenable sweep wine"),
    (("sweep", "xor", "--hiden", "3"), 2, "--hiden"),
    (("sweep", "xor", "--hidden"), 2, "--hidden"),
    (("sweep", "xor", "more"), 2, "more"),
    (("sweep", "digts"), 2, "did you mean 'digits'"),
    (("sweep", ""), 2, "no data set named"),
    (("sweep", "nofile.csv"), 2, "nofile.csv: no such file"),
    (("sweep", "x" * 300), 2, "no data set named"),
    (("sweep", "xor", "--lr", "fast"), 2, "--lr: expected a finite number >= 0, got 'fast'"),
    (("sweep", "xor", "--seeds", "2.5"), 2, "expected a whole number, got '2.5'"),
    (("sweep", "xor", "--epochs", "1e400"), 2, "--epochs: expected an integer >= 1, got inf"),
    (("sweep", "xor", "--threads", "0"), 2, "--threads: expected an integer"),
    (("sweep", "xor", "--target", "y"), 2, "target"),
    (("sweep", "xor", "--json", "/no/such/folder/a.json"), 2, "--json: there is no folder"),
    (("sweep", "xor", "--csv", "/"), 2, "--csv: / is a folder"),
    (("sweep", "xor", "--json", "same", "--csv", "same"), 2, "got the same one twice"),
    (("--versoin",), 2, "--versoin"),
    (("datasets", "xor"), 2, "xor"),
]


@pytest.mark.parametrize(
    ("words", "expected", "said"), WRONG, ids=[str(it[0])[:60] for it in WRONG]
)
def test_what_is_wrong_is_said_in_one_line(run, words, expected, said):
    status, out, err = run(*words)
    assert status == expected
    if expected:
        assert out == ""
        assert len(err.splitlines()) == 1
        assert err.startswith("amenable: ")
        assert "Traceback" not in err
    assert said in err


def test_a_file_that_cannot_be_read_is_one_line(run, monkeypatch):
    def denied(*_arguments, **_options):
        raise PermissionError(13, "Permission denied", "secret.csv")

    monkeypatch.setattr(sys.modules["amenable.sweep.plan"], "load_for_sweep", denied)
    status, _, err = run("sweep", "xor")
    assert (status, err) == (2, "amenable: secret.csv: Permission denied\n")


def test_what_was_found_is_kept_when_the_output_cannot_be_printed(run, monkeypatch, tmp_path):
    def broken(*_arguments):
        raise BrokenPipeError

    monkeypatch.setattr("amenable.cli.table.show_found", broken)
    status, _, _ = run("sweep", "xor", *QUICK, "--csv", str(tmp_path / "a.csv"))
    assert status == 1
    assert "2-4-1" in (tmp_path / "a.csv").read_text()


def test_after_ctrl_c_the_table_of_what_is_finished_is_printed(run, monkeypatch):
    run_study = Study.run

    def interrupted(study, *arguments, **options):
        run_study(study, *arguments, **{**options, "policy": FixedSeeds(5)})
        return Run(10, 1, 0.1, True)

    with monkeypatch.context() as patch:
        patch.setattr(Study, "run", interrupted)
        status, out, err = run("sweep", "moons", *QUICK)
    assert status == 130
    assert "Interrupted: the table has the networks that were finished." in " ".join(out.split())
    assert "Next, to finish it:" in out
    assert err.startswith("10 networks in ")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["sweep", "--help"], ["datasets", "--help"]])
def test_help_is_help(words):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert "amenable" in result.stdout


def test_help_of_sweep_names_every_option_and_has_examples():
    text = CliRunner().invoke(app, ["sweep", "--help"], env={"COLUMNS": "80"}).stdout
    for option in (
        *("target", "task", "hidden", "activation", "optimizer", "lr", "batch", "epochs", "steps"),
        *(
            "init",
            "l2",
            "seeds",
            "goal",
            "validation",
            "test",
            "threads",
            "json",
            "csv",
            "all",
            "no-control",
        ),
    ):
        assert f"--{option} " in text
    assert "amenable sweep digits" in text
    assert max(map(len, text.splitlines())) <= 80


def test_version_is_one_line(run):
    status, out, err = run("--version")
    assert status == 0
    assert out.startswith("amenable ")
    assert err == ""


def test_datasets_are_listed_with_their_sizes(run):
    status, out, _ = run("datasets")
    assert status == 0
    for name in ("xor", "digits", "diabetes"):
        assert any(line.startswith(f"{name} ") for line in out.splitlines())
    assert "1,797" in out


SAME = {
    "grid": ("moons", "--hidden", "2", "--hidden", "4,4", "--seeds", "8", "--epochs", "20"),
    "repeated splits": ("wine", "--hidden", "2", "--hidden", "4", "--seeds", "8", "--epochs", "20"),
    "draws": ("moons", "--lr", "0.001..0.3", "--draws", "6", "--seeds", "4", "--epochs", "20"),
}


@pytest.mark.parametrize("kind", SAME)
def test_with_and_without_a_study_the_same_is_said(run, tmp_path, kind):
    words = ("sweep", *SAME[kind])
    plain = run(*words)[1]
    kept = run(*words, "--study", str(tmp_path / "a.study"))[1]
    at_the_end = kept.index("\nNext, to look at it again")
    lines = [it for it in kept[:at_the_end].splitlines() if "kept in" not in it]
    assert [it.replace(f" --study {tmp_path / 'a.study'}", "") for it in lines] == (
        plain.splitlines()
    )
    shown = run("study", str(tmp_path / "a.study"))[1]
    start, end = plain.index("\n\n"), plain.index("\nNext, ")
    assert plain[start:end].strip() in shown


@pytest.mark.slow
def test_digits_with_defaults_train_a_thousand_networks(run):
    status, out, _ = run("sweep", "digits")
    assert status == 0
    assert "1,088 networks" in out
    assert "No network solves it with " in out
