"""`Asked`: a network, and rows with the truth that it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.datasets.new_rows import NewRows, new_rows
from amenable.datasets.preparation import Preparation
from amenable.datasets.source import did_you_mean, listed
from amenable.datasets.steps import Number, Step
from amenable.datasets.target import Target
from amenable.errors import AmenableError, DataError
from amenable.population import DataSummary, TrainedNetwork

MOST_ROWS = 1000  # of a network: on more, an accuracy is known to better than 0.02 anyway


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A network, and the rows that it is asked about.

    Parameters
    ----------
    network : TrainedNetwork
        With weights that are finite.
    x : array (N, I)
        Rows, prepared as the split that it learned.
    y : array (N,) of int64, or (N, O)
        The truth: numbers of classes, or values in the units that the network learned.
    columns : tuple of steps
        What was done to each column; its inputs belong together.
    places : tuple of tuple of int
        Which inputs each column makes.
    """

    network: TrainedNetwork
    x: NDArray[np.float64]
    y: NDArray[Any]
    columns: tuple[Step, ...]
    places: tuple[tuple[int, ...], ...]

    @property
    def is_classification(self) -> bool:
        """Whether answers are classes."""
        return self.network.data.task == "classification"

    def score(self, x: NDArray[np.float64]) -> float:
        """Accuracy or r2 where the rows are these instead."""
        outputs = self.network.finite_outputs("explain", x)
        if self.is_classification:
            return float(np.mean(self.network.labels(outputs) == self.y))
        error = ((outputs - self.y) ** 2).sum(axis=0)
        spread = ((self.y - self.y.mean(axis=0)) ** 2).sum(axis=0)
        return float(np.mean(1 - error / np.where(spread > 0, spread, np.nan)))

    def answers(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (N, classes), else shares of 0 and 1; or values (N, O) in target units."""
        outputs = self.network.finite_outputs("explain", x)
        if not self.is_classification:
            known = self.network.preparation
            return outputs if known is None else known.target.in_units(outputs)
        if self.network.has_probabilities:
            return self.network.probable(outputs)
        return np.eye(self.network.data.n_classes)[self.network.labels(outputs)]


def find_learned(source: str, learned: DataSummary) -> Dataset | RepeatedSplits | None:
    """The data of that name or file, if it is what was learned, to the splits; else None."""
    options: dict[str, Any] = {}
    names = learned.preparations[0].target.names if learned.preparations else ()
    if len(names) == 1:
        options = {"target": names[0], "task": learned.task}
    sizes: dict[str, Any] = {"validation": learned.n_validation, "test": learned.n_test}
    default: dict[str, Any] = {}
    for shares in (default, sizes):
        try:
            if learned.n_splits > 1:
                found: Dataset | RepeatedSplits = RepeatedSplits.load(
                    source, splits=learned.n_splits, **shares, **options
                )
            else:
                found = load(source, **shares, **options)
        except (AmenableError, OSError):
            continue
        if found.fingerprint == learned.fingerprint:
            return found
    return None


def asked_of_split(
    networks: Sequence[TrainedNetwork], data: Dataset | RepeatedSplits, split: str
) -> list[Asked]:
    """Each network with the rows of that split, of the split of the data that it learned."""
    found = []
    for it in networks:
        own = data.of_seed(it.seed) if isinstance(data, RepeatedSplits) else data
        if own.image is not None:
            raise DataError(
                f"{own.name}: images have no columns; draw what units see with amenable draw "
                "first_layer"
            )
        rows = getattr(own, split)[:MOST_ROWS]
        target = Target(own.y, own.task, own.classes, "")
        preparation = own.preparation or Preparation.unscaled(own.features, own.x, target)
        found.append(_asked(it, own.x[rows], own.y[rows], preparation))
    return found


def asked_of_table(networks: Sequence[TrainedNetwork], source: Any) -> list[Asked]:
    """Each network with all rows of a file or data frame, which has the target as well."""
    made: dict[Preparation, NewRows] = {}
    found = []
    for it in networks:
        known = it.preparation
        if known is None or not known.columns or not known.target.names:
            raise DataError(
                f"explain: it is not known what was done to the columns of '{it.data.name}'"
            )
        if known not in made:
            made[known] = new_rows(source, known)
        rows = made[known]
        truth = _truth(rows, known, str(source))
        found.append(_asked(it, rows.x[:MOST_ROWS], truth[:MOST_ROWS], known))
    return found


def _asked(
    network: TrainedNetwork, x: NDArray[np.float64], y: NDArray[Any], preparation: Preparation
) -> Asked:
    if len(x) < 2:
        raise DataError(f"explain: expected at least two rows to ask about, got {len(x)}")
    order = {name: i for i, name in enumerate(preparation.inputs)}
    places = tuple(tuple(order[name] for name in it.inputs) for it in preparation.columns)
    return Asked(network, x, y, preparation.columns, places)


def _truth(rows: NewRows, preparation: Preparation, name: str) -> NDArray[Any]:
    """The target as networks learn it."""
    import polars as pl

    target = preparation.target
    lacking = [it for it in target.names if it not in rows.frame.columns]
    if lacking:
        raise DataError(
            f"{name} lacks the target {listed(lacking)}, which predictions are compared with"
            + did_you_mean(lacking[0], rows.frame.columns)
        )
    if target.classes:
        numbers = {it: i for i, it in enumerate(target.classes)}
        cells = rows.frame[target.names[0]].cast(pl.String).str.strip_chars().to_list()
        unknown = sorted({str(it) for it in cells if it not in numbers})
        if unknown:
            raise DataError(
                f"{name}: target {target.names[0]!r} holds {listed(unknown, 3)}; the network "
                f"learned {listed(target.classes)}"
            )
        return np.array([numbers[str(it)] for it in cells], dtype=np.int64)
    frame = rows.frame.select(target.names).cast(pl.Float64, strict=False)
    values = frame.to_numpy()
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values).any(axis=1))[0]) + 1
        raise DataError(f"{name}: target {listed(target.names)}, row {row} is not a number")
    return np.asarray((values - np.array(target.centre)) / np.array(target.size))


def number_of(step: Step) -> Number | None:
    """The statistics of a column whose values are numbers, days of dates among them."""
    if isinstance(step, Number):
        return step
    return step.numbers[0] if hasattr(step, "numbers") else None
