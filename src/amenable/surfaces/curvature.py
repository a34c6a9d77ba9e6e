"""`curvature`: eigenvalues of the Hessian, and a verdict on where training ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.description import fail
from amenable.errors import DataError
from amenable.model import Model
from amenable.population import Population
from amenable.population.checks import as_dataset
from amenable.surfaces import moves
from amenable.surfaces.hessian import objective_of
from amenable.surfaces.problem import Data, Problem
from amenable.training import Training

MINIMUM, SADDLE, PLATEAU, DESCENDING = "minimum", "saddle", "plateau", "descending"
DIVERGED = "diverged"

TOLERANCE = 0.01  # of the loss: a change below is none
SMALLEST = 1e-4  # of the loss of all-zero weights: what a loss below is measured by
SHARES = (1.0, 0.5, 0.25, 0.125)  # of the reach, along the most negative curvature


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """Slope and curvature of the objective, which is what training minimizes, around a network.

    Parameters
    ----------
    problem : Problem
        Network, training, data and split.
    eigenvalues : array (P,)
        Eigenvalues of the Hessian, ascending.
    noise : float
        How far the eigenvalues may be off, because differences are not exact derivatives.
    objective : float
        Mean loss, with the penalty of l2.
    gradient_norm : float
        Length of the objective's gradient.
    reach : float
        How far, in weights, the network was moved to judge it.
    tolerance : float
        Smallest change of the objective that counts.
    fall : float
        By how much damped Newton steps and gradient steps within the reach lower the objective.
    dip : float
        By how much steps along the most negative curvature lower the objective, if there is one.
    distance : float
        Estimated distance to the nearest stationary point, by a Newton step in the directions whose
        eigenvalues are not zero.
    n_responsive : int
        Along how many eigenvectors the objective changes by more than the tolerance within the
        reach, not counting those that only shift the outputs of all samples by the same amount.
    verdict : str
        "minimum", "saddle", "plateau" or "descending".
    """

    problem: Problem
    eigenvalues: NDArray[np.float64]
    noise: float
    objective: float
    gradient_norm: float
    reach: float
    tolerance: float
    fall: float
    dip: float
    distance: float
    n_responsive: int
    verdict: str

    def __post_init__(self) -> None:
        self.eigenvalues.setflags(write=False)

    @property
    def n_negative(self) -> int:
        """Eigenvalues below zero by more than the noise."""
        return int(np.count_nonzero(self.eigenvalues < -self.noise))

    @property
    def n_flat(self) -> int:
        """Eigenvalues that are zero but for the noise."""
        return int(np.count_nonzero(np.abs(self.eigenvalues) <= self.noise))

    @property
    def n_positive(self) -> int:
        """Eigenvalues above zero by more than the noise."""
        return len(self.eigenvalues) - self.n_negative - self.n_flat

    @property
    def reason(self) -> str:
        """The verdict with the number that decided it."""
        return {
            MINIMUM: (
                f"minimum: no step of at most {self.reach:.2g} along slope or curvature lowers the "
                f"loss by more than {self.tolerance:.2g}"
            ),
            SADDLE: (
                "saddle: steps along the slope gain nothing, but along the most negative "
                "curvature the loss "
                f"falls by {self.dip:.2g} within {self.reach:.2g}"
            ),
            PLATEAU: (
                f"plateau: no step of {self.reach:.2g} along an eigenvector changes the loss by "
                f"more than {self.tolerance:.2g}, except by shifting the outputs of all samples "
                "alike"
            ),
            DESCENDING: (
                f"descending: a step of at most {self.reach:.2g} along the slope lowers the loss "
                f"by {self.fall:.2g}"
            ),
        }[self.verdict]

    @property
    def caption(self) -> str:
        """What the eigenvalues show and what they cannot show."""
        said = (
            f"Eigenvalues of the Hessian of the {self.problem.words}, from "
            f"{self.eigenvalues[0]:.3g} to {self.eigenvalues[-1]:.3g}: {self.n_negative} negative, "
            f"{self.n_flat} zero within the error of {self.noise:.1g}, {self.n_positive} positive. "
            f"Loss {self.objective:.3g}, length of the gradient {self.gradient_norm:.2g}. "
            f"Verdict: {self.reason}. The verdict is local: there may be lower points "
            "elsewhere"
        )
        training = self.problem.training
        if training.l2:
            said += f"; the penalty of l2 {training.l2:g} is part of the loss"
        if training.l1 or training.decoupled_decay:
            said += (
                "; l1 and decoupled weight decay are not part of the loss, so that a point where "
                "they balance the slope counts as descending"
            )
        if self.problem.has_kinks:
            said += "; beyond nearby kinks the curvature differs"
        return said + "."


def curvature(
    model: Model, data: Data, training: Training | None = None, split: str = "training"
) -> Curvature:
    """Eigenvalues of the Hessian, and where training ended.

    Signs of small eigenvalues say nothing. So the verdict also depends on how the objective (the
    loss, with the penalty of l2) changes when the network is moved a little. The network is moved
    by at most a tenth of the usual length of initial weights, which is the root of the sum over
    parameters of 1 / inputs of their layer. A change counts if it is above 1 % of the loss, or 1 %
    of a ten-thousandth of the loss with all weights zero, if that is more. The verdicts are tried
    in this order:

    - "descending" if a gradient step lowers the loss by that much, or a damped Newton step that
      takes negative curvature as positive (Dauphin et al. 2014);
    - "saddle" if a step along the most negative curvature does, and the curvature is negative
      beyond its error; or, if the loss itself is above the smallest change that counts, if there is
      such curvature and a stationary point within the reach (by a Newton step without the flat
      directions);
    - "minimum" if the loss is below the smallest change that counts, because it cannot fall below
      zero; or if all curvature is positive and the lowest point is within the reach, however
      shallow it is;
    - "plateau" if the loss changes by that much along no eigenvector, not counting those that shift
      the outputs of all samples by the same amount (which biases after saturated neurons still do);
    - "minimum" otherwise, which need not be strict, or the lowest.

    Some losses fall for ever as weights grow, such as logistic loss on separable classes. They
    count as descending until they are below the smallest change that counts. For networks with
    ReLUs see `hessian`. At a minimum on a kink the gradient is not zero, but steps along it do not
    lower the loss, so the verdict is right there too.

    Parameters
    ----------
    model, data, training, split
        As for `hessian`.

    Returns
    -------
    Curvature

    Raises
    ------
    DescriptionError, DataError
        As for `hessian`; DataError also if loss or gradient are not finite.

    References
    ----------
    Dauphin, Pascanu, Gulcehre, Cho, Ganguli, Bengio 2014, "Identifying and attacking the saddle
    point problem in high-dimensional non-convex optimization", NeurIPS.

    Examples
    --------
    >>> import amenable as am
    >>> data = am.Dataset.from_arrays([[-1.0], [0.0], [1.0]], [1.0, 0.0, 2.0], validation=0, test=0)
    >>> best = am.Model(am.mlp(1, 1), [0.5, 1.0])  # least squares by hand
    >>> curvature(best, data, am.Training()).verdict
    'minimum'
    >>> curvature(best.with_flat([0.0, 0.0]), data, am.Training()).verdict
    'descending'
    """
    target = objective_of(model, data, training, split)
    flat = model.flat
    gradient = target.gradients(flat[None])[0]
    found, noise = target.hessian(flat)
    if not (np.isfinite(gradient).all() and np.isfinite(found).all()):
        raise DataError("model: expected a finite loss and gradient; choose another network")
    eigenvalues, vectors = np.linalg.eigh(found)
    here, zero = target.values(np.stack([flat, np.zeros_like(flat)]))
    smallest = TOLERANCE * SMALLEST * (zero if np.isfinite(zero) and zero > 0 else 1.0)
    tolerance = max(TOLERANCE * here, smallest)
    reach = moves.reach(target.problem)
    steps = moves.downhill(gradient, eigenvalues, vectors, reach)
    fall = moves.find_decrease(target, flat, here, steps)
    dip = 0.0
    if eigenvalues[0] < -noise:
        along = np.array(SHARES)[:, None] * reach * vectors[:, 0]
        dip = moves.find_decrease(target, flat, here, np.concatenate([along, -along]))
    distance = moves.to_stationary(gradient, eigenvalues, vectors, noise)
    responsive = moves.responsive(target, flat, here, vectors.T * reach, tolerance)
    is_stationary = distance <= reach
    is_bowl = is_stationary and eigenvalues[0] > noise
    verdict = MINIMUM
    if fall > tolerance:
        verdict = DESCENDING
    elif dip > tolerance or (is_stationary and eigenvalues[0] < -noise and here > smallest):
        verdict = SADDLE
    elif not (responsive or is_bowl) and here > smallest:
        verdict = PLATEAU
    return Curvature(
        problem=target.problem,
        eigenvalues=eigenvalues,
        noise=noise,
        objective=float(here),
        gradient_norm=float(np.linalg.norm(gradient)),
        reach=reach,
        tolerance=float(tolerance),
        fall=fall,
        dip=dip,
        distance=distance,
        n_responsive=responsive,
        verdict=verdict,
    )


def standings(population: Population, data: Data, split: str = "training") -> NDArray[np.str_]:
    """Where each trial of a population ended.

    Parameters
    ----------
    population : Population
        A population with its weights.
    data : Dataset, name, path or pair of arrays
        What it was trained on.
    split : str
        "training", "validation" or "test".

    Returns
    -------
    array (T,) of str
        Verdicts of `curvature`; "diverged" for trials that diverged or have weights that are not
        finite.

    Raises
    ------
    DescriptionError, DataError
        As `hessian`.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(am.mlp(2, 3, 1), "moons", am.Training(epochs=2), seeds=3)
    >>> standings(population, "moons")
    array(['descending', 'descending', 'descending'], dtype='<U10')
    """
    if not isinstance(population, Population):
        fail("population", "a Population", population, "pass what train(...) returns")
    samples, found = as_dataset(data), []
    for trained in population:
        is_lost = trained.status == DIVERGED or not np.isfinite(trained.flat).all()
        found.append(DIVERGED if is_lost else curvature(trained, samples, split=split).verdict)
    return np.array(found, dtype="<U10")
