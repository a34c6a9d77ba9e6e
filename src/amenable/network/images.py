"""What layers of images share: windows on (maps, height, width), and the checks of their fields.

Units are numbered map by map, row by row, as PyTorch flattens.
"""

from __future__ import annotations

from abc import abstractmethod
from math import prod

from amenable.description import (
    BELOW_ONE,
    MAX_WIDTH,
    boolean,
    fail,
    integer,
    items,
    number,
    quote,
    settle,
)
from amenable.errors import DescriptionError
from amenable.network.activations import NAMES
from amenable.network.layer import Layer, Shape, Window

Pair = tuple[int, int]
Image = tuple[int, int, int]  # (maps, height, width)
MAX_MAPS = 2**16  # far more than anybody uses; each has a list of the maps it sees


class ImageLayer(Layer):
    """A layer whose units each look through a window at (maps, height, width)."""

    __slots__ = ()
    kernel: int | Pair
    stride: int | Pair | None  # None only until pooling has replaced it

    @property
    def unit_biases(self) -> bool:
        """Whether each unit has a bias of its own."""
        return False

    @abstractmethod
    def window(self, inputs: Shape) -> Window:
        """Where its units look."""

    def output_shape(self, inputs: Shape) -> Shape:
        """(maps, height, width)."""
        return self.window(inputs).outputs

    def bias_shape(self, inputs: Shape) -> Shape | None:
        """(maps,), or that of the outputs where each unit has its own."""
        if not self.bias:
            return None
        outputs = self.window(inputs).outputs
        return outputs if self.unit_biases else outputs[:1]

    def n_connections(self, inputs: Shape) -> int:
        """Of every unit its inputs, those in the border too, and its bias where it has one."""
        window = self.window(inputs)
        maps, height, width = window.outputs
        n_maps = (
            sum(map(len, window.connections)) if window.connections else maps
        )  # pooling sees its own map
        return height * width * (n_maps * prod(window.kernel) + maps * self.bias)

    def describe(self) -> str:
        """Such as "conv 5x5 / 2": what it is, its window, and its stride where that is unusual."""
        height, width = both(self.kernel)
        stride = both(self.stride)
        usual = (height, width) if self.kind.endswith("pool") else (1, 1)
        steps = f"{stride[0]}" if stride[0] == stride[1] else f"{stride[0]}x{stride[1]}"
        word = {"avg_pool": "mean", "max_pool": "max"}.get(self.kind, self.kind)
        return f"{word} {height}x{width}" + ("" if stride == usual else f" / {steps}")


def both(value: int | Pair | None) -> Pair:
    """Height and width of a checked size."""
    assert value is not None
    return (value, value) if isinstance(value, int) else value


def as_image(layer: ImageLayer, inputs: Shape) -> Image:
    """The inputs of a layer of images, if they are images."""
    if len(inputs) != 3:
        raise DescriptionError(
            where=str(type(layer).__name__),
            expected="inputs of (maps, height, width)",
            got=quote(inputs),
            hint="write Network((1, 16, 16), ...), and dense layers after those of images",
        )
    return (inputs[0], inputs[1], inputs[2])


def windows_of(layer: ImageLayer, image: Image, pad: Pair = (0, 0)) -> Pair:
    """How many windows fit beside each other, down and across."""
    sizes = [n + 2 * p for n, p in zip(image[1:], pad, strict=True)]
    kernel, stride = both(layer.kernel), both(layer.stride)
    for n, k, lines in zip(sizes, kernel, ("rows", "columns"), strict=True):
        if k > n:
            padded = " with its padding" if any(pad) else ""
            expected = f"at most {n}, the {lines} of its input{padded}"
            fail(f"{type(layer).__name__}.kernel", expected, layer.kernel)
    height, width = ((n - k) // s + 1 for n, k, s in zip(sizes, kernel, stride, strict=True))
    return (height, width)


def check_windows(layer: ImageLayer) -> None:
    """Check the fields that every layer of images has."""
    name = type(layer).__name__
    settle(
        layer,
        kernel=sizes(f"{name}.kernel", layer.kernel, 1),
        stride=sizes(f"{name}.stride", layer.stride, 1),
        activation=NAMES.canonical(f"{name}.activation", layer.activation),
        dropout=number(f"{name}.dropout", layer.dropout, BELOW_ONE),
    )


def check_biases(layer: ImageLayer) -> None:
    """Check the fields of layers that may have biases."""
    name = type(layer).__name__
    settle(
        layer,
        bias=boolean(f"{name}.bias", layer.bias),
        unit_biases=boolean(f"{name}.unit_biases", layer.unit_biases),
    )


def sizes(field: str, value: object, least: int) -> int | Pair:
    """One number where both are equal, else (height, width)."""
    if isinstance(value, tuple | list) and len(value) == 2:
        height, width = (
            integer(f"{field}[{i}]", one, least, MAX_WIDTH) for i, one in enumerate(value)
        )
        return height if height == width else (height, width)
    return integer(field, value, least, MAX_WIDTH, "or give a pair, (height, width)")


def image_shape(field: str, value: object) -> Image:
    """A checked (channels, height, width)."""
    expected = "an integer, or (channels, height, width)"
    found = items(field, value, expected)
    if len(found) != 3:
        fail(field, expected, value)
    most = (MAX_MAPS, MAX_WIDTH, MAX_WIDTH)
    c, h, w = (integer(f"{field}[{i}]", found[i], 1, most[i]) for i in range(3))
    return (c, h, w)
