"""Whether an approximation is as near its function as it should be, seen on a finer grid."""

from __future__ import annotations

import numpy as np

from amenable.construct.built import Floats, SampledFunction, U
from amenable.construct.sampling import Task, said, steepest
from amenable.construct.steps import climb
from amenable.errors import DataError
from amenable.model import Model

UNPROVEN = 1 / 8  # part of the error for what is between places, if no constant bounds it
COARSEST = {1: 257, 2: 65}  # grids to begin with, places along an axis
FINER = 8  # places of a check for each one of the grid, along an axis

SECONDS = 0.25  # that a check takes about, where it confirms what is known already:
WEIGHT, UNIT = 5e-10, 1.5e-8  # a place takes so long for each weight and each unit (measured)
SLACK = 1 + 1e-9  # a Lipschitz constant may be missed by this, which is rounding


def worst(task: Task, model: Model, samples: SampledFunction) -> tuple[float, Floats]:
    """The largest error on a grid 8 times finer, or as fine as time allows, and its place."""
    is_proven, n = task.lipschitz is not None, task.n_inputs
    sizes = [FINER * (len(axis) - 1) + 1 for axis in samples.axes]
    if is_proven or n == 2:
        cost = WEIGHT * model.network.n_parameters + UNIT * sum(model.network.hidden)
        most = int((SECONDS / cost) ** (1 / n))
        sizes = [max(COARSEST[n], min(size, most)) for size in sizes]
    places, values = task.box.asked(tuple(sizes))
    is_staircase = n == 1 and task.method == "steps"
    found = climb(model, places) if is_staircase else model.decision(places)[:, 0]
    off = np.abs(found - values)
    if not is_proven and n == 1:
        off = _between(found - values)
    return float(off.max()), places[int(off.argmax())]


def _between(off: Floats) -> Floats:
    """How large errors may be between neighbours, if they change no faster there than beside."""
    change = np.abs(np.diff(off))
    nearby = np.pad(change, 1, mode="edge")
    fastest = np.maximum(np.maximum(nearby[:-2], nearby[2:]), change)
    found: Floats = (np.abs(off[:-1]) + np.abs(off[1:]) + fastest) / 2
    return found


def is_fine(task: Task, samples: SampledFunction) -> bool:
    """Whether f of two inputs changes little enough between the places, as far as they show."""
    changes = [np.abs(np.diff(samples.values, axis=k)).max() for k in range(task.n_inputs)]
    return task.n_inputs == 1 or sum(changes) <= UNPROVEN * task.error


def check_lipschitz(samples: SampledFunction, lipschitz: float) -> None:
    """Refuse a constant that the samples themselves exceed."""
    for k, width in enumerate(samples.spacing):
        change = float(np.abs(np.diff(samples.values, axis=k)).max())
        farthest = lipschitz * float(np.abs(samples.axes[k]).max())
        rounding = 8 * U * (float(np.abs(samples.values).max()) + farthest)
        if change > lipschitz * width * SLACK + rounding:
            most, here, there = steepest(samples)
            raise DataError(
                f"approximate.lipschitz: expected at least {change / width:.6g}, got {lipschitz:g}"
                f"; f changes by {most:.3g} between {said(here)} and {said(there)}"
            )
