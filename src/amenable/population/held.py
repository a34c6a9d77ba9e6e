"""Networks of which a few inputs vary, the others held at their median: what pictures can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.datasets.source import did_you_mean, listed
from amenable.errors import DataError
from amenable.model import Model
from amenable.network import Dense, Network, unflatten
from amenable.population.keys import Configuration
from amenable.population.population import Population
from amenable.population.source import DataSummary
from amenable.population.trained import TrainedNetwork

Floats = NDArray[np.float64]


def places_of(data: Dataset, names: Sequence[str]) -> list[int]:
    """Which inputs these are, by name or number.

    Raises
    ------
    DataError
        If there is no such input, or one is named twice.
    """
    places = []
    for name in names:
        if name in data.features:
            places.append(data.features.index(name))
        elif name.isdecimal() and int(name) < data.n_inputs:
            places.append(int(name))
        else:
            raise DataError(
                f"'{data.name}' has no input {name!r}; it has {listed(data.features)}"
                + did_you_mean(name, data.features),
                where="inputs",
            )
    if len(set(places)) < len(places):
        raise DataError(expected="different inputs", got=", ".join(names), where="inputs")
    return places


def hold_data(data: Dataset, places: Sequence[int]) -> Dataset:
    """The data with these inputs only."""
    features = tuple(data.features[i] for i in places)
    x = data.x[:, list(places)]
    return replace(data, x=x, features=features, image=None, preparation=None)


def hold_inputs(
    shown: Population | Model, data: Dataset, places: Sequence[int]
) -> Population | Model:
    """The same networks of these inputs only, the others held at their median in training.

    What the held inputs add to the first layer becomes part of its biases, so that the networks
    compute the same as before in this plane.

    Raises
    ------
    DataError
        If the first layer is not dense, or another one sees the inputs too.
    """
    held = np.median(data.x[data.training], axis=0)
    if not isinstance(shown, Population):
        network = _fewer(shown.network, places)
        flat = _flat_of(shown.network, network, shown.flat, places, held)
        if isinstance(shown, TrainedNetwork):
            kept = DataSummary.of(hold_data(data, places))
            return replace(shown, network=network, flat=flat, data=kept)
        return Model(network, flat, shown.dtype, shown.about)
    changed = [_fewer(it.network, places) for it in shown.configurations]
    arrays = {
        name: tuple(
            _flat_of(it.network, network, array, places, held)
            for it, network, array in zip(shown.configurations, changed, each, strict=True)
        )
        if name in ("weights", "snapshots")
        else each
        for name, each in shown.records.arrays.items()
    }
    pairs = zip(shown.configurations, changed, strict=True)
    return replace(
        shown,
        data=DataSummary.of(hold_data(data, places)),
        configurations=tuple(Configuration(network, it.training) for it, network in pairs),
        records=replace(shown.records, arrays=arrays),
    )


def _fewer(network: Network, places: Sequence[int]) -> Network:
    """The network with as many inputs as vary."""
    first, *others = network.layers
    if not isinstance(first, Dense) or any(0 in it.shortcuts for it in network.layers):
        raise DataError(
            f"{network.structure}: inputs can be held where only a dense first layer sees them",
            where="inputs",
        )
    return replace(network, inputs=len(places), layers=(replace(first, bias=True), *others))


def _flat_of(
    network: Network, fewer: Network, flat: Floats, places: Sequence[int], held: Floats
) -> Floats:
    """Parameters (..., P) of the network with fewer inputs."""
    parts = dict(unflatten(network, flat))
    weight = parts["1.weight"]
    others = np.setdiff1d(np.arange(network.inputs), places)
    parts["1.bias"] = parts.get("1.bias", 0.0) + weight[..., others] @ held[others]
    parts["1.weight"] = weight[..., list(places)]
    rows = [parts[name].reshape(*flat.shape[:-1], -1) for name, _ in fewer.parameter_shapes]
    return np.concatenate(rows, axis=-1)
