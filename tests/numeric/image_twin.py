"""Networks with layers of images once more, in PyTorch: outputs, losses, gradients and curvature.

One network at a time, in float64. Convolutions are PyTorch's conv2d with zeros where a map is not
seen, local receptive fields its unfold, borders its pad. Shape letters: N samples, I inputs,
O outputs, P parameters; images are (maps, height, width).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from torch_twin import ACTIVATIONS, sample_losses

from amenable.network import Conv2d, Network, Window, parse_activation

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)

F = torch.nn.functional


def tensor(values: Any) -> Tensor:
    """As float64."""
    return torch.tensor(np.array(values), dtype=torch.float64)


def split(network: Network, flat: Tensor) -> dict[str, Tensor]:
    """Parameters (P,) by name."""
    sizes = [int(np.prod(shape)) for _, shape in network.parameter_shapes]
    parts = torch.split(flat, sizes)
    shapes = network.parameter_shapes
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes, parts, strict=True)}


def padded(x: Tensor, window: Window, border: float) -> Tensor:
    """Images (N, maps, height, width) with their borders."""
    (rows, columns), sides = window.pad, []
    sides = [columns, columns, rows, rows]
    if window.padding == "circular":
        return F.pad(x, sides, mode="circular")
    return F.pad(x, sides, value=border)


def kernels(window: Window, weight: Tensor) -> Tensor:
    """All kernels (places, maps, input maps, height, width), zeros where a map is not seen."""
    places = window.outputs[1] * window.outputs[2] if window.kind == "local" else 1
    flat, at, rows = weight.reshape(-1, *window.kernel), 0, []
    nothing = flat.new_zeros(places, *window.kernel)
    for seen in window.connections:
        mine = flat[at : at + places * len(seen)].reshape(places, len(seen), *window.kernel)
        at += places * len(seen)
        found = dict(zip(seen, mine.unbind(1), strict=True))
        rows.append(torch.stack([found.get(i, nothing) for i in range(window.inputs[0])], dim=1))
    assert at == len(flat)
    return torch.stack(rows, dim=1)


def weighted(window: Window | None, border: float, weight: Tensor | None, x: Tensor) -> Tensor:
    """What a layer makes of x (N, inputs) before biases and activation, linear in its weights."""
    if window is None:
        assert weight is not None
        return x @ weight.T
    images = x.reshape(-1, *window.inputs)
    if window.kind == "max_pool":
        return F.max_pool2d(images, window.kernel, window.stride)
    if window.kind == "avg_pool":
        means = F.avg_pool2d(images, window.kernel, window.stride)
        return means if weight is None else means * weight[:, None, None]
    assert weight is not None
    images, full = padded(images, window, border), kernels(window, weight)
    if window.kind == "conv":
        return F.conv2d(images, full[0], stride=window.stride)
    patches = F.unfold(images, window.kernel, stride=window.stride)
    z = torch.einsum("pmi,nip->nmp", full.flatten(2), patches)
    return z.reshape(len(x), *window.outputs)


def border_of(layer: Any) -> float:
    """The number in the border."""
    is_number = isinstance(layer, Conv2d) and not isinstance(layer.border, str)
    return layer.border if is_number else 0.0


def sums(network: Network, parts: dict[str, Tensor], k: int, seen: Tensor) -> Tensor:
    """Outputs (N, units) of layer k before its activation, from what it sees (N, inputs)."""
    layer, window = network.layers[k - 1], network.windows[k - 1]
    z = weighted(window, border_of(layer), parts.get(f"{k}.weight"), seen)
    bias = parts.get(f"{k}.bias")
    if bias is not None and window is not None and bias.ndim == 1:
        bias = bias[:, None, None]
    return (z if bias is None else z + bias).flatten(1)


def activated(network: Network, k: int, z: Tensor) -> Tensor:
    """Outputs of layer k."""
    name, parameter = parse_activation(network.layers[k - 1].activation)
    return ACTIVATIONS[name](z, parameter)


def seen_by(network: Network, k: int, outputs: Sequence[Tensor]) -> Tensor:
    """What layer k sees."""
    return torch.cat([outputs[k - 1], *(outputs[i] for i in network.layers[k - 1].shortcuts)], -1)


def layer_outputs(
    network: Network, flat: Tensor, x: Tensor, keep: Sequence[Tensor | None] = ()
) -> list[Tensor]:
    """Outputs (N, units) of the input and of each layer; keep: dropout's factors by layer."""
    parts, outputs = split(network, flat), [x]
    for k in range(1, len(network.layers) + 1):
        z = sums(network, parts, k, seen_by(network, k, outputs))
        y = activated(network, k, z)
        factors = keep[k - 1] if keep else None
        outputs.append(y if factors is None else y * factors)
    return outputs


