"""`Factor`: a setting that varies over the configurations of a study, with the levels it has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.answers.trial_table import TrialTable
from amenable.description import did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.network import Dense
from amenable.population.keys import (
    ALWAYS,
    KEYS,
    OF_OPTIMIZER,
    OF_TRAINING,
    OF_TRIAL,
    value_of,
    varying_keys,
)

ABSENT = -1
"""The code of a configuration that has no such setting, as Adam has no momentum."""

MOST_BINS = 5  # that numbers are put into

MOST_LEVELS = 12
"""Numbers beyond which a setting counts as drawn from a range: pairs of them would be too many."""

STRUCTURES = ("structure", "hidden")  # settings that depth and width stand for

NOTHING = "–"  # in tables, where a configuration has no such setting


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A setting and its levels.

    Parameters
    ----------
    name : str
        Of the setting.
    values : tuple of V
        The different values: numbers, and lists of one, ascending; others in order of appearance.
    codes : array of int64 (C,)
        Which of them each configuration has; -1 for none.
    labels : tuple of V str
        The values in words.
    """

    name: str
    values: tuple[Any, ...]
    codes: NDArray[np.int64]
    labels: tuple[str, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether all values are numbers, or lists of one, as of one hidden layer."""
        return all(_as_number(value) is not None for value in self.values)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The values (V,) of a numeric setting."""
        return np.array([_as_number(value) for value in self.values], dtype=np.float64)

    @property
    def is_continuous(self) -> bool:
        """Whether there are so many values that they were drawn from a range."""
        return self.is_numeric and len(self.values) > MOST_LEVELS

    def code(self, value: object) -> int:
        """The code of a value, or the error that names those there are."""
        known = {key_of(it): code for code, it in enumerate(self.values)}
        by_label = {label: code for code, label in enumerate(self.labels)}
        found = known.get(key_of(value), by_label.get(value) if isinstance(value, str) else None)
        if found is None:
            hint = did_you_mean(value, self.labels) if isinstance(value, str) else ""
            raise DescriptionError(
                f"no configuration has {quote(value)}",
                where=self.name,
                hint=hint or f"there are {', '.join(self.labels[:MOST_LEVELS])}",
            )
        return found

    def text(self, configuration: int) -> str:
        """A configuration's value in words."""
        code = int(self.codes[configuration])
        return NOTHING if code == ABSENT else self.labels[code]

    def value(self, configuration: int) -> Any:
        """A configuration's value; None where it has none."""
        code = int(self.codes[configuration])
        return None if code == ABSENT else self.values[code]


def _with_defaults(results: TrialTable, names: Sequence[str]) -> list[Mapping[str, Any]]:
    """Settings of configurations, with their own values of those that only others were given.

    So a study that was begun with the default rate and extended by others knows of all rates.
    """
    of_training = [name for name in names if name in (*OF_TRAINING, *OF_OPTIMIZER)]
    filled: list[Mapping[str, Any]] = []
    for settings, it in zip(results.settings, results.configurations, strict=True):
        own = {
            name: value_of(it, name, results.data.task)
            for name in of_training
            if name not in settings
        }
        known = {name: _plain(value) for name, value in own.items() if value is not None}
        filled.append({**settings, **known} if known else settings)
    return filled


def factors(results: TrialTable) -> tuple[Factor, ...]:
    """The settings that vary, in the order in which they are named.

    Where configurations agree in all settings, what else they differ in is added, as the budget.
    """
    names = list(dict.fromkeys(name for it in results.settings for name in it))
    settings = _with_defaults(results, names)
    found = [_factor(name, [it.get(name, NOTHING) for it in settings],
                     [name in it for it in settings]) for name in names]  # fmt: skip
    further = () if _is_told_apart(found, len(results.ids)) else _further(results)
    for name in further:
        if name not in names and not _is_told_apart(found, len(results.ids)):
            task = results.data.task
            values = [_plain(value_of(it, name, task)) for it in results.configurations]
            found.append(_factor(name, values, [True] * len(values)))
    return tuple(it for it in found if len(np.unique(it.codes)) > 1)


def by_depth_and_width(results: TrialTable, known: Sequence[Factor]) -> tuple[Factor, ...]:
    """The settings with depth and width in place of the structure, where layers are dense.

    So that structures are compared that differ in one of the two. The width of layers that differ
    is all their widths, which goes with one depth only.
    """
    networks = [it.network for it in results.configurations]
    is_dense = all(type(layer) is Dense for it in networks for layer in it.layers)
    if not is_dense or not any(it.name in STRUCTURES for it in known):
        return tuple(known)
    widths = [it.hidden[0] if len(set(it.hidden)) == 1 else it.hidden for it in networks]
    derived = (
        _factor("depth", [len(it.hidden) for it in networks], [True] * len(networks)),
        _factor("width", widths, [width != () for width in widths]),
    )
    place = next(i for i, it in enumerate(known) if it.name in STRUCTURES)
    rest = [it for it in known if it.name not in (*STRUCTURES, "depth", "width")]
    varying = [it for it in derived if len(np.unique(it.codes)) > 1]
    return (*rest[:place], *varying, *rest[place:])


def is_drawn(results: TrialTable) -> bool:
    """Whether the configurations count as drawn from a larger space."""
    if results.is_drawn is not None:
        return results.is_drawn
    return any(it.is_continuous for it in factors(results))


def key_factor(results: TrialTable, known: Sequence[Factor], name: str) -> Factor:
    """The factor of that name among those that vary, or else of a key of configurations.

    Numbers that were drawn from a range are in bins, as hardly one occurs twice.
    """
    is_known = any(it.name == name for it in known)
    if is_known or name not in KEYS or name in OF_TRIAL:
        found = factor_named(known, name, "by")
        is_range = found.is_continuous and is_drawn(results)
        return binned(found, MOST_BINS) if is_range else found
    task = results.data.task
    values = [value_of(it, name, task) for it in results.configurations]
    return _factor(name, [_plain(it) for it in values], [it is not None for it in values])


def factor_named(known: Sequence[Factor], name: object, where: str = "setting") -> Factor:
    """The factor of that name."""
    for it in known:
        if it.name == name:
            return it
    names = [it.name for it in known]
    hint = did_you_mean(name, names) if isinstance(name, str) else ""
    listed = f"those that vary are {', '.join(names)}" if names else "none varies"
    raise DescriptionError(f"no setting {quote(name)} varies", where=where, hint=hint or listed)


def binned(factor: Factor, n: int) -> Factor:
    """The factor with up to n bins of as many configurations each, in place of its numbers."""
    has_one = factor.codes >= 0
    each = factor.numbers[factor.codes[has_one]]
    inner = np.unique(np.quantile(each, np.arange(1, n) / n, method="higher"))
    codes = np.full(len(factor.codes), ABSENT, dtype=np.int64)
    codes[has_one] = np.searchsorted(inner, each, side="right")
    present = np.unique(codes[has_one])
    codes[has_one] = np.searchsorted(present, codes[has_one])
    inside = [each[codes[has_one] == code] for code in range(len(present))]
    for digits in range(2, 17):  # as few as tell the bins apart
        labels = tuple(_span(it.min(), it.max(), digits) for it in inside)
        if len(set(labels)) == len(labels):
            break
    return replace(factor, values=labels, codes=codes, labels=labels)


def _span(low: float, high: float, digits: int) -> str:
    """ "0.001 to 0.01"; one number where both are the same."""
    ends = [
        f"{it:.{digits}g}" if it != round(it) or it >= 1e6 else f"{it:,.0f}" for it in (low, high)
    ]
    return " to ".join(dict.fromkeys(ends))


def totals(factor: Factor) -> Factor | None:
    """The factor by the sum of each list, as units of hidden layers; None where they are no lists.

    For lists that were drawn, of which none occurs again.
    """
    if not all(isinstance(it, list | tuple) and all(map(_is_number, it)) for it in factor.values):
        return None
    sums = np.array([float(sum(it)) for it in factor.values])
    different, place = np.unique(sums, return_inverse=True)
    codes = np.where(factor.codes >= 0, place[factor.codes], ABSENT)
    labels = tuple(map(number_text, different))
    return Factor(f"{factor.name} (sum)", tuple(different.tolist()), codes, labels)


def in_words(value: Any) -> str:
    """A value of a setting as tables have it: "0.01", "8-8", "step_decay (every 100)"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if _is_number(value):
        return number_text(float(value))
    if isinstance(value, list | tuple):
        return "-".join(in_words(it) for it in value) or "none"
    if isinstance(value, Mapping):
        rest = ", ".join(f"{key} {in_words(it)}" for key, it in value.items() if key != "kind")
        kind = str(value.get("kind", ""))
        return f"{kind} ({rest})" if kind and rest else kind or rest or "none"
    return str(value)


def number_text(value: float) -> str:
    """A number in four digits."""
    return f"{value:.4g}" if abs(value) < 1e4 or value != int(value) else f"{value:,.0f}"


def _factor(name: str, values: Sequence[Any], has_one: Sequence[bool]) -> Factor:
    keys = [key_of(value) if there else None for value, there in zip(values, has_one, strict=True)]
    first = {key: value for key, value in zip(reversed(keys), reversed(values), strict=True)
             if key is not None}  # fmt: skip
    order = list(dict.fromkeys(key for key in keys if key is not None))
    numbers = {key: _as_number(first[key]) for key in order}
    if None not in numbers.values():
        order.sort(key=lambda key: numbers[key] or 0.0)
    place = {key: code for code, key in enumerate(order)}
    codes = np.array([ABSENT if key is None else place[key] for key in keys], dtype=np.int64)
    found = tuple(first[key] for key in order)
    return Factor(name, found, codes, _distinct([in_words(it) for it in found], found))


def _distinct(labels: list[str], values: Sequence[Any]) -> tuple[str, ...]:
    """The labels; those that read alike in all their digits, and texts in quotes."""
    alike = {it for it, n in Counter(labels).items() if n > 1}
    return tuple(
        json.dumps(value, default=str) if label in alike else label
        for label, value in zip(labels, values, strict=True)
    )


def key_of(value: object) -> str:
    """What makes values equal: 1 and 1.0 are, "1" is another."""
    if _is_number(value):
        return repr(float(value))  # type: ignore[arg-type]  # as asked above
    if isinstance(value, list | tuple):
        return f"[{','.join(key_of(it) for it in value)}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{name!r}:{key_of(value[name])}" for name in sorted(value)) + "}"
    return json.dumps(value, default=str)


def _as_number(value: object) -> float | None:
    """The number that a value is, or that is the only one in a list."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return float(value) if _is_number(value) else None  # type: ignore[arg-type]  # as asked


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _further(results: TrialTable) -> tuple[str, ...]:
    """Keys of configurations that may differ where no setting does."""
    return ("structure", *ALWAYS[1:], *varying_keys(results.configurations, results.data.task))


def _is_told_apart(found: Sequence[Factor], n: int) -> bool:
    """Whether no two of n configurations agree in all factors."""
    if n < 2:
        return True
    if not found:
        return False
    return len(np.unique(np.stack([it.codes for it in found]), axis=1).T) == n


def _plain(value: Any) -> Any:
    """A value as settings have it: texts, numbers, lists."""
    return value if _is_number(value) or isinstance(value, str | list | tuple) else in_words(value)
