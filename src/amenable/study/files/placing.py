"""Errors about a study file, with the line that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from amenable.errors import DescriptionError
from amenable.settings import SPACE, check_name
from amenable.study.files.positions import Place, line_of

SECTION = "space"


def placed_setting(
    path: Path, lines: Mapping[Place, int], error: DescriptionError
) -> DescriptionError:
    """The error about a setting, with the line of the key or of the value in a list."""
    _, name, *inside = error.parts
    written = next((it for it in lines if _is_setting(it, name)), (SECTION, name))
    values = (*written, "values", *inside)  # of a setting with conditions
    line = lines[values] if values in lines else line_of(lines, *written, *inside)
    if error.parts[0] == SPACE:  # not one point of it, which is shown with all its settings
        error = error.at((SECTION, *error.parts[1:]))
    return error.at(str(path), line=line)


def is_of_setting(error: DescriptionError) -> bool:
    """Whether it is about a setting of a space, or of one point of it."""
    return len(error.parts) > 1 and str(error.parts[0]).partition("(")[0] == SPACE


def _is_setting(place: Place, name: object) -> bool:
    """Whether a path of the file is that of a setting, by whichever of its names."""
    if place[:1] != (SECTION,) or len(place) not in (2, 3) or not isinstance(place[-1], str):
        return False
    written = ".".join(map(str, place[1:]))
    try:
        return name in (written, check_name(written))
    except DescriptionError:
        return False
