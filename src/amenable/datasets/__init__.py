"""Data to learn: toy problems, scikit-learn's bundled sets, digits to fetch, and files.

`load` gives a `Dataset` by name or path, `catalogue` lists the names, and `Dataset.from_arrays`
takes arrays as they are.
"""

from amenable.datasets.catalogue import Entry, catalogue, load
from amenable.datasets.dataset import Dataset
from amenable.datasets.repeated import RepeatedSplits

__all__ = ["Dataset", "Entry", "RepeatedSplits", "catalogue", "load"]


def __dir__() -> list[str]:
    return __all__
