"""`Preparation`: what was done to the columns of a table, so that it can be done to new rows.

It is fitted by scikit-learn's transformers on the training rows only, so that held-out rows do not
leak, and equals them. `steps.py` has the arithmetic; no file is read here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from amenable.datasets.columns import Column, Table
from amenable.datasets.numerals import DECIMALS
from amenable.datasets.source import listed
from amenable.datasets.steps import (
    PARTS,
    STEPS,
    Category,
    Date,
    Number,
    Presence,
    Step,
    part_name,
    step_record,
)
from amenable.datasets.target import Target
from amenable.description import Record, check_keys, choice, fail, items, settle, untag
from amenable.errors import DataError

MOST_CATEGORIES = 30
"""The most inputs for a column of categories; the rarest share the last. Keeps networks small."""

LEAST_TOLD = 5
"""Whether a cell is missing becomes an input where so many training rows lack it, and so many have
it: of fewer nothing can be learned."""

BLOCK = 1 << 20
"""Numbers that are prepared at a time: 8 MiB, so that beside the result hardly any memory is used.
"""

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
Key = tuple[str, str]  # column, and the part of a date


@dataclass(frozen=True, slots=True)
class PreparedTarget:
    """What a network's outputs mean.

    Parameters
    ----------
    names : tuple of str
        The columns; empty where the target came as an array.
    classes : tuple of str
        Names of the classes in the order of their numbers; empty for a regression.
    centre, size : tuple of float
        Of each output of a regression: a target is an output times `size` plus `centre`.
    """

    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    centre: tuple[float, ...] = ()
    size: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for field in ("names", "classes", "centre", "size"):
            value = items(f"PreparedTarget.{field}", getattr(self, field), "a list")
            settle(self, **{field: value})
        texts = (*self.names, *self.classes)
        if not all(isinstance(it, str) for it in texts):
            fail("PreparedTarget", "texts for names and classes", texts)
        numbers = (*self.centre, *self.size)
        is_number = all(isinstance(it, int | float) and np.isfinite(it) for it in numbers)
        if not is_number or len(self.centre) != len(self.size) or 0 in self.size:
            fail("PreparedTarget", "a centre and a size other than 0 for each output", numbers)

    def in_units(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Outputs (N, O) of a regression in the units of the target."""
        return np.asarray(outputs * np.array(self.size) + np.array(self.centre))


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was done to each column of a table, and to its target.

    Made when a table is read; carried by `Dataset.preparation` and by everything that is saved.

    Parameters
    ----------
    columns : tuple of Number, Category, Date, Presence
        What is done to each column that networks learn from, in the order of the table; none where
        samples are images, whose pixels are no columns.
    target : PreparedTarget
        What outputs mean.
    inputs : tuple of str
        Names of the network's inputs, in their order. Those that no column makes are 0: of
        repeated splits, some lack a category that others have.
    left_out : tuple of str
        Columns that were there and are not learned from: constant ones, row numbers and others.
    decimal : str
        The decimal mark of the table, for new rows whose numbers may be read either way.

    Examples
    --------
    >>> import amenable as am
    >>> preparation = am.load("iris").preparation
    >>> preparation.columns[0].name, round(preparation.columns[0].mean, 2)
    ('sepal length (cm)', 5.85)
    >>> preparation.target.classes
    ('setosa', 'versicolor', 'virginica')
    >>> Preparation.from_dict(preparation.to_dict()) == preparation
    True
    """

    columns: tuple[Step, ...]
    target: PreparedTarget
    inputs: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    decimal: str = "."

    def __post_init__(self) -> None:
        for field in ("inputs", "left_out"):
            names = items(f"Preparation.{field}", getattr(self, field), "names")
            if not all(isinstance(it, str) for it in names):
                fail(f"Preparation.{field}", "names", names)
            settle(self, **{field: names})
        choice("Preparation.decimal", self.decimal, DECIMALS)
        made = self.made
        _check_unique(self.columns)
        settle(self, inputs=self.inputs or made)
        lacking = sorted(set(made) - set(self.inputs))
        if lacking or len(set(self.inputs)) < len(self.inputs):
            fail("Preparation.inputs", "every input that the columns make, once", self.inputs)

    @classmethod
    def fit(cls, table: Table, target: Target, training: Rows) -> Self:
        """What suits the training rows of a table.

        Parameters
        ----------
        table : Table
            Its columns become inputs.
        target : Target
            Classes or numbers, unscaled.
        training : array of int64
            The rows to look at.

        Raises
        ------
        DataError
            If no column varies in these rows.
        """
        looked_at = [(it, *_variation(it, training)) for it in table.columns]
        varying = [it for it, varies, _ in looked_at if varies]
        fitted = _fit_numbers(_numbers(varying, training))
        chosen: dict[str, Step] = {}
        for it, varies, says_missing in looked_at:
            if not varies and says_missing:
                chosen[it.name] = Presence(it.name)
            elif it.kind == "category" and varies:
                chosen[it.name] = _fit_category(it, training, says_missing)
            elif it.kind == "date" and varies:
                chosen[it.name] = _fit_date(it, training, fitted, says_missing)
            elif varies:
                number = fitted[it.name, ""]
                chosen[it.name] = replace(number, says_missing=True) if says_missing else number
        same = [it.name for it in table.columns if it.name not in chosen]
        if not chosen:
            raise DataError(
                f"{table.name}: no feature varies in the training split ({listed(same)} constant); "
                "expected at least one column that varies"
            )
        columns = tuple(chosen[it.name] for it in table.columns if it.name in chosen)
        prepared = _fit_target(target, training)
        return cls(columns, prepared, left_out=tuple(same), decimal=table.decimal)

    @classmethod
    def unscaled(cls, features: Sequence[str], x: NDArray[np.float64], target: Target) -> Self:
        """Nothing is done to the columns (N, I) and the target; it serves to find them by name."""
        each = zip(features, x.min(axis=0).tolist(), x.max(axis=0).tolist(), strict=True)
        columns = tuple(Number(name, None, 0.0, 1.0, least, most) for name, least, most in each)
        n_targets = 0 if target.classes else target.values.shape[1]
        scale = PreparedTarget(target.names, target.classes, (0.0,) * n_targets, (1.0,) * n_targets)
        return cls(columns, scale)

    @property
    def made(self) -> tuple[str, ...]:
        """Names of the inputs that the columns make, in the order of the columns."""
        return tuple(name for it in self.columns for name in it.inputs)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that new rows must have."""
        return tuple(it.name for it in self.columns)

    def apply(self, table: Table) -> NDArray[np.float64]:
        """Samples (N, I) as networks take them; equal rows give equal bits, whatever is beside.

        Parameters
        ----------
        table : Table
            With all of `features`, each of the kind that was fitted, in any order.
        """
        columns = {it.name: it.values for it in table.columns}
        order = {name: place for place, name in enumerate(self.inputs)}
        places = [_place([order[name] for name in it.inputs]) for it in self.columns]
        x = np.zeros((len(table.rows), len(self.inputs)))
        for rows in _blocks(*x.shape):
            for step, place in zip(self.columns, places, strict=True):
                out = x[rows, place]
                step.encode(columns[step.name][rows], out)
                x[rows, place] = out  # itself, where the inputs lie side by side
        x.setflags(write=False)  # so that a Dataset need not copy it
        return x

    def remarks(self, table: Table) -> list[str]:
        """What to say of rows besides: unseen categories, values far outside, filled gaps."""
        columns = {it.name: it for it in table.columns}
        said = [it for step in self.columns for it in step.remarks(columns[step.name].values)]
        return [*said, *filled_notes(self, table)]

    def with_inputs(self, inputs: Sequence[str]) -> Self:
        """The same with more inputs, which are 0."""
        return replace(self, inputs=tuple(inputs))

    def scaled(self, target: Target) -> Target:
        """The target in the units that networks learn: classes as they are, numbers scaled."""
        if target.classes:
            return target
        values = (target.values - np.array(self.target.centre)) / np.array(self.target.size)
        return replace(target, values=values)

    def to_dict(self) -> Record:
        """Everything, as JSON knows it; numbers survive to the bit."""
        target = {key: list(it) for key, it in _fields(self.target).items()}
        return {
            "columns": [step_record(it) for it in self.columns],
            "target": target,
            "inputs": list(self.inputs),
            "left_out": list(self.left_out),
            "decimal": self.decimal,
        }

    @classmethod
    def from_dict(cls, record: object) -> Self:
        """What `to_dict` recorded.

        Raises
        ------
        DescriptionError
            Names the field at fault.
        """
        entries = check_keys(cls, record)
        steps = items("Preparation.columns", entries["columns"], "a list of columns")
        entries["columns"] = tuple(
            untag(f"Preparation.columns[{i}]", it, STEPS) for i, it in enumerate(steps)
        )
        target = check_keys(PreparedTarget, entries["target"], "Preparation.target")
        return cls(**{**entries, "target": PreparedTarget(**target)})


