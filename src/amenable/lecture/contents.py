"""The experiments in the lecture's order, a folder each, imported when its experiment is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module

import amenable as am
from amenable.lecture.finding import Experiment

CONTENTS = (
    "neuron",
    "boosting",
    "lines",
    "collapse",
    "sigmoids",
    "approximation",
    "spaghetti",
    "tweaking",
    "initialization",
    "vanishing",
    "guarantees",
    "memory",
    "l2",
    "samples",
    "surfaces",
    "digits",
)


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
        close = get_close_matches(name, CONTENTS, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(CONTENTS)}"
        raise am.DescriptionError(f"unknown experiment '{name}'", where="experiment", hint=hint)
    found = import_module(f"amenable.lecture.{name}").EXPERIMENT
    assert isinstance(found, Experiment)
    return found


def experiments(only: Iterable[str] = ()) -> list[Experiment]:
    """The experiments of these names, or all, in the lecture's order."""
    wanted = list(only) or list(CONTENTS)
    found = {name: experiment(name) for name in wanted}
    return [found[name] for name in CONTENTS if name in found]
