"""Self-contained HTML pages: one file with style and pictures inside, no script, nothing fetched.

What the pages of the lecture and of studies share; neither's contents are known here.
"""

from amenable.pages.parts import Figures, json_link, label, rows_table
from amenable.pages.style import STYLE
from amenable.pages.whole import document

__all__ = ["STYLE", "Figures", "document", "json_link", "label", "rows_table"]
