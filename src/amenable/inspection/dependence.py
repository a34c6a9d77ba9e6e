"""`dependence`: what networks answer on average, where a column has one value in all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.steps import Category, Date, Presence, Step
from amenable.inspection.asked import Asked, number_of

POINTS = 25  # values of a number that are tried
EDGES = (0.05, 0.95)  # quantiles of the rows between which they lie: beyond, hardly any rows are


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """Mean answers for values of one column.

    Parameters
    ----------
    column : str
        Its name.
    values : array (G,)
        Numbers or dates; of a category, its place in `names`.
    names : tuple of str
        What is at each value, where that is no number.
    answers : array (T, K, G)
        Of each network, and each of K classes or outputs: mean probability, or mean value.
    """

    column: str
    values: NDArray[Any]
    names: tuple[str, ...]
    answers: NDArray[np.float64]


def dependence(asked: Sequence[Asked], column: str) -> Dependence:
    """Partial dependence on one column, of each network.

    Parameters
    ----------
    asked : sequence of Asked
        Networks with rows.
    column : str
        Of those that they learned from.

    References
    ----------
    Friedman 2001, Annals of Statistics 29:1189-1232.
    """
    place = [step.name for step in asked[0].columns].index(column)
    cells, names = _cells(asked[0], place)
    answers = np.stack([_of_network(it, place, cells) for it in asked])
    values = np.arange(len(cells)) if names else cells
    return Dependence(column, values, names, answers)


def _cells(asked: Asked, place: int) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The values to try, and their names where they are no numbers."""
    step = asked.columns[place]
    if isinstance(step, Category):
        return np.array(step.categories, dtype=object), step.categories
    if isinstance(step, Presence):
        return np.array([None, "there"], dtype=object), ("empty", "filled")
    number = number_of(step)
    assert number is not None  # the other kinds are above
    values = asked.x[:, asked.places[place][0]] * number.deviation + number.mean
    low, high = np.quantile(values, EDGES)
    grid = np.linspace(low, high, POINTS) if low < high else np.unique(values)
    if isinstance(step, Date):
        days = np.round(grid).astype("timedelta64[D]")
        return step.origin + days.astype("timedelta64[us]"), ()
    return grid, ()


def _of_network(asked: Asked, place: int, cells: NDArray[Any]) -> NDArray[np.float64]:
    """Mean answers (K, G) of one network."""
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.inspection import partial_dependence

    step: Step = asked.columns[place]
    inputs = list(asked.places[place])
    encoded = np.empty((len(cells), len(inputs)))
    step.encode(cells, encoded)

    class Varied(RegressorMixin, BaseEstimator):  # type: ignore[misc]
        """Scikit-learn's view: a row is the number of the cell that the column has in it."""

        def fit(self, x: Any, y: Any) -> None:
            """Nothing: it is trained."""

        def __sklearn_is_fitted__(self) -> bool:
            return True

        def predict(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
            rows = asked.x[np.arange(len(x)) % len(asked.x)]
            rows[:, inputs] = encoded[x[:, 0].astype(np.int64)]
            return asked.answers(rows)

    n = len(asked.x) * -(-len(cells) // len(asked.x))  # every cell occurs, each row as often
    codes = (np.arange(n) % len(cells))[:, None].astype(np.float64)
    found = partial_dependence(
        Varied(),
        codes,
        [0],
        categorical_features=[0],
        grid_resolution=len(cells) + 1,
        method="brute",
    )
    return np.asarray(found["average"])
