"""Settings as they are typed: "0.01", "10,10", "none", "1e-4..1"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from amenable.errors import DescriptionError
from amenable.settings import SETTINGS, Setting, canonical
from amenable.space.ranges import IntegerRange, LinearRange, LogRange, Range

BETWEEN = ".."  # of a range: 1e-4..1
LITERALS = {"none": None, "true": True, "false": False}
HINTS = {
    "hidden": "type 10, or 10,10, or none",
    "batch": "type 32, or full",
    "class_weights": "type balanced, or 0.2,0.8",
    "targets": "type -1,1",
    "clip_norm": "type 1, or none",
}
"""What to type, where the hint of an error speaks Python."""
Typed = Mapping[str, Sequence[str]]


def read_typed(typed: Typed) -> dict[str, Any]:
    """Settings as `Space` takes them: a list of values each, or a range.

    Parameters
    ----------
    typed : mapping of str to list of str
        Name of a setting, to what was typed for it; empty where nothing was.

    Raises
    ------
    DescriptionError
        Names the option, and what it takes.

    Examples
    --------
    >>> read_typed({"hidden": ["none", "10,10"], "lr": ["1e-4..1"], "batch": []})
    {'hidden': [[], [10, 10]], 'lr': LogRange(low=0.0001, high=1.0, n=None)}
    """
    return {name: _read(SETTINGS[name], texts) for name, texts in typed.items() if texts}


def write_typed(value: Any) -> str:
    """A value as it is typed.

    Examples
    --------
    >>> [write_typed(it) for it in ([10, 10], [], 1e-05, True, None, LogRange(1e-4, 1))]
    ['10,10', 'none', '1e-05', 'true', 'none', '0.0001..1']
    """
    if isinstance(value, Range):
        return f"{write_typed(value.low)}{BETWEEN}{write_typed(value.high)}"
    if isinstance(value, list | tuple):
        return ",".join(map(write_typed, value)) or "none"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)


def _read(setting: Setting, texts: Sequence[str]) -> Any:
    found: list[Any] = []
    for text in texts:
        value = _range(setting, text) if setting.is_number and BETWEEN in text else None
        if value is not None:
            if len(texts) > 1:
                raise DescriptionError(
                    "a range stands alone", where=setting.option, hint="leave the other values out"
                )
            return value
        try:
            value = canonical(setting.name, _value(setting, text))
        except DescriptionError as error:
            hint = HINTS.get(setting.name, error.hint)
            raise error.at(setting.option, hint=hint) from None
        if value not in found:
            found.append(value)
    return found


def _range(setting: Setting, text: str) -> Range:
    """The ends of a range, which are values of the setting too."""
    low, _, high = (part.strip() for part in text.partition(BETWEEN))
    hint = f"a range is typed as {'2..32' if setting.is_whole else '1e-4..1'}"
    try:
        if high.startswith("."):  # 1e-4...1 is 1e-4 to .1, or to 1?
            raise ValueError
        ends = _number(setting, low), _number(setting, high)
    except ValueError:
        raise DescriptionError(
            where=setting.option, expected="a range of numbers", got=repr(text), hint=hint
        ) from None
    try:
        if setting.is_whole:
            found: Range = IntegerRange(int(ends[0]), int(ends[1]), log=setting.is_by_ratio)
        else:
            found = (LogRange if setting.is_by_ratio else LinearRange)(*ends)
        for end in (found.low, found.high):
            canonical(setting.name, end)
    except DescriptionError as error:
        raise error.at(setting.option, hint=hint) from None
    return found


def _value(setting: Setting, text: str) -> Any:
    """What was typed as Python has it: a number, a list of them, True, None; else the text."""
    text = text.strip()
    if text.lower() in LITERALS:
        return LITERALS[text.lower()]
    try:
        if "," in text and "(" not in text:
            return tuple(_number(setting, part) for part in text.split(","))
        return _number(setting, text)
    except ValueError:
        return text


def _number(setting: Setting, text: str) -> int | float:
    """A number; whole ones of settings that count, also where they are typed as 1e5."""
    value = float(text)
    if not (setting.is_whole and value.is_integer()):
        return value
    return int(text) if text.strip().lstrip("+-").isdecimal() else int(value)