def filled_notes(preparation: Preparation, table: Table) -> list[str]:
    """Say which gaps are filled with what; columns of which the same is to be said together."""
    columns = {it.name: it for it in table.columns}
    found: dict[tuple[int, str], list[str]] = {}
    for step in preparation.columns:
        count = int(np.count_nonzero(columns[step.name].missing))
        if count and not isinstance(step, Presence):
            value = "the most common value" if isinstance(step, Category) else "the median"
            found.setdefault((count, value), []).append(step.name)
    notes = []
    for (count, value), names in sorted(found.items(), key=lambda it: -it[0][0] * len(it[1])):
        each = "" if len(names) == 1 else " each"
        notes.append(
            f"{_columns(names)}: {count:,} missing{each}, replaced with {value} of the training "
            "split"
        )
    return notes


def fitted_notes(preparation: Preparation, table: Table) -> list[str]:
    """Say what was done to the columns, the most consequential first."""
    steps = preparation.columns
    numbers = [it for it in steps if isinstance(it, Number)]
    categories = [it for it in steps if isinstance(it, Category)]
    presence = [it.name for it in steps if isinstance(it, Presence)]
    told = [it.name for it in steps if not isinstance(it, Presence) and it.says_missing]
    columns = {it.name: it.values for it in table.columns}
    said: list[str] = []
    if preparation.left_out:
        said.append(f"{_columns(preparation.left_out)} left out: constant in the training split")
    said += filled_notes(preparation, table)
    if told:
        said.append(f"an input says whether a cell is missing: {listed(told)}")
    if presence:
        said.append(f"only whether a cell is filled is an input: {listed(presence)}")
    if numbers:
        said.append("numbers standardized: mean 0, standard deviation 1 in the training split")
    for it in categories:
        said += it.remarks(columns[it.name])
        if it.has_other:
            count = len({value for value in columns[it.name] if value is not None})
            said.append(f"column {it.name!r} has {count} categories: the rarest share one input")
    if categories:
        said.append(f"text one-hot encoded: {listed([it.name for it in categories])}")
    said += [
        f"date {it.name!r} as numbers: {listed(it.inputs)}" for it in steps if type(it) is Date
    ]
    return said + target_notes(preparation.target)


