"""Self-contained pages: valid, escaped, nothing fetched."""

import base64
import hashlib
import json
import math
import re

import html5lib
import pytest

from amenable.figures.canvas import axes_for, figure_of
from amenable.pages import (
    Code,
    Facts,
    Items,
    Paragraph,
    PictureBlock,
    Section,
    TableBlock,
    TableColumn,
    json_link,
    render,
)


def drawn():
    ax = axes_for(None)
    ax.plot([0, 1], [1, 0])
    return figure_of(ax)


def whole(*blocks, title="1 < 2 & 3"):
    return render(
        "amenable.pages", "sections.html", title=title, sections=[Section("all", "All", blocks)]
    )


EVERYTHING = (
    PictureBlock("A & b", drawn(), 'One "line" <falls>.'),
    PictureBlock("Again", drawn(), "It falls."),
    TableBlock.of_rows("Values", ("a", "<b>"), (("1", "&"),)),
    TableBlock("Runs", [TableColumn("lr", ["0.1", "–"], [0.1, math.nan])], is_interactive=True),
    Paragraph("p = 0.01 of 5 %", "note", "Numbers"),
    Items(["<one>", "two"]),
    Facts({"Data": "<moons>"}),
    Code("Again", "amenable sweep 'a<b'"),
)


def test_it_is_valid_and_nothing_is_fetched():
    text = whole(*EVERYTHING)
    html5lib.HTMLParser(strict=True).parse(text)
    for address in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert address.startswith(("data:", "#"))
    assert "<title>1 &lt; 2 &amp; 3</title>" in text
    assert "url(" not in text


def test_only_the_script_of_the_page_may_run():
    text = whole()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_texts_are_escaped_everywhere():
    text = whole(*EVERYTHING)
    assert 'alt="A &amp; b. One &#34;line&#34; &lt;falls&gt;."' in text
    assert "&lt;b&gt;" in text
    assert ">&amp;</td>" in text
    for payload in ("<falls>", "<one>", "<moons>", "a<b"):
        assert payload not in text


@pytest.mark.parametrize("text", ["a\x00b\x07", "caf\udce9", "\ufffe\U0001f600"])
def test_what_html_cannot_hold_becomes_blank(text):
    page = whole(Paragraph(text), Items([text]), title=text)
    html5lib.HTMLParser(strict=True).parse(page)
    page.encode()


def test_numbers_are_not_parted_from_their_signs():
    assert "p\u00a0=\u00a00.01 of 5\u00a0%" in whole(*EVERYTHING)


def test_figures_are_numbered_through_the_page():
    text = whole(*EVERYTHING)
    assert "Figure 1. A &amp; b." in text
    assert "Figure 2. Again." in text
    assert "Figure 1. A &amp; b." in whole(*EVERYTHING)  # anew for each page


def test_columns_say_what_they_are_sorted_by():
    text = whole(*EVERYTHING)
    assert 'data-value="0.1">0.1</td>' in text
    assert 'data-value="">–</td>' in text  # unknown: comes last
    assert 'data-title="a">1</td>' in text


def test_numbers_come_out_as_they_went_in():
    link = json_link("x.json", json.dumps({"n": "é<"}), "All")
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', str(link))
    assert json.loads(base64.b64decode(data)) == {"n": "é<"}
