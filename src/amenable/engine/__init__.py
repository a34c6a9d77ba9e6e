"""The only caller of the compiled core: groups trials, hands arrays over, waits, cancels.

Nothing is computed here. training.py trains, evaluation.py evaluates networks that have weights,
and calls.py has what both need.
"""

from amenable.engine.calls import Watch, available_cores, check_threads, instruction_sets
from amenable.engine.evaluation import elementary, initial_weights, measure, predict
from amenable.engine.memory import training_bytes
from amenable.engine.training import SIGNALS, STATUSES, Outcomes, Recording, Setup, run

__all__ = [
    "SIGNALS",
    "STATUSES",
    "Outcomes",
    "Recording",
    "Setup",
    "Watch",
    "available_cores",
    "check_threads",
    "elementary",
    "initial_weights",
    "instruction_sets",
    "measure",
    "predict",
    "run",
    "training_bytes",
]
