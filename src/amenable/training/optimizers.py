"""The optimizers, with PyTorch's names and definitions where it has them.

Their arithmetic is in the core. `n_states` counts the numbers kept for each parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from amenable.description import (
    BELOW_ONE,
    FRACTION,
    MAX_WIDTH,
    NON_NEGATIVE,
    POSITIVE,
    Range,
    boolean,
    integer,
    number,
    settle,
    short,
)
from amenable.errors import DescriptionError

SHRINKS = Range(0.0, 1.0, is_low_open=True, is_high_open=True)
GROWS = Range(1.0, is_low_open=True)


def _settle_numbers(optimizer: Optimizer, **allowed: Range) -> None:
    owner = type(optimizer).__name__
    checked = {
        name: number(f"{owner}.{name}", getattr(optimizer, name), one)
        for name, one in allowed.items()
    }
    settle(optimizer, **checked)


@dataclass(frozen=True, slots=True)
class SGD:
    """Stochastic gradient descent, with or without momentum.

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    momentum : float
        Share of the last step that is carried over to the next, in [0, 1).
    dampening : float
        Share of the gradient that does not enter the momentum, in [0, 1].
    nesterov : bool
        Whether to use Nesterov's momentum, which needs momentum and no dampening.

    Examples
    --------
    >>> SGD(0.1, momentum=0.9).name
    'momentum'
    """

    lr: float = 0.01
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        _settle_numbers(self, lr=NON_NEGATIVE, momentum=BELOW_ONE, dampening=FRACTION)
        settle(self, nesterov=boolean("SGD.nesterov", self.nesterov))
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise DescriptionError(
                where="SGD.nesterov",
                expected="momentum > 0 and dampening 0 with nesterov=True",
                got=f"momentum={self.momentum}, dampening={self.dampening}",
                hint="use momentum=0.9",
            )

    @property
    def name(self) -> str:
        """One of "sgd", "momentum" and "nesterov"."""
        return "nesterov" if self.nesterov else "momentum" if self.momentum else "sgd"

    @property
    def n_states(self) -> int:
        """One with momentum, the velocity; else none."""
        return int(self.momentum > 0)


def Momentum(lr: float = 0.01, momentum: float = 0.9) -> SGD:
    """SGD with momentum.

    Examples
    --------
    >>> Momentum(0.1)
    SGD(lr=0.1, momentum=0.9, dampening=0.0, nesterov=False)
    """
    return SGD(lr=lr, momentum=momentum)


def Nesterov(lr: float = 0.01, momentum: float = 0.9) -> SGD:
    """SGD with Nesterov's momentum, as PyTorch defines it.

    Examples
    --------
    >>> Nesterov(0.1).name
    'nesterov'
    """
    return SGD(lr=lr, momentum=momentum, nesterov=True)


@dataclass(frozen=True, slots=True)
class RMSprop:
    """Steps divided by a running root mean square of the gradient.

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    alpha : float
        Weight of the past in the running mean of the squared gradient, in [0, 1].
    eps : float
        Added to the divisor of a step, at least 0.
    momentum : float
        Share of the last step that is carried over to the next, in [0, 1).
    centered : bool
        Whether steps are divided by the standard deviation of the gradient, not its root mean
        square.

    Examples
    --------
    >>> RMSprop(0.001).alpha
    0.99
    """

    lr: float = 0.01
    alpha: float = 0.99
    eps: float = 1e-8
    momentum: float = 0.0
    centered: bool = False
    name = "rmsprop"

    def __post_init__(self) -> None:
        _settle_numbers(self, lr=NON_NEGATIVE, alpha=FRACTION, eps=NON_NEGATIVE, momentum=BELOW_ONE)
        settle(self, centered=boolean("RMSprop.centered", self.centered))

    @property
    def n_states(self) -> int:
        """The mean square; also a velocity with momentum, and a mean if centered."""
        return 1 + (self.momentum > 0) + self.centered


@dataclass(frozen=True, slots=True)
class Adam:
    """Adam (Kingma and Ba 2015).

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    beta1 : float
        Weight of the past in the running mean of the gradient, in [0, 1).
    beta2 : float
        Weight of the past in the running mean of the squared gradient, in [0, 1).
    eps : float
        Added to the divisor of a step, at least 0.

    Examples
    --------
    >>> Adam(0.01)
    Adam(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-08)
    """

    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    name = "adam"
    n_states = 2

    def __post_init__(self) -> None:
        _settle_numbers(self, lr=NON_NEGATIVE, beta1=BELOW_ONE, beta2=BELOW_ONE, eps=NON_NEGATIVE)


@dataclass(frozen=True, slots=True)
class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    Parameters
    ----------
    lr, beta1, beta2, eps : float
        As in `Adam`.
    weight_decay : float
        At least 0; added to `Training.weight_decay`, see `Training.decoupled_decay`.

    Examples
    --------
    >>> AdamW().weight_decay
    0.01
    """

    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.01
    name = "adamw"
    n_states = 2

    def __post_init__(self) -> None:
        _settle_numbers(
            self,
            lr=NON_NEGATIVE,
            beta1=BELOW_ONE,
            beta2=BELOW_ONE,
            eps=NON_NEGATIVE,
            weight_decay=NON_NEGATIVE,
        )


