"""What an expert would choose for some data: structures, settings, budget, and when it is learned.

Tables and rules of thumb, each with its reason. Everything here is said aloud before training.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.toys import TOYS
from amenable.statistics.scores import score_error
from amenable.training import METRICS, Training, parse_goal
from amenable.training.goal import SPLITS

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

# The budget: as long as networks still get there. It depends on the data alone, never on how many
# are trained: more seeds must not mean a shorter training, or fractions could not be compared.
# Measured with 4 seeds of the default networks, the share that is at the default goal after 500,
# 1,000, 2,000, 3,000, 5,000 and 8,000 steps: spirals 0.19, 0.25, 0.31, 0.37, 0.48, 0.53; sine 0.47,
# 0.62, 0.71, 0.73, 0.74, 0.74; digits 0.12, 0.27, 0.43, 0.45, 0.44, 0.45. Small tables are learned
# by heart instead: wine 0.48, 0.45, 0.40, 0.37, 0.35, 0.32; breast-cancer 0.74, 0.66, 0.59, 0.46.
# Where inputs outnumber the rows, networks know these by heart after 100 steps: with 1,000 inputs
# and 60 rows, test accuracy was 0.89 after 100, 0.91 after 300 and 0.90 after 500 steps (sigmoid),
# and 0.83 after each (relu); with 7,129 inputs the test loss grew from 100 steps on.
STEPS_FEW_INPUTS, STEPS, STEPS_FEW_ROWS, STEPS_WIDE = 5_000, 3_000, 1_500, 300
FEW_ROWS = 1_000
FEWEST_EPOCHS = 3  # where the samples are very many

# The half minute is kept by fewer seeds, then by leaving out the largest structures.
MOST_WORK = 1.5e12  # multiply-adds: half a minute on two cores
HALF_MINUTE, CORES = 30.0, 2
LARGE, LARGE_COST = 32_768, 2.0
"""Networks with more parameters than this take so many times as long: a register of them, with
gradients and moments, is 8 MB, which no second-level cache holds. With 57,049 parameters one core
made 1.2e10 multiply-adds a second, where a small network's make 2.5e10."""
FEWEST_STRUCTURES = 4
ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
MOST_PROBES = 500  # looks at the goal in a whole training

CLOSE = 0.97
"""How far from guessing to the best of scikit-learn's models a network must come.

Nearly as good as the best, which is mostly better than the linear model: on digits 0.97, where
logistic regression has 0.964 and a kernel machine 0.994.
"""


UNLUCKY = 2.5
"""Standard deviations, over draws of the rows that judge, from the best model down to a goal.

1.645 so that a network as good as that reaches it in 19 draws of 20, and as much again as the mean
over splits may be off, 1.96 times the root of a fifth: else no number of seeds could show that a
structure is reliable, as other rows might judge otherwise. A goal above that would count the luck
of a few rows: of 30, a network that is right in 96 of 100 has 29 right two times in three.
"""

CHANCE = 0.05
"""Of permuted validation targets, how many may let the best model look as good as it does."""


class ScoredBaseline(Protocol):
    """What must be known of a model that networks are compared with; baselines.py fits them."""

    @property
    def name(self) -> str:
        """Such as "kernel machine"."""

    @property
    def metric(self) -> str:
        """Such as "accuracy"."""

    @property
    def least(self) -> float:
        """What a goal is held against, on validation rows; nan where it could not be fitted."""

    @property
    def by_split(self) -> tuple[float, ...]:
        """As `least`, of each split of the data by itself."""

    @property
    def p_value(self) -> float:
        """Chance that the best of all does as well on permuted targets; nan where not tried."""

    def on(self, split: str) -> float:
        """As `least`, on that split; nan where it was not scored."""


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


def seeds(work: float) -> int:
    """Seeds for each network: fewer where so many would take minutes.

    `work` is what one seed of all of them takes, in multiply-adds.
    """
    return next((n for n in SEEDS if n * work <= MOST_WORK), SEEDS[-1])


def seconds(work: float, cores: int) -> float:
    """About how long so many multiply-adds take: on a busy machine longer."""
    return HALF_MINUTE * (work / MOST_WORK) * (CORES / cores)


def affordable(work: Sequence[float]) -> int:
    """How many structures, the cheapest first, can be trained with the fewest seeds in the time.

    `work` is what one seed of each takes, in multiply-adds, ascending.
    """
    spent, n = 0.0, 0
    for each in work:
        spent += each
        if SEEDS[-1] * spent > MOST_WORK and n >= FEWEST_STRUCTURES:
            break
        n += 1
    return n


def epochs(data: Dataset, batch: int | str) -> int:
    """Passes over the training samples, however many networks are trained."""
    if data.n_inputs <= FEW_INPUTS:
        steps = STEPS_FEW_INPUTS
    elif data.n_inputs >= MANY_INPUTS and data.n_inputs > len(data.training):
        steps = STEPS_WIDE
    else:
        steps = STEPS_FEW_ROWS if len(data.training) < FEW_ROWS else STEPS
    return _rounded(max(FEWEST_EPOCHS, steps / steps_per_epoch(data, batch)))


def steps_per_epoch(data: Dataset, batch: int | str) -> int:
    """Updates in a pass over the training samples."""
    return 1 if batch == "full" else math.ceil(len(data.training) / int(batch))


def probe_every(data: Dataset, training: Training) -> int:
    """Steps between looks at the goal: an epoch, or more where epochs are many and short."""
    per_epoch = steps_per_epoch(data, training.batch)
    budget = training.steps or (training.epochs or 1) * per_epoch
    return max(per_epoch, math.ceil(budget / MOST_PROBES))


