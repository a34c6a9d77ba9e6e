"""Convolutions, and the same without shared weights: local receptive fields."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import prod
from typing import Any, ClassVar

from amenable.description import (
    ANY,
    Record,
    brief,
    fail,
    integer,
    items,
    number,
    record_of,
    settle,
)
from amenable.network.images import (
    MAX_MAPS,
    ImageLayer,
    Pair,
    as_image,
    both,
    check_biases,
    check_windows,
    sizes,
    windows_of,
)
from amenable.network.layer import Layer, Shape, Window

Connections = tuple[tuple[int, ...], ...]  # for each output map the input maps it sees


@dataclass(frozen=True, slots=True)
class Conv2d(ImageLayer):
    """A convolution: the units of a map share their weights, and each sees a window of the input.

    Arithmetic and layout of the weights are those of PyTorch's Conv2d, which is a correlation.

    Parameters
    ----------
    maps : int
        Output maps, at least 1.
    kernel, stride : int or pair of int
        Height and width of the window, and the distance from one window to the next; at least 1.
        Rows and columns that are left over below and on the right are not seen.
    padding : int or pair of int
        Rows and columns that are added on each side, at least 0.
    border : float or str
        What the added rows and columns hold: a number, or "circular" to repeat the image.
    connections : tuple of tuple of int, or None
        For each output map, the input maps that it sees, counted from 0 and ascending; None for
        all. `amenable.network.presets` has the tables of LeNets.
    activation : str
        As in `Dense`.
    bias : bool
        Whether there are biases: one for each map, or
    unit_biases : bool
        one for each unit, as in LeCun et al. 1989.
    dropout : float
        As in `Dense`; this drops units, not maps.

    Raises
    ------
    DescriptionError
        If a field is out of range. In a network also if the inputs are not images, the window is
        larger than the image, a connection names a map that does not exist, or a circular border is
        wider than the image. The message names the field.

    Notes
    -----
    Initializers count as in PyTorch: fan-in is the number of maps that are seen, times the size of
    the window; fan-out is the number of output maps, times the size of the window. Maps that see
    different numbers of maps have no common matrix of weights. Each run of neighbouring maps that
    see equally many maps then has fans of its own, and "orthogonal" makes only the rows of the same
    run orthogonal.

    Examples
    --------
    >>> layer = Conv2d(12, kernel=5, stride=2, padding=2, border=-1.0)
    >>> layer.output_shape((1, 16, 16)), layer.weight_shape((1, 16, 16))
    ((12, 8, 8), (12, 1, 5, 5))
    >>> layer.bias_shape((1, 16, 16)), layer.n_connections((1, 16, 16))
    ((12,), 19968)
    >>> Conv2d(2, kernel=3, connections=[[0, 1], [1, 2]]).weight_shape((3, 9, 9))
    (2, 2, 3, 3)
    """

    kind: ClassVar[str] = "conv"
    maps: int
    kernel: int | Pair
    stride: int | Pair = 1
    padding: int | Pair = 0
    border: float | str = 0.0
    connections: Connections | None = None
    activation: str = "tanh"
    bias: bool = True
    unit_biases: bool = False
    dropout: float = 0.0

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        name = type(self).__name__
        check_windows(self)
        check_biases(self)
        maps = integer(f"{name}.maps", self.maps, 1, MAX_MAPS)
        settle(
            self,
            maps=maps,
            padding=sizes(f"{name}.padding", self.padding, 0),
            border=_check_border(f"{name}.border", self.border),
            connections=_check_connections(f"{name}.connections", self.connections, maps),
        )

    def window(self, inputs: Shape) -> Window:
        """Where its units look."""
        image, pad = as_image(self, inputs), both(self.padding)
        outputs = (self.maps, *windows_of(self, image, pad))
        is_circular = self.border == "circular"
        if is_circular and (pad[0] > image[1] or pad[1] > image[2]):
            expected = f"at most the image, {image[1:]}, for a circular border"
            fail(f"{type(self).__name__}.padding", expected, self.padding)
        return Window(
            kind=self.kind,
            inputs=image,
            outputs=outputs,
            kernel=both(self.kernel),
            stride=both(self.stride),
            pad=pad,
            padding="circular" if is_circular else "value",
            has_unit_biases=self.unit_biases,
            connections=self._seen(image[0]),
        )

    def weight_shape(self, inputs: Shape) -> Shape:
        """(maps, seen maps, height, width); (kernels, height, width) where maps see unequally many.

        The kernels are then those of the first map, of the second, and so on.
        """
        seen = self._seen(inputs[0])
        counts = {len(it) for it in seen}
        first = (len(seen), counts.pop()) if len(counts) == 1 else (sum(map(len, seen)),)
        return (*first, *both(self.kernel))

    def fan_in(self, inputs: Shape) -> int:
        """Of the map that sees most."""
        return max(map(len, self._seen(inputs[0]))) * prod(both(self.kernel))

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them."""
        table = self.connections
        return record_of(self) | {"connections": table and [list(seen) for seen in table]}

    def _seen(self, n_maps: int) -> Connections:
        if self.connections is None:
            return (tuple(range(n_maps)),) * self.maps
        for i, seen in enumerate(self.connections):
            if seen[-1] >= n_maps:
                field = f"{type(self).__name__}.connections[{i}]"
                fail(field, f"maps up to {n_maps - 1}, because the input has {n_maps}", seen)
        return self.connections


