"""What a page is made of: sections of paragraphs, lists, tables, pictures. Texts, no HTML."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 130  # 6 inches are 780 pixels: enough for a phone held upright and for print


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
        What it says.
    style : str
        A class of the style sheet: "note", "counts", "timings" …; empty for plain text.
    label : str
        A small heading above it.
    """

    kind: ClassVar[str] = "paragraph"
    text: str
    style: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is to be said of each."""

    kind: ClassVar[str] = "facts"
    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be copied, with a heading."""

    kind: ClassVar[str] = "code"
    label: str
    lines: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table.

    Parameters
    ----------
    title : str
        Its heading.
    cells : sequence of str
        A text for each row.
    values : sequence of float, optional
        What rows are sorted by where the texts would sort otherwise; nan comes last.
    """

    title: str
    cells: Sequence[str]
    values: Sequence[float] | None = None

    def sort_value(self, row: int) -> str:
        """A row's number as the page's script reads it; empty where there is none."""
        if self.values is None or math.isnan(self.values[row]):
            return ""
        return repr(float(self.values[row]))


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with a caption.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : sequence of TableColumn
        All with as many cells.
    is_interactive : bool
        Whether a reader can sort and filter it.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[TableColumn]
    is_interactive: bool = False

    @classmethod
    def of_rows(
        cls, caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> TableBlock:
        """A table that is given row by row."""
        cells = list(zip(*rows, strict=True)) or [()] * len(header)
        return cls(caption, [TableColumn(*it) for it in zip(header, cells, strict=True)])

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return len(self.columns[0].cells) if self.columns else 0


@dataclass(frozen=True, slots=True, eq=False)
class PictureBlock:
    """A figure with its title and caption; the caption stands in for it where it is not seen."""

    kind: ClassVar[str] = "picture"
    title: str
    figure: Figure
    caption: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = (round(float(it) * DPI) for it in self.figure.get_size_inches())
        return width, height

    @property
    def source(self) -> str:
        """The picture itself, as an address."""
        from amenable.figures.canvas import encode

        return f"data:image/png;base64,{base64.b64encode(encode(self.figure, 'png', DPI)).decode()}"


Block = Paragraph | Items | Facts | Code | TableBlock | PictureBlock


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A part of a page with a title; one without blocks is left out.

    Parameters
    ----------
    name : str
        What the address of the part ends with.
    title : str
        Its heading.
    blocks : sequence of Block
        What it says, in order.
    """

    name: str
    title: str
    blocks: Sequence[Block]
