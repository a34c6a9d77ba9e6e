"""PyTorch on images: eager, one network after another, and many by `torch.func.vmap`.

`torch-single`   the loop that a tutorial teaches, one thread (more were slower), fused SGD.
`torch-vmap`     vmap of the loss over stacked parameters, one backward pass of its sum, the fused
                 optimizer on the stacks; all threads.

(Tried and four times slower: unfold and a product of matrices in place of conv2d.)
"""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor

from benchmarks.image_tasks import ImageTask
from benchmarks.images import Conv, Mean
from benchmarks.peers import Settings, Trained, UnavailableError

F = torch.nn.functional
Params = list[tuple[Tensor, Tensor]]
ACTIVATIONS = {
    "identity": lambda z: z,
    "scaled_tanh": lambda z: 1.7159 * torch.tanh(z * (2 / 3)),
    "tanh": torch.tanh,
}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


class TorchVmap:
    """All networks at once."""

    compile_s = 0.0
    is_single = False

    def __init__(self, task: ImageTask, n_networks: int, n_steps: int, settings: Settings) -> None:
        if self.is_single and task.is_shuffled:
            raise UnavailableError("one network after another has no orders of its own here")
        self.task, self.n_networks, self.n_steps = task, n_networks, n_steps
        self.threads = 1 if self.is_single else settings.threads
        self.x, self.target = torch.from_numpy(task.images), torch.from_numpy(task.targets)
        self.masks = [
            torch.from_numpy(it.mask(shape)[..., None, None].astype(np.float32))
            if isinstance(it, Conv) and it.seen
            else None
            for it, shape in zip(task.structure.layers, task.structure.shapes, strict=False)
        ]
        warm = min(n_steps, 3)
        self.train(task.structure.draw(n_networks, 0, task.law), task.orders(n_networks, warm, 0))

    @property
    def how(self) -> str:
        what = "eager" if self.is_single else "func.vmap, one backward pass"
        return f"{what}, conv2d, fused {self.task.optimizer}, float32"

    def forward(self, params: Params, x: Tensor) -> Tensor:
        """One network: (B, channels, height, width) to (B, O)."""
        structure = self.task.structure
        layers = zip(structure.layers, params, self.masks, structure.activations(), strict=True)
        for layer, (weight, bias), mask, activation in layers:
            if isinstance(layer, Conv):
                z = self.convolved(layer, weight if mask is None else weight * mask, x) + bias
            elif isinstance(layer, Mean):
                z = F.avg_pool2d(x, layer.size) * weight + bias
            else:
                z = F.linear(x.flatten(1), weight, bias)
            x = ACTIVATIONS[activation](z)
        return x

    def convolved(self, layer: Conv, weight: Tensor, x: Tensor) -> Tensor:
        if layer.pad:
            x = F.pad(x, [layer.pad] * 4, value=layer.border)
        return F.conv2d(x, weight, stride=layer.stride)

    def loss(self, params: Params, x: Tensor, target: Tensor) -> Tensor:
        z = self.forward(params, x)
        return F.mse_loss(z, target) if self.task.loss == "squared" else F.cross_entropy(z, target)

    def train(self, flat: np.ndarray, order: np.ndarray) -> Trained:
        torch.set_num_threads(self.threads)
        rows = torch.from_numpy(order.astype(np.int64))
        start = time.perf_counter()
        if self.is_single:
            found = [self.train_params(flat[i : i + 1], rows) for i in range(len(flat))]
        else:
            found = [self.train_params(flat, rows)]
        seconds = time.perf_counter() - start
        return Trained(seconds, np.concatenate([self.flat(params) for params in found]))

    def train_params(self, flat: np.ndarray, order: Tensor) -> Params:
        """One network, or all of them stacked."""
        params = self.params(flat)
        if self.is_single:
            params = [(w[0], b[0]) for w, b in params]
            loss = self.loss
        else:
            own = 0 if self.task.is_shuffled else None
            many = torch.func.vmap(self.loss, in_dims=(0, own, own))

            def loss(params: Params, x: Tensor, target: Tensor) -> Tensor:
                return many(params, x, target).sum()

        leaves = [it.clone().requires_grad_() for pair in params for it in pair]
        params = list(zip(leaves[::2], leaves[1::2], strict=True))
        optimizer = OPTIMIZERS[self.task.optimizer](leaves, lr=self.task.lr, fused=True)
        for rows in order:
            optimizer.zero_grad(set_to_none=True)
            loss(params, self.x[rows], self.target[rows]).backward()
            optimizer.step()
        return params

    def params(self, flat: np.ndarray) -> Params:
        unpacked = self.task.structure.unpack(flat)
        return [(torch.from_numpy(w.copy()), torch.from_numpy(b.copy())) for w, b in unpacked]

    def flat(self, params: Params) -> np.ndarray:
        arrays = [(w.detach().numpy(), b.detach().numpy()) for w, b in params]
        if self.is_single:
            arrays = [(w[None], b[None]) for w, b in arrays]
        return self.task.structure.pack(arrays)

    @torch.no_grad()
    def outputs(self, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
        images, params = torch.from_numpy(x), self.params(flat)
        each = [[(w[i], b[i]) for w, b in params] for i in range(len(flat))]
        return np.stack([self.forward(one, images).numpy() for one in each])


class TorchSingle(TorchVmap):
    is_single = True
