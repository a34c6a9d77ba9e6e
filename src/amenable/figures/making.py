"""What figures of functions and loss surfaces are made of, in the form that kinds.py asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from amenable.datasets import Dataset
from amenable.figures.functions import Functions, functions_data
from amenable.model import Model
from amenable.population import Population
from amenable.surfaces import Surface, Walk, along_path, through, walk
from amenable.surfaces.hessian import objective_of
from amenable.surfaces.planes import RESOLUTION
from amenable.training import Training


def functions(
    models: Mapping[str, Model],
    data: Dataset | None,
    f: Callable[..., object] | None = None,
    lo: float | None = None,
    hi: float | None = None,
    points: int = 1001,
) -> Functions:
    """The function that the samples lie on, straight between them, unless another is given."""
    if data is not None and data.n_inputs == 1:
        x = data.x[:, 0]
        lo, hi = (x.min() if lo is None else lo), (x.max() if hi is None else hi)
        if f is None:
            places = np.argsort(x)
            xs, ys = x[places], np.asarray(data.y, dtype=np.float64).reshape(len(x), -1)[places, 0]

            def f(at: Any) -> Any:
                return np.interp(at, xs, ys)

    return functions_data(f, models, -1.0 if lo is None else lo, 1.0 if hi is None else hi, points)


def path(
    population: Population,
    trial: int,
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """`along_path` of one trial."""
    return along_path(
        population, data, training, split, trial=trial, margin=margin, resolution=resolution
    )


def plane(
    model: Model,
    others: Sequence[Model],
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    names: Sequence[str] = ("a", "b", "c"),
    margin: float = 0.25,
    resolution: int = RESOLUTION,
) -> Surface:
    """`through` one network and two others."""
    b, c = others
    return through(
        model, b, c, data, training, split, names=names, margin=margin, resolution=resolution
    )


def walks(
    model: Model,
    other: Model,
    data: Dataset,
    training: Training | None = None,
    split: str = "training",
    match: bool | None = None,
    points: int = 101,
) -> Mapping[str, Walk]:
    """Walks with the neurons as they are, and matched; or one of them."""
    wanted = {"as they are": False, "neurons matched": True}
    return {
        name: walk(model, other, data, training, split, match=is_matched, points=points)
        for name, is_matched in wanted.items()
        if match in (None, is_matched)
    }


def check_curvature(
    model: Model, data: Dataset, training: Training | None = None, split: str = "training"
) -> None:
    """Refuse what `curvature` refuses, without the work."""
    objective_of(model, data, training, split)