def goal(
    data: Dataset | RepeatedSplits, baselines: Sequence[ScoredBaseline]
) -> tuple[str | None, str]:
    """When a network has learned the data, and why it is put there.

    Chosen on validation rows, and put on the test split where there is one. None where no model can
    be told from guessing: then a goal would be reached by luck.
    """
    if is_truth_table(data):
        return "training accuracy >= 1", "all rows right, since a truth table has none to hold out"
    floor, *others = baselines
    comparison = METRICS[floor.metric][0]
    sign = 1.0 if comparison == ">=" else -1.0
    best = max(others, key=lambda it: sign * it.least if math.isfinite(it.least) else -math.inf)
    low = floor.least if math.isfinite(floor.least) else 0.0
    if not math.isfinite(best.least):
        return None, "none of scikit-learn's models could be fitted"
    if not sign * best.least > sign * low or best.p_value > CHANCE:
        first = data if isinstance(data, Dataset) else data[0]
        split = "validation" if len(first.validation) else "training"
        n = len(getattr(first, split))
        return None, (
            f"the best of scikit-learn's models ({best.name}, {best.least:.3f}) cannot be told "
            f"from guessing ({low:.3f}) on {n:,} {split} rows"
        )
    split = judged_split(None, data)
    level = low + CLOSE * (best.least - low)
    reason = (
        f"about {100 * CLOSE:.0f} % of the way from guessing ({round(low, 2) + 0.0:.2f}) to the "
        f"best of scikit-learn's models ({best.name}, {best.least:.3f})"
    )
    first = data if isinstance(data, Dataset) else data[0]
    n = len(getattr(first, split))
    lucky = best.least - sign * UNLUCKY * _spread(best, first, split)
    if sign * lucky < sign * level:
        level = max(low + (best.least - low) / 2, lucky, key=lambda it: sign * it)
        reason += f", and no higher than that model might come by bad luck with {n:,} {split} rows"
    return f"{split} {floor.metric} {comparison} {_between(low, level):g}", reason


def _spread(best: ScoredBaseline, data: Dataset, split: str) -> float:
    """Standard deviation of a model's score over draws of the rows that judge."""
    rows = getattr(data, split)
    is_class = data.task == "classification"
    rarest = int(np.bincount(data.y[rows], minlength=data.n_classes).min()) if is_class else 0
    scores = [it for it in best.by_split if math.isfinite(it)]
    seen = float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0  # of few splits: by luck 0
    known = score_error(best.metric, best.least, len(rows), rarest, is_class=is_class)
    return max(seen, known)


def goal_remarks(
    goal: str, data: Dataset | RepeatedSplits, baselines: Sequence[ScoredBaseline]
) -> tuple[str, ...]:
    """What should be known of a goal before networks are held against it, a sentence each."""
    asked = parse_goal(goal)
    split = judged_split(asked.split, data)
    first = data if isinstance(data, Dataset) else data[0]
    rows = getattr(first, split)
    n = len(rows)
    remarks = []
    sign = 1.0 if asked.comparison == ">=" else -1.0
    guess = _guess(asked.metric, first, rows)
    if guess is not None and sign * guess >= sign * asked.value:
        what = "the mean" if first.task == "regression" else "the most frequent class"
        remarks.append(
            f"Guessing {what} reaches this goal: its {asked.metric} on the {split} rows is "
            f"{guess:.3f}."
        )
    alike = [it for it in baselines if it.metric == asked.metric and math.isfinite(it.on(split))]
    if alike:
        best = max(alike, key=lambda it: sign * it.on(split))
        if sign * best.on(split) < sign * asked.value:
            remarks.append(
                f"None of scikit-learn's models reaches this goal: the best, {best.name}, has "
                f"{best.on(split):.3f}."
            )
    if asked.metric == "accuracy" and n and 1 - 1 / n < asked.value < 1:
        remarks.append(
            f"With {n:,} {split} rows, this goal asks for all of them: one wrong makes "
            f"{1 - 1 / n:.3f}."
        )
    return tuple(remarks)


def judged_split(split: str | None, data: Dataset | RepeatedSplits) -> str:
    """The rows that a goal is judged on: those it names, else the ones held back the most."""
    first = data if isinstance(data, Dataset) else data[0]
    held = (it for it in reversed(SPLITS) if it != "training" and len(getattr(first, it)))
    return split or next(held, "training")


def _guess(metric: str, data: Dataset, rows: NDArray[np.int64]) -> float | None:
    """What looking at no input gives, where that is known without fitting anything."""
    if metric == "accuracy":
        most = np.bincount(data.y[data.training], minlength=data.n_classes).argmax()
        return float(np.mean(data.y[rows] == most))
    if metric == "balanced_accuracy":
        return 1 / len(np.unique(data.y[rows]))
    return {"auc": 0.5, "r2": 0.0}.get(metric)


def is_truth_table(data: Dataset | RepeatedSplits) -> bool:
    """Whether the data is a toy problem that has only training rows."""
    return data.name in TOYS and TOYS[data.name].is_truth_table


def _between(low: float, level: float) -> float:
    """The level, with as few digits as keep it beyond guessing."""
    for digits in (2, 3):
        rounded = round(level, digits)
        if (rounded > low) == (level > low) and rounded != low:
            return rounded
    return level


def _rounded(n: float) -> int:
    """The next round number."""
    scale = 10.0 ** math.floor(math.log10(n))
    return max(1, round(next(it for it in ROUND if it * scale >= n * (1 - 1e-9)) * scale))
