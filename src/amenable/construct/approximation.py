"""`approximate`: computes a network for any continuous function of one or two inputs."""

from __future__ import annotations

import math
from typing import NoReturn

from amenable.construct.built import TAIL, Built, SampledFunction
from amenable.construct.checking import COARSEST, UNPROVEN, check_lipschitz, is_fine, worst
from amenable.construct.covers import TooManyError
from amenable.construct.pieces import pieces, ridges
from amenable.construct.sampling import Box, Function, Task, said, steepest
from amenable.construct.steps import steps, towers
from amenable.description import POSITIVE, choice, fail, integer, number, short
from amenable.errors import DataError, DescriptionError
from amenable.model import Model

METHODS = ("steps", "pieces")
ROUNDING = 1 / 64  # parts of the error that floating point may take,
BETWEEN = 1 / 16  # and, for each input, what happens between the places of a grid
FINEST = {1: 2**17 + 1, 2: 1025}  # places along an axis to give up after, without a constant
MOST_PLACES = 2**24  # of a grid: 128 MiB
MORE = 3  # times that a grid is halved once more, as steps get longer by it


def approximate(
    f: Function,
    lo: float | tuple[float, float],
    hi: float | tuple[float, float],
    error: float,
    method: str = "steps",
    *,
    lipschitz: float | None = None,
    max_units: int = 10_000,
) -> Model:
    """A network that is within `error` of f everywhere from lo to hi.

    With one input, "steps" is one hidden layer of steep sigmoids, which make a staircase. "pieces"
    is one hidden layer of ReLUs, which make straight lines between places where they equal f. With
    two inputs, "steps" are towers: two hidden layers of sigmoids, with a unit for each cell of a
    grid. "pieces" are three hidden layers of ReLUs, which make rows of straight pieces between
    gates. Steps and pieces are as long as f allows, so flat parts need few units.
    ``model.network.hidden`` says how many units there are.

    **Bound.** With a Lipschitz constant, ``abs(f(p) - f(q)) <= lipschitz * distance(p, q)``, the
    error is proven. (1) f is sampled on such a fine grid that f changes by at most error / 16
    between places (with two inputs error / 8). At every place, levels and lines are within the rest
    of the error. (2) Between levels, the output is an average of the levels beside the place
    (towers: of up to four), and each of these is within the error there. Of the rows, the largest
    is taken, and the largest is within the error. (3) Sigmoids do not quite reach 0 and 1, which
    takes error / 32; rounding takes error / 64. With one input and r = lipschitz (hi - lo) / error,
    there are at most 0.63 r + 1 steps or 0.58 r + 1 pieces. With two inputs, and r and r' for the
    sides, there are at most (1.6 r + 2) (1.6 r' + 2) towers. Without the constant, the error is
    checked, and the grid is refined until the check succeeds. The check assumes that f changes no
    faster between neighbouring places than beside them. With one input it uses places 8 times finer
    than the grid; with two, it takes the fastest change on the grid as the constant.

    **Floating point** (float64, because steep sigmoids cancel each other) sets a limit. If
    rounding, estimated from the sizes of the weights, takes more than error / 64, the request is
    refused.

    Parameters
    ----------
    f : callable
        A continuous function. It takes an array (N,), or two of them for two inputs, and returns an
        array (N,).
    lo, hi : float or pair of float
        Ends of the interval, or corners of the rectangle.
    error : float
        Largest absolute error.
    method : str
        "steps" or "pieces".
    lipschitz : float, optional
        The most that f changes per unit of distance.
    max_units : int
        Refuse to use more hidden units than this.

    Returns
    -------
    Model
        Its `about` says whether the error is proven or checked.

    Raises
    ------
    DescriptionError
        If an argument is out of range, or more than `max_units` are needed; the message says how
        many.
    DataError
        If f does not return finite numbers of the right shape, jumps, is too steep for the finest
        grid, or changes faster than `lipschitz`; the message says where.

    References
    ----------
    Cybenko 1989, Mathematics of Control, Signals and Systems 2:303-314. Hornik, Stinchcombe, White
    1989, Neural Networks 2:359-366. The proofs above are for these networks.

    Examples
    --------
    >>> import numpy as np
    >>> model = approximate(np.sin, 0, 3, error=0.1, lipschitz=1)
    >>> model.network.structure
    '1-10-1'
    >>> x = np.linspace(0, 3, 1001)
    >>> bool(np.abs(model.decision(x[:, None])[:, 0] - np.sin(x)).max() <= 0.1)
    True
    >>> approximate(np.sin, 0, 3, error=0.01, method="pieces").network.structure
    '1-10-1'
    """
    task = Task(
        Box.of(f, lo, hi),
        number("approximate.error", error, POSITIVE),
        choice("approximate.method", method, METHODS),
        None if lipschitz is None else number("approximate.lipschitz", lipschitz, POSITIVE),
        integer("approximate.max_units", max_units, 1),
    )
    return _refined(task) if task.lipschitz is None else _proven(task, task.lipschitz)


