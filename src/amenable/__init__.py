"""Amenable trains thousands of small neural networks at once and says which of them learn.

>>> import amenable as am
>>> networks = [am.mlp(2, 2, 1), am.mlp(2, 8, 1), am.mlp(2, 8, 8, 1)]
>>> population = am.train(networks, "moons", am.Training(epochs=50, goal="accuracy >= 0.9"))
>>> table = population.summary()  # for each network the fraction that learned it, with interval
>>> trained = population.best
>>> classes = trained.predict([[0.0, 1.0]])

Public are the names in `__all__`, which `dir(amenable)` lists, and those of the packages among
them: `answers`, `construct`, `datasets`, `figures`, `statistics`, `surfaces`. So are, for
packages that bring commands of their own, `cli.screen`, `engine`, `formatting`, `pages` and
`writing`.
All other modules are internal and may change without notice.
"""

import sys as _sys
from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from amenable import answers as answers
    from amenable import construct as construct
    from amenable import datasets as datasets
    from amenable import figures as figures
    from amenable import statistics as statistics
    from amenable import surfaces as surfaces
    from amenable.datasets import Dataset as Dataset
    from amenable.datasets import RepeatedSplits as RepeatedSplits
    from amenable.datasets import catalogue as catalogue
    from amenable.datasets import load as load
    from amenable.errors import AmenableError as AmenableError
    from amenable.errors import ClusterError as ClusterError
    from amenable.errors import DataError as DataError
    from amenable.errors import DescriptionError as DescriptionError
    from amenable.errors import FileError as FileError
    from amenable.errors import MissingExtra as MissingExtra
    from amenable.model import Model as Model
    from amenable.network import AvgPool2d as AvgPool2d
    from amenable.network import Conv2d as Conv2d
    from amenable.network import Dense as Dense
    from amenable.network import Layer as Layer
    from amenable.network import LocallyConnected2d as LocallyConnected2d
    from amenable.network import MaxPool2d as MaxPool2d
    from amenable.network import Network as Network
    from amenable.network import lenet1 as lenet1
    from amenable.network import lenet5 as lenet5
    from amenable.network import lenet1989 as lenet1989
    from amenable.network import mlp as mlp
    from amenable.population import Ensemble as Ensemble
    from amenable.population import Fraction as Fraction
    from amenable.population import Population as Population
    from amenable.population import TrainedNetwork as TrainedNetwork
    from amenable.population import train as train
    from amenable.space.entries import when as when
    from amenable.space.ranges import integer_range as integer_range
    from amenable.space.ranges import linear_range as linear_range
    from amenable.space.ranges import log_range as log_range
    from amenable.space.space import Space as Space
    from amenable.study.policies import FixedSeeds as FixedSeeds
    from amenable.study.policies import SuccessiveHalving as SuccessiveHalving
    from amenable.study.policies import UntilDecided as UntilDecided
    from amenable.study.study import Study as Study
    from amenable.sweep import Sweep as Sweep
    from amenable.sweep import sweep as sweep
    from amenable.training import SGD as SGD
    from amenable.training import Adam as Adam
    from amenable.training import AdamW as AdamW
    from amenable.training import Constant as Constant
    from amenable.training import Cosine as Cosine
    from amenable.training import InverseTime as InverseTime
    from amenable.training import LevenbergMarquardt as LevenbergMarquardt
    from amenable.training import Momentum as Momentum
    from amenable.training import Nesterov as Nesterov
    from amenable.training import RMSprop as RMSprop
    from amenable.training import Rprop as Rprop
    from amenable.training import StepDecay as StepDecay
    from amenable.training import Training as Training
    from amenable.training import grid as grid

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
    "Ensemble",
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

# Where each name is from. All are imported when they are asked for: the command has to be there
# before a second has passed, to end without a traceback when it is interrupted.
_PLACES = {
    "amenable.datasets": "Dataset RepeatedSplits catalogue load",
    "amenable.errors": "AmenableError ClusterError DataError "
    "DescriptionError FileError MissingExtra",
    "amenable.model": "Model",
    "amenable.network": "AvgPool2d Conv2d Dense Layer LocallyConnected2d "
    "MaxPool2d Network lenet1 lenet5 lenet1989 mlp",
    "amenable.population": "Ensemble Fraction Population TrainedNetwork train",
    "amenable.space.entries": "when",
    "amenable.space.ranges": "integer_range linear_range log_range",
    "amenable.space.space": "Space",
    "amenable.study.policies": "FixedSeeds SuccessiveHalving UntilDecided",
    "amenable.study.study": "Study",
    "amenable.sweep": "Sweep sweep",
    "amenable.training": "SGD Adam AdamW Constant Cosine InverseTime LevenbergMarquardt "
    "Momentum Nesterov RMSprop Rprop StepDecay Training grid",
}
_PACKAGES = ("answers", "construct", "datasets", "figures", "statistics", "surfaces")
_HOMES = {name: place for place, names in _PLACES.items() for name in names.split()}


class _Amenable(_ModuleType):
    """The package, whose `sweep` is the function also after its package of that name is there."""

    @property
    def sweep(self) -> _Any:
        return _import_module("amenable.sweep").sweep

    @sweep.setter
    def sweep(self, package: _ModuleType) -> None:
        """What Python does when the package of that name is imported; nothing here."""


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        from amenable.version import package_version

        return package_version()
    if name in _PACKAGES:
        return _import_module(f"amenable.{name}")
    if name in _HOMES:
        found = getattr(_import_module(_HOMES[name]), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'amenable' has no attribute {name!r}")


_sys.modules[__name__].__class__ = _Amenable
