"""`amenable study`: what it prints and writes, and what it says where something is wrong."""

import json

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import amenable as am
from amenable.cli import main, table


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = am.Study(tmp_path_factory.mktemp("cli") / "xor.study")
    space = am.Space(hidden=[2, 4], activation=["tanh", "relu"], lr=[0.1, 0.001])
    study.run(space, "xor", am.Training(steps=150, goal="accuracy >= 1"), seeds=40,
              description="how many neurons", command="amenable sweep --study it")  # fmt: skip
    return study


def said(capsys, *arguments):
    """What a command that works prints, in one line."""
    assert main(["study", *map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return " ".join(out.split())


def refused(capsys, *arguments):
    """The one line of a command that is refused."""
    assert main(["study", *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_it_says_how_far_it_is_and_what_is_best(study, capsys):
    text = said(capsys, study.path)
    assert "xor.study: how many neurons; 8 configurations on 'xor' (4 samples to train)" in text
    assert "complete: 320 trials, in" in text
    assert "goal: accuracy >= 1" in text
    assert "weights of the best trial of each configuration are kept" in text
    best = study.best
    assert f"The best network is {best.network.structure} {best.network.activation}, lr" in text
    assert f"seed {best.seed}: training accuracy 1.000" in text
    assert text.endswith(f"as a page with figures: amenable report {study.path}")


def test_the_table_is_the_summary(study, capsys):
    assert main(["study", str(study.path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("structure"))
    rows = study.summary().rows
    for row, line in zip(rows, lines[start + 1 :], strict=False):
        cells = line.split()
        assert cells[:5] == [
            row.network.structure,
            row.network.activation,
            row.settings[2],
            str(row.parameters),
            str(row.trials),
        ]
        assert float(cells[5]) == pytest.approx(100 * row.fraction, abs=0.6)


def test_some_trials_by_some_settings(study, capsys):
    text = said(capsys, study.path, "--sql", "activation = 'tanh'", "--by", "lr",
                "--by", "hidden")  # fmt: skip
    assert "relu" not in text
    rows = study.summary(["lr", "hidden"], sql="activation = 'tanh'").to_frame().to_dicts()
    assert f"{rows[0]['lr']:g} {rows[0]['hidden']}" in text
    assert "No finished trial meets" in said(capsys, study.path, "--sql", "lr > 7")


def test_many_rows_are_cut_unless_asked_for(study, capsys, monkeypatch):
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    assert "… and 5 more" in said(capsys, study.path)
    assert "more; --all" not in said(capsys, study.path, "--all")


def test_files_hold_the_table_or_the_trials(study, capsys, tmp_path):
    names = {f"--{kind}": tmp_path / f"a.{kind}" for kind in ("csv", "parquet", "json")}
    files = [str(it) for pair in names.items() for it in pair]
    for more, frame in ((["--trials"], study.to_frame()), ([], study.summary().to_frame())):
        said(capsys, study.path, *files, *more)
        assert_frame_equal(pl.read_parquet(names["--parquet"]), frame)
        in_csv = pl.read_csv(names["--csv"], infer_schema=False)
        assert in_csv.columns == frame.columns
        assert in_csv.height == frame.height
        record = json.loads(names["--json"].read_text())
        assert record["rows"] == json.loads(json.dumps(frame.to_dicts()))
    assert record["format"] == "amenable study"
    assert record["settings"] == ["hidden", "activation", "lr"]
    assert record["status"]["trials"] == 320
    assert len(record["sentences"]) >= 2


def test_a_study_that_is_not_finished(tmp_path, capsys):
    from study_made import candidate, making

    one = candidate()
    with making(tmp_path / "a.study") as made:
        ids = made.add(one)
        assert "No network is finished yet." in said(capsys, tmp_path / "a.study")
        made.write(ids, [one], range(7), status=["solved"] * 5 + ["diverged"] * 2)
        made.writer.say(planned="100", command="amenable sweep made --study a.study")
        text = said(capsys, tmp_path / "a.study")
        assert "7 of 100 trials finished" in text
        assert "is writing to the file; below are the trials that have finished" in text
        assert "Next" not in text
    text = said(capsys, tmp_path / "a.study")
    assert "No structure is reliable" in text
    assert "5 of 7 networks solve it" in text
    assert text.endswith("Next, to finish it: amenable sweep made --study a.study")


def test_wrong_words(study, capsys, tmp_path):
    assert "--sql: no such column: colour" in refused(capsys, study.path, "--sql", "colour = 1")
    assert "columns are configuration, structure" in refused(capsys, study.path, "--sql", "x")
    assert "--by: no setting 'colour'" in refused(capsys, study.path, "--by", "colour")
    assert "no such file" in refused(capsys, tmp_path / "nothing")
    assert "--trials: they go into a file" in refused(capsys, study.path, "--trials")
    same = tmp_path / "same"
    assert "the same one twice" in refused(capsys, study.path, "--csv", same, "--json", same)
    assert "there is no folder" in refused(capsys, study.path, "--csv", tmp_path / "no" / "a.csv")
    assert main(["study"]) == 2
