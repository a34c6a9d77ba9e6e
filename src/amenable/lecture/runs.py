"""Training for experiments: without a bar of its own, and Ctrl-C ends the experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import amenable as am


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


def chosen(
    networks: Sequence[am.Network],
    trainings: Sequence[am.Training],
    data: am.Dataset,
    seeds: Sequence[int],
) -> list[int]:
    """For each network the place of the training with the best median validation metric."""
    found = train(networks, data, trainings, seeds=seeds)
    scores = found.metric["validation"].reshape(len(networks), len(trainings), len(seeds))
    return [int(place) for place in np.argmax(np.median(scores, axis=2), axis=1)]
