"""The frame of a page: head and body."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from amenable.pages.style import STYLE


def document(title: str, body: Iterable[str], style: str = STYLE) -> str:
    """The whole page as HTML.

    Parameters
    ----------
    title : str
        Plain text.
    body : iterable of str
        HTML, line by line; the body itself is called "top".
    style : str
        CSS.

    Examples
    --------
    >>> print(document("1 < 2", ["<p>So it is.</p>"]).splitlines()[5])
    <title>1 &lt; 2</title>
    """
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            '<body id="top">',
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )
