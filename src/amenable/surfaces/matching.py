"""Puts the neurons of one network into the order of another's, without changing its outputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.description import fail
from amenable.model import Model
from amenable.network import Network, flatten, parse_activation
from amenable.surfaces.problem import check_models

ODD = ("identity", "tanh", "scaled_tanh", "softsign", "sine")  # f(-z) = -f(z)
EVEN = ("gaussian",)  # f(-z) = f(z)
MOST_ROUNDS = 100  # each makes the networks more alike; small ones settle within five

Weights = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Order:
    """For a layer: whose place each unit takes, and by which sign what goes in and out changes."""

    units: NDArray[np.int64]
    into: NDArray[np.float64]
    out: NDArray[np.float64]


def match_neurons(a: Model, b: Model) -> Model:
    """The second network, with its hidden neurons in the order that is most like the first's.

    Hidden neurons can change places, with all their connections, without changing the network's
    outputs. If the activation is odd (tanh, scaled_tanh, softsign, sine, identity), a neuron can
    also change the sign of all its incoming and outgoing weights; if it is even (gaussian), that of
    its incoming weights. For one layer after the other, this function chooses the assignment with
    the largest sum of products of both networks' weights, biases included, while the other layers
    stay. It repeats this until no layer changes. The sum grows in each step, so this ends, in a
    matching that no single layer can improve, though not always in the best. It starts from three
    orders and keeps the best result: b's own order, the order by incoming weights from the first
    layer on, and the order by outgoing weights from the last layer on. So a network whose neurons
    were only shuffled gets its order back. ReLU neurons could also be scaled, which this function
    does not use. Shortcuts are permuted too.

    Parameters
    ----------
    a, b : Model
        Of the same network.

    Returns
    -------
    Model
        An untrained Model with b's weights in a's order.

    Raises
    ------
    DescriptionError
        If their networks differ, or have layers for images.

    References
    ----------
    Ainsworth, Hayase, Srinivasa 2023, "Git Re-Basin: Merging Models modulo Permutation
    Symmetries", ICLR: weight matching, there without signs, with layers in random order and from
    b's own order only. Signs: Chen, Lu, Hecht-Nielsen 1993, Neural Computation 5:910-927.

    Examples
    --------
    >>> from amenable import Model, mlp
    >>> a = Model(mlp(1, 2, 1), [1.0, 2.0, 0.1, 0.2, 3.0, 4.0, 0.0])
    >>> b = a.with_flat([-2.0, 1.0, -0.2, 0.1, -4.0, 3.0, 0.0])  # other order, one with other signs
    >>> bool((match_neurons(a, b).flat == a.flat).all())
    True
    """
    check_models({"a": a, "b": b})
    network = a.network
    if any(network.windows):
        fail("match_neurons", "networks of dense layers", network.structure, "leave match out")
    mine, theirs = a.weights, b.weights
    starts = (theirs, *(_first_order(network, mine, theirs, it) for it in (True, False)))
    settled = [_settled(network, mine, it) for it in starts]
    best = max(settled, key=lambda it: sum(float(np.sum(mine[n] * it[n])) for n in mine))
    return Model(network, flatten(network, best), b.dtype, b.about)


def _first_order(network: Network, mine: Weights, theirs: Weights, is_forward: bool) -> Weights:
    """An order to begin with, by what comes in from the first layer on, or goes out of the last."""
    layers = range(1, len(network.layers))
    for k in layers if is_forward else reversed(layers):
        into, out = _alikeness(network, mine, theirs, k)
        order = _best_order(network, k, into * is_forward, out * (not is_forward))
        theirs = _ordered(network, theirs, k, order)
    return theirs


def _settled(network: Network, mine: Weights, theirs: Weights) -> Weights:
    """Weights in an order that no layer alone can improve."""
    for _ in range(MOST_ROUNDS):
        has_changed = False
        for k in range(1, len(network.layers)):
            into, out = _alikeness(network, mine, theirs, k)
            order = _best_order(network, k, into, out)
            if _gains(into, out, order):
                theirs, has_changed = _ordered(network, theirs, k, order), True
        if not has_changed:
            break
    return theirs


def _best_order(
    network: Network, k: int, into: NDArray[np.float64], out: NDArray[np.float64]
) -> _Order:
    """How the units of layer k are best assigned, by how alike their connections are, (U, U)."""
    from scipy.optimize import linear_sum_assignment

    name = parse_activation(network.layers[k - 1].activation)[0]
    one = np.ones_like(into)
    sign_into = sign_out = one
    if name in ODD:
        sign_into = sign_out = np.where(into + out < 0, -one, one)
    elif name in EVEN:
        sign_into = np.where(into < 0, -one, one)
    rows, units = linear_sum_assignment(sign_into * into + sign_out * out, maximize=True)
    return _Order(units, sign_into[rows, units], sign_out[rows, units])


def _gains(into: NDArray[np.float64], out: NDArray[np.float64], order: _Order) -> bool:
    """Whether an order makes a layer more alike, by more than rounding."""
    at = np.arange(len(into))
    found = order.into * into[at, order.units] + order.out * out[at, order.units]
    gain = float(found.sum() - np.trace(into + out))
    return gain > 1e-12 * len(into) * float(np.abs(into).max() + np.abs(out).max())


def _alikeness(
    network: Network, mine: Weights, theirs: Weights, k: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Products of what comes into, and what goes out of, units of layer k, (U, U) each.

    Rows are units of the first network, columns those of the second.
    """
    into = mine[f"{k}.weight"] @ theirs[f"{k}.weight"].T
    if network.layers[k - 1].bias:
        into = into + np.outer(mine[f"{k}.bias"], theirs[f"{k}.bias"])
    out = np.zeros_like(into)
    for m, columns in _readers(network, k):
        name = f"{m}.weight"
        out += mine[name][:, columns].T @ theirs[name][:, columns]
    return into, out


def _ordered(network: Network, weights: Weights, k: int, order: _Order) -> Weights:
    """The weights with layer k in that order, and all that read it."""
    found = dict(weights)
    found[f"{k}.weight"] = weights[f"{k}.weight"][order.units] * order.into[:, None]
    if network.layers[k - 1].bias:
        found[f"{k}.bias"] = weights[f"{k}.bias"][order.units] * order.into
    for m, columns in _readers(network, k):
        changed = found[f"{m}.weight"].copy()
        changed[:, columns] = changed[:, columns][:, order.units] * order.out
        found[f"{m}.weight"] = changed
    return found


def _readers(network: Network, k: int) -> list[tuple[int, slice]]:
    """Layers that read the outputs of layer k, and in which columns of their weights."""
    widths = network.widths
    found = []
    for m, layer in enumerate(network.layers, start=1):
        at = 0
        for source in (m - 1, *layer.shortcuts):
            if source == k:
                found.append((m, slice(at, at + widths[source])))
            at += widths[source]
    return found
