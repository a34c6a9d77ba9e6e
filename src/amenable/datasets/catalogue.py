"""`load`, by built-in name or file, and `catalogue`, what is built in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from amenable.datasets.bundled import BUNDLED, load_bundled
from amenable.datasets.dataset import Dataset
from amenable.datasets.files import EXTENSIONS, load_file
from amenable.datasets.source import did_you_mean, listed
from amenable.datasets.toys import TOYS, make_toy
from amenable.errors import DataError


@dataclass(frozen=True, slots=True)
class Entry:
    """A built-in data set, as `catalogue` lists it.

    Parameters
    ----------
    name : str
        What `load` calls it.
    description : str
        One line.
    task : str
        ``"classification"`` or ``"regression"``.
    n_samples, n_inputs, n_classes : int
        Sizes with default parameters; no classes for regression.
    parameters : mapping of str to number
        What `load` takes for it, with the defaults.
    """

    name: str
    description: str
    task: str
    n_samples: int
    n_inputs: int
    n_classes: int
    parameters: Mapping[str, int | float]


def load(
    name: str | os.PathLike[str],
    *,
    target: str | None = None,
    task: str | None = None,
    validation: float = 0.2,
    test: float = 0.0,
    seed: int = 0,
    **parameters: float,
) -> Dataset:
    """Load built-in data by name, or a file.

    Files are CSV, TSV and Parquet tables, NPZ archives with ``x`` and ``y`` or with ``x_train``,
    ``y_train``, ``x_test`` and ``y_test``, and IDX images with their labels beside them. The
    columns of a table become inputs as follows, by what its training split says: numbers
    standardized, text one-hot encoded, missing values filled in; constant columns and
    identifiers are left out.
    A real-valued target is standardized too. Images keep one scale for all pixels. The dataset's
    `notes` say what was done.

    Parameters
    ----------
    name : str or path
        A name that `catalogue` lists, or a file.
    target : str, optional
        The table's column to learn; the last by default.
    task : str, optional
        ``"classification"`` or ``"regression"``; inferred from the target by default.
    validation, test : float
        Fractions to hold out, stratified by class. Truth tables (xor, parity, encoder) hold out
        nothing. A file with its own test split keeps it, and `validation` is of the rest.
    seed : int
        Decides which rows are held out, and where a toy problem's points lie.
    **parameters
        Of a toy problem, as `catalogue` lists them.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        In one line, with the file, column and row.

    Examples
    --------
    >>> load("spirals", noise=0.1, n=300)
    Dataset('spirals': 300 samples, 2 inputs, 2 classes; training 240, validation 60, test 0)
    >>> load("xor").notes[-1]
    'all 4 rows are for training: a truth table has none to hold out'
    """
    known = _builtin_name(name)
    options = {"validation": validation, "test": test}
    if known is not None and target is not None:
        raise DataError(f"{known} has one target of its own, got target={target!r}; leave it out")
    if known is not None and known in TOYS:
        return make_toy(known, task=task, **options, seed=seed, **parameters)
    if parameters:
        what = known or Path(name).name
        raise DataError(f"{what} takes no parameters, got {listed(list(parameters))}")
    if known is not None:
        return load_bundled(known, task=task, **options, seed=seed)
    return load_file(Path(name), target=target, task=task, **options, seed=seed)


def catalogue() -> tuple[Entry, ...]:
    """What `load` knows by name: toy problems, then the data that comes with scikit-learn.

    Returns
    -------
    tuple of Entry

    Examples
    --------
    >>> [entry.name for entry in catalogue()][:3]
    ['xor', 'parity', 'encoder']
    """
    entries = []
    for name, toy in TOYS.items():
        made = make_toy(name)
        defaults = {title: parameter.default for title, parameter in toy.parameters.items()}
        sizes = (made.n_samples, made.n_inputs, made.n_classes)
        entries.append(Entry(name, toy.description, toy.task, *sizes, defaults))
    for name, row in BUNDLED.items():
        task = "classification" if row.n_classes else "regression"
        sizes = (row.n_samples, row.n_inputs, row.n_classes)
        entries.append(Entry(name, row.description, task, *sizes, {}))
    return tuple(entries)


def _builtin_name(name: str | os.PathLike[str]) -> str | None:
    """The built-in name meant, or None for a file; a word that is neither is an error."""
    if not isinstance(name, str):
        if not isinstance(name, os.PathLike):
            raise DataError(f"load: expected a name or a path, got {type(name).__name__}")
        return None
    known = [*TOYS, *BUNDLED]
    plain = name.strip().lower().replace("_", "-")
    if plain in known:
        return plain
    is_path = Path(name).suffix or os.sep in name or "idx" in name or os.path.exists(name)
    if is_path and name.strip():
        return None
    hint = did_you_mean(plain, known) or f"; expected one of {listed(known, 20)}"
    raise DataError(
        f"no data named {name!r}{hint}; or give a file ending in one of {listed(EXTENSIONS)}"
    )