def target_notes(target: PreparedTarget) -> list[str]:
    """Say how a real-valued target was scaled."""
    if target.classes:
        return []
    centre, size = (
        ", ".join(f"{value:.6g}" for value in it) for it in (target.centre, target.size)
    )
    return [
        f"target standardized: minus {centre}, divided by {size} (training split); errors are in "
        "these units"
    ]


def prepared_target(target: Target, training: Rows, said: list[str]) -> tuple[Target, Preparation]:
    """The target in the units that networks learn, where samples are images."""
    preparation = Preparation((), _fit_target(target, training))
    said += target_notes(preparation.target)
    return preparation.scaled(target), preparation


def _columns(names: Sequence[str]) -> str:
    return f"column{'s' * (len(names) > 1)} {listed(names)}"


def _fields(target: PreparedTarget) -> dict[str, tuple[Any, ...]]:
    return {name: getattr(target, name) for name in ("names", "classes", "centre", "size")}


def _check_unique(columns: Sequence[Step]) -> None:
    """Refuse columns that would make inputs of one name, as 'a=b' and the category 'b' of 'a'."""
    makers: dict[str, str] = {}
    for step in columns:
        for name in step.inputs:
            if name in makers:
                raise DataError(
                    f"columns {makers[name]!r} and {step.name!r} would both make an input "
                    f"{name!r}; rename one of them"
                )
            makers[name] = step.name


def _place(inputs: list[int]) -> slice | list[int]:
    """Inputs that lie side by side as a slice, so that they are written where they are."""
    first, end = inputs[0], inputs[0] + len(inputs)
    return slice(first, end) if inputs == list(range(first, end)) else inputs


