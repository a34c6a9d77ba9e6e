"""Sizes, work and memory of a network, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import chain, repeat
from math import prod
from typing import Protocol

from amenable.network.layer import Shape, describe_shape
from amenable.network.network import Network

BYTES = {"float32": 4, "float64": 8}


class Settings(Protocol):
    """What must be known of a training, which is not imported here."""

    @property
    def dtype(self) -> str:
        """ "float32" or "float64"."""

    @property
    def optimizer(self) -> Optimizer:
        """Its optimizer."""


class Optimizer(Protocol):
    """What must be known of an optimizer."""

    @property
    def n_states(self) -> int:
        """Numbers that it keeps for each parameter."""


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer.

    Parameters
    ----------
    layer : int
        Number of the layer, from 1; 0 is the input.
    kind : str
        Such as "conv 5x5 / 2"; empty for the input.
    shape : tuple of int
        Of its outputs: (units,), or (maps, height, width).
    units : int
        How many outputs.
    parameters : int
        Weights and biases.
    connections : int
        Connections of all units with their inputs, including those in a border, and with their
        biases.
    multiply_adds : int
        For one sample, forward: the connections without those of biases; none for maximum pooling.
    is_shared : bool
        Whether several connections share a weight, apart from biases.
    """

    layer: int
    kind: str
    shape: Shape
    units: int
    parameters: int = 0
    connections: int = 0
    multiply_adds: int = 0
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that one network takes in training.

    The engine also holds as many networks at once as a register has lanes, and its own buffers.

    Parameters
    ----------
    parameters, gradients : int
        A number each for every parameter.
    optimizer : int or None
        What the optimizer keeps; None if no training is given.
    outputs : int
        Inputs and outputs of all layers, which the backward pass needs: for each sample of a batch.
    """

    parameters: int
    gradients: int
    optimizer: int | None
    outputs: int


@dataclass(frozen=True, slots=True, repr=False)
class NetworkSummary:
    """Sizes, work and memory of a network; shown as a table at the prompt and in notebooks.

    Parameters
    ----------
    rows : tuple of LayerSummary
        The input and the layers.
    memory : Memory
        While training.

    Examples
    --------
    >>> from amenable.network import lenet1989
    >>> summary = lenet1989().summary()
    >>> summary.units, summary.connections, summary.parameters
    (1256, 64660, 9760)
    >>> print(summary)
    layer  kind          outputs  units  parameters  connections  multiply-adds  shared
    input                  16x16    256
    1      conv 5x5 / 2   12@8x8    768       1,068       19,968         19,200  yes
    2      conv 5x5 / 2   12@4x4    192       2,592       38,592         38,400  yes
    3      dense              30     30       5,790        5,790          5,760  no
    4      dense              10     10         310          310            300  no
    all                           1,256       9,760       64,660         63,660
    bytes: parameters 39,040, gradients 39,040, outputs 5,024 a sample
    """

    rows: tuple[LayerSummary, ...]
    memory: Memory

    @property
    def units(self) -> int:
        """Of all layers, and inputs, as papers count them."""
        return sum(row.units for row in self.rows)

    @property
    def parameters(self) -> int:
        """P."""
        return sum(row.parameters for row in self.rows)

    @property
    def connections(self) -> int:
        """Of all layers."""
        return sum(row.connections for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """For one sample, forward."""
        return sum(row.multiply_adds for row in self.rows)

    def __repr__(self) -> str:
        lines = self._lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ["  ".join(map(_aligned, range(8), line, widths)).rstrip() for line in lines]
        return "\n".join([*table, _memory(self.memory)])

    def _repr_html_(self) -> str:
        head, *body = (
            "".join(f"<{tag}>{escape(text)}</{tag}>" for text in line)
            for tag, line in zip(chain(["th"], repeat("td")), self._lines(), strict=False)
        )
        rows = "".join(f"<tr>{cells}</tr>" for cells in body)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f"{table}<p>{escape(_memory(self.memory))}</p>"

    def _lines(self) -> list[tuple[str, ...]]:
        """The cells of the table, its heading first."""
        totals = (self.parameters, self.connections, self.multiply_adds)
        return [
            ("layer", "kind", "outputs", "units", *NUMBERS, "shared"),
            *map(_cells, self.rows),
            ("all", "", "", f"{self.units:,}", *(f"{it:,}" for it in totals), ""),
        ]


NUMBERS = ("parameters", "connections", "multiply-adds")
ON_THE_LEFT = (0, 1, 7)  # columns of words


def summarize(network: Network, training: Settings | None) -> NetworkSummary:
    """The summary of a network, and of its training where there is one."""
    n, dtype = network.n_parameters, "float32" if training is None else training.dtype
    states = None if training is None else training.optimizer.n_states * n * BYTES[dtype]
    outputs = sum(network.widths) * BYTES[dtype]
    memory = Memory(n * BYTES[dtype], n * BYTES[dtype], states, outputs)
    first = LayerSummary(0, "", network.shapes[0], network.inputs)
    rows = (_row(network, k) for k in range(1, len(network.layers) + 1))
    return NetworkSummary((first, *rows), memory)


def _row(network: Network, k: int) -> LayerSummary:
    layer, seen, units = network.layers[k - 1], network.seen_shape(k), network.widths[k]
    weights = prod(layer.weight_shape(seen) or (0,))
    biases = prod(layer.bias_shape(seen) or (0,))
    connections = layer.n_connections(seen)
    of_weights = connections - units * layer.bias
    return LayerSummary(
        layer=k,
        kind=layer.describe(),
        shape=network.shapes[k],
        units=units,
        parameters=weights + biases,
        connections=connections,
        multiply_adds=0 if layer.kind == "max_pool" else of_weights,
        is_shared=0 < weights < of_weights,
    )


def _cells(row: LayerSummary) -> tuple[str, ...]:
    shape = describe_shape(row.shape, is_input=row.layer == 0)
    if row.layer == 0:
        return ("input", "", shape, f"{row.units:,}", "", "", "", "")
    numbers = (row.units, row.parameters, row.connections, row.multiply_adds)
    shared = "yes" if row.is_shared else "no" if row.parameters else ""
    return (str(row.layer), row.kind, shape, *(f"{it:,}" for it in numbers), shared)


def _aligned(column: int, text: str, width: int) -> str:
    return text.ljust(width) if column in ON_THE_LEFT else text.rjust(width)


def _memory(it: Memory) -> str:
    optimizer = "" if it.optimizer is None else f", optimizer {it.optimizer:,}"
    return (
        f"bytes: parameters {it.parameters:,}, gradients {it.gradients:,}{optimizer}, "
        f"outputs {it.outputs:,} a sample"
    )