@dataclass(frozen=True, slots=True)
class LocallyConnected2d(Conv2d):
    """Local receptive fields: like `Conv2d`, but each unit has weights of its own.

    The parameters are those of `Conv2d`; by default each unit also has a bias of its own.
    Initializers use the fans of `Conv2d`; "orthogonal" makes one matrix of all units in a run of
    maps.

    Examples
    --------
    >>> layer = LocallyConnected2d(12, kernel=5, stride=2)
    >>> layer.output_shape((1, 16, 16)), layer.weight_shape((1, 16, 16))
    ((12, 6, 6), (12, 6, 6, 1, 5, 5))
    """

    kind: ClassVar[str] = "local"
    unit_biases: bool = True

    def __repr__(self) -> str:
        return brief(self)

    def weight_shape(self, inputs: Shape) -> Shape:
        """(maps, rows, columns, seen maps, height, width).

        Where maps see unequally many, (kernels, height, width): map by map, and in each unit by
        unit.
        """
        first, *rest = Conv2d.weight_shape(self, inputs)
        _, rows, columns = self.output_shape(inputs)
        return (first * rows * columns, *rest) if len(rest) == 2 else (first, rows, columns, *rest)


def _check_border(field: str, value: object) -> float | str:
    if isinstance(value, str) and value == "circular":
        return "circular"
    return number(field, value, ANY, 'or write "circular"')


def _check_connections(field: str, value: object, maps: int) -> Connections | None:
    if value is None:
        return None
    rows = items(field, value, "for each map a list of its input maps", "write ((0, 1), (1, 2))")
    if len(rows) != maps:
        fail(field, f"{maps} lists, one for each map", value)
    return tuple(_check_seen(f"{field}[{i}]", row) for i, row in enumerate(rows))


def _check_seen(field: str, value: object) -> tuple[int, ...]:
    found = items(field, value, "a list of input maps", "they are counted from 0")
    seen = [integer(f"{field}[{j}]", one, 0, MAX_MAPS) for j, one in enumerate(found)]
    if not seen or sorted(set(seen)) != seen:
        fail(field, "at least one map, in ascending order, without repeats", value)
    return tuple(seen)


def unshared(layer: Layer) -> Layer:
    """A convolution with weights of each unit's own; any other layer as it is."""
    if type(layer) is not Conv2d:
        return layer
    kept: dict[str, Any] = {one.name: getattr(layer, one.name) for one in fields(Conv2d)}
    return LocallyConnected2d(**kept | {"unit_biases": True})
