"""What all figures share: themes, new axes, files. No figure is drawn here.

Figures are made without pyplot: no window, no global state, no figure left open.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatterMathtext

from amenable.description import choice
from amenable.errors import FileError
from amenable.writing import write_whole

DPI = 150
FORMATS = ("png", "svg", "pdf")
# Files do not record when they were made, so that the same arrays give the same bytes.
UNDATED: Mapping[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a figure.

    Parameters
    ----------
    paper, ink, faint : str
        The background; text and lines; less prominent parts, such as grids and frames.
    colours : tuple of str
        Colours of groups: those of Okabe and Ito, which colour-blind people can tell apart.
    diverging, sequential : str
        Matplotlib's colour maps for values around zero and for values from low to high.
    good, bad : str
        For trials that solve the problem and for those that do not.
    layers : tuple of str
        Colours of a network's layers, in pictures that use `colours` for classes.
    """

    paper: str
    ink: str
    faint: str
    colours: tuple[str, ...]
    diverging: str
    sequential: str
    good: str
    bad: str
    layers: tuple[str, ...]


MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # for groups too: print has no colours
LINES = ("-", "--", "-.", ":")

# Okabe and Ito 2008, "Color universal design", without yellow, which is too faint on white paper.
_OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

THEMES: Mapping[str, Theme] = {
    "light": Theme(
        paper="#FFFFFF",
        ink="#222222",
        faint="#B8B8B8",
        colours=(*_OKABE_ITO, "#222222"),
        diverging="PuOr_r",
        sequential="cividis",
        good="#009E73",
        bad="#D55E00",
        layers=("#222222", "#7B2FA8", "#8A5A00"),
    ),
    "dark": Theme(
        paper="#16181D",
        ink="#E8E8E8",
        faint="#5A5F69",
        colours=("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#E8E8E8"),
        diverging="PuOr_r",
        sequential="cividis",
        good="#2CC295",
        bad="#F0803C",
        layers=("#E8E8E8", "#D0A8F0", "#E8C88A"),
    ),
}


class Picture(Figure):
    """A matplotlib figure that notebooks show and `save` writes."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw the figure, with dollar signs in names shown as such."""
        as_they_are(self)
        super().draw(renderer)

    def _repr_png_(self) -> bytes:
        return encode(self, "png")


def as_they_are(drawn: Artist) -> None:
    """Have texts show dollar signs as such: names such as "$0-$10" are not TeX.

    The ticks of logarithmic axes are TeX, and contain no names.
    """
    for text in drawn.findobj(Text):
        assert isinstance(text, Text)
        text.set_parse_math(False)
    for axis in drawn.findobj(Axis):
        assert isinstance(axis, Axis)
        for formatter, ticks in (
            (axis.get_major_formatter(), axis.get_major_ticks()),
            (axis.get_minor_formatter(), axis.get_minor_ticks()),
        ):
            if isinstance(formatter, LogFormatterMathtext):
                for tick in ticks:
                    tick.label1.set_parse_math(True)
                    tick.label2.set_parse_math(True)


def find_theme(theme: str) -> Theme:
    """The theme with this name.

    Raises
    ------
    DescriptionError
        If it is neither "light" nor "dark".
    """
    return THEMES[choice("theme", theme, tuple(THEMES))]


def mix(first: str, second: str, share: float) -> str:
    """The first colour mixed with a share of the second, such as "#7F7F7F"."""
    a, b = np.array(to_rgb(first)), np.array(to_rgb(second))
    return to_hex(a + share * (b - a)).upper()


def new_figure(theme: str = "light", size: tuple[float, float] = (6.0, 4.0)) -> Picture:
    """An empty figure; size in inches."""
    figure = Picture(figsize=size, layout="constrained")
    figure.set_facecolor(find_theme(theme).paper)
    return figure


def axes_for(
    ax: Axes | None, theme: str = "light", size: tuple[float, float] = (6.0, 4.0), **options: Any
) -> Axes:
    """The caller's axes, or those of a new figure, in the theme's colours."""
    if ax is None:
        ax = new_figure(theme, size).add_subplot(**options)
    return style_axes(ax, theme)


def style_axes(ax: Axes, theme: str = "light") -> Axes:
    """The axes in the theme's colours, without a frame above and on the right."""
    colours = find_theme(theme)
    ax.set_facecolor(colours.paper)
    ax.tick_params(colors=colours.ink, which="both", labelsize=9)
    for side, spine in ax.spines.items():
        spine.set_color(colours.faint)
        spine.set_visible(side in ("left", "bottom"))
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        text.set_color(colours.ink)
    ax.title.set_fontsize(11)
    return ax


def figure_of(ax: Axes) -> Figure:
    """The figure to which the axes belong."""
    figure = ax.get_figure(root=True)
    assert figure is not None  # axes without a figure cannot be made
    return figure


def finish(ax: Axes) -> Figure:
    """The figure of axes on which all is drawn, names as they are: it may be the caller's."""
    as_they_are(ax)
    return figure_of(ax)


def encode(figure: Figure, form: str, dpi: int = DPI) -> bytes:
    """The figure as the bytes of a file; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "amenable", "svg.fonttype": "path"}):
        figure.savefig(
            buffer,
            format=form,
            dpi=dpi,
            metadata=UNDATED[form],
            facecolor=figure.get_facecolor(),
        )
    return buffer.getvalue()


def save(figure: Figure, path: str | os.PathLike[str], dpi: int = DPI) -> Path:
    """Write a figure to a PNG, SVG or PDF file: whole or not at all.

    Raises
    ------
    FileError
        If the name has another ending, or the file cannot be written.
    """
    target = Path(path)
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise FileError(
            f"{target}: expected a name that ends in .png, .svg or .pdf, got '{target.suffix}'"
        )
    write_whole(target, encode(figure, form, dpi))
    return target
