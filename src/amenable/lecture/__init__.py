"""The lecture, executed: each of its claims as an experiment on many networks, and one page of all.

finding.py says what an experiment finds, contents.py which there are (each is a module here),
page.py and style.py make the page, runs.py trains.
"""

from amenable.lecture.contents import CONTENTS, experiment, experiments
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, Scale, Table
from amenable.lecture.page import Section, numbers_json, page

__all__ = [
    "CONTENTS",
    "Check",
    "Experiment",
    "Finding",
    "Illustration",
    "Scale",
    "Section",
    "Table",
    "experiment",
    "experiments",
    "numbers_json",
    "page",
]
