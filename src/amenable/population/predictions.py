"""What networks, one or several on average, say of rows: for commands and ensembles."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.datasets.new_rows import NewRows, is_table, new_rows, raw_rows, unprepared_remarks
from amenable.datasets.preparation import Preparation
from amenable.datasets.target import class_names
from amenable.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from amenable.population.trained import TrainedNetwork

PROBABILITY, SHARE, MARGIN = "probability", "share of networks", "margin"


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What is said of N rows.

    Parameters
    ----------
    values : array
        Class names (N,), or numbers (N, O).
    sure : array (N, classes) or None
        How sure each class is; None of numbers.
    measure : str
        What `sure` is: "probability", "share of networks" that say so, or "margin", how far the
        output is ahead of the next one; empty of numbers.
    remarks : tuple of str
        What to know of the rows.
    frame : polars.DataFrame or None
        The rows as they came, where they came as a table.
    """

    values: NDArray[Any]
    sure: NDArray[np.float64] | None
    measure: str
    remarks: tuple[str, ...] = ()
    frame: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RowsByNetwork:
    """Rows as each of some networks takes them.

    Parameters
    ----------
    samples : list of array (N, I)
        One for each network, which has prepared them as the split that it learned.
    is_raw : bool
        Whether they came as they were before they were prepared.
    remarks, frame
        As in `Predictions`.
    """

    samples: list[NDArray[np.float64]]
    is_raw: bool
    remarks: tuple[str, ...] = ()
    frame: pl.DataFrame | None = None


def predictions(
    networks: Sequence[TrainedNetwork], x: Any, caller: str, *, prepared: bool | None = None
) -> Predictions:
    """What the networks say of rows; `x` and `prepared` are as for `TrainedNetwork.predict`.

    Probabilities are averaged; of networks whose loss knows none, the share of those that say so is
    counted.
    """
    rows = rows_for(networks, x, caller, prepared)
    return Predictions(*averaged(networks, rows), rows.remarks, rows.frame)


def rows_for(
    networks: Sequence[TrainedNetwork], x: Any, caller: str, prepared: bool | None
) -> RowsByNetwork:
    """Rows for each network, found by name and prepared where that is not done."""
    has_columns = all(it.preparation and it.preparation.columns for it in networks)
    has_names = is_table(x)
    if has_names and prepared:
        raise DataError(
            f"{caller}: data frames and files go by name, and are prepared here",
            hint="leave prepared out, or give an array of prepared samples",
        )
    if not has_columns and (isinstance(x, str | os.PathLike) or prepared is False):
        raise DataError(
            f"{caller}: it is not known what was done to the columns of "
            f"'{networks[0].data.name}', which the network learned",
            hint="give an array of samples that are prepared already",
        )
    if not has_columns or not (has_names or prepared is False):
        return _of_array(networks, x, caller)
    made: dict[Preparation, NewRows] = {}
    for known in (it.preparation for it in networks):
        if known is not None and known not in made:
            made[known] = new_rows(x, known) if has_names else raw_rows(x, known, caller)
    first = next(iter(made.values()))
    samples = [made[it.preparation].x for it in networks if it.preparation is not None]
    return RowsByNetwork(samples, True, first.remarks, first.frame)


def _of_array(networks: Sequence[TrainedNetwork], x: Any, caller: str) -> RowsByNetwork:
    """Samples that are prepared already."""
    if len({it.preparation for it in networks}) > 1:
        raise DataError(
            f"{caller}: the networks learned different splits, each prepared by itself, so that no "
            "array is prepared for all of them",
            hint="give a data frame or a file, or rows as they are with prepared=False",
        )
    samples, known = networks[0].samples(caller, x), networks[0].preparation
    remarks = () if known is None else unprepared_remarks(samples, known)
    return RowsByNetwork([samples] * len(networks), False, tuple(remarks))


def averaged(
    networks: Sequence[TrainedNetwork], rows: RowsByNetwork
) -> tuple[NDArray[Any], NDArray[np.float64] | None, str]:
    """Values, how sure each class is, and what that is."""
    data, n = networks[0].data, len(networks)
    outputs = [
        it.finite_outputs("predict", x) for it, x in zip(networks, rows.samples, strict=True)
    ]
    if data.task != "classification":
        if rows.is_raw:
            outputs = [_in_units(it, out) for it, out in zip(networks, outputs, strict=True)]
        return np.asarray(sum(outputs) / n), None, ""
    if all(it.has_probabilities for it in networks):
        each = [it.probable(out) for it, out in zip(networks, outputs, strict=True)]
        measure = PROBABILITY
    elif n > 1:
        classes = np.array(class_names(data.classes, np.arange(data.n_classes)))
        each = [
            (it.named(out)[:, None] == classes).astype(np.float64)
            for it, out in zip(networks, outputs, strict=True)
        ]
        measure = SHARE
    else:
        return networks[0].named(outputs[0]), _margins(networks[0], outputs[0]), MARGIN
    sure = np.asarray(sum(each) / n)
    if n == 1:
        return networks[0].named(outputs[0]), sure, measure
    return class_names(data.classes, sure.argmax(axis=1)), sure, measure


def _in_units(network: TrainedNetwork, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    known = network.preparation
    return outputs if known is None else known.target.in_units(outputs)


def _margins(network: TrainedNetwork, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the output of each class (N, classes) is ahead of the best of the others."""
    data = network.data
    codes = encoding.target_codes(network.training, data.task, data.n_classes)
    assert codes is not None  # of a classification
    sign = 1 if codes[0] < codes[1] else -1
    if outputs.shape[1] == 1:
        ahead = sign * (outputs - encoding.middle(network.training, data.task, data.n_classes))
        return np.hstack([-ahead, ahead])
    signed = sign * outputs
    order = np.sort(signed, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.asarray(np.where(signed == best, signed - second, signed - best))


def warn(remarks: Sequence[str]) -> None:
    """Say them where a method that calls this was called."""
    if remarks:
        warnings.warn("; ".join(remarks), UserWarning, stacklevel=3)
