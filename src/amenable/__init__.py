"""Amenable trains thousands of small neural networks at once and says which of them learn.

>>> import amenable as am
>>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1), am.mlp(2, 8, 8, 1)]
>>> population = am.train(networks, "moons", am.Training(epochs=50, goal="accuracy >= 0.9"))
>>> table = population.summary()  # for each network the fraction that learned it, with interval
>>> trained = population.best
>>> classes = trained.predict([[0.0, 1.0]])

Public are the names in `__all__`, which `dir(amenable)` lists, and those of the packages among
them: `answers`, `construct`, `datasets`, `figures`, `statistics`, `surfaces`. So are, for
packages that bring commands of their own, `engine`, `pages`, `phrases`, `writing` and `cli.screen`.
All other modules are internal and may change without notice.
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from amenable import answers, datasets, statistics
from amenable.datasets import Dataset, RepeatedSplits, catalogue, load
from amenable.errors import (
    AmenableError,
    ClusterError,
    DataError,
    DescriptionError,
    FileError,
    MissingExtra,
)
from amenable.model import Model
from amenable.network import (
    AvgPool2d,
    Conv2d,
    Dense,
    Layer,
    LocallyConnected2d,
    MaxPool2d,
    Network,
    lenet1,
    lenet5,
    lenet1989,
    mlp,
)
from amenable.population import Fraction, Population, TrainedNetwork, train
from amenable.space.entries import when
from amenable.space.ranges import integer_range, linear_range, log_range
from amenable.space.space import Space
from amenable.study.policies import FixedSeeds, SuccessiveHalving, UntilDecided
from amenable.study.study import Study
from amenable.sweep import Sweep, sweep
from amenable.training import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    InverseTime,
    LevenbergMarquardt,
    Momentum,
    Nesterov,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
    grid,
)

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "AmenableError",
    "AvgPool2d",
    "ClusterError",
    "Constant",
    "Conv2d",
    "Cosine",
    "DataError",
    "Dataset",
    "Dense",
    "DescriptionError",
    "FileError",
    "FixedSeeds",
    "Fraction",
    "InverseTime",
    "Layer",
    "LevenbergMarquardt",
    "LocallyConnected2d",
    "MaxPool2d",
    "MissingExtra",
    "Model",
    "Momentum",
    "Nesterov",
    "Network",
    "Population",
    "RMSprop",
    "RepeatedSplits",
    "Rprop",
    "Space",
    "StepDecay",
    "Study",
    "SuccessiveHalving",
    "Sweep",
    "TrainedNetwork",
    "Training",
    "UntilDecided",
    "__version__",
    "answers",
    "catalogue",
    "construct",
    "datasets",
    "figures",
    "grid",
    "integer_range",
    "lenet1",
    "lenet5",
    "lenet1989",
    "linear_range",
    "load",
    "log_range",
    "mlp",
    "statistics",
    "surfaces",
    "sweep",
    "train",
    "when",
]


if _TYPE_CHECKING:
    from amenable import construct as construct
    from amenable import figures as figures
    from amenable import surfaces as surfaces

_ASKED_FOR = ("construct", "figures", "surfaces")  # packages that would make the import slow


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> _Any:
    if name == "__version__":  # looked up when asked for: it costs a tenth of the whole import
        from amenable.version import package_version

        return package_version()
    if name in _ASKED_FOR:
        from importlib import import_module

        return import_module(f"amenable.{name}")
    raise AttributeError(f"module 'amenable' has no attribute {name!r}")
