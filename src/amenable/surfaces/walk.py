"""`walk`: the straight line between two networks, and the barrier on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.description import boolean, integer
from amenable.model import Model
from amenable.surfaces.matching import match_neurons
from amenable.surfaces.problem import Data, Problem, problem_of
from amenable.training import Training

MOST = 100_001
FLAT = 1e-9  # of the larger loss of both ends: what rounding may heap up is no barrier


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Loss and metric of the networks on a straight line.

    Parameters
    ----------
    problem : Problem
        Network, training, data and split.
    positions : array (M,)
        Places on the line, from 0, the first network, to 1, the second.
    loss : array (M,)
        Mean loss, without penalties and dropout; it may be infinite or NaN.
    metric : array (M,)
        Accuracy, r2 or what the goal names; NaN where the loss is not finite.
    distance : float
        Distance between the two networks, in weights.
    is_matched : bool
        Whether the neurons of the second network were put into the order of the first.
    ends : tuple of two Model
        The two networks.
    """

    problem: Problem
    positions: NDArray[np.float64]
    loss: NDArray[np.float64]
    metric: NDArray[np.float64]
    distance: float
    is_matched: bool
    ends: tuple[Model, Model]

    def __post_init__(self) -> None:
        for array in (self.positions, self.loss, self.metric):
            array.setflags(write=False)

    @property
    def metric_name(self) -> str:
        """What `metric` is."""
        return self.problem.metric_name

    @property
    def straight(self) -> NDArray[np.float64]:
        """Loss (M,) on the straight line between those of the two ends."""
        t = self.positions
        return np.asarray((1.0 - t) * self.loss[0] + t * self.loss[-1])

    @property
    def barrier(self) -> float:
        """How far the loss rises above the straight line between its two ends; at least 0.

        Infinite if the loss on the way is not finite, NaN if the loss of an end is not finite.
        """
        if not np.isfinite(self.loss[[0, -1]]).all():
            return float("nan")
        if not np.isfinite(self.loss).all():
            return float("inf")
        height = float((self.loss - self.straight).max())
        return height if height > FLAT * float(self.loss[[0, -1]].max()) else 0.0

    @property
    def top(self) -> int:
        """Number of the place where the barrier is highest."""
        above = self.loss - self.straight
        return int(np.where(np.isfinite(above), above, np.inf).argmax())

    @property
    def caption(self) -> str:
        """What the walk shows and what it cannot show."""
        matched = " after the second one's neurons were matched with the first one's"
        said = (
            f"Loss at {len(self.positions)} points on the straight line between two networks, "
            f"{self.distance:.3g} apart in weights{matched * self.is_matched}: "
            f"{self.problem.words}. Loss "
            f"{self.loss[0]:.3g} and {self.loss[-1]:.3g} at the ends, barrier {self._height}. "
        )
        limits = "There may be a way around a barrier on the straight line"
        if not self.is_matched:
            limits += ", and matching the neurons may lower the barrier"
        if self.problem.is_regularized:
            limits += "; penalties and dropout of the training are not part of this loss"
        return f"{said}{limits}."

    @property
    def _height(self) -> str:
        if not np.isfinite(self.barrier):
            return "not finite"
        return f"{self.barrier:.3g}" if self.barrier else "none"


def walk(
    a: Model,
    b: Model,
    data: Data,
    training: Training | None = None,
    split: str = "training",
    *,
    match: bool = False,
    points: int = 101,
) -> Walk:
    """Loss on the straight line between two networks of one structure.

    Parameters
    ----------
    a, b : Model
        Two models of the same network, made by hand or trained.
    data : Dataset, name, path or pair of arrays
        What the loss is measured on.
    training : Training, optional
        Gives the loss; by default the training of the first network that was trained.
    split : str
        "training", "validation" or "test".
    match : bool
        Whether to put b's neurons into the order of a's first, with `match_neurons`.
    points : int
        M, the number of places, including both ends.

    Returns
    -------
    Walk
        Its `barrier` is the height above the straight line between the losses of the ends.

    Raises
    ------
    DescriptionError
        If their networks differ, or an argument is missing or out of range.
    DataError
        If data and network do not fit.

    References
    ----------
    Goodfellow, Vinyals, Saxe 2015, "Qualitatively characterizing neural network optimization
    problems", ICLR: the walk. Entezari, Sedghi, Saukh, Neyshabur 2022, "The Role of Permutation
    Invariance in Linear Mode Connectivity of Neural Networks", ICLR: the barrier above the
    interpolated losses; Frankle, Dziugaite, Roy, Carbin 2020, "Linear Mode Connectivity and the
    Lottery Ticket Hypothesis", ICML, take it above the mean of both ends.

    Examples
    --------
    >>> import amenable as am
    >>> two = am.train(am.mlp(2, 8, 1), "moons", am.Training(epochs=50), seeds=2)
    >>> straight, matched = (walk(*two, "moons", match=it) for it in (False, True))
    >>> len(straight.loss), matched.distance < straight.distance
    (101, True)
    """
    about = problem_of({"a": a, "b": b}, data, training, split)
    points = integer("points", points, 2, MOST)
    is_matched = boolean("match", match)
    end: Model = match_neurons(a, b) if is_matched else b
    positions = np.linspace(0.0, 1.0, points)

    def weights_of(part: slice) -> NDArray[np.float64]:
        t = positions[part, None]
        return np.asarray((1.0 - t) * a.flat + t * end.flat)

    loss, metric = about.measure_places(points, weights_of)
    return Walk(
        problem=about,
        positions=positions,
        loss=loss,
        metric=metric,
        distance=float(np.linalg.norm(end.flat - a.flat)),
        is_matched=is_matched,
        ends=(a, end),
    )
