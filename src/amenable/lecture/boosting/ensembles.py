"""AdaBoost over stumps and over regression lines, and the one-layer network that each is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

import amenable as am

Floats = NDArray[np.float64]

LEAST_ERROR = 1e-10  # of a learner: its vote, half the log of the odds, stays finite
SINGULAR = 1e-10  # of the largest spread: what is below is rounding, as of pixels always blank


@dataclass(frozen=True, slots=True, eq=False)
class HalfPlaneVote:
    """Half-planes that vote.

    Parameters
    ----------
    normals : array (M, I)
        Learner m says yes, which counts `votes[m]`, where normals[m] @ x > thresholds[m], and else
        no, which counts -votes[m].
    thresholds, votes : array (M,)
        The order is that of boosting: the first k are the ensemble after k rounds.
    """

    normals: Floats
    thresholds: Floats
    votes: Floats

    def sums(self, x: Floats) -> Floats:
        """The sum of the votes (M, N) after each learner; class 1 where it is above zero."""
        return np.cumsum(self.votes[:, None] * (2.0 * self._says(x) - 1.0), axis=0)

    def classes(self, x: Floats) -> NDArray[np.int64]:
        """What all learners together say (N,)."""
        return np.asarray(self.sums(x)[-1] > 0, dtype=np.int64)

    def _says(self, x: Floats) -> NDArray[np.bool_]:
        return np.asarray(self.normals @ x.T > self.thresholds[:, None])

    @property
    def as_network(self) -> am.Model:
        """One hidden layer of steps, a unit for each learner; class 1 where the output is above 0.

        A vote v (2 s - 1), where s is the step's 0 or 1, is 2 v s - v.
        """
        n_learners, n_inputs = self.normals.shape
        return am.Model.from_weights(
            am.mlp(n_inputs, n_learners, 1, activation="step"),
            {
                "1.weight": self.normals,
                "1.bias": -self.thresholds,
                "2.weight": 2 * self.votes[None],
                "2.bias": [-self.votes.sum()],
            },
            dtype="float64",
            about=f"{n_learners} boosted half-planes",
        )


def boosted_lines(x: Floats, y: NDArray[np.int64], rounds: int) -> HalfPlaneVote:
    """AdaBoost over regression lines, for classes 0 and 1.

    Each learner is the least-squares line through classes -1 and 1 under the current weights of
    the samples; of its level lines it takes the one that parts the weights best. Ends early where
    a learner is right everywhere or no better than chance.

    Parameters
    ----------
    x : array (N, I)
        Samples.
    y : array (N,)
        Their classes, 0 or 1.
    rounds : int
        How many learners at most.

    References
    ----------
    Freund and Schapire 1997, Journal of Computer and System Sciences 55:119-139.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> boosted_lines(x, np.array([0, 0, 1, 1]), 10).classes(x)
    array([0, 0, 1, 1])
    """
    sign = np.where(y == 1, 1.0, -1.0)
    share = _shares(np.ones(len(x)))
    learners: list[tuple[Floats, float, float]] = []
    for _ in range(rounds):
        normal = _regression_normal(x, sign, share)
        threshold, turn, error = best_threshold(x @ normal, sign, share)
        if error >= 0.5 - LEAST_ERROR:
            break
        vote = 0.5 * np.log((1 - error) / max(error, LEAST_ERROR))
        learners.append((turn * normal, turn * threshold, vote))
        if error < LEAST_ERROR:
            break
        says = np.where(x @ normal > threshold, turn, -turn)
        share = _shares(share * np.exp(-vote * sign * says))
    if not learners:  # says no everywhere
        learners.append((np.zeros(x.shape[1]), 0.0, 1.0))
    normals, thresholds, votes = zip(*learners, strict=True)
    return HalfPlaneVote(np.array(normals), np.array(thresholds), np.array(votes))


def _shares(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())


def _regression_normal(x: Floats, sign: Floats, share: Floats) -> Floats:
    """Slopes (I,) of the weighted least-squares fit, without its constant; shortest of several."""
    centred = x - share @ x
    spread = centred.T @ (share[:, None] * centred)
    inverse = np.linalg.pinv(spread, rcond=SINGULAR, hermitian=True)
    return np.asarray(inverse @ (centred.T @ (share * sign)))


def best_threshold(values: Floats, sign: Floats, share: Floats) -> tuple[float, float, float]:
    """Where to part values (N,) so that least of the weight is wrong.

    Returns
    -------
    threshold, turn, error
        Turn is 1 where larger values are of class 1, and else -1; the error is the weight of the
        samples on the wrong side. A threshold lies half-way between two values, or beyond all.

    Examples
    --------
    >>> best_threshold(np.array([3.0, 1.0, 2.0]), np.array([-1.0, 1.0, 1.0]), np.full(3, 1 / 3))
    (2.5, -1.0, 0.0)
    """
    order = np.argsort(values, kind="stable")
    sorted_values = values[order]
    # Yes above a place: wrong are the no above it and the yes below it.
    wrong = share[sign < 0].sum() + np.concatenate([[0.0], np.cumsum((share * sign)[order])])
    places = np.concatenate(
        [
            [sorted_values[0] - 1.0 - abs(sorted_values[0])],
            # Between neighbours among the numbers the middle is the upper one: take the lower.
            np.minimum(
                (sorted_values[:-1] + sorted_values[1:]) / 2,
                np.nextafter(sorted_values[1:], -np.inf),
            ),
            [sorted_values[-1] + 1.0 + abs(sorted_values[-1])],
        ]
    )
    is_place = np.concatenate([[True], np.diff(sorted_values) > 0, [True]])
    errors = np.where(is_place, np.minimum(wrong, 1.0 - wrong), np.inf)
    k = int(np.argmin(errors))
    turn = 1.0 if wrong[k] <= 1.0 - wrong[k] else -1.0
    return float(places[k]), turn, float(max(errors[k], 0.0))


def boosted_stumps(x: Floats, y: NDArray[np.int64], rounds: int) -> tuple[HalfPlaneVote, Any]:
    """scikit-learn's AdaBoost over stumps: the half-planes it found, and its own model.

    Its trees compare in float32: x should be exact there.
    """
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    stump = DecisionTreeClassifier(max_depth=1)
    model = AdaBoostClassifier(stump, n_estimators=rounds, random_state=0).fit(x, y)
    learners = [
        _half_plane(tree.tree_, vote, x.shape[1])
        for tree, vote in zip(model.estimators_, model.estimator_weights_, strict=False)
    ]
    normals, thresholds, votes = zip(*learners, strict=True)
    return HalfPlaneVote(np.array(normals), np.array(thresholds), np.array(votes)), model


def _half_plane(tree: Any, vote: float, n_inputs: int) -> tuple[Floats, float, float]:
    """A stump as normal, threshold and vote; the normal is 0 where it says one class everywhere."""
    feature, threshold = int(tree.feature[0]), float(tree.threshold[0])
    says = 2 * tree.value[:, 0, :].argmax(axis=1) - 1
    normal = np.zeros(n_inputs)
    if feature < 0 or says[1] == says[2]:  # nodes: root, left, right
        return normal, -float(says[-1]), vote
    normal[feature] = says[2]
    return normal, float(says[2] * threshold), vote


def as_steps(model: am.Model) -> am.Model:
    """The same network with every sigmoid replaced by a step at the same line."""
    widths = model.network.widths
    network = am.mlp(*widths, activation="step")
    return am.Model(network, model.flat, model.dtype)


def multiply_adds(network: am.Network) -> int:
    """Of one prediction: one for each weight."""
    widths = network.widths
    return sum(a * b for a, b in pairwise(widths))
