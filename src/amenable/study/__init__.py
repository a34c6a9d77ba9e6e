"""Studies: populations over a space of networks and trainings, kept on disk, resumable.

study.py is what a user sees. space/ says what to train and files/ reads it, policies/ say with how
many seeds; runner.py asks them what is missing, pace.py cuts it into blocks (blocks.py), executors/
train these (work.py), store/ keeps what became of them, results.py are the trials as arrays, and
answers/ what follows from them. docs/studies.md is the way through it.
"""

from amenable.study.blocks import Block, BlockResult
from amenable.study.candidates import Candidate, Request
from amenable.study.results import StudyResults
from amenable.study.status import Run, Status
from amenable.study.study import Study

__all__ = [
    "Block",
    "BlockResult",
    "Candidate",
    "Request",
    "Run",
    "Status",
    "Study",
    "StudyResults",
]
