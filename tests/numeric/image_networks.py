"""Random networks with layers of images, by Hypothesis, with their weights and data."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from amenable.network import (
    ACTIVATIONS,
    AvgPool2d,
    Conv2d,
    Dense,
    LocallyConnected2d,
    MaxPool2d,
    Network,
)

NAMES = sorted(set(ACTIVATIONS) - {"step"})
sizes = st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def tables(draw: st.DrawFn, maps: int, n_seen: int) -> Any:
    """A connection table, or None for all."""
    if draw(st.booleans()):
        return None
    some = st.sets(st.integers(0, n_seen - 1), min_size=1).map(sorted)
    return draw(st.lists(some, min_size=maps, max_size=maps))


@st.composite
def convolutions(draw: st.DrawFn, shape: tuple[int, ...], dropout: bool) -> Conv2d:
    """A convolution or local receptive fields, with everything that they can have."""
    maps = draw(st.integers(1, 5))
    border = draw(st.sampled_from([0.0, -1.0, 0.7, "circular"]))
    padding = draw(st.integers(0, 2) | st.tuples(st.integers(0, 2), st.integers(0, 2)))
    most = (padding, padding) if isinstance(padding, int) else padding
    if border == "circular":
        padding = (min(most[0], shape[1]), min(most[1], shape[2]))
        most = padding
    high, wide = (n + 2 * p for n, p in zip(shape[1:], most, strict=True))
    kernel = (draw(st.integers(1, min(high, 4))), draw(st.integers(1, min(wide, 5))))
    return draw(st.sampled_from([Conv2d, LocallyConnected2d]))(
        maps,
        kernel=kernel,
        stride=draw(sizes),
        padding=padding,
        border=border,
        connections=draw(tables(maps, shape[0])),
        activation=draw(st.sampled_from(NAMES)),
        bias=draw(st.booleans()),
        unit_biases=draw(st.booleans()),
        dropout=draw(st.sampled_from([0.0, 0.3])) if dropout else 0.0,
    )


@st.composite
def pools(draw: st.DrawFn, shape: tuple[int, ...], dropout: bool) -> AvgPool2d | MaxPool2d:
    """Means or largest."""
    fields: dict[str, Any] = {
        "kernel": (draw(st.integers(1, min(shape[1], 3))), draw(st.integers(1, min(shape[2], 3)))),
        "stride": draw(st.none() | sizes),
        "activation": draw(st.sampled_from(["identity", "tanh", "softplus"])),
        "dropout": draw(st.sampled_from([0.0, 0.3])) if dropout else 0.0,
    }
    if draw(st.booleans()):
        return MaxPool2d(**fields)
    flags = {name: draw(st.booleans()) for name in ("coefficient", "bias", "unit_biases")}
    return AvgPool2d(**fields, **flags)


@st.composite
def image_networks(
    draw: st.DrawFn, outputs: int = 3, *, dropout: bool = False, most: int = 3
) -> Network:
    """Up to so many layers of images, then one or two dense ones, perhaps with shortcuts."""
    inputs = (draw(st.integers(1, 3)), draw(st.integers(1, 9)), draw(st.integers(1, 9)))
    layers: list[Any] = []
    for _ in range(draw(st.integers(1, most))):
        shape = Network(inputs, [*layers, Dense(1)]).shapes[len(layers)]
        kinds = st.one_of(convolutions(shape, dropout), pools(shape, dropout))
        layers.append(draw(kinds))
    if draw(st.booleans()):
        source = st.lists(st.integers(0, len(layers) - 1), max_size=1)
        layers.append(Dense(draw(st.integers(1, 6)), "tanh", shortcuts=tuple(draw(source))))
    return Network(inputs, [*layers, Dense(outputs, "identity")])


def random_weights(network: Network, rng: np.random.Generator, *n: int) -> NDArray[np.float64]:
    """Weights (*n, P) that neither vanish nor saturate: narrower where a unit has many inputs."""
    parts = []
    for name, shape in network.parameter_shapes:
        k = int(name.partition(".")[0])
        layer = network.layers[k - 1]
        spread = 1.0 if isinstance(layer, AvgPool2d) else 1.2 / np.sqrt(network.fan_in(k))
        spread = 0.5 if name.endswith("bias") else spread
        parts.append(rng.normal(0, spread, (*n, int(np.prod(shape)))))
    return np.concatenate(parts, axis=-1)
