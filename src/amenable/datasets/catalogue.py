"""`load` reads data by name or from a file; `catalogue` lists the names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from amenable.datasets.bundled import BUNDLED, load_bundled
from amenable.datasets.dataset import Dataset
from amenable.datasets.fetched import FETCHED, load_fetched
from amenable.datasets.files import EXTENSIONS, load_file
from amenable.datasets.images import Image
from amenable.datasets.repeated import RepeatedSplits
from amenable.datasets.source import did_you_mean, listed
from amenable.datasets.splits import VALIDATION, check_own_test, check_shares
from amenable.datasets.toys import TOYS, unsplit_toy
from amenable.datasets.unsplit import Unsplit
from amenable.errors import DataError


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set that `load` knows by name.

    Parameters
    ----------
    name : str
        The name to pass to `load`.
    description : str
        One line.
    task : str
        ``"classification"`` or ``"regression"``.
    n_samples, n_inputs, n_classes : int
        Sizes with default parameters, without a toy problem's test points; 0 classes for
        regression.
    parameters : mapping of str to number
        Its own parameters for `load`, with their defaults.
    is_fetched : bool
        Whether `load` fetches it from the internet the first time; the others are on this machine.
    """

    name: str
    description: str
    task: str
    n_samples: int
    n_inputs: int
    n_classes: int
    parameters: Mapping[str, int | float]
    is_fetched: bool = False


def load(
    name: str | os.PathLike[str],
    *,
    target: str | None = None,
    task: str | None = None,
    validation: float = VALIDATION,
    test: float | None = None,
    seed: int = 0,
    image: Image | str | None = None,
    **parameters: float,
) -> Dataset:
    """Load a built-in data set by name, or a file.

    Files may be Parquet tables, tables of text (.csv, .tsv, .txt, .data, .dat, .tab) with commas,
    semicolons, tabs or bars between the columns, or arrays:

    - NPZ with ``x`` and ``y``, or with ``x_train``, ``y_train``, ``x_test`` and ``y_test``;
    - HDF5 (needs h5py, the extra ``hdf5``) with the same, with ``data`` and ``target``, or with
      these in groups ``train`` and ``test``;
    - IDX images, MNIST's own format, with their labels in a file beside them;
    - LIBSVM lines (``.libsvm``, ``.svm``, ``.t``, also compressed as ``.bz2``), with ``NAME.t``
      beside ``NAME`` as the test split; labels are class names, such as 1 to 10.

    The columns of a table become inputs: numbers are standardized, text is one-hot encoded, missing
    values are filled in, and constant columns and identifiers are left out. All of this is fitted
    on the training split. Arrays of flat rows are treated as columns of numbers. A real-valued
    target is standardized too. Arrays (N, height, width) and (N, channels, height,
    width) are images, and keep one scale for all pixels; channels that come last are moved to the
    front. The dataset's `notes` record what was done.

    ``usps`` and ``mnist`` are fetched from openml.org the first time, by scikit-learn, and kept in
    its data folder: ``~/scikit_learn_data``, or the environment variable ``SCIKIT_LEARN_DATA``.
    They keep the split used in publications: 7,291 and 2,007 digits, 60,000 and 10,000.

    Parameters
    ----------
    name : str or path
        A name that `catalogue` lists, or a file.
    target : str, optional
        The column of a table to learn; by default the last.
    task : str, optional
        ``"classification"`` or ``"regression"``; by default inferred from the target.
    validation, test : float
        What to hold out, stratified by class: a fraction of the samples, or how many as a whole
        number. By default a fifth each. Data with its own test split keeps it, and `validation` is
        of the rest. Toy problems make `test` fresh points besides their own n, by default 2,000;
        truth tables (xor, parity, encoder) hold out nothing.
    seed : int
        Decides which rows are held out, and where a toy problem's points lie.
    image : (channels, height, width) or "square", optional
        Shape of the images that flat rows of an NPZ, HDF5 or LIBSVM file hold; "square" for grey
        ones as wide as high, and where images are images already.
    **parameters
        Of a toy problem, as `catalogue` lists them.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        Names the file, column and row in one line; also if data cannot be fetched.
    MissingExtra
        If the file is HDF5 and h5py is not installed.

    Examples
    --------
    >>> load("spirals", noise=0.1, n=300)
    Dataset('spirals': 2300 samples, 2 inputs, 2 classes; training 240, validation 60, test 2000)
    >>> load("xor").notes[-1]
    'all 4 rows are for training: a truth table has no rows to hold out'
    """
    unsplit = read(
        name,
        validation=validation,
        test=test,
        seed=seed,
        target=target,
        task=task,
        image=image,
        **parameters,
    )
    return unsplit.dataset(validation=validation, test=test, seed=seed)


