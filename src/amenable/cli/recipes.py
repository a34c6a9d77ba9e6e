"""What `amenable draw` trains for each kind of figure where nothing else is asked for: a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from amenable.cli.request import Request


@dataclass(frozen=True, slots=True)
class Recipe:
    """The data, the networks and how they are trained.

    Parameters
    ----------
    data : str
        Where none is named.
    hidden : tuple of str
        As typed.
    following : str
        The kind to look at next.
    seeds : int
        How many.
    activation, init : tuple of str
        As typed.
    lr : tuple of float
        Empty for what suits the optimizer.
    has_goal : bool
        Whether it is about solving; others train to the end.
    options : mapping
        Of the figure.
    has_images : bool
        Whether it is of LeNets, unless hidden widths are asked for.
    """

    data: str
    hidden: tuple[str, ...]
    following: str
    seeds: int = 32
    activation: tuple[str, ...] = ("tanh",)
    lr: tuple[float, ...] = ()
    init: tuple[str, ...] = ()
    has_goal: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    has_images: bool = False

    def completed(self, request: Request) -> Request:
        """The request, with what was not asked for."""
        own: dict[str, Any] = {
            "hidden": self.hidden,
            "activation": self.activation,
            "lr": self.lr,
            "init": self.init,
            "seeds": self.seeds,
            "solved": None if self.has_goal else "none",
        }
        missing: dict[str, Any] = {
            name: it for name, it in own.items() if getattr(request, name) in ((), None)
        }
        return replace(request, **missing)


FINE = {"resolution": 101}  # the side of a plane; under a second

RECIPES: Mapping[str, Recipe] = {
    "spaghetti": Recipe("spirals", ("8,8",), "frames"),
    "gallery": Recipe("islands", ("5",), "survival", seeds=12, has_goal=True),
    "frames": Recipe("spirals", ("8,8",), "gallery", seeds=8),
    "curves": Recipe("spirals", ("8,8",), "survival"),
    "survival": Recipe("spirals", ("4", "8", "4,4", "8,8"), "trainability", has_goal=True),
    "trainability": Recipe(
        "spirals",
        ("8,8",),
        "gradients",
        seeds=16,
        lr=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
        init=tuple(f"normal({scale:g})" for scale in (0.01, 0.03, 0.1, 0.3, 1, 3, 10)),
        has_goal=True,
    ),
    "effects": Recipe(
        "spirals", ("4", "8", "8,8"), "interactions", activation=("tanh", "relu"), has_goal=True
    ),
    "interactions": Recipe(
        "spirals", ("4", "8", "8,8"), "frontier", activation=("tanh", "relu"), has_goal=True
    ),
    "frontier": Recipe("spirals", ("2", "4", "8", "4,4", "8,8"), "effects", has_goal=True),
    # Deep enough that a gradient can vanish on its way.
    "gradients": Recipe(
        "moons", ("8,8,8,8,8,8,8,8",), "histograms", seeds=8, activation=("sigmoid",)
    ),
    "samples": Recipe("digits", ("16", "64"), "curves", seeds=1),
    "histograms": Recipe("digits", ("32,32",), "curves", seeds=8),
    "first_layer": Recipe("digits", ("16",), "confusion", seeds=8),
    "kernels": Recipe("digits", ("16",), "feature_maps", seeds=8, has_images=True),
    "feature_maps": Recipe("digits", ("16",), "hardest", seeds=8, has_images=True),
    "hardest": Recipe("digits", ("16",), "confusion", has_images=True),
    "passes": Recipe("digits", ("16",), "hardest", has_images=True),
    "confusion": Recipe("digits", ("32",), "curves", seeds=8),
    "diagram": Recipe("moons", ("4,3",), "spaghetti", seeds=8),
    "functions": Recipe("bumps", ("16",), "curves"),
    "landscape": Recipe("moons", ("8",), "path", seeds=8, options=FINE),
    "landscape_3d": Recipe("moons", ("8",), "path", seeds=8),
    "path": Recipe("moons", ("8",), "walk", seeds=8, options=FINE),
    "plane": Recipe("moons", ("8",), "walk", seeds=8, options=FINE),
    "walk": Recipe("moons", ("8",), "plane", seeds=8),
    "spectrum": Recipe("moons", ("8",), "landscape", seeds=8),
}
OTHERWISE = Recipe("moons", ("8,8",), "curves")  # for a kind that the table does not know


def recipe_for(kind: str) -> Recipe:
    """The recipe of that kind of figure."""
    return RECIPES.get(kind, OTHERWISE)
