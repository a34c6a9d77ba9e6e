"""The lecture, executed: each of its claims as an experiment on many networks, and one page of all.

finding.py says what an experiment finds, contents.py which there are, each in a folder of its name:
what is measured, drawn and said. page.py makes the page, command.py is `amenable lecture`, which
comes in by an entry point. All of it uses public names of the library only; a test reads them.
"""

from amenable.lecture.contents import CONTENTS, experiment, experiments
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, ResultTable, Scale
from amenable.lecture.page import ExperimentResult, numbers_json, page

__all__ = [
    "CONTENTS",
    "Check",
    "Experiment",
    "ExperimentResult",
    "Finding",
    "Illustration",
    "ResultTable",
    "Scale",
    "experiment",
    "experiments",
    "numbers_json",
    "page",
]
