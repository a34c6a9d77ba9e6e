"""Descriptions of how a network is trained: all defaults, but no arithmetic.

optimizers.py, schedules.py, losses.py and initializers.py have the tables; goal.py says when a
network has solved its problem; training.py puts them together. checks.py refuses wrong values,
fit.py what does not fit the task. words.py describes a training, parts.py reads and writes
optimizers and schedules as text, grid.py makes many trainings of one.
"""

from amenable.training.goal import METRICS, Goal, describe_goal, parse_goal
from amenable.training.grid import grid
from amenable.training.initializers import INITIALIZERS, parse_initializer
from amenable.training.losses import LOSSES, parse_loss
from amenable.training.optimizers import (
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    LevenbergMarquardt,
    Momentum,
    Nesterov,
    Optimizer,
    RMSprop,
    Rprop,
)
from amenable.training.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    InverseTime,
    Schedule,
    StepDecay,
)
from amenable.training.training import Training

__all__ = [
    "INITIALIZERS",
    "LOSSES",
    "METRICS",
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "AdamW",
    "Constant",
    "Cosine",
    "Goal",
    "InverseTime",
    "LevenbergMarquardt",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "Rprop",
    "Schedule",
    "StepDecay",
    "Training",
    "describe_goal",
    "grid",
    "parse_goal",
    "parse_initializer",
    "parse_loss",
]