@dataclass(frozen=True, slots=True)
class Rprop:
    """Steps that use only the sign of the gradient; each weight has a step size of its own.

    Parameters
    ----------
    lr : float
        First step size, at least 0.
    eta_minus : float
        Factor on the step size when the gradient changes its sign, in (0, 1).
    eta_plus : float
        Factor on the step size when the gradient keeps its sign, above 1.
    step_min : float
        Smallest step size.
    step_max : float
        Largest step size.
    backtracking : bool
        Whether a change of sign also undoes the last step. That is the form of Riedmiller and Braun
        1993; PyTorch only has the form without.

    Examples
    --------
    >>> Rprop().step_max
    50.0
    """

    lr: float = 0.01
    eta_minus: float = 0.5
    eta_plus: float = 1.2
    step_min: float = 1e-6
    step_max: float = 50.0
    backtracking: bool = False
    name = "rprop"

    def __post_init__(self) -> None:
        _settle_numbers(
            self,
            lr=NON_NEGATIVE,
            eta_minus=SHRINKS,
            eta_plus=GROWS,
            step_min=NON_NEGATIVE,
            step_max=POSITIVE,
        )
        settle(self, backtracking=boolean("Rprop.backtracking", self.backtracking))
        if self.step_min > self.step_max:
            raise DescriptionError(
                where="Rprop.step_min",
                expected=f"at most step_max={short(self.step_max)}",
                got=str(short(self.step_min)),
            )

    @property
    def n_states(self) -> int:
        """The last gradient and the step size; with backtracking, also the last step."""
        return 2 + self.backtracking


@dataclass(frozen=True, slots=True)
class LevenbergMarquardt:
    """Stochastic diagonal Levenberg-Marquardt: each weight's step divided by its own curvature.

    A step is w -= lr / (damping + h) * gradient, where h is the diagonal of the loss's Hessian in
    the Gauss-Newton approximation, which is never negative. It comes from a backward pass with
    squared weights, slopes and inputs (LeCun et al. 1989; LeCun, Bottou, Orr and Mueller 1998,
    "Efficient BackProp"). It is estimated at the beginning of every epoch from the current weights,
    without dropout; with full batches, that is before every step.

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    damping : float
        Added to the curvature, so that flat directions get no huge steps; above 0.
    samples : int
        How many training samples the curvature is estimated from, at least 1. They are spread
        evenly over all samples; if there are fewer, all are used.

    Notes
    -----
    Differences from the papers: here a loss is a mean over samples and (except softmax) over
    outputs; theirs is half the sum of squares over outputs. So with O outputs a damping of 0.02 in
    the papers is 0.04 / O here; learning rates are the same. Batches can have any size; theirs are
    single patterns. The curvature is estimated afresh, as in LeCun et al. 1998 ("Gradient-based
    learning applied to document recognition"), and not as a running mean. Weight penalties (l2) add
    to the gradient, not to the curvature. Losses that are straight (absolute, hinge) have h = 0:
    then this is SGD with the rate lr / damping.

    The default rate suits batches of 32: among rates from 0.001 to 0.3 it was one of the best on
    digits (convolutions and dense layers), iris, wine, moons and spirals. Single patterns need
    smaller steps: 0.001 on digits, where 0.01 fails; the papers went from 0.0005 to 0.00001.

    Examples
    --------
    >>> LevenbergMarquardt(samples=200)
    LevenbergMarquardt(lr=0.01, damping=0.02, samples=200)
    """

    lr: float = 0.01
    damping: float = 0.02
    samples: int = 500
    name = "levenberg_marquardt"
    n_states = 3  # the diagonal; while it is estimated, the sum and the squared weights

    def __post_init__(self) -> None:
        _settle_numbers(self, lr=NON_NEGATIVE, damping=POSITIVE)
        samples = integer("LevenbergMarquardt.samples", self.samples, 1, MAX_WIDTH)
        settle(self, samples=samples)


Optimizer: TypeAlias = SGD | RMSprop | Adam | AdamW | Rprop | LevenbergMarquardt

KINDS: Mapping[str, type] = MappingProxyType(
    {
        "sgd": SGD,
        "rmsprop": RMSprop,
        "adam": Adam,
        "adamw": AdamW,
        "rprop": Rprop,
        "levenberg_marquardt": LevenbergMarquardt,
    }
)
OPTIMIZERS: Mapping[str, Callable[..., Optimizer]] = MappingProxyType(
    {**KINDS, "momentum": Momentum, "nesterov": Nesterov}
)
"""Name to what makes the optimizer; each can be called with lr alone."""
