"""The lecture uses what any other package may use: public names of the library, and no others."""

import ast
import importlib
from pathlib import Path

import pytest

import amenable as am
from amenable import lecture

FOLDER = Path(lecture.__file__).parent
PACKAGES = ("answers", "construct", "datasets", "figures", "statistics", "surfaces")
# Public beside what dir(amenable) lists: for those who bring commands and pages of their own.
BESIDE = ("cli.screen", "engine", "formatting", "pages", "writing")


def is_public(module, name):
    """Whether `from module import name` takes something public."""
    if module == "amenable":
        return name in am.__all__ or name in BESIDE
    if module == "amenable.lecture" or module.startswith("amenable.lecture."):
        return True
    if f"{module}.{name}".removeprefix("amenable.") in BESIDE:
        return True
    inside = module.removeprefix("amenable.")
    if inside in PACKAGES:
        return name in importlib.import_module(module).__all__
    return inside in BESIDE and not name.startswith("_")


def taken(path):
    """All that a file imports from the library, as (module, name)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "amenable":
            yield from ((node.module, it.name) for it in node.names)
        if isinstance(node, ast.Import):
            inside = (it.name for it in node.names if it.name.startswith("amenable."))
            yield from ((name, "") for name in inside)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda it: it.name)
def test_only_public_names_are_imported(path):
    assert [it for it in taken(path) if not is_public(*it)] == []


def test_the_check_would_notice():
    assert is_public("amenable.figures", "draw_curves")
    assert not is_public("amenable.figures", "curves")
    assert not is_public("amenable.figures.canvas", "themed")
    assert not is_public("amenable.population", "Population")
    assert not is_public("amenable.writing", "_private")


def test_nothing_of_the_library_needs_the_lecture():
    for path in FOLDER.parent.rglob("*.py"):
        if FOLDER not in path.parents:
            assert not [it for it in taken(path) if it[0].startswith("amenable.lecture")], path
