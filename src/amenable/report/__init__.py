"""The page of a study: one HTML file that a colleague without the package can read.

contents.py works out what is said, pictures.py what is shown, page.py makes HTML of it.
"""

from amenable.report.contents import Contents, Subject, contents
from amenable.report.page import report_page

__all__ = ["Contents", "Subject", "contents", "report_page"]
