"""`amenable report` and `amenable compare`: what is typed, printed and written."""

import html5lib
import pytest

import amenable as am
from amenable.cli import main
from amenable.study.study import Study

TRAINING = am.Training(steps=200, goal="accuracy >= 1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three studies: two that share a network, and one on other data."""
    place = tmp_path_factory.mktemp("studies")
    networks = {width: am.mlp(2, width, 1) for width in (2, 3, 4)}
    for name, widths, seeds in (("a", (2, 3), 12), ("b", (3, 4), 8)):
        some = [networks[width] for width in widths]
        Study(place / f"{name}.study").run(some, "xor", TRAINING, seeds=seeds)
    moons = am.Training(steps=200, goal="accuracy >= 0.8")
    Study(place / "moons.study").run(networks[3], "moons", moons, seeds=4)
    return place


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Runs the command in an empty folder; status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        status = main([str(it) for it in arguments])
        return status, *capsys.readouterr()

    return call


def test_the_page_is_named_after_the_study(run, folder, tmp_path):
    status, out, _ = run("report", folder / "a.study")
    assert status == 0
    text = (tmp_path / "a.html").read_text()
    html5lib.HTMLParser(strict=True).parse(text)
    assert "24 trials of 2 configurations." in out
    assert "The page is a.html; open it in a browser." in out
    assert "<h1>Study a.study</h1>" in text
    assert "The best network." in text  # weights of the best are kept, and xor has two inputs
    assert "complete: 24" in text


def test_some_trials_to_a_file_of_ones_choice(run, folder, tmp_path):
    where = "hidden = '[3]'"
    status, out, _ = run("report", folder / "a.study", "--out", "x.html", "--sql", where)
    assert status == 0
    assert "12 trials of 1 configuration." in out
    assert "Only trials with" in (tmp_path / "x.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.study",), "nowhere.study"),
        (("FOLDER/a.study", "--out", "."), "--out: . is a folder"),
        (("FOLDER/a.study", "--out", "no/x.html"), "--out: there is no folder"),
        (("FOLDER/a.study", "--sql", "lrr < 1"), "--sql"),
    ],
)
def test_what_cannot_be_done_is_one_line(run, folder, tmp_path, arguments, said):
    status, out, err = run("report", *(it.replace("FOLDER", str(folder)) for it in arguments))
    assert status == 2
    assert out == ""
    assert err.startswith("amenable: ")
    assert said in err
    assert err.count("\n") == 1
    assert not list(tmp_path.glob("*.html"))


def test_the_study_itself_is_never_overwritten(run, folder, tmp_path):
    study = tmp_path / "a.html"
    study.write_bytes((folder / "a.study").read_bytes())
    before = study.read_bytes()
    for arguments in ((study,), (study, "--out", "a.html"), (study, "--out", study)):
        status, _, err = run("report", *arguments)
        assert status == 2
        assert "is read by this command; name another file to write" in err
    assert study.read_bytes() == before


def test_two_studies_are_compared(run, folder):
    status, out, _ = run("compare", folder / "a.study", folder / "b.study")
    words = " ".join(out.split())
    assert status == 0
    assert "a.study and b.study, on the same data, share 1 configuration; 1 only in a" in words
    assert "By seed, 8 trials of one have a pair in the other." in words
    assert "All pairs ended the same, to the bit." in words
    assert "In b.study, " in words


def test_other_settings_are_listed_that_differ_most(run, folder, tmp_path):
    networks = [am.mlp(2, width, 1) for width in (2, 3)]
    harder = am.Training(steps=20, goal="accuracy >= 1")
    Study(tmp_path / "a.study").run(networks, "xor", harder, seeds=12)
    status, out, _ = run("compare", folder / "a.study", tmp_path / "a.study")
    words = " ".join(out.split())
    assert status == 0
    assert "They differ in steps (200, 20)" in words
    assert f"networks of {folder}/a.study solve" in words  # names alike: paths tell them apart
    assert "configuration of both" in out
    assert "hidden 3" in out


def test_nothing_in_common_is_said(run, folder):
    status, out, _ = run("compare", folder / "a.study", folder / "moons.study")
    assert status == 0
    assert "on different data" in " ".join(out.split())


def test_a_study_that_is_none(run, folder):
    status, _, err = run("compare", folder / "a.study", folder / "none.study")
    assert status == 2
    assert "none.study" in err
