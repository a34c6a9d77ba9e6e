"""`Surface`: the loss over a plane of weights, the networks on it, and what it cannot show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.formatting import plural
from amenable.model import Model
from amenable.surfaces.problem import Problem

RANDOM, PATH, THREE = "random", "path", "three"


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Loss and metric of networks on a plane through the space of weights.

    The network at (x, y) has the parameters ``origin + x * directions[0] + y * directions[1]``.

    Parameters
    ----------
    kind : str
        Which plane: "random" (from `around`), "path" (from `along_path`) or "three" (from
        `through`).
    problem : Problem
        Network, training, data and split.
    x, y : array (R,)
        Coordinates of the grid, ascending. In a random plane, 1 is the length of the network's
        parameters; in the others, 1 is a distance of 1 in weights.
    loss : array (R, R)
        Mean loss, without penalties and dropout, with rows along y; it may be infinite or NaN.
    metric : array (R, R)
        Accuracy, r2 or what the goal names; NaN where the loss is not finite.
    origin : array (P,)
        Parameters at (0, 0).
    directions : array (2, P)
        What one unit of x, and of y, adds to the parameters.
    points : array (M, 2)
        Where the networks are, projected on the plane: the centre, the path in order, or the three
        networks.
    point_loss : array (M,)
        Their own loss. A path leaves the plane, so this is not the loss of the plane below it.
    off_plane : array (M,)
        Their distance from the plane in weights; 0 except for a path.
    names : tuple of str
        Names of the points; for a path, only of its start and end.
    shares : tuple of 2 float, or None
        Share of the variance of a path that each direction holds.
    """

    kind: str
    problem: Problem
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    loss: NDArray[np.float64]
    metric: NDArray[np.float64]
    origin: NDArray[np.float64]
    directions: NDArray[np.float64]
    points: NDArray[np.float64]
    point_loss: NDArray[np.float64]
    off_plane: NDArray[np.float64]
    names: tuple[str, ...]
    shares: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("x", "y", "loss", "metric", "origin", "directions", "points", "point_loss"):
            getattr(self, name).setflags(write=False)

    @property
    def metric_name(self) -> str:
        """What `metric` is."""
        return self.problem.metric_name

    @property
    def axis_labels(self) -> tuple[str, str]:
        """What x and y are, with units."""
        if self.kind == RANDOM:
            unit = "weights' own length"
            return f"First random direction ({unit})", f"Second random direction ({unit})"
        if self.kind == PATH and self.shares:
            return tuple(  # type: ignore[return-value]
                f"{which} component, {100 * share:.1f} % (distance in weights)"
                for which, share in zip(("First", "Second"), self.shares, strict=True)
            )
        a, b, c = self.names
        return f"From {a} to {b} (distance in weights)", f"Towards {c} (distance in weights)"

    def at(self, x: float, y: float) -> Model:
        """The network at a place of the plane.

        Examples
        --------
        >>> import amenable as am
        >>> trained = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=5), seeds=1).best
        >>> from amenable.surfaces import around
        >>> surface = around(trained, "moons", resolution=5)
        >>> bool((surface.at(0, 0).flat == trained.flat).all())
        True
        """
        flat = self.origin + x * self.directions[0] + y * self.directions[1]
        return Model(self.problem.network, flat, self.problem.training.dtype)

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        finite = self.loss[np.isfinite(self.loss)]
        said = [f"{_sentence(self.problem.words)} with {self._plane}."]
        if len(finite):
            said.append(f"Loss from {finite.min():.3g} to {finite.max():.3g}.")
        if len(finite) < self.loss.size:
            missing = plural(self.loss.size - len(finite), "place")
            said.append(
                f"{missing} of {self.loss.size:,} points are left empty: the loss is not finite "
                "there."
            )
        said.append(self._limits)
        if self.problem.is_regularized:
            said.append("Penalties and dropout of the training are not part of this loss.")
        return " ".join(said)

    @property
    def _plane(self) -> str:
        if self.kind == RANDOM:
            return (
                "its weights moved in two random directions, in which each neuron's part is as "
                "long as "
                "the neuron's own weights and bias; the cross marks the network itself, loss "
                f"{self.point_loss[0]:.3g}"
            )
        if self.kind == PATH and self.shares:
            return (
                "its weights in the plane of the first two principal components of its path "
                f"through {len(self.points)} recorded points, from loss {self.point_loss[0]:.3g} "
                f"to {self.point_loss[-1]:.3g}; they explain {100 * sum(self.shares):.1f} % of "
                "the path's variance"
            )
        losses = [f"{n} ({it:.3g})" for n, it in zip(self.names, self.point_loss, strict=True)]
        return (
            f"its weights in the plane through three networks, {losses[0]}, {losses[1]} and "
            f"{losses[2]}"
        )

    @property
    def _limits(self) -> str:
        others = self.problem.network.n_parameters - 2
        if self.kind == RANDOM:
            return (
                f"The other {others:,} directions are not shown: what looks like a minimum here "
                "may be a saddle in those, and other random directions give another picture."
            )
        if self.kind == PATH:
            return (
                f"The other {others:,} directions are not shown. The path is projected onto the "
                "plane, "
                f"but is up to {self.off_plane.max():.3g} away from it, where the loss differs. "
                "Two "
                "components would explain most of a random walk, too."
            )
        return (
            f"The other {others:,} directions are not shown: a wall between two networks may have "
            "a way around it, and with its neurons in another order a network would be elsewhere."
        )


def grid_loss(
    problem: Problem,
    origin: NDArray[np.float64],
    directions: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Loss and metric, each (len(y), len(x)), of the networks on a grid."""
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def weights_of(part: slice) -> NDArray[np.float64]:
        moved = places[part, :1] * directions[0]  # by elements: a product of matrices would let
        moved += places[part, 1:] * directions[1]  # the bits depend on the size of the block
        moved += origin
        return np.asarray(moved)

    loss, metric = problem.measure_places(len(places), weights_of)
    shape = (len(y), len(x))
    return loss.reshape(shape), metric.reshape(shape)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
