"""JAX: many networks by `vmap` and `scan`, in the form people write and in the fastest found.

`jax`        jit of vmap over networks of a loop over epochs of a scan over steps; each network
             permutes with `jax.random.permutation`. One device, all threads: XLA's own way.
`jax-tuned`  the same mathematics as fast as we could make it: one scan whose step is batched,
             permutations of all networks by one sort of packed integers, and the networks
             sharded over as many host devices as there are threads. (Tried and slower or
             within noise: products as sums, with the networks as first or last axis; a vector
             width of 512 bits, fast-math, the old runtime, single-threaded Eigen.)
`jax-single` one network, the same loop compiled without vmap.

State lives inside the compiled loop, so there is no buffer left to donate. The number of epochs
is an argument: one compilation serves the warm-up of one epoch and the timed run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import NamedSharding, PartitionSpec

from benchmarks.peers import Run, Settings
from benchmarks.tasks import Task

Params = list[tuple[Array, Array]]  # per layer: weight (I, O), bias (O,); batched: (T, ...) first
Adam = tuple[Params, Params, Params, Array]  # parameters, both moments, steps done
Train = Callable[[Array, Array], Params]  # (keys, epochs) -> parameters

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"tanh": jnp.tanh, "relu": jax.nn.relu}
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8  # PyTorch's defaults


def use_devices(threads: int) -> None:
    """Split the host into one XLA device per thread; only possible before JAX has computed."""
    if jax.config.jax_num_cpu_devices != threads:
        jax.config.update("jax_num_cpu_devices", threads)


def draw(key: Array, widths: tuple[int, ...]) -> Params:
    """PyTorch's law: weights and biases uniform within 1/sqrt(fan_in)."""
    params = []
    for n_in, n_out in pairwise(widths):
        key, key_weight, key_bias = jax.random.split(key, 3)
        bound = n_in**-0.5
        weight = jax.random.uniform(key_weight, (n_in, n_out), minval=-bound, maxval=bound)
        bias = jax.random.uniform(key_bias, (n_out,), minval=-bound, maxval=bound)
        params.append((weight, bias))
    return params


class Problem:
    """A task's arrays and mathematics, shared by the three formulations."""

    def __init__(self, task: Task) -> None:
        self.task = task
        data = task.samples
        self.x = jnp.asarray(data.x)  # (N, I)
        target = data.y[:, None] if task.loss == "logistic" else np.eye(data.n_classes)[data.y]
        self.target = jnp.asarray(target, jnp.float32)  # (N, O)
        self.y = jnp.asarray(data.y)
        self.activate = ACTIVATIONS[task.activation]
        self.gradient = jax.grad(self.loss)

    def forward(self, params: Params, x: Array) -> Array:
        for weight, bias in params[:-1]:
            x = self.activate(x @ weight + bias)
        weight, bias = params[-1]
        return x @ weight + bias  # (B, O)

    def loss(self, params: Params, x: Array, target: Array) -> Array:
        z = self.forward(params, x)
        if self.task.loss == "logistic":
            return jnp.mean(jax.nn.softplus(z) - target * z)
        return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.sum(target * z, axis=1))

    def accuracy(self, params: Params) -> Array:
        z = self.forward(params, self.x)
        guess = z[:, 0] > 0 if self.task.loss == "logistic" else jnp.argmax(z, axis=1)
        return jnp.mean(guess == self.y)

    def begin(self, params: Params) -> Adam:
        zeros = jax.tree.map(jnp.zeros_like, params)
        return params, zeros, zeros, jnp.float32(0)

    def update(self, state: Adam, gradient: Params) -> Adam:
        params, first, second, t = state
        t = t + 1
        first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
        rate = self.task.lr / (1 - BETA1**t)
        scale = jax.lax.rsqrt(1 - BETA2**t)
        params = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) * scale + EPS), params, first, second
        )
        return params, first, second, t

    def loop(self, epoch: Callable[[Array, Adam], Adam], state: Adam, epochs: Array) -> Params:
        return jax.lax.fori_loop(0, epochs, epoch, state)[0]

    def train_one(self, key: Array, epochs: Array) -> Params:
        """Train one network: what a user would write, and would then pass to vmap."""
        key_weights, key_order = jax.random.split(key)

        def step(state: Adam, rows: Array) -> tuple[Adam, None]:
            return self.update(
                state, self.gradient(state[0], self.x[rows], self.target[rows])
            ), None

        def epoch(e: Array, state: Adam) -> Adam:
            if self.task.is_full_batch:
                return self.update(state, self.gradient(state[0], self.x, self.target))
            rows = jax.random.permutation(jax.random.fold_in(key_order, e), len(self.x))
            return jax.lax.scan(step, state, rows.reshape(-1, self.task.batch))[0]

        return self.loop(epoch, self.begin(draw(key_weights, self.task.widths)), epochs)

    def permutations(self, key: Array, n_networks: int) -> Array:
        """Permute the samples of every network, (N / B, T, B), by one unkeyed sort.

        The row number sits in the low bits of a random integer. Two equal high parts would keep
        their order; with 22 random bits that is one pair in four million.
        """
        n = len(self.x)
        low = jnp.uint32((1 << (n - 1).bit_length()) - 1)
        bits = jax.random.bits(key, (n_networks, n), jnp.uint32)
        packed = (bits & ~low) | jnp.arange(n, dtype=jnp.uint32)
        rows = (jax.lax.sort(packed, dimension=1, is_stable=False) & low).astype(jnp.int32)
        return rows.reshape(n_networks, -1, self.task.batch).transpose(1, 0, 2)

    def train_many(self, keys: Array, epochs: Array) -> Params:
        """Train len(keys) networks with one scan over batched steps."""
        key_order = jax.random.fold_in(keys[0], 1)
        shared = (0, None, None) if self.task.is_full_batch else (0, 0, 0)
        gradients = jax.vmap(self.gradient, in_axes=shared)

        def step(state: Adam, rows: Array) -> tuple[Adam, None]:
            return self.update(state, gradients(state[0], self.x[rows], self.target[rows])), None

        def epoch(e: Array, state: Adam) -> Adam:
            if self.task.is_full_batch:
                return self.update(state, gradients(state[0], self.x, self.target))
            order = self.permutations(jax.random.fold_in(key_order, e), len(keys))
            return jax.lax.scan(step, state, order)[0]

        params = jax.vmap(lambda key: draw(key, self.task.widths))(keys)
        return self.loop(epoch, self.begin(params), epochs)


