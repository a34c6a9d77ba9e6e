"""What lenet1989.py tries: what the paper of 1989 names or leaves open, and the means of today.

A candidate is a network, its training, and the order of the training digits. Nothing is trained
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np

import amenable as am

PASSES = 23  # of the paper
N_MAPS = 12
ROOTED = "pytorch"  # within 1 / sqrt(F): `on_test` begins with 2.4 times these weights

_RANDOM = np.random.default_rng(1989)
SCHEMES = {
    # Which of the 12 maps of H1 each of the 12 maps of H2 sees: eight, "according to a scheme that
    # will not be described here". Blocks are the preset's: three groups of four that see the same.
    "blocks": None,
    "neighbours": tuple(tuple(sorted((i + k) % N_MAPS for k in range(8))) for i in range(N_MAPS)),
    # Each lacks maps 0, 1, 4 and 6 places on, a Golomb ruler: no two lack more than two in common.
    "spread": tuple(
        tuple(sorted((i + k) % N_MAPS for k in (2, 3, 5, 7, 8, 9, 10, 11))) for i in range(N_MAPS)
    ),
    "random": tuple(
        tuple(sorted(_RANDOM.choice(N_MAPS, 8, replace=False).tolist())) for _ in range(N_MAPS)
    ),
}


class Candidate(NamedTuple):
    """A network and how it is trained; `is_mixed`: its digits in one other, mixed order."""

    name: str
    network: am.Network
    training: am.Training
    is_mixed: bool = False


@dataclass(frozen=True)
class Means:
    """The means of 1989. Fixed by the paper: network, scaled tanh in all layers, weights uniform
    about zero, squared error, a digit a step in constant order, steps divided by a diagonal
    estimate of the curvature. The fields are what it leaves open; defaults are the plain reading.
    """

    longest: float = 0.05  # lr / damping: the learning rate where there is no curvature
    damping: float = 0.016  # mu
    samples: int = 500  # for the curvature, which is estimated before each pass
    init: str = "lecun1989"  # within 2.4 / F, as the paper says; he_uniform: 2.45 / sqrt(F)
    bias_init: str = "constant(0.0)"
    scheme: str = "blocks"
    target: float = 1.0  # and minus that: "within the quasilinear range of the sigmoid"
    border: float = -1.0  # around the maps of H1; around the image it is -1
    is_mixed: bool = False  # the one, constant order: the file's, or mixed once

    def candidate(self, name: str, passes: int = PASSES) -> Candidate:
        """With the layers and the training that the fields stand for."""
        network = am.lenet1989()
        layers = list(network.layers)
        table = SCHEMES[self.scheme] or layers[1].connections
        layers[1] = replace(layers[1], connections=table, border=self.border)
        lr = self.longest * self.damping
        training = am.Training(
            am.LevenbergMarquardt(lr, self.damping, self.samples),
            loss="squared",
            batch=1,
            order="sequential",
            epochs=passes,
            init=self.init,
            bias_init=self.bias_init,
            targets=(-self.target, self.target),
        )
        return Candidate(name, am.Network((1, 16, 16), layers), training, self.is_mixed)


LONGEST = (0.0125, 0.025, 0.05, 0.1)
DAMPING = (0.001, 0.004, 0.016, 0.064)
FACTORS = (0.7, 1.4)  # on `longest`: each alternative is tried a little below and above
ALTERNATIVES: dict[str, tuple[str, Any]] = {
    "weights within 2.45 / sqrt(F)": ("init", "he_uniform"),
    "biases drawn as weights are": ("bias_init", "lecun1989"),
    "H2 sees neighbours": ("scheme", "neighbours"),
    "H2 sees spread maps": ("scheme", "spread"),
    "H2 sees random maps": ("scheme", "random"),
    "targets ±0.8": ("target", 0.8),
    "targets ±0.6": ("target", 0.6),
    "targets ±0.4": ("target", 0.4),
    "border 0 around H1": ("border", 0.0),
    "curvature from 100 digits": ("samples", 100),
    "curvature from 5,000 digits": ("samples", 5000),
    "constant order, mixed once": ("is_mixed", True),
}
N_COMBINED = 3


def numbers() -> Iterator[tuple[str, Means]]:
    """Every step with every damping."""
    for longest, damping in product(LONGEST, DAMPING):
        yield f"lr / damping {longest:g}, damping {damping:g}", Means(longest, damping)


def at_rates(name: str, means: Means) -> Iterator[tuple[str, Means]]:
    """The same with every factor on its steps."""
    for factor in FACTORS:
        longest = factor * means.longest
        yield f"{name}, lr / damping {longest:g}", replace(means, longest=longest)


def alternatives(means: Means) -> Iterator[tuple[str, Means]]:
    """The means as they are, and with each alternative alone; all at every rate."""
    yield from at_rates("as it is", means)
    for name, (field, value) in ALTERNATIVES.items():
        yield from at_rates(name, replace(means, **{field: value}))


def combined(means: Means, names: Iterable[str]) -> Iterator[tuple[str, Means]]:
    """All sets of these alternatives together, the empty one too, at every rate."""
    given = list(names)
    for size in range(len(given) + 1):
        for some in combinations(given, size):
            fields = dict(ALTERNATIVES[it] for it in some)
            yield from at_rates(" + ".join(some) or "as it is", replace(means, **fields))


def plain(activation: str, is_rooted: bool = False) -> Candidate:
    """SGD at 0.03 instead of the second-order steps, weights within 2.4 / F or its root."""
    training = am.Training(
        am.SGD(0.03),
        loss="squared",
        batch=1,
        order="sequential",
        epochs=PASSES,
        init=ROOTED if is_rooted else "lecun1989",
        bias_init="constant(0.0)",
        targets=(-1.0, 1.0),
    )
    words = "2.4 / sqrt(F)" if is_rooted else "2.4 / F"
    name = f"SGD 0.03, {activation}, weights within {words}"
    return Candidate(name, am.lenet1989(activation, activation), training)


READ = (0.025, 0.05, 0.1)  # lr / damping, of which squared errors are read


def second_order(longest: float) -> Candidate:
    """The plain reading with these steps, for its squared errors."""
    name = f"second-order steps, lr / damping {longest:g}, damping 0.004"
    return Means(longest, 0.004).candidate(name)


@dataclass(frozen=True)
class Modern:
    """Means of today for the same network: cross-entropy, AdamW, mini-batches in shuffled order,
    a rate that falls along half a cosine, dropout on every hidden layer.
    """

    activation: str = "relu"
    lr: float = 1e-3
    dropout: float = 0.0
    weight_decay: float = 0.01
    passes: int = 30

    def candidate(self) -> Candidate:
        """With the layers and the training that the fields stand for."""
        network = am.lenet1989(self.activation, "identity")
        hidden = [replace(it, dropout=self.dropout) for it in network.layers[:-1]]
        training = am.Training(
            am.AdamW(self.lr, weight_decay=self.weight_decay),
            loss="softmax",
            batch=32,
            epochs=self.passes,
            schedule=am.Cosine(),
        )
        name = (
            f"{self.activation}, lr {self.lr:g}, dropout {self.dropout:g}, "
            f"decay {self.weight_decay:g}, {self.passes} passes"
        )
        return Candidate(name, am.Network((1, 16, 16), (*hidden, network.layers[-1])), training)


ACTIVATIONS = ("scaled_tanh", "relu")
RATES = (5e-4, 1e-3, 2e-3, 4e-3)
DROPOUTS = (0.0, 0.1, 0.25)
DECAYS = (0.01, 0.1, 0.3)
BUDGETS = (30, 60)


def modern() -> list[Modern]:
    """Activation, rate, dropout: each with each."""
    return [
        Modern(activation, lr, dropout)
        for activation, lr, dropout in product(ACTIVATIONS, RATES, DROPOUTS)
    ]