def load_for_sweep(
    name: str | os.PathLike[str],
    *,
    splits: int | None = None,
    validation: float = VALIDATION,
    test: float | None = None,
    seed: int = 0,
    **options: Any,
) -> Dataset | RepeatedSplits:
    """Load data as a sweep does: small tables are split 32 times, others once.

    A table is small if it has up to 2,000 rows and no test samples of its own; if it is wide, it is
    split 8 times.

    Parameters
    ----------
    splits : int, optional
        The number of splits; 1 for a single one.
    name, validation, test, seed, **options
        As for `load`.

    Returns
    -------
    Dataset or RepeatedSplits

    Examples
    --------
    >>> load_for_sweep("iris")  # doctest: +ELLIPSIS
    RepeatedSplits('iris': 150 samples, ...; 32 splits: training 90, validation 30, test 30)
    >>> load_for_sweep("moons")
    Dataset('moons': 2200 samples, 2 inputs, 2 classes; training 160, validation 40, test 2000)
    """
    unsplit = read(name, validation=validation, test=test, seed=seed, **options)
    is_once = splits == 1 or (splits is None and not unsplit.is_small(validation, test))
    if is_once:
        return unsplit.dataset(validation=validation, test=test, seed=seed)
    return unsplit.repeated(splits, validation=validation, test=test, seed=seed)


def read(
    name: str | os.PathLike[str],
    *,
    validation: float,
    test: float | None,
    seed: int,
    target: str | None = None,
    task: str | None = None,
    image: Image | str | None = None,
    **parameters: float,
) -> Unsplit:
    """Read the samples, to be split later; the arguments are those of `load`."""
    known = builtin_name(name)
    check_shares(validation, test)
    if known is not None and target is not None:
        raise DataError(
            f"{known} has a fixed target, got {target!r}",
            where="target",
            hint="leave it out",
        )
    if known is not None and image is not None:
        raise DataError(f"{known} has a fixed shape, got image={image!r}; use Dataset.fitted_to")
    if known is not None and known in TOYS:
        return unsplit_toy(known, task=task, test=test, seed=seed, **parameters)
    if parameters:
        what = known or Path(name).name
        raise DataError(f"{what} takes no parameters, got {listed(list(parameters))}")
    if known is None:
        return load_file(Path(name), target=target, task=task, image=image)
    if known in FETCHED:
        check_own_test(known, test)  # before it is fetched
        return load_fetched(known, task=task)
    return load_bundled(known, task=task)


def catalogue() -> tuple[Entry, ...]:
    """The data sets that `load` knows by name: toy problems, scikit-learn's, and fetched ones.

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
        made = unsplit_toy(name, test=0).dataset(validation=0, test=0, seed=0)
        defaults = {title: parameter.default for title, parameter in toy.parameters.items()}
        sizes = (made.n_samples, made.n_inputs, made.n_classes)
        entries.append(Entry(name, toy.description, toy.task, *sizes, defaults))
    for name, row in BUNDLED.items():
        task = "classification" if row.n_classes else "regression"
        sizes = (row.n_samples, row.n_inputs, row.n_classes)
        entries.append(Entry(name, row.description, task, *sizes, {}))
    for name, it in FETCHED.items():
        sizes = (it.n_samples, prod(it.image), len(it.training))
        entries.append(Entry(name, it.description, "classification", *sizes, {}, is_fetched=True))
    return tuple(entries)


def builtin_name(name: str | os.PathLike[str]) -> str | None:
    """The built-in name, or None for a file; any other word is an error."""
    if not isinstance(name, str):
        if not isinstance(name, os.PathLike):
            raise DataError(f"load: expected a name or a path, got {type(name).__name__}")
        return None
    known = [*TOYS, *BUNDLED, *FETCHED]
    plain = name.strip().lower().replace("_", "-")
    if plain in known:
        return plain
    is_path = Path(name).suffix or os.sep in name or "idx" in name or os.path.exists(name)
    if is_path and name.strip():
        return None
    hint = did_you_mean(plain, known) or f"; expected one of {listed(known, len(known))}"
    raise DataError(
        f"no data set named {name!r}{hint}; or a file ending in {listed(EXTENSIONS, 3)}"
    )
