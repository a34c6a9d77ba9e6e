"""The public surface: all of it documented, every example run, and light to import."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import amenable as am

# What `import amenable` must not load: each is imported where it is used.
HEAVY = ("sklearn", "scipy", "polars", "pandas", "matplotlib", "torch", "rich", "typer", "jax")

PACKAGES = ("answers", "construct", "datasets", "figures", "statistics", "surfaces")
PUBLIC = [name for name in am.__all__ if not name.startswith("_") and name not in PACKAGES]
MODULES = [
    module.name
    for module in pkgutil.walk_packages(am.__path__, "amenable.")
    if not module.name.endswith(("._core", ".__main__"))
]


def test_all_is_there_and_once():
    assert len(set(am.__all__)) == len(am.__all__)
    for name in am.__all__:
        assert getattr(am, name) is not None


def test_nothing_public_is_forgotten_in_all():
    for name in PUBLIC:
        getattr(am, name)
    found = {
        name
        for name, it in vars(am).items()
        if not name.startswith("_") and not inspect.ismodule(it)
    }
    assert found | {"sweep"} == {name for name in PUBLIC if not name.startswith("_")}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_things_are_documented(name):
    it = getattr(am, name)
    text = inspect.getdoc(it) or ""
    assert len(text) > 20, f"{name} has no docstring"
    if not (inspect.isclass(it) and issubclass(it, Exception)):
        assert ">>>" in text, f"{name} has no example"


def test_dir_is_what_is_public():
    assert dir(am) == sorted(am.__all__)
    modules = [name for name in dir(am) if inspect.ismodule(getattr(am, name))]
    assert modules == list(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_show_functions_and_records_and_document_them(package):
    it = importlib.import_module(f"amenable.{package}")
    assert getattr(am, package) is it
    assert dir(it) == sorted(it.__all__)
    for name in it.__all__:
        assert not inspect.ismodule(getattr(it, name)), name
        assert inspect.getdoc(getattr(it, name)), name


@pytest.mark.parametrize("name", [name for name in PUBLIC if inspect.isclass(getattr(am, name))])
def test_public_members_are_documented(name):
    for member, it in inspect.getmembers(getattr(am, name)):
        if member.startswith("_") or not (callable(it) or isinstance(it, property)):
            continue
        assert inspect.getdoc(it), f"{name}.{member} has no docstring"


@pytest.mark.parametrize("name", ["amenable", *MODULES])
def test_examples_run(name):
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    found = doctest.testmod(importlib.import_module(name), optionflags=options)
    assert found.failed == 0


def test_import_is_light():
    code = f"import sys, amenable; print(*[it for it in {HEAVY} if it in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


def test_version_and_types():
    assert isinstance(am.__version__, str)
    assert am.__version__
    assert (Path(am.__file__).parent / "py.typed").is_file()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = am.nothing


def test_sweep_is_the_function_whatever_was_imported_before():
    code = (
        "import amenable.sweep.plan\n"
        "import amenable as am\n"
        "from amenable import sweep\n"
        "assert am.sweep is sweep is amenable.sweep and sweep.__module__ == 'amenable.sweep.sweep'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
