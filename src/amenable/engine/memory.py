"""How much memory training takes."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable

from amenable import _core, encoding
from amenable.datasets import Dataset
from amenable.engine.calls import plan_of
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.training import Training

LEAST_BYTES = 64  # a parameter and its gradient, for all networks of a register, the smallest one


def training_bytes(network: Network, training: Training, data: Dataset) -> float:
    """Bytes that training takes for each network when a register is full of them.

    Parameters, gradients, what the optimizer keeps, and the tile of samples on its way through the
    layers; what is recorded, and the samples themselves, come on top.
    """
    key = encoding.plan_key(network, training, data, has_frozen=False)
    rows = encoding.samples([data], "training", network, key)
    call = (
        _core.training_bytes_float if training.dtype == "float32" else _core.training_bytes_double
    )
    return float(call(plan_of(key), rows.rows, rows.has_weights, rows.variations))


def available_bytes() -> int:
    """Memory of this machine, or as much of it as the process may use."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    all_there_is = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return all_there_is if limit == resource.RLIM_INFINITY else min(limit, all_there_is)


def check_fits(networks: Iterable[Network]) -> None:
    """Refuse networks that the memory cannot hold, however few are trained at once."""
    largest = max(networks, key=lambda it: it.n_parameters)
    if LEAST_BYTES * largest.n_parameters > available_bytes():
        raise too_large(largest)


def too_large(largest: Network) -> DescriptionError:
    """The error for too little memory."""
    size = LEAST_BYTES * largest.n_parameters / 2**30
    return DescriptionError(
        f"training needs more than the {available_bytes() / 2**30:.3g} GiB that there are: the "
        f"largest network, {largest.structure}, has {largest.n_parameters:,} parameters, which "
        f"take {size:.2g} GiB or more",
        where="memory",
        hint="use smaller networks, a smaller batch, fewer threads or fewer samples",
    )
