"""All kinds of figures in one table: what each shows, what it takes, who makes and who draws it.

plotting.py puts it to use. `Population.plot`, `Model.plot` and `amenable draw` know no figure by
name, only this table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from amenable.description import did_you_mean, shown
from amenable.errors import DescriptionError
from amenable.figures import making
from amenable.figures.confusion import confusion_data, draw_confusion
from amenable.figures.curves import curves_data, draw_curves
from amenable.figures.diagram import diagram_data, draw_diagram
from amenable.figures.effects import draw_effects, effects_data
from amenable.figures.feature_maps import draw_feature_maps, feature_maps_data
from amenable.figures.first_layer import draw_first_layer, first_layer_data
from amenable.figures.frames import draw_frames, frames_data
from amenable.figures.frontier import draw_frontier, frontier_data
from amenable.figures.functions import draw_functions
from amenable.figures.gallery import draw_gallery, gallery_data
from amenable.figures.gradients import draw_gradients, gradients_data
from amenable.figures.growth import growing, growth_data
from amenable.figures.hardest import draw_hardest, hardest_data
from amenable.figures.histograms import draw_histograms, histograms_data
from amenable.figures.interactions import draw_interactions, interactions_data
from amenable.figures.kernels import draw_kernels, kernels_data
from amenable.figures.landscape import draw_landscape, draw_landscape_3d
from amenable.figures.passes import draw_passes, passes_data
from amenable.figures.samples import draw_samples
from amenable.figures.spaghetti import draw_spaghetti, spaghetti_data
from amenable.figures.spectrum import draw_spectrum
from amenable.figures.survival import draw_survival, survival_data
from amenable.figures.trainability import draw_trainability, trainability_data
from amenable.figures.walks import draw_walks
from amenable.surfaces import around, curvature

POPULATION, TRIAL, MODEL, MODELS, DATA = "population", "trial", "model", "models", "data"
OTHER, OTHERS = "other", "others"  # further networks with the same structure: one, or two

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure.

    Parameters
    ----------
    name, about : str
        What it is called, and what it shows in a line.
    takes : tuple of str
        What its first function is passed, in this order: "population", "trial" (a number in it),
        "model", "models" (by name), "other" (model), "others" (two of them), "data".
    make, draw : callable
        Its two functions: arrays, drawing.
    records : tuple of str
        What `train` must have recorded: "curves", "signals", "snapshots", "weights".
    needs_data : bool
        Whether it cannot do without the samples, where it takes data.
    inputs : int or None
        How many the networks must have; None for any number.
    task : str or None
        What they must do: "classification", or None for either.
    check : callable or None
        Refuses what `make` refuses, of the same arguments, where making takes long.
    """

    name: str
    about: str
    takes: tuple[str, ...]
    make: Callable[..., Any]
    draw: Callable[..., Figure]
    records: tuple[str, ...] = ()
    needs_data: bool = True
    inputs: int | None = None
    task: str | None = None
    check: Callable[..., object] | None = None

    @property
    def is_of_population(self) -> bool:
        """Whether it is of many networks, so that one alone does not do."""
        return POPULATION in self.takes

    @property
    def options(self) -> dict[str, tuple[str, ...]]:
        """Names of what may be set in either function."""
        made = tuple(inspect.signature(self.make).parameters)[len(self.takes) :]
        drawn = tuple(inspect.signature(self.draw).parameters)[1:]
        hidden = ("ax", "figure", "theme")
        return {"make": made, "draw": tuple(name for name in drawn if name not in hidden)}

    @property
    def required(self) -> tuple[str, ...]:
        """Options that have no default."""
        parameters = inspect.signature(self.make).parameters
        return tuple(name for name in self.options["make"] if parameters[name].default is _EMPTY)

    @property
    def has_one_axes(self) -> bool:
        """Whether it can be drawn on the caller's axes."""
        return "ax" in inspect.signature(self.draw).parameters


