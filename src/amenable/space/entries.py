"""One setting of a space: the values it takes, and when it exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from amenable.description import Record, did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.settings import PARTS, SPACE, canonical, check_name
from amenable.space.ranges import KINDS, Range

Values: TypeAlias = tuple[Any, ...]
Conditions: TypeAlias = tuple[tuple[str, Values], ...]


@dataclass(frozen=True, slots=True)
class When:
    """Values of a setting that exists only under conditions; see `when`."""

    values: Any
    conditions: tuple[tuple[str, Any], ...]


def when(values: Any, /, **conditions: Any) -> When:
    """Values for a setting that exists only where other settings have certain values.

    Parameters
    ----------
    values : list, range or single value
        As for `Space`.
    **conditions : value or list of values
        Name of another setting of the space, to the value or values it must have; several
        conditions must all hold. A setting that does not exist itself has no value, so that
        conditions can be chained. An optimizer or a schedule is called by its name alone.

    Examples
    --------
    >>> from amenable import Space
    >>> space = Space(optimizer=["sgd", "adam"], beta1=when([0.8, 0.9], optimizer="adam"))
    >>> for settings in space.draw():
    ...     print(settings)
    {'optimizer': 'sgd'}
    {'optimizer': 'adam', 'beta1': 0.8}
    {'optimizer': 'adam', 'beta1': 0.9}
    """
    if isinstance(values, When):
        raise DescriptionError(
            where="when", expected="values", got="conditions", hint="write one when with all"
        )
    if not conditions:
        raise DescriptionError(
            "expected a condition", where="when", hint='write when([0.9], optimizer="momentum")'
        )
    return When(values, tuple(conditions.items()))


@dataclass(frozen=True, slots=True)
class SpaceEntry:
    """A setting of a space.

    Parameters
    ----------
    name : str
        One of `settings.NAMES`.
    choices : tuple of JSON values, or Range
        What it takes.
    conditions : tuple of (name, values)
        It exists only where each of these settings has one of the values.
    """

    name: str
    choices: Values | Range
    conditions: Conditions = ()

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return isinstance(self.choices, tuple) and len(self.choices) == 1

    def at(self, place: float) -> Any:
        """The value at a place from 0 to 1 (1 excluded), in which all have their share."""
        if isinstance(self.choices, tuple):
            return self.choices[int(place * len(self.choices))]
        return self._of_range(self.choices.at(place))

    def grid(self) -> Values:
        """The values of a grid.

        Raises
        ------
        DescriptionError
            If it is a range that does not say how many.
        """
        if isinstance(self.choices, tuple):
            return self.choices
        values = self.choices.grid()
        if not values:
            raise DescriptionError(
                f"a grid must know how many values of a {self.choices.kind} to take",
                where=(SPACE, self.name),
                hint="give it n, or draw at random",
            )
        return tuple(map(self._of_range, values))

    def different(self) -> Iterable[Any] | None:
        """All values that it can have; None where there is no end of them."""
        if isinstance(self.choices, tuple):
            return self.choices
        values = self.choices.different()
        return None if values is None else (self._of_range(it) for it in values)

    def matching(self, wanted: Any) -> Values:
        """Those of its values that a condition means; empty where it can never hold.

        Raises
        ------
        DescriptionError
            If no value of the setting is written so.
        """
        if self.name in PARTS and isinstance(wanted, str) and isinstance(self.choices, tuple):
            named = tuple(it for it in self.choices if it.partition("(")[0] == wanted.strip())
            if named:
                return named
        value = canonical(self.name, wanted)
        if isinstance(self.choices, tuple):
            return tuple(it for it in self.choices if it == value)
        low, high = self.choices.low, self.choices.high
        inside = self.choices.different() is not None and low <= _number(value) <= high
        return (value,) if inside else ()

    def record(self, conditions: bool = True) -> Any:
        """The entry as JSON; as a study file has it."""
        values: Any = list(self.choices) if isinstance(self.choices, tuple) else None
        if isinstance(self.choices, tuple):
            if not (self.conditions and conditions):
                return values
            record: Record = {"values": values}
        else:
            record = {self.choices.kind: [self.choices.low, self.choices.high]}
            for option in ("n", "log"):
                if getattr(self.choices, option, None):
                    record[option] = getattr(self.choices, option)
        if self.conditions and conditions:
            record["when"] = {name: list(allowed) for name, allowed in self.conditions}
        return record

    def _of_range(self, value: float) -> Any:
        return [value] if self.name == "hidden" else value


def read_entry(name: str, given: Any) -> tuple[SpaceEntry, tuple[tuple[str, Any], ...]]:
    """The entry of what was given, in Python or a file, and its conditions, not yet checked.

    Raises
    ------
    DescriptionError
        Names the setting, and which of its values is wrong.
    """
    kept = check_name(name)
    is_network = kept == "network" and isinstance(given, Mapping) and "layers" in given
    if isinstance(given, Mapping) and not is_network:
        given = _of_record(kept, given)
    conditions: tuple[tuple[str, Any], ...] = ()
    if isinstance(given, When):
        given, conditions = given.values, given.conditions
    if isinstance(given, Range):
        for end in (given.low, given.high):
            _canonical(kept, end)
        return SpaceEntry(kept, given), conditions
    return SpaceEntry(kept, _choices(kept, given)), conditions


def _of_record(name: str, record: Mapping[str, Any]) -> Any:
    """What a table of a study file means: values or a range, with conditions."""
    known = ("values", *KINDS, "n", "log", "when")
    for key in record:
        if key not in known:
            hint = did_you_mean(str(key), known) or f"known are {', '.join(known)}"
            raise _wrong(name, f"unknown key {quote(key)}", hint)
    kinds = [key for key in ("values", *KINDS) if key in record]
    if len(kinds) != 1:
        raise _wrong(name, f"expected one of {', '.join(('values', *KINDS))}")
    kind, conditions = kinds[0], record.get("when")
    values = record[kind]
    if kind != "values":
        if not isinstance(values, list | tuple) or len(values) != 2:
            raise _wrong(name, f"expected {kind} = [low, high], got {quote(values)}")
        options = {key: record[key] for key in ("n", "log") if key in record}
        try:
            values = KINDS[kind](*values, **options)
        except TypeError:
            raise _wrong(name, f"{kind} takes no log", "integer_range does") from None
        except DescriptionError as error:
            raise error.at((SPACE, name, *error.parts)) from None
    elif "n" in record or "log" in record:
        raise _wrong(name, "n and log are for ranges", "leave them out")
    if conditions is None:
        return values
    if not isinstance(conditions, Mapping) or not conditions:
        raise _wrong(name, f'expected when = {{optimizer = "sgd"}}, got {quote(conditions)}')
    return When(values, tuple(conditions.items()))


def _choices(name: str, given: Any) -> Values:
    """The values of a list, each once; one value where there is no list."""
    if isinstance(given, np.ndarray) and given.ndim == 1:
        given = given.tolist()
    if not isinstance(given, list | range):
        if isinstance(given, set | frozenset) or hasattr(given, "__next__"):
            raise _wrong(name, f"expected a list, which has an order, got {quote(given)}")
        return (_canonical(name, given),)
    if not given:
        raise _wrong(name, "expected at least one value, got an empty list")
    found: list[Any] = []
    for i, value in enumerate(given):
        one = _canonical(name, value, i)
        same = next((k for k, it in enumerate(found) if it == one), None)
        if same is not None:
            raise _wrong(name, f"the same as {name}[{same}]", "leave one out", i)
        found.append(one)
    return tuple(found)


def _canonical(name: str, value: Any, item: int | None = None) -> Any:
    try:
        return canonical(name, value)
    except DescriptionError as error:
        raise error.at((SPACE, name) if item is None else (SPACE, name, item)) from None


def _wrong(name: str, problem: str, hint: str = "", *item: int) -> DescriptionError:
    return DescriptionError(problem, where=(SPACE, name, *item), hint=hint)


def _number(value: Any) -> float:
    return float(value[0] if isinstance(value, list) else value)
