"""Outputs, losses and gradients of networks that have weights; and initial weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import _core, encoding
from amenable.datasets import Dataset
from amenable.engine.calls import (
    check_threads,
    initialize,
    plan_of,
    row,
    settings_of,
    wait,
    with_layers,
)
from amenable.network import Network
from amenable.training import Training


def initial_weights(
    network: Network, training: Training, data: Dataset, seeds: Sequence[int]
) -> NDArray[np.float64]:
    """Weights (S, P) that training starts from, for each seed."""
    key = encoding.plan_key(network, training, data, has_frozen=False)
    _, layers = settings_of([(network, training)], data)
    return initialize(plan_of(key), layers[0], seeds)


def predict(
    network: Network,
    weights: NDArray[np.float64],
    x: NDArray[np.float64],
    *,
    upto: int | None = None,
    dtype: str = "float32",
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Outputs (T, N, O) of networks with weights (T, P) on inputs x (N, I).

    `upto` gives the outputs of that layer, counted from 1, instead of the last one's.
    """
    training = Training(dtype=dtype)
    layers = [row(it, _core.LAYER_SETTINGS) for it in encoding.layer_settings(network, training)]
    keys = [encoding.layer_key(network, training, k) for k in range(len(network.layers))]
    plan = with_layers(_core.Plan(n_inputs=network.inputs), keys)
    depth = len(network.layers) if upto is None else upto
    n_outputs = network.widths[depth]
    outputs = np.empty((len(weights), len(x), n_outputs))
    call = _core.predict_float if dtype == "float32" else _core.predict_double
    progress = _core.Progress()

    def work() -> None:
        call(
            plan,
            depth,
            np.ascontiguousarray(weights, dtype=np.float64),
            np.repeat(np.array([layers]), len(weights), axis=0),
            np.ascontiguousarray(x, dtype=dtype),
            outputs,
            check_threads(threads),
            progress,
        )

    if wait(work, progress, None):
        raise KeyboardInterrupt
    return outputs


def measure(
    network: Network,
    training: Training,
    weights: NDArray[np.float64],
    data: Dataset,
    split: str = "training",
    *,
    gradients: bool = False,
    threads: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Loss and metric (T, 2) of networks with weights (T, P) on a split; gradients (T, P).

    The gradient is that of the mean loss over the split, without penalties.
    """
    key = encoding.plan_key(network, training, data, has_frozen=False)
    settings, layers = settings_of([(network, training)], data)
    rows = encoding.samples([data], split, network, key)
    n = len(weights)
    losses = np.empty((n, 2))
    slopes = np.empty((n, network.n_parameters)) if gradients else None
    call = _core.measure_float if training.dtype == "float32" else _core.measure_double
    progress = _core.Progress()

    def work() -> None:
        call(
            plan_of(key),
            np.ascontiguousarray(weights, dtype=np.float64),
            np.repeat(settings, n, axis=0),
            np.repeat(layers, n, axis=0),
            rows.rows,
            rows.has_weights,
            rows.variations,
            losses,
            slopes,
            check_threads(threads),
            progress,
        )

    if wait(work, progress, None):
        raise KeyboardInterrupt
    return losses, slopes


def elementary(function: str, x: NDArray[Any], instruction_set: str | None = None) -> NDArray[Any]:
    """One of the core's own elementary functions (exp, tanh, ...) of x (N,), in x's precision."""
    y = np.empty_like(x)
    call = _core.elementary_float if x.dtype == np.float32 else _core.elementary_double
    call(function, x, y, instruction_set)
    return y
