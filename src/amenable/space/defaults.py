"""What an expert would choose for some data: structures, settings, budget, and when it is learned.

Tables and rules of thumb, each with its reason. Everything here is said aloud before training.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from amenable.datasets import Dataset
from amenable.datasets.toys import TOYS
from amenable.network import Network
from amenable.training import Training

ACTIVATIONS = ("tanh", "relu", "sigmoid")
OPTIMIZER = "adam"
SEEDS = (32, 16, 8)  # with 32, a fraction of half is known to about 0.17 either way

# From no hidden layer to two. With three activations and 32 seeds, 1,088 networks of the first two
# kinds; the third is for images and the like, where the narrowest have no chance and time is dear.
FEW_INPUTS, MANY_INPUTS = 3, 100
NARROW = ("none", "1", "2", "3", "4", "6", "8", "16", "2,2", "4,4", "8,8", "16,16")
WIDE = ("none", "2", "4", "6", "8", "12", "16", "32", "4,4", "8,8", "16,16", "32,32")
WIDEST = ("none", "8", "16", "32", "64", "128", "16,16", "32,32", "64,64")

# Learning rates at which most structures learn most often, for few, some and many inputs: measured
# on moons, spirals and xor, where sigmoids need large steps to leave their plateau; on digits; and
# on 16 by 16 images of digits, where large steps saturate tanh.
LEARNING_RATES: Mapping[str, tuple[float, float, float]] = {
    "adam": (0.03, 0.01, 0.003),
    "adamw": (0.03, 0.01, 0.003),
    "rmsprop": (0.01, 0.01, 0.003),
    "sgd": (0.3, 0.3, 0.3),
    "momentum": (0.1, 0.1, 0.03),
    "nesterov": (0.1, 0.1, 0.03),
    "rprop": (0.01, 0.01, 0.01),
    "levenberg_marquardt": (0.03, 0.01, 0.003),
}
BATCH = 32
FULL_BATCH_OPTIMIZERS = ("rprop",)  # it compares signs of gradients, which must not be noise

# The budget: as long as networks still get there, and short enough to be watched.
LEAST_STEPS, MOST_STEPS = 1_500, 5_000
LEAST_EPOCHS, FEWEST_EPOCHS = 20, 3  # the fewest only where the samples are very many
PLEASANT_WORK = 5e10  # multiply-adds: 2 to 3 s on two cores
MOST_WORK = 1.5e12  # half a minute
PASSES = 3  # of multiply-adds through all parameters in a step: forward, and two backward
ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
MOST_PROBES = 500  # looks at the goal in a whole training

CLOSE = 0.97
"""How far from guessing to the best of scikit-learn's models a network must come.

