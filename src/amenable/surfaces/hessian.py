"""`hessian`: second derivatives of the objective, from differences of exact gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DescriptionError
from amenable.model import Model
from amenable.surfaces.problem import Data, Problem, problem_of
from amenable.training import Training

MOST_PARAMETERS = 2_000  # 8,000 gradients and 32 MB; time grows with the square
# Gradients are exact to 1e-16 of their size, so differences over h to 1e-16 / h; extrapolation
# leaves an error of h^4. Both are near 1e-13 at the first. The others are for functions that bend
# within it: steep detectors, inputs that are not scaled, kinks of a ReLU.
STEPS = (3e-4, 3e-5, 3e-6)
GOOD = 1e-8  # of the largest eigenvalue: no smaller step is tried
ROUNDING = 1e-13  # of the largest eigenvalue, which no difference can beat
BLOCK = 256  # columns at a time


@dataclass(frozen=True, slots=True)
class Objective:
    """What training minimizes where it is smooth: the mean loss, and the penalty of `l2`.

    The penalty is half of l2 times the sum of squares, which adds l2 times the weight to the
    gradient; on biases only with `penalize_biases`. l1 and decoupled decay are no part of it.
    """

    problem: Problem  # in float64

    @property
    def penalties(self) -> NDArray[np.float64]:
        """l2 (P,) of each parameter."""
        training, parts = self.problem.training, []
        for name, shape in self.problem.network.parameter_shapes:
            is_penalized = training.penalize_biases or name.endswith("weight")
            parts.append(np.full(int(np.prod(shape)), training.l2 * is_penalized))
        return np.concatenate(parts)

    def values(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Objective (T,) at weights (T, P)."""
        return self.problem.measure(flat)[0] + (flat**2 @ self.penalties) / 2

    def gradients(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its gradients (T, P)."""
        return self.problem.gradients(flat) + flat * self.penalties

    def hessian(self, flat: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Its Hessian (P, P) at weights (P,), symmetric, and how far eigenvalues may be off."""
        found, noise = min(self._tried(flat), key=lambda it: it[1])
        found[np.diag_indices(len(flat))] += self.penalties
        return found, noise

    def _tried(self, flat: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], float]]:
        """Hessians with their errors, by steps that get smaller until one is good.

        A kink that lies within the step adds a false curvature that grows as the step shrinks and
        may be quite symmetric; it shows in what the next step finds.
        """
        tried: list[tuple[NDArray[np.float64], float]] = []
        for step in STEPS:
            found, noise = self._differences(flat, step)
            if self.problem.has_kinks and tried:
                last, error = tried[-1]
                tried[-1] = last, error + _longest(found - last)
            tried.append((found, noise))
            judged = tried[:-1] if self.problem.has_kinks else tried
            if judged and judged[-1][1] <= GOOD * np.abs(judged[-1][0]).max():
                break
        return judged

    def _differences(
        self, flat: NDArray[np.float64], step: float
    ) -> tuple[NDArray[np.float64], float]:
        """Central differences over one and two steps, extrapolated, without the penalty."""
        n = len(flat)
        near, far = np.empty((n, n)), np.empty((n, n))
        for at in range(0, n, BLOCK):
            columns = np.arange(at, min(at + BLOCK, n))
            moves = np.zeros((len(columns), n))
            moves[np.arange(len(columns)), columns] = step
            places = [flat + times * moves for times in (1, -1, 2, -2)]
            slopes = np.split(self.problem.gradients(np.concatenate(places)), 4)
            with np.errstate(invalid="ignore", over="ignore"):  # infinite ones are told by callers
                near[columns] = (slopes[0] - slopes[1]) / (2 * step)
                far[columns] = (slopes[2] - slopes[3]) / (4 * step)
        found = (4 * near - far) / 3
        return (found + found.T) / 2, _noise(near, far, found)


def _noise(
    near: NDArray[np.float64], far: NDArray[np.float64], found: NDArray[np.float64]
) -> float:
    """A bound on errors of eigenvalues, as all that is known of them is how it shows.

    Eigenvalues move by no more than the error is long (Weyl). A true Hessian is symmetric; the
    asymmetry is an error, and that of the symmetric part is about as large. What extrapolation
    leaves is smaller than what it corrected by about the factor of that correction.
    """
    if not (np.isfinite(near).all() and np.isfinite(far).all()):
        return float("inf")
    size, asymmetry, corrected = (
        _longest(found),
        _longest(found - found.T),
        _longest(near - far) / 3,
    )
    return 2 * asymmetry + corrected**2 / max(size, corrected, 1e-300) + ROUNDING * size


def _longest(matrix: NDArray[np.float64]) -> float:
    """A bound on the spectral norm, far cheaper: the root of the largest column and row sums."""
    if not np.isfinite(matrix).all():
        return float("inf")
    sums = np.abs(matrix)
    return float(np.sqrt(sums.sum(axis=0).max() * sums.sum(axis=1).max()))


def objective_of(model: Model, data: Data, training: Training | None, split: str) -> Objective:
    """What the network's training minimizes, in float64; refuses what has no such Hessian."""
    problem = problem_of({"model": model}, data, training, split)
    network = problem.network
    network.check_trainable()
    if network.n_parameters > MOST_PARAMETERS:
        raise DescriptionError(
            f"model: expected at most {MOST_PARAMETERS:,} parameters for second derivatives, but "
            f"{network.structure} has {network.n_parameters:,}; take a smaller network, or draw "
            "the surface with around()"
        )
    return Objective(problem.in_double())


def hessian(
    model: Model, data: Data, training: Training | None = None, split: str = "training"
) -> NDArray[np.float64]:
    """Second derivatives of the objective, for all pairs of parameters.

    The objective is the mean loss over the split, plus the penalty of the training's `l2`: half of
    l2 times the sum of squared weights, and of biases with `penalize_biases`. It does not include
    l1 and decoupled weight decay. The Hessian is computed in float64, whatever the training's
    dtype, from central differences of exact gradients over two steps with Richardson's
    extrapolation, and is made symmetric. At the kinks of ReLUs and absolute losses there is no
    second derivative. Beside a kink, the result is that of the smooth piece on which the network
    is, without the contribution of the kink.

    Parameters
    ----------
    model : Model
        A network with at most 2,000 parameters.
    data : Dataset, name, path or pair of arrays
        What the loss is measured on.
    training : Training, optional
        Gives loss and l2; by default the training of the network.
    split : str
        "training", "validation" or "test".

    Returns
    -------
    array (P, P) of float64
        In the order of `Network.parameter_shapes`.

    Raises
    ------
    DescriptionError
        If there are more parameters, an activation has no gradient, or a Model that was not trained
        comes without a training.
    DataError
        If data and network do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> import amenable as am
    >>> data = am.Dataset.from_arrays([[-1.0], [1.0]], [0.5, 0.25], validation=0, test=0)
    >>> hessian(am.Model(am.mlp(1, 1), [0.3, 0.1]), data, am.Training()).round(9) + 0.0
    array([[2., 0.],
           [0., 2.]])
    """
    return objective_of(model, data, training, split).hessian(model.flat)[0]
