"""Study files: a study written down in TOML. What is wrong is named with its line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from amenable.datasets import catalogue
from amenable.description import did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.settings import NAMES
from amenable.space import Space
from amenable.space.ranges import KINDS
from amenable.study.files.placing import is_of_setting, placed_setting
from amenable.study.files.positions import Place, line_of, positions
from amenable.study.files.study_file import StudyFile
from amenable.study.policies import FixedSeeds, Policy, SuccessiveHalving, UntilDecided

SUFFIX = ".toml"
STUDY_SUFFIX = ".study"  # of the store, beside the study file and by its name
POLICIES: Mapping[str, type[Policy]] = {
    "seeds": FixedSeeds,
    "until_decided": UntilDecided,
    "successive_halving": SuccessiveHalving,
}
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "data": ("name", "file", "target", "task", "validation", "test", "seed", "parameters"),
    "draw": ("method", "n", "seed"),
    "seeds": ("n", "numbers"),
    "until_decided": ("width", "least", "most", "level", "worse"),
    "successive_halving": ("rungs", "reduction", "seeds", "at_once"),
    "study": ("file", "keep", "on", "curves", "threads"),
}
"""What each section takes; [space] takes settings."""
ELSEWHERE = {
    "halving": "successive_halving",
    "policy": "until_decided",
    "sample": "draw",
    "dataset": "data",
    "settings": "space",
    "split": "validation",
    "path": "file",
    "executor": "on",
}
HINTS = {
    "Invalid value": '; texts stand in quotes: activation = ["tanh", "relu"]',
    "Cannot overwrite": "; a name stands twice, or has a value and names within it: then write "
    '"schedule.steps" = 100, in quotes',
    "Cannot declare": "; a section stands twice: put them together",
}
AT = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)\s*$")


def read_study_file(path: str | os.PathLike[str]) -> StudyFile:
    """Read a study file.

    Parameters
    ----------
    path : str or path
        TOML with the sections [data], [space] and, where wanted, [draw], [study], and one of
        [seeds], [until_decided] and [successive_halving]. Paths in it are relative to it.

    Raises
    ------
    DescriptionError
        In one line, with the line of the file: what is wrong and what to do.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "study.toml")
    ...     _ = path.write_text('[data]\\nname = "xor"\\n[space]\\nhidden = [2, [4, 4]]\\n')
    ...     file = read_study_file(path)
    >>> file.data, file.space.varying, file.policy.describe(), file.study.name
    ('xor', ('hidden',), '32 seeds each', 'study.study')
    """
    path = Path(path)
    text = _read(path)
    record = _parsed(path, text)
    return _Reader(path, record, positions(text)).study_file()


class _Reader:
    """One study file as it is being read."""

    def __init__(self, path: Path, record: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
        self._path, self._lines = path, lines
        self._record = record

    def study_file(self) -> StudyFile:
        known = (*SECTIONS, "space")
        for name, content in self._record.items():
            if name not in known:
                hint = did_you_mean(name, known, ELSEWHERE) or f"known are {', '.join(known)}"
                self._fail(f"unknown section {quote(name)}; {hint}", name)
            if not isinstance(content, Mapping):
                self._fail(f"{name}: expected a section; write [{name}] in a line of its own", name)
            if name != "space":
                self._check_keys(name, content)
        draw, study = self._section("draw"), self._section("study")
        space = self._space()
        return StudyFile(
            path=self._path,
            source=self._source(),
            space=space,
            method=self._text("draw", "method", draw.get("method", self._usual_method(draw))),
            n=self._whole("draw", "n", draw.get("n"), 1),
            draw_seed=self._whole("draw", "seed", draw.get("seed", 0), 0) or 0,
            policy=self._policy(),
            study=self._beside("study", "file", study.get("file", self._path.stem + STUDY_SUFFIX)),
            keep=self._text("study", "keep", study.get("keep", "best")),
            on=self._text("study", "on", study["on"]) if "on" in study else None,
            curves=self._flag("study", "curves", study.get("curves", False)),
            threads=self._whole("study", "threads", study.get("threads"), 1),
            _lines=self._lines,
        )

    def _usual_method(self, draw: Mapping[str, Any]) -> str:
        """A number of points can only be drawn."""
        return "sobol" if "n" in draw else "grid"

    def _section(self, name: str) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self._record.get(name, {})
        return content

    def _check_keys(self, section: str, content: Mapping[str, Any]) -> None:
        for key in content:
            if key not in SECTIONS[section]:
                known = SECTIONS[section]
                hint = did_you_mean(key, known, ELSEWHERE) or f"known are {', '.join(known)}"
                self._fail(f"{section}.{key}: unknown key; {hint}", section, key)

    def _source(self) -> Mapping[str, Any]:
        """What to load: a built-in name, or a path that is good from anywhere."""
        data = dict(self._section("data"))
        if ("name" in data) == ("file" in data):
            what = "both" if "name" in data else "neither"
            self._fail(
                f"data: expected the name of built-in data or a file, got {what}; write "
                'name = "digits", or file = "house.csv"',
                "data",
            )
        if "file" in data:
            data["name"] = str(self._beside("data", "file", data.pop("file")))
        else:
            name = self._text("data", "name", data["name"])
            names = [it.name for it in catalogue()]
            if name not in names:
                hint = did_you_mean(name, names) or 'a file is given as file = "…"'
                self._fail(
                    f"data.name: unknown built-in data {quote(name)}; {hint}", "data", "name"
                )
        for key in ("target", "task"):
            if key in data:
                self._text("data", key, data[key])
        return data

    def _space(self) -> Space:
        if not self._section("space"):
            self._fail("space: expected settings; write [space] and hidden = [4, 8] below", "space")
        for name in self._section("space"):
            home = next((it for it, keys in SECTIONS.items() if name in keys), None)
            if home and name not in NAMES:
                self._fail(
                    f"space.{name}: unknown setting; it belongs in [{home}]",
                    "space",
                    name,
                )
        try:
            return Space(**_flat(self._section("space")))
        except DescriptionError as error:
            if not is_of_setting(error):
                raise
            raise placed_setting(self._path, self._lines, error) from None

    def _policy(self) -> Policy:
        given = [name for name in POLICIES if name in self._record]
        if len(given) > 1:
            self._fail(f"{given[1]}: given beside {given[0]}; leave one out", given[1])
        if not given:
            return FixedSeeds()
        section, content = given[0], dict(self._section(given[0]))
        if section == "seeds":
            if len(content) != 1:
                self._fail("seeds: expected n = 32, or numbers = [0, 1, 2]", section)
            key, value = next(iter(content.items()))
            if (key == "n") != isinstance(value, int) or isinstance(value, bool):
                what = "a whole number" if key == "n" else "a list of them"
                self._fail(f"seeds.{key}: expected {what}, got {quote(value)}", section, key)
            content = {"seeds": value}
        elif content.get("width") == "none":
            content["width"] = None
        try:
            return POLICIES[section](**content)
        except DescriptionError as error:
            key = next(iter(self._section(section))) if section == "seeds" else error.field
            line = line_of(self._lines, section, key)
            raise error.at((section, key)).at(str(self._path), line=line) from None

    def _beside(self, section: str, key: str, value: Any) -> Path:
        """A path, relative to the study file."""
        return self._path.parent / Path(self._text(section, key, value)).expanduser()

    def _text(self, section: str, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self._fail(f"{section}.{key}: expected a text, got {quote(value)}", section, key)
        return value

    def _flag(self, section: str, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self._fail(f"{section}.{key}: expected true or false, got {quote(value)}", section, key)
        return value

    def _whole(self, section: str, key: str, value: Any, least: int) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            what = f"a whole number >= {least}"
            self._fail(f"{section}.{key}: expected {what}, got {quote(value)}", section, key)
        return value

    def _fail(self, message: str, *path: str | int) -> NoReturn:
        raise DescriptionError(f"{self._path}, line {line_of(self._lines, *path)}: {message}")


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DescriptionError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DescriptionError(f"{path}, line {line}: expected text in UTF-8; save it so") from None


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = AT.search(str(error))
        line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
        reason = AT.sub("", str(error)) or "not TOML"
        hint = next((it for start, it in HINTS.items() if reason.startswith(start)), "")
        raise DescriptionError(f"{path}, line {line}: not TOML: {reason}{hint}") from None


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """With schedule.steps = 100, which TOML takes for a table, as the name of a setting."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        is_table = isinstance(value, Mapping) and not {"values", *KINDS, "layers"} & set(value)
        if is_table and name in ("optimizer", "schedule", "training"):
            found |= {f"{name}.{key}": it for key, it in value.items()}
        else:
            found[name] = value
    return found
