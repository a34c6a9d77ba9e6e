"""What training keeps in memory: parameters, gradients, what optimizers remember, activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

import amenable as am
from amenable import engine
from amenable.figures import figure_of, find_theme
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, ResultTable, Scale
from amenable.lecture.panels import single, style

OPTIMIZERS: Mapping[str, am.SGD | am.RMSprop | am.Adam] = {
    "SGD": am.SGD(),
    "momentum": am.Momentum(),
    "RMSprop": am.RMSprop(),
    "Adam": am.Adam(),
}
SAID = {"SGD": 2, "Adam": 3}  # times the parameters, by the slides
WIDTHS = (4, 8, 16, 32, 64, 128, 256, 512, 1024)
LECTURE = 10  # the width of the lecture's networks
FLOAT_BYTES = 4
# An array more or less is 1. One network on its way in or out is kept in float64 for all lanes of a
# register: half an array with 4 lanes, an eighth with 16.
NEAR = 0.55


@dataclass(frozen=True, slots=True)
class MemoryRatios:
    """Bytes for each network of 2-W-W-1 over the bytes of its parameters, at each width."""

    ratios: Mapping[str, tuple[float, ...]]
    widths: tuple[int, ...]
    parameters: tuple[int, ...]

    def arrays(self, name: str) -> float:
        """How many arrays of the parameters' size there are: the part that grows with them.

        The rest grows with the number of units: the tile of samples on its way through the layers.
        """
        widths, parameters = np.array(self.widths[-3:]), np.array(self.parameters[-3:])
        columns = np.stack([parameters, widths], axis=1).astype(float)
        numbers = np.array(self.ratios[name][-3:]) * parameters
        return float(np.linalg.lstsq(columns, numbers, rcond=None)[0][0])


def memory(scale: Scale) -> Finding:
    """Bytes that the engine takes, by optimizer and width."""
    found = measure(scale.of(WIDTHS, WIDTHS[::2]))
    small = measure((LECTURE,))
    return Finding(
        summary=_summary(found, small),
        counts=(
            "Networks 2-W-W-1 in float32, W from "
            f"{found.widths[0]} to {found.widths[-1]:,}, batches of 32 of 200 points. Bytes are "
            "those that the engine allocates for training, divided by the networks in a register; "
            "nothing is trained. Arrays are the part that grows with the parameters, by a least "
            "squares fit of parameters and width to the three widest."
        ),
        checks=checks({name: found.arrays(name) for name in OPTIMIZERS}),
        numbers={
            "widths": list(found.widths),
            "ratios": {name: list(values) for name, values in found.ratios.items()},
            "arrays": {name: found.arrays(name) for name in OPTIMIZERS},
            "of_the_lecture": {name: small.ratios[name][0] for name in OPTIMIZERS},
        },
        tables=(_table(found, small),),
        illustrations=(
            Illustration(
                "Memory over that of the parameters alone",
                _curve(found),
                "Bytes for each network, relative to the bytes of its parameters, against the "
                "width "
                "of two hidden layers, with a line for each optimizer; dashed lines show the "
                "slides' numbers. Wide networks come close to a whole number of arrays; in narrow "
                "ones the samples that pass through the layers take most of the memory.",
            ),
        ),
        code=(
            "import amenable as am\n"
            "from amenable import engine\n"
            'data = am.load("digits")  # or your own\n'
            "network = am.mlp(64, 64, 10)\n"
            "print(engine.training_bytes(network, am.Training(am.Adam()), data))"
        ),
    )


def checks(arrays: Mapping[str, float]) -> tuple[Check, ...]:
    """By how many arrays of the parameters' size each optimizer has."""
    rule = f"Rule: within {NEAR} of the whole number."
    sgd, momentum, adam = (arrays[name] for name in ("SGD", "momentum", "Adam"))
    return (
        Check(
            "Gradient descent needs memory for twice the parameters.",
            abs(sgd - SAID["SGD"]) <= NEAR,
            f"{sgd:.2f} arrays of the parameters' size. {rule}",
        ),
        Check(
            "Momentum takes one array more.",
            abs(momentum - sgd - 1) <= NEAR,
            f"{momentum - sgd:.2f} more than gradient descent. {rule}",
        ),
        Check(
            "Adam costs three times the parameters, counted in the same way.",
            abs(adam - SAID["Adam"]) <= NEAR,
            f"{adam:.2f} arrays: parameters, gradients and two averages. It is three times without "
            f"the parameters themselves, or without the gradients. {rule}",
        ),
    )


def measure(widths: tuple[int, ...]) -> MemoryRatios:
    """Ratios of every optimizer at these widths."""
    data = am.load("islands", validation=0.0, test=0.0)
    networks = [am.mlp(2, width, width, 1) for width in widths]
    sizes = tuple(it.n_parameters for it in networks)
    ratios = {
        name: tuple(
            engine.training_bytes(it, am.Training(optimizer), data)
            / (FLOAT_BYTES * it.n_parameters)
            for it in networks
        )
        for name, optimizer in OPTIMIZERS.items()
    }
    return MemoryRatios(ratios, widths, sizes)


def _summary(found: MemoryRatios, small: MemoryRatios) -> str:
    sgd, momentum, adam = (found.arrays(name) for name in ("SGD", "momentum", "Adam"))
    return (
        f"Gradient descent takes {sgd:.1f} arrays of the parameters' size, momentum "
        f"{momentum:.1f} and Adam {adam:.1f}; the extra part of an array is a network that is "
        "copied in or out in float64. In a network of the lecture's size, "
        f"2-{LECTURE}-{LECTURE}-1, that hardly matters: what the current samples need on their "
        f"way through the layers brings the total to {small.ratios['Adam'][0]:.0f} times the "
        "parameters."
    )


def _table(found: MemoryRatios, small: MemoryRatios) -> ResultTable:
    return ResultTable(
        "Memory over that of the parameters",
        ("optimizer", "the slides", "arrays", f"2-{LECTURE}-{LECTURE}-1 in all"),
        tuple(
            (
                name,
                f"{SAID[name]}x" if name in SAID else "",
                f"{found.arrays(name):.2f}",
                f"{small.ratios[name][0]:.1f}x",
            )
            for name in OPTIMIZERS
        ),
    )


def _curve(found: MemoryRatios) -> Figure:
    ax = single((6.0, 3.6))
    for i, (name, ratios) in enumerate(found.ratios.items()):
        ax.plot(found.widths, ratios, label=name, **style(i))
    faint = find_theme("light").faint
    for name, times in SAID.items():
        ax.axhline(times, color=faint, ls="--", lw=1)
        ax.annotate(
            f"{times}x, as said of {name}",
            (found.widths[0], times),
            (0, -3),
            textcoords="offset points",
            va="top",
            fontsize=9,
        )
    ax.set(xscale="log", yscale="log", xlabel="Width of both hidden layers")
    ax.set_ylabel("Bytes over those of the parameters")
    ticks = [2, 3, 5, 10, 20, 40]
    ax.set_yticks(ticks, [f"{it}" for it in ticks], minor=False)
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xticks(found.widths, [f"{it}" for it in found.widths])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.legend(frameon=False, labelcolor=find_theme("light").ink)
    return figure_of(ax)


EXPERIMENT = Experiment(
    name="memory",
    title="What gradient descent keeps in memory",
    claim="Gradient descent saves gradients, “so we need memory for 2x the network parameters”, "
    "then momentum, “and probably some more stuff”. Adam “only costs 3x the memory”.",
    run=memory,
)
