"""Planes: around a network, along its path through training, and through three networks."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.description import NON_NEGATIVE, POSITIVE, fail, integer, items, number
from amenable.errors import DataError
from amenable.model import Model
from amenable.network import Network
from amenable.population import Population
from amenable.surfaces.directions import principal, random_directions, span_plane
from amenable.surfaces.problem import Data, Problem, problem, problem_of
from amenable.surfaces.surface import PATH, RANDOM, THREE, Surface, grid_loss
from amenable.training import Training

RESOLUTION = 51
MOST = 1001  # along each side: a million networks
NARROWEST = 0.25  # of the longer side of a frame: else a path that is nearly straight shows nothing


def around(
    model: Model,
    data: Data,
    training: Training | None = None,
    split: str = "training",
    seed: int = 0,
    span: float = 1.0,
    resolution: int = RESOLUTION,
) -> Surface:
    """Loss around a network, in two random directions normalized per neuron.

    The directions are drawn from a normal distribution. The part of each neuron is then scaled to
    the length of the neuron's own parameters, so that a step means the same to neurons with large
    and with small weights. Two choices differ from the paper. Here the bias is part of its neuron,
    because in small networks biases place the lines; the authors' program can leave biases
    unchanged. And the second direction is made orthogonal to the first within each neuron: in
    millions of dimensions two random directions are nearly orthogonal anyway, in nine they are not.
    A neuron whose parameters are all zero does not move.

    Parameters
    ----------
    model : Model
        The network in the centre.
    data : Dataset, name, path or pair of arrays
        What the loss is measured on.
    training : Training, optional
        Gives the loss; by default the training of the network.
    split : str
        "training", "validation" or "test".
    seed : int
        Seed of the directions, at least 0.
    span : float
        Half a side of the picture; at 1 every neuron is moved by its own length.
    resolution : int
        R, points along each side; with an odd number, one of them is the network itself.

    Returns
    -------
    Surface

    Raises
    ------
    DescriptionError
        If an argument is out of range, or a Model that was not trained comes without a training.
    DataError
        If data and network do not fit, or all weights are zero.

    References
    ----------
    Li, Xu, Taylor, Studer, Goldstein 2018, "Visualizing the Loss Landscape of Neural Nets",
    NeurIPS.

    Examples
    --------
    >>> import amenable as am
    >>> trained = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=20), seeds=4).best
    >>> surface = around(trained, "moons", resolution=21)
    >>> surface.loss.shape, bool(abs(surface.loss[10, 10] - trained.loss["training"]) < 1e-9)
    ((21, 21), True)
    """
    about = problem_of({"model": model}, data, training, split)
    seed = integer("seed", seed, 0)
    span = number("span", span, POSITIVE)
    if not model.flat.any():
        raise DataError(
            "model: all weights are zero, so there are no directions of their length; "
            "choose another network"
        )
    directions = random_directions(model.network, model.flat, seed)
    side = np.linspace(-span, span, _resolution(resolution))
    return _surface(RANDOM, about, model.flat[None], directions, (side, side), ("network",))


def along_path(
    path: Population | ArrayLike,
    data: Data,
    training: Training | None = None,
    split: str = "training",
    *,
    trial: int | None = None,
    network: Network | None = None,
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """Loss in the plane that best fits a network's path through training.

    The plane goes through the last point of the path, in the directions of the first two principal
    components of all of its points. `Surface.shares` says how much of the path's variance each
    holds. If two directions hold most of it, the path need not be simple: of a random walk in many
    dimensions they hold 6 / pi^2 and a quarter of that, together 76 %.

    Parameters
    ----------
    path : Population, or array (K, P)
        A population that was trained with ``snapshots=True``, or the parameters at K steps in
        order. Rows that are not finite, such as those after the end of a trial, are left out.
    data : Dataset, name, path or pair of arrays
        What the loss is measured on.
    training : Training, optional
        Gives the loss; by default the trial's own. You must give it with an array.
    split : str
        "training", "validation" or "test".
    trial : int, optional
        Number of the trial, if the population has several.
    network : Network, optional
        The network of an array.
    margin : float
        Room beyond the path on each side, as a share of the path's extent.
    resolution : int
        R, points along each side.

    Returns
    -------
    Surface

    Raises
    ------
    DescriptionError
        If snapshots were not recorded, or an argument is missing or out of range.
    DataError
        If there are fewer than three different finite points, or they lie on a line.

    References
    ----------
    Li et al. 2018 as in `around`; Antognini and Sohl-Dickstein 2018, "PCA of high dimensional
    random walks with comparison to neural network training", NeurIPS.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(am.mlp(2, 3, 1), "moons", seeds=2, snapshots=True)
    >>> surface = along_path(population, "moons", trial=1, resolution=21)
    >>> surface.points.shape, 0.5 < sum(surface.shares) <= 1.0
    ((101, 2), True)
    """
    if isinstance(path, Population):
        rows, network, own = _of_population(path, trial)
        training = own if training is None else training
    else:
        if not isinstance(network, Network):
            fail("network", "the Network to which the array of weights belongs", network)
        rows = _as_path(path, network)
    if training is None:
        fail("training", "a Training, which an array does not have", None, "write Training()")
    about = problem(network, training, data, split)
    finite = rows[np.isfinite(rows).all(axis=1)]
    n = len(np.unique(finite, axis=0))
    if n < 3:
        raise DataError(
            f"path: expected at least 3 different finite points, got {n}; train longer, or with a "
            "smaller probe_every"
        )
    margin = number("margin", margin, NON_NEGATIVE)
    directions, shares = principal(finite)
    places = (finite - finite[-1]) @ directions.T
    axes = _frame(places, margin, _resolution(resolution))
    held = (float(shares[0]), float(shares[1]))
    return _surface(PATH, about, finite, directions, axes, ("start", "end"), held)


def through(
    a: Model,
    b: Model,
    c: Model,
    data: Data,
    training: Training | None = None,
    split: str = "training",
    *,
    names: Sequence[str] = ("a", "b", "c"),
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """Loss in the plane through three networks of one structure.

    Parameters
    ----------
    a, b, c : Model
        The networks: a at (0, 0), b to its right, c above.
    data : Dataset, name, path or pair of arrays
        What the loss is measured on.
    training : Training, optional
        Gives the loss; by default the training of the first network that was trained.
    split : str
        "training", "validation" or "test".
    names : three str
        What to call them.
    margin : float
        Room beyond the networks on each side, as a share of their extent.
    resolution : int
        R, points along each side.

    Returns
    -------
    Surface

    Raises
    ------
    DescriptionError
        If their networks differ, or an argument is missing or out of range.
    DataError
        If two have the same weights, or all three are on a line.

    References
    ----------
    Garipov, Izmailov, Podoprikhin, Vetrov, Wilson 2018, "Loss Surfaces, Mode Connectivity, and
    Fast Ensembling of DNNs", NeurIPS.

    Examples
    --------
    >>> import amenable as am
    >>> three = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=5), seeds=3)
    >>> surface = through(*three, "moons", resolution=21)
    >>> surface.points.round(2)[0], surface.names
    (array([0., 0.]), ('a', 'b', 'c'))
    """
    about = problem_of({"a": a, "b": b, "c": c}, data, training, split)
    called = items("names", names, "three names", 'write ("first", "second", "third")')
    if len(called) != 3:
        fail("names", "three names", names)
    margin = number("margin", margin, NON_NEGATIVE)
    directions = span_plane(a.flat, b.flat, c.flat)
    rows = np.stack([a.flat, b.flat, c.flat])
    axes = _frame((rows - rows[0]) @ directions.T, margin, _resolution(resolution))
    return _surface(THREE, about, rows, directions, axes, tuple(str(it) for it in called))


def _surface(
    kind: str,
    about: Problem,
    rows: NDArray[np.float64],
    directions: NDArray[np.float64],
    axes: tuple[NDArray[np.float64], NDArray[np.float64]],
    names: tuple[str, ...],
    shares: tuple[float, float] | None = None,
) -> Surface:
    """The surface over these axes; rows (M, P) are the points, the last of a path its origin."""
    origin = rows[-1 if kind == PATH else 0].copy()
    loss, metric = grid_loss(about, origin, directions, *axes)
    moved = rows - origin
    points = np.zeros((len(rows), 2)) if kind == RANDOM else moved @ directions.T
    beside = np.linalg.norm(moved - points @ directions, axis=1)
    return Surface(
        kind=kind,
        problem=about,
        x=axes[0],
        y=axes[1],
        loss=loss,
        metric=metric,
        origin=origin,
        directions=directions,
        points=points,
        point_loss=about.measure(rows)[0],
        off_plane=beside,
        names=names,
        shares=shares,
    )


def _of_population(
    population: Population, trial: int | None
) -> tuple[NDArray[np.float64], Network, Training]:
    """Snapshots (K, P) of one trial, and what it is a trial of."""
    n = len(population)
    if trial is None and n != 1:
        fail("trial", f"the number of one of the {n} trials", trial, "write trial=0")
    try:
        place = 0 if trial is None else index(trial)
    except TypeError:
        fail("trial", "the number of a trial", trial)
    if not -n <= place < n:
        fail("trial", f"a number below {n}, the number of trials", trial)
    place %= n
    rows = population.records.of_trial("snapshots", place)
    chosen = population.configurations[population.configuration[place]]
    return rows, chosen.network, chosen.training


def _as_path(path: ArrayLike, network: Network) -> NDArray[np.float64]:
    try:
        rows = np.asarray(path, dtype=np.float64)
    except (TypeError, ValueError):
        fail("path", "a Population or numbers (K, P)", path)
    if rows.ndim != 2 or rows.shape[1] != network.n_parameters:
        raise DataError(
            f"path: expected an array (K, {network.n_parameters}), the parameters of "
            f"{network.structure} at K steps, got {rows.shape}"
        )
    return rows


def _resolution(resolution: int) -> int:
    return integer("resolution", resolution, 3, MOST)


def _frame(
    places: NDArray[np.float64], margin: float, resolution: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Axes that hold all places (M, 2), with a margin."""
    low, high = places.min(axis=0), places.max(axis=0)
    longer = float((high - low).max())
    half = np.maximum((high - low) / 2 + margin * (high - low), NARROWEST * longer / 2)
    middle = (low + high) / 2
    x, y = (np.linspace(m - h, m + h, resolution) for m, h in zip(middle, half, strict=True))
    return x, y
