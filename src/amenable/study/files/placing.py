"""Errors about a study file, with the line that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from amenable.errors import AmenableError, DataError, DescriptionError
from amenable.space.entries import SettingError
from amenable.space.settings import check_name
from amenable.study.files.positions import Place, line_of


class PlacedError(DescriptionError):
    """Names its line already."""


def refuse_setting(path: Path, lines: Mapping[Place, int], error: SettingError) -> NoReturn:
    """The error about a setting, with the line of the key or of the value in a list."""
    written = next((it for it in lines if _is_setting(it, error.name)), ("space", error.name))
    ways: list[Place] = [written]
    if error.item is not None:
        ways = [(*written, error.item), (*written, "values", error.item)]
    elif error.reason.startswith("when: "):
        other = error.reason.removeprefix("when: ").partition(" ")[0].strip("':")
        ways = [(*written, "when", other), (*written, "when")]
    line = next((lines[it] for it in ways if it in lines), line_of(lines, *written))
    raise DescriptionError(f"{path}, line {line}: {error.placed('space')}") from None


def _is_setting(place: Place, name: str) -> bool:
    """Whether a path of the file is that of a setting, by whichever of its names."""
    if place[:1] != ("space",) or len(place) not in (2, 3) or not isinstance(place[-1], str):
        return False
    written = ".".join(map(str, place[1:]))
    try:
        return name in (written, check_name(written))
    except DescriptionError:
        return False


def at(path: Path, line: int, error: AmenableError) -> AmenableError:
    """The error with the place; of its class."""
    kind = DataError if isinstance(error, DataError) else PlacedError
    return kind(f"{path}, line {line}: {error}")
