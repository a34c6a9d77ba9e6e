"""Schedules: a factor on the learning rate for every step, by PyTorch's closed forms.

The core computes the same factors; `factor` here defines them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from amenable.description import FRACTION, POSITIVE, Range, integer, number, settle

DECAYS = Range(0.0, 1.0, is_low_open=True)


@dataclass(frozen=True, slots=True)
class Constant:
    """The learning rate stays as it is.

    Examples
    --------
    >>> Constant().factor(1000, 5000)
    1.0
    """

    name = "constant"

    def factor(self, step: int, budget: int) -> float:
        """Always 1."""
        return 1.0


@dataclass(frozen=True, slots=True)
class StepDecay:
    """The learning rate is multiplied by gamma every so many steps.

    Parameters
    ----------
    every : int
        Steps from one decay to the next, at least 1.
    gamma : float
        Factor on the learning rate at each decay, in (0, 1].

    Examples
    --------
    >>> StepDecay(100, gamma=0.5).factor(250, 1000)
    0.25
    """

    every: int
    gamma: float = 0.1
    name = "step_decay"

    def __post_init__(self) -> None:
        every = integer("StepDecay.every", self.every, 1)
        settle(self, every=every, gamma=number("StepDecay.gamma", self.gamma, DECAYS))

    def factor(self, step: int, budget: int) -> float:
        """Factor at a step, counted from 0."""
        return float(self.gamma ** (step // self.every))


@dataclass(frozen=True, slots=True)
class Cosine:
    """The learning rate falls along half a period of a cosine, down to a floor.

    Parameters
    ----------
    steps : int or None
        Steps until the learning rate reaches its floor, where it stays; none for the whole budget.
    floor : float
        The lowest learning rate, as a fraction of the full one, in [0, 1].

    Examples
    --------
    >>> Cosine(floor=0.5).factor(500, 1000)
    0.75
    """

    steps: int | None = None
    floor: float = 0.0
    name = "cosine"

    def __post_init__(self) -> None:
        if self.steps is not None:
            settle(self, steps=integer("Cosine.steps", self.steps, 1))
        settle(self, floor=number("Cosine.floor", self.floor, FRACTION))

    def factor(self, step: int, budget: int) -> float:
        """Factor at a step, counted from 0, of a training of so many steps."""
        share = min(1.0, step / (self.steps or budget))
        return self.floor + (1.0 - self.floor) * (1.0 + math.cos(math.pi * share)) / 2.0


@dataclass(frozen=True, slots=True)
class InverseTime:
    """The learning rate at step t is divided by 1 + t / tau.

    Parameters
    ----------
    tau : float
        Steps until the learning rate has fallen to half, above 0.

    Examples
    --------
    >>> InverseTime(100).factor(100, 1000)
    0.5
    """

    tau: float
    name = "inverse_time"

    def __post_init__(self) -> None:
        settle(self, tau=number("InverseTime.tau", self.tau, POSITIVE))

    def factor(self, step: int, budget: int) -> float:
        """Factor at a step, counted from 0."""
        return 1.0 / (1.0 + step / self.tau)


Schedule: TypeAlias = Constant | StepDecay | Cosine | InverseTime

SCHEDULES: Mapping[str, type] = MappingProxyType(
    {one.name: one for one in (Constant, StepDecay, Cosine, InverseTime)}
)
"""Name to class."""
