"""Parts of a page as HTML: pictures with captions, tables, labels, numbers to take away."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from matplotlib.figure import Figure

from amenable.figures.canvas import encoded

DPI = 130  # 6 inches are 780 pixels: enough for a phone held upright and for print


class Figures:
    """Pictures in the order of the page, numbered from 1."""

    def __init__(self) -> None:
        self.n = 0

    def add(self, title: str, figure: Figure, caption: str) -> str:
        """The next picture; what is in the caption stands in for it where it cannot be seen."""
        self.n += 1
        width, height = (round(float(size) * DPI) for size in figure.get_size_inches())
        source = base64.b64encode(encoded(figure, "png", DPI)).decode()
        alternative = escape(f"{title}. {caption}", quote=True)
        return (
            "<figure>\n"
            f'<img width="{width}" height="{height}" alt="{alternative}" '
            f'src="data:image/png;base64,{source}">\n'
            f"<figcaption><strong>Figure {self.n}. {escape(title)}.</strong> "
            f"{escape(caption)}</figcaption>\n</figure>"
        )


def rows_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts; it scrolls by itself where the screen is narrow."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    lines = ["<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows]
    return "\n".join(
        [
            '<div class="scroll">',
            "<table>",
            f"<caption>{escape(caption)}</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *lines,
            "</tbody>",
            "</table>",
            "</div>",
        ]
    )


def label(text: str) -> str:
    """A small heading within a paragraph."""
    return f'<span class="label">{text}</span>'


def json_link(name: str, content: str, text: str) -> str:
    """A link to a file that is in the page."""
    data = base64.b64encode(content.encode()).decode()
    return f'<a download="{name}" href="data:application/json;base64,{data}">{text}</a>'
