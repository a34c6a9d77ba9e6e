"""Directions in the space of weights: random ones per neuron, those of a path, those of a plane."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError
from amenable.network import Network

STRAIGHT = 1e-6  # of the first extent; float32 weights themselves are rounded to 6e-8 of their size


def neurons(network: Network) -> list[NDArray[np.int64]]:
    """Numbers of the parameters of each neuron, layer by layer: its weights, then its bias.

    Units that share weights are one neuron, what Li et al. 2018 call a filter; a bias that several
    neurons share is one of its own.
    """
    found: list[NDArray[np.int64]] = []
    arrays, at = dict(network.parameter_shapes), 0
    for k in range(1, len(network.layers) + 1):
        sizes = _weights_of_neurons(network, k)
        weights = np.split(at + np.arange(sum(sizes)), np.cumsum(sizes, dtype=np.int64)[:-1])
        n_biases = prod(arrays.get(f"{k}.bias", (0,)))
        biases = at + sum(sizes) + np.arange(n_biases)
        if sizes and n_biases % len(sizes) == 0:
            of_each = biases.reshape(len(sizes), -1)
            found += [np.concatenate(both) for both in zip(weights, of_each, strict=True)]
        else:
            found += [*weights[: len(sizes)], *biases[:, None]]
        at += sum(sizes) + n_biases
    return found


def _weights_of_neurons(network: Network, k: int) -> list[int]:
    """How many weights each neuron of layer k has."""
    window = network.windows[k - 1]
    if window is None:
        return [network.fan_in(k)] * network.widths[k]
    if not window.connections:  # pooling
        return [1] * (window.outputs[0] * (f"{k}.weight" in dict(network.parameter_shapes)))
    places = prod(window.outputs[1:]) if window.kind == "local" else 1
    return [len(seen) * prod(window.kernel) for seen in window.connections for _ in range(places)]


def random_directions(
    network: Network, flat: NDArray[np.float64], seed: int
) -> NDArray[np.float64]:
    """Two directions (2, P), normal, each neuron's part as long as the neuron's own parameters.

    The second is made orthogonal to the first within every neuron, which keeps both properties;
    a neuron of one parameter has but one direction, in which both go, with signs of their own.
    """
    drawn = np.random.default_rng([seed, 0]).normal(size=(2, len(flat)))
    found = np.zeros_like(drawn)
    for own in neurons(network):
        first, second = drawn[:, own]
        if len(own) > 1:
            second = second - first * (first @ second) / (first @ first)
        for row, part in zip(found, (first, second), strict=True):
            row[own] = part * (np.linalg.norm(flat[own]) / np.linalg.norm(part))
    return found


def principal(path: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First two principal components (2, P) of points (K, P), and the shares of variance (2,).

    Signs are such that the first point lies on the left of the last, and most of the rest above.

    Raises
    ------
    DataError
        If the points lie on a line.
    """
    _, extents, components = np.linalg.svd(path - path.mean(axis=0), full_matrices=False)
    if len(extents) < 2 or extents[1] <= STRAIGHT * extents[0]:
        raise DataError(
            "path: expected points that span a plane, but these lie on a line; use walk()"
        )
    found = components[:2].copy()
    places = (path - path[-1]) @ found.T
    found[0] *= -1.0 if places[0, 0] > 0 else 1.0
    found[1] *= -1.0 if places[:, 1].sum() < 0 else 1.0
    return found, (extents**2 / (extents**2).sum())[:2]


def span_plane(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Orthonormal directions (2, P) of the plane through three points: from a to b, and towards c.

    Raises
    ------
    DataError
        If two are the same, or all are on a line.
    """
    for names, length in (
        ("a and b", np.linalg.norm(b - a)),
        ("a and c", np.linalg.norm(c - a)),
        ("b and c", np.linalg.norm(c - b)),
    ):
        if length == 0:
            raise DataError(
                f"through: expected three different networks, but {names} have the same weights"
            )
    first = (b - a) / np.linalg.norm(b - a)
    rest = (c - a) - first * (first @ (c - a))
    if np.linalg.norm(rest) <= STRAIGHT * np.linalg.norm(c - a):
        raise DataError(
            "through: expected three networks that span a plane, but these lie on a line; use "
            "walk()"
        )
    second = rest / np.linalg.norm(rest)
    second -= first * (first @ second)  # once more, against rounding
    return np.stack([first, second / np.linalg.norm(second)])
