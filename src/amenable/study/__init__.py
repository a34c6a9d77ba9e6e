"""Studies: populations over a space of networks and trainings, kept on disk, resumable.

study.py is what a user calls; arguments.py checks what it is given. `amenable.space` says what to
train, files/ reads study files, and policies/ say how many seeds each configuration gets. runner.py
asks the policy which trials are missing, block_size.py cuts these into blocks (blocks.py),
executors/ train the blocks (work.py), and store/ keeps the results. to_population.py makes a
population of stored trials; `amenable.answers` says what follows from them. docs/studies.md
explains all of it.
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