_TABLE = (
    Kind(
        "spaghetti",
        "samples, decision surface and the line of every neuron, in two inputs",
        (MODEL, DATA),
        spaghetti_data,
        draw_spaghetti,
        ("weights",),
        needs_data=False,
        inputs=2,
    ),
    Kind(
        "gallery",
        "spaghetti of many seeds or structures, solved ones framed",
        (POPULATION, DATA),
        gallery_data,
        draw_gallery,
        ("weights",),
        inputs=2,
    ),
    Kind(
        "frames",
        "spaghetti through training, moving in a GIF, else as a strip",
        (POPULATION, TRIAL, DATA),
        frames_data,
        draw_frames,
        ("weights", "snapshots"),
        inputs=2,
    ),
    Kind(
        "curves",
        "loss or metric of every trial over steps, with quantiles",
        (POPULATION,),
        curves_data,
        draw_curves,
        ("curves",),
    ),
    Kind(
        "survival",
        "fraction solved over steps, groups compared (Kaplan-Meier)",
        (POPULATION,),
        survival_data,
        draw_survival,
    ),
    Kind(
        "trainability",
        "fraction solved as colour over two numeric settings",
        (POPULATION,),
        trainability_data,
        draw_trainability,
    ),
    Kind(
        "effects",
        "what each setting does to the fraction solved, all else averaged",
        (POPULATION,),
        effects_data,
        draw_effects,
    ),
    Kind(
        "interactions",
        "where two settings do more, or less, than their effects add up to",
        (POPULATION,),
        interactions_data,
        draw_interactions,
    ),
    Kind(
        "frontier",
        "fraction solved against cost, and what none beats in both",
        (POPULATION,),
        frontier_data,
        draw_frontier,
    ),
    Kind(
        "gradients",
        "gradient norm by layer and step",
        (POPULATION,),
        gradients_data,
        draw_gradients,
        ("signals",),
    ),
    Kind(
        "samples",
        "quality and training time against the number of samples",
        (POPULATION, DATA),
        growth_data,
        draw_samples,
        check=growing,
    ),
    Kind(
        "histograms",
        "weights and activations by layer",
        (MODEL, DATA),
        histograms_data,
        draw_histograms,
        ("weights",),
    ),
    Kind(
        "first_layer",
        "weights of the first layer as images, for pixels",
        (MODEL,),
        first_layer_data,
        draw_first_layer,
        ("weights",),
    ),
    Kind(
        "kernels",
        "kernels of convolutions, map by map",
        (MODEL,),
        kernels_data,
        draw_kernels,
        ("weights",),
    ),
    Kind(
        "feature_maps",
        "what every layer makes of one image",
        (MODEL, DATA),
        feature_maps_data,
        draw_feature_maps,
        ("weights",),
    ),
    Kind(
        "diagram",
        "the network with its weights",
        (MODEL,),
        diagram_data,
        draw_diagram,
        ("weights",),
    ),
    Kind(
        "confusion",
        "which class is taken for which",
        (MODEL, DATA),
        confusion_data,
        draw_confusion,
        ("weights",),
        task="classification",
    ),
    Kind(
        "hardest",
        "images that the fewest networks get right, and their votes",
        (POPULATION, DATA),
        hardest_data,
        draw_hardest,
        ("weights",),
        task="classification",
    ),
    Kind(
        "passes",
        "errors of every network against passes over the data",
        (POPULATION, DATA),
        passes_data,
        draw_passes,
        ("weights", "snapshots"),
        task="classification",
    ),
    Kind(
        "functions",
        "a function of one input, its approximations and their errors",
        (MODELS, DATA),
        making.functions,
        draw_functions,
        ("weights",),
        needs_data=False,
        inputs=1,
    ),
    Kind(
        "landscape",
        "loss around a network, in two random directions",
        (MODEL, DATA),
        around,
        draw_landscape,
        ("weights",),
    ),
    Kind(
        "landscape_3d",
        "the same as a surface",
        (MODEL, DATA),
        around,
        draw_landscape_3d,
        ("weights",),
    ),
    Kind(
        "path",
        "loss in the plane that holds most of a network's way through training",
        (POPULATION, TRIAL, DATA),
        making.path,
        draw_landscape,
        ("weights", "snapshots"),
    ),
    Kind(
        "plane",
        "loss in the plane through three networks",
        (MODEL, OTHERS, DATA),
        making.plane,
        draw_landscape,
        ("weights",),
    ),
    Kind(
        "walk",
        "loss on the straight line between two networks, neurons matched or not",
        (MODEL, OTHER, DATA),
        making.walks,
        draw_walks,
        ("weights",),
    ),
    Kind(
        "spectrum",
        "eigenvalues of the Hessian, and where training stands",
        (MODEL, DATA),
        curvature,
        draw_spectrum,
        ("weights",),
        check=making.check_curvature,
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _TABLE}


def kind_named(name: object, of_one: bool = False) -> Kind:
    """The kind of that name; `of_one` where there is one network and no population.

    Raises
    ------
    DescriptionError
        If there is none, or it needs a population; names those that apply.
    """
    known = [it.name for it in _TABLE if not (of_one and it.is_of_population)]
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        listed = f"there are {', '.join(known)}"
        raise DescriptionError(
            f"kind: no figure is called {shown(name)}; {f'{hint} ({listed})' if hint else listed}"
        )
    if of_one and kind.is_of_population:
        raise DescriptionError(
            f"kind: '{kind.name}' is of many networks, expected one of {', '.join(known)}; or plot "
            "the population that train() returns"
        )
    return kind
