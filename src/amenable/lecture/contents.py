"""The experiments in the lecture's order. A module is imported when its experiment is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from amenable.description import did_you_mean, shown
from amenable.errors import DescriptionError
from amenable.lecture.finding import Experiment

CONTENTS = {  # name of the experiment to its module
    "neuron": "neuron",
    "boosting": "boosting",
    "lines": "lines",
    "collapse": "collapse",
    "sigmoids": "sigmoids",
    "approximation": "approximation",
    "spaghetti": "spaghetti",
    "tweaking": "tweaking",
    "initialization": "initialization",
    "vanishing": "vanishing",
    "guarantees": "guarantees",
    "memory": "memory",
    "l2": "penalty",
    "samples": "samples",
    "surfaces": "landscapes",
    "digits": "digits",
}


def experiment(name: str) -> Experiment:
    """The experiment of that name.

    Raises
    ------
    DescriptionError
        If there is none.

    Examples
    --------
    >>> experiment("neuron").name
    'neuron'
    """
    if name not in CONTENTS:
        hint = did_you_mean(name, CONTENTS) or f"there are {', '.join(CONTENTS)}"
        raise DescriptionError(f"experiment: none is called {shown(name)}; {hint}")
    found = import_module(f"amenable.lecture.{CONTENTS[name]}").EXPERIMENT
    assert isinstance(found, Experiment)
    return found


def experiments(only: Iterable[str] = ()) -> list[Experiment]:
    """The experiments of these names, or all, in the lecture's order."""
    wanted = list(only) or list(CONTENTS)
    found = {name: experiment(name) for name in wanted}
    return [found[name] for name in CONTENTS if name in found]