def _proven(task: Task, lipschitz: float) -> Model:
    """From one grid that is fine enough."""
    sides = [side * lipschitz / (BETWEEN * task.error) for side in task.box.sides]
    places = [max(COARSEST[task.n_inputs], side + 2) for side in sides]
    if math.prod(places) > MOST_PLACES:
        least = task.error * (math.prod(places) / MOST_PLACES) ** (1 / task.n_inputs)
        reached = f"at least about {least:.2g} with this Lipschitz constant"
        fail("approximate.error", reached, task.error, "a smaller error needs too fine a grid")
    samples = task.box.grid(tuple(math.ceil(it) for it in places))
    check_lipschitz(samples, lipschitz)
    between = BETWEEN * task.n_inputs
    built = _built(task, samples, between)
    if built is None:
        raise AssertionError("a Lipschitz function has levels on so fine a grid")
    model = _model(task, built, f"proven with Lipschitz constant {lipschitz:g}")
    largest, place = worst(task, model, samples)
    if largest > task.error:
        raise DataError(
            f"approximate.lipschitz: expected the constant of f, got {lipschitz:g}; f changes "
            f"faster near {said(place)}, where the network's error is {largest:.3g}"
        )
    return model


def _refined(task: Task) -> Model:
    """From finer and finer grids, until the network passes a check and has few units."""
    size, finest = COARSEST[task.n_inputs], FINEST[task.n_inputs]
    found: list[Model] = []
    refused: DescriptionError | None = None
    more = MORE if task.n_inputs == 1 and task.method == "steps" else 0
    while True:
        samples = task.box.grid((size,) * task.n_inputs)
        try:
            built = _built(task, samples, UNPROVEN) if is_fine(task, samples) else None
        except DescriptionError as error:
            built, refused = None, error
        if built is not None:
            model = _model(task, built, "")
            if worst(task, model, samples)[0] <= task.error:
                found.append(model)
        more -= bool(found or refused)
        if more < 0 or size >= finest:
            break
        size = 2 * size - 1
    if found:
        return min(found, key=lambda it: it.network.n_parameters)
    if refused:
        raise refused
    return _refuse(task, samples)


def _refuse(task: Task, samples: SampledFunction) -> NoReturn:
    change, here, there = steepest(samples)
    raise DataError(
        f"approximate.f: expected a function that {task.method} can approximate to within "
        f"{short(task.error)} on the finest grid, got one that changes by {change:.3g} between "
        f"{said(here)} and {said(there)}; allow a larger error, give lipschitz if there is such a "
        "constant, or approximate the parts between jumps one by one"
    )


def _built(task: Task, samples: SampledFunction, between: float) -> Built | None:
    """The network from samples; None where they are too few."""
    places = max(samples.values.shape)
    # a bend at every other point says nothing about the points between
    coarse = places if task.lipschitz else places // 2
    most = 2 * task.max_units
    try:
        built = _built_of(task, samples, 1 - ROUNDING - between, min(most, coarse))
    except TooManyError as error:
        if coarse <= most:
            return None
        _too_many(task, f"about {error.about:,}")
    if built is None:
        return None
    units = sum(built.network.hidden)
    if units > task.max_units:
        _too_many(task, f"at least {units:,}")
    if built.rounding > ROUNDING * task.error:
        raise DescriptionError(
            f"approximate.error: expected at least about {64 * built.rounding:.2g}, got "
            f"{short(task.error)}; rounding in float64 may take more than 1/64 of it"
        )
    return built


def _built_of(task: Task, samples: SampledFunction, share: float, most: int) -> Built | None:
    """By the method that is asked for, within this share of the error."""
    allowed = share * task.error
    if task.method == "pieces":
        return (pieces if task.n_inputs == 1 else ridges)(samples, allowed, most)
    build = steps if task.n_inputs == 1 else towers
    return build(samples, task.error, allowed - TAIL * task.error, most)


def _too_many(task: Task, needed: str) -> NoReturn:
    raise DescriptionError(
        f"approximate.max_units: expected {needed}, needed for an error of "
        f"{short(task.error)}, got {task.max_units:,}; allow more units or a larger error"
    )


def _model(task: Task, built: Built, proof: str) -> Model:
    low, high = (", ".join(map(short, it)) for it in (task.box.low, task.box.high))
    low, high = (f"({it})" if task.n_inputs > 1 else it for it in (low, high))
    how = proof or "checked on a fine grid"
    n = sum(built.network.hidden)
    about = (
        f"Within {short(task.error)} of a function from {low} to {high}, by {task.method}, with "
        f"{n:,} hidden unit{'s' if n > 1 else ''}; {how}."
    )
    return Model.from_weights(built.network, built.weights, "float64", about)
