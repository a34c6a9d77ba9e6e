"""`amenable lecture`: all of it, in its quick form, and what it refuses."""

import json
import re

import html5lib
import pytest

from amenable.cli import main
from amenable.lecture import CONTENTS, Experiment, Finding, experiments
from amenable.lecture.finding import FAILS, HOLDS, IN_PART, Check, Scale

MOST_BYTES = 15e6


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page and the numbers of `amenable lecture --quick`."""
    folder = tmp_path_factory.mktemp("lecture")
    page, numbers = folder / "page.html", folder / "numbers.json"
    status = main(["lecture", "--quick", "--out", str(page), "--json", str(numbers)])
    assert status == 0
    return page.read_text(), json.loads(numbers.read_text())


def test_the_quick_page_is_whole_and_valid(written):
    page, numbers = written
    html5lib.HTMLParser(strict=True).parse(page)
    assert len(page.encode()) < MOST_BYTES
    assert list(numbers) == list(CONTENTS)
    for it in experiments():
        assert f'<section id="{it.name}"' in page
    for image in re.findall(r"<img [^>]*>", page):
        (alternative,) = re.findall(r'alt="([^"]*)"', image)
        assert len(alternative) > 40
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert address.startswith(("data:", "#"))


@pytest.mark.parametrize("name", CONTENTS)
def test_every_experiment_has_numbers_and_a_verdict_by_its_checks(written, name):
    _, numbers = written
    found = numbers[name]
    held = [check["holds"] for check in found["checks"]]
    assert found["verdict"] == (HOLDS if all(held) else IN_PART if any(held) else FAILS)
    assert found["numbers"]
    assert found["counts"]
    assert len(held) >= 2


@pytest.mark.parametrize("name", CONTENTS)
def test_a_second_run_gives_the_same_numbers(written, quick, name):
    """To the bit; what is measured in seconds stands under timings."""
    _, numbers = written
    found = quick(name)
    assert json.loads(json.dumps(found.numbers)) == numbers[name]["numbers"]
    assert [it.measured for it in found.checks] == [
        it["measured"] for it in numbers[name]["checks"]
    ]
    assert found.counts == numbers[name]["counts"]


def test_the_list_names_them_all(capsys):
    assert main(["lecture", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in CONTENTS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "memry"], "--only: unknown experiment 'memry'; did you mean 'memory'?"),
        (["--out", "no/such/folder/a.html"], "--out: there is no folder"),
        (["--json", "."], "--json: . is a folder"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, words, message):
    assert main(["lecture", "--quick", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_an_interruption_keeps_what_is_finished(monkeypatch, capsys, tmp_path):
    def finished(_scale: Scale) -> Finding:
        return Finding("Done.", "none", (Check("a", True, "1 of 1"),), {"n": 1})

    def interrupted(_scale: Scale) -> Finding:
        raise KeyboardInterrupt

    chosen = [Experiment("a", "First", "?", finished), Experiment("b", "Second", "?", interrupted)]
    monkeypatch.setattr("amenable.lecture.experiments", lambda only: chosen)
    page = tmp_path / "page.html"
    assert main(["lecture", "--out", str(page)]) == 130
    text = page.read_text()
    assert "First" in text
    assert "Second" not in text
    assert "what is finished is kept" in capsys.readouterr().err


def test_interrupted_training_ends_an_experiment(monkeypatch, made):
    from amenable.lecture import runs

    cancelled = made(["solved", "cancelled"])
    monkeypatch.setattr("amenable.train", lambda *_, **__: cancelled)
    with pytest.raises(KeyboardInterrupt):
        runs.train()
