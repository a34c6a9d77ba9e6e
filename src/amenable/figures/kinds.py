"""The kinds of figures: each registers itself at the end of its file.

`Population.plot`, `Model.plot` and `amenable draw` know only the figures that are registered here.
To add one, write a file in this folder, say `widths.py`, with a function that makes arrays and one
that draws them, and end it with

    figure(
        "widths",
        "what each width of a layer does to the fraction solved",
        widths_data,
        draw_widths,
        takes=("population",),
        recipe=Recipe("spirals", ("4", "8"), "survival", has_goal=True),
    )

and import the two functions in `figures/__init__.py`. The first function's parameters that `takes`
lists are supplied; its others, and those of the second except `ax`, `figure` and `theme`, become
options of the same name. The arrays need a `caption` that ends in a full stop.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from amenable.description import did_you_mean, quote
from amenable.errors import DescriptionError

# What can be supplied to the first function of a figure, by the name of its parameter.
POPULATION, TRIALS, TRIAL = "population", "trials", "trial"
MODEL, MODELS, DATA = "model", "models", "data"
OTHER, OTHERS = "other", "others"  # further networks with the same structure: one, or two
INGREDIENTS = (POPULATION, TRIALS, TRIAL, MODEL, MODELS, OTHER, OTHERS, DATA)

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Recipe:
    """What `amenable draw` trains for a figure unless told otherwise.

    Parameters
    ----------
    data : str
        Name of the data set.
    hidden : tuple of str
        Widths, as typed after --hidden.
    following : str
        The kind of figure to suggest next.
    seeds : int
        Number of seeds.
    activation, init : tuple of str
        As typed after the options of these names.
    lr : tuple of float
        Empty for the optimizer's default.
    has_goal : bool
        Whether networks are trained towards a goal.
    options : mapping
        Options of the figure.
    has_images : bool
        Whether it trains LeNets, unless hidden widths are given.
    """

    data: str = "moons"
    hidden: tuple[str, ...] = ("8,8",)
    following: str = "curves"
    seeds: int = 32
    activation: tuple[str, ...] = ("tanh",)
    lr: tuple[float, ...] = ()
    init: tuple[str, ...] = ()
    has_goal: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    has_images: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure; `figure` explains the fields."""

    name: str
    about: str
    make: Callable[..., Any]
    draw: Callable[..., Figure]
    takes: tuple[str, ...]
    records: tuple[str, ...]
    needs_data: bool
    inputs: int | None
    task: str | None
    check: Callable[..., object] | None
    recipe: Recipe

    @property
    def is_of_population(self) -> bool:
        """Whether the figure needs a population, not just one network."""
        return POPULATION in self.takes or TRIALS in self.takes

    @property
    def options(self) -> dict[str, tuple[str, ...]]:
        """Names of the options of either function."""
        made, drawn = (list(inspect.signature(it).parameters) for it in (self.make, self.draw))
        found = drawn[0]
        return {
            "make": tuple(name for name in made if name not in self.takes),
            "draw": tuple(name for name in drawn if name not in (found, "ax", "figure", "theme")),
        }

    @property
    def required(self) -> tuple[str, ...]:
        """Options that have no default."""
        parameters = inspect.signature(self.make).parameters
        return tuple(name for name in self.options["make"] if parameters[name].default is _EMPTY)

    @property
    def has_one_axes(self) -> bool:
        """Whether the figure can be drawn on the caller's axes."""
        return "ax" in inspect.signature(self.draw).parameters


KINDS: dict[str, Kind] = {}  # by name, as they registered


def figure(
    name: str,
    about: str,
    make: Callable[..., Any],
    draw: Callable[..., Figure],
    *,
    takes: tuple[str, ...],
    recipe: Recipe | None = None,
    records: tuple[str, ...] = (),
    needs_data: bool = True,
    inputs: int | None = None,
    task: str | None = None,
    check: Callable[..., object] | None = None,
) -> Kind:
    """Register a kind of figure, for `plot` and `amenable draw`.

    Parameters
    ----------
    name, about : str
        The figure's name, and one line on what it shows.
    make, draw : callable
        The two functions: the first makes arrays, the second draws them.
    takes : tuple of str
        The parameters of `make` that are supplied: "population", "trials" (a population, or the
        trials of a study), "trial" (a number in the population), "model", "models" (by name),
        "other" (a second model), "others" (two more models), "data".
    recipe : Recipe, optional
        What `amenable draw` trains for the figure.
    records : tuple of str
        What `train` must have recorded: "curves", "signals", "snapshots", "weights".
    needs_data : bool
        Whether the samples are required, if the figure takes data.
    inputs : int, optional
        How many inputs the networks must have; by default any number.
    task : str, optional
        "classification" if the networks must classify; by default any task.
    check : callable, optional
        Takes the arguments of `make` and raises its errors, for figures that take long to make.

    Raises
    ------
    ValueError
        If another figure has the name, or `takes` lists a parameter that `make` does not have.

    Examples
    --------
    >>> from amenable.figures import curves_data, draw_curves
    >>> figure("curves", "the same again", curves_data, draw_curves, takes=("population",))
    Traceback (most recent call last):
    ...
    ValueError: figure: 'curves' is registered already; choose another name
    """
    if name in KINDS:
        raise ValueError(f"figure: '{name}' is registered already; choose another name")
    parameters = inspect.signature(make).parameters
    for it in takes:
        if it not in INGREDIENTS or it not in parameters:
            raise ValueError(
                f"takes: expected parameters of {make.__name__} among {', '.join(INGREDIENTS)}, "
                f"got {it!r}"
            )
    KINDS[name] = Kind(
        name,
        about,
        make,
        draw,
        takes,
        records,
        needs_data,
        inputs,
        task,
        check,
        recipe or Recipe(),
    )
    return KINDS[name]


def list_kinds() -> list[Kind]:
    """All kinds, in alphabetical order."""
    return [KINDS[name] for name in sorted(KINDS)]


def find_kind(name: object, of_one: bool = False) -> Kind:
    """The kind with this name; `of_one` if there is one network and no population.

    Raises
    ------
    DescriptionError
        If there is none, or it needs a population; the message lists the kinds that apply.
    """
    known = [it.name for it in list_kinds() if not (of_one and it.is_of_population)]
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        names = f"there are {', '.join(known)}"
        raise DescriptionError(
            f"kind: unknown figure {quote(name)}; {f'{hint} ({names})' if hint else names}"
        )
    if of_one and kind.is_of_population:
        raise DescriptionError(
            f"kind: '{kind.name}' needs many networks, expected one of {', '.join(known)}; or plot "
            "the population that train() returns"
        )
    return kind
