"""How a network is trained, described: no arithmetic, but all defaults.

optimizers.py, schedules.py, losses.py and initializers.py have the tables, goal.py when a network
counts as solved, training.py puts them together, checks.py and fit.py refuse what is wrong or does
not fit the task, words.py puts a training in words, grid.py makes many of one.
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
