"""Self-contained pages: valid, escaped, nothing fetched."""

import base64
import json
import re

import html5lib

from amenable.figures.canvas import axes_for, figure_of
from amenable.pages import STYLE, Figures, document, json_link, label, rows_table


def drawn():
    ax = axes_for(None)
    ax.plot([0, 1], [1, 0])
    return figure_of(ax)


def whole():
    figures = Figures()
    return document(
        "1 < 2 & 3",
        [
            figures.add("A & b", drawn(), 'One "line" <falls>.'),
            figures.add("Again", drawn(), "It falls."),
            rows_table("Values", ("a", "<b>"), (("1", "&"),)),
            f"<p>{label('Numbers')} {json_link('x.json', json.dumps({'n': 'é<'}), 'All')}</p>",
        ],
    )


def test_it_is_valid_and_nothing_is_fetched():
    text = whole()
    html5lib.HTMLParser(strict=True).parse(text)
    for address in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert address.startswith("data:")
    assert "<title>1 &lt; 2 &amp; 3</title>" in text
    assert STYLE in text


def test_texts_are_escaped_everywhere():
    text = whole()
    assert 'alt="A &amp; b. One &quot;line&quot; &lt;falls&gt;."' in text
    assert "&lt;b&gt;" in text
    assert "<td>&amp;</td>" in text
    assert "<falls>" not in text


def test_figures_are_numbered_through_the_page():
    text = whole()
    assert "Figure 1. A &amp; b." in text
    assert "Figure 2. Again." in text


def test_numbers_come_out_as_they_went_in():
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', whole())
    assert json.loads(base64.b64decode(data)) == {"n": "é<"}
