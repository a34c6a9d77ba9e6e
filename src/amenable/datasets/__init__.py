"""Data to learn: toy problems, scikit-learn's bundled sets, digits to fetch, and files.

`load` gives a `Dataset` by name or path, `catalogue` lists the names, and `Dataset.from_arrays`
takes arrays as they are. A `Preparation` says what was done to the columns of a table.
"""

from amenable.datasets.catalogue import Entry, catalogue, load
from amenable.datasets.dataset import Dataset
from amenable.datasets.preparation import Preparation
from amenable.datasets.repeated import RepeatedSplits

__all__ = ["Dataset", "Entry", "Preparation", "RepeatedSplits", "catalogue", "load"]


def __dir__() -> list[str]:
    return __all__
