"""A described network once more, in PyTorch: outputs, losses and gradients the engine must have.

Arithmetic is PyTorch's own wherever PyTorch has the thing. Networks are stacked: every array of
parameters has a leading axis of T networks, which no operation mixes. Training is in
torch_training.py.

Shape letters: T networks, N samples, B batch, I inputs, O outputs, U units, P parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.network import Network, parse_activation
from amenable.training import Training, parse_loss

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)

F = torch.nn.functional
Parameters = list[tuple["Tensor", "Tensor | None"]]  # of each layer: (T, U, I) and (T, U)

ACTIVATIONS: dict[str, Callable[[Tensor, Any], Tensor]] = {
    "identity": lambda z, p: z,
    "sigmoid": lambda z, p: torch.sigmoid(z),
    "tanh": lambda z, p: torch.tanh(z),
    "scaled_tanh": lambda z, p: 1.7159 * torch.tanh(2 * z / 3),
    "softsign": lambda z, p: F.softsign(z),
    "relu": lambda z, p: F.relu(z),
    "leaky_relu": lambda z, p: F.leaky_relu(z, p),
    "elu": lambda z, p: F.elu(z, p),
    "gelu": lambda z, p: F.gelu(z),
    "silu": lambda z, p: F.silu(z),
    "softplus": lambda z, p: F.softplus(z, threshold=1e9),
    "sine": lambda z, p: torch.sin(z),
    "gaussian": lambda z, p: torch.exp(-z * z),
    "step": lambda z, p: (z > 0).to(z.dtype) + 0 * z,
}

# Loss of each output (T, B, O) from outputs z, targets y and the loss's parameter.
LOSSES: dict[str, Callable[[Tensor, Tensor, Any], Tensor]] = {
    "squared": lambda z, y, p: F.mse_loss(z, y, reduction="none"),
    "absolute": lambda z, y, p: F.l1_loss(z, y, reduction="none"),
    "huber": lambda z, y, p: F.huber_loss(z, y, reduction="none", delta=p),
    "logistic": lambda z, y, p: F.binary_cross_entropy_with_logits(z, y, reduction="none"),
    "hinge": lambda z, y, p: F.relu(p - y * z),
    "squared_hinge": lambda z, y, p: F.relu(p - y * z) ** 2,
    "exponential": lambda z, y, p: torch.exp(-y * z),
}
MARGIN_LOSSES = ("hinge", "squared_hinge", "exponential")


def split_parameters(network: Network, flat: Tensor) -> Parameters:
    """Weights and biases of each layer from all parameters (T, P)."""
    layers, at = [], 0
    for k, layer in enumerate(network.layers, start=1):
        shape = (len(flat), layer.units, network.fan_in(k))
        n = shape[1] * shape[2]
        weight = flat[:, at : at + n].reshape(shape)
        at += n
        bias = flat[:, at : at + layer.units] if layer.bias else None
        at += layer.units * layer.bias
        layers.append((weight, bias))
    assert at == flat.shape[1] == network.n_parameters
    return layers


def layer_outputs(
    network: Network, parameters: Parameters, x: Tensor, keep: Sequence[Tensor | None] = ()
) -> list[Tensor]:
    """Outputs (T, B, U) of each layer for inputs x (T, B, I); keep: dropout's factors by layer."""
    outputs = [x]
    for k, (layer, (weight, bias)) in enumerate(zip(network.layers, parameters, strict=True)):
        inputs = torch.cat([outputs[-1], *(outputs[i] for i in layer.shortcuts)], dim=-1)
        z = inputs @ weight.mT
        z = z if bias is None else z + bias[:, None, :]
        name, parameter = parse_activation(layer.activation)
        y = ACTIVATIONS[name](z, parameter)
        factors = keep[k] if keep else None
        outputs.append(y if factors is None else y * factors)
    return outputs[1:]


def sample_losses(loss: str, z: Tensor, y: Tensor) -> Tensor:
    """Loss (T, B) of each sample from outputs and targets (T, B, O)."""
    name, parameter = parse_loss(loss)
    if name == "softmax":
        return -(y * F.log_softmax(z, dim=-1)).sum(-1)
    return LOSSES[name](z, y, parameter).mean(-1)


def coded_targets(training: Training, data: Dataset, y: NDArray[Any], n_outputs: int) -> Any:
    """Targets (N, O): numbers as they are, classes as the loss wants them."""
    if data.task == "regression":
        return y
    loss = parse_loss(training.resolved_loss(data.task, data.n_classes))[0]
    no, yes = (-1.0, 1.0) if loss in MARGIN_LOSSES else training.targets or (0.0, 1.0)
    classes = [1] if n_outputs == 1 else range(n_outputs)
    return np.where(y[:, None] == np.array(classes), yes, no)


def sample_weights(training: Training, data: Dataset, split: str) -> Any:
    """Weights (N,) of a split's samples: their own times their class's."""
    rows = getattr(data, split)
    weights = np.ones(len(rows)) if data.weights is None else data.weights[rows]
    if isinstance(training.class_weights, tuple):
        weights = weights * np.array(training.class_weights)[data.y[rows]]
    if training.class_weights == "balanced":
        counts = np.bincount(data.y[data.training], minlength=data.n_classes)
        weights = weights * (len(data.training) / (data.n_classes * counts))[data.y[rows]]
    return weights


class Twin:
    """A network, its training and data: losses, gradients and steps as PyTorch has them."""

    def __init__(
        self,
        network: Network,
        training: Training,
        data: Dataset,
        *,
        split: str = "training",
        dtype: str | None = None,
    ) -> None:
        self.network, self.training = network, training
        self.dtype = getattr(torch, dtype or training.dtype)
        self.loss_name = training.resolved_loss(data.task, data.n_classes)
        x, y = data.split(split)
        targets = coded_targets(training, data, y, network.outputs)
        weights = sample_weights(training, data, split)
        self.x, self.y, self.weights = (self._tensor(it) for it in (x, targets, weights))

    def _tensor(self, values: Any) -> Tensor:
        return torch.tensor(np.array(values), dtype=self.dtype)

    def losses(
        self, parameters: Parameters, rows: NDArray[np.int64], keep: Sequence[Tensor | None] = ()
    ) -> Tensor:
        """Mean loss (T,) over samples, rows (T, B), weighted."""
        z = layer_outputs(self.network, parameters, self.x[rows], keep)[-1]
        weights = self.weights[rows]
        each = sample_losses(self.loss_name, z, self.y[rows])
        return (each * weights).sum(-1) / weights.sum(-1)

    def measure(self, weights: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Mean loss (T,) over the split and its gradient (T, P), for weights (T, P)."""
        flat = self._tensor(weights).requires_grad_()
        rows = np.tile(np.arange(len(self.x)), (len(flat), 1))
        losses = self.losses(split_parameters(self.network, flat), rows)
        (gradient,) = torch.autograd.grad(losses.sum(), flat)
        return losses.detach().numpy(), gradient.numpy()
