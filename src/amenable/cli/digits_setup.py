"""What `amenable digits` trains: the network for the data, how, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from amenable.datasets import Dataset
from amenable.datasets.pictures import load_pictures
from amenable.errors import DataError, DescriptionError, called
from amenable.formatting import plural
from amenable.network import (
    Dense,
    Network,
    lenet1,
    lenet5,
    lenet1989,
    mlp,
)
from amenable.network.activations import parse_activation
from amenable.network.presets import ACTIVATION
from amenable.population.pixels import Pixels
from amenable.population.samples import light_on_dark
from amenable.training import SGD, Training

MOST_SEEDS = 4096  # each keeps all its weights
MOST_RIVALS = 16  # seeds of each network for comparison: they have more weights than a LeNet

# Activations whose values reach the targets, -1 and 1; others do for hidden layers only.
REACHING = ("scaled_tanh", "tanh", "softsign", "sine", "identity")

NETWORKS: Mapping[str, Callable[[str, str], Network]] = {
    "lenet1989": lenet1989,
    "lenet1": lenet1,
    # Squared error needs an output with bounds, as the radial basis functions of 1998 had.
    "lenet5": lambda activation, output: lenet5(activation=activation, output=output),
}
# Within 2.4 / fan-in, as the papers have it, the seven layers of LeNet-5 begin on a plateau: on the
# digits of 8 by 8 none of eight had left it after six passes. The other is of LeCun et al. 1998,
# "Efficient BackProp".
INITS = {"lenet1989": "lecun1989", "lenet1": "lecun1989", "lenet5": "lecun_uniform"}
TITLES = {"lenet1989": "LeNet 1989", "lenet1": "LeNet-1", "lenet5": "LeNet-5"}


@dataclass(frozen=True, slots=True)
class Rival:
    """Another network for the same data.

    Parameters
    ----------
    name, about : str
        In the table, and in a sentence.
    network : Network
        Its structure.
    """

    name: str
    about: str
    network: Network


def load_digits(data: str, network: Network) -> Dataset:
    """Training and test samples, as images of the network's input, paper -1 and ink 1."""
    read = load_pictures(data)
    _, height, width = network.input_shape or (1, 1, 1)  # all presets take images
    if read.task != "classification":
        raise DataError(f"--data: {read.name} has no classes; expected images of things to tell")
    if read.image is None and read.n_inputs != height * width:
        raise DataError(
            f"--data: {read.name} has {plural(read.n_inputs, 'input')} and no images; expected "
            "grey images of things to tell"
        )
    if read.image is not None and read.image[0] > 1:
        raise DataError(
            f"--data: {read.name} has images of {read.image[0]} channels; expected grey ones"
        )
    if Pixels.of(read) is None and read.image is not None:
        raise DataError(f"--data: {read.name} has images that are all alike; nothing is to be told")
    if not len(read.test):
        raise DataError(f"--data: {read.name} has no test samples; give a file with a test split")
    with called("--data"):
        return light_on_dark(read, (1, height, width))


def network_named(name: str, activation: str = ACTIVATION) -> Network:
    """The preset of that name, with that activation in all layers where it reaches the targets."""
    if name not in NETWORKS:
        known = ", ".join(NETWORKS)
        raise DescriptionError(f"--network: expected one of {known}, got '{name}'")
    with called("--activation"):
        reaches = parse_activation(activation)[0] in REACHING
        network = NETWORKS[name](activation, activation if reaches else ACTIVATION)
        network.check_trainable()
    return network


def with_classes(network: Network, data: Dataset) -> Network:
    """The network with as many outputs as the data needs."""
    last = Dense(data.n_outputs("squared"), network.output_activation)
    return replace(network, layers=(*network.layers[:-1], last))


def training_of(lr: float, init: str, epochs: int) -> Training:
    """As in the paper of 1989, but plain SGD: one pattern a step, in order, squared error."""
    with called("--lr"):
        optimizer = SGD(lr)
    training = Training(optimizer, loss="squared", batch=1, order="sequential", targets=(-1.0, 1.0))
    for option, value in (("init", init), ("epochs", epochs)):
        changes: dict[str, Any] = {option: value}
        with called(f"--{option}"):
            training = replace(training, **changes)
    return training


def rivals(network: Network) -> list[Rival]:
    """Networks that show what sharing weights buys, of the same activations."""
    n_connections = network.summary().connections
    ends, activation = (network.inputs, network.outputs), network.layers[0].activation
    widths = {
        "weights": _width(*ends, network.n_parameters),
        "connections": _width(*ends, n_connections),
    }
    found = [Rival("locally connected", "its windows, unshared weights", network.unshared())]
    for of, width in widths.items():
        dense = mlp(
            ends[0], width, ends[1], activation=activation, output=network.output_activation
        )
        found.append(Rival(f"dense (same {of})", f"{width} hidden units", dense))
    return found


def _width(inputs: int, outputs: int, n: int) -> int:
    """Units of one hidden layer with about n parameters in all."""
    return max(1, round((n - outputs) / (inputs + outputs + 1)))
