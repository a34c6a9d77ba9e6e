"""Pooling: the mean or the largest of windows of each map."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from amenable.description import boolean, brief, settle
from amenable.network.images import (
    ImageLayer,
    Pair,
    as_image,
    both,
    check_biases,
    check_windows,
    windows_of,
)
from amenable.network.layer import Shape, Window


class _Pool(ImageLayer):
    """What both have in common: each map sees itself."""

    __slots__ = ()

    def window(self, inputs: Shape) -> Window:
        """Where its units look."""
        image = as_image(self, inputs)
        return Window(
            kind=self.kind,
            inputs=image,
            outputs=(image[0], *windows_of(self, image)),
            kernel=both(self.kernel),
            stride=both(self.stride),
            has_weights=self.weight_shape(inputs) is not None,
            has_unit_biases=self.unit_biases,
        )

    def fan_in(self, inputs: Shape) -> int:
        """Size of the window."""
        return prod(both(self.kernel))


@dataclass(frozen=True, slots=True)
class AvgPool2d(_Pool):
    """The mean over windows of each map; with coefficient and bias, LeNet's subsampling.

    Parameters
    ----------
    kernel : int or pair of int
        Height and width of the window, at least 1.
    stride : int, pair of int or None
        Distance from one window to the next; None for the size of the window. Rows and columns that
        are left over below and on the right are not seen.
    coefficient : bool
        Whether each map multiplies its means by a parameter. (LeNet-5 multiplies sums; with windows
        of 2 x 2 this is the same with a quarter of the coefficient.)
    bias : bool
        Whether there are biases: one for each map, or
    unit_biases : bool
        one for each unit.
    activation, dropout
        As in `Dense`.

    Raises
    ------
    DescriptionError
        If a field is out of range. In a network also if the inputs are not images, or smaller than
        the window.

    Notes
    -----
    For initializers of coefficients, fan-in and fan-out are the size of the window.

    Examples
    --------
    >>> AvgPool2d(2, coefficient=True, bias=True).output_shape((4, 24, 24))
    (4, 12, 12)
    >>> AvgPool2d(3, stride=2).describe(), AvgPool2d(3, stride=2).output_shape((1, 8, 8))
    ('mean 3x3 / 2', (1, 3, 3))
    """

    kind: ClassVar[str] = "avg_pool"
    kernel: int | Pair = 2
    stride: int | Pair | None = None
    coefficient: bool = False
    bias: bool = False
    unit_biases: bool = False
    activation: str = "identity"
    dropout: float = 0.0

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        _check_pool(self)
        check_biases(self)
        settle(self, coefficient=boolean("AvgPool2d.coefficient", self.coefficient))

    def weight_shape(self, inputs: Shape) -> Shape | None:
        """(maps,), the coefficients."""
        return inputs[:1] if self.coefficient else None


@dataclass(frozen=True, slots=True)
class MaxPool2d(_Pool):
    """The largest value in windows of each map; if several are largest, the first one learns.

    Parameters
    ----------
    kernel, stride
        As in `AvgPool2d`.
    activation, dropout
        As in `Dense`.

    Raises
    ------
    DescriptionError
        As for `AvgPool2d`.

    Examples
    --------
    >>> MaxPool2d(2).output_shape((6, 28, 28)), MaxPool2d((2, 1)).describe()
    ((6, 14, 14), 'max 2x1')
    """

    kind: ClassVar[str] = "max_pool"
    kernel: int | Pair = 2
    stride: int | Pair | None = None
    activation: str = "identity"
    dropout: float = 0.0

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        _check_pool(self)

    def weight_shape(self, inputs: Shape) -> Shape | None:
        """None: nothing is learned here."""
        return None


def _check_pool(pool: _Pool) -> None:
    """Without a stride windows lie side by side."""
    if pool.stride is None:
        settle(pool, stride=pool.kernel)
    check_windows(pool)