def loss(network: Network, flat: Tensor, x: Tensor, y: Tensor, name: str, **more: Any) -> Tensor:
    """Mean loss over samples x (N, I) with targets y (N, O)."""
    return sample_losses(name, layer_outputs(network, flat, x, **more)[-1], y).mean()


def gradient(
    network: Network, weights: NDArray[np.float64], x: Tensor, y: Tensor, name: str, **more: Any
) -> tuple[float, NDArray[np.float64]]:
    """Mean loss and its gradient (P,)."""
    flat = tensor(weights).requires_grad_()
    value = loss(network, flat, x, y, name, **more)
    (found,) = torch.autograd.grad(value, flat)
    return float(value.detach()), found.numpy()


def curvature(
    network: Network, weights: NDArray[np.float64], x: Tensor, y: Tensor, name: str
) -> NDArray[np.float64]:
    """Diagonal (P,) of the mean loss's curvature, by the rule of LeCun et al. 1998.

    Layer by layer from the last: by a sum z that of the output times the slope squared; by a
    weight, over all its connections, that of the sum times the input squared; by an input that of
    the sum times the weight squared. What is linear is so with squares, so that PyTorch's gradient
    of it adds up the connections.
    """
    flat = tensor(weights)
    parts, outputs = split(network, flat), [it.detach() for it in layer_outputs(network, flat, x)]
    back = [torch.zeros_like(it) for it in outputs]
    back[-1] = output_curvature(outputs[-1], y, name) / len(x)
    found: dict[str, Tensor] = {}
    for k in range(len(network.layers), 0, -1):
        seen = seen_by(network, k, outputs)
        z = sums(network, parts, k, seen).detach().requires_grad_()
        (slope,) = torch.autograd.grad(activated(network, k, z).sum(), z)
        by_sum = back[k] * slope**2
        handed = through_sums(network, parts, k, seen, by_sum, found)
        widths = [network.widths[i] for i in (k - 1, *network.layers[k - 1].shortcuts)]
        sources = (k - 1, *network.layers[k - 1].shortcuts)
        for source, part in zip(sources, torch.split(handed, widths, dim=1), strict=True):
            back[source] = back[source] + part
    return torch.cat([found[name].reshape(-1) for name, _ in network.parameter_shapes]).numpy()


def output_curvature(z: Tensor, y: Tensor, name: str) -> Tensor:
    """Second derivative (N, O) of each sample's loss by each of its outputs."""
    z = z.detach().requires_grad_()
    (slope,) = torch.autograd.grad(sample_losses(name, z, y).sum(), z, create_graph=True)
    columns = [
        torch.autograd.grad(slope[:, o].sum(), z, retain_graph=True)[0][:, o]
        for o in range(z.shape[1])
    ]
    return torch.stack(columns, dim=1)


def through_sums(
    network: Network,
    parts: dict[str, Tensor],
    k: int,
    seen: Tensor,
    by_sum: Tensor,
    found: dict[str, Tensor],
) -> Tensor:
    """From the curvature by a layer's sums to that by its parameters, and by what it sees."""
    layer, window = network.layers[k - 1], network.windows[k - 1]
    weight, bias = parts.get(f"{k}.weight"), parts.get(f"{k}.bias")
    border = border_of(layer)
    if bias is not None:
        shaped = by_sum if window is None else by_sum.reshape(-1, *window.outputs)
        total = shaped.sum(0)
        found[f"{k}.bias"] = total.sum((1, 2)) if bias.ndim < total.ndim else total
    if weight is not None:
        of_weight = weight.clone().requires_grad_()
        if window is not None and window.kind == "avg_pool":
            # Of the mean as a whole, which the coefficient multiplies.
            means = F.avg_pool2d(seen.reshape(-1, *window.inputs), window.kernel, window.stride)
            linear = means**2 * of_weight[:, None, None]
        else:
            linear = weighted(window, border**2, of_weight, seen**2)
        found[f"{k}.weight"] = torch.autograd.grad((linear.flatten(1) * by_sum).sum(), of_weight)[0]
    x = seen.clone().requires_grad_()
    squared = weighted(window, border, None if weight is None else weight**2, x).flatten(1)
    if window is not None and window.kind == "avg_pool":
        by_sum = by_sum / (window.kernel[0] * window.kernel[1])  # a share, squared as well
    (handed,) = torch.autograd.grad((squared * by_sum).sum(), x)
    return handed