Nearly as good as the best, which is mostly better than the linear model: on digits 0.97, where
logistic regression has 0.964 and a kernel machine 0.994.
"""


class Baseline(Protocol):
    """What must be known of a model that networks are compared with; baselines.py fits them."""

    @property
    def name(self) -> str:
        """Such as "kernel machine"."""

    @property
    def score(self) -> float:
        """Accuracy or r2; nan where it could not be fitted."""


def structures(data: Dataset) -> tuple[str, ...]:
    """Hidden layers to try, as they are typed."""
    if data.n_inputs <= FEW_INPUTS or is_truth_table(data):
        return NARROW
    return WIDE if data.n_inputs < MANY_INPUTS else WIDEST


def learning_rate(optimizer: str, data: Dataset) -> float:
    """A learning rate for the optimizer of that name."""
    few, some, many = LEARNING_RATES[optimizer]
    if data.n_inputs <= FEW_INPUTS:
        return few
    return some if data.n_inputs < MANY_INPUTS else many


def batch(optimizer: str, data: Dataset) -> int | str:
    """Samples in a step; all where they are few."""
    is_full = optimizer in FULL_BATCH_OPTIMIZERS or len(data.training) <= BATCH
    return "full" if is_full else BATCH


def seeds(data: Dataset, networks: Sequence[Network], n_trainings: int) -> int:
    """Seeds for each network: fewer where even a short training of so many would take minutes."""
    work = work_of_epoch(data, networks) * n_trainings * fewest_epochs(data)
    return next((n for n in SEEDS if n * work <= MOST_WORK), SEEDS[-1])


def epochs(data: Dataset, networks: Sequence[Network], n_runs: int, batch: int | str) -> int:
    """Passes over the training samples, for `n_runs` runs of all the networks."""
    per_epoch = steps_per_epoch(data, batch)
    work = max(work_of_epoch(data, networks) * n_runs, 1.0)
    longest = max(FEWEST_EPOCHS, MOST_STEPS / per_epoch)
    shortest = max(LEAST_EPOCHS, LEAST_STEPS / per_epoch)
    wanted = max(shortest, min(longest, PLEASANT_WORK / work))
    affordable = max(fewest_epochs(data), MOST_WORK / work)
    return _rounded(min(wanted, affordable))


def lasting_epochs(data: Dataset, batch: int | str) -> int:
    """Passes over the training samples, however many are trained: a study may be extended."""
    return epochs(data, (), 1, batch)


def fewest_epochs(data: Dataset) -> int:
    """The shortest training from which anything can be concluded."""
    return max(FEWEST_EPOCHS, math.ceil(LEAST_STEPS / steps_per_epoch(data, BATCH)))


def steps_per_epoch(data: Dataset, batch: int | str) -> int:
    """Updates in a pass over the training samples."""
    return 1 if batch == "full" else math.ceil(len(data.training) / int(batch))


def work_of_epoch(data: Dataset, networks: Sequence[Network]) -> float:
    """Multiply-adds of one pass over the training samples with each network once."""
    return PASSES * len(data.training) * float(sum(it.n_parameters for it in networks))


def probe_every(data: Dataset, training: Training) -> int:
    """Steps between looks at the goal: an epoch, or more where epochs are many and short."""
    per_epoch = steps_per_epoch(data, training.batch)
    budget = training.steps or (training.epochs or 1) * per_epoch
    return max(per_epoch, math.ceil(budget / MOST_PROBES))


def goal(data: Dataset, baselines: Sequence[Baseline]) -> tuple[str, str]:
    """When a network has learned the data, and why it is put there."""
    if is_truth_table(data):
        return "training accuracy >= 1", "every row right: a truth table has none to hold out"
    metric = "accuracy" if data.task == "classification" else "r2"
    split = "validation" if len(data.validation) else "training"
    floor, *others = baselines
    best = max(others, key=lambda it: it.score if math.isfinite(it.score) else -math.inf)
    low = floor.score if math.isfinite(floor.score) else 0.0
    if not best.score > low:  # also where it is nan
        level = _above(low, data, split)
        return f"{split} {metric} >= {level:g}", (
            f"just better than guessing ({low:.3f}), as no model of scikit-learn is"
        )
    level = _between(low, best.score)
    return f"{split} {metric} >= {level:g}", (
        f"about {100 * CLOSE:.0f} % of the way from guessing ({round(low, 2) + 0.0:.2f}) to the "
        f"best of scikit-learn's models ({best.name}, {best.score:.3f})"
    )


def is_truth_table(data: Dataset) -> bool:
    """Whether the data is a toy problem that has only training rows."""
    return data.name in TOYS and TOYS[data.name].is_truth_table


def _between(low: float, best: float) -> float:
    """The level, with as few digits as keep it between guessing and the best."""
    level = low + CLOSE * (best - low)
    for digits in (2, 3):
        if low < round(level, digits) <= best:
            return round(level, digits)
    return level


def _above(low: float, data: Dataset, split: str) -> float:
    """One sample better than guessing; for numbers, a twentieth of their variation."""
    if data.task == "regression":
        return round(max(low, 0.0) + 0.05, 3)
    n = len(getattr(data, split))
    return math.floor(1e4 * min(1.0, low + 1 / n)) / 1e4


def _rounded(n: float) -> int:
    """The next round number."""
    scale = 10.0 ** math.floor(math.log10(n))
    return max(1, round(next(it for it in ROUND if it * scale >= n * (1 - 1e-9)) * scale))
