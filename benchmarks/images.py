"""The structures of the tasks on images, without the engine: layers, counts, weights, patterns.

Weights travel as flat rows, (T, P) for T networks: layer by layer weights, then biases, kernels map
by map and only those that a map sees. Engine and peers are given the same rows to start from.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

Array = np.ndarray
Shape = tuple[int, int, int]  # (maps, height, width); of units in a row (units, 1, 1)
Table = tuple[tuple[int, ...], ...]  # for each map the input maps that it sees
Params = list[tuple[Array, Array]]  # per layer: weights and biases, each (T, ...)


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution; without `seen` each map sees all."""

    maps: int
    kernel: int
    stride: int = 1
    pad: int = 0
    border: float = 0.0
    seen: Table | None = None
    unit_biases: bool = False

    def shape(self, inputs: Shape) -> Shape:
        height, width = ((n + 2 * self.pad - self.kernel) // self.stride + 1 for n in inputs[1:])
        return (self.maps, height, width)

    def weights(self, inputs: Shape) -> Shape:
        """(kernels, height, width), flat over the maps, which may see unequally many."""
        return (int(self.mask(inputs).sum()), self.kernel, self.kernel)

    def biases(self, inputs: Shape) -> Shape:
        return self.shape(inputs) if self.unit_biases else (self.maps, 1, 1)

    def mask(self, inputs: Shape) -> Array:
        """(maps, input maps), true where a map sees one."""
        mask = np.zeros((self.maps, inputs[0]), bool)
        for i in range(self.maps):
            mask[i, list(self.seen[i]) if self.seen else slice(None)] = True
        return mask

    def fan_in(self, inputs: Shape) -> int:
        return int(self.mask(inputs).sum(1).max()) * self.kernel**2

    def multiply_adds(self, inputs: Shape) -> int:
        return prod(self.weights(inputs)) * prod(self.shape(inputs)[1:])


@dataclass(frozen=True, slots=True)
class Mean:
    """Means of square windows side by side, with a coefficient and a bias for each map."""

    size: int = 2

    def shape(self, inputs: Shape) -> Shape:
        return (inputs[0], inputs[1] // self.size, inputs[2] // self.size)

    def weights(self, inputs: Shape) -> Shape:
        return (inputs[0], 1, 1)

    def biases(self, inputs: Shape) -> Shape:
        return (inputs[0], 1, 1)

    def fan_in(self, inputs: Shape) -> int:
        return self.size**2

    def multiply_adds(self, inputs: Shape) -> int:
        return 0  # additions; they are left out, as activations are


@dataclass(frozen=True, slots=True)
class Full:
    """A dense layer."""

    units: int

    def shape(self, inputs: Shape) -> Shape:
        return (self.units, 1, 1)

    def weights(self, inputs: Shape) -> Shape:
        return (self.units, prod(inputs), 1)

    def biases(self, inputs: Shape) -> Shape:
        return (self.units, 1, 1)

    def fan_in(self, inputs: Shape) -> int:
        return prod(inputs)

    def multiply_adds(self, inputs: Shape) -> int:
        return self.units * prod(inputs)


Layer = Conv | Mean | Full


@dataclass(frozen=True, slots=True)
class Law:
    """Uniform within these times 1 / sqrt(fan-in)."""

    weights: float
    biases: float


@dataclass(frozen=True, slots=True)
class Structure:
    """A network for images of one shape; `preset` is the engine's function that makes it."""

    preset: str
    inputs: Shape
    layers: tuple[Layer, ...]
    activation: str = "scaled_tanh"  # 1.7159 tanh(2x / 3), of all LeNets
    output: str = "scaled_tanh"

    @property
    def shapes(self) -> list[Shape]:
        """Of the input and of each layer's output."""
        shapes = [self.inputs]
        for layer in self.layers:
            shapes.append(layer.shape(shapes[-1]))
        return shapes

    @property
    def n_parameters(self) -> int:
        seen = zip(self.layers, self.shapes, strict=False)
        return sum(prod(it.weights(shape)) + prod(it.biases(shape)) for it, shape in seen)

    @property
    def multiply_adds(self) -> int:
        """For one image: forward, weight and input gradients; the first layer needs no last one."""
        each = [it.multiply_adds(s) for it, s in zip(self.layers, self.shapes, strict=False)]
        return 3 * sum(each) - each[0]

    def activations(self) -> list[str]:
        return [self.activation] * (len(self.layers) - 1) + [self.output]

    def draw(self, n_networks: int, seed: int, law: Law) -> Array:
        """Initial weights, (T, P)."""
        random = np.random.default_rng([seed, n_networks])
        rows = []
        for layer, shape in zip(self.layers, self.shapes, strict=False):
            bound = layer.fan_in(shape) ** -0.5
            for array, gain in (
                (layer.weights(shape), law.weights),
                (layer.biases(shape), law.biases),
            ):
                rows.append(gain * bound * random.uniform(-1, 1, (n_networks, prod(array))))
        return np.concatenate(rows, axis=1).astype(np.float32)

    def unpack(self, flat: Array) -> Params:
        """Flat rows as PyTorch and JAX have them: kernels (T, maps, input maps, height, width),
        zero where nothing is seen; coefficients (T, maps, 1, 1); matrices (T, O, I)."""
        params: Params = []
        at = 0
        for layer, shape in zip(self.layers, self.shapes, strict=False):
            found = []
            for array in (layer.weights(shape), layer.biases(shape)):
                found.append(flat[:, at : at + prod(array)].reshape(-1, *array))
                at += prod(array)
            weight, bias = found
            if isinstance(layer, Conv):
                mask = layer.mask(shape)
                full = np.zeros((len(flat), *mask.shape, layer.kernel, layer.kernel), flat.dtype)
                full[:, mask] = weight
                weight = full
            elif isinstance(layer, Full):
                weight, bias = weight[..., 0], bias[..., 0, 0]
            params.append((weight, bias))
        return params

    def pack(self, params: Params) -> Array:
        """The other way; what nothing sees is dropped."""
        rows = []
        for layer, shape, (weight, bias) in zip(self.layers, self.shapes, params, strict=False):
            kept = weight[:, layer.mask(shape)] if isinstance(layer, Conv) else weight
            rows += [kept.reshape(len(kept), -1), bias.reshape(len(bias), -1)]
        return np.concatenate(rows, axis=1)


LECUN = Law(2.4, 0.0)
PYTORCH = Law(1.0, 1.0)

# The same three blocks and the same table as in `amenable.network.presets`: that both networks are
# one function is checked before anything is timed.
_BLOCKS = (tuple(range(8)), tuple(range(4, 12)), (*range(4), *range(8, 12)))
_FIVE = (
    *(tuple(sorted((i + j) % 6 for j in range(3))) for i in range(6)),
    *(tuple(sorted((i + j) % 6 for j in range(4))) for i in range(6)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    tuple(range(6)),
)

LENET1989 = Structure(
    "lenet1989",
    (1, 16, 16),
    (
        Conv(12, 5, 2, 2, -1.0, unit_biases=True),
        Conv(12, 5, 2, 2, -1.0, tuple(_BLOCKS[i // 4] for i in range(12)), unit_biases=True),
        Full(30),
        Full(10),
    ),
)
LENET5 = Structure(
    "lenet5",
    (1, 28, 28),
    (
        Conv(6, 5, 1, 2, -1.0),
        Mean(),
        Conv(16, 5, seen=_FIVE),
        Mean(),
        Conv(120, 5),
        Full(84),
        Full(10),
    ),
    output="identity",
)
