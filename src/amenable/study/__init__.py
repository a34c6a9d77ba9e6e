"""Studies: populations over a space of networks and trainings, kept on disk, resumable.

study.py is what a user sees. `amenable.space` says what to train and files/ reads it, policies/ say
with how many seeds; runner.py asks them what is missing, pace.py cuts it into blocks (blocks.py),
executors/ train these (work.py), store/ keeps what became of them, and `amenable.answers` says what
follows from them. docs/studies.md is the way through it.
"""

from amenable.answers.trial_table import TrialTable
from amenable.space.candidate import Candidate
from amenable.study.blocks import Block, BlockResult
from amenable.study.requests import TrialRequest
from amenable.study.status import Run, Status
from amenable.study.study import Study

__all__ = [
    "Block",
    "BlockResult",
    "Candidate",
    "Run",
    "Status",
    "Study",
    "TrialRequest",
    "TrialTable",
]
