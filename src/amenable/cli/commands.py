"""Commands by name: a command is one module, imported when it is called.

The package's own commands are listed here. Any installed package can add others, by an entry point
of the group `amenable.commands` in its pyproject.toml:

    [project.entry-points."amenable.commands"]
    lab = "amenable_lab.command:lab"

The object is a function with Typer's annotations, or a `typer.Typer` with commands of its own.
`amenable --help` shows the first line of its module's docstring. The module is read and not run for
that, so help stays quick and a broken module harms no other command. The function's own help is
HELP and EXAMPLES of its module, else its docstring. Commands print with `amenable.cli.screen`;
`amenable.lecture.command` is an example.
"""

from __future__ import annotations

import ast
import tokenize
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points
from io import StringIO
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from amenable.errors import AmenableError

GROUP = "amenable.commands"
OWN = {
    "sweep": "amenable.cli.sweep:sweep",
    "fit": "amenable.cli.fit:fit",
    "study": "amenable.cli.study:study",
    "compare": "amenable.cli.compare:compare",
    "report": "amenable.cli.report:report",
    "draw": "amenable.cli.draw:draw",
    "digits": "amenable.cli.digits:digits",
    "predict": "amenable.cli.predict:predict",
    "explain": "amenable.cli.explain:explain",
    "datasets": "amenable.cli.datasets:datasets",
}
RICH: Any = "rich"  # the markup of all help


def points() -> dict[str, EntryPoint]:
    """All commands by name; no other package can replace one of the package's own."""
    found = {name: EntryPoint(name, place, GROUP) for name, place in OWN.items()}
    for point in sorted(entry_points(group=GROUP)):
        found.setdefault(point.name, point)
    return found


class Commands(TyperGroup):
    """All commands, without importing any of them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for point in points().values():
            self.add_command(_Lazy(point))


class _Lazy(TyperCommand):
    """A name and one line of help; the command is loaded when it is called."""

    def __init__(self, point: EntryPoint) -> None:
        super().__init__(point.name, help=_first_line(point), rich_markup_mode=RICH)
        self._point = point

    def make_context(self, *args: Any, **settings: Any) -> Any:
        return _loaded(self._point).make_context(*args, **settings)


def _loaded(point: EntryPoint) -> Any:
    """The command, imported."""
    try:
        found = point.load()
        if isinstance(found, typer.Typer):
            return get_command(found)
        app = typer.Typer(add_completion=False, rich_markup_mode=RICH)
        texts = found.__globals__
        app.command(point.name, help=texts.get("HELP"), epilog=texts.get("EXAMPLES"))(found)
        return get_command(app)
    except Exception as error:  # whatever somebody else's module does when it is imported
        if point.name in OWN:
            raise
        whose = f" of {point.dist.name}" if point.dist else ""
        raise AmenableError(
            f"{point.name}: this command{whose} cannot be loaded from {point.value} "
            f"({type(error).__name__}: {error}); install it again, or ask its authors"
        ) from error


def _first_line(point: EntryPoint) -> str:
    """The first line of the module's docstring, without "`amenable NAME`: " before it."""
    line = _docstring(point.module).partition("\n")[0]
    text = line.partition("`: ")[2] or line or f"Its module, {point.module}, cannot be found."
    return text[:1].upper() + text[1:]


def _docstring(module: str) -> str:
    """The docstring of a module, without importing it or the packages that hold it."""
    path, source = None, ""
    for n, _ in enumerate(names := module.split("."), 1):
        spec = PathFinder.find_spec(".".join(names[:n]), path)
        if spec is None:
            return ""
        path = spec.submodule_search_locations
        source = getattr(spec.loader, "get_source", lambda _: None)(spec.name) or ""
    before = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING)
    try:
        tokens = tokenize.generate_tokens(StringIO(source).readline)
        first = next(it for it in tokens if it.type not in before)
        text = ast.literal_eval(first.string) if first.type == tokenize.STRING else ""
    except (SyntaxError, ValueError, StopIteration, tokenize.TokenError):
        return ""
    return text.strip() if isinstance(text, str) else ""
