"""JAX on images: one network after another, and many by `vmap`, each as a compiled scan of steps.

`jax-single`   one network per call.
`jax-vmap`     vmap over networks of the gradient; the updates act on all at once.
`...-patches`  either with convolutions written as slices side by side and a product of matrices.
               Which form is the faster one depends on the task: both are judged.

Rows of each step are given, so no time goes into permutations. XLA uses all threads as it sees fit.
"""

from __future__ import annotations

import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from benchmarks.image_tasks import ImageTask
from benchmarks.images import Conv, Mean
from benchmarks.peers import Settings, Trained, UnavailableError
from benchmarks.peers.jax_vmap import BETA1, BETA2, EPS, use_devices

Params = list[tuple[Array, Array]]
ACTIVATIONS = {
    "identity": lambda z: z,
    "scaled_tanh": lambda z: 1.7159 * jnp.tanh(z * (2 / 3)),
    "tanh": jnp.tanh,
}


class JaxVmap:
    """Compiled for one number of networks and steps."""

    by_patches = False
    is_single = False

    def __init__(self, task: ImageTask, n_networks: int, n_steps: int, settings: Settings) -> None:
        if self.is_single and task.is_shuffled:
            raise UnavailableError("one network after another has no orders of its own here")
        use_devices(settings.threads)
        self.task, self.n_networks, self.n_steps = task, n_networks, n_steps
        self.threads = settings.threads
        self.x, self.target = jnp.asarray(task.images), jnp.asarray(task.targets)
        self.masks = [
            jnp.asarray(it.mask(shape), jnp.float32)[..., None, None] if has_table(it) else None
            for it, shape in zip(task.structure.layers, task.structure.shapes, strict=False)
        ]
        self.gradient = jax.grad(self.loss)
        flat, order = (
            task.structure.draw(n_networks, 0, task.law),
            task.orders(n_networks, n_steps, 0),
        )
        start = time.perf_counter()
        compiled = jax.jit(self.train_all)
        self.compiled = compiled.lower(self.given(flat)[0], self.rows(order)).compile()
        self.compile_s = time.perf_counter() - start

    @property
    def how(self) -> str:
        form = "slices and products" if self.by_patches else "lax.conv"
        return f"jit({'scan' if self.is_single else 'scan(vmap(grad))'}), {form}, float32"

    def forward(self, params: Params, x: Array) -> Array:
        """One network: (B, channels, height, width) to (B, O)."""
        structure = self.task.structure
        layers = zip(structure.layers, params, self.masks, structure.activations(), strict=True)
        for layer, (weight, bias), mask, activation in layers:
            if isinstance(layer, Conv):
                z = self.convolved(layer, weight if mask is None else weight * mask, x) + bias
            elif isinstance(layer, Mean):
                n, maps, height, width = x.shape
                size = layer.size
                parts = x.reshape(n, maps, height // size, size, width // size, size)
                z = parts.mean((3, 5)) * weight + bias
            else:
                z = x.reshape(len(x), -1) @ weight.T + bias
            x = ACTIVATIONS[activation](z)
        return x

    def convolved(self, layer: Conv, weight: Array, x: Array) -> Array:
        pad, stride, kernel = layer.pad, layer.stride, layer.kernel
        x = jnp.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=layer.border)
        if not self.by_patches:
            return jax.lax.conv_general_dilated(x, weight, (stride, stride), "VALID")
        rows, columns = ((n - kernel) // stride + 1 for n in x.shape[2:])
        slices = [
            x[
                :,
                :,
                i : i + stride * (rows - 1) + 1 : stride,
                j : j + stride * (columns - 1) + 1 : stride,
            ]
            for i in range(kernel)
            for j in range(kernel)
        ]
        patches = jnp.stack(slices, axis=-1)  # (B, input maps, rows, columns, kernel)
        patches = patches.transpose(0, 2, 3, 1, 4).reshape(len(x) * rows * columns, -1)
        z = patches @ weight.reshape(len(weight), -1).T
        return z.reshape(len(x), rows, columns, -1).transpose(0, 3, 1, 2)

    def loss(self, params: Params, x: Array, target: Array) -> Array:
        z = self.forward(params, x)
        if self.task.loss == "squared":
            return jnp.mean((z - target) ** 2)
        return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.sum(target * z, axis=1))

    def update(self, state: Any, gradient: Params) -> Any:
        params, first, second, t = state
        if self.task.optimizer == "sgd":
            return jax.tree.map(lambda w, g: w - self.task.lr * g, params, gradient), (), (), t
        t = t + 1
        first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
        rate, scale = self.task.lr / (1 - BETA1**t), jax.lax.rsqrt(1 - BETA2**t)
        params = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) * scale + EPS), params, first, second
        )
        return params, first, second, t

    def train_all(self, params: Params, order: Array) -> Params:
        """What is compiled: all steps of all networks, or of the one."""
        gradient = self.gradient
        if not self.is_single:
            rows = 0 if self.task.is_shuffled else None
            gradient = jax.vmap(gradient, in_axes=(0, rows, rows))

        def step(state: Any, rows: Array) -> tuple[Any, None]:
            return self.update(state, gradient(state[0], self.x[rows], self.target[rows])), None

        zeros = jax.tree.map(jnp.zeros_like, params) if self.task.optimizer == "adam" else ()
        return jax.lax.scan(step, (params, zeros, zeros, jnp.float32(0)), order)[0][0]

    def given(self, flat: np.ndarray) -> list[Params]:
        """What each call of the compiled loop is given."""
        params = [(jnp.asarray(w), jnp.asarray(b)) for w, b in self.task.structure.unpack(flat)]
        if not self.is_single:
            return [params]
        return [jax.tree.map(lambda it, i=i: it[i], params) for i in range(len(flat))]

    def rows(self, order: np.ndarray) -> Array:
        return jnp.asarray(order)

    def train(self, flat: np.ndarray, order: np.ndarray) -> Trained:
        calls, rows = self.given(flat), self.rows(order)
        jax.block_until_ready((calls, rows))
        start = time.perf_counter()
        found = [jax.block_until_ready(self.compiled(call, rows)) for call in calls]
        seconds = time.perf_counter() - start
        if self.is_single:
            params = jax.tree.map(lambda *it: np.stack(it), *found)
        else:
            params = jax.tree.map(np.asarray, found[0])
        return Trained(seconds, self.task.structure.pack(params))

    def outputs(self, flat: np.ndarray, x: np.ndarray) -> np.ndarray:
        params = jax.tree.map(jnp.asarray, self.task.structure.unpack(flat))
        found: np.ndarray = np.asarray(jax.vmap(self.forward, in_axes=(0, None))(params, x))
        return found


def has_table(layer: object) -> bool:
    return isinstance(layer, Conv) and layer.seen is not None


class JaxVmapPatches(JaxVmap):
    by_patches = True


class JaxSingle(JaxVmap):
    is_single = True


class JaxSinglePatches(JaxSingle):
    by_patches = True
