"""A described training once more, in PyTorch, step by step: optimizers, schedules, clipping, decay.

Arithmetic is PyTorch's own wherever PyTorch has the thing. Random choices (order of samples,
dropout) come from philox.py. Networks are stacked, as in torch_twin.py.

Shape letters: T networks, B batch, U units, P parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import philox
import pytest
from numpy.typing import NDArray
from torch_twin import Parameters, Twin, split_parameters

from amenable.training import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    InverseTime,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = pytest.importorskip("torch")


def arrays(parameters: Parameters) -> list[Tensor]:
    """Weights and biases side by side, in the order of all parameters."""
    return [array for pair in parameters for array in pair if array is not None]


def train(
    twin: Twin,
    start: NDArray[np.float64],
    seeds: Sequence[int],
    n_steps: int,
    frozen: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Parameters (T, n_steps + 1, P) before the first step and after each, from (T, P)."""
    steps = Steps(twin, start, seeds, n_steps, frozen)
    return np.stack([steps.flat(), *steps], axis=1)


class Steps:
    """The steps of a training, one by one, each giving the parameters (T, P) after it."""

    def __init__(
        self,
        twin: Twin,
        start: NDArray[np.float64],
        seeds: Sequence[int],
        n_steps: int,
        frozen: NDArray[np.bool_] | None,
    ) -> None:
        self.twin, self.seeds, self.n_steps = twin, seeds, n_steps
        pairs = split_parameters(twin.network, torch.tensor(start, dtype=twin.dtype))
        self.parameters = [
            (w.clone().requires_grad_(), None if b is None else b.clone().requires_grad_())
            for w, b in pairs
        ]
        self.still: list[Tensor] = []  # frozen parameters, array by array, where there are any
        if frozen is not None:
            everywhere = torch.tensor(np.broadcast_to(frozen, start.shape).copy())
            self.still = arrays(split_parameters(twin.network, everywhere))
        self.arrays = arrays(self.parameters)
        self.weights = [w for w, _ in self.parameters]
        self.biases = [b for _, b in self.parameters if b is not None]
        self.penalized = self.weights + self.biases * twin.training.penalize_biases
        self.optimizer = make_optimizer(twin.training, self.weights, self.biases)
        self.schedulers = make_schedulers(twin.training, self.optimizer, n_steps)

    def flat(self) -> NDArray[np.float64]:
        """All parameters (T, P) now."""
        flat = torch.cat([p.detach().flatten(1) for p in self.arrays], dim=1)
        return flat.numpy().astype(np.float64)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        for step in range(self.n_steps):
            self._step(step)
            yield self.flat()

    def _step(self, step: int) -> None:
        it = self.twin.training
        n = len(self.twin.x)
        rows = np.stack([philox.batch_rows(s, step, n, it.batch, it.order) for s in self.seeds])
        self.optimizer.zero_grad()
        self.twin.losses(self.parameters, rows, self._keep(step, rows.shape[1])).sum().backward()
        frozen = list(zip(self.arrays, self.still, strict=True)) if self.still else []
        before = [parameter.detach().clone() for parameter, _ in frozen]
        with torch.no_grad():
            for parameter, is_still in frozen:
                parameter.grad[is_still] = 0
            self._prepare()
            self.optimizer.step()
            self._shrink()
            for (parameter, is_still), was in zip(frozen, before, strict=True):
                parameter.copy_(torch.where(is_still, was, parameter))
        for scheduler in self.schedulers:
            scheduler.step()

    def _keep(self, step: int, n: int) -> list[Tensor | None]:
        """Dropout's factors (T, B, U) of each layer."""
        factors: list[Tensor | None] = []
        for k, layer in enumerate(self.twin.network.layers):
            if layer.dropout == 0:
                factors.append(None)
                continue
            drawn = [philox.kept(s, step, k, n, layer.units, layer.dropout) for s in self.seeds]
            factors.append(torch.tensor(np.stack(drawn), dtype=self.twin.dtype))
        return factors

    def _prepare(self) -> None:
        """What comes before the optimizer: clip, and penalties that PyTorch's lacks."""
        it = self.twin.training
        if it.clip_norm is not None:
            assert len(self.seeds) == 1, "PyTorch's clip would take all networks as one"
            torch.nn.utils.clip_grad_norm_(self.weights + self.biases, it.clip_norm)
        lr = self.optimizer.param_groups[0]["lr"]
        has_own_l2 = not isinstance(it.optimizer, AdamW | Rprop)
        for parameter in self.penalized:
            if it.l2 and not has_own_l2:
                parameter.grad.add_(parameter, alpha=it.l2)
            if it.decoupled_decay and not isinstance(it.optimizer, AdamW):
                parameter.mul_(1 - lr * it.decoupled_decay)

    def _shrink(self) -> None:
        """L1 as a proximal step."""
        limit = self.optimizer.param_groups[0]["lr"] * self.twin.training.l1
        if limit > 0:
            for parameter in self.penalized:
                parameter.copy_(torch.nn.functional.softshrink(parameter, limit))


def make_optimizer(
    training: Training, weights: list[Tensor], biases: list[Tensor]
) -> torch.optim.Optimizer:
    """PyTorch's optimizer of that description; biases in a group of their own."""
    it = training.optimizer
    decay = training.decoupled_decay if isinstance(it, AdamW) else training.l2
    groups: list[dict[str, Any]] = [
        {"params": weights, "weight_decay": decay},
        {"params": biases, "weight_decay": decay * training.penalize_biases},
    ]
    if isinstance(it, SGD):
        return torch.optim.SGD(
            groups, it.lr, it.momentum, dampening=it.dampening, nesterov=it.nesterov
        )
    if isinstance(it, RMSprop):
        return torch.optim.RMSprop(
            groups, it.lr, it.alpha, it.eps, momentum=it.momentum, centered=it.centered
        )
    if isinstance(it, Adam):
        return torch.optim.Adam(groups, it.lr, (it.beta1, it.beta2), it.eps)
    if isinstance(it, AdamW):
        return torch.optim.AdamW(groups, it.lr, (it.beta1, it.beta2), it.eps)
    assert isinstance(it, Rprop) and not it.backtracking, "PyTorch has no backtracking"
    etas, sizes = (it.eta_minus, it.eta_plus), (it.step_min, it.step_max)
    return torch.optim.Rprop(weights + biases, it.lr, etas, sizes)


def make_schedulers(
    training: Training, optimizer: torch.optim.Optimizer, n_steps: int
) -> list[torch.optim.lr_scheduler.LRScheduler]:
    """PyTorch's schedulers, each of which multiplies the rate by its own factor."""
    schedulers = torch.optim.lr_scheduler
    it = training.schedule
    made: list[torch.optim.lr_scheduler.LRScheduler] = []
    if isinstance(it, StepDecay):
        made.append(schedulers.StepLR(optimizer, it.every, it.gamma))
    if isinstance(it, Cosine):
        floor = it.floor * training.optimizer.lr
        made.append(schedulers.CosineAnnealingLR(optimizer, it.steps or n_steps, floor))
    if isinstance(it, InverseTime):
        made.append(
            schedulers.MultiplicativeLR(
                optimizer, lambda t, tau=it.tau: (1 + (t - 1) / tau) / (1 + t / tau)
            )
        )
    if training.warmup:
        first = 1 / (training.warmup + 1)
        made.append(schedulers.LinearLR(optimizer, first, 1.0, training.warmup))
    return made