def _blocks(n_rows: int, width: int) -> Iterator[slice]:
    """Rows that are prepared at a time."""
    size = max(1, BLOCK // max(width, 1))
    return (slice(start, start + size) for start in range(0, n_rows, size))


def _variation(column: Column, training: Rows) -> tuple[bool, bool]:
    """Whether a column has two values in these rows, and whether it tells that some are missing."""
    seen = Column(column.name, column.kind, column.values[training])
    missing = seen.missing
    present = seen.values[~missing]
    count = int(np.count_nonzero(missing))
    varies = bool(len(present) and np.any(present != present[0]))
    return varies, min(count, len(present)) >= LEAST_TOLD


def _numbers(columns: Iterable[Column], training: Rows) -> Iterator[tuple[Key, Floats]]:
    """What is to be scaled (T,), by column and part: numbers, and the parts of dates that vary."""
    for it in columns:
        values = it.values[training]
        if it.kind == "number":
            yield (it.name, ""), values
        elif it.kind == "date":
            first = np.fmin.reduce(values)
            for part in _parts(values):
                yield (it.name, part), PARTS[part](values, first)


def _parts(dates: NDArray[Any]) -> list[str]:
    """The parts of dates that tell something: of one year only, its days say all of the year."""
    present = dates[~np.isnat(dates)]
    found = ["days"]
    if len(np.unique(present.astype("datetime64[Y]"))) > 1:
        found.append("day of the year")
    for part in ("day of the week", "hour of the day"):
        numbers = PARTS[part](present, present[0])
        if np.any(numbers != numbers[0]):
            found.append(part)
    return found


def _fit_numbers(columns: Iterable[tuple[Key, Floats]]) -> dict[Key, Number]:
    """Medians, means and deviations, of as many columns at a time as make a block."""
    found: dict[Key, Number] = {}
    waiting: list[tuple[Key, Floats]] = []
    for key, values in columns:
        waiting.append((key, values))
        if len(waiting) * max(len(values), 1) >= BLOCK:
            found |= _fit_block(waiting)
            waiting = []
    return found | (_fit_block(waiting) if waiting else {})


def _fit_block(columns: Sequence[tuple[Key, Floats]]) -> dict[Key, Number]:
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import StandardScaler

    imputer, scaler = SimpleImputer(strategy="median"), StandardScaler()
    filled = imputer.fit_transform(np.stack([values for _, values in columns], axis=1))
    scaler.fit(filled)
    numbers = (imputer.statistics_, scaler.mean_, scaler.scale_, filled.min(0), filled.max(0))
    each = zip(*(it.tolist() for it in numbers), strict=True)
    return {
        (name, part): Number(part_name(name, part or "days"), *fitted)
        for ((name, part), _), fitted in zip(columns, each, strict=True)
    }


def _fit_category(column: Column, training: Rows, says_missing: bool) -> Category:
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    cells = column.values[training][:, None]
    imputer = SimpleImputer(strategy="most_frequent", missing_values=None)
    filled = imputer.fit_transform(cells)
    counts = Counter(filled[:, 0].tolist())
    is_long = len(counts) > MOST_CATEGORIES
    encoder = OneHotEncoder(max_categories=MOST_CATEGORIES if is_long else None).fit(filled)
    rare = set(encoder.infrequent_categories_[0]) if is_long else set()
    kept = [it for it in encoder.categories_[0] if it not in rare]
    kept.sort(key=lambda it: (-counts[it], it))
    return Category(column.name, tuple(kept), is_long, says_missing)


def _fit_date(
    column: Column, training: Rows, fitted: Mapping[Key, Number], says_missing: bool
) -> Date:
    first = np.fmin.reduce(column.values[training])
    numbers = tuple(it for (name, part), it in fitted.items() if name == column.name and part)
    return Date(column.name, str(first), numbers, says_missing)


def _fit_target(target: Target, training: Rows) -> PreparedTarget:
    if target.classes:
        return PreparedTarget(target.names, target.classes)
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(target.values[training])
    centre, size = (tuple(it.tolist()) for it in (scaler.mean_, scaler.scale_))
    return PreparedTarget(target.names, (), centre, size)