class JaxPlain:
    """jit(vmap(train_one)): the compiled program, its compile time, and timed runs."""

    how = "jit(vmap(scan)), float32"
    is_seeded = True

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        use_devices(settings.threads)
        self.task, self.n_networks, self.threads = task, n_networks, settings.threads
        self.problem = Problem(task)
        self.accuracy = jax.jit(jax.vmap(self.problem.accuracy))
        start = time.perf_counter()
        self.compiled = jax.jit(self.formulate()).lower(self.keys(0), self.epochs(1)).compile()
        self.compile_s = time.perf_counter() - start
        jax.block_until_ready(self.compiled(self.keys(0), self.epochs(1)))

    def formulate(self) -> Train:
        return jax.vmap(self.problem.train_one, in_axes=(0, None))

    def keys(self, seed: int) -> Array:
        return jax.random.split(jax.random.key(seed), self.n_networks)

    def epochs(self, n: int) -> Array:
        return jnp.int32(n)

    def run(self, seed: int) -> Run:
        keys, epochs = self.keys(seed), self.epochs(self.task.epochs)
        jax.block_until_ready((keys, epochs))
        start = time.perf_counter()
        params = jax.block_until_ready(self.compiled(keys, epochs))
        seconds = time.perf_counter() - start
        return Run(seconds, self.n_networks, self.count(params))

    def count(self, params: Any) -> int:
        return int(np.sum(np.asarray(self.accuracy(params)) > self.task.learned))


class JaxTuned(JaxPlain):
    """One scan of batched steps, sharded over host devices; the networks never communicate."""

    how = "scan of batched steps, sharded over host devices, packed sort, float32"

    def __init__(self, task: Task, n_networks: int, settings: Settings) -> None:
        use_devices(settings.threads)
        self.mesh = jax.make_mesh((settings.threads,), ("networks",))
        super().__init__(task, -(-n_networks // settings.threads) * settings.threads, settings)

    def formulate(self) -> Train:
        split = PartitionSpec("networks")
        return jax.shard_map(
            self.problem.train_many,
            mesh=self.mesh,
            in_specs=(split, PartitionSpec()),
            out_specs=split,
            check_vma=False,
        )

    def keys(self, seed: int) -> Array:
        return jax.device_put(
            super().keys(seed), NamedSharding(self.mesh, PartitionSpec("networks"))
        )

    def epochs(self, n: int) -> Array:
        return jax.device_put(super().epochs(n), NamedSharding(self.mesh, PartitionSpec()))


class JaxSingle(JaxPlain):
    """One network per call of the compiled loop; a run is `n_networks` calls."""

    how = "jit(scan), one network per call, float32"

    def formulate(self) -> Train:
        return self.problem.train_one

    def keys(self, seed: int) -> Array:
        return jax.random.key(seed)

    def run(self, seed: int) -> Run:
        keys = list(jax.random.split(jax.random.key(seed), self.n_networks))
        epochs = self.epochs(self.task.epochs)
        jax.block_until_ready(keys)
        start = time.perf_counter()
        found = [jax.block_until_ready(self.compiled(key, epochs)) for key in keys]
        seconds = time.perf_counter() - start
        return Run(
            seconds, self.n_networks, self.count(jax.tree.map(lambda *p: jnp.stack(p), *found))
        )
