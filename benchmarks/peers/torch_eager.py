"""PyTorch, eager, one network after another: the loop that a tutorial teaches, at its best.

One thread (these tensors are too small to share), the fused Adam, and the epoch's samples
permuted once and sliced into batches. PyTorch's default initial law is the law of the tasks.
"""

from __future__ import annotations

import time
from itertools import pairwise

import torch
from torch import Tensor, nn

from benchmarks.peers import Run, Settings
from benchmarks.tasks import Task

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


class TorchEager:
    """One process, one thread, `n_networks` networks in a row."""

    how = "eager, fused Adam, one thread, float32"
    is_seeded = True
    compile_s = 0.0
    threads = 1

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        torch.set_num_threads(1)
        self.task, self.n_networks = task, n_networks
        data = task.samples
        self.x = torch.from_numpy(data.x)
        self.y = torch.from_numpy(data.y)
        is_logistic = task.loss == "logistic"
        self.target = self.y[:, None].float() if is_logistic else self.y
        self.loss = nn.BCEWithLogitsLoss() if is_logistic else nn.CrossEntropyLoss()
        self.train(epochs=1)

    def build(self) -> nn.Sequential:
        layers: list[nn.Module] = []
        for n_in, n_out in pairwise(self.task.widths):
            layers += [nn.Linear(n_in, n_out), ACTIVATIONS[self.task.activation]()]
        return nn.Sequential(*layers[:-1])

    def batches(self) -> list[tuple[Tensor, Tensor]]:
        if self.task.is_full_batch:
            return [(self.x, self.target)]
        order = torch.randperm(len(self.x))
        x, target = self.x[order], self.target[order]
        return list(zip(x.split(self.task.batch), target.split(self.task.batch), strict=True))

    def train(self, epochs: int) -> nn.Sequential:
        network = self.build()
        optimizer = torch.optim.Adam(network.parameters(), lr=self.task.lr, fused=True)
        for _ in range(epochs):
            for x, target in self.batches():
                optimizer.zero_grad(set_to_none=True)
                self.loss(network(x), target).backward()
                optimizer.step()
        return network

    @torch.no_grad()
    def has_learned(self, network: nn.Sequential) -> bool:
        z = network(self.x)
        guess = (z[:, 0] > 0).long() if self.task.loss == "logistic" else z.argmax(1)
        return (guess == self.y).double().mean().item() > self.task.learned

    def run(self, seed: int) -> Run:
        torch.manual_seed(seed)
        start = time.perf_counter()
        networks = [self.train(self.task.epochs) for _ in range(self.n_networks)]
        seconds = time.perf_counter() - start
        return Run(seconds, self.n_networks, sum(map(self.has_learned, networks)))
