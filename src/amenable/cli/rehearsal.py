"""A picture made of networks that have hardly begun: what cannot be drawn is refused at once.

So data that the kind cannot show, options of the figure and numbers of networks are found wrong
before anything is trained, by the same words as after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from amenable.figures.kinds import Kind
from amenable.figures.plotting import prepare
from amenable.model import Model
from amenable.population import Population, train
from amenable.population.held import hold_data, hold_inputs
from amenable.sweep import Plan
from amenable.training import Training

STEPS = 4  # a path through fewer spans no plane
FEWEST = 3  # seeds: as many as any kind needs networks
NEVER = "training loss <= 0"  # a goal for kinds that need one


def rehearse(
    kind: Kind,
    chosen: Plan,
    given: Mapping[str, Any],
    threads: int | None,
    places: Sequence[int] = (),
) -> None:
    """Train for a few steps, make the figure's arrays, and draw them where that has options.

    `places` are the inputs that vary, where others are held.

    Raises
    ------
    DescriptionError, DataError
        What would have been raised after the training.
    """
    has_numbers = any(isinstance(given.get(key), int | list | tuple) for key in ("to", "trial"))
    n_seeds = chosen.n_seeds or FEWEST
    population = train(
        chosen.networks,
        chosen.data,
        [_shortened(it) for it in chosen.trainings],
        seeds=n_seeds if has_numbers else min(n_seeds, FEWEST),
        threads=threads,
        progress=False,
        **{record: True for record in kind.records if record != "weights"},
    )
    if population.is_cancelled:
        raise KeyboardInterrupt
    shown: Population | Model = population
    data = chosen.data
    if places:
        shown, data = hold_inputs(population, data, places), hold_data(data, places)
    found = prepare(shown, kind.name, data, given, is_checked_only=True)
    if kind.check is None and found.options:
        found.draw()


def _shortened(training: Training) -> Training:
    steps = min(STEPS, training.steps or STEPS)
    goal = training.goal or NEVER
    return replace(training, epochs=None, steps=steps, probe_every=1, goal=goal)
