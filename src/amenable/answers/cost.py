"""What training cost, in multiply-adds: the same on every machine, so that studies can be compared.

A step takes each sample of its batch through the network forward once and backward twice (to the
inputs and to the weights): three multiply-adds for each connection. Updates, activations and looks
at validation samples are left out: they are a small share but for the tiniest networks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.answers.trial_table import TrialTable
from amenable.network import Network
from amenable.population.keys import Configuration

PASSES = 3  # forward, and backward to inputs and weights


def multiply_adds_per_step(it: Configuration, n_training: int) -> int:
    """Of one step of one network.

    Examples
    --------
    >>> from amenable import Training, mlp
    >>> multiply_adds_per_step(Configuration(mlp(2, 4, 1), Training(batch=10)), 100)
    360
    """
    batch = encoding.batch_size(it.training, n_training) or n_training
    return PASSES * it.network.summary().multiply_adds * batch


def multiply_adds(results: TrialTable) -> NDArray[np.float64]:
    """Of each trial (T,), all its steps together."""
    known: dict[tuple[Network, int | str, str], int] = {}
    each = np.zeros(len(results.configurations))
    for c, it in enumerate(results.configurations):
        key = (it.network, it.training.batch, it.training.order)
        if key not in known:
            known[key] = multiply_adds_per_step(it, results.data.n_training)
        each[c] = known[key]
    return np.asarray(each[results.configuration] * results.steps, dtype=np.float64)
