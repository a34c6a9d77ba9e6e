"""What experiments share: training that is whole or not at all, choosing, counting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import amenable as am
from amenable.statistics import wilson


def train(*arguments: Any, **options: Any) -> am.Population:
    """`amenable.train`, all of it or none.

    An experiment on a part of its trials would say something else than it means to.

    Raises
    ------
    KeyboardInterrupt
        If training was interrupted.
    """
    found = am.train(*arguments, **{"progress": False} | options)
    if found.is_cancelled:
        raise KeyboardInterrupt
    return found


def choose(
    networks: Sequence[am.Network],
    trainings: Sequence[am.Training],
    data: am.Dataset,
    seeds: Sequence[int],
) -> list[int]:
    """For each network the place of the training with the best median validation metric."""
    found = train(networks, data, trainings, seeds=seeds)
    scores = found.metric["validation"].reshape(len(networks), len(trainings), len(seeds))
    return [int(place) for place in np.argmax(np.median(scores, axis=2), axis=1)]


def share(n: int, of: int) -> str:
    """A count with the interval of its fraction: "12 of 24 [0.31, 0.69]"."""
    low, high = wilson(n, of)
    return f"{n} of {of} [{low:.2f}, {high:.2f}]"
