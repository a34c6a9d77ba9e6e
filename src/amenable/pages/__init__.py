"""Self-contained HTML pages: one file with style, script and pictures inside; nothing is fetched.

What the pages of the lecture and of studies share; neither's contents are known here. blocks.py has
what a page is made of, rendering.py turns it into HTML by the templates beside it.
"""

from amenable.pages.blocks import (
    Block,
    Code,
    Facts,
    Items,
    Paragraph,
    PictureBlock,
    Section,
    TableBlock,
    TableColumn,
)
from amenable.pages.rendering import json_link, render

__all__ = [
    "Block",
    "Code",
    "Facts",
    "Items",
    "Paragraph",
    "PictureBlock",
    "Section",
    "TableBlock",
    "TableColumn",
    "json_link",
    "render",
]
