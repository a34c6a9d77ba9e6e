"""Pictures of networks, populations and loss surfaces: a function to make arrays, one to draw.

Each file holds one figure, in matplotlib without pyplot. kinds.py explains how a file registers its
figure, canvas.py has themes and files; plotting.py is behind `Population.plot` and `Model.plot`.
"""

from amenable.figures.canvas import (
    LINES,
    MARKERS,
    axes_for,
    figure_of,
    find_theme,
    new_figure,
    save,
    style_axes,
)
from amenable.figures.confusion import Confusion, confusion_data, draw_confusion
from amenable.figures.curves import MeasureCurves, curves_data, draw_curves
from amenable.figures.diagram import Diagram, diagram_data, draw_diagram
from amenable.figures.distribution import distribution_data, draw_distribution
from amenable.figures.effects import draw_effects, effects_data
from amenable.figures.feature_maps import FeatureMaps, draw_feature_maps, feature_maps_data
from amenable.figures.first_layer import FirstLayer, draw_first_layer, first_layer_data
from amenable.figures.frames import Frames, animate_frames, draw_frames, frames_data, save_animation
from amenable.figures.frontier import draw_frontier, frontier_data
from amenable.figures.functions import Functions, draw_functions, functions_data
from amenable.figures.gallery import Gallery, Panel, draw_gallery, gallery_data
from amenable.figures.gradients import Gradients, draw_gradients, gradients_data
from amenable.figures.hardest import Hardest, draw_hardest, hardest_data
from amenable.figures.histograms import Histograms, draw_histograms, histograms_data
from amenable.figures.interactions import Interaction, draw_interactions, interactions_data
from amenable.figures.kernels import Kernels, draw_kernels, kernels_data
from amenable.figures.kinds import KINDS, Kind, Recipe, figure
from amenable.figures.landscape import draw_landscape, draw_landscape_3d
from amenable.figures.legends import legend_above, plain_logarithmic
from amenable.figures.passes import Passes, draw_passes, passes_data
from amenable.figures.plotting import plot
from amenable.figures.samples import Samples, draw_samples, growth_data, samples_data
from amenable.figures.spaghetti import Spaghetti, draw_spaghetti, spaghetti_data
from amenable.figures.spectrum import draw_spectrum
from amenable.figures.survival import Survival, draw_survival, survival_data
from amenable.figures.trainability import Trainability, draw_trainability, trainability_data
from amenable.figures.walks import draw_walks

__all__ = [
    "KINDS",
    "LINES",
    "MARKERS",
    "Confusion",
    "Diagram",
    "FeatureMaps",
    "FirstLayer",
    "Frames",
    "Functions",
    "Gallery",
    "Gradients",
    "Hardest",
    "Histograms",
    "Interaction",
    "Kernels",
    "Kind",
    "MeasureCurves",
    "Panel",
    "Passes",
    "Recipe",
    "Samples",
    "Spaghetti",
    "Survival",
    "Trainability",
    "animate_frames",
    "axes_for",
    "confusion_data",
    "curves_data",
    "diagram_data",
    "distribution_data",
    "draw_confusion",
    "draw_curves",
    "draw_diagram",
    "draw_distribution",
    "draw_effects",
    "draw_feature_maps",
    "draw_first_layer",
    "draw_frames",
    "draw_frontier",
    "draw_functions",
    "draw_gallery",
    "draw_gradients",
    "draw_hardest",
    "draw_histograms",
    "draw_interactions",
    "draw_kernels",
    "draw_landscape",
    "draw_landscape_3d",
    "draw_passes",
    "draw_samples",
    "draw_spaghetti",
    "draw_spectrum",
    "draw_survival",
    "draw_trainability",
    "draw_walks",
    "effects_data",
    "feature_maps_data",
    "figure",
    "figure_of",
    "find_theme",
    "first_layer_data",
    "frames_data",
    "frontier_data",
    "functions_data",
    "gallery_data",
    "gradients_data",
    "growth_data",
    "hardest_data",
    "histograms_data",
    "interactions_data",
    "kernels_data",
    "legend_above",
    "new_figure",
    "passes_data",
    "plain_logarithmic",
    "plot",
    "samples_data",
    "save",
    "save_animation",
    "spaghetti_data",
    "style_axes",
    "survival_data",
    "trainability_data",
]


def __dir__() -> list[str]:
    return __all__
