"""Checks of a network's fields: each returns what the network keeps, or names what is wrong."""

from __future__ import annotations

from math import prod

from amenable.description import MAX_WIDTH, fail, integer, items
from amenable.network.images import image_shape
from amenable.network.layer import Layer, Shape


def check_inputs(inputs: object, shape: object) -> tuple[int, Shape | None]:
    """How many, and as what image. One that is given as inputs is newer than a shape."""
    if isinstance(inputs, tuple | list):
        shape = inputs
    if shape is None:
        hint = "or (channels, height, width) for images"
        return integer("Network.inputs", inputs, 1, MAX_WIDTH, hint), None
    image = image_shape("Network.inputs", shape)
    n = integer("Network.inputs", prod(image), 1, MAX_WIDTH)
    if not isinstance(inputs, tuple | list) and inputs != n:
        hint = "write inputs=(channels, height, width), or input_shape=None as well"
        fail("Network.inputs", f"{n}, because input_shape is {image}", inputs, hint)
    return n, image


def check_layers(value: object) -> tuple[Layer, ...]:
    """Layers, at least one, with shortcuts from outputs that there are by then."""
    layers = items("Network.layers", value, "a tuple of layers", "write (Dense(1),) for one")
    if not layers:
        fail("Network.layers", "at least the output layer", value, "write (Dense(1),)")
    return tuple(_check_layer(i, layer) for i, layer in enumerate(layers))


def _check_layer(i: int, layer: object) -> Layer:
    """Layer i, from 0, which is layer i + 1 where shortcuts count."""
    if not isinstance(layer, Layer):
        fail(f"Network.layers[{i}]", "a layer such as Dense(10)", layer)
    earlier = f"numbers below {i}, because layer {i} feeds layer {i + 1} already" if i else "none"
    for source in layer.shortcuts:
        if source >= i:
            hint = "" if i else "layer 1 has the network's input already"
            fail(f"Network.layers[{i}].shortcuts", earlier, source, hint)
    return layer
