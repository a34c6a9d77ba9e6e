"""`importances`: how much worse networks do where the cells of a column are shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.inspection.asked import Asked
from amenable.statistics import Interval

REPEATS = 10  # shuffles of each column, for each network; one alone is noisy on few rows
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Importance:
    """What shuffling a column costs.

    Parameters
    ----------
    column : str
        Its name.
    mean : float
        Mean loss of the score, of accuracy or r2.
    interval : Interval
        Of that mean: over networks, or of one network over shuffles.
    """

    column: str
    mean: float
    interval: Interval

    @property
    def matters(self) -> bool:
        """Whether the whole interval is above zero."""
        return self.interval.low > 0


class _Shuffled:
    """Scikit-learn's view of a network: rows are numbers of rows, one for each column."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def fit(self, x: Any, y: Any) -> None:
        """Nothing: it is trained."""

    def score_of(self, x: NDArray[np.int64]) -> float:
        """The score where column c of row i holds the cell of row ``x[i, c]``."""
        own = self.asked.x
        moved = np.flatnonzero((x != np.arange(len(x))[:, None]).any(axis=0))
        changed = own.copy()
        for c in moved.tolist():
            places = list(self.asked.places[c])
            changed[:, places] = own[x[:, c]][:, places]
        return self.asked.score(changed)


def importances(
    asked: Sequence[Asked], *, repeats: int = REPEATS, seed: int = 0
) -> tuple[Importance, ...]:
    """Permutation importance of each column, the most important first.

    The cells of a column are shuffled among the rows, which keeps what they are and breaks what
    they go with; all inputs that a column makes are shuffled together.

    Parameters
    ----------
    asked : sequence of Asked
        Networks with rows that they did not learn from.
    repeats : int
        Shuffles of each column for each network.
    seed : int
        Decides them.

    Notes
    -----
    Of two columns that say the same, each looks less important than both together are.

    References
    ----------
    Breiman 2001, Machine Learning 45:5-32.
    """
    from sklearn.inspection import permutation_importance

    each = []
    for i, it in enumerate(asked):
        rows = np.tile(np.arange(len(it.x))[:, None], len(it.columns))
        found = permutation_importance(
            _Shuffled(it),
            rows,
            it.y,
            scoring=lambda model, x, y: model.score_of(x),
            n_repeats=repeats,
            random_state=seed + i,
        )
        each.append(found.importances)
    shuffles = np.stack(each)  # (T, C, repeats)
    samples = shuffles.mean(axis=2) if len(asked) > 1 else shuffles[0].T
    names = [step.name for step in asked[0].columns]
    found = [
        Importance(name, float(it.mean()), _interval(it))
        for name, it in zip(names, samples.T, strict=True)
    ]
    return tuple(sorted(found, key=lambda it: -it.mean))


def _interval(samples: NDArray[np.float64]) -> Interval:
    """Student's, of the mean."""
    from scipy.stats import t

    n, mean = len(samples), float(samples.mean())
    error = float(samples.std(ddof=1)) / n**0.5 if n > 1 else np.inf
    half = float(t.ppf((1 + LEVEL) / 2, n - 1)) * error if n > 1 else np.inf
    return Interval(mean - half, mean + half)
