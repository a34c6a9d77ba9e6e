"""The page of the lecture: one valid file that needs nothing else, with all that was found."""

import base64
import json
import re

import html5lib
import pytest

from amenable.figures.canvas import axes_for, figure_of
from amenable.lecture import (
    CONTENTS,
    Check,
    Experiment,
    ExperimentResult,
    Finding,
    Illustration,
    ResultTable,
    experiment,
    experiments,
    numbers_json,
    page,
)
from amenable.lecture.finding import FAILS, HOLDS, IN_PART


def figure():
    ax = axes_for(None)
    ax.plot([0, 1], [1, 0])
    return figure_of(ax)


def result(name="first", holds=(True, False), **changes):
    found = {
        "summary": "Two of three <networks> & one more.",
        "counts": "3 networks",
        "checks": tuple(Check(f"part {i}", it, f"{i} of 3") for i, it in enumerate(holds)),
        "numbers": {"fraction": 2 / 3, "list": [1, 2]},
        "tables": (ResultTable("A table", ("name", "n"), (("<tanh>", "3"),)),),
        "illustrations": (Illustration('A "figure"', figure(), "One line falls."),),
        "timings": {"training": 0.0123},
        "code": "print('a < b')",
    } | changes
    it = Experiment(name, f"The {name} one", "They can.", lambda scale: Finding(**found))
    return ExperimentResult(it, it.run(None))


@pytest.mark.parametrize(
    ("holds", "verdict"),
    [((True, True), HOLDS), ((True, False), IN_PART), ((False, False), FAILS)],
)
def test_the_verdict_follows_from_the_checks(holds, verdict):
    assert result(holds=holds).finding.verdict == verdict


@pytest.mark.parametrize("is_quick", [False, True])
def test_it_is_valid_html(is_quick):
    text = page([result(), result("second", (True,), code="", timings={}, tables=())], is_quick)
    html5lib.HTMLParser(strict=True).parse(text)  # raises at the first error
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]*)"', text):
        assert target in ids
    assert ("quick version" in text) == is_quick


def test_a_broken_page_would_be_noticed():
    text = page([result()]).replace("</figure>", "", 1)
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(text)


def test_nothing_is_fetched():
    text = page([result()])
    for address in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert address.startswith(("data:", "#"))
    assert text.count("<script") == 1  # of the page itself, which its policy names by hash
    assert "url(" not in text
    assert "@import" not in text


def test_every_figure_has_a_text_in_its_place():
    text = page([result()])
    (image,) = re.findall(r"<img [^>]*>", text)
    assert 'alt="A &#34;figure&#34;. One line falls."' in image
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', image)
    assert base64.b64decode(source).startswith(b"\x89PNG")


def test_what_was_found_is_all_there():
    text = page([result()])
    for part in (
        "They can.",
        "Two of three &lt;networks&gt; &amp; one more.",
        "0 of 3",
        "&lt;tanh&gt;",
        "training: 12.3 ms",
        "amenable lecture --only first",
        "print(&#39;a &lt; b&#39;)",
        "1 holds in part",
    ):
        assert part in text


def test_all_numbers_are_in_it():
    text = page([result()])
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', text)
    record = json.loads(base64.b64decode(data))
    assert record == json.loads(numbers_json([result()]))
    assert record["first"]["numbers"] == {"fraction": 2 / 3, "list": [1, 2]}
    assert record["first"]["verdict"] == IN_PART


def test_the_same_results_give_the_same_page():
    assert page([result()]) == page([result()])


@pytest.mark.parametrize("name", CONTENTS)
def test_every_experiment_is_described(name):
    found = experiment(name)
    assert found.name == name
    assert found.title
    assert found.claim


def test_experiments_come_in_the_order_of_the_lecture():
    names = [it.name for it in experiments(["memory", "neuron"])]
    assert names == ["neuron", "memory"]
    assert [it.name for it in experiments()] == list(CONTENTS)


def test_an_unknown_experiment_is_named():
    with pytest.raises(ValueError, match=r"unknown experiment 'memry'; did you mean"):
        experiment("memry")
