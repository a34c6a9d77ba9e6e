"""How much memory training takes."""

from __future__ import annotations

from amenable import _core, encoding
from amenable.datasets import Dataset
from amenable.engine.calls import plan_of
from amenable.network import Network
from amenable.training import Training


def training_bytes(network: Network, training: Training, data: Dataset) -> float:
    """Bytes that training takes for each network, where a register is full of them.

    Parameters, gradients, what the optimizer keeps, and the tile of samples on its way through the
    layers; what is recorded, and the samples themselves, come on top.
    """
    key = encoding.plan_key(network, training, data, has_frozen=False)
    rows = encoding.samples(data, "training", network, key)
    call = (
        _core.training_bytes_float if training.dtype == "float32" else _core.training_bytes_double
    )
    return float(call(plan_of(key), rows.rows, rows.has_weights, rows.variations))
