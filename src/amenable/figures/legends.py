"""Legends, colour bars and ticks that hide nothing, and text within the font's characters."""

from __future__ import annotations

from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.font_manager import findfont, get_font
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from amenable.figures.canvas import figure_of, find_theme

BOX = "□"


def legend_above(ax: Axes, theme: str, columns: int = 1, **options: Any) -> None:
    """A legend above the axes; the layout makes room for it."""
    colours = find_theme(theme)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.03),
        borderaxespad=0.0,
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        labelcolor=colours.ink,
        **options,
    )


def colour_bar(mappable: ScalarMappable, ax: Axes, theme: str, label: str) -> Colorbar:
    """A bar beside the axes that explains the colours."""
    colours = find_theme(theme)
    bar = figure_of(ax).colorbar(mappable, ax=ax, pad=0.02)
    bar.set_label(label, color=colours.ink, fontsize=9)
    bar.ax.tick_params(colors=colours.ink, which="both", labelsize=8)
    bar.outline.set_edgecolor(colours.faint)
    return bar


def plain_logarithmic(axis: Axis) -> None:
    """Plain ticks at 1, 2 and 5 for a logarithmic axis of few decades; other axes stay the same."""
    low, high = sorted(axis.get_view_interval())
    if high < 1000 * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axis.set_minor_locator(NullLocator())


def verbatim(text: str, longest: int = 60) -> str:
    """Text in one line, cut to `longest` characters.

    Characters that the font lacks become boxes; matplotlib would warn about each of them.
    """
    text = " ".join(text.split())
    short = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(it if _is_drawn(it) else BOX for it in short)


@cache
def _is_drawn(character: str) -> bool:
    """Whether the font has the character."""
    font = get_font(findfont("DejaVu Sans"))  # matplotlib ships it
    return character.isprintable() and font.get_char_index(ord(character)) > 0
